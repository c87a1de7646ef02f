"""PGGAN: both networks grow from 4x4 pixels to full size while they are trained.

Karras, Aila, Laine, Lehtinen, "Progressive Growing of GANs for Improved Quality, Stability, and
Variation", 2017, arXiv:1710.10196. Code: tkarras/progressive_growing_of_gans by the authors (CC
BY-NC 4.0), from which nothing is taken but facts: sizes, numbers, the schedule.

As there, a resolution settles and fades in for 600,000 images each (the paper: 800,000), images are
compared in groups of 4 (the paper: in the whole minibatch), and Adam forgets its moments whenever a
fade begins or ends. Left out: labels, mirroring, minibatches and rates that change with the size.
"""

import math
from collections.abc import Callable, Iterator
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization
from torch.optim import Adam, Optimizer

PAPER = {
    "year": 2017,
    "arxiv": "1710.10196",
    "code": "tkarras/progressive_growing_of_gans",
    "reference_licence": "CC BY-NC 4.0",
}


# --8<-- [start:layers]
class Scale(nn.Module):
    """Parameters as their layer uses them: times a constant."""

    def __init__(self, scale: float) -> None:
        super().__init__()
        self.scale = scale

    def forward(self, parameter: Tensor) -> Tensor:
        """Scale a parameter of any shape."""
        return self.scale * parameter


Layer = TypeVar("Layer", nn.Linear, nn.Conv2d, nn.ConvTranspose2d)


def equalized_lr(layer: Layer, gain: float = math.sqrt(2), lr_mul: float = 1.0) -> Layer:
    """Let the weights of `layer` learn as fast as those of all others, times `lr_mul` (4.1).

    A step of Adam is as long for large weights as for small ones. Drawn from N(0, 1) in all layers,
    and scaled by He's constant only when they are used, all weights learn equally fast. Drawn from
    N(0, 1 / lr_mul²) and scaled by `lr_mul` as well, they learn that much slower.

    Args:
        layer: A new layer; the optimiser will see its `parametrizations.weight.original`.
        gain: Numerator of He's constant: the square root of 2 before LeakyReLU, 1 in linear layers.
        lr_mul: Multiplies the learning rate of weights and bias.
    """
    outputs = 1 if isinstance(layer, nn.ConvTranspose2d) else 0  # axis of the weights
    fan_in = layer.weight.select(outputs, 0).numel()
    nn.init.normal_(layer.weight, std=1 / lr_mul)
    register_parametrization(layer, "weight", Scale(lr_mul * gain / math.sqrt(fan_in)))
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
        register_parametrization(layer, "bias", Scale(lr_mul))
    return layer


def conv_block(inputs: int, outputs: int, kernel: int = 3, padding: int = 1) -> nn.Sequential:
    """Return a convolution with equalised learning rate, and its LeakyReLU."""
    conv = equalized_lr(nn.Conv2d(inputs, outputs, kernel, padding=padding))
    return nn.Sequential(conv, nn.LeakyReLU(0.2, inplace=True))


class PixelNorm(nn.Module):
    """Scales the features of each pixel to a mean square of 1 (section 4.2)."""

    def forward(self, x: Tensor) -> Tensor:
        """Normalise `(N, C, ...)`."""
        return x * torch.rsqrt(x.square().mean(dim=1, keepdim=True) + 1e-8)


def at_least_float32(x: Tensor) -> Tensor:
    """Return float64 as it is and all else in float32: for what bfloat16 is too coarse."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


class MinibatchStdDev(nn.Module):
    """Appends the minibatch standard deviation, one map, to images `(N, C, H, W)` (section 3)."""

    def forward(self, x: Tensor) -> Tensor:
        """Compare groups of 4, of 8 images 0, 2, 4, 6 and 1, 3, 5, 7; ValueError if some lack."""
        group_size = min(4, len(x))
        if len(x) % group_size:
            raise ValueError(f"{len(x)} images cannot be divided into groups of {group_size}")
        groups = at_least_float32(x).unflatten(0, (group_size, -1))  # (4, N / 4, C, H, W)
        variance = (groups - groups.mean(dim=0)).square().mean(dim=0)  # biased
        std_dev = (variance + 1e-8).sqrt().mean(dim=(1, 2, 3), keepdim=True)  # (N / 4, 1, 1, 1)
        return torch.cat([x, std_dev.to(x.dtype).repeat(group_size, 1, *x.shape[2:])], dim=1)


# --8<-- [end:layers]
# --8<-- [start:networks]
def fade_in(old: Tensor, new: Tensor, alpha: float) -> Tensor:
    """Mix `(N, C, H / 2, W / 2)` and `alpha`, from 0 to 1, of `(N, C, H, W)` (figure 2)."""
    enlarged = F.interpolate(old, scale_factor=2)  # repeats each pixel
    return torch.lerp(enlarged, new.to(enlarged.dtype), alpha)


class Generator(nn.Module):
    """Latent vectors `(N, latent)` to images of 4 pixels, 8, 16 and so on (table 2)."""

    def __init__(self, channels: int, latent: int, widths: list[int]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList()
        for a, b in pairwise([latent, *widths]):
            first = [nn.Upsample(scale_factor=2), conv_block(a, b)]  # repeats each pixel
            if not self.blocks:  # 1x1 -> 4x4: each pixel is another linear map of z
                first = [PixelNorm(), nn.Unflatten(1, (latent, 1, 1)), conv_block(a, b, 4, 3)]
            self.blocks.append(nn.Sequential(*first, PixelNorm(), conv_block(b, b), PixelNorm()))
        self.to_rgb = nn.ModuleList(
            equalized_lr(nn.Conv2d(width, channels, 1), gain=1) for width in widths
        )
        self.register_buffer("rounds_played", torch.tensor(0))  # the clock of every copy

    def forward(self, z: Tensor, stage: int, alpha: float = 1.0) -> Tensor:
        """Draw images `(N, channels, 4 · 2^stage, 4 · 2^stage)`; `alpha` below 1: fading in."""
        previous = x = self.blocks[0](z)  # (N, widths[0], 4, 4)
        for block in self.blocks[1 : stage + 1]:
            previous, x = x, block(x)  # twice as large
        images: Tensor = self.to_rgb[stage](x)
        if alpha < 1:
            return fade_in(self.to_rgb[stage - 1](previous), images, alpha)
        return images


def downsample_block(inputs: int, outputs: int) -> nn.Sequential:
    """Return the discriminator's layers of one resolution: features of half the size."""
    return nn.Sequential(conv_block(inputs, inputs), conv_block(inputs, outputs), nn.AvgPool2d(2))


class Discriminator(nn.Module):
    """Images of 4 pixels, 8, 16 and so on to one score each: the mirror of the generator.

    Args:
        channels: 3 for colour, 1 for grey.
        fmaps: Feature maps at 2x2 pixels, if there were any, at 4x4, 8x8 and so on.
        downsample: Makes the layers of one resolution from their feature maps, in and out.
    """

    def __init__(
        self,
        channels: int,
        fmaps: list[int],
        downsample: Callable[[int, int], nn.Module] = downsample_block,
    ) -> None:
        super().__init__()
        last, *widths = fmaps
        self.from_rgb = nn.ModuleList(conv_block(channels, width, 1, 0) for width in widths)
        self.blocks = nn.ModuleList(downsample(b, a) for a, b in pairwise(widths))
        self.final = nn.Sequential(
            MinibatchStdDev(),
            conv_block(widths[0] + 1, widths[0]),
            conv_block(widths[0], last, 4, 0),  # 4x4 -> 1x1
        )
        self.score = equalized_lr(nn.Conv2d(last, 1, 1), gain=1)

    def forward(self, images: Tensor, stage: int, alpha: float = 1.0) -> Tensor:
        """Score images `(N, channels, 4 · 2^stage, 4 · 2^stage)`, `(N,)`; `alpha` as above."""
        x = self.from_rgb[stage](images)
        for previous in reversed(range(stage)):
            x = self.blocks[previous](x)  # half as large
            if alpha < 1 and previous == stage - 1:
                x = torch.lerp(self.from_rgb[previous](F.avg_pool2d(images, 2)), x, alpha)
        x = self.final(x)  # (N, last, 1, 1)
        with torch.autocast(x.device.type, enabled=False):  # the drift's gradients are small
            scores: Tensor = self.score(at_least_float32(x))
        return scores[:, 0, 0, 0]


# --8<-- [end:networks]
# --8<-- [start:growth]
def process_reals(images: Tensor, stage: int, alpha: float) -> Tensor:
    """Shrink real images to the resolution of `stage`, and fade them in like the generated ones."""
    images = F.avg_pool2d(images, images.shape[-1] // (4 * 2**stage))
    if alpha < 1:
        return fade_in(F.avg_pool2d(images, 2), images, alpha)
    return images


def feature_maps(size: int, base: int, maximum: int, smallest: int) -> list[int]:
    """Return the number of feature maps at 2x2 pixels, 4x4, 8x8 and so on up to `size`.

    Raises:
        ValueError: If `size` is not a power of two of at least `smallest`.
    """
    if size < smallest or size & (size - 1):
        raise ValueError(f"size must be a power of two of at least {smallest}, not {size}")
    return [min(base // 2**i, maximum) for i in range(size.bit_length() - 1)]


class ProgressiveGrowing(nn.Module):
    """Two players that grow together, as PGGAN's and StyleGAN's do.

    Args:
        generator: From latents or styles, a stage and alpha to images. Its buffer `rounds_played`
            counts the rounds.
        discriminator: From images, a stage and alpha to scores `(N,)`.
        latent: Length of the latent vector `z`.
        first: Stage at the beginning, of images of 4 · 2^first pixels.
        last: Stage in the end.
        rounds: Rounds that a resolution settles, and that the next one fades in; 0: no growth.
        lr: Learning rate of Adam for both players.
    """

    batch_multiple: ClassVar[int] = 4  # the minibatch standard deviation compares groups

    def __init__(
        self,
        generator: nn.Module,
        discriminator: nn.Module,
        latent: int,
        first: int,
        last: int,
        rounds: int,
        lr: float,
    ) -> None:
        super().__init__()
        self.generator, self.discriminator = generator, discriminator
        self.latent, self.first, self.last = latent, first, last
        self.rounds, self.lr = rounds, lr
        self.stage, self.alpha = self.growth(0)

    def optimizers(self) -> dict[str, Optimizer]:
        """One Adam for each player; it leaves the layers alone that have no gradient."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, (0.0, 0.99), fused=True)
            for name in ("discriminator", "generator")
        }

    def growth(self, step: int) -> tuple[int, float]:
        """Return the highest stage after `step` rounds, and its share in the image, up to 1."""
        if step >= (self.last - self.first) * 2 * self.rounds:
            return self.last, 1.0
        doublings, round_ = divmod(step, 2 * self.rounds)
        stage = self.first + doublings
        alpha = max(0, round_ - self.rounds) / self.rounds
        return (stage + 1, alpha) if alpha else (stage, 1.0)

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Grow; Adam begins anew whenever a fade begins or ends."""
        stage, alpha = self.growth(max(0, step - 1))
        self.stage, self.alpha = self.growth(step)
        self.generator.get_buffer("rounds_played").fill_(step)
        if (stage, alpha < 1) != (self.stage, self.alpha < 1):
            for optimizer in optimizers.values():
                optimizer.state.clear()

    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)`, which the generator puts onto a sphere."""
        return torch.randn(n, self.latent, device=next(self.parameters()).device)


# --8<-- [end:growth]
# --8<-- [start:setup]
class PGGAN(ProgressiveGrowing):
    """Both players, their growth and one round of their game.

    Args:
        size: Height and width of the images in the end: a power of two, 4 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of the latent vector `z`.
        fmap_base: Feature maps at 2x2 pixels, if there were any; every doubling halves them.
        fmap_max: Feature maps of any layer, at most.
        rounds: Rounds that a resolution settles, and that the next one fades in; 0: no growth.
        lr: Learning rate of Adam for both players.
        lambda_gp: Weight of the gradient penalty.
        epsilon_drift: Weight of the squared scores of real images.

    Raises:
        ValueError: If `size` is not a power of two of at least 4.
    """

    generator: Generator
    discriminator: Discriminator
    recorded: ClassVar[tuple[str, ...]] = ("generator",)
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(
        self,
        size: int = 1024,
        channels: int = 3,
        latent: int = 512,
        fmap_base: int = 8192,
        fmap_max: int = 512,
        rounds: int = 37_500,
        lr: float = 1e-3,
        lambda_gp: float = 10.0,
        epsilon_drift: float = 1e-3,
    ) -> None:
        fmaps = feature_maps(size, fmap_base, fmap_max, smallest=4)
        generator = Generator(channels, latent, fmaps[1:])
        discriminator = Discriminator(channels, fmaps)
        super().__init__(generator, discriminator, latent, 0, len(fmaps) - 2, rounds, lr)
        self.size, self.channels, self.fmaps = size, channels, fmaps
        self.lambda_gp, self.epsilon_drift = lambda_gp, epsilon_drift

    # --8<-- [end:setup]
    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)`, N a multiple of 4; yields losses (A.1)."""
        if batch[0].shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(batch[0].shape[1:])} but must be {shape}")
        discriminator = partial(self.discriminator, stage=self.stage, alpha=self.alpha)
        real = process_reals(batch[0], self.stage, self.alpha)
        fake = self.generator(self.noise(len(real)), self.stage, self.alpha)
        scores = discriminator(real)

        epsilon = torch.rand(len(real), 1, 1, 1, device=real.device)
        interpolated = (real + epsilon * (fake.detach() - real)).requires_grad_()
        (gradient,) = torch.autograd.grad(
            discriminator(interpolated).sum(), interpolated, create_graph=True
        )
        # The slope by the image enlarged to full size, which the authors' networks see, shall be 1.
        slopes = torch.linalg.vector_norm(gradient, dim=(1, 2, 3)) / 2 ** (self.last - self.stage)
        penalty = self.lambda_gp * (slopes - 1).square().mean()
        drift = self.epsilon_drift * scores.square().mean()
        score_fake = discriminator(fake.detach()).mean()
        yield "discriminator", score_fake - scores.mean() + (penalty + drift)

        yield "generator", -discriminator(fake).mean()

    # --8<-- [end:step]
    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1], enlarged while it grows by its own clock."""
        stage, alpha = self.growth(int(self.generator.get_buffer("rounds_played")))
        return F.interpolate(self.generator(self.noise(n), stage, alpha), self.size).clamp(-1, 1)


# --8<-- [start:presets]
SMALL = {"size": 16, "latent": 64, "fmap_base": 192, "fmap_max": 96, "rounds": 500, "lr": 4e-3}
FAST = {"data": "faces16", "batch": 64, "precision": "bfloat16", "ema": 0.999}
LARGE = {"data": "./celeba-hq", "batch": 16, "ema": 0.999}  # 37,500 rounds of 16: 600,000 images
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {"model": SMALL, "train": FAST | {"steps": 10_000}},
    "paper": {"model": {}, "train": LARGE | {"steps": 750_000}},
}
# --8<-- [end:presets]
