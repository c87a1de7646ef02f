"""SinGAN has the official sizes and networks, and three steps of each player that really count."""

import math
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal import models
from gan_minimal.models.singan import Generator, SinGAN, gradient_penalty, pyramid, resize
from gan_minimal.training import checkpoint, loop

# six scales, from 12x16 to 30x40 pixels
SMALL = {"photo": (30, 40), "max_size": 40, "min_size": 12, "width": 4, "rounds": 2}
SETTINGS = loop.Settings(data="", batch=1, steps=12)


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.fixture
def photo() -> torch.Tensor:
    return torch.rand(1, 3, 30, 40, generator=torch.Generator().manual_seed(7)) * 2 - 1


def play(run: loop.Run, photo: torch.Tensor, rounds: int) -> list[list[tuple[str, float]]]:
    run.model.train()
    return [
        [(player, loss.item()) for player, loss in loop.play(run, (photo,), SETTINGS)]
        for _ in range(rounds)
    ]


@pytest.fixture
def trained(photo) -> SinGAN:
    """All scales of a small pyramid, two rounds each."""
    run = loop.new("singan", SMALL, SETTINGS)
    play(run, photo, 12)
    return run.model.eval()


# The pyramid


def test_pyramid_of_250_pixels_is_the_official_one():
    sizes = pyramid((250, 250), 25, 250)

    assert [h for h, _ in sizes] == [25, 32, 40, 50, 63, 80, 100, 126, 158, 199, 250]
    factor = (25 / 250) ** (1 / 10)
    assert factor == pytest.approx(0.7943282347242815)
    assert all(h == w for h, w in sizes)


@pytest.mark.parametrize("photo", [(188, 250), (100, 100), (250, 188), (167, 250)])
def test_a_float_above_25_becomes_26_pixels_as_in_the_official_code(photo):
    sizes = pyramid(photo, 25, 250)

    factor = math.pow(25 / min(photo), 1 / (len(sizes) - 1))
    assert 25 < min(photo) * math.pow(factor, len(sizes) - 1) < 25 + 1e-12
    assert min(sizes[0]) == 26
    assert sizes[-1] == photo


def test_photographs_that_are_reduced_follow_the_official_count():
    """Scales are counted from the whole photograph and then taken off: 9, not 10, of 250x188."""
    assert len(pyramid((188, 250), 25, 250)) == 10
    large = pyramid((750, 1000), 25, 250)
    assert len(large) == math.ceil(math.log(25 / 750, 0.75)) + 2 - math.ceil(math.log(0.25, 0.75))
    assert (len(large), large[0], large[-1]) == (9, (25, 34), (188, 250))


def test_a_pyramid_lies_as_its_photograph_does():
    wide, high = pyramid((167, 250), 25, 250), pyramid((250, 167), 25, 250)

    assert [(w, h) for h, w in high] == wide
    assert all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(wide))


@pytest.mark.parametrize("photo", [(26, 26), (26, 27), (31, 250), (400, 60), (30, 1000)])
def test_every_pyramid_grows_from_coarsest_to_finest_or_is_refused(photo):
    try:
        sizes = pyramid(photo, 25, 250)
    except ValueError:
        assert math.ceil(min(photo) * min(250 / max(photo), 1)) <= 25
        return
    assert min(sizes[0]) in (25, 26)
    assert max(sizes[-1]) <= 250
    assert sizes == sorted(sizes)


@pytest.mark.parametrize("photo", [(25, 25), (20, 200), (30, 1000)])
def test_photographs_without_a_pyramid_are_refused(photo):
    with pytest.raises(ValueError, match="pixels are too few: both must exceed 25"):
        SinGAN(photo=photo)


def test_images_shrink_without_aliasing_and_stay_in_range():
    stripes = torch.ones(1, 3, 8, 64)
    stripes[..., ::2] = -1

    small = resize(stripes, (4, 16))

    assert small[..., 2:-2].abs().max() < 0.1
    assert resize(stripes, (8, 64)).equal(stripes)
    assert resize(stripes, (16, 128)).abs().max() == 1  # bicubic curves would overshoot


# The networks


@pytest.fixture(scope="module")
def paper() -> SinGAN:
    torch.manual_seed(0)
    return SinGAN(photo=(250, 250))


def test_networks_have_the_official_numbers_of_parameters(paper):
    assert paper.widths == [32] * 4 + [64] * 4 + [128] * 3
    generators = [29_763] * 4 + [114_819] * 4 + [450_819] * 3
    discriminators = [29_185] * 4 + [113_665] * 4 + [448_513] * 3
    assert [count(g) for g in paper.generators] == generators
    assert [count(d) for d in paper.discriminators] == discriminators


def test_weights_begin_as_at_the_authors(paper):
    for network in (paper.generators[8], paper.discriminators[8]):
        for layer in network.modules():
            if isinstance(layer, nn.Conv2d) and layer.weight.numel() > 10_000:
                assert layer.weight.std().item() == pytest.approx(0.02, rel=0.05)
                assert layer.weight.mean().item() == pytest.approx(0, abs=1e-3)
            elif isinstance(layer, nn.BatchNorm2d):
                assert layer.weight.mean().item() == pytest.approx(1, abs=0.01)
                assert layer.weight.std().item() == pytest.approx(0.02, rel=0.4)
                assert not layer.bias.any()


def reach(gradient: torch.Tensor) -> tuple[int, int]:
    """Height and width of the box in which a gradient is not zero."""
    _, _, rows, columns = gradient.nonzero(as_tuple=True)
    return (rows.max() - rows.min() + 1).item(), (columns.max() - columns.min() + 1).item()


def test_each_output_sees_11_pixels(paper):
    image = torch.randn(1, 3, 31, 33, requires_grad=True)

    scores = paper.discriminators[0].eval()(image)
    (gradient,) = torch.autograd.grad(scores[0, 0, 10, 10], image)

    assert scores.shape == (1, 1, 21, 23)
    assert reach(gradient) == (11, 11)
    generator = paper.generators[0].eval()
    generator.amplitude.fill_(1)
    below = torch.zeros_like(image)
    (gradient,) = torch.autograd.grad(generator(image, below)[0, 0, 15, 15], image)
    assert reach(gradient) == (11, 11)
    generator.amplitude.zero_()


def test_a_generator_adds_to_the_image_from_below():
    generator, plain = Generator(4, residual=True).eval(), Generator(4, residual=False).eval()
    plain.load_state_dict(generator.state_dict())
    noise, below = torch.randn(2, 1, 3, 20, 20)

    change = plain(noise, below)

    assert torch.allclose(generator(noise, below), below + change)
    assert change.abs().max() <= 1
    assert generator(torch.zeros_like(noise), below).equal(generator(noise, below))  # amplitude 0
    generator.amplitude.fill_(0.5)
    doubled = generator(2 * noise, below)
    generator.amplitude.fill_(1)
    assert torch.allclose(doubled, generator(noise, below), atol=1e-6)


def test_zeros_surround_the_image_once():
    """Five layers padded one by one would end elsewhere near the border."""
    generator = Generator(4, residual=False).eval()
    image = torch.randn(1, 3, 20, 20)

    padded = generator.body(F.pad(image, (5, 5, 5, 5))).tanh()

    assert torch.allclose(generator(torch.zeros_like(image), image), padded)


# The game


class Linear(nn.Module):
    """A critic whose score of each pixel is w·colour."""

    def __init__(self, *weight: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.tensor(weight))

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return torch.einsum("nchw,c->nhw", x, self.weight)[:, None]


@pytest.mark.parametrize("size", [(12, 16), (30, 40)])
def test_penalty_of_a_linear_critic_is_the_closed_form_at_every_size(size):
    """(|w| - 1)² of a pixel's three colours; one slope for the image would grow with its size."""
    critic = Linear(3.0, 0.0, 4.0)

    penalty = gradient_penalty(critic, torch.randn(1, 3, *size), torch.randn(1, 3, *size))

    assert penalty.item() == pytest.approx(16)
    (gradient,) = torch.autograd.grad(penalty, critic.parameters())
    assert torch.allclose(gradient, 2 * 4 * critic.weight / 5)


def test_points_lie_between_the_two_images():
    seen = []
    critic = Linear(1.0, 1.0, 1.0)
    critic.register_forward_pre_hook(lambda _, images: seen.append(images[0].detach()))

    for _ in range(200):
        gradient_penalty(critic, torch.zeros(1, 3, 4, 4), torch.ones(1, 3, 4, 4))

    points = torch.stack(seen).flatten(1)
    assert (points == points[:, :1]).all()  # one share of the way for a whole image
    assert 0 <= points.min() < 0.05
    assert 0.95 < points.max() <= 1


class Constant(nn.Module):
    """A generator that draws one grey, whatever it is given."""

    def __init__(self, grey: float) -> None:
        super().__init__()
        self.grey = nn.Parameter(torch.tensor(grey))
        self.register_buffer("amplitude", torch.ones(()))

    def forward(self, noise: torch.Tensor, below: torch.Tensor) -> torch.Tensor:
        return self.grey.expand_as(noise)


def test_losses_are_distance_penalty_and_reconstruction(photo):
    model = SinGAN(**SMALL)
    model.discriminators[0] = Linear(3.0, 0.0, 4.0)
    model.generators[0] = Constant(0.5)
    model.generators.register_buffer("z_star", torch.randn(1, 1, 12, 16))

    moves = [(player, loss.item()) for player, loss in model.step((torch.full_like(photo, 0.25),))]

    assert [player for player, _ in moves] == ["discriminator"] * 3 + ["generator"] * 3
    assert [x for _, x in moves[:3]] == pytest.approx([7 * 0.5 - 7 * 0.25 + 0.1 * 16] * 3)
    assert [x for _, x in moves[3:]] == pytest.approx([10 * 0.25**2 - 7 * 0.5] * 3)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_each_move_leaves_all_other_networks_without_gradient(photo, precision):
    settings = loop.Settings(data="", batch=1, steps=12, precision=precision)
    run = loop.new("singan", SMALL, settings)
    model = run.model.train()
    for _ in range(2):
        list(loop.play(run, (photo,), settings))  # the coarsest scale is finished
    for optimizer in run.optimizers.values():
        optimizer.zero_grad()

    moves = loop.play(run, (photo,), settings)
    for _ in range(3):
        assert next(moves)[0] == "discriminator"
        moved = [p.grad for p in model.discriminators[1].parameters()]
        assert all(grad.any() for grad in moved[:-1])  # the last bias cancels in a difference
        assert all(p.grad is None for p in model.generators.parameters())
    before = [grad.clone() for grad in moved]
    for _ in range(3):
        assert next(moves)[0] == "generator"
        assert all(p.grad is not None for p in model.generators[1].parameters())
        assert all(torch.equal(a, b) for a, b in zip(moved, before, strict=True))
    for i in (0, 2, 3, 4, 5):
        for networks in (model.generators, model.discriminators):
            assert all(p.grad is None for p in networks[i].parameters())


def test_only_the_current_scale_moves(photo):
    run = loop.new("singan", SMALL, SETTINGS)
    play(run, photo, 2)
    before = [
        {k: v.clone() for k, v in g.state_dict().items()}
        for networks in (run.model.generators, run.model.discriminators)
        for g in networks
    ]

    play(run, photo, 1)

    after = [*run.model.generators, *run.model.discriminators]
    changed = [
        any(not torch.equal(v, b[k]) for k, v in g.state_dict().items())
        for g, b in zip(after, before, strict=True)
    ]
    assert [i for i, change in enumerate(changed) if change] == [1, 7]


def test_three_moves_of_the_generator_are_three_true_gradients(photo):
    """Regression: one fake for three moves fails with "modified by an inplace operation"."""
    run = loop.new("singan", SMALL, SETTINGS)
    model = run.model.train()
    drawn = []
    model.generators[0].register_forward_hook(
        lambda _, given, image: drawn.append((given[0].clone(), image.detach().clone()))
    )

    (losses,) = play(run, photo, 1)

    assert len(losses) == 6
    assert len(drawn) == 3 + 3 * 2  # fakes for the critic, then fake and reconstruction
    fakes = [drawn[2], drawn[4], drawn[6], drawn[8]]
    assert all(torch.equal(noise, fakes[0][0]) for noise, _ in fakes)  # the critic's last noise
    assert torch.equal(fakes[0][1], fakes[1][1])
    assert not torch.equal(fakes[1][1], fakes[2][1])  # drawn again after each move
    assert not torch.equal(fakes[2][1], fakes[3][1])


def test_one_fake_for_three_moves_is_what_pytorch_refuses():
    """With plain Adam, as in the official code; a fused one would go on silently, and wrongly."""
    model = SinGAN(**SMALL)
    generator, critic = model.generators[0], model.discriminators[0]
    adam = torch.optim.Adam(generator.parameters())
    fake = generator(torch.randn(1, 3, 12, 16), torch.zeros(1, 3, 12, 16))

    (-critic(fake).mean()).backward(inputs=list(generator.parameters()), retain_graph=True)
    adam.step()

    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        (-critic(fake).mean()).backward(inputs=list(generator.parameters()))


def test_the_critic_sees_another_fake_in_each_of_its_moves(photo):
    model = SinGAN(**SMALL)
    seen = []
    model.discriminators[0].register_forward_pre_hook(lambda _, x: seen.append(x[0].detach()))

    list(model.step((photo,)))

    assert torch.equal(seen[0], resize(photo, (12, 16)))
    assert len({x.sum().item() for x in seen[1:9:3]}) == 3


# From scale to scale


def test_noise_is_as_strong_as_what_the_scales_below_miss(photo):
    run = loop.new("singan", SMALL, SETTINGS)
    play(run, photo, 3)
    model = run.model

    below = resize(model.generators[0](*model.z_rec(1), torch.zeros(1, 3, 12, 16)), (15, 20))
    error = (below - resize(photo, (15, 20))).square().mean().sqrt()

    assert model.generators[0].amplitude == 1
    assert model.generators[1].amplitude.item() == pytest.approx(0.1 * error.item(), rel=1e-5)
    assert all(g.amplitude == 0 for g in model.generators[2:])


def test_the_coarsest_noise_is_grey_and_finer_noise_is_coloured(paper):
    coarse, fine = paper.random_noise(2, paper.sizes[:2])

    assert coarse.shape == (2, 3, 25, 25)
    assert torch.equal(coarse[:, 0], coarse[:, 1])
    assert not torch.equal(fine[:, 0], fine[:, 1])
    (only,) = paper.random_noise(1, paper.sizes[3:4], first=3)
    assert not torch.equal(only[:, 0], only[:, 1])


def test_the_photograph_has_one_noise_and_zeros(paper):
    fixed = paper.z_rec(3)

    assert [z.shape[2:] for z in fixed] == paper.sizes[:3]
    assert fixed[0].std().item() == pytest.approx(1, abs=0.1)
    assert torch.equal(fixed[0], paper.z_rec(1)[0])
    assert not fixed[1].any()
    assert paper.z_rec(0) == []


def test_weights_come_from_the_scale_below_if_it_is_as_wide(photo):
    run = loop.new("singan", SMALL, SETTINGS)
    play(run, photo, 2)
    model = run.model
    for scale, same in ((1, True), (4, False)):
        with torch.no_grad():
            small = resize(photo, model.sizes[scale])
            model.begin(scale, torch.zeros_like(small), small)
        for networks in (model.generators, model.discriminators):
            pairs = zip(networks[scale].parameters(), networks[scale - 1].parameters(), strict=True)
            assert all(a.shape == b.shape and torch.equal(a, b) for a, b in pairs) is same
        assert model.generators[scale].amplitude > 0


def test_scales_follow_one_another_and_the_rate_falls_at_80_percent():
    model = SinGAN(**SMALL | {"rounds": 10})
    optimizers = model.optimizers()

    seen = []
    for step in range(65):
        model.schedule(step, optimizers)
        rates = {group["lr"] for o in optimizers.values() for group in o.param_groups}
        seen.append((model.scale, *rates))

    assert seen[:8] == [(0, 5e-4)] * 8
    assert [lr for _, lr in seen[8:10]] == pytest.approx([5e-5] * 2)
    assert seen[10:12] == [(1, 5e-4)] * 2
    assert [scale for scale, _ in seen] == sorted(i // 10 for i in range(60)) + [5] * 5


def test_finished_scales_draw_with_their_running_statistics(photo):
    run = loop.new("singan", SMALL, SETTINGS)
    play(run, photo, 3)

    assert not run.model.generators[0].training
    assert run.model.generators[1].training


def test_both_players_have_the_official_optimiser(paper):
    optimizers = paper.optimizers()

    assert list(optimizers) == ["discriminator", "generator"]
    for optimizer in optimizers.values():
        assert isinstance(optimizer, torch.optim.Adam)
        assert (optimizer.defaults["lr"], optimizer.defaults["betas"]) == (5e-4, (0.5, 0.999))
    assert (paper.lambda_gp, paper.alpha, paper.noise_amp) == (0.1, 10, 0.1)
    assert (paper.discriminator_steps, paper.generator_steps) == (3, 3)
    assert paper.rounds == 2000


@pytest.mark.parametrize("which", models.get("singan").PRESETS)
def test_presets_play_all_rounds_of_all_scales(which):
    preset = models.preset("singan", which)

    model = models.build("singan", **preset["model"])

    assert preset["train"]["steps"] == model.rounds * len(model.sizes)
    assert (model.discriminator_steps, model.generator_steps) == (3, 3)
    stored = sum(t.numel() * 2 for t in model.generators.state_dict().values())
    assert stored < 1_000_000 or which == "paper"


@pytest.mark.slow
@pytest.mark.parametrize("stop", [1, 4, 5])
def test_a_resumed_run_ends_with_the_same_bits(stop, photo, tmp_path):
    run = loop.new("singan", SMALL, SETTINGS)
    whole = play(run, photo, 12)
    parted = loop.new("singan", SMALL, SETTINGS)
    play(parted, photo, stop)
    checkpoint.save(tmp_path / "c.pt", loop.contents(parted, "singan", SMALL, SETTINGS))
    torch.randn(5)

    resumed, _, _ = loop.resume(tmp_path / "c.pt")
    rest = play(resumed, photo, 12 - stop)

    assert rest == whole[stop:]
    for name, value in run.model.state_dict().items():
        assert torch.equal(value, resumed.model.state_dict()[name]), name


# Samples


def test_samples_are_images_of_the_photographs_size(trained):
    drawn = trained.sample(3)

    assert drawn.shape == (3, 3, 30, 40)
    assert drawn.abs().max() <= 1
    assert not drawn.requires_grad
    assert not torch.equal(drawn[0], drawn[1])


@pytest.mark.parametrize("size", [(30, 80), (60, 40), (17, 23), (30, 40)])
def test_samples_of_other_sizes(trained, size):
    seen = []
    for generator in trained.generators:
        generator.register_forward_hook(lambda *_: seen.append(tuple(_[2].shape[2:])))

    assert trained.sample(2, size).shape == (2, 3, *size)
    assert seen[-1] == size
    for (h, w), (high, wide) in zip(seen, trained.sizes, strict=True):
        assert h == pytest.approx(high * size[0] / 30, abs=0.51)
        assert w == pytest.approx(wide * size[1] / 40, abs=0.51)


def test_noise_begins_at_a_scale_and_the_layout_below_it_stays(trained):
    noises = []
    for generator in trained.generators:
        generator.register_forward_pre_hook(lambda _, given: noises.append(given[0]))
    torch.manual_seed(0)
    drawn = trained.sample(2, first=3)

    assert torch.equal(noises[0], trained.z_rec(1)[0])
    assert not noises[1].any()
    assert not noises[2].any()
    assert [z.shape[0] for z in noises] == [1, 1, 1, 2, 2, 2]
    assert all(z.std().item() == pytest.approx(1, abs=0.1) for z in noises[3:])
    torch.manual_seed(0)
    with torch.no_grad():
        below = trained.generate(trained.z_rec(3))
    assert torch.equal(drawn, trained.sample(2, first=3, previous=below))
    assert not torch.equal(drawn, trained.sample(2, first=3, previous=-below))


def test_a_run_under_way_draws_with_the_scales_that_have_begun(photo):
    run = loop.new("singan", SMALL, SETTINGS)
    assert not run.model.eval().sample(2).any()  # nothing has begun: grey
    play(run, photo, 3)

    drawn = run.model.eval().sample(2)

    assert drawn.shape == (2, 3, 30, 40)
    assert drawn.std() > 0
    assert run.model.sample(2, first=4).shape == drawn.shape


def test_what_is_recorded_is_all_that_sampling_needs(trained):
    other = SinGAN(**SMALL).eval()
    other.generators.load_state_dict(trained.generators.state_dict())
    torch.manual_seed(0)
    drawn = trained.sample(2, first=1)
    torch.manual_seed(0)

    assert torch.allclose(drawn, other.sample(2, first=1), atol=1e-5)


@pytest.mark.slow
def test_the_fixed_noise_gives_the_photograph_back():
    """A picture of four fields, after 80 rounds of the coarsest scale."""
    photo = torch.full((1, 3, 30, 40), -0.6)
    photo[:, 0, :15], photo[:, 2, :, 20:] = 0.6, 0.4
    run = loop.new("singan", SMALL | {"rounds": 80, "width": 16}, SETTINGS)

    play(run, photo, 80)

    model = run.model.eval()
    with torch.no_grad():
        error = F.mse_loss(model.generate(model.z_rec(1)), resize(photo, (12, 16)))
    assert error < 0.05 < photo.var()
