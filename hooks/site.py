"""Builds both languages of the site and serves them: `python -m hooks.site build serve`.

`python -m hooks.site archive` makes of it a file for a stick: unpacked, its pages are opened by a
double click, search included, and the laboratory with `python serve.py`, which lies in it. What is
built after it in the same call, as by `python -m hooks.site archive build`, offers that file.

`--builder properdocs` builds the same pages with the fork that continues MkDocs 1.x.
"""

import argparse
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

from hooks import escape_unencodable
from hooks.server import PORT, serve

ROOT = Path(__file__).resolve().parent.parent
BUILDERS = ("mkdocs", "properdocs")
ARCHIVE = ROOT / "build/gan-notes.zip"
MADE = "SITE_ARCHIVE"  # the variable that tells hooks/files.py of an archive to offer
HOW = """GAN 노트: index.html을 열면 된다. 인터넷은 필요 없다.
실험실까지 쓰려면 이 폴더에서 python serve.py를 실행한다(파이썬 3.11 이상).
파이썬 패키지는 code 폴더의 .whl 파일이다.

GAN Notes: open index.html (English: en/index.html). It needs no network.
The laboratory works with: python serve.py, run in this folder (Python 3.11 or newer).
The Python package is the .whl file in the folder code.
"""


def build(
    site: Path,
    address: str = f"http://127.0.0.1:{PORT}/",
    builder: str = BUILDERS[0],
    offline: bool = False,
    offered: Path | None = None,
) -> None:
    """Build the Korean site into `site` and the English one into `site/en`, strictly.

    Args:
        site: The folder to write; what was in it before is gone afterwards.
        address: Where the site will be found, for the site map, the feed and canonical links.
        builder: One of `BUILDERS`.
        offline: Whether its pages shall work when they are opened as files.
        offered: An archive of the site that it offers for download.

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
        "OFFLINE": str(offline).lower(),
        MADE: str(offered.resolve()) if offered else "",
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


def archive(target: Path, address: str, builder: str) -> None:
    """Write an archive of the site that needs no network, and no server but for the laboratory.

    Args:
        target: The file, which ends in `.zip`; what it holds lies unpacked in a folder beside it.
        address: Where the site is found otherwise.
        builder: One of `BUILDERS`.
    """
    folder = target.with_suffix("")
    build(folder, address, builder, offline=True)
    shutil.copy(ROOT / "hooks/server.py", folder / "serve.py")
    (folder / "README.txt").write_text(HOW, encoding="utf-8-sig", newline="\r\n")
    shutil.make_archive(str(folder), "zip", folder.parent, folder.name)
    print(f"The archive is {target} ({target.stat().st_size / 1e6:.0f} MB).")


def serve_built(site: Path, port: int = PORT) -> None:
    """Serve the built site until Ctrl-C.

    Raises:
        SystemExit: If it has not been built.
    """
    if not (site / "index.html").is_file():
        sys.exit(f"There is no site in {site} yet: python -m hooks.site build")
    serve(site, port)


def main(arguments: list[str] | None = None) -> None:
    """Run the actions named on the command line in their order."""
    escape_unencodable()
    parser = argparse.ArgumentParser(prog="python -m hooks.site", description=__doc__)
    parser.add_argument("actions", nargs="+", choices=["build", "serve", "archive"])
    parser.add_argument("--site", type=Path, default=ROOT / "site", help="folder of the built site")
    parser.add_argument("--archive", type=Path, default=ARCHIVE, help="file of the archive")
    parser.add_argument("--port", type=int, default=PORT, help="first port to try")
    parser.add_argument("--builder", choices=BUILDERS, default=BUILDERS[0])
    options = parser.parse_args(arguments)
    address = os.environ.get("SITE_URL", f"http://127.0.0.1:{options.port}/")
    made = None
    for action in options.actions:
        if action == "build":
            build(options.site, address, options.builder, offered=made)
        elif action == "archive":
            archive(options.archive, address, options.builder)
            made = options.archive
        else:
            serve_built(options.site, options.port)


if __name__ == "__main__":
    main()
