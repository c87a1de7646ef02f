"""The two networks of StyleGAN, and their layers; the game that they play is in `stylegan.py`.

Karras, Laine, Aila, 2018, arXiv:1812.04948. The discriminator is PGGAN's (arXiv:1710.10196).
"""

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization


# --8<-- [start:layers]
class Scaled(nn.Module):
    """Parameters as their layer uses them: times a factor; if `four`, 3x3 kernels as 4x4 ones.

    Doubling an image and a 3x3 convolution, or that and halving, are one 4x4 convolution, whose
    kernel is the average of four shifted copies of the small one.
    """

    def __init__(self, factor: float, four: bool = False) -> None:
        super().__init__()
        self.factor, self.four = factor, four

    def forward(self, x: Tensor) -> Tensor:
        """Scale parameters of any shape, or kernels `(A, B, 3, 3)`."""
        return self.factor * (F.avg_pool2d(x, 2, stride=1, padding=1) if self.four else x)


def equal(layer: Any, gain: float = 2**0.5, slow: float = 1.0, four: bool = False) -> nn.Module:
    """Let a layer's weights learn as fast as all others (PGGAN, 4.1), or by a factor `slow`.

    Steps of Adam are as long for large weights as for small ones: all are drawn from N(0, 1), or
    larger for slow ones, and scaled by He's constant only when they are used.
    """
    inputs = layer.weight.select(int(isinstance(layer, nn.ConvTranspose2d)), 0).numel()
    nn.init.normal_(layer.weight, std=1 / slow)
    scaled = Scaled(slow * gain / math.sqrt(inputs), four)
    register_parametrization(layer, "weight", scaled, unsafe=four)  # the shape changes
    if layer.bias is not None:
        nn.init.zeros_(layer.bias)
        register_parametrization(layer, "bias", Scaled(slow))
    return layer


class Blur(nn.Module):
    """Smooths each channel with [1, 2, 1] / 4 along both axes; outside there are zeros."""

    def forward(self, x: Tensor) -> Tensor:
        """Smooth `(N, C, H, W)`."""
        line = x.new_tensor([0.25, 0.5, 0.25])
        kernel = (line[:, None] * line).expand(x.shape[1], 1, 3, 3)
        return F.conv2d(x, kernel, padding=1, groups=x.shape[1])


# --8<-- [end:layers]
# --8<-- [start:style]
class Mapping(nn.Sequential):
    """Latents `z` `(N, latent)` to styles `w` `(N, style)` by layers that learn slowly (2)."""

    def __init__(self, latent: int, style: int, slow: float = 0.01, depth: int = 8) -> None:
        linear = [nn.Linear(a, b) for a, b in pairwise([latent, *[style] * depth])]
        super().__init__(*(nn.Sequential(equal(x, slow=slow), nn.LeakyReLU(0.2)) for x in linear))
        self.latent, self.style = latent, style

    def forward(self, z: Tensor) -> Tensor:
        """Bring `z` to a mean square of 1, then map it."""
        w = z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
        return super().forward(w)  # type: ignore[no-untyped-call]


def adain(x: Tensor, style: Tensor) -> Tensor:
    """Give the channels of `x` `(N, C, H, W)` the spreads and means of `style` `(N, 2C)` (eq. 1).

    First they get mean 0 and (biased) variance 1; the scale is one more than the style says.
    """
    scale, shift = style[:, :, None, None].chunk(2, dim=1)
    return F.instance_norm(x, eps=1e-8) * (scale + 1) + shift


class StyleLayer(nn.Module):
    """Convolution (the first layer has none), noise, bias, LeakyReLU, style (figure 1b)."""

    def __init__(self, inputs: int, outputs: int, style: int, blur: Any = None) -> None:
        super().__init__()
        self.conv: nn.Module = nn.Identity()
        if blur is not None:  # it doubles
            conv = nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
            self.conv = nn.Sequential(equal(conv, 4 * 2**0.5, four=True), blur)
        elif inputs:
            self.conv = equal(nn.Conv2d(inputs, outputs, 3, padding=1, bias=False))
        self.strength = nn.Parameter(torch.zeros(outputs, 1, 1))  # of the noise, for each channel
        self.bias = nn.Parameter(torch.zeros(outputs, 1, 1))
        self.style = equal(nn.Linear(style, 2 * outputs), gain=1)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        """Take features `(N, C, H, W)`, a style `(N, style)` and a map of noise `(N, 1, h, w)`."""
        x = F.leaky_relu(self.conv(x) + self.strength * noise + self.bias, 0.2)  # now float32
        return adain(x, self.style(w))


# --8<-- [end:style]
# --8<-- [start:generator]
class Generator(nn.Module):
    """Styles to images: it begins from a constant, and no layer sees `z` (section 2)."""

    def __init__(self, channels: int, mapping: Mapping, widths: list[int], crisp: bool) -> None:
        super().__init__()
        self.mapping, style = mapping, mapping.style
        blur = nn.Identity() if crisp else Blur()
        self.constant = nn.Parameter(torch.ones(1, widths[0], 4, 4))
        self.layers = nn.ModuleList(StyleLayer(n, widths[0], style) for n in (0, widths[0]))
        for a, b in pairwise(widths):
            self.layers.extend([StyleLayer(a, b, style, blur), StyleLayer(b, b, style)])
        self.to_rgb = nn.ModuleList(equal(nn.Conv2d(each, channels, 1), 1) for each in widths)
        self.end = nn.Tanh() if crisp else nn.Identity()
        self.register_buffer("mean", torch.zeros(style))  # of w
        self.register_buffer("played", torch.tensor(0))  # rounds: the clock of every copy

    def noise(self, n: int) -> list[Tensor]:
        """Draw a map `(n, 1, h, w)` of normal noise for each layer, the same for its channels."""
        sizes = [4 * 2 ** (i // 2) for i in range(len(self.layers))]
        return [torch.randn(n, 1, size, size, device=self.constant.device) for size in sizes]

    def forward(
        self, styles: Tensor, stage: int, alpha: float = 1.0, noise: Sequence[Tensor] | None = None
    ) -> Tensor:
        """Draw images `(N, channels, 4 · 2^stage, 4 · 2^stage)`.

        Args:
            styles: `(N, style)`, or one for each layer, `(N, L, style)`.
            stage: Number of doublings.
            alpha: Share of the last one in the image; below 1: fading in.
            noise: A map for each layer; new ones by default.
        """
        noise = self.noise(len(styles)) if noise is None else noise
        x = below = self.constant.expand(len(styles), -1, -1, -1)
        for i, layer in enumerate(self.layers[: 2 * stage + 2]):
            below = x if i == 2 * stage else below
            x = layer(x, styles if styles.dim() == 2 else styles[:, i], noise[i])
        images = self.to_rgb[stage](x)
        if alpha < 1:
            coarse = F.interpolate(self.to_rgb[stage - 1](below), scale_factor=2)
            images = torch.lerp(coarse, images.to(coarse.dtype), alpha)
        return self.end(images)


# --8<-- [end:generator]
# --8<-- [start:discriminator]
def precise(x: Tensor) -> Tensor:
    """Return numbers in float32, or as they are in float64: for what bfloat16 is too coarse."""
    return x.to(torch.promote_types(x.dtype, torch.float32))


class Spread(nn.Module):
    """Appends one map that tells how far the images of a group differ (PGGAN, section 3)."""

    def forward(self, x: Tensor) -> Tensor:
        """Take `(N, C, H, W)`, N a multiple of 4; images N / 4 apart are a group.

        Raises:
            ValueError: If some images have no group.
        """
        if len(x) % 4:
            raise ValueError(f"a batch of {len(x)} cannot be divided into groups of 4")
        a = precise(x).unflatten(0, (4, -1))
        far = ((a - a.mean(dim=0)).square().mean(dim=0) + 1e-8).sqrt()  # biased
        value = far.mean(dim=(1, 2, 3), keepdim=True).to(x.dtype).repeat(4, 1, *x.shape[2:])
        return torch.cat([x, value], dim=1)


def layer(conv: nn.Conv2d, four: bool = False) -> nn.Module:
    """Return a convolution of the discriminator, and what follows it."""
    return nn.Sequential(equal(conv, four=four), nn.LeakyReLU(0.2, inplace=True))


class Discriminator(nn.Module):
    """Images of 4 pixels, 8, 16 and so on to one logit each."""

    def __init__(self, channels: int, fmaps: list[int], crisp: bool) -> None:
        super().__init__()
        last, *widths = fmaps  # what 2x2 pixels would have, and what 4x4, 8x8 ... have
        self.from_rgb = nn.ModuleList(layer(nn.Conv2d(channels, each, 1)) for each in widths)
        self.blocks = nn.ModuleList(
            nn.Sequential(
                layer(nn.Conv2d(b, b, 3, padding=1)),
                nn.Identity() if crisp else Blur(),
                layer(nn.Conv2d(b, a, 3, stride=2, padding=1), four=True),
            )
            for a, b in pairwise(widths)
        )
        self.judge = nn.Sequential(
            Spread(),
            layer(nn.Conv2d(widths[0] + 1, widths[0], 3, padding=1)),
            layer(nn.Conv2d(widths[0], last, 4)),
            nn.Flatten(),
            equal(nn.Linear(last, 1), gain=1),
        )

    def forward(self, images: Tensor, stage: int, alpha: float = 1.0) -> Tensor:
        """Judge images `(N, channels, 4 · 2^stage, 4 · 2^stage)`, `(N,)`; `alpha` as above."""
        x = self.from_rgb[stage](images)
        for below in reversed(range(stage)):
            x = self.blocks[below](x)
            if alpha < 1 and below == stage - 1:
                x = torch.lerp(self.from_rgb[below](F.avg_pool2d(images, 2)), x, alpha)
        return precise(self.judge(x))[:, 0]


# --8<-- [end:discriminator]
# --8<-- [start:networks]
def networks(
    size: int = 1024,
    channels: int = 3,
    latent: int = 512,
    style: int = 512,
    depth: int = 8,
    slow: float = 0.01,
    fmap_base: int = 8192,
    fmap_max: int = 512,
    crisp: bool = False,
) -> tuple[Generator, Discriminator]:
    """Build both networks.

    Args:
        size: Height and width of finished images: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of `z`.
        style: Length of `w`.
        depth: Layers of the mapping network.
        slow: Factor of its learning rate.
        fmap_base: Feature maps at 2x2 pixels, if there were any; every doubling halves them.
        fmap_max: Feature maps of any layer, at most.
        crisp: For pixel art: nothing is smoothed, and the generator ends in a tanh.

    Raises:
        ValueError: If `size` is not a power of two of at least 8.
    """
    if size < 8 or size & (size - 1):
        raise ValueError(f"size must be a power of two of at least 8, not {size}")
    fmaps = [min(fmap_base // 2**i, fmap_max) for i in range(size.bit_length() - 1)]
    mapping = Mapping(latent, style, slow, depth)
    return Generator(channels, mapping, fmaps[1:], crisp), Discriminator(channels, fmaps, crisp)


# --8<-- [end:networks]
