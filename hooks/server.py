"""Serves a built site to this machine alone.

It needs nothing but Python, so that an archive of the site carries this file as `serve.py`: there
`python serve.py` shows the folder in which it lies.

An address leads only to what a listing of its folder names. So nothing outside the site is reached,
whatever an address contains: `..`, backslashes, NUL, names that are devices on Windows. Requests
that were meant for another host name are refused, because a page of somebody else could have its
own name point here (DNS rebinding) and read what is served.
"""

import argparse
import os
import sys
import webbrowser
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from socket import socket
from typing import Any, cast
from urllib.parse import unquote_to_bytes, urlsplit

PORT = 8000
LOOPBACK = "127.0.0.1"
NAMES = ("localhost", LOOPBACK, "[::1]")
# What the system knows about types depends on the system: Windows has called scripts plain text,
# and then no browser runs them.
TYPES = {
    ".css": "text/css; charset=utf-8",
    ".csv": "text/csv; charset=utf-8",
    ".gz": "application/gzip",
    ".html": "text/html; charset=utf-8",
    ".inv": "application/octet-stream",
    ".ipynb": "application/x-ipynb+json",
    ".js": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".map": "application/json",
    ".md": "text/markdown; charset=utf-8",
    ".png": "image/png",
    ".py": "text/x-python; charset=utf-8",
    ".safetensors": "application/octet-stream",
    ".svg": "image/svg+xml",
    ".txt": "text/plain; charset=utf-8",
    ".webp": "image/webp",
    ".xml": "application/xml",
    ".xsl": "application/xslt+xml",
}


def found(root: Path, target: str) -> Path | None:
    """Return the file or folder of the site that an address means.

    Args:
        root: The folder of the site.
        target: What a request asks for, such as `/en/?h=gan`.

    Returns:
        The path, or None if no file of the site has this address: hidden files and links that lead
        out of the site are not part of it.
    """
    if not target.startswith("/") or target.startswith("//"):  # the address of another server
        return None
    try:
        words = unquote_to_bytes(urlsplit(target).path).decode().split("/")
    except ValueError:  # not UTF-8, or no address at all
        return None
    path = root
    for word in filter(None, words):
        if word.startswith(".") or not path.is_dir() or word not in os.listdir(path):
            return None
        path /= word
    return path if inside(root, path) else None


def inside(root: Path, path: Path) -> bool:
    """Say whether `path` still lies in the folder `root` when links are followed."""
    return path.resolve().is_relative_to(root.resolve())


class Handler(SimpleHTTPRequestHandler):
    """Serves the files of a folder, quietly, with the site's own page for what is not there."""

    timeout = 30  # seconds that a connection may say nothing
    server_version, sys_version = "GAN-Notes", ""

    def parse_request(self) -> bool:
        """Read a request, and refuse one that was not meant for this server."""
        if not super().parse_request():
            return False
        hosts = self.headers.get_all("Host", [])
        if len(hosts) != 1:
            self.send_error(HTTPStatus.BAD_REQUEST)
        elif str(hosts[0]).lower() not in cast(Server, self.server).hosts:
            self.send_error(HTTPStatus.MISDIRECTED_REQUEST)
        else:
            return True
        return False

    def translate_path(self, path: str) -> str:
        """Return where an address leads; nowhere is the empty name, which no file has.

        A folder is only there for the page in it.
        """
        root = Path(self.directory)
        place = found(root, path)
        page = place / "index.html" if place and place.is_dir() else place
        if place is None or page is None or not inside(root, page) or not page.is_file():
            return ""
        return f"{place}/" if page == place and urlsplit(path).path.endswith("/") else str(place)

    def guess_type(self, path: Any) -> str:
        """Return the type of a file by its name."""
        return TYPES.get(Path(path).suffix.lower(), "application/octet-stream")

    def end_headers(self) -> None:
        """Tell browsers to believe the types, and other sites to keep out."""
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cross-Origin-Resource-Policy", "same-origin")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the line that tells where the site is stays in sight."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the 404 page of the reader's language, or with the name of the error.

        Nothing of the request is repeated in the answer.
        """
        if code != HTTPStatus.NOT_FOUND:
            super().send_error(code)
            return
        page = Path(self.directory) / ("en" if self.path.startswith("/en/") else "") / "404.html"
        if not page.is_file():
            super().send_error(code)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", TYPES[".html"])
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class Server(ThreadingHTTPServer):
    """Answers on the loopback address, for the names of this machine.

    Attributes:
        hosts: What the header `Host` of a request may say.
    """

    def __init__(self, site: Path, port: int, names: tuple[str, ...] = NAMES) -> None:
        """Take the port; 0 takes any free one."""

        def handler(*args: Any) -> Handler:
            return Handler(*args, directory=str(site))

        super().__init__((LOOPBACK, port), handler)
        self.hosts = {f"{name}:{self.server_port}" for name in names}
        if self.server_port == 80:
            self.hosts |= set(names)

    def handle_error(self, request: socket | tuple[bytes, socket], client_address: Any) -> None:
        """Say nothing of readers who went away before they had their answer."""
        if not isinstance(sys.exc_info()[1], OSError):
            super().handle_error(request, client_address)


def server(site: Path, port: int = PORT, tries: int = 20) -> Server:
    """Return a server for the folder `site` on the loopback address.

    Args:
        site: The built site.
        port: The port to take; 0 takes any free one.
        tries: How many ports to try, upwards from `port`, while they are taken.

    Raises:
        OSError: If all of them are taken.
    """
    for candidate in range(port, port + tries):
        try:
            return Server(site, candidate)
        except OSError:
            if candidate == port + tries - 1:
                raise
    raise ValueError("tries must be at least 1")


def serve(site: Path, port: int = PORT, show: bool = False) -> None:
    """Serve the built site until Ctrl-C, and say where it is.

    Args:
        site: The built site.
        port: The first port to try.
        show: Whether to open it in the browser.
    """
    with server(site, port) as running:
        here = f"http://{LOOPBACK}:{running.server_port}/"
        print(f"Look at {here} (English: {here}en/). Ctrl-C stops the server.", flush=True)
        if show:
            webbrowser.open_new_tab(here)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Shows the site in whose folder this file lies.")
    parser.add_argument("--port", type=int, default=PORT, help="first port to try")
    parser.add_argument("--quiet", action="store_true", help="do not open the browser")
    options = parser.parse_args()
    serve(Path(__file__).resolve().parent, options.port, show=not options.quiet)
