"""VAE equals the official network, its two terms are the closed forms, and gradients pass."""

import math

import pytest
import torch
from torch import distributions, nn
from torch.distributions import Bernoulli, Normal

from gan_minimal import models
from gan_minimal.models import sampling
from gan_minimal.models.vae import VAE, kl_divergence, reparameterize
from gan_minimal.training import loop


@pytest.fixture(scope="module")
def paper() -> VAE:
    torch.manual_seed(0)
    return VAE(**models.preset("vae", "paper")["model"])


@pytest.fixture
def small() -> VAE:
    return VAE(size=4, channels=3, hidden=(16,), latent=5, sigma=0.3)


def test_paper_preset_has_the_official_layers(paper):
    layers = [layer for layer in paper.modules() if isinstance(layer, nn.Linear)]
    maps = [(layer.in_features, layer.out_features) for layer in layers]

    assert maps == [(784, 400), (400, 2 * 20), (20, 400), (400, 784)]
    assert sum(p.numel() for p in paper.parameters()) == 652_824


def test_paper_preset_has_the_official_optimiser_and_schedule(paper):
    [optimizer] = paper.optimizers().values()
    settings = models.preset("vae", "paper")["train"]

    assert isinstance(optimizer, torch.optim.Adam)
    assert (optimizer.defaults["lr"], optimizer.defaults["betas"]) == (1e-3, (0.9, 0.999))
    assert settings["batch"] == 128
    assert settings["steps"] == 10 * math.ceil(60_000 / 128)


@pytest.mark.parametrize(
    ("mean", "log_variance", "nats"),
    [(0.0, 0.0, 0.0), (1.0, 0.0, 0.5), (0.0, 1.0, 0.35914091422952255)],
)
def test_divergence_is_the_closed_form(mean, log_variance, nats):
    each = kl_divergence(torch.full((2, 3), mean), torch.full((2, 3), log_variance))

    assert each.tolist() == pytest.approx([3 * nats] * 2)


def test_divergence_is_that_of_two_normal_distributions():
    mean, log_variance = torch.randn(2, 6, 4)

    wanted = distributions.kl_divergence(
        Normal(mean, (log_variance / 2).exp()), Normal(0.0, 1.0)
    ).sum(1)

    assert torch.allclose(kl_divergence(mean, log_variance), wanted, atol=1e-5)


def test_latent_is_drawn_from_the_mean_and_the_variance():
    drawn = reparameterize(torch.full((100_000, 1), 3.0), torch.full((100_000, 1), math.log(4.0)))

    assert drawn.mean().item() == pytest.approx(3, abs=0.05)
    assert drawn.std().item() == pytest.approx(2, abs=0.05)


def test_gradients_reach_the_mean_and_the_variance_through_the_draw():
    """Of z = m + exp(v / 2) e: dz/dm = 1, and dz/dv = (z - m) / 2 for the noise that was drawn."""
    mean, log_variance = (torch.randn(5, 3, requires_grad=True) for _ in range(2))
    z = reparameterize(mean, log_variance)

    z.sum().backward()

    assert torch.equal(mean.grad, torch.ones(5, 3))
    assert torch.allclose(log_variance.grad, (z - mean).detach() / 2, atol=1e-6)


def test_reconstruction_loss_is_the_density_of_the_pixels(small):
    outputs, images = torch.randn(2, 6, 3, 4, 4)

    wanted = -Normal(outputs, 0.3).log_prob(images).flatten(1).sum(1)

    assert torch.allclose(small.reconstruction_loss(outputs, images), wanted, rtol=1e-5)


def test_reconstruction_loss_of_ink_is_its_probability():
    model = VAE(size=4, hidden=(8,), latent=2)
    logits, ink = torch.randn(6, 1, 4, 4), torch.randint(2, (6, 1, 4, 4)).float()

    wanted = -Bernoulli(logits=logits).log_prob(ink).flatten(1).sum(1)

    assert torch.allclose(model.reconstruction_loss(logits, 2 * ink - 1), wanted, rtol=1e-5)


def test_loss_is_the_sum_of_both_terms_for_an_image(small):
    """Popular code takes the mean over the pixels, which makes the divergence all that counts."""
    images = torch.rand(6, 3, 4, 4) * 2 - 1
    torch.manual_seed(1)
    [(player, loss)] = small.step((images,))

    torch.manual_seed(1)
    mean, log_variance = small.encode(images)
    outputs = small.decoder(reparameterize(mean, log_variance))
    terms = small.reconstruction_loss(outputs, images) + kl_divergence(mean, log_variance)
    assert player == "autoencoder"
    assert terms.shape == (6,)
    assert loss.item() == pytest.approx(terms.mean().item())


def test_every_weight_is_moved_by_a_round(paper):
    preset = models.preset("vae", "paper")
    settings = loop.Settings(**preset["train"] | {"batch": 4})
    run = loop.new("vae", preset["model"], settings)
    before = {name: p.clone() for name, p in run.model.named_parameters()}

    [(player, loss)] = loop.play(run, (torch.rand(4, 1, 28, 28) * 2 - 1,), settings)

    # untrained, it says one half everywhere, which costs log 2 a pixel
    assert (player, loss.item()) == ("autoencoder", pytest.approx(784 * math.log(2), rel=0.02))
    assert all(not torch.equal(p, before[name]) for name, p in run.model.named_parameters())


@pytest.mark.parametrize("which", ["tiny", "paper"])
def test_draws_copies_and_blends_are_images_in_the_range_of_the_data(which):
    model = VAE(**models.preset("vae", which)["model"]).eval()
    shape = (model.channels, model.size, model.size)
    images = torch.rand(4, *shape) * 2 - 1

    for drawn in (model.sample(4), model.reconstruct(images), model.interpolate(*images[:2], 4)):
        assert drawn.shape == (4, *shape)
        assert drawn.abs().max() <= 1
        assert not drawn.requires_grad


def test_copies_and_blends_go_through_the_mean_without_noise(small):
    a, b = images = torch.rand(2, 3, 4, 4) * 2 - 1

    copies = small.reconstruct(images)

    assert torch.equal(copies, small.reconstruct(images))
    assert torch.equal(copies, small.decode(small.encode(images)[0]).detach())
    assert torch.allclose(small.interpolate(a, b, 7)[[0, -1]], copies, atol=1e-6)


def test_the_same_seed_draws_the_same_images(small):
    first, again, other = (sampling.sample(small, 3, seed) for seed in (1, 1, 2))

    assert torch.equal(first, again)
    assert not torch.equal(first, other)


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"latent": 0}, "at least one unit"),
        ({"hidden": (0,)}, "at least one unit"),
        ({"sigma": 0.0}, "sigma must be above zero, not 0.0"),
        ({"sigma": -1.0}, "sigma must be above zero, not -1.0"),
    ],
)
def test_what_cannot_be_built_is_refused(arguments, complaint):
    with pytest.raises(ValueError, match=complaint):
        VAE(**arguments)
