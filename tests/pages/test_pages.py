"""What the pages as a whole promise, read from their Markdown."""

import re

import pytest

from hooks.links import footnotes, sources


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_model_is_in_the_api_reference(root, language):
    page = (root / f"docs/{language}/api-models.md").read_text(encoding="utf-8")
    files = {path.stem for path in (root / "gan_minimal/models").glob("[!_]*.py")}
    files -= {"protocol", "sampling"}  # which are in the other half of the reference
    assert set(re.findall(r"^::: gan_minimal\.models\.(\w+)$", page, re.MULTILINE)) == files


def test_every_footnote_is_defined_once_and_used(root):
    faults = {name: footnotes(text) for name, text in sources(root) if name.endswith(".md")}
    assert {name: found for name, found in faults.items() if found} == {}
