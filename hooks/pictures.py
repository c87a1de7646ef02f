"""Gives pictures their size, and pixel art whole-numbered enlargements.

`![...](face.webp){ .x3 }` is drawn three screen pixels to a picture pixel. The style sheet falls
to a smaller whole number where the screen is narrow, for which it has to know the native width.
An animation gets a still for readers who asked for less motion and for its pause button.
A chart `losses.svg` is followed by `losses-dark.svg`, if that lies beside it; the theme shows one.
Diagrams, which are SVG inside the page, are drawn at their native size and may contain links.
"""

import html
import io
import posixpath
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from PIL import Image

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files
    from mkdocs.structure.pages import Page

IMAGE = re.compile(r"<img\b(?P<attributes>[^>]*?)\s*/?>")
ATTRIBUTE = re.compile(r'([\w-]+)="([^"]*)"')
DIAGRAM = re.compile(
    r'<svg class="diagram-svg[^"]*" viewBox="0 0 (?P<w>[\d.]+) (?P<h>[\d.]+)".*?</svg>', re.DOTALL
)
SCALE = re.compile(r"(?<![\w-])x([1-8])(?![\w-])")
EAGER = 2  # the first pictures of a page are seen at once, the others load when they come near


def size(path: Path) -> tuple[int, int]:
    """Return the native width and height of a picture in pixels (SVG: its view box)."""
    if path.suffix == ".svg":
        _, _, width, height = ElementTree.parse(path).getroot().attrib["viewBox"].split()
        return round(float(width)), round(float(height))
    with Image.open(path) as picture:
        return picture.size


def is_animated(path: Path) -> bool:
    """Tell whether the picture at `path` has more than one frame."""
    if path.suffix not in {".webp", ".gif"}:
        return False
    with Image.open(path) as picture:
        return getattr(picture, "n_frames", 1) > 1


def still(path: Path) -> bytes:
    """Return the last frame of an animation as a lossless WebP file."""
    with Image.open(path) as picture:
        picture.seek(getattr(picture, "n_frames", 1) - 1)
        buffer = io.BytesIO()
        picture.convert("RGB").save(buffer, "WEBP", lossless=True)
    return buffer.getvalue()


def still_name(name: str) -> str:
    """Return the name of an animation's still: `a/training.webp`, `a/training-still.webp`."""
    return re.sub(r"\.\w+$", "-still.webp", name)


def dark_name(name: str) -> str:
    """Return the name of a chart's dark version: `a/losses.svg`, `a/losses-dark.svg`."""
    return re.sub(r"\.svg$", "-dark.svg", name)


def with_sizes(content: str, locate: Callable[[str], Path | None]) -> str:
    """Complete the `<img>` elements of a page.

    Args:
        content: The HTML of the page.
        locate: Finds the file for the `src` of a picture, or None if it is not one of ours.
    """
    seen = 0

    def complete(match: re.Match[str]) -> str:
        nonlocal seen
        attributes = dict(ATTRIBUTE.findall(match["attributes"]))
        path = locate(html.unescape(attributes.get("src", "")))
        if path is None:
            return match[0]
        seen += 1
        dark = path.with_name(dark_name(path.name))
        if path.suffix == ".svg" and dark.is_file():
            return both(attributes, path, dark)
        return element(attributes, path, lazy=seen > EAGER)

    return IMAGE.sub(complete, content)


def both(attributes: dict[str, str], light: Path, dark: Path) -> str:
    """Return the `<img>` of a chart for each theme, of which the theme hides one.

    They are lazy wherever they stand, because only a lazy picture is not loaded while it is hidden.
    """
    src = attributes["src"]
    return element(attributes | {"src": f"{src}#only-light"}, light, lazy=True) + element(
        attributes | {"src": f"{dark_name(src)}#only-dark"}, dark, lazy=True
    )


def element(attributes: dict[str, str], path: Path, lazy: bool) -> str:
    """Return the `<img>` with its size, its enlargement and, for an animation, its still.

    Args:
        attributes: The attributes so far, HTML-escaped.
        path: The picture.
        lazy: Whether it is loaded only when it comes near the screen.
    """
    width, height = size(path)
    classes = attributes.get("class", "")
    scale = SCALE.search(classes)
    factor = int(scale[1]) if scale else 1
    attributes = attributes | {"width": f"{width * factor}", "height": f"{height * factor}"}
    if scale:
        attributes["class"] = SCALE.sub("pixel", classes)
        attributes["style"] = f"--w:{width};--x:{factor}"
    if lazy:
        attributes["loading"] = "lazy"
    picture = "<img " + " ".join(f'{key}="{value}"' for key, value in attributes.items()) + ">"
    if not is_animated(path):
        return picture
    quiet = still_name(attributes["src"])
    return (
        f'<span class="animation"><picture><source srcset="{quiet}" '
        f'media="(prefers-reduced-motion: reduce)">{picture}</picture></span>'
    )


def with_diagrams(content: str) -> str:
    """Give the diagrams of a page their native size and links that the theme's script can bear.

    The script resolves every `href`, which SVG links do not allow; `xlink:href` does the same.
    """

    def complete(match: re.Match[str]) -> str:
        sized = f'<svg style="--w:{match["w"]}" width="{match["w"]}" height="{match["h"]}"'
        return match[0].replace("<svg", sized, 1).replace("<a href=", "<a xlink:href=")

    return DIAGRAM.sub(complete, content)


def on_files(files: "Files", config: "MkDocsConfig", **_: Any) -> "Files":
    """Add a still for every animation."""
    from mkdocs.structure.files import File

    for file in list(files):
        if file.abs_src_path and is_animated(Path(file.abs_src_path)):
            frame = still(Path(file.abs_src_path))
            files.append(File.generated(config, still_name(file.src_uri), content=frame))
    return files


def on_page_content(content: str, page: "Page", files: "Files", **_: Any) -> str:
    """Complete the pictures of a page."""
    folder = posixpath.dirname(page.file.dest_uri)

    def locate(src: str) -> Path | None:
        parts = urlsplit(src)
        if parts.scheme or parts.netloc or not parts.path:
            return None
        uri = posixpath.normpath(posixpath.join(folder, unquote(parts.path)))
        file = files.get_file_from_path(uri)
        return Path(file.abs_src_path) if file and file.abs_src_path else None

    return with_diagrams(with_sizes(content, locate))
