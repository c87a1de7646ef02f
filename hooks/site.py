"""Builds both languages of the site and serves them: `python -m hooks.site build serve`.

`--builder properdocs` builds the same pages with the fork that continues MkDocs 1.x.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from hooks import escape_unencodable

ROOT = Path(__file__).resolve().parent.parent
PORT = 8000
BUILDERS = ("mkdocs", "properdocs")


def build(
    site: Path, address: str = f"http://127.0.0.1:{PORT}/", builder: str = BUILDERS[0]
) -> None:
    """Build the Korean site into `site` and the English one into `site/en`, strictly.

    Args:
        site: The folder to write; what was in it before is gone afterwards.
        address: Where the site will be found, for the site map, the feed and canonical links.
        builder: One of `BUILDERS`.

    Raises:
        SystemExit: If the builder is not installed, or reports so much as a warning.
    """
    if importlib.util.find_spec(builder) is None:
        more = "" if builder == BUILDERS[0] else f" {builder}"
        sys.exit(f"The site needs its own tools: python -m pip install --group site{more}")
    if site.exists():
        shutil.rmtree(site)
    english = address + "en/"
    environment = os.environ | {
        "SITE_URL": address,
        "SITE_URL_EN": english,
        "NO_MKDOCS_2_WARNING": "1",
        "PYTHONUTF8": "1",  # plugins may forget to name an encoding, and the log is read below
    }
    # Korean first: MkDocs empties the folder it writes to.
    for config, folder in (("mkdocs.yml", site), ("mkdocs.en.yml", site / "en")):
        # Not --quiet: that hides warnings from --strict, too.
        command = [sys.executable, "-m", builder, "build", "--strict", "-f", config, "-d"]
        done = subprocess.run(
            [*command, str(folder)],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            encoding="utf-8",
        )
        if done.returncode:
            lines = (done.stdout + done.stderr).splitlines()
            print("\n".join(x for x in lines if not x.startswith("INFO")), flush=True)
            sys.exit(f"{config} could not be built: see above.")


class Handler(SimpleHTTPRequestHandler):
    """Serves the files of a folder, quietly, with the site's own page for what is not there."""

    extensions_map = SimpleHTTPRequestHandler.extensions_map | {
        ".webp": "image/webp",
        ".md": "text/markdown; charset=utf-8",
        ".py": "text/x-python; charset=utf-8",
        ".ipynb": "application/x-ipynb+json",
    }

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing: the line that tells where the site is stays in sight."""

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Answer with the 404 page of the reader's language."""
        page = Path(self.directory) / ("en" if self.path.startswith("/en/") else "") / "404.html"
        if code != 404 or not page.is_file():
            super().send_error(code, message, explain)
            return
        body = page.read_bytes()
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


def server(site: Path, port: int = PORT, tries: int = 20) -> ThreadingHTTPServer:
    """Return a server for the folder `site` on the loopback address.

    Args:
        site: The built site.
        port: The port to take; 0 takes any free one.
        tries: How many ports to try, upwards from `port`, while they are taken.

    Raises:
        OSError: If all of them are taken.
    """

    def handler(*args: Any) -> Handler:
        return Handler(*args, directory=str(site))

    for candidate in range(port, port + tries):
        try:
            return ThreadingHTTPServer(("127.0.0.1", candidate), handler)
        except OSError:
            if candidate == port + tries - 1:
                raise
    raise ValueError("tries must be at least 1")


def serve(site: Path, port: int = PORT) -> None:
    """Serve the built site until Ctrl-C, and say where it is."""
    if not (site / "index.html").is_file():
        sys.exit(f"There is no site in {site} yet: python -m hooks.site build")
    with server(site, port) as running:
        here = f"http://127.0.0.1:{running.server_port}/"
        print(f"Look at {here} (English: {here}en/). Ctrl-C stops the server.", flush=True)
        try:
            running.serve_forever()
        except KeyboardInterrupt:
            print()


def main(arguments: list[str] | None = None) -> None:
    """Run the actions named on the command line in their order."""
    escape_unencodable()
    parser = argparse.ArgumentParser(prog="python -m hooks.site", description=__doc__)
    parser.add_argument("actions", nargs="+", choices=["build", "serve"])
    parser.add_argument("--site", type=Path, default=ROOT / "site", help="folder of the built site")
    parser.add_argument("--port", type=int, default=PORT, help="first port to try")
    parser.add_argument("--builder", choices=BUILDERS, default=BUILDERS[0])
    options = parser.parse_args(arguments)
    address = os.environ.get("SITE_URL", f"http://127.0.0.1:{options.port}/")
    for action in options.actions:
        if action == "build":
            build(options.site, address, options.builder)
        else:
            serve(options.site, options.port)


if __name__ == "__main__":
    main()
