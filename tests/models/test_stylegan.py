"""StyleGAN has the official sizes, layers and settings, and every style its place."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal import models, zoo
from gan_minimal.models import sampling
from gan_minimal.models.pggan import equalized_lr
from gan_minimal.models.stylegan import (
    Blur,
    MappingNetwork,
    StyleGAN,
    StyleLayer,
    adain,
    upsample_conv,
)
from gan_minimal.training import checkpoint, fingerprint, loop
from tests.models.test_pggan import count, original, scale

# Rounds 0 to 3 have 8 pixels, 4 and 5 fade in 16.
SMALL = {"size": 16, "latent": 6, "style": 8, "fmap_base": 32, "fmap_max": 8, "rounds": 3}
SETTINGS = loop.Settings(data="", batch=4, steps=10, ema=0.9)


def built(**arguments: object) -> StyleGAN:
    return models.build("stylegan", **arguments)


@pytest.fixture
def real() -> torch.Tensor:
    return torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(7)) * 2 - 1


@pytest.fixture
def model() -> StyleGAN:
    """A network of six layers whose noise can be seen, without training."""
    torch.manual_seed(0)
    made = built(**SMALL | {"rounds": 0}).eval()
    for layer in made.generator.layers:
        nn.init.constant_(layer.noise_strength, 0.2)
    return made


def large(size: int) -> StyleGAN:
    return built(**SMALL | {"size": size, "fmap_base": 4 * size, "rounds": 0})


def play(run: loop.Run, real: torch.Tensor, rounds: int) -> list[list[tuple[str, float]]]:
    run.model.train()
    return [
        [(player, loss.item()) for player, loss in loop.play(run, (real,), SETTINGS)]
        for _ in range(rounds)
    ]


# Sizes


def test_networks_have_the_official_numbers_of_parameters():
    with torch.device("meta"):
        paper = built(**models.preset("stylegan", "paper")["model"])

    mapping, whole = count(paper.generator.mapping), count(paper.generator)
    assert mapping == 2_101_248
    assert whole - mapping == 24_118_379
    assert whole == 26_219_627  # the paper, table 2 or so: 26.2 million
    assert count(paper.discriminator) == 23_087_249
    assert len(paper.generator.layers) == 18
    assert len(paper.generator.mapping.layers) == 8
    assert (paper.latent, paper.generator.w_avg.shape) == (512, (512,))


def test_noise_of_the_paper_has_the_official_number_of_pixels():
    with torch.device("meta"):
        maps = built().generator.noise(1)

    assert sum(each.numel() for each in maps) == 2_796_192  # and one number for the level
    assert [each.shape[2] for each in maps[:5]] == [4, 4, 8, 8, 16]


@pytest.mark.parametrize(
    ("size", "styles"), [(8, 4), (16, 6), (32, 8), (64, 10), (128, 12), (256, 14), (512, 16)]
)
def test_two_styles_for_each_resolution(size, styles):
    with torch.device("meta"):
        assert len(large(size).generator.layers) == styles


@pytest.mark.parametrize("size", [4, 12, 0])
def test_sizes_that_cannot_be_doubled_to_are_refused(size):
    with pytest.raises(ValueError, match=f"power of two of at least [48], not {size}"):
        built(**SMALL | {"size": size})


def test_paper_preset_has_the_official_settings():
    preset = models.preset("stylegan", "paper")
    with torch.device("meta"):
        model = built(**preset["model"])
    optimizer = model.optimizers()["generator"]

    batch = preset["train"]["batch"]
    assert (model.gamma, model.mixing, model.lr) == (10, 0.9, 1e-3)
    assert scale(model.generator.mapping.layers[0], "bias") == 0.01
    assert optimizer.defaults["betas"] == (0, 0.99)
    assert optimizer.defaults["eps"] == 1e-8
    assert batch * model.rounds == 600_000
    assert batch * preset["train"]["steps"] == 25_000_000
    assert preset["train"]["ema"] == pytest.approx(0.9977843871238888)


# Layers


def test_scaled_weights_are_those_of_he():
    layer, x = equalized_lr(nn.Linear(50, 7)), torch.randn(4, 50)

    expected = x @ original(layer).T * math.sqrt(2 / 50)

    assert torch.allclose(layer(x), expected, atol=1e-5)
    assert original(equalized_lr(nn.Linear(2000, 500))).std().item() == pytest.approx(1, rel=0.01)


@pytest.mark.parametrize("kind", [nn.Conv2d, nn.ConvTranspose2d])
def test_convolutions_keep_the_size_of_their_features(kind):
    """He's constant, and four times that where most inputs of a pixel are zeros."""
    torch.manual_seed(0)
    four = kind is nn.ConvTranspose2d
    layer = equalized_lr(
        kind(200, 300, 3, stride=1 + four, bias=False), 2**0.5 * (4 if four else 1)
    )

    y = layer(torch.randn(2, 200, 12, 12))[:, :, 2:-2, 2:-2]

    assert y.square().mean().item() == pytest.approx(2 * (4 if four else 1), rel=0.05)


def test_a_layer_with_lr_mul_begins_like_any_other_and_learns_that_much_slower():
    torch.manual_seed(0)
    full = equalized_lr(nn.Linear(50, 7))
    hundredth = equalized_lr(nn.Linear(50, 7), lr_mul=0.01)
    assert original(hundredth).std().item() == pytest.approx(100, rel=0.1)
    with torch.no_grad():
        original(hundredth).copy_(original(full) / 0.01)
    x = torch.randn(4, 50)
    before = full(x)
    assert torch.allclose(hundredth(x), before, atol=1e-5)

    for layer in (full, hundredth):
        optimizer = torch.optim.Adam(layer.parameters(), 1e-3, (0.0, 0.99))
        layer(x).sum().backward()
        optimizer.step()

    ratio = (full(x) - before).abs().mean() / (hundredth(x) - before).abs().mean()
    assert ratio.item() == pytest.approx(100, rel=0.01)


def test_mapping_does_not_care_for_the_length_of_z():
    mapping, z = MappingNetwork(6, 8), torch.randn(5, 6)

    assert torch.allclose(mapping(z), mapping(7 * z), atol=1e-5)
    assert mapping(z).shape == (5, 8)
    assert not torch.allclose(mapping(z), mapping(-z), atol=0.1)


def test_adain_gives_channels_the_deviation_and_mean_of_the_style():
    x, style = 3 * torch.randn(4, 5, 8, 8) + 1, torch.randn(4, 10)

    y = adain(x, style)

    scale, shift = style.chunk(2, dim=1)
    assert torch.allclose(y.mean(dim=(2, 3)), shift, atol=1e-5)
    deviation = y.std(dim=(2, 3), correction=0)
    assert torch.allclose(deviation, (scale + 1).abs(), atol=1e-4)


def test_blur_is_that_of_neighbours_one_two_one():
    dot = torch.zeros(1, 2, 5, 5)
    dot[0, 0, 2, 2], dot[0, 1, 0, 0] = 16, 16

    smooth = Blur()(dot)

    square = torch.tensor([[1.0, 2, 1], [2, 4, 2], [1, 2, 1]])
    assert torch.allclose(smooth[0, 0, 1:4, 1:4], square)
    assert smooth[0, 0].sum() == 16
    assert torch.allclose(smooth[0, 1, :2, :2], square[1:, 1:])  # zeros outside
    assert smooth[0, 1].sum() == 9


@pytest.mark.parametrize("blur", [True, False])
def test_doubling_repeats_convolves_and_then_smooths(blur):
    torch.manual_seed(1)
    layers, x = upsample_conv(3, 4, blur), torch.randn(2, 3, 6, 6)

    weight = original(layers[0]).transpose(0, 1).flip(2, 3) * math.sqrt(2 / 27)
    repeated = x.repeat_interleave(2, 2).repeat_interleave(2, 3)
    expected = F.conv2d(repeated, weight, padding=1)

    assert torch.allclose(layers(x), Blur()(expected) if blur else expected, atol=1e-5)


def test_a_layer_is_convolution_noise_bias_activation_and_style():
    torch.manual_seed(1)
    conv = nn.Conv2d(3, 4, 3, padding=1, bias=False)
    layer, x, w = StyleLayer(conv, 4, 5), torch.randn(2, 3, 6, 6), torch.randn(2, 5)
    nn.init.normal_(layer.noise_strength)
    nn.init.normal_(layer.bias)
    noise = torch.randn(2, 1, 6, 6)

    features = conv(x) + layer.noise_strength * noise + layer.bias
    expected = adain(F.leaky_relu(features, 0.2), layer.affine(w))

    assert torch.allclose(layer(x, w, noise), expected, atol=1e-5)


def test_halving_smooths_convolves_pools_and_then_activates():
    discriminator = built(**SMALL).discriminator
    first, *halving = discriminator.blocks[0]
    layer, x = halving[1][0], torch.randn(2, 8, 6, 6)
    nn.init.normal_(original(layer, "bias"))

    convolved = F.conv2d(
        Blur()(x), original(layer) * math.sqrt(2 / 72), original(layer, "bias"), padding=1
    )
    expected = F.leaky_relu(F.avg_pool2d(convolved, 2), 0.2)

    assert torch.allclose(nn.Sequential(*halving)(x), expected, atol=1e-5)
    assert first(x).shape == x.shape


def test_networks_for_pixel_art_smooth_nothing_and_draw_within_the_range_of_images(real):
    """They have the same weights as those that smooth: what differs is how these are used."""
    torch.manual_seed(0)
    smooth = built(**SMALL)
    sharp = built(**SMALL, blur=False, tanh=True)
    sharp.load_state_dict(smooth.state_dict())

    assert any(isinstance(module, Blur) for module in smooth.modules())
    assert not any(isinstance(module, Blur) for module in sharp.modules())
    wide = 10 * torch.randn(64, 2 * 3, SMALL["style"])
    for alpha in (1.0, 0.5):
        assert smooth.generator(wide, 2, alpha).abs().max() > 1
        assert sharp.generator(wide, 2, alpha).abs().max() <= 1
    assert not torch.allclose(smooth.discriminator(real, 2), sharp.discriminator(real, 2))


def test_at_first_noise_is_not_seen_and_the_style_is_added_to_one(real):
    torch.manual_seed(0)
    model = built(**SMALL | {"rounds": 0})
    w = model.generator.mapping(model.noise(2))

    assert torch.equal(model.draw(w), model.draw(w))  # with other noise
    assert (model.generator.constant == 1).all()
    for layer in model.generator.layers:
        assert not layer.affine.bias.any()
        assert not layer.bias.any()


def test_one_map_of_noise_goes_to_all_channels_each_with_its_own_strength(monkeypatch):
    layer = StyleLayer(nn.Identity(), 3, 4)
    with torch.no_grad():
        layer.noise_strength.copy_(torch.tensor([0.0, 1.0, 2.0])[:, None, None])
        original(layer.affine).zero_()
    noise = torch.rand(1, 1, 8, 8)  # above 0, where LeakyReLU keeps it
    monkeypatch.setattr(F, "instance_norm", lambda x, eps: x)

    seen = layer(torch.zeros(1, 3, 8, 8), torch.zeros(1, 4), noise)

    assert torch.allclose(seen[0], noise[0] * torch.tensor([0.0, 1.0, 2.0])[:, None, None])


# Styles


def test_a_style_changes_its_own_and_later_layers_only(model):
    w = model.generator.mapping(model.noise(1))[:, None].repeat(1, 6, 1)
    noise = model.generator.noise(1)
    outputs: list[torch.Tensor] = []
    for layer in model.generator.layers:
        layer.register_forward_hook(lambda *given: outputs.append(given[2]))
    model.draw(w, noise)
    changed = w.clone()
    changed[:, 3] += 1
    model.draw(changed, noise)

    same = [torch.equal(a, b) for a, b in zip(outputs[:6], outputs[6:], strict=True)]
    assert same == [True] * 3 + [False] * 3


def test_one_style_for_all_layers_is_the_same_as_it_repeated(model):
    w, noise = model.generator.mapping(model.noise(3)), model.generator.noise(3)

    assert torch.equal(model.draw(w, noise), model.draw(w[:, None].repeat(1, 6, 1), noise))


def test_mixed_styles_change_once_at_any_layer_but_the_first(model):
    model.mixing = 1.0
    model.stage = 2

    drawn = model.styles(4000)

    differs = (drawn[:, 1:] != drawn[:, :-1]).any(dim=2)
    assert (differs.sum(dim=1) == 1).all()
    shares = differs.double().mean(dim=0)
    assert torch.allclose(shares, torch.full((5,), 0.2, dtype=torch.double), atol=0.03)


@pytest.mark.parametrize("mixing", [0.0, 0.25, 0.9])
def test_the_share_of_mixed_images_is_that_asked_for(model, mixing):
    model.mixing = mixing
    model.stage = 2

    drawn = model.styles(4000)

    mixed = (drawn != drawn[:, :1]).any(dim=2).any(dim=1)
    assert mixed.double().mean().item() == pytest.approx(mixing, abs=0.03)


def test_styles_are_drawn_for_the_layers_that_take_part(real):
    run = loop.new("stylegan", SMALL, SETTINGS)
    play(run, real, 1)

    assert run.model.styles(4).shape == (4, 4, 8)


def test_the_average_style_follows_with_half_a_percent_a_round(model):
    model.generator.w_avg.fill_(10.0)
    with torch.no_grad():
        for layer in model.generator.mapping.layers:
            original(layer).zero_()
            original(layer, "bias").fill_(100.0)

    model.styles(4)
    (w,) = model.generator.mapping(model.noise(1))

    assert torch.allclose(model.generator.w_avg, 10 + 0.005 * (w - 10), rtol=1e-4)


def test_truncation_moves_the_first_styles_towards_the_average(model):
    model.generator.w_avg.normal_()
    seen = []
    model.draw = lambda styles: seen.append(styles) or torch.zeros(1)
    for psi, cutoff in ((1.0, 8), (0.0, 8), (0.5, 2)):
        torch.manual_seed(5)
        model.sample(3, psi, cutoff)

    whole, average, half = seen
    mean = model.generator.w_avg
    assert torch.allclose(whole, whole[:, :1].expand(-1, 6, -1))
    assert torch.allclose(average, mean.expand(3, 6, -1), atol=1e-6)
    assert torch.allclose(half[:, :2], (whole[:, :2] + mean) / 2, atol=1e-6)
    assert torch.equal(half[:, 2:], whole[:, 2:])


# The game


def test_growth_begins_at_eight_pixels():
    model = built(**SMALL)
    third = (pytest.approx(1 / 3), pytest.approx(2 / 3))

    assert [model.growth(step) for step in range(8)] == [
        *[(1, 1.0)] * 4,
        *[(2, share) for share in third],
        *[(2, 1.0)] * 2,
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("size", "rate"),
    [(64, 1e-3), (128, 1.5e-3), (256, 2e-3), (512, 3e-3), (1024, 3e-3)],
)
def test_large_images_are_learned_faster(size, rate):
    with torch.device("meta"):
        model = large(size)
    optimizers = model.optimizers()

    model.schedule(0, optimizers)

    assert {o.param_groups[0]["lr"] for o in optimizers.values()} == {rate}


def test_the_learning_rate_falls_evenly_to_zero_if_asked_to():
    model = built(**SMALL | {"lr": 4e-3, "lr_decay": (10, 20)})
    optimizers = model.optimizers()

    rates = []
    for step in (0, 10, 15, 20, 25):
        model.schedule(step, optimizers)
        rates.append(optimizers["generator"].param_groups[0]["lr"])

    assert rates == pytest.approx([4e-3, 4e-3, 2e-3, 0, 0])


class Linear(nn.Module):
    """A discriminator whose logit is w·x."""

    def __init__(self, *weight: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))

    def forward(self, images: torch.Tensor, stage: int, alpha: float) -> torch.Tensor:
        return images.flatten(1)[:, : len(self.weight)] @ self.weight


def test_losses_are_logistic_and_half_gamma_times_the_squared_slope(model):
    """For w = (3, 0) and gamma 10 the penalty is 45."""
    model.stage, model.alpha, model.gamma = 2, 1.0, 10.0
    model.discriminator = Linear(3.0, 0.0)
    with torch.no_grad():
        original(model.generator.to_rgb[2]).zero_()
        original(model.generator.to_rgb[2], "bias").fill_(0.5)

    moves = list(model.step((torch.full((4, 3, 16, 16), 0.25),)))

    assert [player for player, _ in moves] == ["discriminator", "generator"]
    softplus = torch.nn.functional.softplus
    expected = softplus(torch.tensor(-0.75)) + softplus(torch.tensor(1.5)) + 45
    assert moves[0][1].item() == pytest.approx(expected.item(), rel=1e-6)
    assert moves[1][1].item() == pytest.approx(softplus(torch.tensor(-1.5)).item(), rel=1e-6)


@pytest.mark.parametrize("step", [0, 5, 8])
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_each_move_leaves_the_other_player_without_gradient(precision, step, real):
    settings = loop.Settings(data="", batch=4, steps=14, precision=precision)
    run = loop.new("stylegan", SMALL, settings)
    run.step = step
    moves = loop.play(run, (real,), settings)

    player, loss = next(moves)
    assert (player, loss.dtype) == ("discriminator", torch.float32)
    assert all(p.grad is None for p in run.model.generator.parameters())
    learned = [p.grad.clone() for p in run.model.discriminator.parameters() if p.grad is not None]
    assert learned
    assert all(grad.isfinite().all() for grad in learned)

    assert next(moves)[0] == "generator"
    drawn = [p.grad for p in run.model.generator.mapping.parameters()]
    assert all(grad.isfinite().all() and grad.any() for grad in drawn)
    after = [p.grad for p in run.model.discriminator.parameters() if p.grad is not None]
    assert all(torch.equal(a, b) for a, b in zip(learned, after, strict=True))


def test_the_graph_of_one_image_ends_at_its_own_styles(model):
    """Only minibatch standard deviation, in the discriminator, looks at other images of a batch."""
    w = model.generator.mapping(model.noise(3)).detach().requires_grad_()

    model.draw(w)[0].sum().backward()

    assert w.grad[0].any()
    assert not w.grad[1:].any()


def test_nothing_is_rounded_to_float32_in_double_precision():
    """By its first losses in float64 a recorded run is recognised on every processor."""
    settings = loop.Settings(data="faces16", batch=8, steps=14)

    (losses,) = fingerprint.first_rounds(loop.new("stylegan", SMALL, settings), settings, 1)

    for loss in losses.values():
        assert torch.tensor(loss, dtype=torch.float32).item() != loss


@pytest.mark.parametrize("stop", [2, 4, 5, 6])
@pytest.mark.slow
def test_a_resumed_run_ends_with_the_same_bits(stop, real, tmp_path):
    run = loop.new("stylegan", SMALL, SETTINGS)
    whole = play(run, real, 9)
    parted = loop.new("stylegan", SMALL, SETTINGS)
    play(parted, real, stop)
    checkpoint.save(tmp_path / "c.pt", loop.contents(parted, "stylegan", SMALL, SETTINGS))
    torch.randn(5)

    resumed, _, _ = loop.resume(tmp_path / "c.pt")
    rest = play(resumed, real, 9 - stop)

    assert rest == whole[stop:]
    for one, other in ((run.model, resumed.model), (run.sampler, resumed.sampler)):
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name


# Samples


def test_tiny_preset_ends_at_full_size_and_is_small():
    preset = models.preset("stylegan", "tiny")
    model = models.build("stylegan", **preset["model"])

    assert model.growth(preset["train"]["steps"] // 4) == (2, 1.0)
    assert sum(2 * t.numel() for t in model.generator.state_dict().values()) < 2**20


@pytest.mark.parametrize(("size", "channels"), [(8, 1), (16, 3), (32, 3)])
def test_samples_are_images_in_the_range_of_the_data(size, channels):
    model = built(**SMALL | {"size": size, "channels": channels, "rounds": 0}).eval()
    original(model.generator.to_rgb[-1]).data *= 100

    drawn = model.sample(5)

    assert drawn.shape == (5, channels, size, size)
    assert drawn.abs().max() == 1
    assert not drawn.requires_grad


def test_the_average_draws_at_the_current_resolution(real):
    run = loop.new("stylegan", SMALL, SETTINGS)
    play(run, real, 2)

    drawn = sampling.sample(run.sampler, 2, 5)

    blocks = drawn.unflatten(3, (8, 2)).unflatten(2, (8, 2))
    assert torch.equal(blocks[:, :, :, 0, :, 0], blocks[:, :, :, 1, :, 1])


def test_what_is_recorded_is_all_that_sampling_needs(real, tmp_path):
    run = loop.new("stylegan", SMALL, SETTINGS)
    for made in (run.model, run.average.module):  # all ones, it would be blown up by the first norm
        nn.init.normal_(made.generator.constant)
    play(run, real, 8)
    checkpoint.save_weights(tmp_path / "w", zoo.stored(run.sampler).state_dict())

    other = built(**SMALL).eval()
    checkpoint.put_weights(zoo.stored(other), checkpoint.load_weights(tmp_path / "w"), "w")

    assert torch.allclose(other.generator.w_avg, run.sampler.generator.w_avg, atol=1e-3)
    assert torch.allclose(
        sampling.sample(other, 2, 5), sampling.sample(run.sampler, 2, 5), atol=0.03
    )
