"""What a reader finds: the rows of `search.tsv`, asked in the browser, one page load a language."""

import csv
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

with (Path(__file__).parent / "search.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = [tuple(row.values()) for row in csv.DictReader(table, delimiter="\t")]

# The first three pages that are found, each with its first three sections.
FOUND = """items => items.slice(0, 3).map(item =>
  [...item.querySelectorAll(".md-search-result__link")].slice(0, 4)
    .map(link => { const url = new URL(link.href); return url.pathname + url.hash }))"""


@pytest.fixture(scope="module")
def box(browser, address):
    """Opens the search of a language, once."""
    context = browser.new_context(base_url=address)
    context.set_default_timeout(120_000)
    opened: dict[str, Page] = {}

    def search_box(language: str) -> Page:
        if language not in opened:
            opened[language] = context.new_page()
            opened[language].goto("" if language == "ko" else "en/")
            opened[language].click("input[name=query]")
        return opened[language]

    yield search_box
    context.close()


def found(page: Page, query: str) -> list[list[str]]:
    """Ask the search; return the first three pages, each with its sections."""
    field, count = page.locator("input[name=query]"), page.locator(".md-search-result__meta")
    for text in ("", query):
        before = count.inner_text()
        field.fill(text)
        field.press("End")  # the search listens for keys
        if text or page.locator(".md-search-result__item").count():
            expect(count).not_to_have_text(before)
    return page.locator(".md-search-result__item").evaluate_all(FOUND)


@pytest.mark.parametrize(("language", "query", "target"), ROWS)
def test_the_search_finds(box, language, query, target):
    home = "/" if language == "ko" else "/en/"
    pages = [[link.removeprefix(home) for link in page] for page in found(box(language), query)]
    assert any(target in page or target == page[0].partition("#")[0] for page in pages), pages


def test_there_are_enough_rows():
    languages = [language for language, _, _ in ROWS]
    assert languages.count("ko") >= 60
    assert languages.count("en") >= 40
    assert len(set(ROWS)) == len(ROWS)
