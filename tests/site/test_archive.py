"""The archive of the site, unpacked on a stick: its pages are opened as files, or served by it.

Making it takes as long as building the site, and is left to the night.
"""

import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from playwright.sync_api import Page, expect

from hooks.links import Page as Built
from tests.site.conftest import run_site

pytestmark = pytest.mark.nightly


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory, browser) -> Path:
    """The archive, made anew and unpacked where its name has a space and Hangul in it."""
    folder = tmp_path_factory.mktemp("archive")
    run_site("archive", "--archive", folder / "notes.zip")
    stick = folder / "USB 막대"
    with zipfile.ZipFile(folder / "notes.zip") as archive:
        archive.extractall(stick)
    return stick / "notes"


@pytest.fixture
def opened(new_context) -> Iterator[Page]:
    """A page of a browser without a network, and what it complains of and asks the network for."""
    complaints: list[str] = []
    page = new_context(offline=True).new_page()
    page.on("console", lambda m: m.type in {"error", "warning"} and complaints.append(m.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("request", lambda r: r.url.startswith("http") and complaints.append(r.url))
    yield page
    assert complaints == []


@pytest.mark.parametrize(
    ("start", "query", "target"),
    [
        ("index.html", "모드 붕괴에서", "mode-collapse.html"),
        ("en/models/dcgan.html", "mode collapse", "mode-collapse.html"),
    ],
)
def test_it_is_opened_as_a_file_and_searched(unpacked, opened, start, query, target):
    page = opened
    page.goto((unpacked / start).as_uri())
    page.fill("input[name=query]", query)
    page.press("input[name=query]", "End")
    first = page.locator(".md-search-result__link").first
    expect(first).to_have_attribute("href", re.compile(target))
    first.click()
    page.wait_for_url(re.compile(target))
    expect(page.locator("article h1")).to_be_visible()


def test_a_reader_goes_through_it_as_through_the_site(unpacked, opened):
    page = opened
    page.goto((unpacked / "index.html").as_uri())
    page.click(".md-tabs__link >> nth=0")
    page.wait_for_url(re.compile(r"/lecture\.html"))
    page.click("a[data-language]")
    page.wait_for_url(re.compile(r"/en/lecture\.html"))
    page.locator("form[data-md-component=palette] label:not([hidden])").click()
    page.click(".imprint a >> nth=0")
    page.wait_for_url(re.compile(r"/en/licence\.html"))
    expect(page.locator("body")).to_have_attribute("data-md-color-scheme", "slate")
    broken = page.evaluate("[...document.images].filter(i => i.complete && !i.naturalWidth).length")
    assert broken == 0


def test_every_link_leads_to_a_file_and_none_to_a_folder_that_a_browser_would_list(unpacked):
    built = {path: Built(path) for path in unpacked.rglob("*.html") if path.name != "404.html"}
    followed, found = 0, []
    for path, page in built.items():
        for reference in page.references:
            parts = urlsplit(reference)
            if parts.scheme or parts.netloc:
                continue
            followed += 1
            target = (path.parent / unquote(parts.path)).resolve() if parts.path else path
            ids = built[target].ids if target in built else {unquote(parts.fragment)}
            if not target.is_file() or (parts.fragment and unquote(parts.fragment) not in ids):
                found.append(f"{path.relative_to(unpacked)}: {reference}")
    assert followed > 10_000
    assert found == []


def test_its_own_server_opens_the_laboratory(unpacked, new_context):
    command = [sys.executable, "-I", unpacked / "serve.py", "--port", "0", "--quiet"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, encoding="utf-8") as server:
        try:
            page = new_context().new_page()
            page.goto(server.stdout.readline().split()[2] + "lab/latent.html")
            page.click(".bench-open")
            expect(page.locator(".bench canvas").first).to_be_visible()
        finally:
            server.terminate()
