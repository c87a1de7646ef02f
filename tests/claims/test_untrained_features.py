"""The claim damages images of three kinds, and compares the orders of models by their ranks."""

import pytest
import torch
from torch import nn

from gan_minimal.claims.untrained_features import measure


class Noisy(nn.Module):
    """Draws real faces with noise on them."""

    def __init__(self, noise: float) -> None:
        super().__init__()
        self.noise = noise

    def sample(self, n: int) -> torch.Tensor:
        images = measure.data.tensors("faces16")[0][:n]
        return (images + self.noise * torch.randn(images.shape)).clamp(-1, 1)


def test_damage_is_graded_and_the_undamaged_images_are_as_they_were():
    images = torch.rand(4, 3, 8, 8) * 2 - 1

    found = measure.damaged(images, torch.Generator().manual_seed(0))

    assert torch.equal(found["none"], images)
    for kind in ("noise", "blur"):
        off = [(found[f"{kind}_{level}"] - images).square().mean() for level in measure.LEVELS]
        assert 0 < off[0] < off[1] < off[2]


@pytest.mark.slow
def test_models_that_both_judges_rank_alike_agree(monkeypatch):
    monkeypatch.setattr(measure, "SAMPLES", 200)
    models = {str(noise): Noisy(noise) for noise in (0.1, 0.8, 0.3)}

    assert measure.agreement(models, seed=1) == pytest.approx(1)


def test_painters_are_the_recorded_models_that_draw_faces():
    found = measure.painters()

    assert {"gan", "dcgan", "wgan", "wgan_gp", "pggan", "stylegan", "vae"} <= set(found)
    assert not {"attributes", "stargan", "cgan", "dcgan_small"} & set(found)


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small, monkeypatch):
    seen = torch.empty(0), torch.arange(8192) % 8  # reading them all takes a while
    monkeypatch.setattr(measure, "readings_of_training", lambda: seen)
    monkeypatch.setitem(measure.SETS, "characters", "faces16")  # these are larger
    monkeypatch.setattr(measure, "painters", lambda: {str(x): Noisy(x) for x in (0.1, 0.5, 0.2)})

    values = measured_small(measure, SAMPLES=60, SEEDS=(0, 1))

    several = {name: each for name, each in values.items() if name != "order"}
    assert all(len(set(each)) > 1 for each in several.values())  # other images each time
    assert len(measure.opening()) == 2
