"""Writes into pages where the site lies, which is known only when it is built.

`{wheel}` in a page becomes the address of the package, for pip; in an archive of the site, which is
used without a network, it is the file in the unpacked folder. A paragraph with `{archive}`, the
archive of the site, is left out where the site is built without one.
"""

import os
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from hooks.notebooks import WHEEL, root_of
from hooks.site import MADE

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig

ARCHIVE = "code/gan-notes.zip"  # where the site offers it


def addressed(markdown: str, wheel: str, archive: str | None) -> str:
    """Return a page with the addresses of what the site offers.

    Args:
        markdown: The page.
        wheel: Address of the package.
        archive: Address of the archive, if there is one.
    """
    if archive is None:
        paragraphs = markdown.split("\n\n")
        markdown = "\n\n".join(each for each in paragraphs if "{archive}" not in each)
    return markdown.replace("{wheel}", wheel).replace("{archive}", archive or "")


def on_page_markdown(markdown: str, config: "MkDocsConfig", **_: Any) -> str:
    """Put the addresses into a page."""
    root = root_of(config)
    wheel = WHEEL if not config.use_directory_urls else urljoin(root, WHEEL)
    archive = urljoin(root, ARCHIVE) if os.environ.get(MADE) else None
    return addressed(markdown, wheel, archive)
