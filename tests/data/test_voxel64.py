"""The characters are what their parts say, and an edit changes only what was asked."""

import sys
from itertools import islice

import numpy as np
import pytest
import torch

from gan_minimal import data
from gan_minimal.data import build, snapshot, voxel64
from gan_minimal.data.voxel64 import (
    ATTRIBUTES,
    PARTS,
    decode,
    edit,
    encode,
    load_characters,
    render,
)
from gan_minimal.errors import UserError

TEST = load_characters("test")
FIRST = decode(TEST.codes[0])


def shown(index: int) -> np.ndarray:
    return TEST.images[index].permute(1, 2, 0).numpy()


@pytest.mark.slow
def test_shapes_types_and_splits():
    train = load_characters("train")

    assert (len(train.images), len(TEST.images)) == (voxel64.TRAIN, 3072)
    for part in (train, TEST):
        assert part.images.shape[1:] == (3, 64, 64)
        assert part.images.dtype == torch.uint8
        assert part.codes.shape == (len(part.images), len(PARTS))
        assert list(part.attributes) == list(ATTRIBUTES)
        for name, labels in part.attributes.items():
            assert (labels.dtype, labels.shape) == (torch.int64, (len(part.images),))
            assert labels.unique().tolist() == list(range(len(ATTRIBUTES[name].values)))
    images = torch.cat([train.images, TEST.images]).flatten(1)
    assert len(images.unique(dim=0)) == 12_288


def test_every_part_has_a_name_in_both_languages():
    for attribute in (*PARTS.values(), *ATTRIBUTES.values()):
        for names in (attribute.ko_values, attribute.en_values):
            assert len(set(names)) == len(names) == len(attribute.values)
            assert all(names)
        assert attribute.ko
        assert attribute.en
        assert not any("가" <= letter <= "힣" for letter in "".join(attribute.en_values))


@pytest.mark.slow
def test_registry_and_data_agree():
    row = data.find("voxel64-labels")
    images, *labels = data.tensors("voxel64-labels", "test")

    assert row.labels == tuple(ATTRIBUTES)
    assert row.files == ("voxel64.npz", *voxel64.SHEETS)
    assert torch.equal(images, data.tensors("voxel64", "test")[0])
    for found, wanted in zip(labels, TEST.attributes.values(), strict=True):
        assert torch.equal(found, wanted)


@pytest.mark.slow
def test_half_the_size_is_the_mean_of_four_pixels():
    (small,) = data.tensors("voxel32", "test")
    (large,) = data.tensors("voxel64", "test")

    means = large.unflatten(3, (32, 2)).unflatten(2, (32, 2)).mean(dim=(3, 5))
    assert (small - means).abs().max() <= 1 / 255 + 1e-6


def test_what_is_hidden_is_not_asked_for():
    hats, shades = PARTS["hat"], PARTS["glasses"].values.index("shades")
    column = list(PARTS).index

    for i in range(200):
        code = TEST.codes[i]
        hat = hats.values[code[column("hat")]]
        top = ATTRIBUTES["top"].values[TEST.attributes["top"][i]]
        assert top == (hat if hat != "none" else PARTS["hair"].values[code[column("hair")]])
        eyes = ATTRIBUTES["eyes"].values[TEST.attributes["eyes"][i]]
        assert (eyes == "hidden") == (code[column("glasses")] == shades)


@pytest.mark.parametrize(("part", "rate"), [("hat", 0.25), ("glasses", 0.3), ("beard", 0.3)])
def test_some_parts_are_rarer(part, rate):
    worn = TEST.codes[:, list(PARTS).index(part)] > 0

    assert worn.mean() == pytest.approx(rate, abs=0.03)


def test_codes_are_characters():
    for code in TEST.codes[:50]:
        np.testing.assert_array_equal(encode(decode(code)), code)


@pytest.mark.parametrize("index", [0, 7, 500, 3071])
@pytest.mark.slow
def test_characters_are_drawn_again(index):
    np.testing.assert_array_equal(render(decode(TEST.codes[index])), shown(index))


def test_the_first_characters_are_those_of_the_script():
    codes = snapshot.arrays("voxel64.npz")["codes"]

    for code, character in zip(codes, islice(build.characters(), 40), strict=False):
        np.testing.assert_array_equal(encode(character), code)


@pytest.mark.nightly
def test_all_characters_are_drawn_again():
    for split in ("train", "test"):
        part = load_characters(split)
        for image, code in zip(part.images, part.codes, strict=True):
            np.testing.assert_array_equal(render(decode(code)), image.permute(1, 2, 0).numpy())


@pytest.mark.slow
def test_an_edit_changes_what_it_names_and_nothing_else():
    plain = edit(FIRST, hat="none", glasses="none", hair="short", outfit="plain", beard="none")
    before = render(plain)

    def where(**changes: str) -> np.ndarray:
        return (render(edit(plain, **changes)) != before).any(axis=2)

    assert not where().any()
    assert not where(hat_color="coral").any()  # nobody sees the hat that is not worn
    assert where(hat="cap")[:24].any()
    assert not where(hat="cap")[32:].any()  # below the eyes
    assert not where(shirt="grey")[:40].any()  # above the shoulders
    assert where(glasses="clear")[16:32].any()
    assert not where(glasses="clear")[36:].any()
    background = "pink" if plain["background"] != "pink" else "sky"
    assert where(background=background)[0].all()


def test_hair_can_be_seen_under_every_hat():
    for hat in PARTS["hat"].values:
        for brows in PARTS["eyebrows"].values:
            looks = [
                render(edit(FIRST, hat=hat, eyebrows=brows, hair_color=color, glasses="shades"))
                for color in ("red", "green")
            ]
            assert (looks[0] != looks[1]).any(axis=2).sum() >= 4


def test_what_is_not_there_is_named():
    with pytest.raises(UserError, match="hair_color cannot be 'blond': did you mean 'blonde'"):
        edit(FIRST, hair_color="blond")
    with pytest.raises(UserError, match="has no part 'wings'; its parts are: background"):
        edit(FIRST, wings="two")
    with pytest.raises(UserError, match="lacks the part 'hat'"):
        encode({name: value for name, value in FIRST.items() if name != "hat"})
    with pytest.raises(UserError, match="splits train and test, not 'valid'"):
        load_characters("valid")


def test_drawing_without_the_extra_says_what_to_install(monkeypatch):
    voxel64.style.cache_clear()
    monkeypatch.setitem(sys.modules, "dicebear", None)

    with pytest.raises(UserError, match=r"pip install 'gan-minimal\[data\]'"):
        render(FIRST)
