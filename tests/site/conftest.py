"""A built site, served on the loopback address, and a browser that looks at it.

The site is built for an address without a port, which the browser is told to look up where the
site is served. So several processes can serve one build, each on a port of its own. Names that end
in `.localhost` are as secure for a browser as this machine is.
"""

import os
import shutil
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import run

import pytest
from filelock import FileLock
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from hooks.server import server

HOST = "notes.localhost"
ADDRESS = f"http://{HOST}/"
NAMES = (
    "chromium-headless-shell",  # draws the same without windows, in half the time
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "msedge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "C:/Program Files/Google/Chrome/Application/chrome.exe",
)
# A browser that asks nobody for anything by itself, so that each request is the page's own.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
POLICY = "Content Security Policy"  # stands in what the browser says when it has refused something
PATIENCE = 120_000  # milliseconds: nothing here fails because a machine is busy
HOW = "no Chromium or Chrome found; get one with: python -m playwright install chromium"
expect.set_options(timeout=PATIENCE)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything in this folder drives a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


def installed(bundled: str) -> str | None:
    """Return the path of a browser: one of the system's, else Playwright's own."""
    found = [shutil.which(name) for name in NAMES] + [*PLACES, bundled]
    return next((path for path in found if path and Path(path).is_file()), None)


# No text of the site may depend on the locale, so it is built with one that has no Korean.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


def run_site(*arguments: str | Path) -> None:
    """Run `python -m hooks.site` with some arguments."""
    root = Path(__file__).parents[2]
    own = root / ".venv-site/bin/python"
    python = own if own.is_file() else sys.executable
    done = run(
        [python, "-m", "hooks.site", *arguments],
        cwd=root,
        env=os.environ | ASCII | {"SITE_URL": ADDRESS},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built from the working tree: once, however many processes test it.

    `.ci/run` has built it already, for `ADDRESS`, and says where.
    """
    if "BUILT_SITE" in os.environ:
        return Path(os.environ["BUILT_SITE"])
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # there each process has a folder of its own in it
        shared = shared.parent
    site, finished = shared / "site", shared / "site-is-built"
    with FileLock(shared / "site.lock"):
        if not finished.exists():
            run_site("build", "--site", site)
            finished.touch()
    return site


@pytest.fixture(scope="session")
def browser(folder: Path) -> Iterator[Browser]:
    """A browser that finds the built site at `ADDRESS`, on whatever port it is served."""
    with sync_playwright() as playwright, server(folder, port=0) as running:
        running.hosts.add(HOST)  # for the browser it is on port 80
        threading.Thread(target=running.serve_forever, daemon=True).start()
        path = installed(playwright.chromium.executable_path)
        if path is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW)
        rule = f"MAP {HOST}:80 127.0.0.1:{running.server_port}"
        flags = [*FLAGS, f"--host-resolver-rules={rule}"]
        browser = playwright.chromium.launch(executable_path=path, args=flags)
        yield browser
        browser.close()
        running.shutdown()


@pytest.fixture(scope="session")
def address(browser: Browser) -> str:
    """The address of the site in that browser."""
    return ADDRESS


@pytest.fixture(scope="session")
def pages(folder: Path) -> list[str]:
    """The paths of all pages by the site maps, such as `"en/models/dcgan/"`."""
    found = []
    for part in ("", "en/"):
        site_map = ET.parse(folder / part / "sitemap.xml")
        found += [loc.text.removeprefix(ADDRESS) for loc in site_map.iter() if "loc" in loc.tag]
    return found


@pytest.fixture(scope="session")
def visitor(browser: Browser) -> Page:
    """A page that goes from address to address: opening one takes longer than to load it."""
    page = browser.new_context(color_scheme="light").new_page()
    page.set_default_timeout(PATIENCE)
    return page


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens contexts, each as fresh as a new reader's browser; nothing breaks the pages' policy."""
    contexts, broken = [], []

    def open_context(**options: object) -> BrowserContext:
        contexts.append(browser.new_context(**options))
        contexts[-1].set_default_timeout(PATIENCE)
        contexts[-1].on("console", lambda m: POLICY in m.text and broken.append(m.text))
        return contexts[-1]

    yield open_context
    for context in contexts:
        context.close()
    assert broken == []


@pytest.fixture(scope="session")
def reader(browser: Browser, address: str) -> BrowserContext:
    """A reader who prefers light, on a wide screen; what was loaded once is in the cache."""
    context = browser.new_context(base_url=address, color_scheme="light")
    context.set_default_timeout(PATIENCE)
    return context


@pytest.fixture
def page(reader: BrowserContext) -> Iterator[Page]:
    """A new page of that reader, who remembers nothing of other tests; it breaks no policy."""
    page, broken = reader.new_page(), []
    page.on("console", lambda m: POLICY in m.text and broken.append(m.text))
    yield page
    if page.url.startswith(ADDRESS):
        page.evaluate("() => { try { localStorage.clear() } catch {} }")
    page.close()
    assert broken == []
