"""WGAN equals its authors' networks and schedule, and its critic never leaves its box."""

import pytest
import torch
from torch import nn

from gan_minimal import models
from gan_minimal.models.wgan import WGAN, clip_weights
from gan_minimal.training import loop

SMALL = {"size": 8, "width": 4, "latent": 4}


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.fixture(scope="module")
def paper() -> WGAN:
    torch.manual_seed(0)
    return WGAN(**models.preset("wgan", "paper")["model"])


def seen_by_critic(model: WGAN) -> list[torch.Tensor]:
    """A list that fills with the images that the critic is shown."""
    seen: list[torch.Tensor] = []
    model.critic.register_forward_pre_hook(lambda _, images: seen.append(images[0].detach()))
    return seen


def reach(network: nn.Module) -> float:
    """The largest weight of a network, whatever its sign."""
    return max(p.abs().max().item() for p in network.parameters())


def test_paper_preset_has_the_official_number_of_parameters(paper):
    assert count(paper.generator) == 3_576_704
    assert count(paper.critic) == 2_765_568


def test_paper_preset_sees_the_minibatches_of_25_epochs():
    """As in the authors' loop, where each of the critic's moves takes a minibatch of its own."""
    minibatches, rounds = 25 * 202_599 // 64, 0
    while minibatches > 0:
        minibatches -= 100 if rounds < 25 or rounds % 500 == 0 else 5
        rounds += 1

    assert models.preset("wgan", "paper")["train"]["steps"] == rounds


def test_networks_are_those_of_dcgan_without_a_probability_at_the_end(paper):
    def kinds(network):
        return [type(layer).__name__ for layer in network]

    hidden = ["ConvTranspose2d", "BatchNorm2d", "ReLU"]
    assert kinds(paper.generator) == ["Unflatten", *(4 * hidden), "ConvTranspose2d", "Tanh"]
    hidden = ["Conv2d", "BatchNorm2d", "LeakyReLU"]
    assert kinds(paper.critic) == ["Conv2d", "LeakyReLU", *(3 * hidden), "Conv2d", "Flatten"]


def test_both_players_have_the_optimiser_of_the_paper(paper):
    optimizers = paper.optimizers()

    assert list(optimizers) == ["critic", "generator"]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.RMSprop)
        assert optimizer.defaults["lr"] == 5e-5
        assert optimizer.defaults["momentum"] == 0
    assert (paper.clip, paper.n_critic) == (0.01, 5)
    assert models.preset("wgan", "paper")["train"]["batch"] == 5 * 64


@pytest.mark.parametrize(
    ("step", "moves"), [(0, 100), (24, 100), (25, 5), (499, 5), (500, 100), (501, 5), (1000, 100)]
)
def test_the_critic_moves_as_often_as_in_the_authors_code(step, moves):
    model = WGAN(**SMALL)

    model.schedule(step, model.optimizers())
    players = [player for player, _ in model.step((torch.randn(10, 3, 8, 8),))]

    assert players == ["critic"] * moves + ["generator"]


def test_the_tiny_preset_has_no_long_rounds():
    model = models.build("wgan", **models.preset("wgan")["model"])

    model.schedule(0, model.optimizers())

    assert model.moves == model.n_critic == 5


def test_losses_are_differences_of_mean_scores():
    model = WGAN(**SMALL)
    model.critic = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 1), nn.Flatten(0))
    nn.init.ones_(model.critic[1].weight)  # the score is the sum of all pixels
    model.generator = nn.Sequential(nn.Linear(4, 192), nn.Unflatten(1, (3, 8, 8)))
    nn.init.zeros_(model.generator[0].weight)
    nn.init.constant_(model.generator[0].bias, 0.5)
    model.clip = 1.0

    moves = list(model.step((torch.full((10, 3, 8, 8), 0.25),)))

    bias = model.critic[1].bias.item()
    assert [player for player, _ in moves] == ["critic"] * 5 + ["generator"]
    assert [loss.item() for _, loss in moves[:5]] == pytest.approx([192 * 0.25] * 5, abs=1e-3)
    assert moves[5][1].item() == pytest.approx(-192 * 0.5 - bias, abs=1e-3)


def test_every_move_of_the_critic_has_real_images_and_noise_of_its_own():
    """Algorithm 1, line 3; popular code moves the critic five times on the same images."""
    model = WGAN(**SMALL)
    seen = seen_by_critic(model)
    images = torch.randn(10, 3, 8, 8)

    list(model.step((images,)))

    fakes, reals = seen[0:10:2], seen[1:10:2]
    assert torch.equal(torch.cat(reals), images)
    assert len({fake.sum().item() for fake in fakes}) == 5


def test_a_long_round_goes_through_the_minibatches_in_turn():
    model = WGAN(**SMALL, n_critic=2, n_critic_long=5)
    seen = seen_by_critic(model)
    images = torch.randn(4, 3, 8, 8)

    model.schedule(0, model.optimizers())
    list(model.step((images,)))

    first, second = images[:2], images[2:]
    for shown, real in zip(seen[1:10:2], [first, second, first, second, first], strict=True):
        assert torch.equal(shown, real)


def test_minibatches_may_be_of_unequal_sizes():
    model = WGAN(**SMALL)
    seen = seen_by_critic(model)

    list(model.step((torch.randn(12, 3, 8, 8),)))

    assert [len(images) for images in seen[1:10:2]] == [3, 3, 2, 2, 2]


def test_a_batch_smaller_than_the_number_of_moves_is_refused():
    with pytest.raises(ValueError, match="4 images are not enough for 5 minibatches"):
        list(WGAN(**SMALL).step((torch.randn(4, 3, 8, 8),)))


def test_clipping_reaches_every_parameter():
    network = nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4))
    with torch.no_grad():
        network[0].weight.fill_(-1), network[0].bias.fill_(0.005)

    clip_weights(network, 0.01)

    assert (network[0].weight == -0.01).all()
    assert (network[0].bias == 0.005).all()  # what is in the box already stays as it is
    assert (network[1].weight == 0.01).all()  # the authors' code clips these too


def test_whoever_looks_at_the_critic_sees_it_clipped():
    """The authors' code clips before the move: its generator learns from an unclipped critic."""
    settings = loop.Settings(data="", batch=10, steps=1)
    model = WGAN(**SMALL, lr=0.1, n_critic_long=5)  # far steps: the critic leaves its box
    run = loop.start(model, settings)
    judged: list[float] = []
    run.model.critic.register_forward_pre_hook(lambda critic, _: judged.append(reach(critic)))

    moved = []
    for player, _ in loop.play(run, (torch.randn(10, 3, 8, 8),), settings):
        moved.append((player, reach(run.model.critic)))

    assert judged == [pytest.approx(0.01)] * 11  # 5 times fake and real, then the generator's
    assert all(after > 0.05 for player, after in moved if player == "critic")
    assert moved[-1] == ("generator", pytest.approx(0.01))


def test_each_move_leaves_the_other_player_without_gradient():
    settings = loop.Settings(data="", batch=10, steps=1)
    run = loop.start(WGAN(**SMALL, n_critic_long=5), settings)
    generator, critic = run.model.generator, run.model.critic
    moves = loop.play(run, (torch.randn(10, 3, 8, 8),), settings)

    for _ in range(5):
        assert next(moves)[0] == "critic"
        assert all(p.grad is None for p in generator.parameters())
    judged = [p.grad.clone() for p in critic.parameters()]
    assert all(grad.any() for grad in judged)

    assert next(moves)[0] == "generator"
    assert all(p.grad is not None for p in generator.parameters())
    for parameter, before in zip(critic.parameters(), judged, strict=True):
        assert torch.equal(parameter.grad, before)


@pytest.mark.slow
def test_paper_preset_plays_a_round_on_the_cpu():
    preset = models.preset("wgan", "paper")
    settings = loop.Settings(**preset["train"] | {"batch": 10})
    run = loop.new("wgan", preset["model"] | {"n_critic_long": 5}, settings)
    before = {name: p.clone() for name, p in run.model.named_parameters()}

    losses = dict(loop.play(run, (torch.rand(10, 3, 64, 64) * 2 - 1,), settings))

    assert losses.keys() == {"critic", "generator"}
    assert all(loss.isfinite() for loss in losses.values())
    assert all(not torch.equal(p, before[name]) for name, p in run.model.named_parameters())


@pytest.mark.parametrize("arguments", [{}, {"size": 16, "width": 8}, {"size": 8, "channels": 1}])
def test_samples_are_images_in_the_range_of_the_data(arguments):
    model = WGAN(**arguments).eval()

    drawn = model.sample(5)

    assert drawn.shape == (5, model.channels, model.size, model.size)
    assert drawn.abs().max() <= 1
    assert not drawn.requires_grad
    assert model.critic(drawn).shape == (5,)


@pytest.mark.parametrize("size", [0, 4, 12, 63, -8])
def test_sizes_that_halving_does_not_reach_are_refused(size):
    with pytest.raises(ValueError, match=f"power of two of at least 8, not {size}"):
        WGAN(size=size)
