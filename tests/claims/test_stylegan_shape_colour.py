"""Shares of changed shapes and colours come from other faces each time, and repeat."""

import pytest

from gan_minimal.claims.stylegan_early_layers import measure as early
from gan_minimal.claims.stylegan_shape_colour import measure


@pytest.mark.slow
def test_shares_of_changed_faces_are_labelled_and_repeat(measured_small, monkeypatch):
    monkeypatch.setattr(early, "PAIRS", 16)

    values = measured_small(measure)

    assert values.keys() == set(measure.CLAIM.plot)
    assert all(len(set(each)) > 1 for each in values.values())  # other faces each time
    assert values == measure.measure()
