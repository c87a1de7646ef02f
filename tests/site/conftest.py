"""A built site, served on the loopback address, and a browser that looks at it."""

import os
import shutil
import sys
import threading
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from subprocess import run

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from hooks.site import server

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "msedge")
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
HOW = "no Chromium or Chrome found; get one with: python -m playwright install chromium"


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


@contextmanager
def launched() -> Iterator[Browser]:
    """Start a browser; every thread needs one of its own."""
    with sync_playwright() as playwright:
        path = installed(playwright.chromium.executable_path)
        if path is None:
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(HOW)
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


# No text of the site may depend on the locale, so it is built with one that has no Korean.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture(scope="session")
def launch() -> Callable[[], AbstractContextManager[Browser]]:
    return launched


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the site is built."""
    return tmp_path_factory.mktemp("site")


@pytest.fixture(scope="session")
def address(browser: Browser, folder: Path) -> Iterator[str]:
    """The address of the site, built from the working tree."""
    root = Path(__file__).parents[2]
    own = root / ".venv-site/bin/python"
    python = own if own.is_file() else sys.executable
    with server(folder, port=0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{running.server_port}/"
        command = [python, "-m", "hooks.site", "build", "--site", folder]
        built = run(
            command,
            cwd=root,
            env=os.environ | ASCII | {"SITE_URL": address},
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        assert built.returncode == 0, built.stdout + built.stderr
        yield address
        running.shutdown()


@pytest.fixture(scope="session")
def pages(address: str, browser: Browser) -> list[str]:
    """The paths of all pages, such as `"en/models/dcgan/"`."""
    context = browser.new_context()
    found = []
    for part in ("", "en/"):
        site_map = ET.fromstring(context.request.get(f"{address}{part}sitemap.xml").text())
        found += [loc.text.removeprefix(address) for loc in site_map.iter() if "loc" in loc.tag]
    context.close()
    return found


@pytest.fixture
def new_context(browser: Browser) -> Iterator[Callable[..., BrowserContext]]:
    """Opens contexts, each as fresh as a new reader's browser."""
    contexts = []

    def open_context(**options: object) -> BrowserContext:
        contexts.append(browser.new_context(**options))
        return contexts[-1]

    yield open_context
    for context in contexts:
        context.close()


@pytest.fixture
def page(new_context: Callable[..., BrowserContext], address: str) -> Page:
    """A page of a reader who prefers light, on a wide screen."""
    context = new_context(base_url=address, color_scheme="light")
    context.set_default_timeout(30_000)
    return context.new_page()
