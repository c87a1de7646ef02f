"""The snapshots are what the committed script draws, bit for bit."""

import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_minimal.data import build, domains, faces16, hangul32, snapshot
from gan_minimal.errors import UserError


@pytest.mark.slow
def test_the_first_faces_are_drawn_again():
    stored = snapshot.arrays("faces16.npz")
    pictures, codes = build.distinct(64, faces16.hair_visible())
    np.testing.assert_array_equal(codes, stored["codes"][:64])
    np.testing.assert_array_equal(pictures, stored["palette"][stored["indices"][:64].astype(int)])


@pytest.mark.slow
def test_some_faces_of_both_splits_are_drawn_again():
    for split in ("train", "test"):
        faces = faces16.load_faces(split)
        for i in range(0, len(faces.options), len(faces.options) // 150):
            again = faces16.render(faces.options[i]).transpose(2, 0, 1)
            np.testing.assert_array_equal(again, faces.images[i].numpy(), err_msg=f"{split} {i}")


def test_what_hats_leave_of_some_hair_styles_is_measured_again(monkeypatch: pytest.MonkeyPatch):
    stored = faces16.hair_visible()
    monkeypatch.setitem(faces16.PARTS, "hair", faces16.PARTS["hair"][::6])
    monkeypatch.setitem(faces16.PARTS, "hat", faces16.PARTS["hat"][::3])
    np.testing.assert_array_equal(build.measure_hair(), stored[::6, ::3])


@pytest.mark.nightly
def test_all_faces_are_drawn_again():
    stored = snapshot.arrays("faces16.npz")
    visible = build.measure_hair()
    np.testing.assert_array_equal(visible, stored["hair_visible"])
    pictures, codes = build.distinct(build.FACES, visible)
    np.testing.assert_array_equal(codes, stored["codes"])
    np.testing.assert_array_equal(pictures, stored["palette"][stored["indices"].astype(int)])


def test_equal_pictures_are_left_out(monkeypatch: pytest.MonkeyPatch):
    first, second = islice(build.drawn(faces16.hair_visible()), 2)
    monkeypatch.setattr(build, "drawn", lambda _: iter([first, first, second, first]))
    pictures, codes = build.distinct(2, faces16.hair_visible())
    assert len(pictures) == 2
    np.testing.assert_array_equal(codes[1], faces16.encode(second))


def test_a_hat_is_replaced_where_it_would_hide_the_hair():
    unfitting = np.zeros((31, 10), dtype=np.uint8)
    unfitting[:, 1] = 20
    for face in islice(build.drawn(unfitting), 5):
        assert face["hatVariant"] == faces16.PARTS["hat"][1]


@pytest.mark.parametrize("font", ["noto-sans", "noto-serif", "nanum-gothic"])
def test_glyphs_are_drawn_again(font: str):
    stored = snapshot.arrays(f"hangul32-{font}.npz")["glyphs"]
    path = build.packaged_fonts()[font]
    for i in range(0, 2350, 47):
        drawn = build.glyph(path, hangul32.syllables()[i], hangul32.FONTS[font].size)
        np.testing.assert_array_equal(drawn, stored[i])


def test_a_font_without_the_syllable_is_named(monkeypatch: pytest.MonkeyPatch):
    path = build.packaged_fonts()["noto-sans"]
    with pytest.raises(UserError, match="no glyph"):
        build.glyph(path, " ", 30)
    monkeypatch.setattr(build, "find_spec", lambda _: None)
    with pytest.raises(UserError, match=r"gan-minimal\[data\]"):
        build.packaged_fonts()


@pytest.fixture
def target(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in place of the snapshots."""
    faces16.hair_visible()  # is kept once it was read
    monkeypatch.setattr(snapshot, "FOLDER", tmp_path)
    return tmp_path


def _run(monkeypatch: pytest.MonkeyPatch, *arguments: str) -> None:
    monkeypatch.setattr(sys, "argv", ["build", *arguments])
    build.main()


def test_what_is_written_can_be_read(target: Path, monkeypatch: pytest.MonkeyPatch):
    visible = faces16.hair_visible()
    monkeypatch.setattr(build, "FACES", 8)
    monkeypatch.setattr(faces16, "TRAIN", 4)
    monkeypatch.setattr(domains, "EDITED", 2)
    monkeypatch.setattr(build, "measure_hair", lambda: visible)
    _run(monkeypatch, "faces16")
    assert snapshot.arrays("faces16.npz")["indices"].shape == (8, 16, 16)
    assert snapshot.arrays("faces16-regions.npz")["regions"].shape == (8, 16, 16)
    assert snapshot.arrays("faces16-edits.npz")["indices"].shape == (2, 11, 16, 16)

    monkeypatch.setattr(hangul32, "syllables", lambda: ("한", "글"))
    pen = build.packaged_fonts()["noto-sans"]
    _run(monkeypatch, "hangul32", "--brush", str(pen), "--pen", str(pen))
    assert snapshot.arrays("hangul32-nanum-pen.npz")["glyphs"].shape == (2, 32, 32)

    Image.new("RGB", (640, 427), "blue").save(target / "large.png")
    _run(monkeypatch, "photo", "--photo", str(target / "large.png"))
    with Image.open(target / "photo.png") as image:
        assert image.size == (250, 167)
    assert len(snapshot.sums()) == 9


def test_the_photograph_needs_its_file(monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(SystemExit):
        _run(monkeypatch, "photo")
