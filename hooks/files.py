"""Publishes what lies outside a language's own folder.

Pictures are shared by both languages, recorded runs lie there for the laboratory to load, with
their weights, code is offered for download with its licence, a model as a file that trains when it
is run, the package as a wheel, the site as an archive if one has been made, and every page offers
its own source. Styles and scripts of every page are sent without their comments; those of the
laboratory, which some pages load when asked to, are there to be read.
"""

import copy
import json
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from hooks.downloads import runnable, with_licence
from hooks.notebooks import WHEEL, root_of, with_addresses, with_installation
from hooks.offered import ARCHIVE
from hooks.site import MADE

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page
    from mkdocs.utils.templates import TemplateContext

ROOT = Path(__file__).resolve().parent.parent
NO_MODELS = ("__init__", "protocol", "sampling")  # in the folder of the models
SERVED_ONCE = ("assets/css/", "assets/js/", "assets/zoo/")  # the English pages use the Korean ones
RUN = {".json", ".safetensors"}  # what a recorded run consists of
API_STYLES = "_mkdocstrings.css"  # mkdocstrings gives them to every page


def shared_files(root: Path, language: str) -> dict[str, Path]:
    """Return the files to add to a language's site.

    Args:
        root: The repository.
        language: `"ko"` or `"en"`.

    Returns:
        The path in the site of each file, such as `assets/css/site.css`, and the file.
    """
    found = {
        f"assets/{path.relative_to(root / 'docs/assets').as_posix()}": path
        for path in (root / "docs/assets").rglob("*.*")
    }
    zoo = root / "gan_minimal/zoo"
    found |= {f"assets/zoo/{path.name}": path for path in zoo.glob("*.*") if path.suffix in RUN}
    if language != "ko":
        found = {uri: path for uri, path in found.items() if not uri.startswith(SERVED_ONCE)}
    return dict(sorted(found.items()))


def downloads(root: Path) -> dict[str, str]:
    """Return the files of code that a reader can download, with their licence.

    Args:
        root: The repository.

    Returns:
        The path in the site of each file, such as `code/models/dcgan.py`, and its text.
    """
    licence = (root / "LICENSES/MIT.txt").read_text(encoding="utf-8")
    models = root / "gan_minimal/models"
    found = {
        f"code/models/{path.name}": runnable(models, path.stem)
        for path in sorted(models.glob("*.py"))
        if path.stem not in NO_MODELS
    }
    own = {"editing": "gan_minimal/editing"}
    own |= {folder: folder for folder in ("snippets", "snippets/frameworks", "snippets/exam")}
    for below, folder in own.items():
        for path in sorted((root / folder).glob("[!_]*.py")):
            found[f"code/{below}/{path.name}"] = path.read_text(encoding="utf-8")
    return {uri: with_licence(code, licence) for uri, code in found.items()}


def wheel(root: Path) -> bytes:
    """Return the package as a file that pip installs, the same bytes each time.

    Args:
        root: The repository.
    """
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder]
        subprocess.run(command, cwd=root, capture_output=True, check=True)
        return (Path(folder) / Path(WHEEL).name).read_bytes()


def page_sources(docs: Path) -> list[Path]:
    """Return the pages of the folder `docs`, notebooks included, that a reader can see."""
    return [
        path.relative_to(docs)
        for path in sorted(docs.rglob("*"))
        if path.suffix in {".md", ".ipynb"}
        and not any(part.startswith(("_", ".")) for part in path.relative_to(docs).parts)
    ]


def on_files(files: "Files", config: "MkDocsConfig", **_: Any) -> "Files":
    """Add the shared files to the build."""
    from mkdocs.structure.files import File

    for uri, path in shared_files(ROOT, str(config.theme["language"])).items():
        files.append(File.generated(config, uri, abs_src_path=str(path)))
    for uri, code in downloads(ROOT).items():
        files.append(File.generated(config, uri, content=code))
    if config.theme["language"] == "ko":  # once for both languages
        files.append(File.generated(config, WHEEL, content=wheel(ROOT)))
        if made := os.environ.get(MADE):
            files.append(File.generated(config, ARCHIVE, abs_src_path=made))
    return files


def lighten(site: Path) -> None:
    """Take comments and spaces out of the styles and scripts in the folder `site`.

    Every page loads them, and has two kilobytes less to load.
    """
    import rcssmin
    import rjsmin

    for pattern, shorter in (
        ("assets/css/*.css", rcssmin.cssmin),
        (f"assets/{API_STYLES}", rcssmin.cssmin),
        ("assets/js/*.js", rjsmin.jsmin),
    ):
        for path in site.glob(pattern):
            path.write_text(shorter(path.read_text(encoding="utf-8")), encoding="utf-8")


def on_env(env: "Environment", **_: Any) -> "Environment":
    """Leave out the blank lines and the indentation that statements of templates leave behind."""
    env.trim_blocks = env.lstrip_blocks = True
    return env


def on_page_context(context: "TemplateContext", page: "Page", **_: Any) -> "TemplateContext":
    """Load the styles of the API where there is some of it."""
    if 'class="doc ' not in (page.content or ""):
        config = context["config"] = copy.copy(context["config"])
        config["extra_css"] = [x for x in config["extra_css"] if API_STYLES not in str(x)]
    return context


def on_post_build(config: "MkDocsConfig", **_: Any) -> None:
    """Put each page's source beside it: `models/dcgan.md` next to `models/dcgan/`.

    A notebook gets the cell that installs the package.
    """
    lighten(Path(config.site_dir))
    for source in page_sources(Path(config.docs_dir)):
        target = Path(config.site_dir) / source
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(config.docs_dir) / source, target)
        if source.suffix == ".ipynb":
            here = urljoin(config.site_url or "", f"{source.with_suffix('').as_posix()}/")
            text = with_addresses(target.read_text(encoding="utf-8"), here)
            notebook = with_installation(json.loads(text), urljoin(root_of(config), WHEEL))
            text = json.dumps(notebook, ensure_ascii=False, indent=1) + "\n"
            target.write_text(text, encoding="utf-8", newline="\n")
