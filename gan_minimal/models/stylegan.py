"""StyleGAN: a latent that is unbent first, and then tells every layer its style.

Karras, Laine, Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks",
2018, arXiv:1812.04948. Code: NVlabs/stylegan by the authors (CC BY-NC 4.0), from which nothing is
taken but facts: sizes, numbers, the schedule.

As in the paper, all but the generator and the loss is PGGAN's: the discriminator, but for its
smoothing, the scaled weights and the growth, which begins at 8x8 here. The layers are in
`stylegan_layers.py`. Left out: mirrored images and minibatches that change with the resolution.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer

from gan_minimal.models.pggan import PGGAN, Conv, Discriminator
from gan_minimal.models.stylegan_layers import Mapping, StyleLayer, blur

PAPER = {"year": 2018, "arxiv": "1812.04948", "code": "NVlabs/stylegan", "licence": "CC BY-NC 4.0"}


# --8<-- [start:generator]
class Generator(nn.Module):
    """Styles to images: it begins from a constant, and no layer sees `z` (section 2)."""

    def __init__(
        self, channels: int, latent: int, style: int, slow: float, widths: list[int]
    ) -> None:
        super().__init__()
        self.mapping = Mapping(latent, style, slow)
        self.constant = nn.Parameter(torch.ones(1, widths[0], 4, 4))
        self.layers = nn.ModuleList([StyleLayer(0, widths[0], style)])
        self.layers.append(StyleLayer(widths[0], widths[0], style))
        for a, b in pairwise(widths):
            self.layers.extend([StyleLayer(a, b, style, doubles=True), StyleLayer(b, b, style)])
        self.to_rgb = nn.ModuleList(Conv(width, channels, 1, 0, linear=True) for width in widths)
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
            return torch.lerp(coarse, images, alpha)
        return images


# --8<-- [end:generator]
# --8<-- [start:discriminator]
class Halving(Conv):
    """Smoothing, a 3x3 convolution and average pooling, which are one 4x4 convolution."""

    def forward(self, x: Tensor) -> Tensor:
        """Halve `(N, inputs, H, W)`; LeakyReLU comes after the pooling."""
        weight = F.avg_pool2d(self.weight * self.scale, 2, stride=1, padding=1)
        return F.leaky_relu(F.conv2d(blur(x), weight, self.bias, stride=2, padding=1), 0.2)


class SmoothDiscriminator(Discriminator):
    """PGGAN's discriminator, which smooths before it halves."""

    def block(self, inputs: int, outputs: int) -> nn.Module:
        """Return the layers of one resolution."""
        return nn.Sequential(Conv(inputs, inputs), Halving(inputs, outputs))


# --8<-- [end:discriminator]
# --8<-- [start:setup]
class StyleGAN(PGGAN):
    """PGGAN with another generator and another loss.

    Args:
        size: Height and width of finished images: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of `z`.
        style: Length of `w`.
        fmap_base: Feature maps at 2x2 pixels, if there were any; every doubling halves them.
        fmap_max: Feature maps of any layer, at most.
        rounds: Rounds that a resolution settles, and that the next one fades in; 0: no growth.
        lr: Learning rate of Adam up to 64x64 pixels; from there it rises to three times as much.
        slow: Factor of the mapping network's learning rate.
        gamma: Weight of the penalty on slopes (R1).
        mixing: Share of images with two styles.
        falls: First and last round in which the learning rate falls to zero, if it does.

    Raises:
        ValueError: If `size` is not a power of two of at least 8.
    """

    generator: Generator  # type: ignore[assignment]

    def __init__(
        self,
        size: int = 1024,
        channels: int = 3,
        latent: int = 512,
        style: int = 512,
        fmap_base: int = 8192,
        fmap_max: int = 512,
        rounds: int = 18_750,
        lr: float = 1e-3,
        slow: float = 0.01,
        gamma: float = 10.0,
        mixing: float = 0.9,
        falls: tuple[int, int] | None = None,
    ) -> None:
        if size < 8:
            raise ValueError(f"size must be a power of two of at least 8, not {size}")
        super().__init__(size, channels, latent, fmap_base, fmap_max, rounds, lr)
        self.gamma, self.mixing, self.falls = gamma, mixing, falls
        self.generator = Generator(channels, latent, style, slow, self.fmaps[1:])
        self.discriminator = SmoothDiscriminator(channels, self.fmaps)

    # --8<-- [end:setup]
    # --8<-- [start:step]
    def growth(self, step: int) -> tuple[int, float]:
        """Return what PGGAN does after 4x4 and the fade that follows it."""
        return super().growth(step + 2 * self.rounds)

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Grow; large images are learned faster, as the authors do with eight GPUs."""
        super().schedule(step, optimizers)
        factor = {5: 1.5, 6: 2.0, 7: 3.0, 8: 3.0}.get(self.stage, 1.0)
        if self.falls is not None:
            first, last = self.falls
            factor *= min(1.0, max(0, last - step) / (last - first))
        for optimizer in optimizers.values():
            optimizer.param_groups[0]["lr"] = self.lr * factor

    def styles(self, n: int) -> Tensor:
        """Draw `(n, L, style)`; in a share of them another style takes over (section 3.1)."""
        one, other = self.generator.mapping(self.noise(2 * n)).chunk(2)
        mean = self.generator.get_buffer("mean")
        mean.lerp_(one.detach().to(mean.dtype).mean(dim=0), 0.005)
        layers = 2 * self.stage + 2
        crossing = torch.randint(1, layers, (n, 1, 1), device=one.device)
        crossing[torch.rand(n, device=one.device) >= self.mixing] = layers
        earlier = torch.arange(layers, device=one.device)[:, None] < crossing
        return torch.where(earlier, one[:, None], other[:, None])

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)`, N a multiple of 4; losses in nats."""
        stage, alpha = self.stage, self.alpha
        real = self.shrunk(batch[0]).requires_grad_()
        fake = self.generator(self.styles(len(real)), stage, alpha)

        logits = self.discriminator(real, stage, alpha)
        (slope,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
        penalty = self.gamma / 2 * slope.square().sum(dim=(1, 2, 3)).mean()  # R1
        judged = F.softplus(self.discriminator(fake, stage, alpha)).mean()
        yield "discriminator", F.softplus(-logits).mean() + judged + penalty

        yield "generator", F.softplus(-self.discriminator(fake, stage, alpha)).mean()

    # --8<-- [end:step]
    # --8<-- [start:sample]
    def draw(self, styles: Tensor, noise: Sequence[Tensor] | None = None) -> Tensor:
        """Draw finished images `(N, C, size, size)`, enlarged while the network is growing."""
        now = self.growth(int(self.generator.get_buffer("played")))
        return F.interpolate(self.generator(styles, *now, noise), self.size)

    @torch.no_grad()
    def sample(self, n: int, psi: float = 1.0, cutoff: int = 8) -> Tensor:
        """Draw `n` images `(n, C, size, size)` in [-1, 1].

        Args:
            n: Number of images.
            psi: How far from the average a style is, 1 being as far as it comes (appendix B).
            cutoff: Number of layers, from the coarsest one, that `psi` is for.
        """
        styles = self.generator.mapping(self.noise(n))[:, None]
        styles = styles.repeat(1, len(self.generator.layers), 1)
        styles[:, :cutoff] = torch.lerp(self.generator.get_buffer("mean"), styles[:, :cutoff], psi)
        return self.draw(styles).clamp(-1, 1)


# --8<-- [end:sample]
# --8<-- [start:presets]
SMALL = {"size": 16, "latent": 64, "style": 64, "fmap_base": 256, "fmap_max": 96, "rounds": 400}
FAST = {"data": "faces16", "batch": 64, "precision": "bfloat16", "ema": 0.999}
LARGE = {"data": "./ffhq", "batch": 32, "ema": 0.5 ** (32 / 10_000)}  # half-life: 10,000 images
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": SMALL | {"lr": 8e-3, "gamma": 4.0, "mixing": 0.5, "falls": (8000, 24_000)},
        "train": FAST | {"steps": 24_000},
    },
    "paper": {"model": {}, "train": LARGE | {"steps": 781_250}},  # 25 million images
}
# --8<-- [end:presets]
