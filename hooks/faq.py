"""Tells search engines which pages are questions, and what is answered today.

`# Why does it collapse? { #collapse .faq }` becomes an entry of a schema.org FAQPage. Its answer is
today's line, the box `!!! today` below it: what was answered on the day may be out of date.
"""

import html
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1>", re.DOTALL)
TODAY = re.compile(
    r'<div class="admonition today">\s*<p class="admonition-title">(.*?)</p>(.*?)</div>', re.DOTALL
)
UNSAID = re.compile(
    r'<(script|style|math)\b.*?</\1>|<a class="headerlink".*?</a>|<sup id="fnref.*?</sup>',
    re.DOTALL,
)
DAY = re.compile(r"\d{4}-\d\d-\d\d")


def questions(content: str) -> list[tuple[str, str, str]]:
    """Return the questions of a page, today's answers as plain text, and the day of each.

    Raises:
        ValueError: If a question has no line of today with a date in its title.
    """
    headings = list(HEADING.finditer(content))
    found = []
    for index, heading in enumerate(headings):
        if not re.search(r'class="[^"]*\bfaq\b', heading[2]):
            continue
        end = headings[index + 1].start() if index + 1 < len(headings) else len(content)
        today = TODAY.search(content, heading.end(), end)
        day = DAY.search(today[1]) if today else None
        if today is None or day is None:
            raise ValueError(f"the question {plain(heading[3])!r} has no dated line of today")
        found.append((plain(heading[3]), plain(today[2]), day[0]))
    return found


def plain(content: str) -> str:
    """Return the text of some HTML on one line, without formulas, permalinks and note numbers."""
    text = html.unescape(re.sub(r"<[^>]+>", "", UNSAID.sub("", content)))
    return " ".join(text.split())


def json_ld(entries: list[tuple[str, str, str]]) -> str:
    """Return the FAQPage as JSON that may stand inside a `<script>` element."""
    page = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": answer, "dateModified": day},
            }
            for question, answer, day in entries
        ],
    }
    return json.dumps(page, ensure_ascii=False).replace("</", "<\\/")


def on_page_content(content: str, page: "Page", **_: Any) -> None:
    """Hand the questions of a page to the template (`overrides/main.html`)."""
    if entries := questions(content):
        page.meta["faq"] = json_ld(entries)
