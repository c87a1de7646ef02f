"""Images that differ by the noise of one scale differ by nothing else."""

import pytest
import torch

from gan_minimal.claims.singan_coarse_places import measure


def test_images_differ_by_the_noise_of_one_scale_only(singan):
    seen = []
    for generator in singan.generators:
        generator.register_forward_pre_hook(lambda _, given: seen.append(given[0]))

    layout, detail = measure.scattered(singan, 2)

    alike = [bool((noise == noise[:1]).all()) for noise in seen]
    assert alike == [True, True, False, True]
    assert torch.equal(seen[0][:1], singan.z_rec(1)[0])
    assert not seen[1].any()
    assert layout > 0
    assert detail > 0


def test_without_noise_nothing_scatters(singan):
    singan.generators[3].amplitude.zero_()

    assert max(measure.scattered(singan, 3)) == pytest.approx(0, abs=1e-6)


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small, short_singan):
    measured_small(measure, SAMPLES=4)
