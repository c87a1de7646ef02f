"""What the site's server answers, and what it does not."""

import http.client
import socket
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hooks import server

SECRET = "what no address leads to"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """A small site, beside files that are none of it."""
    root = tmp_path_factory.mktemp("server")
    site = root / "site"
    (root / "secret.txt").write_text(SECRET, encoding="utf-8")
    for name in ("en", "assets", ".git", "a folder"):
        (site / name).mkdir(parents=True)
    (site / "index.html").write_text("처음", encoding="utf-8")
    (site / "404.html").write_text("없다", encoding="utf-8")
    (site / "en/index.html").write_text("home", encoding="utf-8")
    (site / "en/404.html").write_text("nothing", encoding="utf-8")
    (site / "wall.webp").write_bytes(b"RIFF")
    (site / "assets/SITE.JS").write_text("1", encoding="utf-8")
    (site / "assets/글.txt").write_text("한글", encoding="utf-8")
    (site / ".git/config").write_text(SECRET, encoding="utf-8")
    try:
        (site / "out").symlink_to(root)
        (site / "a folder/index.html").symlink_to(root / "secret.txt")
    except OSError:
        pass  # on Windows, links are for administrators
    return site


@pytest.fixture(scope="module")
def running(folder):
    with server.server(folder, port=0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


@pytest.fixture(scope="module")
def address(running):
    return f"http://127.0.0.1:{running.server_port}/"


def raw(running, request: bytes) -> bytes:
    """Send bytes to the server, and return all that it answers until it hangs up."""
    with socket.create_connection(running.server_address, timeout=60) as connection:
        try:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it hung up before it had read everything
        answer = b""
        try:
            while part := connection.recv(65536):
                answer += part
        except ConnectionResetError:
            pass
    return answer


def get(running, target: bytes, host: str | None = None, method: bytes = b"GET") -> bytes:
    host = host if host is not None else f"localhost:{running.server_port}"
    return raw(
        running, method + b" " + target + b" HTTP/1.1\r\nHost: " + host.encode() + b"\r\n\r\n"
    )


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


# --- what is there


def test_files_are_served_with_their_type(address):
    for path, kind in (
        ("wall.webp", "image/webp"),
        ("", "text/html; charset=utf-8"),
        ("assets/SITE.JS", "text/javascript; charset=utf-8"),
        ("assets/%EA%B8%80.txt", "text/plain; charset=utf-8"),
    ):
        with urllib.request.urlopen(address + path) as answer:
            assert answer.headers["Content-Type"] == kind
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
    with urllib.request.urlopen(address) as answer:
        assert answer.read().decode() == "처음"


def test_a_folder_is_its_page(address):
    for path in ("en", "en/", "en/?h=gan", "en//"):
        with urllib.request.urlopen(address + path) as answer:
            assert answer.read() == b"home"
            assert answer.url.startswith(address + "en/")


@pytest.mark.parametrize(("path", "text"), [("nowhere/", "없다"), ("en/nowhere/", "nothing")])
def test_what_is_not_there_is_answered_in_the_readers_language(address, path, text):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(address + path)
    assert caught.value.code == 404
    assert caught.value.read().decode() == text


def test_the_body_of_a_missing_page_is_left_out_where_only_its_head_was_asked(address):
    with pytest.raises(urllib.error.HTTPError) as caught:
        urllib.request.urlopen(urllib.request.Request(address + "nowhere", method="HEAD"))
    assert caught.value.read() == b""


def test_a_site_without_a_page_for_it_still_answers(tmp_path):
    (tmp_path / "index.html").write_text("home", encoding="utf-8")
    with server.server(tmp_path, port=0) as bare:
        threading.Thread(target=bare.serve_forever, daemon=True).start()
        assert status(get(bare, b"/nowhere")) == 404
        bare.shutdown()


# --- what is not

ODD = {
    "a folder without a page": b"/assets/",
    "a folder without a page and a slash": b"/assets",
    "a file as a folder": b"/wall.webp/",
    "below a file": b"/index.html/index.html",
    "up": b"/../secret.txt",
    "up, written otherwise": b"/%2e%2e/secret.txt",
    "up with backslashes": b"/..\\secret.txt",
    "up with hidden backslashes": b"/%2e%2e%5csecret.txt",
    "up from below": b"/en/../../secret.txt",
    "encoded twice": b"/%252e%252e/secret.txt",
    "a slash within a name": b"/..%2fsecret.txt",
    "a hidden file": b"/.git/config",
    "a link that leads out": b"/out/secret.txt",
    "a page that is a link that leads out": b"/a%20folder/",
    "a NUL": b"/index.html%00.txt",
    "NULs": b"/%00",
    "half a percent sign": b"/%",
    "a percent sign and no number": b"/%zz%",
    "bytes that are no UTF-8": b"/\xff\xfe",
    "hidden bytes that are no UTF-8": b"/%ff%fe",
    "half a surrogate": b"/%ed%a0%80",
    "another server": b"//example.org/en/",
    "another server with a backslash": b"/\\example.org/en/",
    "an address in brackets": b"/[",
    "no address": b"//[",
    "a whole address": b"http://example.org/index.html",
    "a drive": b"/C:/Windows/win.ini",
    "a device": b"/NUL",
    "a stream of a file": b"/index.html::$DATA",
    "a dot at the end": b"/index.html.",
    "a long name": b"/" + b"a" * 5000,
    "a deep name": b"/" + b"en/" * 9000,
    "a home": b"/~root/",
    "a line that never ends": b"/" + b"a" * 70_000,
    "a control character": b"/\x07\x1b[2J",
    "a star": b"*",
}


@pytest.mark.parametrize("target", ODD.values(), ids=ODD)
def test_odd_addresses_lead_nowhere(running, target, capsys):
    answer = get(running, target)
    assert status(answer) in {400, 404, 414}
    assert SECRET.encode() not in answer
    assert b"Location" not in answer
    assert b"wall.webp" not in answer  # a list of what lies there
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "method", ["PUT", "POST", "DELETE", "OPTIONS", "TRACE", "CONNECT", "get", "\xff", "do_GET"]
)
def test_other_methods_are_refused(running, method, capsys):
    assert status(get(running, b"/", method=method.encode("latin-1"))) == 501
    assert capsys.readouterr() == ("", "")


ODD_REQUESTS = {
    "nothing": b"",
    "an empty line": b"\r\n",
    "one word": b"GET\r\n\r\n",
    "a greeting of TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    "HTTP/2": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "a version that is no number": b"GET / HTTP/x.y\r\nHost: localhost\r\n\r\n",
    "too long a header": b"GET / HTTP/1.1\r\nHost: " + b"a" * 70_000 + b"\r\n\r\n",
    "too many headers": b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 200 + b"\r\n",
    "a header that is no header": b"GET / HTTP/1.1\r\nHost\x00\xff\r\n\r\n",
    "no host": b"GET / HTTP/1.1\r\n\r\n",
    "no host, as in the old days": b"GET /\r\n",
}


@pytest.mark.parametrize("request_", ODD_REQUESTS.values(), ids=ODD_REQUESTS)
def test_what_is_no_request_is_not_answered_with_a_page(running, request_, capsys):
    assert "처음".encode() not in raw(running, request_)
    assert status(get(running, b"/")) == 200
    assert capsys.readouterr() == ("", "")


@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(target=st.one_of(st.binary(max_size=40), st.text("/.%\\~:0Ff\x00 ?#[]@ené", max_size=20)))
def test_any_address_gets_an_answer(running, target, capsys):
    target = target.encode() if isinstance(target, str) else target
    answer = get(running, b"/" + target)
    assert answer  # a line break within makes the status line of an older HTTP unnecessary
    assert SECRET.encode() not in answer
    assert capsys.readouterr() == ("", "")


# --- who is answered


def test_only_this_machine_is_answered(running):
    assert running.server_address[0] == "127.0.0.1"


def test_only_its_own_names_are_answered(running):
    port = running.server_port
    for host in ("localhost", "LocalHost", "127.0.0.1", "[::1]"):
        assert status(get(running, b"/", f"{host}:{port}")) == 200
    for host in (
        *(f"evil.example:{port}", f"localhost:{port + 1}", "localhost", f"localhost.evil:{port}"),
        *(f"localhost:{port}.evil", f"user@localhost:{port}", f"localhost:0{port}", "", "\xff"),
    ):
        for target in (b"/", b"/nowhere", b"http://localhost/"):
            answer = get(running, target, host)
            assert status(answer) in {400, 421}
            assert "처음".encode() not in answer
    both = f"GET / HTTP/1.1\r\nHost: localhost:{port}\r\nHost: evil.example\r\n\r\n"
    assert status(raw(running, both.encode())) == 400


def test_a_browser_leaves_out_the_port_80(folder, monkeypatch):
    monkeypatch.setattr(server.ThreadingHTTPServer, "server_bind", lambda self: None)
    monkeypatch.setattr(server.ThreadingHTTPServer, "server_activate", lambda self: None)
    monkeypatch.setattr(server.ThreadingHTTPServer, "server_port", 80, raising=False)
    with server.Server(folder, 80) as standing:
        assert {"localhost", "localhost:80"} < standing.hosts


# --- who says nothing, or goes away


def test_who_says_nothing_keeps_nobody_waiting(running, monkeypatch, capsys):
    monkeypatch.setattr(server.Handler, "timeout", 0.3)
    with socket.create_connection(running.server_address, timeout=60) as silent:
        silent.sendall(b"GET / HT")
        for _ in range(20):  # who asks and goes away without reading
            with socket.create_connection(running.server_address) as gone:
                gone.sendall(b"GET /wall.webp HTTP/1.1\r\nHost: ")
        assert status(get(running, b"/")) == 200
        assert silent.recv(100) == b""
    assert capsys.readouterr() == ("", "")


def test_who_leaves_in_the_middle_of_an_answer_leaves_no_trace(folder, running, capsys):
    (folder / "large.webp").write_bytes(bytes(30_000_000))
    for _ in range(3):
        connection = http.client.HTTPConnection("127.0.0.1", running.server_port)
        connection.request("GET", "/large.webp")
        connection.getresponse().read(10)
        connection.close()
    assert status(get(running, b"/")) == 200
    assert capsys.readouterr() == ("", "")


def test_a_fault_of_the_server_itself_is_told(running, monkeypatch, capsys):
    def break_(*_):
        raise RuntimeError("a mistake of ours")

    monkeypatch.setattr(server, "found", break_)
    get(running, b"/")
    assert "a mistake of ours" in capsys.readouterr().err


# --- where it stands


def test_the_next_port_is_taken_when_the_first_is_not_free(folder):
    with server.server(folder, port=0) as first, server.server(folder, first.server_port) as second:
        assert second.server_port > first.server_port
        with pytest.raises(OSError, match="in use"):
            server.server(folder, first.server_port, tries=1)
    with pytest.raises(ValueError, match="at least 1"):
        server.server(folder, tries=0)


def test_serving_says_where_to_look_and_opens_it(folder, monkeypatch, capsys):
    def interrupt(self):
        raise KeyboardInterrupt

    opened = []
    monkeypatch.setattr(server.ThreadingHTTPServer, "serve_forever", interrupt)
    monkeypatch.setattr(server.webbrowser, "open_new_tab", opened.append)
    server.serve(folder, port=0, show=True)
    (line,) = capsys.readouterr().out.strip().splitlines()
    assert line.startswith(f"Look at {opened[0]} ")


def test_the_file_alone_serves_the_folder_in_which_it_lies(folder, tmp_path):
    (tmp_path / "index.html").write_text("home", encoding="utf-8")
    alone = tmp_path / "serve.py"
    alone.write_bytes(Path(server.__file__).read_bytes())
    command = [sys.executable, "-I", str(alone), "--port", "0", "--quiet"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        address = process.stdout.readline().split()[2]
        with urllib.request.urlopen(address) as answer:
            assert answer.read() == b"home"
        process.terminate()
        assert "Traceback" not in process.stderr.read()
