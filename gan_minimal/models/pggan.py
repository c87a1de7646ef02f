"""PGGAN: both networks grow from 4x4 pixels to full size while they are trained.

Karras, Aila, Laine, Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and
Variation", 2017, arXiv:1710.10196. Code: tkarras/progressive_growing_of_gans by the authors (CC
BY-NC 4.0), from which nothing is taken but facts: sizes, numbers, the schedule.

As there, a resolution settles and fades in for 600,000 images each (the paper: 800,000), images are
compared in groups of 4 (the paper: in the whole minibatch), and Adam forgets its moments whenever a
fade begins or ends. Left out: labels, mirroring, minibatches and rates that change with the size.
"""

import math
from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {
    "year": 2017,
    "arxiv": "1710.10196",
    "code": "tkarras/progressive_growing_of_gans",
    "licence": "CC BY-NC 4.0",
}


# --8<-- [start:layers]
class Conv(nn.Conv2d):
    """A convolution with equalised learning rate, then LeakyReLU unless it is linear (4.1).

    A step of Adam is as long for large weights as for small ones. Drawn from N(0, 1) in all layers,
    and scaled by He's constant only when they are used, all weights learn equally fast.
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int = 3, padding: int = 1, linear: bool = False
    ) -> None:
        super().__init__(inputs, outputs, kernel, padding=padding)
        self.linear = linear
        self.scale = (1 if linear else math.sqrt(2)) / math.sqrt(inputs * kernel**2)
        nn.init.normal_(self.weight)
        nn.init.zeros_(self.get_parameter("bias"))

    def forward(self, x: Tensor) -> Tensor:
        """Convolve `(N, inputs, H, W)`."""
        x = F.conv2d(x, self.weight * self.scale, self.bias, padding=self.padding)
        return x if self.linear else F.leaky_relu(x, 0.2, inplace=True)


class PixelNorm(nn.Module):
    """Scales the features of each pixel to a mean square of 1 (section 4.2)."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise `(N, C, ...)`."""
        return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-8)


def precise(x: Tensor) -> Tensor:
    """Return numbers in float32, or as they are in float64: for what bfloat16 is too coarse."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


class MinibatchDeviation(nn.Module):
    """Appends to images `(N, C, H, W)` one map that tells how far they differ (section 3)."""

    def forward(self, x: Tensor) -> Tensor:
        """Compare groups of 4, of 8 images 0, 2, 4, 6 and 1, 3, 5, 7; ValueError if some lack."""
        group = min(4, len(x))
        if len(x) % group:
            raise ValueError(f"{len(x)} images cannot be divided into groups of {group}")
        groups = precise(x).unflatten(0, (group, -1))
        variance = (groups - groups.mean(dim=0)).square().mean(dim=0)  # biased
        deviation = (variance + 1e-8).sqrt().mean(dim=(1, 2, 3), keepdim=True)
        return torch.cat([x, deviation.to(x.dtype).repeat(group, 1, *x.shape[2:])], dim=1)


# --8<-- [end:layers]
# --8<-- [start:networks]
class Generator(nn.Module):
    """Latent vectors `(N, latent)` to images of 4 pixels, 8, 16 and so on (table 2)."""

    def __init__(self, channels: int, latent: int, widths: list[int]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList()
        for a, b in pairwise([latent, *widths]):
            first = [nn.Upsample(scale_factor=2), Conv(a, b)]  # repeats each pixel
            if not self.blocks:
                first = [PixelNorm(), nn.Unflatten(1, (latent, 1, 1)), Conv(a, b, 4, padding=3)]
            self.blocks.append(nn.Sequential(*first, PixelNorm(), Conv(b, b), PixelNorm()))
        self.to_rgb = nn.ModuleList(Conv(width, channels, 1, 0, linear=True) for width in widths)
        self.register_buffer("played", torch.tensor(0))  # rounds: the clock of every copy

    def forward(self, z: Tensor, stage: int, alpha: float = 1.0) -> Tensor:
        """Draw images `(N, channels, 4 · 2^stage, 4 · 2^stage)`; `alpha` below 1: fading in."""
        below = x = self.blocks[0](z)
        for block in self.blocks[1 : stage + 1]:
            below, x = x, block(x)
        images = self.to_rgb[stage](x)
        if alpha < 1:
            coarse = F.interpolate(self.to_rgb[stage - 1](below), scale_factor=2)
            return torch.lerp(coarse, images.to(coarse.dtype), alpha)
        return images


class Discriminator(nn.Module):
    """Images of 4 pixels, 8, 16 and so on to one score each: the mirror of the generator."""

    def __init__(self, channels: int, fmaps: list[int]) -> None:
        super().__init__()
        last, *widths = fmaps  # what 2x2 pixels would have, and what 4x4, 8x8 ... have
        self.from_rgb = nn.ModuleList(Conv(channels, width, 1, 0) for width in widths)
        self.blocks = nn.ModuleList(self.block(b, a) for a, b in pairwise(widths))
        self.judge = nn.Sequential(
            MinibatchDeviation(), Conv(widths[0] + 1, widths[0]), Conv(widths[0], last, 4, 0)
        )
        self.score = Conv(last, 1, 1, 0, linear=True)

    def block(self, inputs: int, outputs: int) -> nn.Module:
        """Return the layers of one resolution."""
        return nn.Sequential(Conv(inputs, inputs), Conv(inputs, outputs), nn.AvgPool2d(2))

    def forward(self, images: Tensor, stage: int, alpha: float = 1.0) -> Tensor:
        """Score images `(N, channels, 4 · 2^stage, 4 · 2^stage)`, `(N,)`; `alpha` as above."""
        x = self.from_rgb[stage](images)
        for below in reversed(range(stage)):
            x = self.blocks[below](x)
            if alpha < 1 and below == stage - 1:
                x = torch.lerp(self.from_rgb[below](F.avg_pool2d(images, 2)), x, alpha)
        x = self.judge(x)
        with torch.autocast(x.device.type, enabled=False):  # the drift's slopes are small numbers
            return self.score(precise(x))[:, 0, 0, 0]


# --8<-- [end:networks]
# --8<-- [start:setup]
class PGGAN(nn.Module):
    """Both players, their growth and one round of their game.

    Args:
        size: Height and width of the images in the end: a power of two, 4 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of the latent vector `z`.
        fmap_base: Feature maps at 2x2 pixels, if there were any; every doubling halves them.
        fmap_max: Feature maps of any layer, at most.
        rounds: Rounds that a resolution settles, and that the next one fades in; 0: no growth.
        lr: Learning rate of Adam for both players.

    Raises:
        ValueError: If `size` is not a power of two of at least 4.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        size: int = 1024,
        channels: int = 3,
        latent: int = 512,
        fmap_base: int = 8192,
        fmap_max: int = 512,
        rounds: int = 37_500,
        lr: float = 1e-3,
    ) -> None:
        super().__init__()
        if size < 4 or size & (size - 1):
            raise ValueError(f"size must be a power of two of at least 4, not {size}")
        self.size, self.channels, self.latent = size, channels, latent
        self.rounds, self.lr = rounds, lr
        self.fmaps = [min(fmap_base // 2**i, fmap_max) for i in range(size.bit_length() - 1)]
        self.generator = Generator(channels, latent, self.fmaps[1:])
        self.discriminator = Discriminator(channels, self.fmaps)
        self.stage, self.alpha = self.growth(0)

    def optimizers(self) -> dict[str, Optimizer]:
        """One Adam for each player; it leaves the layers alone that have no gradient."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, (0.0, 0.99), fused=True)
            for name in ("discriminator", "generator")
        }

    # --8<-- [end:setup]
    # --8<-- [start:growth]
    def growth(self, step: int) -> tuple[int, float]:
        """Return the highest stage after `step` rounds, and its share in the image, up to 1."""
        last = len(self.fmaps) - 2
        if step >= last * 2 * self.rounds:
            return last, 1.0
        stage, played = divmod(step, 2 * self.rounds)
        alpha = max(0, played - self.rounds) / self.rounds
        return (stage + 1, alpha) if alpha else (stage, 1.0)

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Grow; Adam begins anew whenever a fade begins or ends."""
        before, (self.stage, self.alpha) = self.growth(max(0, step - 1)), self.growth(step)
        self.generator.get_buffer("played").fill_(step)
        if (before[0], before[1] < 1) != (self.stage, self.alpha < 1):
            for optimizer in optimizers.values():
                optimizer.state.clear()

    def shrunk(self, images: Tensor) -> Tensor:
        """Shrink real images to the current resolution, and fade them in like the generated."""
        images = F.avg_pool2d(images, self.size // (4 * 2**self.stage))
        if self.alpha < 1:
            coarse = F.interpolate(F.avg_pool2d(images, 2), scale_factor=2)
            return torch.lerp(coarse, images, self.alpha)
        return images

    # --8<-- [end:growth]
    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)`, N a multiple of 4; yields losses (A.1)."""
        critic = partial(self.discriminator, stage=self.stage, alpha=self.alpha)
        real = self.shrunk(batch[0])
        fake = self.generator(self.noise(len(real)), self.stage, self.alpha)
        scores = critic(real)

        share = torch.rand(len(real), 1, 1, 1, device=real.device)
        mixed = (real + share * (fake.detach() - real)).requires_grad_()
        (gradient,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
        slopes = torch.linalg.vector_norm(gradient, dim=(1, 2, 3))  # shall be 1, as in WGAN-GP
        penalty = 10 * (slopes - 1).square().mean() + 1e-3 * scores.square().mean()  # or they drift
        yield "discriminator", critic(fake).mean() - scores.mean() + penalty

        yield "generator", -critic(fake).mean()

    # --8<-- [end:step]
    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)`, which the generator puts onto a sphere."""
        return torch.randn(n, self.latent, device=next(self.parameters()).device)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1], enlarged while it grows by its own clock."""
        now = self.growth(int(self.generator.get_buffer("played")))
        return F.interpolate(self.generator(self.noise(n), *now), self.size).clamp(-1, 1)


# --8<-- [start:presets]
SMALL = {"size": 16, "latent": 64, "fmap_base": 192, "fmap_max": 96, "rounds": 500, "lr": 4e-3}
FAST = {"data": "faces16", "batch": 64, "precision": "bfloat16", "ema": 0.999}
LARGE = {"data": "./celeba-hq", "batch": 16, "ema": 0.999}  # 37,500 rounds of 16: 600,000 images
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {"model": SMALL, "train": FAST | {"steps": 10_000}},
    "paper": {"model": {}, "train": LARGE | {"steps": 750_000}},
}
# --8<-- [end:presets]
