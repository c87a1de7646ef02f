import threading
import time
from collections import Counter
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from hooks.links import AGENT, Answer, Link, ask, ask_all, footnotes, inside, main, outside, report

# --- footnotes


def test_a_page_whose_footnotes_are_in_order_has_no_fault():
    assert footnotes("A fact.[^paper] Again.[^paper]\n\n[^paper]: Goodfellow et al.\n") == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("A fact.[^a]\n", (1, "the footnote a is not defined")),
        ("Text\n\n[^a]: Source\n", (3, "the footnote a is never used")),
        ("X[^a]\n[^a]: One\n[^a]: Two\n", (3, "the footnote a is defined twice")),
        ("[^a] begins a line.\n", (1, "the footnote a is not defined")),
    ],
)
def test_a_fault_is_told_with_its_line(text, fault):
    assert footnotes(text) == [fault]


def test_code_has_no_footnotes():
    assert (
        footnotes("`[^a]` and\n\n```python\nx[^b]\n```\n\n    ```text\n    [^c]\n    ```\n") == []
    )


# --- inside the site


@pytest.fixture
def site(tmp_path):
    def write(**pages: str):
        top = '<link rel="canonical" href="https://notes.example/here/">'
        for name, body in {"index": top, **pages}.items():
            path = tmp_path / ("index.html" if name == "index" else f"{name}/index.html")
            path.parent.mkdir(exist_ok=True)
            path.write_text((top if name == "index" else "") + body, encoding="utf-8")
        (tmp_path / "face.webp").write_bytes(b"")
        return tmp_path

    return write


def test_links_that_lead_somewhere_are_fine(site):
    body = (
        '<h2 id="a">A</h2><a href="#a"></a><a href="../b/#%EA%B0%80"></a><a href="/here/b/"></a>'
        '<a href="https://notes.example/here/b/"></a><img src="../face.webp?1">'
        '<source srcset="../face.webp 1x, ../face.webp 2x"><a href="mailto:a@b.example"></a>'
        '<a href="https://elsewhere.example/nothing/"></a><svg><a xlink:href="#a"></a></svg>'
    )
    assert inside(site(a=body, b='<p id="가"></p>')) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ('<a href="../c/"></a>', "../c/: there is no such file"),
        ('<a href="../b/#c"></a>', "../b/#c: there is no such id on that page"),
        ('<img src="../none.webp">', "../none.webp: there is no such file"),
        ('<svg><a xlink:href="#c"></a></svg>', "#c: there is no such id on that page"),
        ('<a href="https://notes.example/here/c/"></a>', "there is no such file"),
    ],
)
def test_a_link_that_leads_nowhere_is_told_with_its_page(site, body, problem):
    (found,) = inside(site(a=body, b=""))
    assert found.startswith("a/index.html: ")
    assert found.endswith(problem)


# --- other hosts


def test_addresses_are_found_with_their_lines():
    text = (
        "See [a](https://a.org/x(1)) and\n<https://b.org/y>, https://c.org/z.\n"
        "`http://127.0.0.1:8000/`, https://localhost/, https://example.org/ and https://host/path/"
    )
    assert outside(text, "page.md") == [
        Link("page.md", 1, "https://a.org/x(1)"),
        Link("page.md", 2, "https://b.org/y"),
        Link("page.md", 2, "https://c.org/z"),
    ]


class Elsewhere(BaseHTTPRequestHandler):
    """Another host, with the habits of the hosts that pages link to."""

    asked: Counter[tuple[str, str]]
    agents: set[str]

    def do_HEAD(self):
        self.asked[self.command, self.path] += 1
        self.agents.add(self.headers["User-Agent"])
        if self.path in {"/moved", "/elsewhere"}:
            self.send_response(301 if self.path == "/moved" else 302)
            self.send_header("Location", "/there")
            self.end_headers()
            return
        if self.path == "/slow":
            time.sleep(1)
        refused = self.path == "/no-head" and self.command == "HEAD"
        codes = {"/gone": 410, "/missing": 404, "/shut": 403, "/busy": 429}
        self.send_response(405 if refused else codes.get(self.path, 200))
        self.end_headers()

    do_GET = do_HEAD

    def log_message(self, *_):
        pass


@pytest.fixture
def elsewhere() -> Iterator[str]:
    Elsewhere.asked, Elsewhere.agents = Counter(), set()
    with ThreadingHTTPServer(("127.0.0.1", 0), Elsewhere) as server:
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.mark.parametrize(
    ("path", "problem", "unsure"),
    [
        ("/there", "", False),
        ("/no-head", "", False),
        ("/missing", "404 Not Found", False),
        ("/gone", "410 Gone", False),
        ("/shut", "403 Forbidden", True),
        ("/busy", "429 Too Many Requests", True),
    ],
)
def test_what_a_host_answers_is_told(elsewhere, path, problem, unsure):
    assert ask(elsewhere + path) == Answer(problem, unsure=unsure)


def test_only_a_move_for_good_is_told(elsewhere):
    assert ask(elsewhere + "/moved") == Answer(moved=elsewhere + "/there")
    assert ask(elsewhere + "/elsewhere") == Answer()


def test_a_host_that_does_not_answer_is_not_waited_for(elsewhere):
    assert "timed out" in ask(elsewhere + "/slow", timeout=0.2).problem
    assert "refused" in ask("http://127.0.0.1:9/").problem


def test_each_page_is_asked_for_once_and_we_say_who_we_are(elsewhere):
    ask_all([elsewhere + "/there#a", elsewhere + "/there#b", elsewhere + "/missing"], pause=0)
    assert Elsewhere.asked == {
        ("HEAD", "/there"): 1,
        ("HEAD", "/missing"): 1,
        ("GET", "/missing"): 1,
    }
    assert Elsewhere.agents == {AGENT}


def test_two_requests_to_one_host_are_apart(elsewhere):
    begin = time.perf_counter()
    ask_all([elsewhere + "/there", elsewhere + "/other"], pause=0.3)
    assert time.perf_counter() - begin > 0.3


def test_the_report_names_page_line_address_and_reason():
    links = [Link("a.md", 3, "https://a.org/#x"), Link("b.md", 1, "https://b.org/")]
    answers = {
        "https://a.org/": Answer("404 Not Found"),
        "https://b.org/": Answer(moved="https://c.org/"),
    }
    assert report(links, answers) == (
        ["a.md:3: https://a.org/#x: 404 Not Found"],
        ["b.md:1: https://b.org/: has moved to https://c.org/"],
    )


# --- the command


@pytest.fixture
def repository(site, tmp_path, monkeypatch):
    monkeypatch.setattr("hooks.links.ROOT", tmp_path)
    site(a="")
    page = tmp_path / "docs/ko/page.md"
    page.parent.mkdir(parents=True)
    page.write_text("[a](https://a.org/)[^a]\n\n[^a]: Source\n", encoding="utf-8")
    return page


def test_the_command_is_content_with_a_sound_site(repository, tmp_path, capsys):
    assert main(["--site", str(tmp_path)]) == 0
    assert "leads somewhere" in capsys.readouterr().out


@pytest.mark.parametrize("fault", ["footnote", "address"])
def test_the_exit_code_tells_of_a_fault(repository, tmp_path, monkeypatch, capsys, fault):
    asked = {"https://a.org/": Answer("404 Not Found" if fault == "address" else "")}
    monkeypatch.setattr("hooks.links.ask_all", lambda urls: {url: asked[url] for url in urls})
    if fault == "footnote":
        repository.write_text("[a](https://a.org/)[^b]", encoding="utf-8")
    assert main(["--site", str(tmp_path), "--external"]) == 1
    assert capsys.readouterr().out.startswith("docs/ko/page.md:1: ")


def test_a_site_that_is_not_built_yet_is_asked_for(tmp_path):
    with pytest.raises(SystemExit, match=r"hooks\.site build"):
        main(["--site", str(tmp_path)])
