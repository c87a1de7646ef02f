"""Average: the mean image, and noise around it; a model for tests of how a model is added.

No paper. One player learns a mean and a deviation for each pixel by maximum likelihood.
"""

import math
from collections.abc import Iterator
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2026, "arxiv": "0000.00000", "code": "", "reference_licence": ""}


class Pixels(nn.Module):
    """A normal distribution for each pixel, `(channels, size, size)` of them."""

    def __init__(self, size: int, channels: int) -> None:
        super().__init__()
        self.mean = nn.Parameter(torch.zeros(channels, size, size))
        self.log_std = nn.Parameter(torch.zeros(channels, size, size))


class Average(nn.Module):
    """The only player and one round of its game.

    Args:
        size: Height and width of the images.
        channels: 3 for colour, 1 for grey.
        lr: Learning rate of Adam.
    """

    recorded: ClassVar[tuple[str, ...]] = ("pixels",)
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(self, size: int = 16, channels: int = 3, lr: float = 0.05) -> None:
        super().__init__()
        self.size, self.channels, self.lr = size, channels, lr
        self.pixels = Pixels(size, channels)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for the only player."""
        return {"pixels": Adam(self.parameters(), self.lr)}

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Yield the mean negative log-likelihood of a pixel in nats."""
        (images,) = batch
        std = self.pixels.log_std.exp()
        squares = ((images - self.pixels.mean) / std).square()
        yield "pixels", (squares / 2 + std.log() + math.log(2 * math.pi) / 2).mean()

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1]."""
        noise = torch.randn(n, self.channels, self.size, self.size)
        return (self.pixels.mean + self.pixels.log_std.exp() * noise).clamp(-1, 1)


PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {"model": {}, "train": {"data": "dots", "batch": 32, "steps": 100}},
    "paper": {"model": {"size": 32}, "train": {"data": "dots", "batch": 32, "steps": 100}},
}
