"""Publishes what lies outside a language's own folder.

Pictures are shared by both languages, recorded runs lie there for the laboratory to load, with
their weights, code is offered for download as the very file that the
tests run, and every page offers its own source. Where a page offers a model's file, it offers the
models that the file imports as well. Styles and scripts of every page are sent without their
comments; those of the laboratory, which some pages load when asked to, are there to be read.
"""

import ast
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from jinja2 import Environment
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
SERVED_ONCE = ("assets/css/", "assets/js/", "assets/zoo/")  # the English pages use the Korean ones
RUN = {".json", ".safetensors"}  # what a recorded run consists of
MODELS = "gan_minimal.models."
# A line with nothing but the download of a model, such as
# [Download dcgan.py](../code/models/dcgan.py){ .download }
DOWNLOAD = re.compile(r"^\[[^\]\n]*\]\(\S*code/models/(\w+)\.py\)\{ \.download \}$", re.MULTILINE)


def shared_files(root: Path, language: str) -> dict[str, Path]:
    """Return the files to add to a language's site.

    Args:
        root: The repository.
        language: `"ko"` or `"en"`.

    Returns:
        The path in the site of each file, such as `code/models/dcgan.py`, and the file.
    """
    found = {
        f"assets/{path.relative_to(root / 'docs/assets').as_posix()}": path
        for path in (root / "docs/assets").rglob("*.*")
    }
    zoo = root / "gan_minimal/zoo"
    found |= {f"assets/zoo/{path.name}": path for path in zoo.glob("*.*") if path.suffix in RUN}
    if language != "ko":
        found = {uri: path for uri, path in found.items() if not uri.startswith(SERVED_ONCE)}
    for folder, below in (
        ("gan_minimal/models", "code/models"),
        ("gan_minimal/editing", "code/editing"),
        ("snippets", "code/snippets"),
    ):
        found |= {f"{below}/{path.name}": path for path in (root / folder).glob("*.py")}
    return dict(sorted(found.items()))


def needed_models(folder: Path, name: str) -> list[str]:
    """Return the models that the file of model `name` imports, and those that these import.

    Args:
        folder: `gan_minimal/models`.
        name: A file there, without its ending.

    Returns:
        Names without endings, each once, `name` itself not among them.
    """
    found: list[str] = []
    waiting = [name]
    while waiting:
        tree = ast.parse((folder / f"{waiting.pop()}.py").read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(MODELS):
                sibling = str(node.module).removeprefix(MODELS)
                if sibling not in (name, *found):
                    found.append(sibling)
                    waiting.append(sibling)
    return found


def offer_needed_models(markdown: str, folder: Path) -> str:
    """Add to each download of a model those of the models that it needs, one a line.

    A link that the page has already is not added again.
    """
    offered = {link[1] for link in DOWNLOAD.finditer(markdown)}

    def offer(link: re.Match[str]) -> str:
        lines = [link[0]]
        for needed in needed_models(folder, link[1]):
            if needed not in offered:
                offered.add(needed)
                lines.append(link[0].replace(f"{link[1]}.py", f"{needed}.py"))
        return "\n".join(lines)

    return DOWNLOAD.sub(offer, markdown)


def on_page_markdown(markdown: str, page: "Page", **_: Any) -> str:
    """Offer all files that a model needs."""
    return offer_needed_models(markdown, ROOT / "gan_minimal/models")


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
    return files


def lighten(site: Path) -> None:
    """Take comments and spaces out of the styles and scripts in the folder `site`.

    Every page loads them, and has two kilobytes less to load.
    """
    import rcssmin
    import rjsmin

    for pattern, shorter in (
        ("assets/css/*.css", rcssmin.cssmin),
        ("assets/js/*.js", rjsmin.jsmin),
    ):
        for path in site.glob(pattern):
            path.write_text(shorter(path.read_text(encoding="utf-8")), encoding="utf-8")


def on_env(env: "Environment", **_: Any) -> "Environment":
    """Leave out the blank lines and the indentation that statements of templates leave behind."""
    env.trim_blocks = env.lstrip_blocks = True
    return env


def on_post_build(config: "MkDocsConfig", **_: Any) -> None:
    """Put each page's source beside it: `models/dcgan.md` next to `models/dcgan/`."""
    lighten(Path(config.site_dir))
    for source in page_sources(Path(config.docs_dir)):
        target = Path(config.site_dir) / source
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(config.docs_dir) / source, target)
