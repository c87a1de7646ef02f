import json

import pytest
from PIL import Image

from hooks import snippets


def test_outputs_are_written_and_old_ones_taken_away(tmp_path):
    (tmp_path / "snippets").mkdir()
    (tmp_path / "snippets/sum.py").write_text("print(1 + 1)\n", encoding="utf-8")
    (tmp_path / "outputs").mkdir()
    for gone in ("gone.txt", "gone.webp"):
        (tmp_path / "outputs" / gone).write_text("3\n", encoding="utf-8")

    assert snippets.write(tmp_path / "snippets", tmp_path / "outputs") == ["sum"]

    written = {p.name: p.read_text(encoding="utf-8") for p in (tmp_path / "outputs").iterdir()}
    sources = json.loads(written.pop("sources.json"))
    assert written == {"sum.txt": "2\n"}
    assert sources == {"sum": snippets.source(tmp_path / "snippets/sum.py")}


def test_a_snippet_is_another_once_it_is_changed_but_not_where_lines_end_otherwise(tmp_path):
    for name, text in {"one": b"a = 1\n", "dos": b"a = 1\r\n", "two": b"a = 2\n"}.items():
        (tmp_path / name).write_bytes(text)

    assert snippets.source(tmp_path / "one") == snippets.source(tmp_path / "dos")
    assert snippets.source(tmp_path / "one") != snippets.source(tmp_path / "two")


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


def test_a_snippet_leaves_nothing_behind_for_the_next_one(tmp_path):
    (tmp_path / "a.py").write_text(
        "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n",
        encoding="utf-8",
    )
    (tmp_path / "b.py").write_text(
        "import torch\nprint(torch.ones(1).dtype, torch.is_grad_enabled())\n", encoding="utf-8"
    )

    snippets.write(tmp_path, tmp_path)

    assert (tmp_path / "b.txt").read_text(encoding="utf-8") == "torch.float32 True\n"
