"""A seed draws the same, whatever came before, and drawing leaves everything as it was."""

import pytest
import torch
from torch import Tensor, nn

from gan_minimal.models import sampling


class Noisy(nn.Module):
    """Draws noise, and twice as much of it while it is trained."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))

    def sample(self, n: int) -> Tensor:
        return self.scale * torch.randn(n) * (2 if self.training else 1)

    def translate(self, images: Tensor, sign: int = 1) -> Tensor:
        return sign * images + self.sample(len(images))


def test_a_seed_draws_the_same_and_leaves_the_random_numbers_alone():
    model = Noisy()
    before = torch.get_rng_state()

    first = sampling.sample(model, 5, seed=3)

    assert torch.equal(before, torch.get_rng_state())
    torch.randn(7)
    assert torch.equal(sampling.sample(model, 5, seed=3), first)
    assert not torch.equal(sampling.sample(model, 5, seed=4), first)
    torch.manual_seed(3)
    assert torch.equal(first, torch.randn(5))  # drawn in evaluation mode


@pytest.mark.parametrize("training", [True, False])
def test_drawing_leaves_the_mode_as_it_was(training):
    model = Noisy().train(training)

    sampling.sample(model, 2, seed=0)
    sampling.translate(model, torch.zeros(2), seed=0)

    assert model.training is training


def test_the_mode_comes_back_after_an_error():
    model = Noisy().train()

    with pytest.raises(TypeError):
        sampling.translate(model, torch.zeros(2), seed=0, tone=1)

    assert model.training


def test_a_translation_is_told_what_else_it_takes():
    images = torch.arange(3.0)

    drawn = [sampling.translate(Noisy(), images, 0, sign=sign) for sign in (1, -1)]

    assert torch.allclose(drawn[0] - drawn[1], 2 * images)
    assert not drawn[0].requires_grad
