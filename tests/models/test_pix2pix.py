"""Pix2Pix equals the authors' networks, and its discriminator sees 70x70 pixels, not 94."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal import models
from gan_minimal.models.pix2pix import PatchGAN, Pix2Pix, jittered
from gan_minimal.training import loop

SMALL = {
    "size": 16,
    "channels": 1,
    "width": 4,
    "downsamplings": 3,
    "discriminator_width": 4,
    "discriminator_downsamplings": 1,
}


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def small(**arguments: object) -> Pix2Pix:
    return Pix2Pix(**SMALL | {"dropout_layers": 1} | arguments)


def pair(n: int = 3) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(n, 1, 16, 16) * 2 - 1, torch.rand(n, 1, 16, 16) * 2 - 1


@pytest.fixture(scope="module")
def paper() -> Pix2Pix:
    torch.manual_seed(0)
    return Pix2Pix(**models.preset("pix2pix", "paper")["model"])


def test_paper_preset_has_the_official_number_of_parameters(paper):
    assert count(paper.generator) == 54_413_955
    assert count(paper.discriminator) == 2_768_705


def test_paper_preset_has_the_official_feature_maps(paper):
    seen: list[list[int]] = []
    hooks = [
        layer.register_forward_hook(lambda _layer, _x, y: seen.append(list(y.shape[1:])))
        for layer in paper.generator.modules()
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d)
    ]
    with torch.no_grad():
        paper.generator(torch.zeros(1, 3, 256, 256))
    for hook in hooks:
        hook.remove()

    widths = [64, 128, 256, 512, 512, 512, 512, 512]
    down = [[width, 256 // 2 ** (i + 1), 256 // 2 ** (i + 1)] for i, width in enumerate(widths)]
    assert seen[:8] == down
    assert seen[8:] == [*down[-2::-1], [3, 256, 256]]


def test_layers_are_those_of_the_paper(paper):
    generator = paper.generator

    def has(layer, kind):
        return any(isinstance(part, kind) for part in layer)

    # no normalisation next to the image and where there is one pixel
    assert [has(layer, nn.InstanceNorm2d) for layer in generator.encoder] == [
        False,
        *6 * [True],
        False,
    ]
    assert [has(layer, nn.InstanceNorm2d) for layer in generator.decoder] == [*7 * [True], False]
    assert [has(layer, nn.LeakyReLU) for layer in generator.encoder] == [False, *7 * [True]]
    assert {part.negative_slope for part in paper.modules() if isinstance(part, nn.LeakyReLU)} == {
        0.2
    }
    # dropout in the first three layers of the decoder; the port has it in the second to fourth
    dropout = [type(layer[-1]).__name__ == "AlwaysOnDropout" for layer in generator.decoder]
    assert dropout == [True, True, True, *5 * [False]]
    # a bias only where no shift of a normalisation follows
    biased = [name for name, part in paper.named_parameters() if name.endswith("bias")]
    norms = {n for n, part in paper.named_modules() if isinstance(part, nn.InstanceNorm2d)}
    assert [name for name in biased if name.removesuffix(".bias") not in norms] == [
        *("generator.decoder.7.1.bias", "discriminator.0.bias", "discriminator.11.bias"),
    ]


def test_the_normalisation_is_the_papers_for_a_batch_of_one():
    """Batch normalisation with the statistics of the batch, which is one image."""
    ours, theirs = nn.InstanceNorm2d(5, affine=True), nn.BatchNorm2d(5).train()
    nn.init.normal_(ours.weight, 1, 0.02)
    theirs.load_state_dict(ours.state_dict(), strict=False)
    x = torch.randn(1, 5, 6, 6)

    torch.testing.assert_close(ours(x), theirs(x))
    torch.testing.assert_close(ours.eval()(x), theirs(x))


def test_weights_begin_as_in_the_paper(paper):
    for layer in paper.modules():
        if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.InstanceNorm2d):
            mean = 1 if isinstance(layer, nn.InstanceNorm2d) else 0
            spread = 0.02 / math.sqrt(2 * layer.weight.numel())  # of a standard deviation
            assert layer.weight.std().item() == pytest.approx(0.02, abs=5 * spread)
            assert layer.weight.mean().item() == pytest.approx(mean, abs=10 * spread)
            assert layer.bias is None or not layer.bias.any()


def test_both_players_have_the_optimiser_of_the_paper(paper):
    optimizers = paper.optimizers()

    assert list(optimizers) == ["discriminator", "generator"]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.Adam)
        assert optimizer.defaults["lr"] == 2e-4
        assert optimizer.defaults["betas"] == (0.5, 0.999)
    assert not hasattr(paper, "schedule")  # the rate stays, as in the authors' code
    assert paper.lambda_l1 == 100
    assert models.preset("pix2pix", "paper")["train"]["batch"] == 1


@pytest.mark.parametrize(
    ("size", "patches"), [(32, 2), (64, 6), (70, 6), (128, 14), (256, 30), (286, 33), (512, 62)]
)
def test_numbers_of_patches_are_the_official_ones(size, patches):
    network = PatchGAN(6, width=1, downsamplings=3)

    assert network(torch.zeros(1, 6, size, size)).shape == (1, 1, patches, patches)


@pytest.mark.parametrize(("downsamplings", "field"), [(1, 16), (2, 34), (3, 70), (5, 286)])
def test_a_logit_sees_a_patch_of_the_official_size(downsamplings, field):
    """Popular code has stride 2 four times, the paper three: its patches are 94 pixels wide."""
    size = 2 * field + 4
    network = PatchGAN(1, width=1, downsamplings=downsamplings)
    for layer in network:
        if isinstance(layer, nn.Conv2d):
            nn.init.ones_(layer.weight)
    # without normalisation, which looks at the whole image
    plain = nn.Sequential(*(p for p in network if not isinstance(p, nn.InstanceNorm2d)))
    image = torch.ones(1, 1, size, size, requires_grad=True)
    logits = plain(image)
    middle = logits.shape[-1] // 2

    (slope,) = torch.autograd.grad(logits[0, 0, middle, middle], image)

    rows, columns = slope[0, 0].nonzero().unbind(dim=1)
    assert (rows.max() - rows.min() + 1).item() == field
    assert (columns.max() - columns.min() + 1).item() == field


def test_skip_connections_carry_what_the_bottleneck_cannot():
    """Without the innermost layers the output still knows where a pixel of the input was."""
    model = small()
    with torch.no_grad():
        for parameter in model.generator.encoder[-1].parameters():
            parameter.zero_()  # nothing gets through the bottleneck
    one = torch.zeros(1, 1, 16, 16)
    other = one.clone()
    other[0, 0, 3, 5] = 1
    torch.manual_seed(0)
    first = model.generator(one)
    torch.manual_seed(0)

    change = (model.generator(other) - first).abs()[0, 0]

    assert change.max() > 0
    # the decoder joins what comes up with what the encoder saw at the same size
    assert (
        model.generator.decoder[-1][1].in_channels == 2 * model.generator.encoder[0][0].out_channels
    )


def test_losses_of_an_undecided_discriminator_are_the_closed_forms():
    model = small()
    nn.init.zeros_(model.discriminator[-1].weight)  # every logit is 0 then
    condition, target = pair()
    torch.manual_seed(1)
    fake = model.generator(condition)
    torch.manual_seed(1)

    moves = list(model.step((condition, target)))

    assert [player for player, _ in moves] == ["discriminator", "generator"]
    assert moves[0][1].item() == pytest.approx(math.log(2))  # half the sum of two
    expected = math.log(2) + 100 * F.l1_loss(fake, target)
    assert moves[1][1].item() == pytest.approx(expected.item(), rel=1e-5)


def test_the_discriminator_sees_an_image_beside_its_condition():
    model = small()
    condition, target = pair()

    other = model.logits(condition.flip(0), target)

    assert not torch.allclose(model.logits(condition, target), other)
    assert other.shape == (3, 1, 6, 6)


def test_each_move_leaves_the_other_player_without_gradient():
    settings = loop.Settings(data="", batch=3, steps=1)
    run = loop.start(small(), settings)
    generator, discriminator = run.model.generator, run.model.discriminator
    moves = loop.play(run, pair(), settings)

    assert next(moves)[0] == "discriminator"
    assert all(p.grad is None for p in generator.parameters())
    judged = [p.grad.clone() for p in discriminator.parameters()]
    assert all(grad.any() for grad in judged)

    assert next(moves)[0] == "generator"
    assert all(p.grad is not None for p in generator.parameters())
    for parameter, before in zip(discriminator.parameters(), judged, strict=True):
        assert torch.equal(parameter.grad, before)


def test_translation_does_not_depend_on_eval_or_on_the_other_images():
    """Popular code must not be put into evaluation mode; here there is nothing to remember."""
    model = small(dropout_layers=0)
    images, _ = pair(4)

    together = model.train().translate(images)

    torch.testing.assert_close(model.eval().translate(images), together)
    torch.testing.assert_close(model.translate(images[2:3]), together[2:3])


def test_dropout_is_the_noise_also_when_translating():
    model = small(dropout_layers=2).eval()
    images, _ = pair(1)

    torch.manual_seed(0)
    first = model.translate(images)

    assert not torch.equal(model.translate(images), first)
    torch.manual_seed(0)
    assert torch.equal(model.translate(images), first)


@pytest.mark.parametrize("which", ["tiny", "faces"])
def test_translations_are_images_in_the_range_of_the_data(which):
    arguments = models.preset("pix2pix", which)["model"]
    model = Pix2Pix(**arguments).eval()

    drawn = model.translate(torch.rand(5, model.channels, model.size, model.size))

    assert drawn.shape == (5, model.channels, model.size, model.size)
    assert drawn.abs().max() <= 1
    assert not drawn.requires_grad
    assert 2 * count(model.generator) < 2**20  # a mebibyte in half precision


@pytest.mark.slow
def test_paper_preset_plays_a_round_at_256_pixels_on_the_cpu():
    preset = models.preset("pix2pix", "paper")
    settings = loop.Settings(**preset["train"])
    run = loop.new("pix2pix", preset["model"], settings)
    before = {name: p.clone() for name, p in run.model.named_parameters()}
    batch = tuple(torch.rand(1, 3, 256, 256) * 2 - 1 for _ in range(2))

    losses = dict(loop.play(run, batch, settings))

    assert losses.keys() == {"discriminator", "generator"}
    assert all(0 < loss < 200 for loss in losses.values())
    assert all(not torch.equal(p, before[name]) for name, p in run.model.named_parameters())
    assert run.model.logits(*batch).shape == (1, 1, 30, 30)


@pytest.mark.parametrize(
    "arguments", [{"size": 100}, {"size": 128}, {"size": 4, "downsamplings": 1}]
)
def test_sizes_that_halving_does_not_reach_are_refused(arguments):
    with pytest.raises(ValueError, match=r"(multiple of|at least) "):
        Pix2Pix(**arguments)


# Jitter


def bars(n: int = 6) -> torch.Tensor:
    """White images with a black bar each, the same in both channels."""
    images = torch.ones(n, 2, 16, 16)
    images[:, :, 4:12, 7:9] = -1
    return images


def test_jitter_bends_all_channels_alike_and_every_image_by_itself():
    images = bars()

    bent = jittered(images, 0.2)

    assert bent.shape == images.shape
    assert torch.allclose(bent[:, 0], bent[:, 1], atol=1e-5)
    assert (bent - images).abs().flatten(1).amax(dim=1).min() > 0.02
    assert (bent[0] - bent[1]).abs().max() > 0.1


def test_jitter_leaves_paper_white_and_keeps_about_as_much_ink():
    assert torch.allclose(jittered(torch.ones(3, 2, 16, 16), 0.3), torch.ones(3, 2, 16, 16))
    ink = (1 - jittered(bars(200), 0.12)).mean() / (1 - bars(1)).mean()
    assert ink.item() == pytest.approx(1, abs=0.05)


def test_no_jitter_is_no_change():
    assert torch.allclose(jittered(bars(), 0.0), bars(), atol=1e-5)


def test_pairs_are_bent_together_in_training_only():
    model = small(jitter=0.2)
    seen: list[torch.Tensor] = []
    model.discriminator.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))
    bar = bars(3)[:, :1]

    list(model.step((bar, bar)))

    real = seen[0]  # a pair of the same picture stays one
    assert torch.allclose(real[:, 0], real[:, 1], atol=1e-5)
    assert not torch.allclose(real[:, :1], bar, atol=0.05)
    torch.manual_seed(0)
    once = model.translate(bar)
    torch.manual_seed(0)
    model.jitter = 0.0
    assert torch.equal(model.translate(bar), once)
