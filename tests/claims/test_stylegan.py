"""What the claims about PGGAN and StyleGAN measure is measured rightly."""

import pytest
import torch

from gan_minimal import models
from gan_minimal.claims import _helpers
from gan_minimal.claims.pggan_growth import measure as growth
from gan_minimal.claims.stylegan_early_layers import measure as early
from gan_minimal.claims.stylegan_shape_colour import measure as shape_colour
from gan_minimal.models.stylegan import StyleGAN


def test_rounds_cost_more_the_more_has_grown():
    growing, full = growth.costs(grows=True), growth.costs(grows=False)

    assert len(growing) == len(full) == growth.ROUNDS
    each = [b - a for a, b in zip([0.0, *growing], growing, strict=False)]
    phases = [each[i * growth.PHASE + 50] for i in range(5)]  # 4, fading in 8, 8, fading in 16, 16
    assert phases[0] < phases[2] < phases[4]
    assert phases[1] > phases[2]  # two layers to and from colours more
    assert phases[3] > phases[4]
    assert phases[4] == pytest.approx(full[0])
    assert full[-1] == pytest.approx(growth.ROUNDS * full[0])


def test_a_convolution_is_counted_as_on_paper():
    """A doubling of feature maps at 4x4: 2 * 9 * inputs * outputs operations for each pixel."""
    model = growth.begun(0, True)[0].model
    generator = model.generator
    widths = model.fmaps[1:]
    pixels = 16
    latent = 2 * model.latent * widths[0] * 16 * pixels  # the dense layer, as a 4x4 convolution
    second = 2 * 9 * widths[0] ** 2 * pixels
    colours = 2 * widths[0] * 3 * pixels
    judge = 2 * 9 * (widths[0] + 1) * widths[0] * pixels
    judge += 2 * 16 * widths[0] * model.fmaps[0] + 2 * model.fmaps[0]

    counted = growth.costs(grows=True)[0]

    expected = latent + second + colours + 4 * (colours + judge)
    assert counted == pytest.approx(expected, rel=0.01)
    assert len(generator.blocks) == 3


@pytest.mark.slow
def test_growth_is_compared_at_equal_numbers_of_operations(monkeypatch):
    monkeypatch.setattr(growth, "PHASE", 1)
    monkeypatch.setattr(growth, "ROUNDS", 9)
    monkeypatch.setattr(growth, "LOOKS", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 1)

    values = growth.measure()

    assert values.keys() == growth.CLAIM.words("en").labels.keys()
    assert {len(each) for each in values.values()} == {3}
    assert all(0 < share <= 1 for share in values["needed"])
    growing, full = growth.costs(True)[-1], growth.costs(False)
    assert full[int(values["full_rounds"][0]) - 1] == pytest.approx(growing, rel=0.1)


@pytest.fixture
def model() -> StyleGAN:
    torch.manual_seed(0)
    preset = models.preset("stylegan")["model"] | {"rounds": 0}
    return models.build("stylegan", **preset).eval()


def test_swapped_faces_get_all_of_another_face_or_nothing(model):
    before, all_swapped = early.swapped(model, slice(0, early.LAYERS))
    again, none_swapped = early.swapped(model, slice(0, 0))

    assert torch.equal(before, again)
    assert torch.equal(again, none_swapped)
    assert before.shape == (early.PAIRS, 3, 16, 16)
    assert (all_swapped != before).flatten(1).any(dim=1).all()


@pytest.mark.slow
def test_early_layers_measure_what_they_label(monkeypatch):
    monkeypatch.setattr(_helpers, "STYLEGAN_ROUNDS", 2)
    monkeypatch.setattr(early, "PAIRS", 8)
    monkeypatch.setattr("os.cpu_count", lambda: 1)

    values = early.measure()

    assert values.keys() == early.CLAIM.words("en").labels.keys()
    assert {len(each) for each in values.values()} == {3}
    shares = [v for name in values if name.startswith(("shape", "colour")) for v in values[name]]
    assert len(shares) == 2 * 3 * 3
    assert all(0 <= share <= 1 for share in shares)
    assert early.opening() == early.opening()


def test_shares_of_changed_faces_are_labelled_and_repeat(monkeypatch):
    monkeypatch.setattr(early, "PAIRS", 16)

    values = shape_colour.measure()

    assert (
        values.keys()
        == shape_colour.CLAIM.words("en").labels.keys()
        == set(shape_colour.CLAIM.plot)
    )
    assert all(len(set(each)) > 1 for each in values.values())  # other faces each time
    assert values == shape_colour.measure()


def test_faces_that_stay_as_they_are_have_changed_neither_shape_nor_colour(model):
    before, after = early.swapped(model, slice(0, 0))

    assert early.changed(before, after) == {"shape": 0, "colour": 0}
