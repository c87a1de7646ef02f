"""Images of other phases are like the photograph in colours and spectrum alone."""

import pytest
import torch

from gan_minimal.claims.singan_one_image import measure
from gan_minimal.scoring import single_photo


def test_other_phases_keep_mean_colours_and_spectrum_alone(photo):
    drawn = measure.other_phases(photo, 3, seed=0)

    assert drawn.shape == (3, 3, *photo.shape[2:])
    assert torch.allclose(drawn.mean(dim=(2, 3)), photo.mean(dim=(2, 3)).expand(3, -1), atol=1e-5)
    sizes = torch.fft.rfft2(drawn).abs()
    assert torch.allclose(sizes, torch.fft.rfft2(photo).abs().expand(3, -1, -1, -1), atol=0.05)
    mirrored = single_photo.patch_distance(photo.flip(3), photo)
    assert single_photo.patch_distance(drawn, photo).min() > 2 * mirrored
    assert torch.equal(drawn, measure.other_phases(photo, 3, seed=0))


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small, short_singan):
    measured_small(measure, SAMPLES=4)
