"""What the pages as a whole promise, read from their Markdown."""

import re

import pytest
import yaml

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


def test_every_page_has_a_head_that_the_build_can_read(root):
    """MkDocs shows a head that is no YAML, such as one with a second colon, as text of the page."""
    heads = {
        name: re.match(r"---\n(.*?)\n---\n", text, re.DOTALL)
        for name, text in sources(root)
        if re.fullmatch(r"docs/(ko|en)/.*\.md", name) and "/_generated/" not in name
    }

    assert heads
    for name, head in heads.items():
        assert head, name
        read = yaml.safe_load(head[1])
        assert {"title", "description", "created", "updated"} <= read.keys(), name
