"""Tells search engines which parts of a page are questions with answers.

`## Why does it collapse? { #collapse .faq }` and the text below it, up to the next heading of any
level, become one entry of a schema.org FAQPage: what was answered, without what is told beside it.
"""

import html
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.structure.pages import Page

HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1>", re.DOTALL)
UNSAID = re.compile(
    r'<(script|style|math)\b.*?</\1>|<a class="headerlink".*?</a>|<sup id="fnref.*?</sup>',
    re.DOTALL,
)


def questions(content: str) -> list[tuple[str, str]]:
    """Return the questions of a page and their answers as plain text."""
    headings = list(HEADING.finditer(content))
    found = []
    for index, heading in enumerate(headings):
        if not re.search(r'class="[^"]*\bfaq\b', heading[2]):
            continue
        end = headings[index + 1].start() if index + 1 < len(headings) else len(content)
        found.append((plain(heading[3]), plain(content[heading.end() : end])))
    return found


def plain(content: str) -> str:
    """Return the text of some HTML on one line, without formulas, permalinks and note numbers."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", UNSAID.sub("", content))).split())


def json_ld(entries: list[tuple[str, str]]) -> str:
    """Return the FAQPage as JSON that may stand inside a `<script>` element."""
    page = {
        "@context": "https://schema.org",
        "@type": "FAQPage",
        "mainEntity": [
            {
                "@type": "Question",
                "name": question,
                "acceptedAnswer": {"@type": "Answer", "text": answer},
            }
            for question, answer in entries
        ],
    }
    return json.dumps(page, ensure_ascii=False).replace("</", "<\\/")


def on_page_content(content: str, page: "Page", **_: Any) -> None:
    """Hand the questions of a page to the template (`overrides/main.html`)."""
    if entries := questions(content):
        page.meta["faq"] = json_ld(entries)
