"""Pages name the addresses of what the site offers, wherever it lies."""

from pathlib import Path

import pytest
from mkdocs.config.defaults import MkDocsConfig

from hooks import offered
from hooks.notebooks import WHEEL
from hooks.site import MADE

PAGE = "One.\n\n```console\npip install {wheel}\n```\n\nGet [the site]({archive}).\n\nLast.\n"


def test_the_paragraph_on_an_archive_is_there_if_an_archive_is():
    assert offered.addressed(PAGE, "a.whl", "a.zip") == (
        "One.\n\n```console\npip install a.whl\n```\n\nGet [the site](a.zip).\n\nLast.\n"
    )
    assert offered.addressed(PAGE, "a.whl", None) == (
        "One.\n\n```console\npip install a.whl\n```\n\nLast.\n"
    )


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(
    ("directories", "wheel"), [(True, f"https://example.org/gan/{WHEEL}"), (False, WHEEL)]
)
def test_the_package_is_at_the_root_of_the_site_or_in_the_unpacked_folder(
    language, directories, wheel, monkeypatch
):
    config = MkDocsConfig()
    config.site_url = "https://example.org/gan/" + ("" if language == "ko" else "en/")
    config.theme = {"language": language}
    config.use_directory_urls = directories
    monkeypatch.setenv(MADE, "built.zip")

    page = offered.on_page_markdown(PAGE, config)

    assert f"pip install {wheel}\n" in page
    assert "[the site](https://example.org/gan/code/gan-notes.zip)" in page


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_first_page_and_that_for_teachers_install_from_the_site(language, root: Path):
    for name in ("index.md", "guides/class.md"):
        page = (root / "docs" / language / name).read_text(encoding="utf-8")
        assert "pip install {wheel}" in page
        assert "({archive})" in page
