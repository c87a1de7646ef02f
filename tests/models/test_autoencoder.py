"""Autoencoder has the paper's sizes and losses, copies images, and draws from its own codes."""

import math

import pytest
import torch
from torch import nn
from torch.utils.data import TensorDataset

from gan_minimal import models
from gan_minimal.models import sampling
from gan_minimal.models.autoencoder import Autoencoder, Codes
from gan_minimal.training import loop


@pytest.fixture(scope="module")
def paper() -> Autoencoder:
    torch.manual_seed(0)
    return Autoencoder(**models.preset("autoencoder", "paper")["model"])


@pytest.fixture
def small() -> Autoencoder:
    return Autoencoder(size=4, channels=3, hidden=(16,), code=5, binary=False)


def maps(network: nn.Module) -> list[tuple[int, int]]:
    layers = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
    return [(layer.in_features, layer.out_features) for layer in layers]


def test_paper_preset_has_the_official_layers(paper):
    assert maps(paper.encoder) == [(784, 1000), (1000, 500), (500, 250), (250, 30)]
    assert maps(paper.decoder) == [(30, 250), (250, 500), (500, 1000), (1000, 784)]
    assert sum(p.numel() for p in paper.parameters()) == 2_837_314
    assert isinstance(paper.encoder[-1], nn.Linear)  # the code is linear: any real numbers


def test_paper_preset_trains_for_the_epochs_of_the_authors():
    settings = models.preset("autoencoder", "paper")["train"]

    assert settings["steps"] * settings["batch"] == 200 * 60_000


def test_error_of_grey_pixels_is_the_closed_form(paper):
    """A decoder that says one half everywhere is wrong by log 2 for each pixel, whatever it is."""
    model = Autoencoder(size=4, hidden=(), code=2)
    for parameter in model.decoder.parameters():
        nn.init.zeros_(parameter)

    [(player, error)] = model.step((torch.rand(6, 1, 4, 4) * 2 - 1,))

    assert player == "autoencoder"
    assert error.item() == pytest.approx(16 * math.log(2))


def test_error_of_colours_is_the_squared_distance(small):
    images = torch.rand(6, 3, 4, 4) * 2 - 1

    [(_, error)] = small.step((images,))

    away = small.decoder(small.encoder(images)) - images
    assert error.item() == pytest.approx(away.square().sum().item() / 6)


def test_error_of_certain_pixels_does_not_overflow():
    model = Autoencoder(size=4, hidden=(), code=2)
    nn.init.constant_(model.decoder[0].bias, 1e4)

    [(_, error)] = model.step((torch.full((2, 1, 4, 4), -1.0),))

    assert error.isfinite()
    assert model.decode(torch.zeros(1, 2)).max() == 1


@pytest.mark.slow
def test_without_hidden_layers_it_finds_the_subspace_of_pca():
    directions = torch.linalg.qr(torch.randn(48, 48)).Q
    spread = torch.tensor([3.0, 2.0, 1.5] + [0.1] * 45)
    points = (torch.randn(512, 48) * spread) @ directions.T
    settings = loop.Settings(data="", batch=128, steps=1000, seed=0)
    model = Autoencoder(size=4, channels=3, hidden=(), code=3, binary=False, lr=1e-2)
    dataset = TensorDataset(points.view(-1, 3, 4, 4))

    loop.train(loop.start(model, settings), dataset, settings, quiet=True)

    axes = torch.linalg.qr(model.decoder[0].weight.detach()).Q
    principal = torch.linalg.eigh(torch.cov(points.T)).eigenvectors[:, -3:]
    cosines = torch.linalg.svdvals(axes.T @ principal)
    assert cosines.min() > math.cos(math.radians(3))


def test_statistics_of_the_codes_are_updated_while_training_and_only_then(small):
    images = torch.rand(6, 3, 4, 4) * 2 - 1
    before = small.codes.mean.clone()

    list(small.eval().step((images,)))
    assert torch.equal(small.codes.mean, before)
    list(small.train().step((images,)))
    assert not torch.equal(small.codes.mean, before)


def test_codes_are_drawn_from_the_distribution_of_those_seen():
    mean = torch.tensor([3.0, -1.0, 0.5])
    root = torch.tensor([[2.0, 0.0, 0.0], [1.0, 0.5, 0.0], [0.3, -0.2, 0.1]])
    codes = Codes(3)

    for _ in range(1000):
        codes.update(mean + torch.randn(100, 3) @ root.T)
    drawn = codes.sample(100_000)

    assert drawn.mean(0).tolist() == pytest.approx(mean.tolist(), abs=0.1)
    assert torch.allclose(torch.cov(drawn.T), root @ root.T, rtol=0.05, atol=0.05)


def test_codes_are_drawn_though_rounding_left_a_negative_variance():
    codes = Codes(2)
    codes.covariance.copy_(torch.tensor([[1.0, 1.0], [1.0, 0.9995]]))  # as half precision may

    drawn = codes.sample(1000)

    assert drawn.isfinite().all()
    assert torch.corrcoef(drawn.T)[0, 1] > 0.999


def test_what_is_recorded_is_enough_to_draw_and_to_copy(small):
    """Sampling needs the codes' mean and covariance, not the data."""
    parts = {part for name in small.recorded for part in small.get_submodule(name).state_dict()}

    assert set(small.recorded) == {part for part, _ in small.named_children()}
    assert {"mean", "covariance"} <= parts


def test_codes_are_averaged_with_the_weights():
    settings = loop.Settings(data="", batch=4, steps=1, ema=0.9)
    model = Autoencoder(size=4, channels=3, hidden=(16,), code=5, binary=False)
    run = loop.start(model, settings)
    run.model.train()
    means = []
    for _ in range(2):
        list(loop.play(run, (torch.rand(4, 3, 4, 4) * 2 - 1,), settings))
        means.append(run.model.codes.mean.clone())

    averaged = run.sampler.codes.mean
    assert torch.allclose(averaged, 0.9 * means[0] + 0.1 * means[1])


@pytest.mark.parametrize("which", ["tiny", "paper"])
def test_draws_copies_and_blends_are_images_in_the_range_of_the_data(which):
    model = Autoencoder(**models.preset("autoencoder", which)["model"]).eval()
    shape = (model.channels, model.size, model.size)
    images = torch.rand(4, *shape) * 2 - 1

    for drawn in (model.sample(4), model.reconstruct(images), model.interpolate(*images[:2], 4)):
        assert drawn.shape == (4, *shape)
        assert drawn.abs().max() <= 1
        assert not drawn.requires_grad


def test_an_interpolation_begins_and_ends_at_the_copies(small):
    a, b = images = torch.rand(2, 3, 4, 4) * 2 - 1

    between = small.interpolate(a, b, 7)

    assert torch.allclose(between[[0, -1]], small.reconstruct(images), atol=1e-6)
    assert small.interpolate(a, b, 1).shape == (1, 3, 4, 4)


def test_the_same_seed_draws_the_same_images(small):
    first, again, other = (sampling.sample(small, 3, seed) for seed in (1, 1, 2))

    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize("arguments", [{"code": 0}, {"hidden": (16, 0)}])
def test_empty_layers_are_refused(arguments):
    with pytest.raises(ValueError, match="at least one unit, not"):
        Autoencoder(**arguments)
