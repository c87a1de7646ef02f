"""Code that stands on a page is today's: what it imports is there, and so is what it uses of it."""

import ast
import importlib
import re
import textwrap
from pathlib import Path
from types import ModuleType

import pytest

DOCS = Path(__file__).parents[2] / "docs"
BLOCK = re.compile(r"^( *)```python[^\n]*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
PAGES = [
    path
    for language in ("ko", "en")
    for path in sorted((DOCS / language).rglob("*.md"))
    if "gan_minimal" in path.read_text(encoding="utf-8")
]


def faults(code: str) -> list[str]:
    """Say what a block of code asks of the project that is not there."""
    found, modules = [], {}
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names if alias.name.startswith("gan_minimal")]
            modules |= {name: importlib.import_module(name) for name in names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("gan_minimal"):
            for alias in node.names:
                try:
                    thing = getattr(importlib.import_module(node.module), alias.name, None)
                    thing = thing or importlib.import_module(f"{node.module}.{alias.name}")
                except ImportError:
                    found.append(f"{node.module} has no {alias.name}")
                else:
                    modules |= {alias.asname or alias.name: thing}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            owner = modules.get(node.value.id)
            if isinstance(owner, ModuleType) and not hasattr(owner, node.attr):
                found.append(f"{owner.__name__} has no {node.attr}")
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda path: path.relative_to(DOCS).as_posix())
def test_what_code_on_a_page_uses_is_there(page):
    for _, block in BLOCK.findall(page.read_text(encoding="utf-8")):
        code = textwrap.dedent(block)
        if "import gan_minimal" in code or "from gan_minimal" in code:
            assert faults(code) == [], code


@pytest.mark.parametrize(
    ("code", "fault"),
    [
        ("from gan_minimal import metrics", "gan_minimal has no metrics"),
        ("from gan_minimal.data import find, fnd", "gan_minimal.data has no fnd"),
        (
            "from gan_minimal.scoring import distances as d\nd.judge(1)",
            "gan_minimal.scoring.distances has no judge",
        ),
        ("import gan_minimal\ngan_minimal.train()", "gan_minimal has no train"),
    ],
)
def test_names_that_are_gone_are_found(code, fault):
    assert faults(code) == [fault]
