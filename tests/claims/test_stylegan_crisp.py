"""Networks that smooth and that do not begin with the same weights."""

import pytest
import torch

from gan_minimal.claims import _helpers
from gan_minimal.claims.stylegan_crisp import measure
from gan_minimal.models.stylegan import PIXEL_ART


def test_networks_that_smooth_and_that_do_not_begin_with_the_same_weights():
    smooth, sharp = (_helpers.stylegan_run(10, **each)[0].model for each in ({}, PIXEL_ART))

    assert all(
        torch.equal(x, y) for x, y in zip(smooth.parameters(), sharp.parameters(), strict=True)
    )
    assert smooth.gamma == sharp.gamma == 10


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small):
    values = measured_small(measure, STYLEGAN_ROUNDS=2, SAMPLES=100)

    assert set(values["smooth"]).isdisjoint(values["crisp"])
    assert len(measure.opening()) == 8
