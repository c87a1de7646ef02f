"""Images are damaged as the claim on distances says, and what it draws repeats."""

import pytest
import torch

from gan_minimal.claims.distance_metrics import measure
from gan_minimal.scoring.distances import frechet_distance


def test_blur_mixes_in_the_neighbours_and_keeps_what_is_even():
    dot = torch.zeros(1, 1, 5, 5)
    dot[0, 0, 2, 2] = 9

    half = measure.blurred(dot, 0.5)

    assert half[0, 0, 2, 2] == 0.5 * 9 + 0.5 * 1
    assert half[0, 0, 1, 1] == 0.5 * 1
    assert half[0, 0, 0, 0] == 0
    even = torch.full((1, 3, 4, 4), -1.0)
    assert torch.allclose(measure.blurred(even, 1), even)  # borders, too


def test_the_commonest_colours_are_lost_first():
    colours = torch.tensor([2, 0, 2, 1, 2, 1])

    assert measure.without(colours, 1).tolist() == [1, 3, 5]
    assert measure.without(colours, 2).tolist() == [1]


def test_vectors_are_drawn_from_the_gaussian_of_the_features():
    features = torch.randn(5000, 3) * torch.tensor([1.0, 2.0, 0.5]) + torch.tensor([5.0, 0.0, -1.0])

    drawn = measure.fitted(features, 20_000, torch.Generator().manual_seed(0))

    assert frechet_distance(drawn, features) == pytest.approx(0, abs=0.01)


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small, monkeypatch):
    seen = torch.randn(8192, 64), torch.arange(8192) % 8  # reading them all takes a while
    monkeypatch.setattr(measure, "readings_of_training", lambda: seen)

    values = measured_small(measure, SAMPLES=40, FEW=10, MANY=200, SEEDS=(0, 1, 2))

    assert all(len(set(each)) > 1 for each in values.values())  # other faces each time
    assert len(measure.opening()) == 2
