"""Both domains are measured against their own floors, and before anything is learned."""

import pytest
import torch

from gan_minimal.claims import _helpers
from gan_minimal.claims.stylegan_not_only_faces import measure


def test_what_never_changes_lowers_the_share_of_a_pixels_variance():
    noise = torch.randn(400, 1, 4, 4)
    half = noise.clone()
    half[:, :, :2] = 0.0  # the same in all images

    assert measure.variance_share(noise) == pytest.approx(1, abs=0.01)
    assert measure.variance_share(half) == pytest.approx(1, abs=0.01)  # no less beside its own mean
    half[:, :, :2] = 1.0
    assert measure.variance_share(half) == pytest.approx(0.5 / (0.5 + 0.25), abs=0.03)
    assert measure.variance_share(noise[:1].expand(9, -1, -1, -1)) == pytest.approx(0, abs=1e-12)


@pytest.mark.slow
def test_real_images_of_both_domains_are_at_their_floors():
    floors = {name: measure.distance(name) for name in measure.SETS}

    assert all(0 < floor < 2 for floor in floors.values())
    assert measure.images("hangul", "test").shape == (1175, 1, 16, 16)
    assert measure.images("faces", "test").shape == (2048, 3, 16, 16)


@pytest.mark.slow
def test_before_it_learns_a_network_is_far_from_hangul_and_draws_with_all_layers():
    model = _helpers.untrained_stylegan(10, "hangul32", channels=1)

    assert model.sample(2).shape == (2, 1, 16, 16)
    assert model.growth(int(model.generator.rounds_played)) == (2, 1.0)
    assert measure.untrained(10) > 5 * measure.distance("hangul")


def test_features_of_hangul_do_not_depend_on_the_number_of_channels():
    glyphs = measure.images("hangul", "test")[:4]

    found = _helpers.hangul_features(glyphs.repeat(1, 3, 1, 1))

    assert torch.allclose(found, _helpers.hangul_features(glyphs), atol=1e-5)


@pytest.mark.nightly
def test_it_measures_what_it_labels(measured_small):
    values = measured_small(measure, STYLEGAN_ROUNDS=2)

    assert values["faces"][1] == values["faces_distance"][1] / values["faces_floor"][1]
    assert len(measure.opening()) == 8
