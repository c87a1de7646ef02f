"""Drawing with a seed: the same images from the same model, whatever was drawn before."""

import math
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


def normal(seed: int, n: int, start: int = 0) -> Tensor:
    """Draw noise that is the same on every machine, and in the pages of the laboratory.

    Number `i` of the stream `seed` comes from its own two counters and from nothing else: they are
    hashed to 32 bits each, which Box and Muller's formula makes normal, two by two, in double
    precision. PyTorch's own generator cannot be asked for that outside PyTorch.

    Args:
        seed: From 0 to 2^32 - 1.
        n: How many numbers.
        start: The first one's place in the stream.

    Returns:
        `(n,)` in float32, from the standard normal distribution.
    """
    i = torch.arange(start, start + n)
    even = i - i % 2  # 0 and 1 share their counters, 2 and 3, and so on
    radius = (-2 * _uniform(seed, even).log()).sqrt()
    angle = 2 * math.pi * _uniform(seed, even + 1)
    return (radius * torch.where(i % 2 == 1, angle.sin(), angle.cos())).float()


def _uniform(seed: int, i: Tensor) -> Tensor:
    """Hash the counters `i` of the stream `seed` to numbers between 0 and 1, in float64."""
    key = _mix(torch.tensor(seed + 0x9E3779B9))
    return (_mix(_mix(i) ^ key).double() + 0.5) / 2**32


def _mix(x: Tensor) -> Tensor:
    """Hash 32 bits, in int64, so that each bit of the result depends on all of them."""
    for shift, factor in ((16, 0x7FEB352D), (15, 0x846CA68B)):
        x = x & 0xFFFFFFFF
        x = (x ^ x >> shift) * factor  # may overflow; the lower 32 bits stay right
    x = x & 0xFFFFFFFF
    return x ^ x >> 16
