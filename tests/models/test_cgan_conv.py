"""The CGAN of convolutions knows its condition by the letter."""

import math

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal.models import cgan, cgan_conv, sampling
from gan_minimal.models.cgan_conv import ConditionalBatchNorm2d, ConvCGAN, MinibatchStdDev

CLASSES = (3, 4)


def tiny(**changes) -> ConvCGAN:
    torch.manual_seed(0)
    small = {"classes": CLASSES, "latent": 4, "discriminator_width": 4}
    return ConvCGAN(**small | changes)


def a_batch(n: int = 16) -> tuple[torch.Tensor, ...]:
    torch.manual_seed(1)
    columns = [torch.randint(k, (n,)) for k in CLASSES]
    return (torch.rand(n, 1, 32, 32) * 2 - 1, *columns)


def test_its_paper_is_that_of_the_perceptrons():
    assert cgan_conv.PAPER == cgan.PAPER


@pytest.mark.parametrize(("widths", "size"), [((8, 4), 16), ((8, 8, 4), 32), ((8, 8, 4, 4), 64)])
def test_every_layer_doubles_the_size(widths, size):
    model = tiny(generator_widths=widths).eval()

    drawn = model.sample(8)

    assert model.size == size
    assert drawn.shape == (8, 1, size, size)
    assert model.discriminator(drawn, torch.zeros(8, 2, dtype=torch.long)).shape == (8,)


def test_an_example_has_a_number_for_each_label():
    assert ConvCGAN().example == (3, 0, 0, 0)
    assert tiny().example == tuple(x.ndim - 1 for x in a_batch())


def test_adam_keeps_its_learning_rate():
    model = tiny(lr=0.01)
    optimizers = model.optimizers()

    model.schedule(100_000, optimizers)

    assert {o.param_groups[0]["lr"] for o in optimizers.values()} == {0.01}


def test_the_condition_scales_and_shifts_normalised_channels():
    torch.manual_seed(0)
    norm = ConditionalBatchNorm2d(channels=2, condition=1)
    with torch.no_grad():
        norm.affine.weight.copy_(torch.tensor([[1.0], [0.0], [0.0], [5.0]]))
        norm.affine.bias.zero_()

    out = norm(torch.randn(64, 2, 4, 4), torch.ones(64, 1))

    assert out.std(dim=(0, 2, 3)).tolist() == pytest.approx([2, 1], rel=1e-2)  # 1 + 1 and 1 + 0
    assert out.mean(dim=(0, 2, 3)).tolist() == pytest.approx([0, 5], abs=1e-4)


def test_minibatch_stddev_is_that_of_the_official_strided_groups():
    """Samples 0, 2, 4, ... of a batch of 16 are one group of 8; the variance is the biased one."""
    values = torch.arange(16.0)

    out = MinibatchStdDev()(values.view(16, 1, 1, 1).expand(16, 3, 4, 4))

    assert out.shape == (16, 4, 4, 4)
    expected = values[::2].var(unbiased=False).sqrt().item()
    assert out[:, 3].flatten().tolist() == pytest.approx([expected] * 16 * 16, rel=1e-5)


def test_minibatch_stddev_of_equal_samples_is_the_root_of_epsilon():
    out = MinibatchStdDev()(torch.ones(8, 2, 4, 4))

    assert out[:, 2].max().item() == pytest.approx(1e-4)


def test_a_batch_that_cannot_be_divided_into_groups_is_refused():
    with pytest.raises(ValueError, match="12 images cannot be divided into groups of 8"):
        MinibatchStdDev()(torch.ones(12, 2, 4, 4))


def test_every_letter_is_looked_for_on_its_own():
    """The logits of two letters add up: psi(phi) + <v_1 + v_2, phi>."""
    discriminator = tiny().discriminator.eval()
    images = a_batch(8)[0]

    def logits(first: int, second: int) -> torch.Tensor:
        return discriminator(images, torch.tensor([[first, second]]).expand(8, 2))

    with torch.no_grad():
        change = logits(2, 0) - logits(0, 0)
        same_change = logits(2, 3) - logits(0, 3)

    torch.testing.assert_close(change, same_change)
    assert change.abs().max() > 0


def test_both_players_are_told_the_condition():
    model = tiny().eval()
    images, first, second = a_batch(8)
    labels = torch.stack([first, second], dim=1)
    others = (labels + 1) % torch.tensor(CLASSES)
    z = model.noise(8)

    with torch.no_grad():
        assert not torch.equal(model.generator(z, labels), model.generator(z, others))
        logits = [model.discriminator(images, condition) for condition in (labels, others)]
    assert not torch.equal(*logits)


def test_the_gradient_is_penalised_every_fourth_round_and_only_there():
    images, *columns = a_batch()
    losses = []
    for step in (0, 1, 4):
        model = tiny()
        model.schedule(step, {})
        torch.manual_seed(2)
        _, loss = next(model.step((images.clone(), *columns)))
        losses.append(loss.item())

    assert losses[0] == losses[2]
    assert losses[0] > losses[1]


def test_the_penalty_is_four_times_half_the_squared_gradient():
    """With a linear discriminator of weights w the gradient is w everywhere."""
    model = tiny(gamma=3)
    weights = torch.randn(32 * 32)

    class Linear(nn.Module):
        def forward(self, images, labels):
            return images.flatten(1) @ weights

    model.discriminator = Linear()
    batch = a_batch()
    torch.manual_seed(2)
    _, loss = next(model.step(batch))
    torch.manual_seed(2)
    labels = torch.stack(batch[1:], dim=1)
    fake = model.generator(model.noise(16), labels).flatten(1) @ weights

    bare = F.softplus(-(batch[0].flatten(1) @ weights)).mean() + F.softplus(fake).mean()
    assert (loss - bare).item() == pytest.approx(
        3 / 2 * 4 * weights.square().sum().item(), rel=1e-4
    )


def test_a_discriminator_that_cannot_tell_loses_two_log_two():
    model = tiny()
    model.round = 1
    for p in model.discriminator.parameters():
        nn.init.zeros_(p)

    (_, discriminator), (_, generator) = model.step(a_batch())

    assert discriminator.item() == pytest.approx(2 * math.log(2), rel=1e-6)
    assert generator.item() == pytest.approx(math.log(2), rel=1e-6)


def test_conditions_are_drawn_evenly_if_none_are_given():
    model = tiny().eval()
    seen = []
    model.generator.register_forward_hook(lambda _module, given, _out: seen.append(given[1]))

    sampling.sample(model, 600, seed=0)

    for i, classes in enumerate(CLASSES):
        shares = torch.bincount(seen[0][:, i], minlength=classes) / 600
        assert (shares - 1 / classes).abs().max() < 0.06


def test_a_seed_draws_the_same_images_again():
    model = tiny()

    assert torch.equal(sampling.sample(model, 4, seed=3), sampling.sample(model, 4, seed=3))
