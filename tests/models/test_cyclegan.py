"""CycleGAN equals the authors' networks; its pool, its schedule and its losses are as published."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal import models
from gan_minimal.models.cyclegan import CycleGAN, ImagePool, ResNet
from gan_minimal.models.protocol import TwoWayTranslator
from gan_minimal.training import checkpoint, loop

SMALL = {
    "size": 16,
    "channels": 1,
    "width": 4,
    "downsamplings": 1,
    "residual_blocks": 1,
    "discriminator_width": 4,
    "discriminator_downsamplings": 1,
    "pool_size": 4,
}


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def batch(n: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(n, 1, 16, 16) * 2 - 1, torch.rand(n, 1, 16, 16) * 2 - 1


@pytest.fixture(scope="module")
def paper() -> CycleGAN:
    torch.manual_seed(0)
    return CycleGAN(**models.preset("cyclegan", "paper")["model"])


def test_paper_preset_has_the_official_number_of_parameters(paper):
    for generator in paper.generators.values():
        assert count(generator) == 11_378_179
    for discriminator in paper.discriminators.values():
        assert count(discriminator) == 2_764_737
    assert count(paper) == 28_285_832


def test_layers_are_those_of_the_paper(paper):
    norms = [part for part in paper.modules() if isinstance(part, nn.InstanceNorm2d)]
    assert not any(norm.affine or norm.track_running_stats for norm in norms)
    for generator in paper.generators.values():
        convolutions = [p for p in generator.modules() if isinstance(p, nn.Conv2d)]
        assert [c.kernel_size[0] for c in convolutions] == [7, *20 * [3], 7]
        # all but the two that halve are padded by mirroring, none by zeros
        assert [c.padding[0] for c in convolutions] == [0, 1, 1, *19 * [0]]
        mirrors = [p.padding[0] for p in generator.modules() if isinstance(p, nn.ReflectionPad2d)]
        assert mirrors == [3, *18 * [1], 3]


def test_borders_are_mirrored():
    """With zeros around it a flat image would come out with a frame."""
    network = ResNet(channels=1, width=4, downsamplings=0, residual_blocks=2)
    flat = nn.Sequential(*(part for part in network if not isinstance(part, nn.InstanceNorm2d)))
    for part in flat.modules():
        for name, child in part.named_children():
            if isinstance(child, nn.InstanceNorm2d):
                setattr(part, name, nn.Identity())

    drawn = flat(torch.full((1, 1, 12, 12), 0.5))

    assert drawn.std() < 1e-6


def test_discriminator_gives_30_by_30_scores_at_256_pixels(paper):
    with torch.no_grad():
        scores = paper.discriminators["a"](torch.zeros(1, 3, 256, 256))

    assert scores.shape == (1, 1, 30, 30)


def test_generators_keep_the_size_of_256_pixels():
    with torch.device("meta"):  # sizes without numbers
        model = CycleGAN(**models.preset("cyclegan", "paper")["model"])
        images = torch.empty(1, 3, 256, 256)
        assert [each(images).shape for each in model.generators.values()] == [images.shape] * 2


def test_weights_begin_as_in_the_paper(paper):
    for layer in paper.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
            spread = 0.02 / math.sqrt(2 * layer.weight.numel())  # of a standard deviation
            assert layer.weight.std().item() == pytest.approx(0.02, abs=5 * spread)
            assert layer.weight.mean().item() == pytest.approx(0, abs=10 * spread)
            assert not layer.bias.any()


def test_players_have_the_optimiser_and_the_weights_of_the_paper(paper):
    optimizers = paper.optimizers()

    assert list(optimizers) == ["generators", "discriminators"]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.Adam)
        assert optimizer.defaults["lr"] == 2e-4
        assert optimizer.defaults["betas"] == (0.5, 0.999)
    assert (paper.lambda_cycle, paper.lambda_identity) == (10, 0.5)
    assert len(paper.pool_a.images) == len(paper.pool_b.images) == 50
    settings = models.preset("cyclegan", "paper")["train"]
    assert settings["batch"] == 1
    assert settings["steps"] == 200 * paper.epoch_rounds


@pytest.mark.parametrize(
    ("epoch", "factor"),
    [
        (0, 1.0),
        (98, 1.0),
        (99, 1.0),
        (100, 0.9900990099009901),
        (150, 0.49504950495049505),
        (199, 0.00990099009900991),
    ],
)
def test_learning_rate_falls_as_in_the_authors_port(epoch, factor):
    model = CycleGAN(**SMALL, epoch_rounds=7)
    optimizers = model.optimizers()

    for step in (7 * epoch, 7 * epoch + 6):  # the first and the last round of an epoch
        model.schedule(step, optimizers)

        rates = [group["lr"] for o in optimizers.values() for group in o.param_groups]
        assert rates == pytest.approx([2e-4 * factor] * 2)


def test_learning_rate_ends_above_zero_and_never_falls_below_it():
    model = CycleGAN(**SMALL)
    optimizers = model.optimizers()
    last = models.preset("cyclegan", "paper")["train"]["steps"] - 1

    model.schedule(last, optimizers)
    assert optimizers["generators"].param_groups[0]["lr"] == pytest.approx(2e-4 / 101)
    model.schedule(10 * last, optimizers)
    assert optimizers["generators"].param_groups[0]["lr"] == 0


# The pool


def numbered(first: int, n: int) -> torch.Tensor:
    """`n` images of one pixel that tell which they are."""
    return torch.arange(first, first + n).float().reshape(n, 1, 1, 1)


def test_a_pool_that_is_not_full_shows_what_it_is_given():
    pool = ImagePool(50, (1, 1, 1))

    shown = pool.query(numbered(0, 50))

    assert torch.equal(shown, numbered(0, 50))
    assert torch.equal(pool.images, numbered(0, 50))


def test_a_full_pool_swaps_every_other_image_for_an_old_one():
    pool = ImagePool(50, (1, 1, 1))
    pool.query(numbered(0, 50))

    shown = torch.cat([pool.query(numbered(50 + i, 1)) for i in range(2000)]).flatten()

    new = torch.arange(50.0, 2050.0)
    old = shown[shown != new]
    assert len(old) / 2000 == pytest.approx(0.5, abs=0.04)  # 3.5 standard deviations
    assert (old < new[shown != new]).all()
    assert len(old.unique()) == len(old)  # what has been shown is in the pool no more
    kept = pool.images.flatten()
    assert len(kept.unique()) == 50
    # nothing is lost: every image has been shown or is still there
    assert set(new.tolist()) | set(range(50)) == set(shown.tolist()) | set(kept.tolist())


def test_images_of_the_pool_carry_no_gradient_and_are_part_of_the_checkpoint(tmp_path):
    settings = loop.Settings(data="", batch=3, steps=2)
    run = loop.new("cyclegan", SMALL, settings)
    for _ in range(2):
        list(loop.play(run, batch(), settings))

    checkpoint.save(tmp_path / "c.pt", loop.contents(run, "cyclegan", SMALL, settings))
    again, _, _ = loop.resume(tmp_path / "c.pt")

    assert int(run.model.pool_b.filled) == 4
    assert not run.model.pool_b.images.requires_grad
    assert run.model.pool_b.images.any()
    assert torch.equal(again.model.pool_b.images, run.model.pool_b.images)
    assert torch.equal(again.model.pool_a.filled, run.model.pool_a.filled)


def test_the_discriminators_see_old_fakes():
    model = CycleGAN(**SMALL)
    model.pool_b.query(torch.full((4, 1, 16, 16), 0.25))
    seen: list[torch.Tensor] = []
    model.discriminators["b"].register_forward_pre_hook(lambda _, x: seen.append(x[0]))

    for _ in range(6):
        list(model.step(batch()))

    olds = seen[2::3]  # of each round: new fakes, real images, and fakes out of the pool
    assert len(olds) == 6
    assert any((image == 0.25).all() for images in olds for image in images)
    assert not any(images.requires_grad for images in olds)


# The losses


class Shift(nn.Module):
    """A generator that adds a number."""

    def __init__(self, by: float) -> None:
        super().__init__()
        self.by = nn.Parameter(torch.tensor(by))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.by


class Constant(nn.Module):
    """A discriminator that gives everything the same score."""

    def __init__(self, score: float) -> None:
        super().__init__()
        self.score = nn.Parameter(torch.tensor(score))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.score.expand(len(x), 1, 2, 2)


def test_losses_are_those_of_the_paper():
    model = CycleGAN(**SMALL)
    model.generators = nn.ModuleDict({"a_to_b": Shift(0.3), "b_to_a": Shift(-0.1)})
    model.discriminators = nn.ModuleDict({"a": Constant(0.2), "b": Constant(0.7)})

    moves = list(model.step(batch()))

    fooled = (0.7 - 1) ** 2 + (0.2 - 1) ** 2
    cycle, identity = 2 * 0.2, 0.3 + 0.1
    assert [player for player, _ in moves] == ["generators", "discriminators"]
    assert moves[0][1].item() == pytest.approx(fooled + 10 * cycle + 5 * identity, rel=1e-4)
    # half of the squares for real and for fake images, of both discriminators
    expected = 0.5 * ((0.2 - 1) ** 2 + 0.2**2) + 0.5 * ((0.7 - 1) ** 2 + 0.7**2)
    assert moves[1][1].item() == pytest.approx(expected, rel=1e-5)


def test_identity_loss_leaves_alone_what_is_of_the_right_kind():
    """Its gradient for the way a to b comes from images of b alone."""
    a, b = batch()
    gradients = []
    for weight in (0.0, 0.5):
        torch.manual_seed(0)
        model = CycleGAN(**SMALL, lambda_identity=weight)
        _, loss = next(model.step((a, b)))
        gradients.append(torch.autograd.grad(loss, model.generators["a_to_b"][1].weight)[0])
    way = model.generators["a_to_b"]

    (alone,) = torch.autograd.grad(5 * F.l1_loss(way(b), b), way[1].weight)

    torch.testing.assert_close(gradients[1] - gradients[0], alone, atol=1e-5, rtol=1e-3)


def test_each_move_leaves_the_other_players_without_gradient():
    settings = loop.Settings(data="", batch=3, steps=1)
    run = loop.start(CycleGAN(**SMALL), settings)
    generators, discriminators = run.model.generators, run.model.discriminators
    moves = loop.play(run, batch(), settings)

    assert next(moves)[0] == "generators"
    assert all(p.grad is None for p in discriminators.parameters())
    drawn = [p.grad.clone() for p in generators.parameters()]
    assert all(grad.any() for grad in drawn[:1])

    assert next(moves)[0] == "discriminators"
    assert all(p.grad is not None for p in discriminators.parameters())
    for parameter, before in zip(generators.parameters(), drawn, strict=True):
        assert torch.equal(parameter.grad, before)


@pytest.mark.parametrize(("direction", "other"), [("a_to_b", "b_to_a"), ("b_to_a", "a_to_b")])
def test_translations_are_images_in_the_range_of_the_data(direction, other):
    model = CycleGAN(**models.preset("cyclegan")["model"]).eval()
    images = torch.rand(5, 1, 32, 32) * 2 - 1

    drawn = model.translate(images, direction)

    assert drawn.shape == images.shape
    assert drawn.abs().max() <= 1
    assert not drawn.requires_grad
    torch.testing.assert_close(model.train().translate(images[1:2], direction), drawn[1:2])
    assert not torch.allclose(model.translate(images, other), drawn)
    assert count(model.generators) < 500_000  # a megabyte in half precision


def test_the_first_direction_is_the_default_and_others_are_unknown():
    model = CycleGAN(**SMALL).eval()
    images, _ = batch()

    assert isinstance(model, TwoWayTranslator)
    assert torch.equal(model.translate(images), model.translate(images, model.directions[0]))
    with pytest.raises(KeyError, match="a_to_c"):
        model.translate(images, "a_to_c")


def test_networks_as_deep_as_the_papers_play_a_round():
    small = {"size": 64, "width": 16, "discriminator_width": 16}
    preset = models.preset("cyclegan", "paper")
    settings = loop.Settings(**preset["train"])
    run = loop.new("cyclegan", preset["model"] | small, settings)
    before = {name: p.clone() for name, p in run.model.named_parameters()}

    losses = dict(
        loop.play(run, tuple(torch.rand(1, 3, 64, 64) * 2 - 1 for _ in range(2)), settings)
    )

    assert losses.keys() == {"generators", "discriminators"}
    assert all(0 < loss < 100 for loss in losses.values())
    moved = [name for name, p in run.model.named_parameters() if not torch.equal(p, before[name])]
    assert len(moved) > 0.9 * len(before)  # biases before a normalisation have no gradient
    assert int(run.model.pool_a.filled) == int(run.model.pool_b.filled) == 1


def test_sizes_that_halving_does_not_reach_are_refused():
    with pytest.raises(ValueError, match="multiple of 4, not 30"):
        CycleGAN(size=30)
