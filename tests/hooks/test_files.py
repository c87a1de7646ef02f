from pathlib import Path

import pytest

from hooks.files import (
    ROOT,
    lighten,
    needed_models,
    offer_needed_models,
    page_sources,
    shared_files,
)


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
        "gan_minimal/editing/singan.py",
        "gan_minimal/models/dcgan.py",
        "gan_minimal/editing/dcgan.py",
        "gan_minimal/zoo/__init__.py",
        "gan_minimal/zoo/dcgan.json",
        "gan_minimal/zoo/dcgan.safetensors",
        "gan_minimal/zoo/benchmarks/cpu.json",
        "snippets/softplus.py",
    ):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("", encoding="utf-8")
    return tmp_path


def test_pictures_code_and_recorded_runs_are_published(tree):
    assert set(shared_files(tree, "ko")) == {
        "assets/css/site.css",
        "assets/runs/dcgan/samples.webp",
        "assets/zoo/dcgan.json",
        "assets/zoo/dcgan.safetensors",
        "code/editing/singan.py",
        "code/models/dcgan.py",
        "code/editing/dcgan.py",
        "code/snippets/softplus.py",
    }


def test_the_english_site_uses_the_styles_and_the_weights_of_the_korean_one(tree):
    korean, english = shared_files(tree, "ko"), shared_files(tree, "en")
    assert korean.keys() - english.keys() == {
        "assets/css/site.css",
        "assets/zoo/dcgan.json",
        "assets/zoo/dcgan.safetensors",
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Models that build on each other: c on b, b on a and on c."""
    for name, imports in (
        ("a", "import torch\nfrom gan_minimal.errors import UserError\n"),
        ("b", "from gan_minimal.models.a import A\nfrom gan_minimal.models.c import C\n"),
        ("c", "def late():\n    from gan_minimal.models.b import (\n        B,\n    )\n"),
    ):
        (tmp_path / f"{name}.py").write_text(imports, encoding="utf-8")
    return tmp_path


def test_a_model_needs_what_its_file_imports_and_what_that_imports(folder):
    assert needed_models(folder, "a") == []
    assert needed_models(folder, "b") == ["a", "c"]
    assert needed_models(folder, "c") == ["b", "a"]


def test_a_page_offers_all_files_that_a_model_needs(folder):
    page = "Text\n\n[c.py 내려받기](../code/models/c.py){ .download }\n\n### Code\n"

    assert offer_needed_models(page, folder) == (
        "Text\n\n"
        "[c.py 내려받기](../code/models/c.py){ .download }\n"
        "[b.py 내려받기](../code/models/b.py){ .download }\n"
        "[a.py 내려받기](../code/models/a.py){ .download }\n"
        "\n### Code\n"
    )


def test_a_file_that_a_page_offers_itself_is_not_offered_twice(folder):
    links = [f"[Download {name}.py](../code/models/{name}.py){{ .download }}" for name in "abc"]

    for page in (
        "\n".join(links),
        f"Only [the file](../code/models/c.py) in a sentence.\n{links[0]}",
    ):
        assert offer_needed_models(page, folder) == page


def test_stylegan_comes_with_pggan():
    assert needed_models(ROOT / "gan_minimal/models", "stylegan") == ["pggan"]
    assert needed_models(ROOT / "gan_minimal/models", "pggan") == []


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
