"""StyleGAN: a mapping network makes a style of the latent, and every layer is told its style.

Karras, Laine, Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks",
2018, arXiv:1812.04948. Code: NVlabs/stylegan by the authors (CC BY-NC 4.0), from which nothing is
taken but facts: sizes, numbers, the schedule.

As in the paper, all but the generator and the loss is PGGAN's and comes from `pggan.py`: the
discriminator, but for its smoothing, the equalised learning rate and the growth, which begins at
8x8 here. Left out: mirrored images and minibatches that change with the resolution.
"""

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrize import register_parametrization
from torch.optim import Optimizer

from gan_minimal.models.pggan import (
    Discriminator,
    PixelNorm,
    ProgressiveGrowing,
    conv_block,
    equalized_lr,
    fade_in,
    feature_maps,
    process_reals,
)

PAPER = {
    "year": 2018,
    "arxiv": "1812.04948",
    "code": "NVlabs/stylegan",
    "reference_licence": "CC BY-NC 4.0",
}


# --8<-- [start:layers]
class Blur(nn.Module):
    """Smooths each channel with [1, 2, 1] / 4 along both axes; outside there are zeros."""

    def forward(self, x: Tensor) -> Tensor:
        """Smooth `(N, C, H, W)`."""
        line = x.new_tensor([0.25, 0.5, 0.25])
        kernel = (line[:, None] * line).expand(x.shape[1], 1, 3, 3)
        return F.conv2d(x, kernel, padding=1, groups=x.shape[1])


class FusedScale(nn.Module):
    """3x3 kernels as a layer uses them that doubles or halves images: as 4x4 ones.

    Doubling an image and a 3x3 convolution, or that and halving, are one 4x4 convolution, whose
    kernel is the average of four shifted copies of the small one.
    """

    def forward(self, kernels: Tensor) -> Tensor:
        """Take kernels `(A, B, 3, 3)`, return `(A, B, 4, 4)`."""
        return F.avg_pool2d(kernels, 2, stride=1, padding=1)


def upsample_conv(inputs: int, outputs: int, blur: bool) -> nn.Sequential:
    """Return layers that double `(N, inputs, H, W)`, convolve and, if asked to, smooth."""
    conv = nn.ConvTranspose2d(inputs, outputs, 3, stride=2, padding=1, bias=False)
    equalized_lr(conv, gain=4 * 2**0.5)  # the sum of four copies, not their average
    register_parametrization(conv, "weight", FusedScale(), unsafe=True)  # the shape changes
    return nn.Sequential(conv, Blur() if blur else nn.Identity())


def downsample_conv(inputs: int, outputs: int, blur: bool) -> nn.Sequential:
    """Return the discriminator's layers of one resolution: features of half the size."""
    first = conv_block(inputs, inputs)
    conv = equalized_lr(nn.Conv2d(inputs, outputs, 3, stride=2, padding=1))
    register_parametrization(conv, "weight", FusedScale(), unsafe=True)
    halving = nn.Sequential(conv, nn.LeakyReLU(0.2, inplace=True))
    return nn.Sequential(first, Blur() if blur else nn.Identity(), halving)


# --8<-- [end:layers]
# --8<-- [start:style]
class MappingNetwork(nn.Module):
    """Latents `z` `(N, latent)` to styles `w` `(N, style)` (section 2).

    Args:
        latent: Length of `z`.
        style: Length of `w`.
        depth: Number of layers.
        lr_mul: Multiplies their learning rate (appendix C).
    """

    def __init__(self, latent: int, style: int, depth: int = 8, lr_mul: float = 0.01) -> None:
        super().__init__()
        self.normalize = PixelNorm()
        linear = [nn.Linear(a, b) for a, b in pairwise([latent, *[style] * depth])]
        self.layers = nn.ModuleList(equalized_lr(each, lr_mul=lr_mul) for each in linear)

    def forward(self, z: Tensor) -> Tensor:
        """Bring `z` to a mean square of 1, then map it."""
        w: Tensor = self.normalize(z)
        for layer in self.layers:
            w = F.leaky_relu(layer(w), 0.2)
        return w


def adain(x: Tensor, style: Tensor) -> Tensor:
    """Give channels of `x` `(N, C, H, W)` the deviations and means of `style` `(N, 2C)` (eq. 1).

    First they get mean 0 and (biased) variance 1; the scale is one more than the style says.
    """
    scale, shift = style[:, :, None, None].chunk(2, dim=1)  # (N, C, 1, 1) each
    return F.instance_norm(x, eps=1e-8) * (scale + 1) + shift


class StyleLayer(nn.Module):
    """Convolution, noise, bias, LeakyReLU, style (figure 1b).

    Args:
        conv: The convolution; the first layer has none.
        channels: Those that the convolution gives.
        style: Length of `w`.
    """

    def __init__(self, conv: nn.Module, channels: int, style: int) -> None:
        super().__init__()
        self.conv = conv
        self.noise_strength = nn.Parameter(torch.zeros(channels, 1, 1))  # one for each channel
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))
        self.affine = equalized_lr(nn.Linear(style, 2 * channels), gain=1)  # "A" in the figure

    def forward(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        """Take features `(N, C, H, W)`, a style `(N, style)` and a map of noise `(N, 1, h, w)`."""
        x = self.conv(x) + self.noise_strength * noise + self.bias  # (N, channels, h, w), float32
        return adain(F.leaky_relu(x, 0.2), self.affine(w))


# --8<-- [end:style]
# --8<-- [start:generator]
class Generator(nn.Module):
    """Styles to images: it begins from a constant, and no layer sees `z` (section 2).

    Args:
        channels: 3 for colour, 1 for grey.
        mapping: From `z` to `w`.
        style: Length of `w`.
        widths: Feature maps at 4x4 pixels, 8x8 and so on.
        blur: Whether layers that double smooth.
        tanh: Whether a tanh ends it.
    """

    w_avg: Tensor
    rounds_played: Tensor

    def __init__(
        self,
        channels: int,
        mapping: MappingNetwork,
        style: int,
        widths: list[int],
        blur: bool,
        tanh: bool,
    ) -> None:
        super().__init__()
        self.mapping, first = mapping, widths[0]
        self.constant = nn.Parameter(torch.ones(1, first, 4, 4))
        layers = [StyleLayer(nn.Identity(), first, style)]
        layers.append(StyleLayer(self.conv(first), first, style))
        for a, b in pairwise(widths):
            layers.append(StyleLayer(upsample_conv(a, b, blur), b, style))
            layers.append(StyleLayer(self.conv(b), b, style))
        self.layers = nn.ModuleList(layers)
        self.to_rgb = nn.ModuleList(
            equalized_lr(nn.Conv2d(width, channels, 1), gain=1) for width in widths
        )
        self.tanh = tanh
        self.register_buffer("w_avg", torch.zeros(style))
        self.register_buffer("rounds_played", torch.tensor(0))  # the clock of every copy

    def conv(self, width: int) -> nn.Module:
        """Return a convolution that keeps size and width; the layer adds the bias."""
        return equalized_lr(nn.Conv2d(width, width, 3, padding=1, bias=False))

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
        x = previous = self.constant.expand(len(styles), -1, -1, -1)  # (N, widths[0], 4, 4)
        for i, layer in enumerate(self.layers[: 2 * stage + 2]):
            if i == 2 * stage:  # this layer doubles for the last time
                previous = x
            x = layer(x, styles if styles.dim() == 2 else styles[:, i], noise[i])
        images: Tensor = self.to_rgb[stage](x)
        if alpha < 1:
            images = fade_in(self.to_rgb[stage - 1](previous), images, alpha)
        return images.tanh() if self.tanh else images


# --8<-- [end:generator]
# --8<-- [start:setup]
class StyleGAN(ProgressiveGrowing):
    """Both players, their growth and one round of their game.

    Args:
        size: Height and width of finished images: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of `z`.
        style: Length of `w`.
        depth: Layers of the mapping network.
        lr_mul: Multiplies its learning rate.
        fmap_base: Feature maps at 2x2 pixels, if there were any; every doubling halves them.
        fmap_max: Feature maps of any layer, at most.
        blur: Whether layers that double or halve smooth; pixel art has sharp edges.
        tanh: Whether a tanh ends the generator; pixel art has many values of -1 and 1.
        rounds: Rounds that a resolution settles, and that the next one fades in; 0: no growth.
        lr: Learning rate of Adam up to 64x64 pixels; from there it rises to three times as much.
        gamma: Weight of the penalty on the gradients at real images (R1).
        mixing: Share of images with two styles.
        lr_decay: First and last round in which the learning rate falls to zero, if it does.

    Raises:
        ValueError: If `size` is not a power of two of at least 8.
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
        style: int = 512,
        depth: int = 8,
        lr_mul: float = 0.01,
        fmap_base: int = 8192,
        fmap_max: int = 512,
        blur: bool = True,
        tanh: bool = False,
        rounds: int = 18_750,
        lr: float = 1e-3,
        gamma: float = 10.0,
        mixing: float = 0.9,
        lr_decay: tuple[int, int] | None = None,
    ) -> None:
        fmaps = feature_maps(size, fmap_base, fmap_max, smallest=8)
        mapping = MappingNetwork(latent, style, depth, lr_mul)
        generator = Generator(channels, mapping, style, fmaps[1:], blur, tanh)
        discriminator = Discriminator(channels, fmaps, partial(downsample_conv, blur=blur))
        super().__init__(generator, discriminator, latent, 1, len(fmaps) - 2, rounds, lr)
        self.size, self.channels = size, channels
        self.gamma, self.mixing, self.lr_decay = gamma, mixing, lr_decay

    # --8<-- [end:setup]
    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Grow; large images are learned faster: the defaults of the authors' `train.py`."""
        super().schedule(step, optimizers)
        factor = {5: 1.5, 6: 2.0, 7: 3.0, 8: 3.0}.get(self.stage, 1.0)
        if self.lr_decay is not None:
            first, last = self.lr_decay
            factor *= min(1.0, max(0, last - step) / (last - first))
        for optimizer in optimizers.values():
            optimizer.param_groups[0]["lr"] = self.lr * factor

    # --8<-- [start:step]
    def styles(self, n: int) -> Tensor:
        """Draw `(n, L, style)`; in a share of them another style takes over (section 3.1)."""
        one, other = self.generator.mapping(self.noise(2 * n)).chunk(2)  # (n, style) each
        w_avg = self.generator.w_avg
        w_avg.lerp_(one.detach().to(w_avg.dtype).mean(dim=0), 0.005)
        layers = 2 * self.stage + 2
        crossover = torch.randint(1, layers, (n, 1, 1), device=one.device)
        crossover[torch.rand(n, device=one.device) >= self.mixing] = layers
        earlier = torch.arange(layers, device=one.device)[:, None] < crossover  # (n, L, 1)
        return torch.where(earlier, one[:, None], other[:, None])

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)`, N a multiple of 4; losses in nats."""
        if batch[0].shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(batch[0].shape[1:])} but must be {shape}")
        stage, alpha = self.stage, self.alpha
        real = process_reals(batch[0], stage, alpha).requires_grad_()
        fake = self.generator(self.styles(len(real)), stage, alpha)

        logits = self.discriminator(real, stage, alpha)
        (gradient,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
        r1 = self.gamma / 2 * gradient.square().sum(dim=(1, 2, 3)).mean()
        real_loss = F.softplus(-logits).mean()
        fake_loss = F.softplus(self.discriminator(fake.detach(), stage, alpha)).mean()
        yield "discriminator", real_loss + fake_loss + r1

        yield "generator", F.softplus(-self.discriminator(fake, stage, alpha)).mean()

    # --8<-- [end:step]
    # --8<-- [start:sample]
    def draw(self, styles: Tensor, noise: Sequence[Tensor] | None = None) -> Tensor:
        """Draw finished images `(N, C, size, size)`, enlarged while the network is growing."""
        stage, alpha = self.growth(int(self.generator.rounds_played))
        return F.interpolate(self.generator(styles, stage, alpha, noise), self.size)

    @torch.no_grad()
    def sample(self, n: int, psi: float = 1.0, cutoff: int = 8) -> Tensor:
        """Draw `n` images `(n, C, size, size)` in [-1, 1].

        Args:
            n: Number of images.
            psi: How far from the average a style is, 1 being as far as it comes (appendix B).
            cutoff: Number of layers, from the coarsest one, that `psi` is for.
        """
        w = self.generator.mapping(self.noise(n))
        styles = w[:, None].repeat(1, len(self.generator.layers), 1)  # (n, L, style)
        styles[:, :cutoff] = torch.lerp(self.generator.w_avg, styles[:, :cutoff], psi)
        return self.draw(styles).clamp(-1, 1)


# --8<-- [end:sample]
# --8<-- [start:presets]
SMALL = {"size": 16, "latent": 64, "style": 64, "depth": 2, "fmap_base": 256, "fmap_max": 96}
PACE = {"rounds": 400, "lr": 8e-3, "mixing": 0.5}
PIXEL_ART: dict[str, Any] = {"blur": False, "tanh": True}
FAST = {"data": "faces16", "batch": 64, "precision": "bfloat16", "ema": 0.999}
LARGE = {"data": "./ffhq", "batch": 32, "ema": 0.5 ** (32 / 10_000)}  # half-life: 10,000 images
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": SMALL | PACE | PIXEL_ART | {"gamma": 16, "lr_decay": (10_000, 30_000)},
        "train": FAST | {"steps": 30_000},
    },
    "hangul": {
        "model": SMALL | PACE | {"size": 32, "channels": 1, "lr_decay": (2000, 5000)},
        "train": FAST | {"data": "hangul32", "steps": 5000},
    },
    "paper": {"model": {}, "train": LARGE | {"steps": 781_250}},  # 25 million images
}
# --8<-- [end:presets]
