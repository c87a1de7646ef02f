"""What holds for every page of the site, in both languages."""

import gzip
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, Response

DOCS = Path(__file__).parents[2] / "docs"
TEXT = re.compile(r"text/|javascript|json|xml|svg")
WIDE = {"width": 1280, "height": 900}
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
# The page has been laid out and painted anew.
SETTLED = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
NOT_WHOLE = """() => [...document.querySelectorAll("article img.pixel")]
  .filter(i => i.getBoundingClientRect().width % +i.style.getPropertyValue("--w"))
  .map(i => i.getAttribute("src") + " " + i.getBoundingClientRect().width)"""

# Words of a drawing that reach beyond its edges, where they are cut off.
CUT_OFF = """() => [...document.querySelectorAll(".diagram-svg text")].filter(text => {
  const {x, width} = text.getBBox()
  return x < 0 || x + width > text.ownerSVGElement.viewBox.baseVal.width
}).map(text => text.textContent)"""


# One element for each look of text: its own colour and size, that of the text around it, and what
# lies behind both. Thousands of words in code have a few dozen looks, and axe takes its time over
# contrast.
LOOKS = """() => {
  const looks = new Map()
  for (const element of document.body.querySelectorAll("*")) {
    if (![...element.childNodes].some(node => node.nodeType === 3 && node.data.trim())) continue
    if (!element.checkVisibility({checkOpacity: true, checkVisibilityCSS: true})) continue
    const {color, fontSize, fontWeight, position, textShadow} = getComputedStyle(element)
    const around = getComputedStyle(element.parentElement).color
    const look = [element.tagName, color, fontSize, fontWeight, position, textShadow, around]
    for (let behind = element; behind; behind = behind.parentElement) {
      const {backgroundColor, backgroundImage, opacity, filter} = getComputedStyle(behind)
      look.push(backgroundColor, backgroundImage, opacity, filter)
    }
    const key = look.filter(value => !["rgba(0, 0, 0, 0)", "none", "1"].includes(value)).join()
    if (!looks.has(key)) looks.set(key, element)
  }
  return [...looks.values()]
}"""
BY_COLOUR = ["color-contrast", "link-in-text-block"]  # what the theme can change
BY_WIDTH = ["scrollable-region-focusable", "meta-viewport"]  # what a phone can change


def paths(language: str) -> list[str]:
    """The paths of all pages of a language below its home page, by their sources."""
    docs = DOCS / language
    sources = [path.relative_to(docs) for kind in ("*.md", "*.ipynb") for path in docs.rglob(kind)]
    names = [path.with_suffix("").as_posix() for path in sources if path.parts[0][0] != "_"]
    return sorted(re.sub(r"(^|(?<=/))index/$", "", f"{name}/") for name in names)


PATHS = paths("ko") + [f"en/{path}" for path in paths("en")]
# One page of each kind. By day all Korean pages are opened, and these English ones; axe looks at
# these in both languages. To look at all of them takes minutes, and is left to the night.
KINDS = [
    "",
    "answers/gan-metrics/",
    "api-models/",
    "claims/",
    "claims/gan-family/",
    "concepts/distributions/",
    "glossary/",
    "guides/study-plan/",
    "lab/latent/",
    "models/stylegan/",
    "notebooks/dcgan-latent-space/",
    "snippets/growth/",
]


def parameters(by_day: Iterable[str]) -> list[object]:
    """All pages, of which all but some are left to the night."""
    rest = set(PATHS) - set(by_day)
    return [pytest.param(p, marks=[pytest.mark.nightly] if p in rest else []) for p in PATHS]


BOTH = [language + path for language in ("", "en/") for path in KINDS]


def violations(page: Page, context: str, options: dict[str, object]) -> list[str]:
    """Run axe on some elements, or on the `"document"`, with some of its rules."""
    found = page.evaluate(
        f"options => axe.run({context}, {{resultTypes: ['violations'], ...options}})", options
    )["violations"]
    return [f"{v['id']}: {v['nodes'][0]['target']} ({len(v['nodes'])})" for v in found]


def test_both_languages_have_all_pages(pages):
    assert sorted(pages) == sorted(PATHS)
    assert paths("ko") == paths("en")
    assert len(paths("ko")) >= 14
    assert set(KINDS) <= set(paths("ko"))


@contextmanager
def listening(page: Page) -> Iterator[tuple[list[str], list[Response], list[str]]]:
    """Collect the addresses that a page asks for, what it gets, and its errors and warnings."""
    requests: list[str] = []
    answers: list[Response] = []
    complaints: list[str] = []
    listeners: dict[Any, Callable[..., object]] = {
        "request": lambda request: requests.append(request.url),
        "response": lambda answer: answers.append(answer),
        "pageerror": lambda error: complaints.append(str(error)),
        "console": lambda m: m.type in {"error", "warning"} and complaints.append(m.text),
    }
    for event, listener in listeners.items():
        page.on(event, listener)
    yield requests, answers, complaints
    for event, listener in listeners.items():
        page.remove_listener(event, listener)


@pytest.mark.parametrize("path", parameters([*paths("ko"), *BOTH]))
def test_a_page(path: str, visitor: Page, address: str) -> None:
    """Open a page on a wide and a narrow screen."""
    page = visitor
    page.goto("about:blank")  # nothing of the page before it is counted
    page.set_viewport_size(WIDE)
    found: dict[str, object] = {}

    with listening(page) as (requests, answers, complaints):
        page.goto(address + path)
        ids = Counter(page.eval_on_selector_all("[id]", "all => all.map(e => e.id)"))
        found["ids that are not unique"] = [name for name, count in ids.items() if count > 1]
        weight = sum(
            len(gzip.compress(answer.body(), 6))  # over the network, without pictures
            for answer in answers
            if answer.request.resource_type != "image"  # those in the cache load at once
            and TEXT.search(answer.headers.get("content-type", ""))
            and answer.ok
        )
        found["more than 120 kB"] = weight if weight > 120_000 else 0
        found["pictures that do not load"] = page.evaluate(BROKEN)
        found["pixel art not enlarged by whole numbers"] = page.evaluate(NOT_WHOLE)
        found["words of a drawing cut off"] = page.evaluate(CUT_OFF)

        page.set_viewport_size(LIGHTEST_PHONE)
        page.evaluate(SETTLED)
        found["wider than a small phone"] = page.evaluate(TOO_WIDE)
        found["pixel art not whole on a phone"] = page.evaluate(NOT_WHOLE)

    found["errors and warnings"] = complaints
    own = (address, "data:", "blob:")
    found["requests that leave the site"] = [url for url in requests if not url.startswith(own)]
    assert {what: faults for what, faults in found.items() if faults} == {}


@pytest.mark.parametrize("path", parameters(BOTH))
def test_axe_has_no_complaint_about_a_page(path: str, visitor: Page, address: str) -> None:
    """Everybody can read a page, whatever they read it with.

    Both languages have the same elements, as other tests hold: Korean pages are looked at in light
    and as a whole, English ones in the dark.
    """
    page = visitor
    page.set_viewport_size(WIDE)
    page.emulate_media(color_scheme="dark" if path.startswith("en/") else "light")
    page.goto(address + path)
    page.evaluate(Axe().axe_script)
    found = {}

    if not path.startswith("en/"):
        others = {rule: {"enabled": False} for rule in BY_COLOUR}
        found["wide"] = violations(page, "document", {"rules": others})
    looks = f"{{include: ({LOOKS})()}}"
    found["colours"] = violations(page, looks, {"runOnly": BY_COLOUR})
    page.set_viewport_size(LIGHTEST_PHONE)
    page.evaluate(SETTLED)
    found["on a phone"] = violations(page, "document", {"runOnly": BY_WIDTH})
    page.emulate_media(color_scheme="light")

    assert {where: faults for where, faults in found.items() if faults} == {}
