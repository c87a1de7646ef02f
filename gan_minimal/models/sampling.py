"""Drawing with a seed: the same images from the same model, whatever was drawn before."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor

from gan_minimal.models.protocol import Module, Sampler, Translator


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Use the random numbers of `seed`, and leave the global ones as they were."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        yield


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """Put a model into evaluation mode, and back into the mode it was in."""
    before = model.training
    model.eval()
    try:
        yield
    finally:
        model.train(before)


@torch.no_grad()
def sample(model: Sampler, n: int, seed: int) -> Tensor:
    """Draw `n` images with the random numbers of `seed`, in evaluation mode.

    Args:
        model: What draws.
        n: Number of images.
        seed: Any whole number.

    Returns:
        Images `(n, C, H, W)` in [-1, 1], on the device of the model.
    """
    with evaluating(model), seeded(seed):
        return model.sample(n)


@torch.no_grad()
def translate(model: Translator, images: Tensor, seed: int, **how: Any) -> Tensor:
    """Translate images with the random numbers of `seed`; the counterpart of `sample`.

    Args:
        model: What translates.
        images: `(N, C, H, W)` in [-1, 1].
        seed: Any whole number.
        how: What else the model's `translate` takes, such as labels or a direction.

    Returns:
        Images `(N, C, H, W)` in [-1, 1], on the device of the model.
    """
    device = next(model.parameters()).device
    with evaluating(model), seeded(seed):
        return model.translate(images.to(device), **how)
