"""Two images in an example: which belong together, and which must not."""

import warnings
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_minimal import data
from gan_minimal.data import build, faces16, hangul32, snapshot
from gan_minimal.data.folder import ImageNotice
from gan_minimal.data.pairs import halves
from gan_minimal.data.pixels import to_unit
from gan_minimal.errors import UserError


def tensors(name: str, split: str = "train") -> tuple[torch.Tensor, ...]:
    return data.load(name, split).tensors


@pytest.mark.parametrize(
    ("name", "train", "test", "shape"),
    [
        ("hangul32-pairs", 2115, 235, (1, 32, 32)),
        ("hangul32-unpaired", 1057, 235, (1, 32, 32)),
        ("faces16-labelmap", 8192, 2048, (3, 16, 16)),
    ],
)
def test_built_in_pairs(name, train, test, shape):
    for split, count in (("train", train), ("test", test)):
        dataset = data.load(name, split)
        assert len(dataset) == count
        assert [image.shape for image in dataset[0]] == [shape, shape]
        for images in dataset.tensors:
            assert images.dtype == torch.float32
            assert -1 <= images.min() < -0.7
            assert images.max() == 1
    with pytest.raises(UserError, match="not 'valid'"):
        data.load(name, "valid")


@pytest.mark.parametrize("split", ["train", "test"])
def test_hangul_pairs_are_the_same_syllable_in_two_fonts(split):
    printed, brushed = tensors("hangul32-pairs", split)

    for images, font in ((printed, "noto-sans"), (brushed, "nanum-brush")):
        assert torch.equal(images, to_unit(hangul32.load_hangul(split, (font,)).images))


def test_no_syllable_is_in_both_heaps_and_scores_still_have_true_pairs():
    printed, brushed = tensors("hangul32-unpaired")
    glyphs = {
        font: {
            bytes(image): i
            for i, image in enumerate(hangul32.load_hangul("train", (font,)).images.numpy())
        }
        for font in ("noto-sans", "nanum-brush")
    }
    places = [
        {glyphs[font][bytes(((image + 1) * 127.5).round().byte().numpy())] for image in images}
        for font, images in (("noto-sans", printed), ("nanum-brush", brushed))
    ]

    assert len(places[0]) == len(places[1]) == 1057
    assert not places[0] & places[1]
    for one, other in zip(
        tensors("hangul32-unpaired", "test"), tensors("hangul32-pairs", "test"), strict=True
    ):
        assert torch.equal(one, other)


def test_both_heaps_have_all_letters_and_never_change():
    letters = hangul32.load_hangul("train", ("noto-sans",))
    ones, others = halves(letters.codepoint.tolist())

    for half in (ones, others):
        for column, count in ((letters.cho, 19), (letters.jung, 21)):
            assert len(column[half].unique()) == count
    assert (sum(ones), sum(others)) == (1_108_001, 1_126_601)


# Label maps


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.slow
def test_a_label_map_shows_what_a_face_wears(split):
    maps, known = faces16.label_maps(split), faces16.load_faces(split).attributes
    colors = [list(bytes.fromhex(color[1:])) for color, *_ in faces16.REGIONS.values()]
    names = dict(zip(faces16.REGIONS, colors, strict=True))

    assert maps.flatten(2).transpose(1, 2).reshape(-1, 3).unique(dim=0).tolist() == sorted(colors)
    for region in ("glasses", "hat", "beard"):
        shown = (maps == torch.tensor(names[region])[:, None, None].byte()).all(1).flatten(1).any(1)
        assert torch.equal(shown, known[region] == 1)


@pytest.mark.slow
def test_a_label_map_is_one_to_many():
    """Faces that differ in nothing but colours have the same map."""
    face = faces16.load_faces("train").options[0]
    first = build.regions(face)
    for changes in ({"hair_color": "green"}, {"skin": "tone8"}, {"hair_color": "black"}):
        assert np.array_equal(build.regions(faces16.edit(face, **changes)), first)
    assert not np.array_equal(build.regions(faces16.edit(face, glasses="yes", hat="yes")), first)


@pytest.mark.parametrize("every", [68, pytest.param(1, marks=pytest.mark.nightly)])
def test_label_maps_are_drawn_again(every):
    """A sample of both splits; at night all of them."""
    stored = snapshot.arrays("faces16-regions.npz")["regions"]
    options = [face for split in ("train", "test") for face in faces16.load_faces(split).options]

    assert stored.shape == (len(options), 16, 16) == (10_240, 16, 16)
    for i in range(0, len(options), every):
        assert np.array_equal(build.regions(options[i]), stored[i]), i


def test_a_wrong_split_of_label_maps_is_refused():
    with pytest.raises(UserError, match="train and test, not 'valid'"):
        faces16.label_maps("valid")


# Folders


def paint(path: Path, shade: int, size: int = 20) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.new("RGB", (size, size), (shade, shade, shade)).save(path)


def shades(dataset) -> list[tuple[int, ...]]:
    """The grey of both images of each example."""
    return [
        tuple(round((image.mean().item() + 1) * 127.5) for image in dataset[i])
        for i in range(len(dataset))
    ]


def test_files_of_equal_names_are_pairs(tmp_path):
    for i, name in enumerate(("x", "y", "z")):
        paint(tmp_path / "a" / f"{name}.png", 10 * i)
        paint(tmp_path / "b" / f"{name}.bmp", 10 * i + 100)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        dataset = data.load(tmp_path, size=16)

    assert shades(dataset) == [(0, 100), (10, 110), (20, 120)]
    assert [image.shape for image in dataset[0]] == [(3, 16, 16)] * 2


def test_files_of_other_names_are_two_heaps(tmp_path):
    for i in range(3):
        paint(tmp_path / "train" / "a" / f"horse{i}.png", i)
    for i in range(2):
        paint(tmp_path / "train" / "b" / f"zebra{i}.png", 200 + i)

    with pytest.warns(ImageNotice, match="two heaps without pairs"):
        dataset = data.load(tmp_path, size=16)

    assert shades(dataset) == [(0, 200), (1, 201), (2, 200)]


def test_pairs_that_are_too_small_are_named(tmp_path):
    paint(tmp_path / "a" / "x.png", 0)
    paint(tmp_path / "b" / "x.png", 0)

    with pytest.raises(UserError, match=r"x\.png is too small \(20x20 pixels, 256x256"):
        data.load(tmp_path)


def test_a_folder_with_only_one_of_both_is_a_folder_of_images(tmp_path):
    paint(tmp_path / "a" / "x.png", 0)

    assert len(data.load(tmp_path, size=16)[0]) == 1
