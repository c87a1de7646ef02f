"""The hooks inside MkDocs: a site of two pages, built here and now."""

import json
from pathlib import Path

import pytest
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort
from PIL import Image

HOOKS = ("files", "notebooks", "formulas", "pictures", "faq", "search")
PAGE = """# Page { #page }

A limit $x_0$.

## Why? { #why .faq }

!!! today "Today · 2026-11-30"

    Because it must.

Because. ![moving](moving.webp){ .x2 } ![absent](https://example.org/a.png)
"""
PIXEL = (
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGP4DwABAQEAsTj2FAAAAABJRU5ErkJggg=="
)
NOTEBOOK = {
    "nbformat": 4,
    "nbformat_minor": 5,
    "metadata": {"page": {"title": "Walk", "description": "Steps."}},
    "cells": [
        {
            "cell_type": "markdown",
            "id": "a",
            "metadata": {},
            "source": '# Walk <a id="walk"></a>\n\n$z$',
        },
        {
            "cell_type": "code",
            "id": "b",
            "metadata": {},
            "source": "picture",
            "outputs": [
                {
                    "output_type": "display_data",
                    "metadata": {},
                    "data": {"image/png": PIXEL},
                }
            ],
            "execution_count": 1,
        },
    ],
}


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    folder = tmp_path / "docs"
    (folder / "notebooks").mkdir(parents=True)
    (folder / "index.md").write_text(PAGE, encoding="utf-8")
    (folder / "notebooks/walk.ipynb").write_text(json.dumps(NOTEBOOK), encoding="utf-8")
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "blue")]
    frames[0].save(folder / "moving.webp", save_all=True, append_images=frames[1:], lossless=True)
    return folder


def built(docs: Path, root: Path) -> Path:
    site = docs.parent / "site"
    config = load_config(
        config_file=str(root / "mkdocs.yml"),
        docs_dir=str(docs),
        site_dir=str(site),
        nav=["index.md", "notebooks/walk.ipynb"],
        hooks=[f"hooks/{name}.py" for name in HOOKS],
        exclude_docs=None,
    )
    config.plugins.on_startup(command="build", dirty=False)
    build(config)
    return site


@pytest.mark.slow
def test_the_hooks_work_together(docs, root):
    site = built(docs, root)
    page = (site / "index.html").read_text(encoding="utf-8")
    assert "<math" in page
    assert '"FAQPage"' in page
    assert '<source srcset="moving-still.webp"' in page
    assert 'width="32" height="32"' in page
    assert '<img alt="absent" src="https://example.org/a.png"' in page
    assert (site / "moving-still.webp").is_file()
    assert (site / "assets/img/mark.svg").is_file()
    assert (site / "index.md").read_text(encoding="utf-8") == PAGE

    notebook = (site / "notebooks/walk/index.html").read_text(encoding="utf-8")
    assert "<title>Walk" in notebook
    assert '<h1 id="walk">' in notebook
    assert "<math" in notebook
    assert "mermaid" not in notebook
    assert 'src="output-1.png"' in notebook
    assert (site / "notebooks/walk/output-1.png").is_file()
    assert len(notebook) < 40_000

    index = json.loads((site / "search/search_index.json").read_text(encoding="utf-8"))
    assert "에게서" in index["config"]["separator"]
    assert not any("x_0" in entry["text"] for entry in index["docs"])


@pytest.mark.slow
def test_a_broken_formula_stops_the_build_with_its_page(docs, root, caplog):
    (docs / "index.md").write_text("# Page { #page }\n\n$\\nonsense$\n", encoding="utf-8")
    with pytest.raises(Abort):
        built(docs, root)
    assert "index.md: the formula" in caplog.text
