"""Publishes what lies outside a language's own folder.

Pictures are shared by both languages, code is offered for download as the very file that the
tests run, and every page offers its own source. Styles and scripts are sent without their comments.
"""

import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

ROOT = Path(__file__).resolve().parent.parent
SERVED_ONCE = ("assets/css/", "assets/js/")  # the English pages use those of the Korean site


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
    if language != "ko":
        found = {uri: path for uri, path in found.items() if not uri.startswith(SERVED_ONCE)}
    for folder, below in (
        ("gan_minimal/models", "code/models"),
        ("gan_minimal/editing", "code/editing"),
        ("snippets", "code/snippets"),
    ):
        found |= {f"{below}/{path.name}": path for path in (root / folder).glob("*.py")}
    return dict(sorted(found.items()))


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


def on_post_build(config: "MkDocsConfig", **_: Any) -> None:
    """Put each page's source beside it: `models/dcgan.md` next to `models/dcgan/`."""
    lighten(Path(config.site_dir))
    for source in page_sources(Path(config.docs_dir)):
        target = Path(config.site_dir) / source
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(Path(config.docs_dir) / source, target)
