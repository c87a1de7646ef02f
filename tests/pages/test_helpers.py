import pytest

from tests.pages import helpers
from tests.pages.helpers import says


@pytest.fixture
def pages(tmp_path, monkeypatch):
    """Two pages of two paragraphs each."""
    monkeypatch.setattr(helpers, "DOCS", tmp_path)
    helpers.paragraphs.cache_clear()
    for language, text in (
        ("ko", "거리는 **[DCGAN](dcgan.md#measured)보다**\n크다.\n\n손실은 0에 이른다.\n"),
        ("en", "It is *farther* away than `dcgan`,\nby a [half](x.md).\n\nThe loss falls to 0.\n"),
    ):
        (tmp_path / language).mkdir()
        (tmp_path / language / "page.md").write_text(text, encoding="utf-8")
    yield
    helpers.paragraphs.cache_clear()


@pytest.mark.usefixtures("pages")
def test_a_page_says_what_stands_in_one_paragraph():
    says("page", ko="DCGAN보다 크다", en="farther away than dcgan, by a half")
    says("page", ko="거리는…크다", en="farther…by a half")


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(
    ("ko", "en"),
    [
        ("거리는 작다", "farther away"),
        ("거리는", "nearer"),
        ("거리는…이른다", "farther away"),  # in two paragraphs
        ("DCGAN.보다", "farther away"),
    ],
)
def test_a_page_that_says_something_else_fails(ko, en):
    with pytest.raises(AssertionError, match="no longer says"):
        says("page", ko=ko, en=en)
