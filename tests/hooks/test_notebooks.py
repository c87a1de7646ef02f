import base64
import io
import json
import re
from pathlib import Path

import pytest
from IPython.core.interactiveshell import InteractiveShell
from mkdocs.structure.files import File, Files
from PIL import Image

from hooks.notebooks import (
    INSTALL,
    front_matter,
    offered,
    plain_cells,
    with_installation,
    with_links,
    without_pictures,
)

RENDERED = """
<style>body { color: red }</style><script src="https://example.org/x.js"></script>
<div class="jp-Cell jp-MarkdownCell"><div class="jp-RenderedMarkdown">
<h1 id="Walk">걷기 <a id="walk"></a><a class="anchor-link" href="#Walk">¶</a></h1><p>Text</p>
<h2 id="A">사이 <a id="between"></a><a class="anchor-link" href="#A">¶</a></h2>
<h3 id="deep">Deep</h3><h2 id="next">Next</h2>
</div></div>
<div class="jp-Cell jp-CodeCell"><div class="jp-Cell jp-CodeCell">
<div class="highlight-ipynb hl-python"><pre><span></span><span class="kn">import</span> math
</pre></div><div class="clipboard-copy-txt">import math</div>
<div class="jp-RenderedText jp-OutputArea-output" tabindex="0"><pre>3.142</pre></div>
</div></div>
"""


def test_only_the_cells_are_kept():
    content, _ = plain_cells(RENDERED)
    assert "<style" not in content
    assert "<script" not in content
    assert "clipboard" not in content
    assert "<p>Text</p>" in content


def test_headings_take_the_id_of_their_anchor():
    content, _ = plain_cells(RENDERED)
    assert '<h1 id="walk">걷기 <a class="headerlink" href="#walk">#</a></h1>' in content
    assert '<h2 id="between">' in content


def test_the_table_of_contents_is_a_tree():
    _, (top,) = plain_cells(RENDERED)
    assert (top["level"], top["id"], top["name"]) == (1, "walk", "걷기")
    between, following = top["children"]
    assert [between["id"], following["id"]] == ["between", "next"]
    assert [child["id"] for child in between["children"]] == ["deep"]


def test_code_gets_the_markup_that_the_copy_button_looks_for():
    content, _ = plain_cells(RENDERED)
    assert '<div class="language-python highlight"><pre><code>' in content
    assert '<div class="output"' in content
    assert "tabindex" not in content


def test_page_data_come_from_the_notebook():
    notebook = {"metadata": {"page": {"title": "걷기", "tags": ["GAN"]}}}
    _, data, _ = front_matter(notebook).split("---\n")
    assert json.loads(data) == notebook["metadata"]["page"]
    assert front_matter({"metadata": {}}) == "---\n{}\n---\n"


def test_pictures_inside_the_notebook_become_files():
    buffer = io.BytesIO()
    Image.new("RGB", (6, 4)).save(buffer, "PNG")
    data = base64.b64encode(buffer.getvalue()).decode()
    content, pictures = without_pictures(
        f'<img alt="faces" src="data:image/png;base64,{data}"><img src="other.png">'
    )
    assert pictures == {"output-1.png": buffer.getvalue()}
    assert 'src="output-1.png"' in content
    assert 'width="6"' in content
    assert 'height="4"' in content
    assert '<img src="other.png"/>' in content


@pytest.mark.parametrize(
    ("directories", "links"),
    [
        (True, ["../../models/dcgan/#code", "../../snippets/", "../../nowhere/"]),
        (False, ["../models/dcgan.html#code", "../snippets/index.html", "../../nowhere/"]),
    ],
)
def test_links_lead_to_pages_wherever_they_lie(directories, links):
    names = ("notebooks/walk.ipynb", "models/dcgan.md", "snippets/index.md")
    files = Files([File(name, "", "", use_directory_urls=directories) for name in names])
    # mkdocs-jupyter gives notebooks the address of a page
    here = File("notebooks/walk.md", "", "", use_directory_urls=directories)
    assert here.url
    here.src_uri = names[0]
    written = "".join(
        f'<a href="{link}">x</a>'
        for link in ("../../models/dcgan/#code", "../../snippets/", "../../nowhere/")
    )

    found = with_links(written, here, files)

    assert re.findall('href="(.*?)"', found) == links


def test_the_page_says_how_to_run_the_notebook_below_its_title():
    words = '<a href="{notebook}">it</a> <a href="{wheel}">all</a>'
    assert offered("<h1>Walk</h1><h1>On</h1>", words, "a&b.ipynb", "../x.whl") == (
        '<h1>Walk</h1>\n<p class="around"><a href="a&amp;b.ipynb">it</a> '
        '<a href="../x.whl">all</a></p><h1>On</h1>'
    )


def test_the_cell_that_installs_comes_second_and_the_rest_stays():
    notebook = {"metadata": {}, "cells": [{"source": "# Walk"}, {"source": "import torch"}]}

    title, cell, code = with_installation(notebook, "https://example.org/a.whl")["cells"]

    assert [title, code] == notebook["cells"]
    assert (cell["cell_type"], cell["outputs"]) == ("code", [])
    assert '"https://example.org/a.whl"' in cell["source"]
    assert "{wheel}" in cell["source"]


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("beside", [[], ["gan_minimal-0.1.0-py3-none-any.whl"]])
def test_the_cell_installs_only_what_is_missing_and_from_here_if_it_can(
    there, beside, tmp_path, monkeypatch
):
    for name in beside:
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if there else None)
    shell, asked = InteractiveShell(), []
    shell.register_magic_function(asked.append, magic_name="pip")

    shell.run_cell(INSTALL.format(address="https://example.org/a.whl")).raise_error()

    wanted = f"install --quiet {Path(*beside) if beside else 'https://example.org/a.whl'}"
    assert asked == ([] if there else [wanted])
