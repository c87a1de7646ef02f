"""Templates say nothing that only Jinja for Python understands: other engines read them, too."""

from pathlib import Path

import pytest
from jinja2 import Environment, nodes

OVERRIDES = Path(__file__).parents[2] / "overrides"
MACROS = {"lang", "item"}  # templates that are imported under these names
# what MkDocs adds, and what every engine for this language of templates has
FILTERS = {"url", "e", "last", "length", "striptags"}


def foreign(template: str) -> list[str]:
    """Return the methods of Python objects and the filters that other engines may lack."""
    tree = Environment().parse(template)
    methods = [
        f"{call.node.attr}()"
        for call in tree.find_all(nodes.Call)
        if isinstance(call.node, nodes.Getattr)
        and getattr(call.node.node, "name", None) not in MACROS
    ]
    return methods + [f.name for f in tree.find_all(nodes.Filter) if f.name not in FILTERS]


@pytest.mark.parametrize(
    "path",
    sorted(path for path in OVERRIDES.rglob("*.*") if path.suffix in {".html", ".xml"}),
    ids=lambda path: path.relative_to(OVERRIDES).as_posix(),
)
def test_templates_call_no_methods_of_python(path):
    assert foreign(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("template", "found"),
    [
        ("{{ base_url.rstrip('/') }}", ["rstrip()"]),
        (
            "{% for key, value in words.items() %}{{ key | urlize }}{% endfor %}",
            ["items()", "urlize"],
        ),
        ("{{ lang.t('toc') }} {{ item.render(nav_item) }} {{ 'a/' | url }}", []),
    ],
)
def test_what_only_python_knows_is_found(template, found):
    assert foreign(template) == found
