"""Path lengths are those of ways whose length is known, and w is z where nothing maps."""

import math

import pytest
import torch

from gan_minimal.claims import _helpers
from gan_minimal.claims.stylegan_mapping import measure
from gan_minimal.editing import stylegan as editing


def test_the_path_length_of_a_linear_map_is_the_squared_length_of_its_way():
    a, b, weights = (
        torch.randn(shape, dtype=torch.float64) for shape in ((50, 4), (50, 4), (4, 9))
    )
    places = torch.rand(50, 1, dtype=torch.float64)

    found = measure.path_length(lambda t: torch.lerp(a, b, t) @ weights, places)

    assert found == pytest.approx(((b - a) @ weights).square().sum(1).mean().item(), rel=1e-6)


def test_a_quarter_of_a_circle_is_walked_at_its_length():
    a, b = torch.eye(3, dtype=torch.float64)[:2].repeat_interleave(20, 0).chunk(2)
    places = torch.rand(20, 1, dtype=torch.float64)

    found = measure.path_length(lambda t: 3 * editing.arc(5 * a, 7 * b, t), places)

    assert found == pytest.approx((3 * math.pi / 2) ** 2, rel=1e-6)


@pytest.mark.slow
def test_steps_on_a_way_are_short_enough_and_not_yet_noise(stylegan, monkeypatch):
    monkeypatch.setattr(measure, "PAIRS", 100)
    found = measure.path_lengths(stylegan)
    monkeypatch.setattr(measure, "STEP", 3e-5)

    assert measure.path_lengths(stylegan) == pytest.approx(found, rel=0.02)


def test_without_a_mapping_a_style_is_the_latent_on_its_sphere(monkeypatch):
    monkeypatch.setattr(measure, "FACES", 8)
    model = _helpers.untrained_stylegan(0, **measure.changes(mapped=False))

    z, w, read = measure.read_faces(model)

    assert list(model.generator.mapping.parameters()) == []
    assert torch.allclose(w, z * z.shape[1] ** 0.5, atol=1e-4)
    assert read.keys() == {"hair_length", "glasses", "hat", "beard", "mouth"}
    assert measure.changes(mapped=True) == {}


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small):
    values = measured_small(measure, STYLEGAN_ROUNDS=2, PAIRS=8, FACES=200, SAMPLES=100)

    assert min(values["path_without"]) > 0
    assert min(values["separability_w"]) >= 1
