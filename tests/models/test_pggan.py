"""PGGAN has the official sizes, layers, losses and settings."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal import models, zoo
from gan_minimal.models import sampling
from gan_minimal.models.pggan import (
    PGGAN,
    MinibatchStdDev,
    PixelNorm,
    conv_block,
    equalized_lr,
    process_reals,
)
from gan_minimal.training import checkpoint, fingerprint, loop

# Rounds 0 to 3 have 4 pixels, 4 and 5 fade in 8, up to 9 settle them, 10 and 11 fade in 16.
SMALL = {"size": 16, "latent": 8, "fmap_base": 16, "fmap_max": 8, "rounds": 3}
SETTINGS = loop.Settings(data="", batch=4, steps=14, ema=0.9)


def original(layer: nn.Module, name: str = "weight") -> torch.Tensor:
    """The parameter itself, not what the layer makes of it."""
    return layer.parametrizations[name].original


def scale(layer: nn.Module, name: str = "weight") -> float:
    """What a layer with equalised learning rate multiplies its parameter by."""
    return layer.parametrizations[name][0].scale


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.fixture
def real() -> torch.Tensor:
    return torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(7)) * 2 - 1


def play(run: loop.Run, real: torch.Tensor, rounds: int) -> list[list[tuple[str, float]]]:
    run.model.train()
    return [
        [(player, loss.item()) for player, loss in loop.play(run, (real,), SETTINGS)]
        for _ in range(rounds)
    ]


@pytest.fixture(scope="module")
def paper() -> PGGAN:
    torch.manual_seed(0)
    return PGGAN(**models.preset("pggan", "paper")["model"])


# The layers


def test_networks_have_the_official_numbers_of_parameters(paper):
    assert paper.fmaps == [512, 512, 512, 512, 512, 256, 128, 64, 32, 16]  # of 2 to 1024 pixels
    assert count(paper.generator) == 23_079_115
    assert count(paper.discriminator) == 23_087_249


def test_a_popular_port_differs_by_two_layers(paper):
    """facebookresearch/pytorch_GAN_zoo: 23,086,795 and, as it comes, 23,082,641."""
    first, compared = paper.generator.blocks[0][2][0], paper.discriminator.final[1][0]

    assert first.bias.shape == (512,)  # there, each of 4x4 pixels has a bias of its own
    assert count(paper.generator) + 512 * 16 - 512 == 23_086_795
    assert compared.weight.shape == (512, 513, 3, 3)  # there, images are not compared
    assert count(paper.discriminator) - 512 * 9 == 23_082_641


@torch.no_grad()
def test_networks_double_the_size_up_to_1024_pixels():
    model = PGGAN(latent=2, fmap_max=1)
    z = model.noise(1)
    for stage in range(9):
        images = model.generator(z, stage)
        assert images.shape == (1, 3, 4 * 2**stage, 4 * 2**stage)
        assert model.discriminator(images, stage).shape == (1,)


def test_layers_have_the_official_scales(paper):
    generator, discriminator = paper.generator, paper.discriminator
    assert scale(generator.blocks[1][1][0]) == pytest.approx(0.020833333333333336)
    assert scale(generator.blocks[0][2][0]) == pytest.approx(0.015625)  # of the dense layer
    assert scale(generator.to_rgb[0]) == pytest.approx(0.044194173824159216)
    assert scale(discriminator.from_rgb[0][0]) == pytest.approx(math.sqrt(2 / 3))
    assert scale(discriminator.final[1][0]) == pytest.approx(math.sqrt(2 / (513 * 9)))
    assert scale(discriminator.final[2][0]) == pytest.approx(math.sqrt(2 / 8192))
    assert scale(discriminator.score) == pytest.approx(1 / math.sqrt(512))


def test_all_weights_begin_with_deviation_one(paper):
    layers = [layer for layer in paper.modules() if isinstance(layer, nn.Conv2d)]

    assert len(layers) == 2 * 9 + 9 + 9 + 2 * 8 + 3
    for layer in layers:
        weight = original(layer)
        assert not layer.bias.any()
        assert scale(layer, "bias") == 1
        if weight.numel() > 10_000:
            assert weight.std().item() == pytest.approx(1, rel=0.03)
            assert weight.mean().item() == pytest.approx(0, abs=0.03)


@pytest.mark.parametrize("linear", [False, True])
def test_scaled_weights_are_those_of_he(linear):
    x = torch.randn(2, 3, 4, 4)
    layer = conv_block(3, 5)
    conv = layer[0]
    if linear:
        layer = conv = equalized_lr(nn.Conv2d(3, 5, 3, padding=1), gain=1)
    nn.init.normal_(original(conv, "bias"))
    plain = nn.Conv2d(3, 5, 3, padding=1)
    plain.weight.data = original(conv).data * math.sqrt((1 if linear else 2) / 27)
    plain.bias.data = original(conv, "bias").data  # which is not scaled

    expected = plain(x) if linear else F.leaky_relu(plain(x), 0.2)

    assert torch.allclose(layer(x), expected, atol=1e-6)


def test_the_first_layer_is_a_dense_one():
    """Each of 4x4 pixels is another linear map of z."""
    layer = equalized_lr(nn.Conv2d(6, 5, 4, padding=3), gain=1)
    z = torch.randn(2, 6)

    drawn = layer(z[:, :, None, None])

    assert drawn.shape == (2, 5, 4, 4)
    for y in range(4):
        for x in range(4):
            weight = original(layer)[:, :, 3 - y, 3 - x] / math.sqrt(6 * 16)
            assert torch.allclose(drawn[:, :, y, x], z @ weight.T, atol=1e-6)


def test_golden_numbers_of_pixel_norm():
    x = torch.zeros(1, 2, 2, 2)
    x[0, :, 0, 1] = torch.tensor([3.0, 4.0])

    normal = PixelNorm()(x)

    assert normal[0, :, 0, 1].tolist() == pytest.approx([0.8485281467, 1.1313709021])
    assert normal.count_nonzero() == 2  # and zeros stay zeros


def test_latent_vectors_lie_on_a_sphere():
    model = PGGAN(**SMALL)
    z = model.noise(3)

    assert PixelNorm()(z).square().sum(dim=1).tolist() == pytest.approx([8.0] * 3, rel=1e-4)
    assert torch.allclose(model.generator(z, 2), model.generator(7 * z, 2), atol=1e-3)


def test_the_generator_normalises_pixels_after_every_hidden_layer():
    model = PGGAN(**SMALL)
    seen = []
    for block in model.generator.blocks:
        for layer in block:
            if isinstance(layer, PixelNorm):
                layer.register_forward_hook(lambda *_: seen.append(_[2]))

    model.generator(model.noise(2), 2)

    assert [tuple(x.shape[1:]) for x in seen[1:]] == [
        *[(8, 4, 4)] * 2,
        *[(4, 8, 8)] * 2,
        *[(2, 16, 16)] * 2,
    ]
    for x in seen:
        squares = x.square().mean(dim=1)
        assert torch.allclose(squares, torch.ones_like(squares), atol=1e-3)


def test_the_generator_repeats_pixels():
    model, x = PGGAN(**SMALL), torch.randn(1, 8, 4, 4)

    larger = model.generator.blocks[1][0](x)

    assert torch.equal(larger, x.repeat_interleave(2, 2).repeat_interleave(2, 3))


# Minibatch standard deviation


def deviations(values: list[float], dtype: torch.dtype = torch.float32) -> list[float]:
    """Return what is appended to images of one value each."""
    x = torch.tensor(values, dtype=dtype)[:, None, None, None].expand(-1, 3, 4, 4)
    y = MinibatchStdDev()(x)
    assert torch.equal(y[:, :3], x)
    assert y.shape == (len(values), 4, 4, 4)
    assert (y[:, 3:] == y[:, 3:, :1, :1]).all()
    return y[:, 3, 0, 0].tolist()


def test_golden_numbers_of_minibatch_standard_deviation():
    """The deviation of 0, 1, 2, 3 is 1.118 if it is divided by 4; popular code divides by 3."""
    assert deviations([0, 1, 2, 3]) == pytest.approx([1.1180340051651] * 4)
    assert deviations([5, 5, 5, 5]) == pytest.approx([9.999999747378752e-05] * 4)
    assert deviations([1, 3]) == pytest.approx([1.0] * 2)
    assert deviations([1]) == pytest.approx([1e-4])


def test_groups_are_strided():
    """Popular code compares neighbours, or all: of 0, 1, 4 and 9 that would be 3.5 here."""
    values = [float(i**2) for i in range(8)]

    def deviation(group: list[float]) -> float:
        return math.sqrt(sum((x - sum(group) / 4) ** 2 for x in group) / 4)

    even, odd = deviation(values[0::2]), deviation(values[1::2])
    assert (even, odd) == (14, pytest.approx(math.sqrt(336)))
    assert deviations(values) == pytest.approx([even, odd] * 4)
    assert deviation(values[:4]) == pytest.approx(3.5)


def test_the_deviation_is_averaged_over_features_and_pixels():
    x = torch.randn(4, 3, 4, 4)

    y = MinibatchStdDev()(x)[:, 3]

    each = (x - x.mean(dim=0)).square().mean(dim=0).sqrt()
    assert torch.allclose(y, each.mean().expand(4, 4, 4), atol=1e-5)


def test_the_deviation_is_computed_in_float32_and_rounded_once():
    """Rounded to bfloat16 on the way, every third of them would differ."""
    for _ in range(50):
        x = torch.randn(4, 3, 4, 4).bfloat16()
        deviation = (x.double().var(dim=0, unbiased=False) + 1e-8).sqrt().mean()
        assert MinibatchStdDev()(x)[0, 3, 0, 0] == deviation.bfloat16()


@pytest.mark.parametrize("n", [5, 6, 7, 9])
def test_images_that_make_no_groups_are_refused(n):
    with pytest.raises(ValueError, match=f"{n} images cannot be divided into groups of 4"):
        list(PGGAN(**SMALL).step((torch.zeros(n, 3, 16, 16),)))


# The game


class Linear(nn.Module):
    """A critic whose score is w·x at every resolution."""

    def __init__(self, *weight: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))
        self.seen: list[torch.Tensor] = []

    def forward(self, images: torch.Tensor, stage: int, alpha: float) -> torch.Tensor:
        self.seen.append(images)
        return images.flatten(1)[:, : len(self.weight)] @ self.weight


class Grey(nn.Module):
    """A generator that draws one grey, whatever it is given."""

    def __init__(self, grey: float) -> None:
        super().__init__()
        self.grey = nn.Parameter(torch.tensor(grey))
        self.register_buffer("rounds_played", torch.tensor(0))

    def forward(self, z: torch.Tensor, stage: int, alpha: float) -> torch.Tensor:
        return self.grey.expand(len(z), 3, 4 * 2**stage, 4 * 2**stage)


def game(grey: float, *weight: float) -> PGGAN:
    model = PGGAN(**SMALL)
    model.generator, model.discriminator = Grey(grey), Linear(*weight)
    model.schedule(12, {})  # full size
    return model


@pytest.mark.parametrize(("step", "times"), [(0, 4), (5, 2), (12, 1)])
def test_losses_are_distance_penalty_and_drift(step, times):
    """The penalty of w = (3, 4) is 10 (5 / times - 1)²; scores of images of 0.25 are 1.75."""
    model = game(0.5, 3.0, 4.0)
    model.schedule(step, {})

    moves = list(model.step((torch.full((4, 3, 16, 16), 0.25),)))

    assert [player for player, _ in moves] == ["discriminator", "generator"]
    expected = 7 * 0.5 - 7 * 0.25 + 10 * (5 / times - 1) ** 2 + 1e-3 * (7 * 0.25) ** 2
    assert moves[0][1].item() == pytest.approx(expected, rel=1e-6)
    assert moves[1][1].item() == pytest.approx(-7 * 0.5)


def test_the_penalty_wants_slopes_of_one_and_the_drift_scores_of_zero():
    """Without a distance, w = 3 costs 40; its gradient is 2 * 10 (3 - 1) + 2e-3 * 3 * 0.25²."""
    model = game(0.25, 3.0)

    _, loss = next(model.step((torch.full((4, 3, 16, 16), 0.25),)))
    (gradient,) = torch.autograd.grad(loss, model.discriminator.weight)

    assert loss.item() == pytest.approx(40 + 1e-3 * 0.75**2)
    assert gradient.item() == pytest.approx(40 + 2e-3 * 3 * 0.25**2)


def test_scores_drift_by_their_squares_and_not_by_their_mean():
    model = game(0.0, 1.0)
    real = torch.tensor([1.0, -1.0, 1.0, -1.0])[:, None, None, None].expand(-1, 3, 16, 16)

    _, loss = next(model.step((real,)))

    assert loss.item() == pytest.approx(1e-3)


def test_every_image_has_one_point_between_it_and_a_fake():
    model = game(1.0, 1.0)

    list(model.step((torch.zeros(400, 3, 16, 16),)))

    real, points, fake = model.discriminator.seen[:3]
    assert not real.any()
    assert (fake == 1).all()
    assert points.is_leaf  # the fake's own graph is no part of the penalty
    shares = points.detach().flatten(1)
    assert (shares == shares[:, :1]).all()
    assert shares[:, 0].unique().numel() == 400
    assert 0 <= shares.min() < 0.05
    assert 0.95 < shares.max() <= 1


@pytest.mark.parametrize("step", [0, 5, 12])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_each_move_leaves_the_other_player_without_gradient(precision, step, real):
    settings = loop.Settings(data="", batch=4, steps=14, precision=precision)
    run = loop.new("pggan", SMALL, settings)
    run.step = step
    moves = loop.play(run, (real,), settings)

    player, loss = next(moves)
    assert (player, loss.dtype) == ("discriminator", torch.float32)
    assert all(p.grad is None for p in run.model.generator.parameters())
    learned = [p.grad.clone() for p in run.model.discriminator.parameters() if p.grad is not None]
    assert learned
    assert all(grad.isfinite().all() and grad.any() for grad in learned)

    player, loss = next(moves)
    assert (player, loss.dtype) == ("generator", torch.float32)
    drawn = [p.grad for p in run.model.generator.parameters() if p.grad is not None]
    assert all(grad.isfinite().all() and grad.any() for grad in drawn)
    after = [p.grad for p in run.model.discriminator.parameters() if p.grad is not None]
    assert all(torch.equal(a, b) for a, b in zip(learned, after, strict=True))


def test_images_that_are_all_the_same_have_finite_gradients():
    """Where images do not differ, the root of their variance has no slope."""
    settings = loop.Settings(data="", batch=4, steps=1)
    run = loop.new("pggan", SMALL, settings)
    original(run.model.generator.to_rgb[0]).data.zero_()

    losses = list(loop.play(run, (torch.zeros(4, 3, 16, 16),), settings))

    assert all(loss.isfinite() for _, loss in losses)
    assert all(p.isfinite().all() for p in run.model.parameters())


def test_the_drift_is_not_lost_in_bfloat16(real):
    """The last bias feels nothing but the drift: a slope of 2e-3 times the mean score."""
    model = PGGAN(**SMALL)
    bias = original(model.discriminator.score, "bias")
    nn.init.constant_(bias, 0.3)

    with torch.autocast("cpu", torch.bfloat16):
        _, loss = next(model.step((real,)))
        scores = model.discriminator(process_reals(real, 0, 1.0), 0)
    (gradient,) = torch.autograd.grad(loss, bias)

    assert scores.dtype == torch.float32
    assert gradient.item() == pytest.approx(2e-3 * scores.mean().item(), rel=1e-3)


def test_nothing_is_rounded_to_float32_in_double_precision():
    """By its first losses in float64 a recorded run is recognised on every processor."""
    settings = loop.Settings(data="faces16", batch=8, steps=14)

    (losses,) = fingerprint.first_rounds(loop.new("pggan", SMALL, settings), settings, 1)

    assert losses.keys() == {"discriminator", "generator"}
    for loss in losses.values():
        assert torch.tensor(loss, dtype=torch.float32).item() != loss


def test_both_players_have_the_official_optimiser(paper):
    optimizers = paper.optimizers()

    assert list(optimizers) == ["discriminator", "generator"]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.Adam)
        defaults = optimizer.defaults
        assert (defaults["lr"], defaults["betas"], defaults["eps"]) == (1e-3, (0.0, 0.99), 1e-8)


# Presets and samples


def test_paper_preset_shows_the_official_number_of_images(paper):
    settings = models.preset("pggan", "paper")["train"]

    assert paper.rounds * settings["batch"] == 600_000
    assert settings["steps"] * settings["batch"] == 12_000_000
    assert settings["ema"] == 0.999
    assert (paper.size, paper.latent) == (1024, 512)


def test_tiny_preset_ends_at_full_size_and_is_small():
    preset = models.preset("pggan", "tiny")
    model = models.build("pggan", **preset["model"])

    last = 2 * 2 * model.rounds
    assert model.growth(last - 1)[1] < 1 == model.growth(last)[1]
    assert preset["train"]["steps"] - last >= model.rounds
    assert sum(2 * t.numel() for t in model.generator.state_dict().values()) < 2**20


@pytest.mark.parametrize(("step", "stage"), [(0, 0), (5, 1), (7, 1), (11, 2), (13, 2)])
def test_the_average_draws_at_the_current_resolution(step, stage, real):
    run = loop.new("pggan", SMALL, SETTINGS)
    play(run, real, step + 1)
    average = run.sampler
    assert average is not run.model
    assert average.generator.rounds_played.item() == step

    torch.manual_seed(3)
    drawn = average.sample(2)

    torch.manual_seed(3)
    with torch.no_grad():
        images = average.generator(average.noise(2), *run.model.growth(step))
    assert images.shape[2] == 4 * 2**stage
    block = 16 // images.shape[2]
    enlarged = images.repeat_interleave(block, 2).repeat_interleave(block, 3)
    assert torch.equal(drawn, enlarged.clamp(-1, 1))


def test_the_average_is_the_last_round_but_for_its_weights(real):
    run = loop.new("pggan", SMALL, SETTINGS)
    play(run, real, 3)

    pairs = zip(run.sampler.generator.parameters(), run.model.generator.parameters(), strict=True)
    assert any(not torch.equal(mean, now) for mean, now in pairs)


def test_what_is_recorded_is_all_that_sampling_needs(real, tmp_path):
    run = loop.new("pggan", SMALL | {"rounds": 2000}, SETTINGS)
    run.step = 3001  # half precision has no such number
    play(run, real, 1)
    checkpoint.save_weights(tmp_path / "w", zoo.stored(run.sampler).state_dict())

    other = PGGAN(**SMALL | {"rounds": 2000}).eval()
    checkpoint.put_weights(zoo.stored(other), checkpoint.load_weights(tmp_path / "w"), "w")

    assert other.growth(other.generator.rounds_played.item()) == (1, 1001 / 2000)
    assert torch.allclose(
        sampling.sample(other, 2, 5), sampling.sample(run.sampler, 2, 5), atol=0.02
    )


@pytest.mark.parametrize(("size", "channels"), [(4, 3), (8, 1), (32, 3)])
def test_samples_are_images_in_the_range_of_the_data(size, channels):
    model = PGGAN(**SMALL | {"size": size, "channels": channels, "rounds": 0}).eval()
    original(model.generator.to_rgb[-1]).data *= 100

    drawn = model.sample(5)

    assert drawn.shape == (5, channels, size, size)
    assert drawn.abs().max() == 1
    assert not drawn.requires_grad
    assert len(model.fmaps) == len(model.generator.to_rgb) + 1 == size.bit_length() - 1


@pytest.mark.parametrize("size", [0, 2, 3, 24, -8])
def test_sizes_that_do_not_double_from_4_are_refused(size):
    with pytest.raises(ValueError, match=f"a power of two of at least 4, not {size}"):
        PGGAN(size=size)
