"""Faces get the styles of other faces in the layers that are named, and nowhere else."""

import pytest
import torch

from gan_minimal.claims.stylegan_early_layers import measure


@pytest.mark.slow
def test_swapped_faces_get_all_of_another_face_or_nothing(stylegan):
    before, all_swapped = measure.swapped(stylegan, slice(0, measure.LAYERS))
    again, none_swapped = measure.swapped(stylegan, slice(0, 0))

    assert torch.equal(before, again)
    assert torch.equal(again, none_swapped)
    assert before.shape == (measure.PAIRS, 3, 16, 16)
    assert (all_swapped != before).flatten(1).any(dim=1).all()


@pytest.mark.slow
def test_faces_that_stay_as_they_are_have_changed_neither_shape_nor_colour(stylegan):
    before, after = measure.swapped(stylegan, slice(0, 0))

    assert measure.changed(before, after) == {"shape": 0, "colour": 0}


@pytest.mark.slow
def test_early_layers_measure_what_they_label(measured_small):
    values = measured_small(measure, STYLEGAN_ROUNDS=2, PAIRS=8)

    shares = [v for name in values if name.startswith(("shape", "colour")) for v in values[name]]
    assert len(shares) == 2 * 3 * 3
    assert all(0 <= share <= 1 for share in shares)
