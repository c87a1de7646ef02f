"""What holds for every page of the site, in both languages."""

import gzip
import os
import re
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

TEXT = re.compile(r"text/|javascript|json|xml|svg")
LIGHTEST_PHONE = {"width": 360, "height": 740}
# What is wider than the screen and has no ancestor of its own that scrolls.
TOO_WIDE = """() => {
  const wide = document.documentElement.scrollWidth
  if (wide <= innerWidth) return []
  return [...document.querySelectorAll("article *")]
    .filter(e => e.getBoundingClientRect().right > innerWidth + 1)
    .map(e => e.tagName + "." + e.className).slice(0, 3).concat(wide + " px")
}"""
BROKEN = """async () => {
  const pictures = [...document.images]
  for (const picture of pictures) picture.loading = "eager"
  await Promise.all(pictures.map(picture => picture.decode().catch(() => {})))
  return pictures.filter(picture => !picture.naturalWidth).map(picture => picture.src)
}"""
NOT_WHOLE = """() => [...document.querySelectorAll("article img.pixel")]
  .filter(i => i.getBoundingClientRect().width % +i.style.getPropertyValue("--w"))
  .map(i => i.getAttribute("src") + " " + i.getBoundingClientRect().width)"""

# Words of a drawing that reach beyond its edges, where they are cut off.
CUT_OFF = """() => [...document.querySelectorAll(".diagram-svg text")].filter(text => {
  const {x, width} = text.getBBox()
  return x < 0 || x + width > text.ownerSVGElement.viewBox.baseVal.width
}).map(text => text.textContent)"""


@dataclass
class Visit:
    """What was seen when a reader opened one page."""

    path: str
    complaints: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    bytes: int = 0  # over the network, compressed, without pictures
    ids: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    too_wide: list[str] = field(default_factory=list)
    not_whole: list[str] = field(default_factory=list)
    cut_off: list[str] = field(default_factory=list)
    violations: list[str] = field(default_factory=list)


def violations(page: Page, where: str, *rules: str) -> list[str]:
    """Run axe with all its rules, or with those that this view of the page can change."""
    options = {"resultTypes": ["violations"]} | ({"runOnly": list(rules)} if rules else {})
    found = Axe().run(page, options=options).response["violations"]
    return [f"{where}: {v['id']}: {v['nodes'][0]['target']} ({len(v['nodes'])})" for v in found]


def visit(browser, address: str, path: str) -> Visit:
    """Open a page as a new reader would, in light and dark, on a wide and a narrow screen."""
    seen = Visit(path)
    answers: list[Response] = []
    context = browser.new_context(color_scheme="light", viewport={"width": 1280, "height": 900})
    page = context.new_page()
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("response", lambda answer: answers.append(answer))
    page.on("pageerror", lambda error: seen.complaints.append(str(error)))
    page.on(
        "console",
        lambda m: seen.complaints.append(m.text) if m.type in {"error", "warning"} else None,
    )
    page.goto(address + path, wait_until="networkidle")
    for answer in answers:
        kind = answer.headers.get("content-type", "")
        if TEXT.search(kind) and answer.ok:
            seen.bytes += len(gzip.compress(answer.body(), 6))
    seen.ids = page.eval_on_selector_all("[id]", "all => all.map(e => e.id)")
    seen.violations += violations(page, "light")
    page.locator("form[data-md-component=palette] label:not([hidden])").click()
    seen.violations += violations(page, "dark", "color-contrast", "link-in-text-block")
    seen.broken = page.evaluate(BROKEN)
    seen.not_whole = page.evaluate(NOT_WHOLE)
    seen.cut_off = page.evaluate(CUT_OFF)
    page.set_viewport_size(LIGHTEST_PHONE)
    page.wait_for_timeout(100)
    seen.too_wide = page.evaluate(TOO_WIDE)
    seen.not_whole += page.evaluate(NOT_WHOLE)
    seen.violations += violations(page, "phone", "scrollable-region-focusable", "meta-viewport")
    context.close()
    return seen


@pytest.fixture(scope="session")
def visits(launch, address, pages) -> list[Visit]:
    """All pages, opened by as many browsers at a time as there are cores, up to four."""
    readers = min(os.cpu_count() or 1, 4)

    def visit_some(paths: list[str]) -> list[Visit]:
        with launch() as browser:
            return [visit(browser, address, path) for path in paths]

    with ThreadPoolExecutor(readers) as pool:
        found = pool.map(visit_some, [pages[i::readers] for i in range(readers)])
        return [seen for some in found for seen in some]


def collect(visits: list[Visit], name: str) -> dict[str, object]:
    return {seen.path: value for seen in visits if (value := getattr(seen, name))}


def test_both_languages_have_all_pages(pages):
    korean = {path for path in pages if not path.startswith("en/")}
    assert {path.removeprefix("en/") for path in pages if path.startswith("en/")} == korean
    assert len(korean) >= 14


def test_no_page_writes_errors_or_warnings(visits):
    assert collect(visits, "complaints") == {}


def test_no_request_leaves_the_site(visits, address):
    foreign = {url for seen in visits for url in seen.requests if not url.startswith(address)}
    assert {url for url in foreign if not url.startswith(("data:", "blob:"))} == set()


def test_axe_finds_nothing_in_light_dark_and_on_a_phone(visits):
    assert collect(visits, "violations") == {}


def test_every_picture_loads(visits):
    assert collect(visits, "broken") == {}


def test_pixel_art_is_enlarged_by_whole_numbers(visits):
    assert collect(visits, "not_whole") == {}


def test_no_word_of_a_drawing_is_cut_off(visits):
    assert collect(visits, "cut_off") == {}


def test_nothing_is_wider_than_a_small_phone(visits):
    assert collect(visits, "too_wide") == {}


def test_ids_are_unique(visits):
    twice = {seen.path: [i for i, n in Counter(seen.ids).items() if n > 1] for seen in visits}
    assert {path: ids for path, ids in twice.items() if ids} == {}


def test_a_page_weighs_at_most_120_kilobytes(visits):
    assert {seen.path: seen.bytes for seen in visits if seen.bytes > 120_000} == {}
