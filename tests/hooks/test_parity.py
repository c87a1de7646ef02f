import json
from pathlib import Path

import pytest

from hooks import parity

KOREAN = """---
title: DCGAN
tags: [GAN]
---
# DCGAN { #dcgan }

[GAN](gan.md#objective)의 $x$를 그린다. 값은 `$HOME`이 아니다.

## 왜? { #why .faq }

![얼굴](../assets/faces.webp){ .x3 }

--8<-- "docs/ko/_generated/dcgan-badges.md"

```python
--8<-- "gan_minimal/models/dcgan.py:model"
# not a heading
```
"""
ENGLISH = """---
title: DCGAN
tags: [GANs]
source_sha: 000000000000
---
# DCGAN { #dcgan }

Draws $x$ of [GAN](gan.md#objective). Not `$HOME`.

## Why? { .faq #why }

![Faces](../assets/faces.webp){ .x3 }

--8<-- "docs/en/_generated/dcgan-badges.md"

```python
--8<-- "gan_minimal/models/dcgan.py:model"
# not a heading
```
"""


@pytest.fixture
def docs(tmp_path: Path) -> Path:
    for code, text in (("ko", KOREAN), ("en", ENGLISH)):
        (tmp_path / code / "models").mkdir(parents=True)
        (tmp_path / code / "models/dcgan.md").write_text(text, encoding="utf-8")
    return tmp_path


def problems(english: str) -> list[str]:
    return parity.compare(parity.markdown_facts(KOREAN), parity.markdown_facts(english))


def test_a_faithful_translation_agrees():
    assert problems(ENGLISH) == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("tags: [GANs]\n", "", "front matter differ"),
        ("#why", "#reason", "headings differ"),
        (" .faq", "", "headings differ"),
        ("## Why?", "### Why?", "headings differ"),
        ("gan.md#objective", "gan.md", "links differ"),
        ("faces.webp", "face.webp", "pictures differ"),
        ("docs/en/_generated/dcgan", "docs/en/_generated/gan", "included files differ"),
        ("dcgan.py:model", "dcgan.py:step", "included files differ"),
        ("# not a heading", "# no heading", "code blocks differ"),
        ("$x$", "x", "formulas differ"),
    ],
)
def test_each_departure_is_named(old, new, complaint):
    (found,) = problems(ENGLISH.replace(old, new))
    assert found.startswith(complaint)


def test_every_heading_needs_an_id_of_its_own():
    facts = parity.markdown_facts("# 제목\n\n## 하나 { #one }\n\n## 둘 { #one }\n\n## 셋 { #셋 }\n")
    assert parity.compare(facts, facts) == [
        "2 headings have no explicit ASCII id",
        "heading ids are used twice: one",
    ]


def test_a_missing_last_heading_is_named():
    assert problems(ENGLISH.split("## Why?")[0])[0] == (
        "headings differ: only the Korean page has (2, 'why', True)"
    )


def test_fences_inside_longer_fences_belong_to_them():
    prose, blocks = parity.split_code("a\n````\n```python\nx\n```\n````\nb\n")
    assert blocks == ["\n```python\nx\n```"]
    assert prose == "a\nb\n"


def test_notebooks_are_compared_by_their_code():
    def notebook(code: str, title: str) -> parity.Facts:
        cells = [
            {"cell_type": "markdown", "source": [f'# {title} <a id="walk"></a>\n', "$z$"]},
            {"cell_type": "code", "source": code},
        ]
        return parity.notebook_facts(json.dumps({"metadata": {"page": {}}, "cells": cells}))

    assert notebook("z = 1", "걷기").headings == [(1, "walk", False)]
    assert parity.compare(notebook("z = 1", "걷기"), notebook("z = 1", "Walk")) == []
    (found,) = parity.compare(notebook("z = 1", "걷기"), notebook("z = 2", "Walk"))
    assert found.startswith("code blocks differ: number 1 is 'z = 1'")


def test_a_stamp_holds_until_the_original_changes(docs):
    assert parity.check(docs) == [
        "models/dcgan.md: the Korean page has changed since it was translated"
    ]
    assert parity.stamp(docs) == ["models/dcgan.md"]
    assert parity.check(docs) == []
    assert parity.stamp(docs) == []
    with (docs / "ko/models/dcgan.md").open("a", encoding="utf-8") as page:
        page.write("\n더.\n")
    assert len(parity.check(docs)) == 1


def test_a_page_without_a_stamp_is_named(docs):
    page = docs / "en/models/dcgan.md"
    page.write_text(
        page.read_text(encoding="utf-8").replace("source_sha: 000000000000\n", ""), encoding="utf-8"
    )
    assert parity.check(docs) == ["models/dcgan.md: the English page has no source_sha"]


def test_pages_of_one_language_only_are_named(docs):
    (docs / "ko/only.md").write_text("# x { #x }", encoding="utf-8")
    (docs / "en/other.md").write_text("# x { #x }", encoding="utf-8")
    parity.stamp(docs)
    assert parity.check(docs) == [
        "only.md: there is no English page",
        "other.md: there is no Korean page",
    ]


def test_the_command_says_what_is_wrong(docs, monkeypatch, capsys):
    monkeypatch.setattr(parity, "ROOT", docs.parent)
    docs.rename(docs.parent / "docs")
    assert parity.main([]) == 1
    assert "has changed since" in capsys.readouterr().out
    assert parity.main(["--stamp"]) == 0
    assert "agree" in capsys.readouterr().out
