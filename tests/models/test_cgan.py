"""CGAN has the paper's networks and the paper's schedule, and both players know the condition."""

import math

import pytest
import torch
from torch import nn

from gan_minimal import models
from gan_minimal.models import sampling
from gan_minimal.models.cgan import CGAN, Maxout, one_hot
from gan_minimal.training import loop

CLASSES = (3, 4)


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.fixture
def small() -> CGAN:
    torch.manual_seed(0)
    return CGAN(size=8, classes=CLASSES, latent=4)


def a_batch(n: int = 16) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(1)
    columns = [torch.randint(k, (n,)) for k in CLASSES]
    return (torch.rand(n, 1, 8, 8) * 2 - 1, *columns)


def test_paper_preset_has_the_papers_number_of_parameters():
    model = CGAN(**models.preset("cgan", "paper")["model"])

    assert count(model.generator) == 2_413_984
    assert count(model.discriminator) == 1_224_351


def test_paper_preset_draws_digits_on_demand():
    model = CGAN(**models.preset("cgan", "paper")["model"]).eval()

    drawn = model.sample(3, torch.tensor([[0], [1], [9]]))

    assert drawn.shape == (3, 1, 28, 28)
    assert drawn.abs().max() <= 1
    assert model.discriminator(drawn, torch.tensor([[0], [1], [9]])).shape == (3,)


def test_an_example_has_a_number_for_each_label(small):
    assert CGAN().example == (3, 0)
    assert small.example == tuple(x.ndim - 1 for x in a_batch())


def test_maxout_takes_the_largest_piece_and_drops_half_in_training():
    maxout = Maxout(1, units=2, pieces=2)
    with torch.no_grad():
        maxout.linear.weight.copy_(torch.tensor([[1.0], [5.0], [-2.0], [-3.0]]))
        maxout.linear.bias.zero_()

    assert torch.equal(maxout.eval()(torch.ones(1, 1)), torch.tensor([[5.0, -2.0]]))
    many = maxout.train()(torch.ones(10_000, 1))
    assert (many == 0).double().mean() == pytest.approx(0.5, abs=0.02)


def test_labels_become_one_code_each_side_by_side():
    codes = one_hot(torch.tensor([[2, 0], [0, 3]]), CLASSES)

    assert codes.tolist() == [[0, 0, 1, 1, 0, 0, 0], [1, 0, 0, 0, 0, 0, 1]]


def test_schedule_of_the_paper_ends_where_it_says():
    model = CGAN()
    optimizers = model.optimizers()

    for step, lr, momentum in [(0, 0.1, 0.5), (125_000, 0.1 / 1.00004**125_000, 0.7)]:
        model.schedule(step, optimizers)
        for optimizer in optimizers.values():
            (group,) = optimizer.param_groups
            assert group["lr"] == pytest.approx(lr)
            assert group["momentum"] == pytest.approx(momentum)
    last = models.preset("cgan", "paper")["train"]["steps"] - 1
    model.schedule(last, optimizers)
    assert optimizers["generator"].param_groups[0]["lr"] == pytest.approx(1e-6, rel=1e-3)
    model.schedule(10**6, optimizers)
    assert optimizers["generator"].param_groups[0]["lr"] == 1e-6


def test_both_players_are_told_the_condition(small):
    small.eval()
    images, first, second = a_batch(8)
    labels = torch.stack([first, second], dim=1)
    others = (labels + 1) % torch.tensor(CLASSES)
    z = small.noise(8)

    with torch.no_grad():
        assert not torch.equal(small.generator(z, labels), small.generator(z, others))
        logits = [small.discriminator(images, condition) for condition in (labels, others)]
    assert not torch.equal(*logits)


def test_a_discriminator_that_cannot_tell_loses_two_log_two(small):
    for p in small.discriminator.parameters():
        nn.init.zeros_(p)

    (_, discriminator), (_, generator) = small.step(a_batch())

    assert discriminator.item() == pytest.approx(2 * math.log(2), rel=1e-6)
    assert generator.item() == pytest.approx(math.log(2), rel=1e-6)


def test_every_weight_is_moved_by_a_round(small):
    settings = loop.Settings(data="", batch=16, steps=1)
    run = loop.start(small, settings)
    before = {name: p.clone() for name, p in run.model.named_parameters()}

    players = [player for player, _ in loop.play(run, a_batch(), settings)]

    assert players == ["discriminator", "generator"]
    assert all(not torch.equal(p, before[name]) for name, p in run.model.named_parameters())


def test_a_seed_draws_the_same_images_again(small):
    assert torch.equal(sampling.sample(small, 4, seed=3), sampling.sample(small, 4, seed=3))
