"""What a reader finds: the rows of `search.tsv`, asked in the browser, one page load a language."""

import csv
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

with (Path(__file__).parent / "search.tsv").open(encoding="utf-8", newline="") as table:
    ROWS = [tuple(row.values()) for row in csv.DictReader(table, delimiter="\t")]

# The theme asks a worker; whoever keeps it can ask it, too, without typing and without a list being
# drawn. What answers is the same index, set up by the page itself.
KEEP_THE_WORKER = """
const Plain = Worker
window.asked = 0
window.answers = []
window.Worker = class extends Plain {
  constructor(...all) {
    super(...all)
    window.searchWorker = this
    this.addEventListener("message", ({data}) => {
      if (data.type === 1) window.ready = true
      if (data.type === 3) answers.push(data.data.items)
    })
  }
  postMessage(message) {
    if (message.type === 2) asked += 1
    super.postMessage(message)
  }
}"""
ASK = """async query => {
  searchWorker.postMessage({type: 2, data: query})
  const turn = asked  // answers come in the order of the questions; the page asks some, too
  while (answers.length < turn) await new Promise(done => setTimeout(done, 5))
}"""
# The first three pages that were found last, each before its sections, of which the first three.
FOUND = """() => answers.at(-1).slice(0, 3).map(page => {
  const locations = page.map(section => section.location)
  const own = locations.findIndex(location => !location.includes("#"))
  return [...locations.splice(own, 1), ...locations].slice(0, 4)
})"""


@pytest.fixture(scope="module")
def box(browser, address):
    """Opens the search of a language, once."""
    context = browser.new_context(base_url=address)
    context.set_default_timeout(120_000)
    context.add_init_script(KEEP_THE_WORKER)
    opened: dict[str, Page] = {}

    def search_box(language: str) -> Page:
        if language not in opened:
            page = opened[language] = context.new_page()
            page.goto("" if language == "ko" else "en/")
            page.click("input[name=query]")
            page.wait_for_function("() => window.ready")
        return opened[language]

    yield search_box
    context.close()


@pytest.mark.parametrize(("language", "query", "target"), ROWS)
def test_the_search_finds(box, language, query, target):
    page = box(language)
    page.evaluate(ASK, query)

    pages = page.evaluate(FOUND)
    assert any(target in found or target == found[0].partition("#")[0] for found in pages), pages


@pytest.mark.parametrize(
    ("language", "query", "target"),
    [("ko", "적대적", "models/gan/"), ("en", "blurry", "models/vae/")],
)
def test_what_is_typed_is_what_is_asked_and_shown(box, language, query, target):
    page = box(language)
    before = page.evaluate("asked")
    page.fill("input[name=query]", query)
    page.press("input[name=query]", "End")  # the search listens for keys
    page.wait_for_function("before => asked > before && answers.length === asked", arg=before)

    first = page.evaluate(FOUND)[0]
    shown = page.locator(".md-search-result__link").first
    expect(shown).to_have_attribute("href", re.compile(rf"/{re.escape(first[0])}(\?|$)"))
    assert target in first


def test_there_are_enough_rows():
    languages = [language for language, _, _ in ROWS]
    assert languages.count("ko") >= 60
    assert languages.count("en") >= 40
    assert len(set(ROWS)) == len(ROWS)
