"""PGGAN grows without a jump or a lost bit."""

import pytest
import torch
import torch.nn.functional as F

from gan_minimal import models
from gan_minimal.models.pggan import PGGAN, process_reals
from gan_minimal.training import checkpoint, loop
from tests.models.test_pggan import SETTINGS, SMALL, play


@pytest.fixture
def real() -> torch.Tensor:
    return torch.rand(4, 3, 16, 16, generator=torch.Generator().manual_seed(7)) * 2 - 1


def test_the_schedule_is_the_official_one():
    """Levels of detail that are missing, in thousands of images: 600 settle and 600 fade."""
    model = PGGAN(latent=1, fmap_max=1, rounds=600)
    official = {
        **{0: 8.0, 300: 8.0, 600: 8.0, 900: 7.5, 1200: 7.0, 1500: 7.0, 4800: 4.0},
        **{9599: 1 / 600, 9600: 0.0, 12000: 0.0},
    }

    for step, missing in official.items():
        stage, alpha = model.growth(step)
        assert 8 - stage + (1 - alpha) == pytest.approx(missing)
    assert model.growth(600) == (0, 1.0)  # nothing of the next stage yet
    assert model.growth(601) == (1, pytest.approx(1 / 600))
    assert model.growth(1199) == (1, pytest.approx(599 / 600))
    assert model.growth(1200) == (1, 1.0)


def test_growth_of_the_small_model():
    model = PGGAN(**SMALL)
    third = (pytest.approx(1 / 3), pytest.approx(2 / 3))

    assert [model.growth(step) for step in range(14)] == [
        *[(0, 1.0)] * 4,
        *[(1, share) for share in third],
        *[(1, 1.0)] * 4,
        *[(2, share) for share in third],
        *[(2, 1.0)] * 2,
    ]


def test_without_rounds_there_is_no_growth(real):
    run = loop.new("pggan", SMALL | {"rounds": 0}, SETTINGS)

    assert run.model.growth(0) == run.model.growth(100) == (2, 1.0)
    play(run, real, 2)
    assert {state["step"].item() for state in run.optimizers["generator"].state.values()} == {2}


@pytest.mark.parametrize("stage", [1, 2])
def test_the_generator_grows_without_a_jump(stage):
    model = PGGAN(**SMALL)
    z = model.noise(4)
    old = F.interpolate(model.generator(z, stage - 1), scale_factor=2)
    new = model.generator(z, stage)

    assert torch.equal(model.generator(z, stage, 0.0), old)
    assert torch.allclose(model.generator(z, stage, 1 - 1e-7), new, atol=1e-5)
    assert torch.allclose(model.generator(z, stage, 0.25), 0.75 * old + 0.25 * new, atol=1e-6)
    assert not torch.allclose(old, new, atol=0.1)


@pytest.mark.parametrize("stage", [1, 2])
def test_the_discriminator_grows_without_a_jump(stage):
    model = PGGAN(**SMALL)
    images = torch.randn(4, 3, 4 * 2**stage, 4 * 2**stage)
    old, new = (
        model.discriminator(F.avg_pool2d(images, 2), stage - 1),
        model.discriminator(images, stage),
    )

    assert torch.equal(model.discriminator(images, stage, 0.0), old)
    assert torch.allclose(model.discriminator(images, stage, 1 - 1e-7), new, atol=1e-5)
    assert not torch.allclose(old, new, atol=0.01)


def test_the_discriminator_fades_in_features():
    model = PGGAN(**SMALL)
    images, features = torch.randn(4, 3, 8, 8), []
    model.discriminator.final.register_forward_pre_hook(lambda _, x: features.append(x[0]))

    model.discriminator(F.avg_pool2d(images, 2), 0)
    for alpha in (1.0, 0.25):
        model.discriminator(images, 1, alpha)

    old, new, faded = features
    assert torch.allclose(faded, 0.75 * old + 0.25 * new, atol=1e-6)


@pytest.mark.parametrize("name", ["pggan", "stylegan"])
def test_a_fade_mixes_what_autocast_on_a_gpu_gives(name, monkeypatch):
    """There, enlarging returns float32, and convolutions bfloat16."""
    model = models.build(name, size=16, latent=4, fmap_base=32, fmap_max=8)
    enlarge = F.interpolate
    monkeypatch.setattr(F, "interpolate", lambda *given, **by: enlarge(*given, **by).float())

    with torch.autocast("cpu", torch.bfloat16):
        inputs = model.styles(4) if name == "stylegan" else model.noise(4)
        images = model.generator(inputs, 1, alpha=0.25)
    assert images.shape == (4, 3, 8, 8)
    images.sum().backward()


def penalty(model: PGGAN, real: torch.Tensor) -> float:
    """The critic's loss with its penalty less the same without."""
    losses = []
    for weight in (10.0, 0.0):
        torch.manual_seed(5)
        model.lambda_gp = weight
        losses.append(next(model.step((real,)))[1].item())
    return losses[0] - losses[1]


def official_penalty(model: PGGAN, real: torch.Tensor) -> float:
    """As `loss.py` of the authors: all images are of full size, and D shrinks what it is given."""
    torch.manual_seed(5)
    times = 16 // (4 * 2**model.stage)
    shrunk = process_reals(real, model.stage, model.alpha)
    fake = model.generator(model.noise(len(real)), model.stage, model.alpha).detach()
    epsilon = torch.rand(len(real), 1, 1, 1)
    large = [
        image.repeat_interleave(times, 2).repeat_interleave(times, 3) for image in (shrunk, fake)
    ]
    mixed = torch.lerp(*large, epsilon).requires_grad_()
    scores = model.discriminator(F.avg_pool2d(mixed, times), model.stage, model.alpha)
    (gradient,) = torch.autograd.grad(scores.sum(), mixed)
    return 10 * (gradient.flatten(1).norm(dim=1) - 1).square().mean().item()


@pytest.mark.parametrize("alpha", [1.0, 0.25])
@pytest.mark.parametrize("stage", [0, 1, 2])
def test_the_penalty_is_that_of_images_of_full_size(stage, alpha, real):
    model = PGGAN(**SMALL)
    model.stage, model.alpha = stage, alpha if stage else 1.0

    assert penalty(model, real) == pytest.approx(official_penalty(model, real), rel=1e-4)


@pytest.mark.parametrize("stage", [0, 1])
def test_the_penalty_does_not_jump_when_the_networks_grow(stage, real):
    model = PGGAN(**SMALL)
    model.stage, model.alpha = stage, 1.0
    before = penalty(model, real)
    model.stage, model.alpha = stage + 1, 1e-6

    assert penalty(model, real) == pytest.approx(before, rel=1e-3)


def test_real_images_fade_in_as_generated_ones_do(real):
    model = PGGAN(**SMALL)
    sizes = {}
    for size in (4, 8, 16):
        blocks = real.unflatten(3, (size, -1)).unflatten(2, (size, -1))
        sizes[size] = blocks.mean(dim=(3, 5))

    for step, size in ((0, 4), (3, 4), (6, 8), (9, 8), (12, 16)):
        model.schedule(step, {})
        shrunk = process_reals(real, model.stage, model.alpha)
        assert torch.allclose(shrunk, sizes[size], atol=1e-6)
    for step, size, alpha in ((4, 8, 1 / 3), (5, 8, 2 / 3), (10, 16, 1 / 3)):
        model.schedule(step, {})
        coarse = sizes[size // 2].repeat_interleave(2, 2).repeat_interleave(2, 3)
        faded = alpha * sizes[size] + (1 - alpha) * coarse
        shrunk = process_reals(real, model.stage, model.alpha)
        assert torch.allclose(shrunk, faded, atol=1e-6)


def test_adam_begins_anew_when_a_fade_begins_and_when_it_ends(real):
    run = loop.new("pggan", SMALL, SETTINGS)
    seen = []
    for _ in range(14):
        play(run, real, 1)
        seen.append(
            {
                int(state["step"].item())
                for optimizer in run.optimizers.values()
                for state in optimizer.state.values()
            }
        )

    assert seen == [{1}, {2}, {3}, {4}, {1}, {2}, {1}, {2}, {3}, {4}, {1}, {2}, {1}, {2}]


def changed(run: loop.Run, real: torch.Tensor, step: int) -> set[str]:
    """Return the parts whose weights round `step` moves; a fresh optimiser tells it apart."""
    run.step = step
    for optimizer in run.optimizers.values():
        optimizer.state.clear()
    before = {name: p.detach().clone() for name, p in run.model.named_parameters()}
    play(run, real, 1)
    return {
        ".".join(name.split(".")[:-1][:3])
        for name, p in run.model.named_parameters()
        if not torch.equal(p, before[name])
    }


def test_only_the_layers_that_take_part_move(real):
    run = loop.new("pggan", SMALL, SETTINGS)
    last = {f"discriminator.{layer}" for layer in ("final.1", "final.2", "score.parametrizations")}

    def layers(blocks: int, *rgb: int) -> set[str]:
        generator = {f"generator.blocks.{i}" for i in range(blocks)}
        discriminator = {f"discriminator.blocks.{i}" for i in range(blocks - 1)}
        ends = {f"{end}.{i}" for end in ("generator.to_rgb", "discriminator.from_rgb") for i in rgb}
        return last | generator | discriminator | ends

    assert changed(run, real, 0) == layers(1, 0)
    assert changed(run, real, 4) == layers(2, 0, 1)
    assert changed(run, real, 6) == layers(2, 1)
    assert changed(run, real, 10) == layers(3, 1, 2)
    assert changed(run, real, 12) == layers(3, 2)


@pytest.mark.parametrize("stop", [2, 4, 5, 6, 11])
@pytest.mark.slow
def test_a_resumed_run_ends_with_the_same_bits(stop, real, tmp_path):
    """Also in the middle of a fade, and just before the round in which Adam begins anew."""
    run = loop.new("pggan", SMALL, SETTINGS)
    whole = play(run, real, 13)
    parted = loop.new("pggan", SMALL, SETTINGS)
    play(parted, real, stop)
    checkpoint.save(tmp_path / "c.pt", loop.contents(parted, "pggan", SMALL, SETTINGS))
    torch.randn(5)

    resumed, _, _ = loop.resume(tmp_path / "c.pt")
    rest = play(resumed, real, 13 - stop)

    assert rest == whole[stop:]
    for one, other in ((run.model, resumed.model), (run.sampler, resumed.sampler)):
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name
