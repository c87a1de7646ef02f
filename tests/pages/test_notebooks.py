"""Notebooks are executed again, and must give the outputs that their pages show."""

import base64
import io
import json
from pathlib import Path

import nbformat
import numpy as np
import pytest
from nbclient import NotebookClient
from PIL import Image

from hooks.notebooks import with_installation
from hooks.snippets import differences

DOCS = Path(__file__).parents[2] / "docs"
NAMES = sorted(path.name for path in (DOCS / "ko" / "notebooks").glob("*.ipynb"))
LANGUAGES = ("ko", "en")
LARGEST = 200_000  # bytes: the pictures of a notebook are part of its file


def code(language: str, name: str) -> list[dict]:
    notebook = json.loads((DOCS / language / "notebooks" / name).read_text(encoding="utf-8"))
    return [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]


def joined(text: str | list[str]) -> str:
    return text if isinstance(text, str) else "".join(text)


def printed(cell: dict) -> str:
    """What a cell prints and, unless it is a picture, the text of its value."""
    parts = []
    for output in cell["outputs"]:
        assert output["output_type"] != "error", output
        if output["output_type"] == "stream":
            assert output["name"] == "stdout", output  # no warnings on a page
            parts.append(joined(output["text"]))
        elif "image/png" not in output["data"]:
            parts.append(joined(output["data"]["text/plain"]) + "\n")
    return "".join(parts)  # what a kernel prints may come in several pieces


def pictures(cell: dict) -> list[np.ndarray]:
    found = []
    for output in cell["outputs"]:
        if "image/png" in output.get("data", {}):
            content = base64.b64decode(joined(output["data"]["image/png"]))
            with Image.open(io.BytesIO(content)) as picture:
                found.append(np.asarray(picture.convert("RGB")).astype(int))
    return found


@pytest.mark.parametrize("name", NAMES)
def test_code_and_outputs_are_the_same_in_both_languages(name):
    korean, english = (code(language, name) for language in LANGUAGES)

    assert korean
    for one, other in zip(korean, english, strict=True):
        assert joined(one["source"]) == joined(other["source"])
        assert printed(one) == printed(other)
        assert len(pictures(one)) == len(pictures(other))
        for picture, same in zip(pictures(one), pictures(other), strict=True):
            assert np.array_equal(picture, same)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_notebook_is_light(name, language):
    assert (DOCS / language / "notebooks" / name).stat().st_size <= LARGEST


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_executing_a_notebook_gives_what_its_page_shows(name, tmp_path, monkeypatch):
    for variable in ("IPYTHONDIR", "JUPYTER_RUNTIME_DIR", "JUPYTER_CONFIG_DIR"):
        monkeypatch.setenv(variable, str(tmp_path / variable))
    # as the site offers it; the package is installed, so the first cell asks for nothing
    content = json.loads((DOCS / "ko" / "notebooks" / name).read_text(encoding="utf-8"))
    content = with_installation(content, "http://nowhere.localhost/a.whl")
    notebook = nbformat.reads(json.dumps(content), as_version=4)

    where = {"metadata": {"path": str(tmp_path)}}
    NotebookClient(notebook, timeout=None, kernel_name="python3", resources=where).execute()

    installs, *now = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert installs.outputs == []
    for cell, shown in zip(now, code("ko", name), strict=True):
        source = joined(shown["source"])
        assert differences(printed(cell), printed(shown)) == [], source
        for picture, then in zip(pictures(cell), pictures(shown), strict=True):
            assert picture.shape == then.shape, source
            assert abs(picture - then).mean() < 2, source  # processors round differently
