"""Makes notebook pages as light as the other pages and gives them their headings' ids.

mkdocs-jupyter puts 590 KB of styles and scripts, some of them from other servers, into every
page. The cells alone are kept, in the markup that the site's own style sheet knows. Code and
output come from the committed notebook; nothing is executed.

The notebook that a reader downloads has one cell more than its page, the same for all: it installs
the package where that is missing, as in Colab, from the wheel that the site offers. So notebooks
run anywhere, whether or not the package can be had elsewhere.
"""

import base64
import html
import io
import json
import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from bs4 import BeautifulSoup, Tag
from PIL import Image

from gan_minimal import __version__

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import File, Files
    from mkdocs.structure.pages import Page

WHEEL = f"code/gan_minimal-{__version__}-py3-none-any.whl"  # hooks/files.py puts it there
INSTALL = """\
# Where the package is missing, as in Colab: install it from a file beside this one, or the site.
from importlib.util import find_spec
from pathlib import Path

if find_spec("gan_minimal") is None:
    site = "{address}"
    wheel = next(Path().glob("gan_minimal-*.whl"), site)
    %pip install --quiet {{wheel}}
"""


def with_installation(notebook: dict[str, Any], address: str) -> dict[str, Any]:
    """Put the cell that installs the package behind the first one, which says what is to come.

    Args:
        notebook: The parsed `.ipynb` file.
        address: Where the wheel of the package is.
    """
    cell: dict[str, Any] = {"cell_type": "code", "id": "install", "metadata": {}, "outputs": []}
    cell |= {"execution_count": None, "source": INSTALL.format(address=address).rstrip()}
    first, *others = notebook["cells"]
    return notebook | {"cells": [first, cell, *others]}


def root_of(config: "MkDocsConfig") -> str:
    """Return the address of the whole site; the English pages lie in a folder of it."""
    return urljoin(config.site_url or "/", "." if config.theme["language"] == "ko" else "..")


def offered(content: str, words: str, notebook: str, wheel: str) -> str:
    """Say below the title how to run the notebook of a page.

    Args:
        content: The HTML of the cells.
        words: A sentence with `{notebook}` and `{wheel}`, which stand for their addresses.
        notebook: The address of the notebook.
        wheel: The address of the wheel.
    """
    words = words.format(notebook=html.escape(notebook), wheel=html.escape(wheel))
    return content.replace("</h1>", f'</h1>\n<p class="around">{words}</p>', 1)


def front_matter(notebook: dict[str, Any]) -> str:
    """Return the `page` entry of the notebook's metadata as a front matter block.

    Args:
        notebook: The parsed `.ipynb` file.
    """
    # JSON is YAML, so there is nothing to convert.
    page = json.dumps(notebook["metadata"].get("page", {}), ensure_ascii=False)
    return f"---\n{page}\n---\n"


def plain_cells(rendered: str) -> tuple[str, list[Any]]:
    """Reduce the page that nbconvert made to its cells.

    Args:
        rendered: The HTML of mkdocs-jupyter.

    Returns:
        The HTML of the cells, and the headings as MkDocs' table of contents wants them.
    """
    soup = BeautifulSoup(rendered, "html.parser")
    new = BeautifulSoup("", "html.parser")
    tokens: list[Any] = []
    for cell in soup.select(".jp-MarkdownCell, .jp-CodeCell .jp-CodeCell"):
        for text in cell.select(".jp-RenderedMarkdown"):
            for heading in text.find_all(["h1", "h2", "h3", "h4"]):
                _give_id(heading)
                _append(tokens, heading)
            new.extend(list(text.children))
        for code in cell.select("[class^=highlight] > pre"):
            new.append(_code_block(new, code))
        for output in cell.select(".jp-OutputArea-output"):
            del output["tabindex"]
            output["class"] = "output"
            new.append(output)
    return str(new), tokens


def _give_id(heading: Tag) -> None:
    """Move the id of `<a id="walk"></a>` to the heading and make its permalink follow."""
    anchor = heading.find("a", id=True)
    if isinstance(anchor, Tag):
        heading["id"] = anchor["id"]
        anchor.decompose()
    link = heading.find("a", class_="anchor-link")
    if isinstance(link, Tag):
        link["class"], link["href"], link.string = "headerlink", f"#{heading['id']}", "#"


def _append(tokens: list[Any], heading: Tag) -> None:
    """Hang a heading into the tree of headings, below the last one of a higher level."""
    level = int(heading.name[1])
    while tokens and tokens[-1]["level"] < level:
        tokens = tokens[-1]["children"]
    name = heading.get_text().removesuffix("#").strip()
    tokens.append(
        {"level": level, "id": heading["id"], "name": name, "html": name, "data-toc-label": ""}
        | {"children": []}
    )


def _code_block(soup: BeautifulSoup, pre: Tag) -> Tag:
    """Wrap highlighted code as the theme does, which then adds its copy button."""
    block = soup.new_tag("div", attrs={"class": "language-python highlight"})
    code = soup.new_tag("code")
    code.extend(list(pre.children))
    pre.append(code)
    block.append(pre)
    return block


def without_pictures(content: str) -> tuple[str, dict[str, bytes]]:
    """Take the pictures that a notebook carries inside itself out of its page.

    Args:
        content: The HTML of the cells.

    Returns:
        The HTML with links to files beside the page, and those files by their names.
    """
    soup = BeautifulSoup(content, "html.parser")
    found: dict[str, bytes] = {}
    for picture in soup.find_all("img", src=lambda src: src and ";base64," in src):
        name = f"output-{len(found) + 1}.png"
        found[name] = base64.b64decode(str(picture["src"]).split(";base64,")[1])
        with Image.open(io.BytesIO(found[name])) as image:
            picture["width"], picture["height"] = map(str, image.size)
        picture["src"], picture["loading"] = name, "lazy"
    return str(soup), found


def with_links(content: str, here: "File", files: "Files") -> str:
    """Lead the links of a notebook to where the pages lie.

    Cells name the addresses that pages have on the site, such as `../../models/dcgan/`; in an
    archive of it they are files.

    Args:
        content: The HTML of the cells.
        here: The file of the notebook.
        files: All files of the site.
    """
    soup = BeautifulSoup(content, "html.parser")
    for link in soup.find_all("a", href=re.compile(r"^\.\./")):
        path, mark, fragment = str(link["href"]).partition("#")
        name = posixpath.normpath(posixpath.join(posixpath.splitext(here.src_uri)[0], path))
        found = [files.get_file_from_path(f"{name}{end}") for end in (".md", "/index.md")]
        page = next(filter(None, found), None)
        if page is not None:
            link["href"] = page.url_relative_to(here) + mark + fragment
    return str(soup)


def on_page_read_source(page: "Page", **_: Any) -> str | None:
    """Give MkDocs the page data of a notebook; mkdocs-jupyter reads the cells by itself."""
    if not page.file.src_uri.endswith(".ipynb"):
        return None
    with open(page.file.abs_src_path or "", encoding="utf-8") as file:
        return front_matter(json.load(file))


def on_page_content(
    content: str, page: "Page", config: "MkDocsConfig", files: "Files", **_: Any
) -> str | None:
    """Replace what mkdocs-jupyter rendered by the plain cells, and write their pictures."""
    if not page.file.src_uri.endswith(".ipynb"):
        return None
    from mkdocs.structure.toc import get_toc
    from mkdocs.utils import get_relative_url

    content, tokens = plain_cells(content)
    page.toc = get_toc(tokens)
    content, pictures = without_pictures(with_links(content, page.file, files))
    notebook, wheel = (get_relative_url(uri, page.url) for uri in (page.file.src_uri, WHEEL))
    if config.theme["language"] != "ko":
        wheel = f"../{wheel}"
    content = offered(content, config.extra["words"]["notebook"], notebook, wheel)
    folder = (Path(config.site_dir) / page.file.dest_uri).parent
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in pictures.items():
        (folder / name).write_bytes(data)
    return content
