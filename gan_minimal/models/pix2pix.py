"""Pix2Pix: a GAN whose condition is an image, and which is told the right answer as well.

Isola, Zhu, Zhou, Efros, "Image-to-Image Translation with Conditional Adversarial Networks", 2016,
arXiv:1611.07004. Code: phillipi/pix2pix by the authors (BSD-2-Clause), whose networks for 256
pixels the paper preset has. Its convolutions all have biases; in the authors' port to PyTorch, and
here, those in front of a normalisation have none (54,413,955 and 2,768,705 parameters, where the
Lua code has 54,419,459 and 2,769,601). Its noise is dropout in the first three layers of the
decoder; the port, which most copies descend from, has it in the second to the fourth.

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

PAPER = {
    "year": 2016,
    "arxiv": "1611.07004",
    "code": "phillipi/pix2pix",
    "reference_licence": "BSD-2-Clause",
}


# --8<-- [start:generator]
class AlwaysOnDropout(nn.Module):
    """Dropout of one half at all times: the only noise of the generator (section 3.1)."""

    def forward(self, x: Tensor) -> Tensor:
        """Drop one half, also in evaluation mode."""
        return F.dropout(x, 0.5, training=True)


class UNet(nn.Module):
    """Images to images `(N, channels, H, W)` in [-1, 1], with skip connections (section 3.2.1).

    Args:
        channels: 3 for colour, 1 for grey.
        width: Channels of the first layer; they double with every downsampling, up to eight times
            as many.
        downsamplings: Halvings of the size in the encoder, and doublings in the decoder.
        dropout_layers: Layers of the decoder with dropout, from the innermost on.
    """

    def __init__(self, channels: int, width: int, downsamplings: int, dropout_layers: int) -> None:
        super().__init__()
        widths = [channels, *(width * min(2**i, 8) for i in range(downsamplings))]
        self.encoder, self.decoder = nn.ModuleList(), nn.ModuleList()
        innermost = downsamplings - 1
        for i, (outer, inner) in enumerate(pairwise(widths)):
            down: list[nn.Module] = []
            if i > 0:
                down.append(nn.LeakyReLU(0.2))
            down.append(nn.Conv2d(outer, inner, 4, stride=2, padding=1, bias=False))  # size / 2
            if 0 < i < innermost:  # the innermost has one pixel: normalised, it would be 0
                down.append(nn.InstanceNorm2d(inner, affine=True))
            self.encoder.append(nn.Sequential(*down))

            # each decoder layer but the innermost also sees what the encoder saw at its size
            inputs = inner if i == innermost else 2 * inner
            up: list[nn.Module] = [
                nn.ReLU(),
                nn.ConvTranspose2d(inputs, outer, 4, stride=2, padding=1, bias=i == 0),  # x2
            ]
            if i > 0:
                up.append(nn.InstanceNorm2d(outer, affine=True))
            if i >= max(downsamplings - dropout_layers, 1):
                up.append(AlwaysOnDropout())
            self.decoder.insert(0, nn.Sequential(*up))

    def forward(self, x: Tensor) -> Tensor:
        """Translate images."""
        skips = []
        for layer in self.encoder:
            x = layer(x)
            skips.append(x)
        x = skips.pop()
        for layer in self.decoder:
            x = layer(x)
            if skips:
                x = torch.cat([skips.pop(), x], dim=1)  # twice the channels
        return torch.tanh(x)


# --8<-- [end:generator]


# --8<-- [start:discriminator]
class PatchGAN(nn.Sequential):
    """Pairs `(N, 2 * channels, H, W)` to one logit for each patch, `(N, 1, h, w)` (section 3.2.2).

    Three downsamplings see 70x70 pixels, two, one and none see 34, 16 and 7.
    """

    def __init__(self, channels: int, width: int, downsamplings: int) -> None:
        strides = [2] * downsamplings + [1]
        widths = [width * min(2**i, 8) for i in range(downsamplings + 1)]
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width, 4, strides[0], padding=1),  # size / stride
            nn.LeakyReLU(0.2),
        ]
        for (narrow, wide), stride in zip(pairwise(widths), strides[1:], strict=True):
            layers += [
                nn.Conv2d(narrow, wide, 4, stride, padding=1, bias=False),  # size / stride
                nn.InstanceNorm2d(wide, affine=True),
                nn.LeakyReLU(0.2),
            ]
        super().__init__(*layers, nn.Conv2d(widths[-1], 1, 4, stride=1, padding=1))


# --8<-- [end:discriminator]


def init_weights(module: nn.Module) -> None:
    """Convolutions from N(0, 0.02) (section 6.2); scales from N(1, 0.02), the rest 0 (code)."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.InstanceNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
    else:
        return
    if module.bias is not None:
        nn.init.zeros_(module.bias)


# --8<-- [start:jitter]
def jittered(images: Tensor, amount: float) -> Tensor:
    """Bend images `(N, C, H, W)` on white a little, all channels alike: an elastic deformation.

    Args:
        images: Images in [-1, 1].
        amount: Standard deviation, in half sides of the image, of the displacement of 3x3 points;
            the pixels between them follow. Each image draws its share of it, from 0 to 1.
    """
    strength = amount * torch.rand_like(images[:, :1, :1, :1])  # some are left nearly alone
    points = strength * torch.randn(len(images), 2, 3, 3, device=images.device)
    displacement = F.interpolate(points, images.shape[2:], mode="bicubic", align_corners=True)
    identity = torch.eye(2, 3, device=images.device).expand(len(images), 2, 3)
    grid = F.affine_grid(identity, list(images.shape), align_corners=False)  # (N, H, W, 2)
    grid = grid + displacement.permute(0, 2, 3, 1)
    # beyond the border are zeros, which are white once 1 has been subtracted
    return F.grid_sample(images - 1, grid, mode="bicubic", align_corners=False) + 1


# --8<-- [end:jitter]


# --8<-- [start:model]
class Pix2Pix(nn.Module):
    """Both players and one round of their game (section 3).

    Args:
        size: Height and width of the images: a multiple of `2**downsamplings`.
        channels: 3 for colour, 1 for grey.
        width: Channels of the generator's first layer.
        downsamplings: Halvings of the size in the generator, 2 or more.
        dropout_layers: Layers of the decoder with dropout, from the innermost on.
        discriminator_width: Channels of the discriminator's first layer.
        discriminator_downsamplings: Halvings of the size in the discriminator; they set the size
            of its patches.
        lambda_l1: Weight of the distance to the target.
        lr: Learning rate of Adam for both players.
        betas: Decay rates of Adam's two moments.
        jitter: How far pairs are bent in training; see `jittered`.

    Raises:
        ValueError: If `size` is not a multiple of `2**downsamplings`, or an innermost layer would
            have a normalisation of a single pixel.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)
    example: ClassVar[tuple[int, ...]] = (3, 3)

    def __init__(
        self,
        size: int = 256,
        channels: int = 3,
        width: int = 64,
        downsamplings: int = 8,
        dropout_layers: int = 3,
        discriminator_width: int = 64,
        discriminator_downsamplings: int = 3,
        lambda_l1: float = 100.0,
        lr: float = 2e-4,
        betas: tuple[float, float] = (0.5, 0.999),
        jitter: float = 0.0,
    ) -> None:
        super().__init__()
        if downsamplings < 2:
            raise ValueError(f"downsamplings must be at least 2, not {downsamplings}")
        smallest = 2**downsamplings
        if size < smallest or size % smallest:
            raise ValueError(
                f"size must be a multiple of {smallest}, 2 to the downsamplings, not {size}"
            )
        self.size, self.channels = size, channels
        self.lambda_l1, self.jitter = lambda_l1, jitter
        self.lr, self.betas = lr, betas
        self.generator = UNet(channels, width, downsamplings, dropout_layers)
        self.discriminator = PatchGAN(
            2 * channels, discriminator_width, discriminator_downsamplings
        )
        self.apply(init_weights)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for each player."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, self.betas, fused=True)
            for name in ("discriminator", "generator")
        }

    def logits(self, condition: Tensor, images: Tensor) -> Tensor:
        """Return the logits `(N, 1, h, w)` of images beside their condition."""
        return self.discriminator(torch.cat([condition, images], dim=1))

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on inputs and targets `(N, C, H, W)` in [-1, 1].

        Yields:
            Each player's loss, in nats; the generator's with the weighted L1 distance.
        """
        condition, target = batch
        for images in (condition, target):
            if images.shape[1:] != (shape := (self.channels, self.size, self.size)):
                raise ValueError(f"images are {tuple(images.shape[1:])} but must be {shape}")
        if self.jitter:
            both = jittered(torch.cat([condition, target], dim=1), self.jitter)
            condition, target = both.chunk(2, dim=1)
        fake = self.generator(condition)

        loss_real = F.softplus(-self.logits(condition, target)).mean()
        loss_fake = F.softplus(self.logits(condition, fake.detach())).mean()
        yield "discriminator", (loss_real + loss_fake) / 2  # halved to slow it down (section 3.3)

        loss_gan = F.softplus(-self.logits(condition, fake)).mean()
        loss_l1 = F.l1_loss(fake, target)
        yield "generator", loss_gan + self.lambda_l1 * loss_l1

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
        "model": {
            "size": 32,
            "channels": 1,
            "width": 38,
            "downsamplings": 3,
            "dropout_layers": 0,
            "discriminator_width": 24,
            "discriminator_downsamplings": 1,
            "lr": 1e-3,
            "jitter": 0.12,
        },
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
        "model": {
            "size": 16,
            "width": 18,
            "downsamplings": 4,
            "dropout_layers": 1,
            "discriminator_width": 48,
            "discriminator_downsamplings": 2,
            "lambda_l1": 1.0,
            "lr": 5e-4,
        },
        "train": {"data": "faces16-labelmap", "batch": 16, "steps": 10_000, "ema": 0.99},
    },
    # 200 epochs of the 400 pairs of facades, one at a time (section 6.2).
    "paper": {"model": {}, "train": {"data": "./facades", "batch": 1, "steps": 80_000}},
}
# --8<-- [end:presets]
