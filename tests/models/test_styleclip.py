"""StyleCLIP moves nothing but styles, at the official pace, to where its loss is least."""

import math
from functools import partial

import pytest
import torch
from torch import Tensor, nn

from gan_minimal import models
from gan_minimal.editing import styleclip
from gan_minimal.models.styleclip import PRESETS, Inversion, StyleCLIP, lr_ramp
from gan_minimal.training import loop

TINY = {"size": 16, "latent": 8, "style": 8, "fmap_base": 64, "fmap_max": 8, "rounds": 0}
PAPER = PRESETS["paper"]["model"]
SETTINGS = loop.Settings(data="", batch=1, steps=1)


def same(x: Tensor) -> Tensor:
    return x.flatten(1)


def pixels(styles: Tensor) -> Tensor:
    """A generator that draws styles `(N, L, style)` as grey images of L rows."""
    return styles[:, None]


def game(start: list[float], text: list[float], **arguments: float | Tensor) -> StyleCLIP:
    """One face with one style, whose picture and point are the style itself."""
    styles = torch.tensor(start)[None, None]
    return StyleCLIP(pixels, same, torch.tensor(text)[None], styles, **arguments)


def direction(x: Tensor) -> Tensor:
    return x.flatten(1) / x.flatten(1).norm(dim=1, keepdim=True)


# Settings


def test_paper_preset_has_the_official_settings():
    made = game([1.0, 0.0], [0.0, 1.0], **PAPER)
    optimizer = made.optimizers()["styles"]

    assert (made.rounds, made.lr, made.lambda_l2) == (300, 0.1, 0.008)
    assert isinstance(optimizer, torch.optim.Adam)
    assert optimizer.defaults["lr"] == 0.1
    assert optimizer.defaults["betas"] == (0.9, 0.999)
    assert optimizer.defaults["weight_decay"] == 0


@pytest.mark.parametrize(
    ("step", "rate"),
    [
        (0, 0.0),
        (1, 0.006666666666666667),
        (5, 0.03333333333333333),
        (15, 0.1),
        (150, 0.1),
        (225, 0.1),
        (250, 0.07499999999999997),
        (275, 0.025000000000000012),
        (299, 4.385849505708084e-05),
    ],
)
def test_learning_rates_are_those_of_the_authors_code(step, rate):
    styles = torch.zeros(1, 1, 2)
    for made in (game([1.0, 0.0], [0.0, 1.0], **PAPER), Inversion(pixels, styles, styles, 300)):
        optimizers = made.optimizers()

        made.schedule(step, optimizers)

        assert optimizers["styles"].param_groups[0]["lr"] == pytest.approx(rate, rel=1e-12)


@pytest.mark.parametrize("rounds", [1, 200, 300, 1000])
def test_the_learning_rate_is_a_share_of_the_game(rounds):
    assert lr_ramp(0, rounds) == 0
    assert lr_ramp(rounds, rounds) == 0
    assert all(0 <= lr_ramp(step, rounds) <= 1 for step in range(rounds))


# The loss


def test_the_loss_of_two_faces_is_their_cosines_and_what_they_have_moved():
    """1 - 0.6 + 0.008 · 25 for one face, 1 - (-1) + 0.008 · 4 for the other."""
    begin = torch.zeros(2, 2, 2)
    texts_of_both = torch.tensor([[5.0, 0, 0, 0], [0, 1, 0, 0]])
    made = StyleCLIP(pixels, same, texts_of_both, begin)
    with torch.no_grad():
        made.offset.copy_(torch.tensor([[[3.0, 0], [4, 0]], [[0, -2], [0, 0]]]))

    ((player, loss),) = made.step()

    assert player == "styles"
    assert loss.item() == pytest.approx(0.4 + 0.2 + 2 + 0.032)


def test_one_text_goes_for_all_faces():
    begin = torch.tensor([[[3.0, 4.0]], [[1.0, 0.0]]])

    ((_, loss),) = StyleCLIP(pixels, same, torch.tensor([[1.0, 0.0]]), begin).step()

    assert loss.item() == pytest.approx(0.4)


def test_a_face_is_edited_as_if_it_were_alone():
    begin = torch.randn(3, 2, 4)
    aims = torch.randn(3, 8)
    together = StyleCLIP(pixels, same, aims, begin, rounds=20)
    alone = StyleCLIP(pixels, same, aims[1:2], begin[1:2], rounds=20)

    for made in (together, alone):
        styleclip.play(made, made.rounds)

    assert torch.allclose(together.w[1:2], alone.w, atol=1e-5)


# The game


def test_only_the_styles_move():
    torch.manual_seed(0)
    network = models.build("stylegan", **TINY).eval()
    clip = nn.Linear(3 * 16 * 16, 5)
    before = {name: value.clone() for name, value in network.state_dict().items()}
    begin, aim = torch.randn(2, 6, 8, requires_grad=True), torch.randn(2, 5)
    draw = partial(network.draw, noise=network.generator.noise(2))
    made = StyleCLIP(draw, lambda x: clip(x.flatten(1)), aim, begin, rounds=20)
    kept = (begin.detach().clone(), aim.clone())

    assert {name for name, _ in made.named_parameters()} == {"offset"}
    styleclip.play(made, 20)

    assert (made.w != begin).any(dim=2).all()
    assert torch.equal(begin, kept[0])
    assert torch.equal(made.w_s, kept[0])
    assert torch.equal(made.text_features, kept[1])
    assert begin.grad is None
    for name, value in network.state_dict().items():
        assert torch.equal(value, before[name]), name
    assert all(p.grad is None for each in (network, clip) for p in each.parameters())


def test_the_first_round_moves_nothing():
    made = game([1.0, 0.0], [0.0, 1.0])

    ((_, loss),) = loop.play(loop.start(made, SETTINGS), None, SETTINGS)

    assert torch.equal(made.w, made.w_s)
    assert loss.item() == 1


def test_without_a_penalty_a_face_turns_all_the_way_to_its_text():
    made = game([1.0, 0.0, 0.0], [0.0, 3.0, 4.0], lambda_l2=0.0)

    styleclip.play(made, made.rounds)

    assert torch.allclose(direction(made.w), torch.tensor([[0, 0.6, 0.8]]), atol=1e-3)


def test_the_penalty_stops_a_face_where_the_loss_is_least():
    """A style of length 2, turned by a of the 90° to its text and made shorter, to 2 cos a.

    It costs 1 - sin a + λ · 4 sin² a: for λ = 1/4 that is least at a = 30°, where it is 3/4.
    """
    made = game([2.0, 0.0], [0.0, 1.0], lambda_l2=0.25)

    styleclip.play(made, made.rounds)

    ((_, loss),) = made.step()
    assert loss.item() == pytest.approx(0.75, abs=1e-5)
    assert made.w[0, 0].tolist() == pytest.approx([1.5, math.sqrt(3) / 2], abs=1e-3)


def test_one_move_for_all_layers_moves_them_alike():
    begin = torch.randn(2, 3, 4)
    made = StyleCLIP(pixels, same, torch.randn(2, 12), begin, torch.zeros(2, 1, 4), rounds=20)

    styleclip.play(made, 20)

    moved = made.w - begin
    assert moved.any()
    assert torch.allclose(moved, moved[:, :1].expand(-1, 3, -1), atol=1e-6)


def test_a_game_may_begin_away_from_the_face_and_is_tied_to_it_all_the_same():
    made = game([1.0, 0.0], [0.0, 1.0], offset=torch.tensor([[[2.0, 0.0]]]), lambda_l2=0.5)

    assert made.w.tolist() == [[[3.0, 0.0]]]
    assert made.losses().item() == pytest.approx(1 + 0.5 * 4)


# Inversion


def test_the_squared_error_of_each_image_and_of_its_styles_are_means():
    images, begin = torch.ones(2, 1, 1, 4), torch.zeros(2, 1, 4)
    made = Inversion(pixels, images, begin, lambda_l2=0.5)
    with torch.no_grad():
        made.w[0] = 3.0

    ((player, loss),) = made.step()

    assert player == "styles"
    assert loss.item() == pytest.approx((4 + 0.5 * 9) + 1)


def test_styles_of_a_linear_generator_are_recovered():
    torch.manual_seed(0)
    turn, _ = torch.linalg.qr(torch.randn(8, 8))
    scales = torch.linspace(0.5, 2, 8)

    def draw(styles: Tensor) -> Tensor:
        return (styles.flatten(1) * scales @ turn).unflatten(1, (1, 2, 4))

    wanted = torch.randn(3, 2, 4)
    made = Inversion(draw, draw(wanted), torch.zeros(3, 2, 4), lambda_l2=0.0)

    styleclip.play(made, made.rounds)

    assert torch.allclose(made.w, wanted, atol=1e-3)


def test_the_penalty_draws_recovered_styles_to_the_average():
    """For an image w itself each number ends at w / (1 + λ)."""
    wanted = torch.randn(2, 1, 4)
    made = Inversion(pixels, pixels(wanted), torch.zeros(2, 1, 4), lambda_l2=0.25)

    styleclip.play(made, made.rounds)

    assert torch.allclose(made.w, wanted / 1.25, atol=1e-3)


@pytest.mark.slow
def test_a_face_that_stylegan_drew_is_found_again():
    torch.manual_seed(0)
    network = models.build("stylegan", **TINY).eval()
    still = [torch.zeros_like(each) for each in network.generator.noise(2)]
    draw = partial(network.draw, noise=still)
    mean = network.generator.mapping(network.noise(500)).mean(dim=0).detach()
    with torch.no_grad():
        images = draw(network.generator.mapping(network.noise(2)))
    made = Inversion(draw, images, mean.expand(2, 6, -1), rounds=100)

    before = (draw(made.w) - images).square().mean(dim=(1, 2, 3))
    styleclip.play(made, made.rounds)

    after = (draw(made.w) - images).square().mean(dim=(1, 2, 3))
    assert (after < before / 10).all()
    assert torch.equal(made.images, images)
