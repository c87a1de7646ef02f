"""Pix2Pix: a GAN whose condition is an image, and which is told the right answer as well.

Isola, Zhu, Zhou, Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2016,
arXiv:1611.07004. Code: phillipi/pix2pix by the authors (BSD-2-Clause), whose networks for 256
pixels the paper preset equals. Its noise is dropout in the first three layers of the decoder; a
port by the same authors, which most copies descend from, has it in the second to the fourth.

The paper normalises by the statistics of the batch, also when testing, and its batches are of one
image: then batch normalisation is instance normalisation with scale and shift, which stands here.
So a translation depends neither on `eval()` nor on what else is translated.

The paper preset learns from pairs of photographs, `(input, target)`, a folder with their halves in
`a` and `b`. Left out: its jitter (enlarge to 286 pixels, crop, mirror), in place of which the tiny
preset bends its letters, and `PixelGAN`, the discriminator of single pixels.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2016, "arxiv": "1611.07004", "code": "phillipi/pix2pix", "licence": "BSD-2-Clause"}


class Noise(nn.Module):
    """Dropout of one half that never rests: the only noise of the generator (section 3.2.1)."""

    def forward(self, x: Tensor) -> Tensor:
        """Drop one half, also in evaluation mode."""
        return F.dropout(x, 0.5, training=True)


# --8<-- [start:generator]
class UNet(nn.Module):
    """Images to images `(N, channels, H, W)` in [-1, 1], with skip connections (section 3.2.1).

    Channels double with each halving, up to eight times as many as in the first layer.
    """

    def __init__(self, channels: int, width: int, depth: int, noisy: int) -> None:
        super().__init__()
        widths = [channels, *(width * min(2**i, 8) for i in range(depth))]
        self.down, self.up = nn.ModuleList(), nn.ModuleList()
        for i, (shallow, deep) in enumerate(pairwise(widths)):
            down: list[nn.Module] = [nn.Conv2d(shallow, deep, 4, stride=2, padding=1, bias=False)]
            # each decoder layer but the innermost also sees what the encoder saw at its size
            seen = deep if i == depth - 1 else 2 * deep
            up: list[nn.Module] = [
                nn.ReLU(),
                nn.ConvTranspose2d(seen, shallow, 4, 2, 1, bias=i == 0),
            ]
            if i > 0:
                down.insert(0, nn.LeakyReLU(0.2))
                up.append(nn.InstanceNorm2d(shallow, affine=True))
            if 0 < i < depth - 1:  # the innermost has one pixel: normalised, it would be 0
                down.append(nn.InstanceNorm2d(deep, affine=True))
            if i >= max(depth - noisy, 1):
                up.append(Noise())
            self.down.append(nn.Sequential(*down))
            self.up.insert(0, nn.Sequential(*up))

    def forward(self, x: Tensor) -> Tensor:
        """Translate images."""
        skips = []
        for layer in self.down:
            x = layer(x)
            skips.append(x)
        x = skips.pop()
        for layer in self.up:
            x = layer(x)
            if skips:
                x = torch.cat([skips.pop(), x], dim=1)
        return torch.tanh(x)


# --8<-- [end:generator]


# --8<-- [start:discriminator]
class PatchGAN(nn.Sequential):
    """Pairs `(N, 2 * channels, H, W)` to one logit for each patch (section 3.2.2).

    Three halvings see 70x70 pixels, two, one and none see 34, 16 and 7.
    """

    def __init__(self, channels: int, width: int, halvings: int) -> None:
        strides = [2] * halvings + [1]
        widths = [width * min(2**i, 8) for i in range(halvings + 1)]
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, strides[0], 1), nn.LeakyReLU(0.2)]
        for (narrow, wide), stride in zip(pairwise(widths), strides[1:], strict=True):
            layers.append(nn.Conv2d(narrow, wide, 4, stride, padding=1, bias=False))
            layers += [nn.InstanceNorm2d(wide, affine=True), nn.LeakyReLU(0.2)]
        super().__init__(*layers, nn.Conv2d(widths[-1], 1, 4, stride=1, padding=1))


# --8<-- [end:discriminator]


def init_weights(module: nn.Module) -> None:
    """Convolutions from N(0, 0.02), scales from N(1, 0.02), shifts and biases 0 (section 6.2)."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d | nn.InstanceNorm2d):
        nn.init.normal_(module.weight, float(isinstance(module, nn.InstanceNorm2d)), 0.02)
        if module.bias is not None:
            nn.init.zeros_(module.bias)


# --8<-- [start:jitter]
def jittered(images: Tensor, amount: float) -> Tensor:
    """Bend images `(N, C, H, W)` on white a little, all channels alike.

    Nine points of each are pulled about by some `amount` of half its side, the rest follows.
    """
    share = amount * torch.rand_like(images[:, :1, :1, :1])  # some images are left nearly alone
    pull = share * torch.randn(len(images), 2, 3, 3, device=images.device)
    smooth = F.interpolate(pull, images.shape[2:], mode="bicubic", align_corners=True)
    here = torch.eye(2, 3, device=images.device).expand(len(images), 2, 3)
    grid = F.affine_grid(here, list(images.shape), align_corners=False)
    there = grid + smooth.permute(0, 2, 3, 1)
    return F.grid_sample(images - 1, there, mode="bicubic", align_corners=False) + 1


# --8<-- [end:jitter]


# --8<-- [start:model]
class Pix2Pix(nn.Module):
    """Both players and one round of their game (section 3).

    Args:
        size: Height and width of the images: a multiple of `2**depth`.
        channels: 3 for colour, 1 for grey.
        width: Channels of the generator's first layer.
        depth: Halvings in the generator, 2 or more.
        noisy: Layers of the decoder with dropout.
        patch_width: Channels of the discriminator's first layer.
        halvings: Halvings in the discriminator; they set the size of its patches.
        lambda_l1: Weight of the distance to the target.
        lr: Learning rate of Adam for both players.
        betas: Decay rates of Adam's two moments.
        jitter: How far pairs are moved about in training; see `jittered`.

    Raises:
        ValueError: If `size` is not a multiple of `2**depth`, or an innermost layer would have a
            normalisation of a single pixel.
    """

    example: ClassVar[tuple[int, ...]] = (3, 3)  # dimensions of an input and of its target
    recorded: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        size: int = 256,
        channels: int = 3,
        width: int = 64,
        depth: int = 8,
        noisy: int = 3,
        patch_width: int = 64,
        halvings: int = 3,
        lambda_l1: float = 100.0,
        lr: float = 2e-4,
        betas: tuple[float, float] = (0.5, 0.999),
        jitter: float = 0.0,
    ) -> None:
        super().__init__()
        if depth < 2 or size < 2**depth or size % 2**depth:
            raise ValueError(f"size must be a multiple of {2**depth}, 2 to the depth, not {size}")
        self.size, self.channels = size, channels
        self.lambda_l1, self.jitter = lambda_l1, jitter
        self.lr, self.betas = lr, betas
        self.generator = UNet(channels, width, depth, noisy)
        self.discriminator = PatchGAN(2 * channels, patch_width, halvings)
        self.apply(init_weights)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for each player."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, self.betas, fused=True)
            for name in ("discriminator", "generator")
        }

    def judged(self, condition: Tensor, images: Tensor) -> Tensor:
        """Return the logits `(N, 1, h, w)` of images beside their condition."""
        return self.discriminator(torch.cat([condition, images], dim=1))

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on inputs and targets `(N, C, H, W)` in [-1, 1]; losses in nats."""
        condition, target = batch
        if self.jitter:
            both = jittered(torch.cat([condition, target], dim=1), self.jitter)
            condition, target = both.chunk(2, dim=1)
        fake = self.generator(condition)

        loss_real = F.softplus(-self.judged(condition, target)).mean()
        loss_fake = F.softplus(self.judged(condition, fake)).mean()
        yield "discriminator", (loss_real + loss_fake) / 2  # halved to slow it down (section 3.3)

        fooled = F.softplus(-self.judged(condition, fake)).mean()
        yield "generator", fooled + self.lambda_l1 * F.l1_loss(fake, target)

    # --8<-- [end:step]

    @torch.no_grad()
    def translate(self, images: Tensor) -> Tensor:
        """Translate images `(N, C, H, W)` in [-1, 1], each by itself, with new dropout."""
        return self.generator(images)


# --8<-- [end:model]


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    # From print to brush: true pairs, and syllables that training never shows. There is one right
    # answer, so there is no noise.
    "tiny": {
        "model": {"size": 32, "channels": 1, "width": 38, "depth": 3, "noisy": 0, "jitter": 0.12}
        | {"patch_width": 24, "halvings": 1, "lr": 1e-3},
        "train": {
            "data": "hangul32-pairs",
            "batch": 8,
            "steps": 36_000,
            "precision": "bfloat16",
            "ema": 0.999,
        },
    },
    # From regions to faces: many colours are right, and an input names none of them. The less L1
    # weighs, the less they are mixed; noise at the innermost pixel alone goes to the whole face.
    "faces": {
        "model": {"size": 16, "width": 18, "depth": 4, "noisy": 1, "lambda_l1": 1.0}
        | {"patch_width": 48, "halvings": 2, "lr": 5e-4},
        "train": {"data": "faces16-labelmap", "batch": 16, "steps": 10_000, "ema": 0.99},
    },
    # 200 epochs of the 400 pairs of facades, one at a time (section 6.2).
    "paper": {"model": {}, "train": {"data": "./facades", "batch": 1, "steps": 80_000}},
}
# --8<-- [end:presets]
