import json

from hooks.faq import json_ld, questions

CONTENT = """
<h1 id="a">Questions</h1><p>Intro</p>
<h2 class="faq" id="m">Why &amp; how?<a class="headerlink" href="#m">#</a></h2>
<div class="admonition lecture"><p class="admonition-title">The answer on the day</p>
<p>Because of <math><mi>x</mi></math> this.<sup id="fnref:a"><a href="#fn:a">1</a></sup></p></div>
<h3 id="n">What to know beside it</h3><p>More.</p>
<h2 id="o">Not a question</h2><p>Something else.</p>
<h3 class="faq other" id="p">Last?</h3><p>Yes &lt;3</p>
"""


def test_an_answer_ends_at_the_next_heading_of_any_level():
    assert questions(CONTENT) == [
        ("Why & how?", "The answer on the day Because of this."),
        ("Last?", "Yes <3"),
    ]


def test_a_page_without_questions_has_none():
    assert questions("<h2>Title</h2><p>Text</p>") == []


def test_the_json_cannot_end_the_script_that_holds_it():
    text = json_ld([("Q", "a </script> b")])
    assert "</script>" not in text
    entry = json.loads(text)["mainEntity"][0]
    assert (entry["name"], entry["acceptedAnswer"]["text"]) == ("Q", "a </script> b")
