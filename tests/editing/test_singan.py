"""What is done with a trained SinGAN: which scale gets what, and what stays untouched."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from gan_minimal import models
from gan_minimal.editing import singan
from gan_minimal.errors import UserError
from gan_minimal.models.singan import SinGAN, resize
from gan_minimal.scoring import single_photo


@pytest.fixture
def model() -> SinGAN:
    """Six scales from 12x16 to 30x40 that draw something, without training."""
    torch.manual_seed(0)
    made = SinGAN(photo=(30, 40), max_size=40, min_size=12, width=4).eval()
    for i, generator in enumerate(made.generators):
        generator.amplitude.fill_(0.1 if i else 1)
    return made


@pytest.fixture
def seen(model) -> list[tuple[int, torch.Tensor, torch.Tensor]]:
    """The scale, noise and image from below of every drawing."""
    found = []
    for i, generator in enumerate(model.generators):
        generator.register_forward_pre_hook(lambda _, given, i=i: found.append((i, *given)))
    return found


def test_an_edit_is_reduced_and_drawn_again_from_there(model, seen):
    edited = torch.rand(2, 3, 30, 40) * 2 - 1

    drawn = singan.retouch(model, edited, 3)

    assert [i for i, *_ in seen] == [3, 4, 5]
    small = resize(edited, model.sizes[2])
    assert torch.allclose(seen[0][2], resize(small, model.sizes[3]))
    assert seen[0][1].std().item() == pytest.approx(1, abs=0.1)
    assert drawn.shape == edited.shape
    assert singan.retouch(model, edited, 3, size=(30, 80)).shape == (2, 3, 30, 80)


def test_only_what_is_masked_is_drawn_again(model):
    edited = torch.rand(1, 3, 30, 40) * 2 - 1
    mask = torch.zeros(1, 1, 30, 40)
    mask[..., 10:20] = 1

    torch.manual_seed(0)
    drawn = singan.retouch(model, edited, 2)
    torch.manual_seed(0)
    mixed = singan.retouch(model, edited, 2, mask)

    assert torch.equal(mixed[..., :10], edited[..., :10])
    assert torch.equal(mixed[..., 20:], edited[..., 20:])
    assert torch.allclose(mixed[..., 10:20], drawn[..., 10:20])


@pytest.mark.parametrize(("times", "steps"), [(2, 4), (4, 8), (1.2, 1), (1.01, 1)])
def test_the_finest_generator_enlarges_step_by_step(model, seen, times, steps):
    """The pyramid grows by (30 / 12) ** (1 / 5) = 1.2 from scale to scale."""
    images = torch.rand(2, 3, 20, 30) * 2 - 1

    drawn = singan.enlarge(model, images, times)

    assert drawn.shape == (2, 3, round(20 * times), round(30 * times))
    assert {i for i, *_ in seen} == {5}
    assert len(seen) == steps
    heights = [20, *(noise.shape[2] for _, noise, _ in seen)]
    ratios = [b / a for a, b in pairwise(heights)]
    assert max(ratios) <= times ** (1 / steps) + 0.04
    assert drawn.abs().max() <= 1


def test_the_photograph_moves_around_its_own_noise(model, seen):
    frames = singan.animate(model, 5, first=2)

    assert frames.shape == (5, 3, 30, 40)
    assert torch.equal(frames[:1], model.generate(model.z_rec(6)).clamp(-1, 1))
    assert not torch.equal(frames[0], frames[4])
    still = [noise for i, noise, _ in seen if i < 2]
    assert all(torch.equal(noise, still[i % 2]) for i, noise in enumerate(still[:10]))
    moving = [noise for i, noise, _ in seen if i == 4][:5]
    assert not moving[0].any()


def test_the_walk_is_the_papers(model):
    """z' = alpha z* + (1 - alpha) (z + beta (z - before) + (1 - beta) fresh)."""
    torch.manual_seed(1)
    noises = []
    model.generators[1].register_forward_pre_hook(lambda _, given: noises.append(given[0]))
    singan.animate(model, 3, first=1, alpha=0.2, beta=0.5)
    torch.manual_seed(1)
    fresh = [model.random_noise(1, model.sizes)[1] for _ in range(2)]

    one = 0.8 * 0.5 * fresh[0]
    two = 0.8 * (one + 0.5 * (one - 0) + 0.5 * fresh[1])
    assert torch.allclose(noises[1], one)
    assert torch.allclose(noises[2], two, atol=1e-6)


def test_a_walk_that_is_not_drawn_away_stays_near_home(model):
    noises = []
    model.generators[1].register_forward_pre_hook(lambda _, given: noises.append(given[0]))

    singan.animate(model, 60, first=1)

    spread = [noise.std().item() for noise in noises]
    assert max(spread) < 1.5
    assert spread[-1] > 0.1


@pytest.mark.parametrize("first", [0, 6, -1])
def test_scales_that_are_not_there_are_refused(model, first):
    with pytest.raises(UserError, match=f"scales to start from are 1 to 5, not {first}"):
        singan.retouch(model, torch.zeros(1, 3, 30, 40), first)
    if first:
        with pytest.raises(UserError, match=f"are 0 to 5, not {first}"):
            singan.animate(model, 2, first)


# Pictures of the recorded run


@pytest.fixture
def scenes():
    """A narrow model of the built-in photograph that draws something, without training."""
    torch.manual_seed(0)
    model = models.build("singan", **models.preset("singan")["model"] | {"width": 4})
    for generator in model.generators:
        generator.amplitude.fill_(0.2)
    return model.eval()


@pytest.mark.slow
def test_scenes_of_a_photograph_show_what_a_model_can_do(scenes):
    made = singan.scenes(scenes)

    high, wide = scenes.size
    animation = made.pop("animation.webp")
    assert len(animation) == 24
    assert {frame.size for frame in animation} == {(wide, high)}
    assert made["wide.webp"].size == (2 * wide, high)
    assert made["high.webp"].size == (wide, high * 3 // 2)
    assert made["scales.webp"].size == (3 * wide + 2, 3 * high + 2)
    for name in ("edited.webp", "painted.webp"):
        assert made[name].size == (2 * wide + 1, high)
    assert made["enlarged.webp"].size == (2 * 3 * (wide // 3) + 1, 3 * (high - high // 2))
    again = singan.scenes(scenes)
    assert all(np.array_equal(picture, again[name]) for name, picture in made.items())


def test_a_second_rocket_is_pasted_where_the_mask_is(scenes):
    photo = single_photo.photograph(scenes, "photo")

    edited, mask = singan.edit(photo), singan.pasted(photo)

    changed = (edited != photo).any(dim=1, keepdim=True)
    assert (mask[changed] == 1).all()
    assert 0 < changed.float().mean() < mask.mean() < 0.15
    top, here, there, wide = singan.places(photo)
    assert here + wide <= there
    bright = photo.mean(dim=1)[0, top:-8]  # the rocket is the brightest thing in the sky
    assert here <= bright.mean(dim=0).argmax() < here + wide


def test_a_painting_has_few_colours(scenes):
    painted = singan.painting(single_photo.photograph(scenes, "photo"))

    assert painted.shape == (1, 3, *scenes.size)
    assert painted.abs().max() <= 1
    assert len(painted[0].flatten(1).unique(dim=1).T) == 6
