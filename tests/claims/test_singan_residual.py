"""The two networks that are compared differ by their skip alone."""

import pytest

from gan_minimal.claims.singan_residual import measure


@pytest.mark.slow
def test_the_opening_tells_the_skip_from_its_absence():
    losses = measure.opening()

    with_skip, without = losses[:4], losses[4:]
    # at the coarsest scale there is nothing to add to
    assert with_skip[:2] == pytest.approx(without[:2], rel=1e-9)
    assert with_skip[2:] != pytest.approx(without[2:], rel=1e-2)


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small, short_singan):
    measured_small(measure, SAMPLES=4)
