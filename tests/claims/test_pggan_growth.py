"""Growing and not growing are compared at equal numbers of operations."""

import pytest

from gan_minimal.claims.pggan_growth import measure


def test_rounds_cost_more_the_more_has_grown():
    growing, full = measure.costs(grows=True), measure.costs(grows=False)

    assert len(growing) == len(full) == measure.ROUNDS
    each = [b - a for a, b in zip([0.0, *growing], growing, strict=False)]
    phases = [each[i * measure.PHASE + 50] for i in range(5)]  # 4, fading in 8, 8, fading in 16, 16
    assert phases[0] < phases[2] < phases[4]
    assert phases[1] > phases[2]  # two layers to and from colours more
    assert phases[3] > phases[4]
    assert phases[4] == pytest.approx(full[0])
    assert full[-1] == pytest.approx(measure.ROUNDS * full[0])


def test_a_convolution_is_counted_as_on_paper():
    """A doubling of feature maps at 4x4: 2 * 9 * inputs * outputs operations for each pixel."""
    model = measure.begun(0, True)[0].model
    generator = model.generator
    widths = model.fmaps[1:]
    pixels = 16
    latent = 2 * model.latent * widths[0] * 16 * pixels  # the dense layer, as a 4x4 convolution
    second = 2 * 9 * widths[0] ** 2 * pixels
    colours = 2 * widths[0] * 3 * pixels
    judge = 2 * 9 * (widths[0] + 1) * widths[0] * pixels
    judge += 2 * 16 * widths[0] * model.fmaps[0] + 2 * model.fmaps[0]

    counted = measure.costs(grows=True)[0]

    expected = latent + second + colours + 4 * (colours + judge)
    assert counted == pytest.approx(expected, rel=0.01)
    assert len(generator.blocks) == 3


@pytest.mark.nightly
def test_growth_is_compared_at_equal_numbers_of_operations(measured_small):
    values = measured_small(measure, PHASE=1, ROUNDS=9, LOOKS=2, SAMPLES=100)

    assert all(0 < share <= 1 for share in values["needed"])
    growing, full = measure.costs(True)[-1], measure.costs(False)
    assert full[int(values["full_rounds"][0]) - 1] == pytest.approx(growing, rel=0.1)
