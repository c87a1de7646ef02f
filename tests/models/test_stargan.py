"""StarGAN equals the authors' networks; its labels, its losses and its schedule are the paper's."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal import models
from gan_minimal.models.protocol import DomainTranslator
from gan_minimal.models.stargan import Generator, StarGAN, classification_loss, gradient_penalty
from gan_minimal.training import loop

SMALL = {
    "size": 8,
    "domains": 3,
    "width": 4,
    "downsamplings": 1,
    "residual_blocks": 1,
    "discriminator_width": 4,
    "discriminator_downsamplings": 2,
    "n_critic": 2,
}


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def batch(n: int = 6) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.rand(n, 3, 8, 8) * 2 - 1, (torch.rand(n, 3) > 0.5).float()


@pytest.fixture(scope="module")
def paper() -> StarGAN:
    torch.manual_seed(0)
    return StarGAN(**models.preset("stargan", "paper")["model"])


def test_paper_preset_has_the_official_number_of_parameters(paper):
    assert count(paper.generator) == 8_430_528
    assert count(paper.discriminator) == 44_762_048


def test_both_heads_of_the_discriminator_have_the_official_shapes(paper):
    with torch.no_grad():
        scores, logits = paper.discriminator(torch.zeros(1, 3, 128, 128))

    assert scores.shape == (1, 1, 2, 2)
    assert logits.shape == (1, 5)


def test_the_generator_keeps_the_size_of_128_pixels():
    with torch.device("meta"):  # sizes without numbers
        model = StarGAN(**models.preset("stargan", "paper")["model"])
        images, labels = torch.empty(1, 3, 128, 128), torch.empty(1, 5)
        assert model.translate(images, labels).shape == images.shape


def test_layers_are_those_of_the_paper(paper):
    convolutions = [
        part
        for part in paper.generator.modules()
        if isinstance(part, nn.Conv2d | nn.ConvTranspose2d)
    ]
    widths = [(8, 64), (64, 128), (128, 256), *12 * [(256, 256)], (256, 128), (128, 64), (64, 3)]
    assert [(c.in_channels, c.out_channels) for c in convolutions] == widths
    assert [c.kernel_size[0] for c in convolutions] == [7, 4, 4, *12 * [3], 4, 4, 7]
    assert all(c.bias is None and c.padding_mode == "zeros" for c in convolutions)
    norms = [part for part in paper.modules() if isinstance(part, nn.InstanceNorm2d)]
    assert all(norm.affine and not norm.track_running_stats for norm in norms)
    assert len(norms) == len(convolutions) - 1  # all in the generator, and none behind its last
    slopes = {p.negative_slope for p in paper.modules() if isinstance(p, nn.LeakyReLU)}
    assert slopes == {0.01}


def test_players_have_the_optimiser_and_the_weights_of_the_paper(paper):
    optimizers = paper.optimizers()

    assert list(optimizers) == ["discriminator", "generator"]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.Adam)
        assert optimizer.defaults["lr"] == 1e-4
        assert optimizer.defaults["betas"] == (0.5, 0.999)
    assert (paper.lambda_cls, paper.lambda_rec, paper.lambda_gp) == (1, 10, 10)
    assert paper.n_critic == 5
    settings = models.preset("stargan", "paper")["train"]
    assert settings["batch"] == 5 * 16
    assert settings["steps"] * paper.n_critic == 200_000
    assert paper.lr_decay == (settings["steps"] // 2, settings["steps"])


@pytest.mark.parametrize(
    ("step", "factor"), [(0, 1), (19_999, 1), (20_000, 1), (30_000, 0.5), (39_999, 1 / 20_000)]
)
def test_learning_rate_falls_to_zero(step, factor):
    """The authors' code ends at 0.999 of the first rate."""
    model = StarGAN(**SMALL)
    optimizers = model.optimizers()

    model.schedule(step, optimizers)

    rates = [group["lr"] for o in optimizers.values() for group in o.param_groups]
    assert rates == pytest.approx([1e-4 * factor] * 2)


def test_learning_rate_is_zero_at_the_end_and_never_below():
    model = StarGAN(**SMALL)
    optimizers = model.optimizers()
    for step in (40_000, 50_000):
        model.schedule(step, optimizers)
        assert [g["lr"] for o in optimizers.values() for g in o.param_groups] == [0, 0]


def mirrored(generator: Generator) -> Generator:
    """The same network with mirrored borders."""
    for part in generator.modules():
        if isinstance(part, nn.Conv2d) and part.stride == (1, 1):
            part.padding_mode = "reflect"
            part._reversed_padding_repeated_twice = [part.padding[0]] * 4
    return generator


def test_mirrored_borders_would_hide_the_labels():
    """A plane stays a plane under any convolution, and instance normalisation subtracts it."""
    images = torch.rand(2, 3, 8, 8) * 2 - 1
    labels = torch.eye(3)[:2]

    def seen(generator):
        first = generator.layers[:3]
        told = [
            first(torch.cat([images, planes[:, :, None, None].expand(-1, -1, 8, 8)], 1))
            for planes in (labels, 1 - labels)
        ]
        return (told[0] - told[1]).abs().max().item()

    assert seen(mirrored(Generator(3, 4, 0, 1))) < 1e-4
    assert seen(Generator(3, 4, 0, 1)) > 0.1


def test_every_pixel_is_told_the_label():
    generator = Generator(domains=2, width=4, downsamplings=0, residual_blocks=0)
    seen: list[torch.Tensor] = []
    generator.layers.register_forward_pre_hook(lambda _layers, given: seen.append(given[0]))
    images = torch.rand(2, 3, 8, 8)

    generator(images, torch.tensor([[1.0, 0.0], [0.0, 1.0]]))

    [given] = seen
    assert torch.equal(given[:, :3], images)
    assert (given[0, 3] == 1).all()
    assert (given[0, 4] == 0).all()
    assert (given[1, 3] == 0).all()
    assert (given[1, 4] == 1).all()


def test_classification_loss_is_a_sum_over_domains_and_a_mean_over_images():
    nothing = torch.zeros(4, 5)

    loss = classification_loss(nothing, torch.ones(4, 5))

    assert loss.item() == pytest.approx(5 * math.log(2))
    sure = classification_loss(torch.tensor([[100.0, -100.0]]), torch.tensor([[1.0, 0.0]]))
    assert sure.item() == pytest.approx(0, abs=1e-6)


class Linear(nn.Module):
    """A discriminator whose score is the sum of all values times a slope."""

    def __init__(self, slope: float) -> None:
        super().__init__()
        self.slope = nn.Parameter(torch.tensor(slope))

    def forward(self, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        # a score of four patches, and one domain that is bright or dark
        score = self.slope * images.sum(dim=(1, 2, 3)) / math.sqrt(192) / 4
        return score[:, None, None, None].expand(-1, 1, 2, 2), images.mean(dim=(1, 2, 3))[:, None]


@pytest.mark.parametrize("slope", [0.0, 1.0, 3.0])
def test_penalty_of_a_linear_discriminator_is_the_closed_form(slope):
    penalty = gradient_penalty(Linear(slope), torch.rand(5, 3, 8, 8), torch.rand(5, 3, 8, 8))

    assert penalty.item() == pytest.approx((slope - 1) ** 2, abs=1e-5)


def test_every_image_has_one_alpha_of_its_own():
    seen: list[torch.Tensor] = []
    discriminator = Linear(1.0)
    discriminator.register_forward_pre_hook(lambda _, given: seen.append(given[0].detach()))

    gradient_penalty(discriminator, torch.zeros(300, 3, 8, 8), torch.ones(300, 3, 8, 8))

    alphas = seen[0].flatten(1)
    assert (alphas == alphas[:, :1]).all()
    assert alphas[:, 0].unique().numel() == 300
    assert alphas.mean().item() == pytest.approx(0.5, abs=0.08)


class Darkener(nn.Module):
    """A generator that answers with a constant, whatever it is given and told."""

    def __init__(self) -> None:
        super().__init__()
        self.shade = nn.Parameter(torch.tensor(-0.5))
        self.told: list[torch.Tensor] = []

    def forward(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        self.told.append(labels)
        return self.shade.expand_as(images)


def played(
    labels: torch.Tensor, lambda_identity: float = 0.0
) -> tuple[list[tuple[str, float]], Darkener]:
    """One round on images of brightness 0.25 with known losses."""
    model = StarGAN(**SMALL | {"domains": 1}, lambda_identity=lambda_identity)
    model.generator, model.discriminator = Darkener(), Linear(3.0)
    real = torch.full((len(labels), 3, 8, 8), 0.25)
    moves = [(player, loss.item()) for player, loss in model.step((real, labels))]
    return moves, model.generator


def test_losses_of_a_round_are_those_of_the_paper():
    moves, _ = played(torch.ones(4, 1))

    score = 3 * math.sqrt(192) / 4  # of an image of brightness 1
    domain = {x: F.softplus(torch.tensor(-x)).item() for x in (0.25, -0.5)}
    discriminator = -0.5 * score - 0.25 * score + 10 * (3 - 1) ** 2 + domain[0.25]
    generator = 0.5 * score + domain[-0.5] + 10 * 0.75  # it comes back 0.75 too dark
    assert [player for player, _ in moves] == ["discriminator", "discriminator", "generator"]
    for player, loss in moves:
        wanted = discriminator if player == "discriminator" else generator
        assert loss == pytest.approx(wanted, rel=1e-4)


def test_the_identity_loss_compares_a_face_with_itself_under_its_own_label():
    labels = torch.arange(8.0)[:, None]

    without, _ = played(labels)
    moves, generator = played(labels, lambda_identity=2.0)

    assert moves[-1][1] - without[-1][1] == pytest.approx(2 * 0.75, rel=1e-4)
    assert torch.equal(generator.told[-1], labels[4:])


def test_a_face_is_to_become_what_another_is_and_comes_back_as_itself():
    """Labels that are shuffled are real ones: never two hair colours at once."""
    labels = torch.arange(8.0)[:, None]

    _, generator = played(labels)

    first, second, second_again, original = generator.told
    assert sorted(first[:, 0].tolist()) == [0, 1, 2, 3]
    assert sorted(second[:, 0].tolist()) == [4, 5, 6, 7]
    assert torch.equal(second_again, second)
    assert torch.equal(original, labels[4:])


def test_a_batch_smaller_than_the_number_of_moves_is_refused():
    with pytest.raises(ValueError, match="1 images are not enough for 2 moves"):
        list(StarGAN(**SMALL).step(batch(1)))


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_each_move_leaves_the_other_player_without_gradient(precision):
    settings = loop.Settings(data="", batch=6, steps=1, precision=precision)
    run = loop.start(StarGAN(**SMALL), settings)
    generator, discriminator = run.model.generator, run.model.discriminator
    moves = loop.play(run, batch(), settings)

    for _ in range(2):
        assert next(moves)[0] == "discriminator"
        assert all(p.grad is None for p in generator.parameters())
    judged = [p.grad.clone() for p in discriminator.parameters()]
    assert all(grad.any() for grad in judged)

    assert next(moves)[0] == "generator"
    assert all(p.grad.any() for p in generator.parameters())
    for parameter, before in zip(discriminator.parameters(), judged, strict=True):
        assert torch.equal(parameter.grad, before)


def test_it_says_how_many_domains_it_knows():
    model = StarGAN(**SMALL)

    assert isinstance(model, DomainTranslator)
    assert model.domains == model.read(batch()[0]).shape[1] == 3


def test_labels_are_read_off_by_the_discriminator():
    model = StarGAN(**SMALL | {"domains": 1})
    model.discriminator = Linear(1.0)

    read = model.read(torch.tensor([0.5, -0.5])[:, None, None, None].expand(2, 3, 8, 8))

    assert read.tolist() == [[1.0], [0.0]]


def test_translations_do_not_depend_on_the_mode_or_on_what_else_is_translated():
    model = StarGAN(**SMALL)
    images, labels = batch()

    together = model.train().translate(images, labels)
    alone = torch.cat(
        [model.eval().translate(images[i : i + 1], labels[i : i + 1]) for i in (0, 1)]
    )

    assert torch.allclose(together[:2], alone, atol=1e-5)
    assert together.abs().max() <= 1
    assert not together.requires_grad


@pytest.mark.slow
def test_networks_as_deep_as_the_papers_play_a_round():
    small = {"size": 64, "width": 16, "discriminator_width": 16}
    preset = models.preset("stargan", "paper")
    settings = loop.Settings(**preset["train"] | {"batch": 5})
    run = loop.new("stargan", preset["model"] | small, settings)
    images, labels = torch.rand(5, 3, 64, 64) * 2 - 1, torch.eye(5)

    losses = dict(loop.play(run, (images, labels), settings))

    assert losses.keys() == {"discriminator", "generator"}
    assert all(loss.isfinite() for loss in losses.values())


@pytest.mark.parametrize("size", [6, 18, -3])
def test_sizes_that_cannot_be_halved_are_refused(size):
    with pytest.raises(ValueError, match=f"multiple of 4, not {size}"):
        StarGAN(**SMALL | {"size": size})
