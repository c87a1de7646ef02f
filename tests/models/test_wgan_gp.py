"""WGAN-GP equals its authors' networks, and its penalty the closed forms of a linear critic."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal import models
from gan_minimal.models.wgan_gp import WGANGP, gradient_penalty
from gan_minimal.training import loop

SMALL = {"size": 8, "channels": 3, "width": 4, "latent": 4}


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def linear_critic(weight: torch.Tensor) -> nn.Sequential:
    """The critic x -> w·x, whose slope is |w| everywhere."""
    critic = nn.Sequential(nn.Flatten(), nn.Linear(weight.numel(), 1, bias=False), nn.Flatten(0))
    critic[1].weight.data = weight.reshape(1, -1)
    return critic


@pytest.fixture(scope="module")
def paper() -> WGANGP:
    torch.manual_seed(0)
    return WGANGP(**models.preset("wgan_gp", "paper")["model"])


def test_paper_preset_has_the_official_number_of_parameters(paper):
    assert count(paper.generator) == 1_554_177
    assert count(paper.critic) == 1_030_145


def test_the_popular_port_differs_by_the_kernel_of_its_last_layer(paper):
    last = [layer for layer in paper.generator if isinstance(layer, nn.ConvTranspose2d)][-1]

    assert last.weight.shape == (64, 1, 5, 5)
    assert count(paper.generator) + 64 * (8 * 8 - 5 * 5) == 1_556_673  # caogang/wgan-gp


def test_paper_preset_has_the_official_feature_maps(paper):
    def shapes(network, x, kinds):
        seen = []
        for layer in network:
            x = layer(x)
            if isinstance(layer, kinds):
                seen.append(list(x.shape[1:]))
        return seen

    drawn = shapes(paper.generator, torch.randn(2, 128), nn.Unflatten | nn.ConvTranspose2d)
    judged = shapes(paper.critic, torch.randn(2, 1, 28, 28), nn.Conv2d)

    assert drawn == [[256, 4, 4], [128, 7, 7], [64, 14, 14], [1, 28, 28]]
    assert judged == [[64, 14, 14], [128, 7, 7], [256, 4, 4]]


def test_the_layer_that_draws_7_pixels_draws_8_and_crops(paper):
    layer = paper.generator[3]
    x = torch.randn(2, 256, 4, 4)

    whole = F.conv_transpose2d(x, layer.weight, layer.bias, 2, padding=2, output_padding=1)

    assert whole.shape[2:] == (8, 8)
    assert torch.allclose(layer(x), whole[:, :, :7, :7], atol=1e-5)


def test_weights_begin_as_at_the_authors(paper):
    """The widths are arithmetic on their code: sqrt(4 / (inputs + outputs)), by the tap."""
    spreads = {
        "generator.0": math.sqrt(2 / (128 + 4096)),
        "generator.3": math.sqrt(4 / (25 * 256 / 4 + 25 * 128)),
        "generator.7": math.sqrt(4 / (25 * 64 / 4 + 25 * 1)),
        "critic.0": math.sqrt(4 / (25 * 1 + 25 * 64 / 4)),
        "critic.2": math.sqrt(4 / (25 * 64 + 25 * 128 / 4)),
        "critic.7": math.sqrt(2 / (4096 + 1)),
    }
    for name, spread in spreads.items():
        layer = paper.get_submodule(name)
        assert layer.weight.std().item() == pytest.approx(spread, rel=0.05)
        assert layer.weight.abs().max().item() <= spread * math.sqrt(3)
        assert not layer.bias.any()


def test_both_players_have_the_optimiser_of_the_authors_script(paper):
    optimizers = paper.optimizers()

    assert list(optimizers) == ["critic", "generator"]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.Adam)
        assert optimizer.defaults["lr"] == 1e-4
        assert optimizer.defaults["betas"] == (0.5, 0.9)
    assert (paper.lambda_gp, paper.n_critic) == (10, 5)
    assert models.preset("wgan_gp", "paper")["train"] == {
        "data": "mnist",
        "batch": 5 * 50,
        "steps": 200_000,
    }


@pytest.mark.parametrize("scale", [0.0, 0.5, 1.0, 3.0])
def test_penalty_of_a_linear_critic_is_the_closed_form(scale):
    """It is (|w| - 1)², whatever the images and wherever between them it looks."""
    direction = F.normalize(torch.randn(3 * 8 * 8), dim=0)
    critic = linear_critic(scale * direction)

    penalty = gradient_penalty(critic, torch.randn(6, 3, 8, 8), torch.randn(6, 3, 8, 8))

    assert penalty.item() == pytest.approx((scale - 1) ** 2, abs=1e-5)
    (gradient,) = torch.autograd.grad(penalty, critic.parameters())
    assert gradient.isfinite().all()  # also where the slope is 0 and its root has none
    if scale:
        assert torch.allclose(gradient[0], 2 * (scale - 1) * direction, atol=1e-5)


def test_golden_numbers_of_the_penalty():
    weight = torch.zeros(3, 8, 8)
    weight[0, 0, 0] = 3
    real, fake = torch.randn(6, 3, 8, 8), torch.randn(6, 3, 8, 8)

    penalty = gradient_penalty(linear_critic(weight), real, fake).item()

    assert penalty == pytest.approx(4)
    assert WGANGP().lambda_gp * penalty == pytest.approx(40)


def test_the_slope_is_the_norm_over_all_pixels_and_colours():
    """Popular code takes the norm over the colours of each pixel: that would be 0.75 here."""
    weight = torch.full((3, 8, 8), 2 / math.sqrt(3 * 8 * 8))  # its norm is 2

    penalty = gradient_penalty(
        linear_critic(weight), torch.randn(6, 3, 8, 8), torch.randn(6, 3, 8, 8)
    )

    assert penalty.item() == pytest.approx(1, abs=1e-5)


def test_every_image_has_one_alpha_of_its_own():
    """Popular code once drew one for each pixel: then the points are not between two images."""
    seen = []
    critic = linear_critic(torch.randn(3 * 8 * 8))
    critic.register_forward_pre_hook(lambda _, images: seen.append(images[0].detach()))
    real, fake = torch.zeros(500, 3, 8, 8), torch.ones(500, 3, 8, 8)

    gradient_penalty(critic, real, fake)

    alphas = seen[0].flatten(1)
    assert (alphas == alphas[:, :1]).all()
    assert alphas[:, 0].unique().numel() == 500
    assert 0 <= alphas.min() < 0.05
    assert 0.95 < alphas.max() <= 1
    assert alphas.mean().item() == pytest.approx(0.5, abs=0.06)


def test_the_slope_is_summed_up_in_float32_under_bfloat16():
    weight = torch.full((3, 16, 16), 1 / 16)  # each 1/16 is exact in bfloat16, and |w| = sqrt(3)
    critic = linear_critic(weight)

    with torch.autocast("cpu", torch.bfloat16):
        penalty = gradient_penalty(critic, torch.randn(4, 3, 16, 16), torch.randn(4, 3, 16, 16))

    assert penalty.dtype == torch.float32
    assert penalty.item() == pytest.approx((math.sqrt(3) - 1) ** 2, rel=1e-5)


def test_critic_judges_every_image_by_itself(paper):
    """So there is no batch normalisation: it would make one image's score depend on the others."""
    images = torch.randn(4, 1, 28, 28)

    together = paper.critic.train()(images)
    alone = torch.cat([paper.critic(image[None]) for image in images])

    assert torch.allclose(together, alone, atol=1e-5)


def test_losses_are_the_distance_and_the_penalty():
    model = WGANGP(**SMALL)
    model.critic = linear_critic(torch.full((3, 8, 8), 1.0))  # the score is the sum of all pixels
    model.generator = nn.Sequential(nn.Linear(4, 192), nn.Unflatten(1, (3, 8, 8)))
    nn.init.zeros_(model.generator[0].weight)
    nn.init.constant_(model.generator[0].bias, 0.5)

    moves = list(model.step((torch.full((10, 3, 8, 8), 0.25),)))

    critic = 192 * 0.5 - 192 * 0.25 + 10 * (math.sqrt(192) - 1) ** 2
    assert [player for player, _ in moves] == ["critic"] * 5 + ["generator"]
    assert [loss.item() for _, loss in moves[:5]] == pytest.approx([critic] * 5, rel=1e-4)
    assert moves[5][1].item() == pytest.approx(-192 * 0.5, rel=1e-4)


def test_every_move_of_the_critic_has_real_images_and_noise_of_its_own():
    model = WGANGP(**SMALL)
    seen: list[torch.Tensor] = []
    model.critic.register_forward_pre_hook(lambda _, images: seen.append(images[0].detach()))
    images = torch.randn(10, 3, 8, 8)

    list(model.step((images,)))

    reals, fakes = seen[0:15:3], seen[1:15:3]  # and then the points between them
    assert torch.equal(torch.cat(reals), images)
    assert len({fake.sum().item() for fake in fakes}) == 5


def test_a_batch_smaller_than_the_number_of_moves_is_refused():
    with pytest.raises(ValueError, match="4 images are not enough for 5 minibatches"):
        list(WGANGP(**SMALL).step((torch.randn(4, 3, 8, 8),)))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_each_move_leaves_the_other_player_without_gradient(precision):
    """Popular code forgets to detach the fakes when the critic moves."""
    settings = loop.Settings(data="", batch=10, steps=1, precision=precision)
    run = loop.start(WGANGP(**SMALL), settings)
    generator, critic = run.model.generator, run.model.critic
    moves = loop.play(run, (torch.randn(10, 3, 8, 8),), settings)

    for _ in range(5):
        assert next(moves)[0] == "critic"
        assert all(p.grad is None for p in generator.parameters())
    judged = [p.grad.clone() for p in critic.parameters()]
    assert all(grad.any() for grad in judged[:-1])  # the last bias cancels in a difference

    assert next(moves)[0] == "generator"
    assert all(p.grad.any() for p in generator.parameters())
    for parameter, before in zip(critic.parameters(), judged, strict=True):
        assert torch.equal(parameter.grad, before)


def test_the_penalty_brings_slopes_to_one():
    """A critic that only minimises the penalty ends at slope 1, from above and from below."""
    torch.manual_seed(0)
    for scale in (0.2, 4.0):
        critic = linear_critic(scale * F.normalize(torch.randn(192), dim=0))
        optimizer = torch.optim.SGD(critic.parameters(), lr=0.1)
        for _ in range(60):
            optimizer.zero_grad()
            gradient_penalty(critic, torch.randn(2, 3, 8, 8), torch.randn(2, 3, 8, 8)).backward()
            optimizer.step()
        assert critic[1].weight.norm().item() == pytest.approx(1, abs=1e-3)


def test_paper_preset_plays_a_round_on_the_cpu():
    preset = models.preset("wgan_gp", "paper")
    settings = loop.Settings(**preset["train"] | {"batch": 10})
    run = loop.new("wgan_gp", preset["model"], settings)

    losses = dict(loop.play(run, (torch.rand(10, 1, 28, 28) * 2 - 1,), settings))

    assert losses.keys() == {"critic", "generator"}
    assert all(loss.isfinite() for loss in losses.values())


@pytest.mark.parametrize("size", [5, 7, 8, 16, 28, 64])
def test_samples_are_images_in_the_range_of_the_data(size):
    model = WGANGP(size=size, width=8).eval()

    drawn = model.sample(5)

    assert drawn.shape == (5, 1, size, size)
    assert drawn.abs().max() <= 1
    assert not drawn.requires_grad
    assert model.critic(drawn).shape == (5,)


@pytest.mark.parametrize("size", [4, 0, -8])
def test_sizes_without_a_convolution_are_refused(size):
    with pytest.raises(ValueError, match=f"at least 5, not {size}"):
        WGANGP(size=size)
