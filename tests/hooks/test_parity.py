import json
import re
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


CLAIM = """## 주장 { #says }

$x$가 작다.

## 값의 이름 { #labels }

- `size`: 크기
- `mean`: 평균
"""
TRANSLATED = """---
source_sha: 000000000000
---
## Claim { #says }

$x$ is small.

## Values { #labels }

- `size`: Size
- `mean`: Mean
"""


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A repository with one page and one claim, both of them stamped."""
    for code, text in (("ko", KOREAN), ("en", ENGLISH)):
        (tmp_path / "docs" / code / "models").mkdir(parents=True)
        (tmp_path / "docs" / code / "models/dcgan.md").write_text(text, encoding="utf-8")
    claim = tmp_path / "gan_minimal/claims/one_claim"
    claim.mkdir(parents=True)
    (claim / "ko.md").write_text(CLAIM, encoding="utf-8")
    (claim / "en.md").write_text(TRANSLATED, encoding="utf-8")
    parity.stamp(tmp_path)
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


@pytest.mark.parametrize(
    ("name", "original"),
    [
        ("models/dcgan.md", "docs/ko/models/dcgan.md"),
        ("claims/one_claim", "gan_minimal/claims/one_claim/ko.md"),
    ],
)
def test_a_stamp_holds_until_the_original_changes(name, original, root):
    assert parity.check(root) == []
    assert parity.stamp(root) == []

    with (root / original).open("a", encoding="utf-8") as page:
        page.write("\n더.\n")

    assert parity.check(root) == [f"{name}: the Korean page has changed since it was translated"]
    assert parity.stamp(root) == [name]
    assert parity.check(root) == []


def test_a_page_without_a_stamp_is_named(root):
    page = root / "docs/en/models/dcgan.md"
    page.write_text(
        re.sub("source_sha: .*\n", "", page.read_text(encoding="utf-8")), encoding="utf-8"
    )
    assert parity.check(root) == ["models/dcgan.md: the English page has no source_sha"]


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("#labels", "#values", "headings differ"),
        ("{ #says }", "", "headings differ"),
        ("$x$", "x", "formulas differ"),
        ("`mean`", "`means`", "labels differ: number 2 is 'mean' in Korean and 'means'"),
        ("- `mean`: Mean\n", "", "labels differ: only the Korean page has 'mean'"),
        ("---\nsource_sha", "---\ntitle: Small\nsource_sha", "front matter differ"),
    ],
)
def test_each_departure_of_a_claim_is_named(old, new, complaint, root):
    claim = root / "gan_minimal/claims/one_claim/en.md"
    text = claim.read_text(encoding="utf-8")
    assert old in text
    claim.write_text(text.replace(old, new), encoding="utf-8")

    (found,) = parity.check(root)

    assert found.startswith(f"claims/one_claim: {complaint}")


def test_texts_of_one_language_only_are_named(root):
    (root / "docs/ko/only.md").write_text("# x { #x }", encoding="utf-8")
    (root / "docs/en/other.md").write_text("# x { #x }", encoding="utf-8")
    (root / "docs/en/picture.png").write_bytes(b"")
    (root / "gan_minimal/claims/one_claim/en.md").unlink()
    parity.stamp(root)
    assert parity.check(root) == [
        "only.md: there is no English page",
        "other.md: there is no Korean page",
        "picture.png: there is no Korean page",
        "claims/one_claim: there is no English page",
    ]


def test_generated_pages_are_not_compared(root):
    for code, text in (("ko", "# 하나"), ("en", "# one\n\n# two")):
        (root / "docs" / code / "_generated").mkdir()
        (root / "docs" / code / "_generated/table.md").write_text(text, encoding="utf-8")
    assert parity.check(root) == []


def test_the_command_says_what_is_wrong(root, monkeypatch, capsys):
    monkeypatch.setattr(parity, "ROOT", root)
    with (root / "docs/ko/models/dcgan.md").open("a", encoding="utf-8") as page:
        page.write("\n더.\n")
    assert parity.main([]) == 1
    assert "has changed since" in capsys.readouterr().out
    assert parity.main(["--stamp"]) == 0
    assert "agree" in capsys.readouterr().out
