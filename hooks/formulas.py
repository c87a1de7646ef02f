r"""Turns formulas into MathML while the site is built.

Browsers draw MathML themselves: no script, no font and no other server is needed. The arithmatex
extension marks the formulas (`\(...\)` and `\[...\]`); notebooks keep their dollars.
"""

import html
import re
from typing import TYPE_CHECKING, Any

from math_core import LatexError, LatexToMathML

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

CONVERTER = LatexToMathML(annotation=True, fancy_error=False)
MARKED = re.compile(
    r'<(?P<tag>span|div) class="arithmatex">\\[(\[](?P<latex>.+?)\\[)\]]</(?P=tag)>', re.DOTALL
)
CODE = re.compile(r"(<(pre|code)\b.*?</\2>)", re.DOTALL)
DOLLARS = re.compile(r"\$\$(?P<block>[^$]+)\$\$|(?<!\\)\$(?!\s)(?P<inline>[^$]+?)(?<!\s)\$")


def mathml(latex: str, block: bool) -> str:
    r"""Convert one formula.

    Args:
        latex: The formula without its delimiters, such as `\log D(x)`.
        block: Whether it stands on lines of its own.

    Returns:
        A `<math>` element that carries the LaTeX as an annotation and stays out of the search.

    Raises:
        ValueError: If the formula cannot be converted; the message shows it.
    """
    try:
        element = CONVERTER.convert_with_local_state(latex.strip(), displaystyle=block)
    except LatexError as error:
        raise ValueError(f"the formula {latex.strip()!r} cannot be converted: {error}") from error
    element = element.replace("<math", '<math data-search-exclude="true"', 1)
    # A long formula scrolls inside its own box; the page does not.
    return f'<div class="formula">{element}</div>' if block else element


def convert_marked(content: str) -> str:
    """Convert every formula that arithmatex has marked in the HTML `content`."""
    return MARKED.sub(
        lambda match: mathml(html.unescape(match["latex"]), match["tag"] == "div"), content
    )


def convert_dollars(content: str) -> str:
    """Convert `$...$` and `$$...$$` in HTML, but not inside `<code>` and `<pre>`."""

    def convert(match: re.Match[str]) -> str:
        return mathml(html.unescape(match["block"] or match["inline"]), bool(match["block"]))

    parts = CODE.split(content)  # text, code element, its tag name, text, ...
    return "".join(
        DOLLARS.sub(convert, part) if index % 3 == 0 else part
        for index, part in enumerate(parts)
        if index % 3 != 2
    )


def on_page_content(content: str, page: "Page", **_: Any) -> str:
    """Convert the formulas of a page; a formula that fails stops the build with its page."""
    from mkdocs.exceptions import PluginError

    try:
        if page.file.src_uri.endswith(".ipynb"):
            return convert_dollars(content)
        return convert_marked(content)
    except ValueError as error:
        raise PluginError(f"{page.file.src_uri}: {error}") from error
