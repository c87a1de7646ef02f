"""DCGAN equals the official networks, number for number."""

import math

import pytest
import torch
from torch import nn

from gan_minimal import models
from gan_minimal.models.dcgan import DCGAN
from gan_minimal.training import loop


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.fixture(scope="module")
def paper() -> DCGAN:
    torch.manual_seed(0)
    return DCGAN()


def shapes(network: nn.Module, x: torch.Tensor) -> list[list[int]]:
    """The shapes (C, H, W) of what the convolutions of `network` put out."""
    seen = []
    handles = [
        layer.register_forward_hook(lambda _layer, _x, y: seen.append(list(y.shape[1:])))
        for layer in network.modules()
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
    ]
    network(x)
    for handle in handles:
        handle.remove()
    return seen


@pytest.mark.parametrize(
    ("channels", "generator", "discriminator"),
    [(3, 3_576_704, 2_765_568), (1, 3_574_656, 2_763_520)],
)
def test_paper_preset_has_the_official_number_of_parameters(channels, generator, discriminator):
    model = DCGAN(**models.preset("dcgan", "paper")["model"], channels=channels)

    assert count(model.generator) == generator
    assert count(model.discriminator) == discriminator


def test_paper_preset_has_the_official_feature_maps(paper):
    drawn = shapes(paper.generator, torch.randn(2, 100))
    judged = shapes(paper.discriminator, torch.randn(2, 3, 64, 64))

    assert drawn == [[512, 4, 4], [256, 8, 8], [128, 16, 16], [64, 32, 32], [3, 64, 64]]
    assert judged == [[64, 32, 32], [128, 16, 16], [256, 8, 8], [512, 4, 4], [1, 1, 1]]


def test_layers_are_those_of_the_paper(paper):
    def kinds(network):
        return [type(layer).__name__ for layer in network]

    hidden = ["ConvTranspose2d", "BatchNorm2d", "ReLU"]
    assert kinds(paper.generator) == ["Unflatten", *(4 * hidden), "ConvTranspose2d", "Tanh"]
    hidden = ["Conv2d", "BatchNorm2d", "LeakyReLU"]
    assert kinds(paper.discriminator) == ["Conv2d", "LeakyReLU", *(3 * hidden), "Conv2d", "Flatten"]
    for layer in paper.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            assert layer.kernel_size == (4, 4)
            assert layer.bias is None
        if isinstance(layer, nn.LeakyReLU):
            assert layer.negative_slope == 0.2


def test_batch_normalisation_has_its_usual_epsilon(paper):
    """Popular code passes 0.8 where it means the momentum: that is eps, the second argument."""
    norms = [layer for layer in paper.modules() if isinstance(layer, nn.BatchNorm2d)]

    assert len(norms) == 7
    assert {(norm.eps, norm.momentum) for norm in norms} == {(1e-5, 0.1)}


def test_weights_begin_as_in_the_paper(paper):
    for layer in paper.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            spread = 0.02 / math.sqrt(2 * layer.weight.numel())  # of a standard deviation
            assert layer.weight.std().item() == pytest.approx(0.02, abs=5 * spread)
            assert layer.weight.mean().item() == pytest.approx(0, abs=10 * spread)
        if isinstance(layer, nn.BatchNorm2d):
            spread = 0.02 / math.sqrt(2 * layer.weight.numel())
            assert layer.weight.std().item() == pytest.approx(0.02, abs=5 * spread)
            assert layer.weight.mean().item() == pytest.approx(1, abs=10 * spread)
            assert not layer.bias.any()


def test_both_players_have_the_optimiser_of_the_paper(paper):
    optimizers = paper.optimizers()

    assert list(optimizers) == ["discriminator", "generator"]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.Adam)
        assert optimizer.defaults["lr"] == 2e-4
        assert optimizer.defaults["betas"] == (0.5, 0.999)
        assert optimizer.defaults["weight_decay"] == 0
    assert models.preset("dcgan", "paper")["train"]["batch"] == 128


@pytest.mark.parametrize(
    ("lr_decay", "step", "factor"),
    [
        (None, 0, 1),
        (None, 10**6, 1),
        ((40, 100), 0, 1),
        ((40, 100), 40, 1),
        ((40, 100), 70, 0.5),
        ((40, 100), 99, 1 / 60),
        ((40, 100), 100, 0),
        ((40, 100), 200, 0),
    ],
)
def test_learning_rate_falls_only_if_it_is_asked_to(lr_decay, step, factor):
    model = DCGAN(size=8, width=4, latent=4, lr_decay=lr_decay)
    optimizers = model.optimizers()

    model.schedule(step, optimizers)

    rates = [group["lr"] for o in optimizers.values() for group in o.param_groups]
    assert rates == pytest.approx([2e-4 * factor] * 2)


def test_losses_of_an_undecided_discriminator_are_the_closed_forms():
    model = DCGAN(size=8, width=4, latent=4)
    nn.init.zeros_(model.discriminator[-2].weight)  # every logit is 0 then

    moves = list(model.step((torch.randn(6, 3, 8, 8),)))

    assert [player for player, _ in moves] == ["discriminator", "generator"]
    assert moves[0][1].item() == pytest.approx(2 * math.log(2))
    assert moves[1][1].item() == pytest.approx(math.log(2))


def test_losses_do_not_overflow_when_the_discriminator_is_certain():
    model = DCGAN(size=8, width=4, latent=4)
    with torch.no_grad():
        model.discriminator[-2].weight.fill_(1e4)

    for _, loss in model.step((torch.randn(6, 3, 8, 8),)):
        assert loss.isfinite()


def test_each_move_leaves_the_other_player_without_gradient():
    """Popular code forgets to detach the fakes: their gradients pile up in the generator."""
    settings = loop.Settings(data="", batch=4, steps=1)
    run = loop.start(DCGAN(size=8, width=4, latent=4), settings)
    generator, discriminator = run.model.generator, run.model.discriminator
    moves = loop.play(run, (torch.randn(4, 3, 8, 8),), settings)

    assert next(moves)[0] == "discriminator"
    assert all(p.grad is None for p in generator.parameters())
    judged = [p.grad.clone() for p in discriminator.parameters()]
    assert all(grad.any() for grad in judged)

    assert next(moves)[0] == "generator"
    assert all(p.grad.any() for p in generator.parameters())
    for parameter, before in zip(discriminator.parameters(), judged, strict=True):
        assert torch.equal(parameter.grad, before)


def test_paper_preset_plays_a_round_on_the_cpu():
    preset = models.preset("dcgan", "paper")
    settings = loop.Settings(**preset["train"] | {"batch": 2})
    run = loop.new("dcgan", preset["model"], settings)
    before = {name: p.clone() for name, p in run.model.named_parameters()}

    losses = dict(loop.play(run, (torch.rand(2, 3, 64, 64) * 2 - 1,), settings))

    assert losses.keys() == {"discriminator", "generator"}
    assert all(0 < loss < 20 for loss in losses.values())
    assert all(not torch.equal(p, before[name]) for name, p in run.model.named_parameters())


@pytest.mark.parametrize("arguments", [{}, {"size": 16, "width": 8}, {"size": 8, "channels": 1}])
def test_samples_are_images_in_the_range_of_the_data(arguments):
    model = DCGAN(**arguments).eval()

    drawn = model.sample(5)

    assert drawn.shape == (5, model.channels, model.size, model.size)
    assert drawn.abs().max() <= 1
    assert not drawn.requires_grad
    assert model.discriminator(drawn).shape == (5,)


@pytest.mark.parametrize("size", [0, 4, 12, 63, -8])
def test_sizes_that_halving_does_not_reach_are_refused(size):
    with pytest.raises(ValueError, match=f"power of two of at least 8, not {size}"):
        DCGAN(size=size)
