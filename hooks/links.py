"""Checks what the pages refer to: `python -m hooks.links [--external]`.

MkDocs stops at broken links and anchors that are written in Markdown. This looks at the built site,
so that links, pictures and anchors in raw HTML, in notebooks and in the theme's own parts are
seen, too, and at the footnotes. With `--external` it also asks the other hosts: politely, a few
hosts at a time, each page once.
"""

import argparse
import re
import sys
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from html.parser import HTMLParser
from http.client import HTTPException, HTTPMessage
from pathlib import Path
from typing import IO
from urllib.error import HTTPError, URLError
from urllib.parse import unquote, urldefrag, urljoin, urlsplit
from urllib.request import HTTPRedirectHandler, Request, build_opener

from hooks import escape_unencodable
from hooks.files import page_sources
from hooks.parity import CODE, FENCE

ROOT = Path(__file__).resolve().parent.parent

AGENT = "gan-notes-link-check/1.0 (checks the links of the GAN Notes; asks for each page once)"
TIMEOUT = 20.0  # seconds
PAUSE = 0.5  # seconds between two requests to the same host
HOSTS = 4  # so many hosts at the same time
HEAD_REFUSED = {400, 403, 404, 405, 406, 429, 500, 501, 503}  # some answer HEAD wrongly
UNSURE = {401, 403, 406, 429, 503, 999}  # shut to programs, not necessarily to readers

FOOTNOTE = re.compile(r"\[\^(?P<name>[^\]\s]+)\](?P<definition>:)?")
URL = re.compile(r"https?://(?:[^\s<>\"'`()\[\]{}\\|]|\([^\s<>\"'`()\[\]]*\))+")
# Hosts that name this computer or nobody, and what stands for a value in an example.
NOBODY = re.compile(r"localhost|127\.|0\.0\.0\.0|.*\bexample(\.(com|org|net))?$|host$")
ATTRIBUTES = ("href", "src", "srcset", "poster", "xlink:href", "data")


@dataclass(frozen=True)
class Link:
    """Where a page refers to another host."""

    page: str
    line: int
    url: str


@dataclass
class Answer:
    """What a host said to one address."""

    problem: str = ""  # empty: the page is there
    moved: str = ""  # its new address, if the host says that it has moved for good
    unsure: bool = False  # the host answers no programs: a person has to look


# --- footnotes


def footnotes(text: str) -> list[tuple[int, str]]:
    """Return the line and the fault of each footnote that is missing, unused or defined twice.

    Args:
        text: A Markdown page.
    """
    defined: dict[str, int] = {}
    used: dict[str, int] = {}
    problems = []
    for number, line in enumerate(without_code(text), 1):
        for note in FOOTNOTE.finditer(line):
            name = note["name"]
            if not (note["definition"] and not line[: note.start()].strip()):
                used.setdefault(name, number)
            elif name in defined:
                problems.append((number, f"the footnote {name} is defined twice"))
            else:
                defined[name] = number
    for name in used.keys() - defined.keys():
        problems.append((used[name], f"the footnote {name} is not defined"))
    for name in defined.keys() - used.keys():
        problems.append((defined[name], f"the footnote {name} is never used"))
    return sorted(problems)


def without_code(text: str) -> Iterator[str]:
    """Return the lines of a Markdown page, with those of fenced blocks and `code` left empty."""
    opening = ""
    for line in text.split("\n"):
        fence = FENCE.match(line)
        if not opening and fence:
            opening = fence["marks"]
            yield ""
        elif opening:
            if fence and fence["marks"].startswith(opening) and not fence["info"]:
                opening = ""
            yield ""
        else:
            yield CODE.sub("", line)


# --- links inside the site


def inside(site: Path) -> list[str]:
    """Return every link of the built site that leads nowhere, a line each.

    Args:
        site: The folder of the built site.
    """
    pages = {path: Page(path) for path in sorted(site.rglob("*.html"))}
    top = pages[site / "index.html"].address
    problems = []
    for path, page in pages.items():
        here = urljoin(top, path.relative_to(site).as_posix().removesuffix("index.html"))
        for reference in sorted(page.references):
            url, fragment = urldefrag(urljoin(here, reference))
            if not url.startswith(top):
                continue
            target = site / unquote(urlsplit(url.removeprefix(top)).path)
            if target.is_dir():
                target /= "index.html"
            name = path.relative_to(site).as_posix()
            if not target.is_file():
                problems.append(f"{name}: {reference}: there is no such file")
            elif fragment and target in pages and unquote(fragment) not in pages[target].ids:
                problems.append(f"{name}: {reference}: there is no such id on that page")
    return problems


class Page(HTMLParser):
    """What a built page refers to and what can be referred to on it.

    Attributes:
        path: The page.
        address: What it calls its own address; the home page tells where the site is.
        ids: What can be referred to.
        references: What it refers to.
    """

    def __init__(self, path: Path) -> None:
        super().__init__()
        self.path, self.address = path, ""
        self.ids: set[str] = set()
        self.references: set[str] = set()
        self.feed(path.read_text(encoding="utf-8"))
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Take in an element; the parser calls this, and needs no tree of thousands of them."""
        given = {name: value for name, value in attrs if value}
        self.ids |= {given[key] for key in ("id", "name") if key in given}
        if tag == "link" and "canonical" in given.get("rel", "").split():
            self.address = given["href"]
        for key in ATTRIBUTES:
            if key in given:
                self.references |= _pictures(given[key]) if key == "srcset" else {given[key]}


def _pictures(srcset: str) -> set[str]:
    """Return the addresses in a `srcset`."""
    return {candidate.split()[0] for candidate in srcset.split(",")}


# --- links to other hosts


def outside(text: str, page: str) -> list[Link]:
    """Return the links of a page, its code included, to hosts other than this computer.

    Args:
        text: The page.
        page: Its name.
    """
    return [
        Link(page, number, url)
        for number, line in enumerate(text.split("\n"), 1)
        for match in URL.finditer(line.replace("\\n", " ").replace('\\"', '"'))
        if "." in (host := urlsplit(url := match[0].rstrip(".,;:!?*_")).hostname or "")
        and not NOBODY.match(host)
    ]


class Redirects(HTTPRedirectHandler):
    """Follows redirects and keeps where those that are meant for good lead to."""

    def __init__(self) -> None:
        self.moved = ""

    def redirect_request(
        self, req: Request, fp: IO[bytes], code: int, msg: str, headers: HTTPMessage, newurl: str
    ) -> Request | None:
        """Ask the new address in the same way."""
        if code in {301, 308}:
            self.moved = newurl
        new = super().redirect_request(req, fp, code, msg, headers, newurl)
        if new:
            new.method = req.get_method()
        return new


def ask(url: str, timeout: float = TIMEOUT) -> Answer:
    """Ask a host whether a page is there: HEAD first, and GET if it does not answer that.

    Args:
        url: The address without a fragment.
        timeout: Seconds to wait for each of the two.
    """
    answer = Answer()
    for method in ("HEAD", "GET"):
        redirects = Redirects()
        request = Request(url, method=method, headers={"User-Agent": AGENT, "Accept": "*/*"})
        try:
            with build_opener(redirects).open(request, timeout=timeout):
                return Answer(moved=redirects.moved)
        except HTTPError as error:
            answer = Answer(f"{error.code} {error.reason}", unsure=error.code in UNSURE)
            if error.code not in HEAD_REFUSED:
                return answer
        except (URLError, HTTPException, OSError, ValueError) as error:
            return Answer(str(getattr(error, "reason", error)) or type(error).__name__)
    return answer


def ask_all(
    urls: Iterable[str], timeout: float = TIMEOUT, pause: float = PAUSE
) -> dict[str, Answer]:
    """Ask for each address once, a few hosts at the same time and one request a host.

    Args:
        urls: The addresses; fragments are left out.
        timeout: Seconds to wait for an answer.
        pause: Seconds between two requests to the same host.
    """
    hosts: defaultdict[str, list[str]] = defaultdict(list)
    for url in sorted({urldefrag(url).url for url in urls}):
        hosts[urlsplit(url).netloc].append(url)

    def ask_host(addresses: list[str]) -> list[tuple[str, Answer]]:
        found = []
        for index, url in enumerate(addresses):
            if index:
                time.sleep(pause)
            found.append((url, ask(url, timeout)))
        return found

    with ThreadPoolExecutor(HOSTS) as pool:
        return dict(pair for pairs in pool.map(ask_host, hosts.values()) for pair in pairs)


def report(links: list[Link], answers: dict[str, Answer]) -> tuple[list[str], list[str]]:
    """Return what is broken and what is worth a look, a line each with page, line and reason."""
    broken: list[str] = []
    notes: list[str] = []
    for link in links:
        answer = answers[urldefrag(link.url).url]
        line = f"{link.page}:{link.line}: {link.url}: "
        if answer.problem:
            (notes if answer.unsure else broken).append(line + answer.problem)
        elif answer.moved:
            notes.append(f"{line}has moved to {answer.moved}")
    return broken, notes


# --- the command


def sources(root: Path) -> list[tuple[str, str]]:
    """Return the names and texts of all pages, those of the repository itself included."""
    paths = [root / name for name in ("README.md", "CONTRIBUTING.md") if (root / name).is_file()]
    for language in ("ko", "en"):
        docs = root / "docs" / language
        paths += [docs / path for path in page_sources(docs)]
        paths += sorted((docs / "_generated").glob("*.md"))
    return [(p.relative_to(root).as_posix(), p.read_text(encoding="utf-8")) for p in paths]


def main(arguments: list[str] | None = None) -> int:
    """Print what leads nowhere; the exit code says whether anything does."""
    escape_unencodable()
    parser = argparse.ArgumentParser(prog="python -m hooks.links", description=__doc__)
    parser.add_argument("--site", type=Path, default=ROOT / "site", help="folder of the built site")
    parser.add_argument("--external", action="store_true", help="ask the other hosts, too")
    options = parser.parse_args(arguments)
    if not (options.site / "index.html").is_file():
        sys.exit(f"There is no site in {options.site} yet: python -m hooks.site build")
    pages = sources(ROOT)
    problems = [
        f"{name}:{line}: {fault}"
        for name, text in pages
        if name.endswith(".md")
        for line, fault in footnotes(text)
    ]
    problems += inside(options.site)
    if options.external:
        links = [link for name, text in pages for link in outside(text, name)]
        broken, notes = report(links, ask_all(link.url for link in links))
        problems += broken
        if notes:
            print("Worth a look, but not counted as broken:", *notes, "", sep="\n")
    print("\n".join(problems) or "Every link that was checked leads somewhere.")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
