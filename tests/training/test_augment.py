"""What the discriminator sees is changed: the real and the drawn, and gradients pass through."""

from dataclasses import replace

import pytest
import torch

from gan_minimal import data, models
from gan_minimal.errors import UserError
from gan_minimal.training import augment, checkpoint, loop

ALL = "color,translation,cutout"


@pytest.fixture
def images():
    return torch.rand(200, 3, 16, 16, generator=torch.Generator().manual_seed(0)) * 2 - 1


def test_colours_are_changed_evenly_over_an_image(images):
    """x -> a x + b within each channel, but for the share of grey."""
    torch.manual_seed(0)
    grey = images.mean(dim=1, keepdim=True).expand(-1, 3, -1, -1)  # has no saturation to change

    changed = augment.color(grey)

    x, y = grey.flatten(1), changed.flatten(1)
    x, moved = x - x.mean(1, keepdim=True), y - y.mean(1, keepdim=True)
    contrast = (moved * x).sum(1) / x.square().sum(1)
    assert torch.allclose(moved, contrast[:, None] * x, atol=1e-5)
    assert 0.5 <= contrast.min() < 0.55
    assert 1.45 < contrast.max() <= 1.5
    brightness = y.mean(1) - grey.flatten(1).mean(1)
    assert -0.5 <= brightness.min() < -0.45
    assert 0.45 < brightness.max() <= 0.5


def test_saturation_reaches_from_none_to_twice_as_much(images):
    torch.manual_seed(0)

    changed = augment.color(images)

    def spread(x):
        return (x - x.mean(dim=1, keepdim=True)).square().sum(dim=(1, 2, 3)).sqrt()

    # contrast changes them, too: from 0.5 to 1.5 times
    times = spread(changed) / spread(images)
    assert times.min() < 0.1
    assert 2 < times.max() <= 3


def test_images_are_moved_by_up_to_an_eighth_and_zeros_come_in(images):
    torch.manual_seed(0)

    changed = augment.translation(images)

    padded = torch.nn.functional.pad(images, (2, 2, 2, 2))
    seen = set()
    for i, image in enumerate(changed):
        for down in range(5):
            for right in range(5):
                if torch.equal(image, padded[i, :, down : down + 16, right : right + 16]):
                    seen.add((down, right))
                    break
    assert len(seen) == 25
    assert all((changed[i] == 0).any() or torch.equal(changed[i], images[i]) for i in range(200))


@pytest.mark.parametrize("side", [16, 15])
def test_a_square_of_half_a_side_is_cut_out(side):
    torch.manual_seed(0)

    changed = augment.cutout(torch.ones(500, 1, side, side))

    half = side // 2
    holes = (changed == 0).sum(dim=(1, 2, 3))
    assert holes.max() == half**2
    assert holes.min() >= (half // 2) ** 2  # its middle is within the image
    assert (changed == 0).any(dim=0).all()  # and can be anywhere


def test_gradients_reach_the_image_through_all_changes(images):
    x = images.requires_grad_()
    for change in augment.POLICIES.values():
        (gradient,) = torch.autograd.grad(change(x).sum(), x)
        assert gradient.abs().sum() > 0


def test_half_of_the_examples_are_mirrored_with_both_images_of_a_pair(images):
    torch.manual_seed(0)
    labels = torch.arange(200)

    a, b, same = augment.mirrored((images, images + 1, labels))

    turned = (a != images).flatten(1).any(dim=1)
    assert 70 < turned.sum() < 130
    assert torch.equal(a[turned], images[turned].flip(3))
    assert torch.equal(b, a + 1)
    assert same is labels


def test_a_run_with_mirrored_examples_learns_from_them():
    """The model sees each face as it is in the data, or mirrored, and a resumed run does, too."""
    preset = models.preset("gan")
    settings = loop.Settings(**preset["train"] | {"steps": 1, "batch": 64, "mirror": True})
    run = loop.new("gan", preset["model"], settings)
    seen, step = [], run.model.step
    run.model.step = lambda batch: seen.append(batch[0]) or step(batch)
    faces = data.load("faces16")

    loop.train(run, faces, settings, quiet=True)

    known = {face.numpy().tobytes() for face in faces.tensors[0]}
    as_they_are = sum(face.contiguous().numpy().tobytes() in known for face in seen[0])
    turned = sum(face.flip(2).contiguous().numpy().tobytes() in known for face in seen[0])
    assert min(as_they_are, turned) > 15
    assert as_they_are + turned >= 64


NOISE_AGAINST_A_JUDGE = ("gan", "dcgan", "wgan", "wgan_gp", "cgan_conv", "pggan", "stylegan")


@pytest.mark.slow
@pytest.mark.parametrize("name", NOISE_AGAINST_A_JUDGE)
def test_every_image_that_is_judged_is_changed_and_the_run_repeats(name):
    preset = models.preset(name)
    settings = loop.Settings(**preset["train"] | {"steps": 2, "batch": 8, "augment": ALL})
    faces = data.load(settings.data)

    def weights(settings):
        run = loop.new(name, preset["model"], settings)
        loop.train(run, faces, settings, quiet=True)
        judge = next(m for n, m in run.model.named_children() if n in augment.JUDGES)
        assert not judge._forward_pre_hooks  # it judges unchanged images outside a round
        return torch.cat([p.flatten() for p in judge.parameters()])

    first = weights(settings)

    assert torch.equal(first, weights(settings))
    plain = loop.Settings(**preset["train"] | {"steps": 2, "batch": 8})
    assert not torch.equal(first, weights(plain))


def test_a_run_that_was_cut_off_goes_on_to_the_same_bits(tmp_path):
    preset = models.preset("gan")
    settings = loop.Settings(
        **preset["train"] | {"steps": 4, "batch": 8, "augment": ALL, "mirror": True}
    )
    faces, path = data.load("faces16"), tmp_path / "checkpoint.pt"

    def played(run, steps):
        return loop.train(run, faces, replace(settings, steps=steps), quiet=True)

    whole = played(loop.new("gan", preset["model"], settings), 4)
    first = played(loop.new("gan", preset["model"], settings), 2)
    checkpoint.save(path, loop.contents(first, "gan", preset["model"], settings))
    torch.randn(10)
    run, _, stored = loop.resume(path)
    rest = played(run, 4)

    assert stored == settings
    for name, value in whole.model.state_dict().items():
        assert torch.equal(rest.model.state_dict()[name], value), name


@pytest.mark.parametrize("name", ["vae", "pix2pix", "stargan", "classifier"])
def test_other_models_are_refused(name):
    preset = models.preset(name)
    run = loop.new(name, preset["model"], loop.Settings(**preset["train"]))
    with (
        pytest.raises(UserError, match="draw from noise against a discriminator"),
        augment.augmenting(run.model, "color"),
    ):
        pass


@pytest.mark.parametrize("policy", ["colour", "color,", "color,,cutout", "color, cutout"])
def test_other_names_are_refused(policy):
    with pytest.raises(UserError, match="augment is color,translation,cutout"):
        loop.Settings("faces16", 8, 10, augment=policy)
