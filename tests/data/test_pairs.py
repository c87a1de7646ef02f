"""Two images in an example: which belong together, and which must not."""

import warnings
from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
import torch
from PIL import Image

from gan_minimal import data
from gan_minimal.data import build, faces16, hangul32, own_images, snapshot
from gan_minimal.data.folder import ImageNotice
from gan_minimal.data.own_images import Reading
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

    dataset = data.load(tmp_path, size=16)

    assert "without pairs: 3 in a, 2 in b" in dataset.report
    assert shades(dataset) == [(0, 200), (1, 201), (2, 200)]


def test_an_image_without_its_partner_is_named_and_nothing_is_shifted(tmp_path):
    for name in ("x/1", "x/2", "y/1"):
        paint(tmp_path / "a" / f"{name}.png", 10)
    for name in ("x/1", "y/1"):
        paint(tmp_path / "b" / f"{name}.png", 20)

    with pytest.raises(UserError, match=r"a/x/2\.png has no partner of the same name in .*b\. "):
        data.load(tmp_path, size=16)

    paint(tmp_path / "b" / "x" / "2.jpg", 30)
    assert shades(data.load(tmp_path, size=16)) == [(10, 20), (10, 30), (10, 20)]


def test_two_files_of_one_name_are_refused(tmp_path):
    for name in ("a/x.png", "a/x.jpg", "b/x.png"):
        paint(tmp_path / name, 10)

    with pytest.raises(UserError, match=r"x\.jpg has the name of another image but for its ending"):
        data.load(tmp_path, size=16)


def test_a_korean_name_is_the_same_name_in_either_spelling(tmp_path):
    for side, form, shade in (("a", "NFC", 10), ("b", "NFD", 20)):
        for i in range(2):
            paint(tmp_path / side / (normalize(form, f"사진{i}") + ".png"), shade + i)

    assert shades(data.load(tmp_path, size=16)) == [(10, 20), (11, 21)]


def test_a_broken_image_takes_its_partner_along(tmp_path):
    for i in range(3):
        paint(tmp_path / "a" / f"{i}.png", i)
        paint(tmp_path / "b" / f"{i}.png", 100 + i)
    (tmp_path / "b" / "1.png").write_bytes((tmp_path / "b" / "1.png").read_bytes()[:60])

    with pytest.warns(ImageNotice, match=r"b/1\.png, which cannot be read"):
        dataset = data.load(tmp_path, size=16)

    assert shades(dataset) == [(0, 100), (2, 102)]


def test_a_broken_image_of_a_heap_takes_nobody_along(tmp_path):
    for i in range(3):
        paint(tmp_path / "trainA" / f"{i}.png", i)
        paint(tmp_path / "trainB" / f"{i}.png", 100 + i)
        paint(tmp_path / "extra" / f"{i}.png", 200)
    whole = (tmp_path / "trainB" / "1.png").read_bytes()
    (tmp_path / "trainB" / "1.png").write_bytes(whole[:60])

    with pytest.warns(ImageNotice, match=r"not used now: extra \(3\)"):
        dataset = data.load(tmp_path, size=16)

    assert shades(dataset) == [(0, 100), (1, 102), (2, 100)]


SIDES = (("trainA", 2, 10), ("trainB", 3, 110), ("testA", 2, 50), ("testB", 3, 150))


def test_the_layout_of_horse2zebra_is_two_heaps_with_splits(tmp_path):
    for split, shade in (("train", 10), ("test", 50)):
        for side in "AB":
            for i in range(2 if side == "A" else 3):
                paint(
                    tmp_path / f"{split}{side}" / f"n{i}.jpg", shade + (100 if side == "B" else 0)
                )

    assert shades(data.load(tmp_path, size=16)) == [(10, 110)] * 3
    assert shades(data.load(tmp_path, "test", size=16)) == [(50, 150)] * 3


def test_the_layout_of_facades_has_both_images_side_by_side(tmp_path):
    (tmp_path / "train").mkdir()
    for i in range(2):
        both = Image.new("RGB", (40, 20), (10 + i,) * 3)
        both.paste((200 + i,) * 3, (20, 0, 40, 20))
        both.save(tmp_path / "train" / f"{i}.png")

    dataset = own_images.pairs(tmp_path, "train", Reading(16))

    assert shades(dataset) == [(10, 200), (11, 201)]
    assert any("side by side in each image" in line for line in dataset.report)


@pytest.mark.parametrize("other", ["c/1.png", "loose.png"])
def test_classes_called_a_and_b_among_others_are_no_pairs(other, tmp_path):
    for name in ("a/1.png", "B/1.png", other):
        paint(tmp_path / name, 10)

    assert len(own_images.images(tmp_path, "train", Reading(16))) == 3
    with pytest.raises(UserError, match=rf"beside them, such as .*{other}: put those elsewhere"):
        own_images.pairs(tmp_path, "train", Reading(16))


def test_subfolders_are_the_classes_of_a_model_that_learns_from_classes(tmp_path):
    for i, name in enumerate(("train", "고양이", "car")):
        for j in range(i + 1):
            paint(tmp_path / name / f"{j}.png", 10 * i + j)

    numbers = own_images.labelled(tmp_path, "train", Reading(16))
    one_hot = own_images.labelled(tmp_path, "train", Reading(16), one_hot=True)

    assert numbers.classes == ("car", "train", "고양이")
    assert [int(numbers[i][1]) for i in range(6)] == [0, 0, 0, 1, 2, 2]
    assert one_hot[3][1].tolist() == [0, 1, 0]
    assert "classes: car (3), train (1), 고양이 (2)" in numbers.report
    with pytest.raises(UserError, match="learns from classes, which are subfolders"):
        own_images.labelled(tmp_path / "car", "train", Reading(16))
    paint(tmp_path / "loose.png", 10)
    with pytest.raises(UserError, match=r"it has 3, and .*loose\.png lies beside them\.$"):
        own_images.labelled(tmp_path, "train", Reading(16))


def test_pairs_that_are_too_small_are_named(tmp_path):
    paint(tmp_path / "a" / "x.png", 0)
    paint(tmp_path / "b" / "x.png", 0)

    with pytest.raises(UserError, match=r"x\.png is too small \(20x20 pixels, 256x256"):
        data.load(tmp_path)


def test_a_folder_with_only_one_of_both_is_a_folder_of_images(tmp_path):
    paint(tmp_path / "a" / "x.png", 0)

    assert len(data.load(tmp_path, size=16)[0]) == 1
