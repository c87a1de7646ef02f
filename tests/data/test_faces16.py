"""The faces are what their attributes say, and an edit changes only what was asked."""

import sys

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gan_minimal.data import faces16
from gan_minimal.errors import UserError

TRAIN = faces16.load_faces("train")
TEST = faces16.load_faces("test")
CHANGES = st.dictionaries(st.sampled_from(sorted(faces16.ATTRIBUTES)), st.integers(0, 10)).map(
    lambda picked: {
        name: faces16.ATTRIBUTES[name].values[i % len(faces16.ATTRIBUTES[name].values)]
        for name, i in picked.items()
    }
)
ANY_FACE = st.integers(0, len(TRAIN.images) - 1)


def test_shapes_and_types():
    assert TRAIN.images.shape == (8192, 3, 16, 16)
    assert TEST.images.shape == (2048, 3, 16, 16)
    for part in (TRAIN, TEST):
        assert part.images.dtype == torch.uint8
        assert len(part.options) == len(part.images)
        assert list(part.attributes) == list(faces16.ATTRIBUTES)
        for labels in part.attributes.values():
            assert labels.dtype == torch.int64
            assert labels.shape == (len(part.images),)


def test_no_face_occurs_twice():
    images = torch.cat([TRAIN.images, TEST.images]).flatten(1)
    assert len(images.unique(dim=0)) == 10_240


def test_the_split_never_changes():
    # Sums of all pixels; a different split or order of the same faces changes them.
    place = torch.arange(1, 8193)
    assert int((TRAIN.images.flatten(1).sum(1) * place).sum()) == 4_810_205_310_371
    assert int((TEST.images.flatten(1).sum(1) * place[:2048]).sum()) == 300_694_403_276


def test_attributes_agree_with_the_options():
    for part in (TRAIN, TEST):
        for i in range(0, len(part.images), 97):
            values = faces16.attributes_of(part.options[i])
            for name, attribute in faces16.ATTRIBUTES.items():
                assert attribute.values[part.attributes[name][i]] == values[name]


@pytest.mark.parametrize(
    ("name", "rate"),
    [("glasses", 0.30), ("hat", 0.20), ("beard", 0.20), ("mouth", 13 / 23), ("hair_length", 0.467)],
)
def test_rates(name: str, rate: float):
    for part in (TRAIN, TEST):
        assert part.attributes[name].double().mean() == pytest.approx(rate, abs=0.03)


@pytest.mark.parametrize("name", ["hair_color", "skin"])
def test_colours_are_evenly_frequent(name: str):
    kinds = len(faces16.ATTRIBUTES[name].values)
    share = torch.bincount(TRAIN.attributes[name], minlength=kinds) / len(TRAIN.images)
    assert (share - 1 / kinds).abs().max() < 0.01


def test_every_attribute_has_its_names():
    for name, attribute in faces16.ATTRIBUTES.items():
        assert attribute.ko, name
        assert attribute.en, name
        assert len(attribute.values) == len(attribute.ko_values) == len(attribute.en_values)
        assert len(set(attribute.values)) == len(set(attribute.ko_values)) == len(attribute.values)
    assert len(faces16.ATTRIBUTES["hair_color"].values) == len(faces16.COLORS["hair"]) == 8
    assert len(faces16.ATTRIBUTES["skin"].values) == len(faces16.COLORS["skin"]) == 8


def test_enough_hair_is_visible_in_every_face():
    visible = faces16.hair_visible()
    for options in [*TRAIN.options[:500], *TEST.options[:500]]:
        hair = faces16.PARTS["hair"].index(str(options["hairVariant"]))
        hat = faces16.PARTS["hat"].index(str(options["hatVariant"]))
        assert visible[hair, hat] >= faces16.MIN_HAIR


@given(ANY_FACE)
def test_codes_and_options_are_inverse(i: int):
    options = TRAIN.options[i]
    np.testing.assert_array_equal(faces16.encode(options), TRAIN.options.codes[i])
    assert faces16.decode(faces16.encode(options)) == options


def test_a_slice_of_options_is_a_sequence():
    part = TRAIN.options[10:20]
    assert len(part) == 10
    assert part[0] == TRAIN.options[10]
    assert part[-1] == TRAIN.options[19]


@given(ANY_FACE, CHANGES)
def test_an_edit_changes_only_what_was_asked(i: int, changes: dict[str, str]):
    options = TRAIN.options[i]
    before = dict(options)
    edited = faces16.edit(options, **changes)
    assert options == before
    assert faces16.attributes_of(edited) == faces16.attributes_of(options) | changes
    allowed = {
        **{"hair_color": "hairColor", "hair_length": "hairVariant", "mouth": "mouthVariant"},
        **{part: f"{part}Probability" for part in ("glasses", "hat", "beard")},
        "skin": "skinColor",
    }
    changed = {key for key in edited if edited[key] != options[key]}
    assert changed <= {allowed[name] for name in changes}
    assert faces16.edit(edited, **changes) == edited


@given(ANY_FACE, st.sampled_from(["glasses", "hat", "beard"]))
def test_taking_off_what_was_put_on_gives_the_same_face(i: int, part: str):
    options = TRAIN.options[i]
    value = faces16.attributes_of(options)[part]
    other = {"yes": "no", "no": "yes"}[value]
    assert faces16.edit(faces16.edit(options, **{part: other}), **{part: value}) == options


@given(ANY_FACE, CHANGES)
def test_hair_stays_visible_after_any_edit(i: int, changes: dict[str, str]):
    edited = faces16.edit(TRAIN.options[i], **changes)
    hair = faces16.PARTS["hair"].index(str(edited["hairVariant"]))
    hat = faces16.PARTS["hat"].index(str(edited["hatVariant"]))
    assert faces16.hair_visible()[hair, hat] >= faces16.MIN_HAIR


@given(st.integers(0, 2047))
def test_render_draws_the_stored_face(i: int):
    np.testing.assert_array_equal(
        faces16.render(TEST.options[i]), TEST.images[i].permute(1, 2, 0).numpy()
    )


@given(
    ANY_FACE,
    st.sampled_from(
        [
            *((name, value) for name in ("glasses", "hat", "beard") for value in ("no", "yes")),
            *(("hair_color", value) for value in faces16.ATTRIBUTES["hair_color"].values),
            *(("skin", value) for value in faces16.ATTRIBUTES["skin"].values),
            *(("mouth", value) for value in ("sad", "happy")),
            *(("hair_length", value) for value in ("short", "long")),
        ]
    ),
)
def test_every_edit_can_be_seen(i: int, change: tuple[str, str]):
    options = TRAIN.options[i]
    edited = faces16.edit(options, **dict([change]))
    difference = np.abs(faces16.render(edited).astype(int) - faces16.render(options)).max(axis=2)
    if edited == options:
        assert not difference.any()
    else:
        assert (difference >= 4).sum() >= 2


def test_wrong_names_are_refused():
    options = TRAIN.options[0]
    with pytest.raises(UserError, match=r"no attribute 'moustache'.*beard"):
        faces16.edit(options, moustache="yes")
    with pytest.raises(UserError, match=r"hair_color cannot be 'pink'.*blonde"):
        faces16.edit(options, hair_color="pink")
    with pytest.raises(UserError, match="splits train and test, not 'valid'"):
        faces16.load_faces("valid")


def test_without_the_extra_render_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setitem(sys.modules, "dicebear", None)
    faces16.style.cache_clear()
    try:
        with pytest.raises(UserError, match=r"gan-minimal\[data\]"):
            faces16.render(TRAIN.options[0])
    finally:
        faces16.style.cache_clear()
