import json

import pytest

from hooks.faq import json_ld, questions

BOX = """<div class="admonition today">
<p class="admonition-title">Today in one line · 2026-11-30</p>
<p>{}</p>
</div>"""
CONTENT = f"""
<h1 class="faq" id="m">Why &amp; how?<a class="headerlink" href="#m">#</a></h1>
<blockquote><p class="asked">In the words of the one who asked</p></blockquote>
<div class="admonition lecture"><p class="admonition-title">The answer on the day</p>
<p>Long ago.</p></div>
{
    BOX.format(
        "Because of <math><mi>x</mi></math> <strong>this</strong>."
        '<sup id="fnref:a"><a href="#fn:a">1</a></sup>'
    )
}
<h2 id="n">What to know beside it</h2><p>More.</p>
<h2 id="o">Not a question</h2>{BOX.format("Nothing asked")}
<h3 class="faq other" id="p">Last?</h3>{BOX.format("Yes &lt;3")}
"""


def test_the_answer_is_what_holds_today_and_not_what_was_said_on_the_day():
    assert questions(CONTENT) == [
        ("Why & how?", "Because of this.", "2026-11-30"),
        ("Last?", "Yes <3", "2026-11-30"),
    ]


def test_a_page_without_questions_has_none():
    assert questions("<h2>Title</h2><p>Text</p>") == []


@pytest.mark.parametrize("box", ["", BOX.format("Yes").replace("2026-11-30", "lately")])
def test_a_question_without_a_dated_line_of_today_stops_the_build(box):
    with pytest.raises(ValueError, match="'Why\\?' has no dated line of today"):
        questions(f'<h1 class="faq" id="m">Why?</h1>{box}<h2>Next</h2>{BOX.format("Late")}')


def test_the_json_cannot_end_the_script_that_holds_it():
    text = json_ld([("Q", "a </script> b", "2026-11-30")])
    assert "</script>" not in text
    entry = json.loads(text)["mainEntity"][0]
    assert entry["name"] == "Q"
    assert entry["acceptedAnswer"] == {
        "@type": "Answer",
        "text": "a </script> b",
        "dateModified": "2026-11-30",
    }
