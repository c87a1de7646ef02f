"""GAN equals the networks, the initialisation and the schedule of its authors' mnist.yaml."""

import math

import pytest
import torch
from torch import nn

from gan_minimal import models
from gan_minimal.models.gan import GAN, Maxout
from gan_minimal.training import loop


@pytest.fixture(scope="module")
def paper() -> GAN:
    torch.manual_seed(0)
    return GAN(**models.preset("gan", "paper")["model"])


def test_paper_preset_has_the_official_number_of_parameters(paper):
    assert sum(p.numel() for p in paper.generator.parameters()) == 2_503_984
    assert sum(p.numel() for p in paper.discriminator.parameters()) == 1_231_441


def test_layers_are_those_of_the_authors(paper):
    def maps(network):
        layers = [layer for layer in network.modules() if isinstance(layer, nn.Linear)]
        return [(layer.in_features, layer.out_features) for layer in layers]

    assert maps(paper.generator) == [(100, 1200), (1200, 1200), (1200, 784)]
    assert maps(paper.discriminator) == [(784, 240 * 5), (240, 240 * 5), (240, 1)]
    drops = [layer.p for layer in paper.discriminator.modules() if isinstance(layer, nn.Dropout)]
    assert drops == [0.2, 0.5, 0.5]  # keeps 80 % of the pixels and half of the hidden units
    assert not [layer for layer in paper.generator.modules() if isinstance(layer, nn.Dropout)]


def test_maxout_takes_the_largest_of_its_pieces():
    layer = Maxout(3, units=2, pieces=5)
    x = torch.randn(7, 3)

    units = layer.linear(x)

    assert torch.equal(layer(x)[:, 0], units[:, :5].max(1).values)
    assert torch.equal(layer(x)[:, 1], units[:, 5:].max(1).values)


def test_weights_begin_as_at_the_authors(paper):
    for network, reach in ((paper.generator, 0.05), (paper.discriminator, 0.005)):
        for layer in network.modules():
            if isinstance(layer, nn.Linear):
                assert 0.95 * reach < layer.weight.abs().max() <= reach
                assert layer.weight.std().item() == pytest.approx(reach / math.sqrt(3), rel=0.1)
                assert not layer.bias.any()


def test_optimiser_and_schedule_are_those_of_the_authors(paper):
    optimizers = paper.optimizers()

    def at(step):
        paper.schedule(step, optimizers)
        [pair] = {
            (group["lr"], group["momentum"])
            for optimizer in optimizers.values()
            for group in optimizer.param_groups
        }
        return pair

    assert all(isinstance(optimizer, torch.optim.SGD) for optimizer in optimizers.values())
    assert at(0) == (0.1, 0.5)
    assert at(1) == pytest.approx((0.1 / 1.000004, 0.5 + 0.2 / 125_000))
    assert at(62_500) == pytest.approx((0.1 / 1.000004**62_500, 0.6))
    assert at(125_000) == pytest.approx((0.1 / 1.000004**125_000, 0.7))
    assert at(10_000_000) == pytest.approx((1e-6, 0.7))  # neither falls nor rises further
    assert models.preset("gan", "paper")["train"] == {
        "data": "mnist",
        "batch": 100,
        "steps": 250 * 50_000 // 100,
    }


def test_losses_of_an_undecided_discriminator_are_the_closed_forms():
    model = GAN(size=8, hidden=8, units=4)
    for parameter in model.discriminator.parameters():
        nn.init.zeros_(parameter)

    moves = list(model.step((torch.randn(6, 1, 8, 8),)))

    assert [player for player, _ in moves] == ["discriminator", "generator"]
    assert [loss.item() for _, loss in moves] == pytest.approx([math.log(2), math.log(2)])


def test_each_move_leaves_the_other_player_without_gradient():
    settings = loop.Settings(data="", batch=4, steps=1)
    run = loop.start(GAN(size=8, hidden=8, units=4), settings)
    moves = loop.play(run, (torch.randn(4, 1, 8, 8),), settings)

    next(moves)
    assert all(p.grad is None for p in run.model.generator.parameters())
    judged = [p.grad.clone() for p in run.model.discriminator.parameters()]

    next(moves)
    assert all(p.grad is not None for p in run.model.generator.parameters())
    for parameter, before in zip(run.model.discriminator.parameters(), judged, strict=True):
        assert torch.equal(parameter.grad, before)


def test_paper_preset_plays_a_round_on_the_cpu():
    preset = models.preset("gan", "paper")
    settings = loop.Settings(**preset["train"] | {"batch": 4})
    run = loop.new("gan", preset["model"], settings)

    losses = dict(loop.play(run, (torch.rand(4, 1, 28, 28) * 2 - 1,), settings))

    # weights this small decide nothing yet: the game begins at its saddle point
    assert losses["discriminator"].item() == pytest.approx(math.log(2), abs=0.01)
    assert losses["generator"].item() == pytest.approx(math.log(2), abs=0.01)


@pytest.mark.parametrize("which", ["tiny", "paper"])
def test_samples_are_images_in_the_range_of_the_data(which):
    model = models.build("gan", **models.preset("gan", which)["model"]).eval()

    drawn = model.sample(5)

    assert drawn.shape == (5, model.channels, model.size, model.size)
    assert drawn.abs().max() <= 1
    assert model.discriminator(drawn).shape == (5,)


def test_dropout_is_off_when_a_discriminator_is_asked_for_its_opinion(paper):
    images = torch.rand(3, 1, 28, 28) * 2 - 1

    paper.discriminator.train()
    assert not torch.equal(paper.discriminator(images), paper.discriminator(images))
    paper.discriminator.eval()
    assert torch.equal(paper.discriminator(images), paper.discriminator(images))
