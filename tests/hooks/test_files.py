from pathlib import Path

import pytest

from gan_minimal import models
from hooks.files import ROOT, downloads, lighten, page_sources, shared_files


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    for name in (
        "docs/assets/css/site.css",
        "docs/assets/runs/dcgan/samples.webp",
        "docs/ko/index.md",
        "docs/ko/models/dcgan.md",
        "docs/ko/notebooks/walk.ipynb",
        "docs/ko/_generated/dcgan-badges.md",
        "docs/ko/_diagrams/gan.svg",
        "gan_minimal/zoo/__init__.py",
        "gan_minimal/zoo/dcgan.json",
        "gan_minimal/zoo/dcgan.safetensors",
        "gan_minimal/zoo/benchmarks/cpu.json",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def test_pictures_styles_and_recorded_runs_are_published(tree):
    assert set(shared_files(tree, "ko")) == {
        "assets/css/site.css",
        "assets/runs/dcgan/samples.webp",
        "assets/zoo/dcgan.json",
        "assets/zoo/dcgan.safetensors",
    }


def test_the_english_site_uses_the_styles_and_the_weights_of_the_korean_one(tree):
    korean, english = shared_files(tree, "ko"), shared_files(tree, "en")
    assert korean.keys() - english.keys() == {
        "assets/css/site.css",
        "assets/zoo/dcgan.json",
        "assets/zoo/dcgan.safetensors",
    }


def test_all_code_is_offered_with_its_licence():
    offered = downloads(ROOT)

    assert {"code/models/styleclip.py", "code/editing/singan.py", "code/snippets/adain.py"} <= set(
        offered
    )
    assert {f"code/models/{name}.py" for name in models.names()} <= set(offered)
    assert not any(path.endswith(("__init__.py", "protocol.py")) for path in offered)
    licence = (ROOT / "LICENSES/MIT.txt").read_text(encoding="utf-8").split()
    for path, code in offered.items():
        # REUSE-IgnoreStart
        assert code.startswith("# SPDX-FileCopyrightText: 2026 The GAN Notes authors\n"), path
        assert code.splitlines()[1] == "# SPDX-License-Identifier: MIT", path
        # REUSE-IgnoreEnd
        written = [word for word in code.split() if word != "#"]
        assert written[-len(licence) :] == licence, path


def test_only_pages_have_a_source_to_download(tree):
    found = [path.as_posix() for path in page_sources(tree / "docs/ko")]
    assert found == ["index.md", "models/dcgan.md", "notebooks/walk.ipynb"]


def test_styles_and_scripts_lose_their_comments_and_nothing_else(tmp_path):
    for name, text in (
        ("css/site.css", "/* why */\n.face {\n  width: calc(100% - 2 * 4px);\n}\n"),
        ("js/site.js", "// why\nconst a = `two  spaces`  // and here\nconst b = a + +1\n"),
        ("img/mark.svg", "<svg>  </svg>"),
    ):
        (tmp_path / "assets" / name).parent.mkdir(parents=True)
        (tmp_path / "assets" / name).write_text(text, encoding="utf-8")

    lighten(tmp_path)

    assert (tmp_path / "assets/css/site.css").read_text(
        encoding="utf-8"
    ) == ".face{width:calc(100% - 2 * 4px)}"
    script = (tmp_path / "assets/js/site.js").read_text(encoding="utf-8")
    assert "why" not in script
    assert "`two  spaces`" in script
    assert "a + +1" in script or "a+ +1" in script
    assert (tmp_path / "assets/img/mark.svg").read_text(encoding="utf-8") == "<svg>  </svg>"
