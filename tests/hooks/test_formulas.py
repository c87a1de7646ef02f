import pytest

from hooks.formulas import convert_dollars, convert_marked, mathml


def test_a_limit_stands_under_min_in_a_block():
    block = mathml(r"\min_G \max_D V(D, G)", block=True)
    assert block.count("<munder>") == 2
    assert 'display="block"' in block


def test_inline_formulas_stay_in_the_line():
    inline = mathml(r"z \sim \mathcal N(0, I)", block=False)
    assert "<div" not in inline
    assert 'display="block"' not in inline
    assert "𝒩" in inline


def test_the_latex_is_kept_for_copying_and_out_of_the_search():
    formula = mathml("a < b", block=False)
    assert '<annotation encoding="application/x-tex">a &lt; b</annotation>' in formula
    assert 'data-search-exclude="true"' in formula


@pytest.mark.parametrize("latex", [r"\foo", r"\frac{1}", r"\left( x"])
def test_a_formula_that_cannot_be_converted_is_named(latex):
    with pytest.raises(ValueError, match="cannot be converted"):
        mathml(latex, block=False)


def test_marked_formulas_are_converted_and_unescaped():
    content = (
        r'<p>for <span class="arithmatex">\(a &lt; b\)</span></p>'
        r'<div class="arithmatex">\[x^2\]</div>'
    )
    converted = convert_marked(content)
    assert "arithmatex" not in converted
    assert converted.count("<math") == 2
    assert converted.count('class="formula"') == 1
    assert "<mo>&lt;</mo>" in converted


def test_dollars_are_converted_outside_code_only():
    content = "<p>$x$를 $$y$$</p><pre>cost $5 and $6</pre><code>$a$</code><p>\\$3</p>"
    converted = convert_dollars(content)
    assert converted.count("<math") == 2
    assert "<pre>cost $5 and $6</pre><code>$a$</code>" in converted
    assert "\\$3" in converted
