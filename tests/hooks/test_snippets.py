import ast
import re
import sys

import numpy as np
import pytest
from PIL import Image

from hooks import snippets

NAMES = sorted(path.stem for path in snippets.SNIPPETS.glob("*.py"))
# Training amplifies rounding; a game's shares are in per cent, a critic's slopes powers of ten.
CHAOTIC = {
    "two_player_game": 4.0,
    "label_conditioning": 4.0,
    "weight_clipping": 0.2,
    "mapping_network": 4.0,
}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_the_page_shows_what_the_snippet_prints_and_draws(name):
    shown = (snippets.OUTPUTS / f"{name}.txt").read_text(encoding="utf-8")
    picture = snippets.OUTPUTS / f"{name}.webp"

    printed, drawn = snippets.run(snippets.SNIPPETS / f"{name}.py")
    assert snippets.differences(printed, shown, CHAOTIC.get(name, 0.02)) == []
    assert (drawn is not None) == picture.exists()
    if drawn is not None:
        with Image.open(picture) as stored:
            pixels = np.asarray(stored, dtype=int)
        np.testing.assert_allclose(np.asarray(drawn, dtype=int), pixels, atol=2)


@pytest.mark.parametrize("name", NAMES)
def test_a_snippet_is_short_and_needs_nothing_but_torch(name):
    text = (snippets.SNIPPETS / f"{name}.py").read_text(encoding="utf-8")
    modules = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert len(text.splitlines()) <= 60
    assert {module.split(".")[0] for module in modules} <= {
        "torch",
        "torchvision",
        *sys.stdlib_module_names,
    }
    assert "print(" in text


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_snippet_is_in_the_gallery_with_its_output(root, language):
    pages = sorted((root / "docs" / language / "snippets").glob("*.md"))
    page = "".join(path.read_text(encoding="utf-8") for path in pages)

    assert sorted(re.findall(r'--8<-- "snippets/(\w+)\.py"', page)) == NAMES
    assert sorted(re.findall(r'--8<-- "docs/assets/snippets/(\w+)\.txt"', page)) == NAMES
    assert sorted(re.findall(r"code/snippets/(\w+)\.py", page)) == NAMES
    listed = re.findall(r"^\[.*\]\((\w+)\.md#([a-z-]+)\){ #\2 }$", page, re.MULTILINE)
    assert sorted(name.replace("-", "_") for _, name in listed) == NAMES


def test_outputs_are_written_and_old_ones_taken_away(tmp_path):
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/sum.py").write_text("print(1 + 1)\n", encoding="utf-8")
    (tmp_path / "outputs").mkdir()
    for gone in ("gone.txt", "gone.webp"):
        (tmp_path / "outputs" / gone).write_text("3\n", encoding="utf-8")

    assert snippets.write(tmp_path / "snippets", tmp_path / "outputs") == ["sum"]

    assert {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "outputs").iterdir()} == {
        "sum.txt": "2\n"
    }


def test_pictures_are_drawn_side_by_side(tmp_path):
    (tmp_path / "two.py").write_text(
        "import torch\nprint(2)\n"
        "PICTURES = torch.tensor([-1.0, 2.0])[:, None, None, None].expand(2, 3, 4, 5)\n",
        encoding="utf-8",
    )

    snippets.write(tmp_path, tmp_path)

    with Image.open(tmp_path / "two.webp") as row:
        assert row.size == (5 + 2 + 5, 4)
        black, gap, white = (row.convert("RGBA").getpixel((x, 3)) for x in (4, 5, 7))
    assert black == (0, 0, 0, 255)
    assert gap[3] == 0
    assert white == (255, 255, 255, 255)  # what is too bright is clipped


@pytest.mark.parametrize(
    ("now", "then", "count"),
    [
        ("loss 1.37\n", "loss 1.40\n", 0),
        ("loss 1.37\n", "loss 1.70\n", 1),
        ("loss 1.37\n", "gain 1.37\n", 1),
        ("share   9 %\n", "share  10 %\n", 0),
        ("share 1 %\n", "share 2 %\n", 1),
        ("a\n", "a\nb\n", 1),
    ],
)
def test_only_what_rounding_cannot_explain_is_a_difference(now, then, count):
    assert len(snippets.differences(now, then)) == count
