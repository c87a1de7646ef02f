"""DCGAN: a GAN of convolutions that trains.

Radford, Metz, Chintala, "Unsupervised Representation Learning with Deep Convolutional Generative
Adversarial Networks", 2015, arXiv:1511.06434. Code: soumith/dcgan.torch by the authors, and its
port pytorch/examples (BSD-3-Clause), whose networks the paper preset equals.

The paper draws 1024 channels at 4x4 and uses 5x5 kernels; the authors' Torch code, and every copy
of it since, has 512 channels and 4x4 kernels. The defaults here are the code's. Left out: the
classification experiments of section 5, since they use the discriminator after the game is over.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {
    "year": 2015,
    "arxiv": "1511.06434",
    "code": "pytorch/examples",
    "reference_licence": "BSD-3-Clause",
}


# --8<-- [start:generator]
class Generator(nn.Sequential):
    """Latent vectors `(N, latent)` to images `(N, channels, size, size)` in [-1, 1] (section 3).

    Args:
        size: Height and width of the image: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of a latent vector.
        width: Channels of the last hidden layer; each layer before it has twice as many.
    """

    def __init__(self, size: int, channels: int, latent: int, width: int) -> None:
        upsamplings = size.bit_length() - 3  # from 4x4 to size x size
        widths = [width * 2**i for i in reversed(range(upsamplings))]
        layers: list[nn.Module] = [
            nn.Unflatten(1, (latent, 1, 1)),
            nn.ConvTranspose2d(latent, widths[0], 4, stride=1, padding=0, bias=False),  # 1 -> 4
            nn.BatchNorm2d(widths[0]),
            nn.ReLU(inplace=True),
        ]
        for wide, narrow in pairwise(widths):
            layers += [
                nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1, bias=False),  # x2
                nn.BatchNorm2d(narrow),
                nn.ReLU(inplace=True),
            ]
        layers += [
            nn.ConvTranspose2d(widths[-1], channels, 4, stride=2, padding=1, bias=False),  # x2
            nn.Tanh(),
        ]
        super().__init__(*layers)


# --8<-- [end:generator]


# --8<-- [start:discriminator]
class Discriminator(nn.Sequential):
    """Images `(N, channels, size, size)` to one logit each, `(N,)`: above 0 means "real".

    The mirror of the generator, with LeakyReLU and without batch normalisation on its first layer
    (section 3). The sigmoid of the paper is part of the loss, where it cannot overflow.
    """

    def __init__(self, size: int, channels: int, width: int) -> None:
        downsamplings = size.bit_length() - 3  # from size x size to 4x4
        widths = [width * 2**i for i in range(downsamplings)]
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width, 4, stride=2, padding=1, bias=False),  # size -> size / 2
            nn.LeakyReLU(0.2, inplace=True),
        ]
        for narrow, wide in pairwise(widths):
            layers += [
                nn.Conv2d(narrow, wide, 4, stride=2, padding=1, bias=False),  # size / 2
                nn.BatchNorm2d(wide),
                nn.LeakyReLU(0.2, inplace=True),
            ]
        layers += [
            nn.Conv2d(widths[-1], 1, 4, stride=1, padding=0, bias=False),  # 4 -> 1
            nn.Flatten(0),  # (N, 1, 1, 1) to (N,)
        ]
        super().__init__(*layers)


# --8<-- [end:discriminator]


# --8<-- [start:init]
def init_weights(module: nn.Module) -> None:
    """Draw the weights of convolutions from N(0, 0.02) (section 4).

    The scales of batch normalisation come from N(1, 0.02) in the authors' code.
    """
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)
        nn.init.zeros_(module.bias)


# --8<-- [end:init]


# --8<-- [start:model]
# --8<-- [start:setup]
class DCGAN(nn.Module):
    """Both players and one round of their game (section 3; Goodfellow et al. 2014, algorithm 1).

    Args:
        size: Height and width of the images: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of the latent vector `z`.
        width: Channels of the layer next to the image; they double with every halving of the size.
        discriminator_width: The same of the discriminator (`ndf` of the authors' code, whose `ngf`
            is `width`); by default `width`.
        lr: Learning rate of Adam for both players.
        betas: Decay rates of Adam's two moments; 0.5 for the first one is the paper's finding.
        lr_decay: First and last round of the linear fall of the learning rate to zero; by default
            it never falls, as in the paper.

    Raises:
        ValueError: If `size` is not a power of two of at least 8.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(
        self,
        size: int = 64,
        channels: int = 3,
        latent: int = 100,
        width: int = 64,
        discriminator_width: int | None = None,
        lr: float = 2e-4,
        betas: tuple[float, float] = (0.5, 0.999),
        lr_decay: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        if size < 8 or size & (size - 1):
            raise ValueError(f"size must be a power of two of at least 8, not {size}")
        self.size, self.channels, self.latent = size, channels, latent
        self.lr, self.betas, self.lr_decay = lr, betas, lr_decay
        self.generator = Generator(size, channels, latent, width)
        self.discriminator = Discriminator(size, channels, discriminator_width or width)
        self.apply(init_weights)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for each player."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, self.betas, fused=True)
            for name in ("discriminator", "generator")
        }

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Set the learning rate of round `step`, counted from 0, if `lr_decay` says so.

        While it is high, the players go on chasing each other, and how often each kind of image is
        drawn goes up and down; as it falls, that settles.
        """
        if self.lr_decay is None:
            return
        first, last = self.lr_decay
        factor = min(1.0, max(0, last - step) / (last - first))
        for optimizer in optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = self.lr * factor

    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)` from the standard normal distribution."""
        return torch.randn(n, self.latent, device=next(self.parameters()).device)

    # --8<-- [end:setup]

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)`; yields each player's loss in nats."""
        (real,) = batch
        if real.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(real.shape[1:])} but must be {shape}")
        fake = self.generator(self.noise(len(real)))

        # -log D(x) = softplus(-logit) and -log(1 - D(x)) = softplus(logit)
        loss_real = F.softplus(-self.discriminator(real)).mean()
        loss_fake = F.softplus(self.discriminator(fake.detach())).mean()
        yield "discriminator", loss_real + loss_fake

        # The same fakes, but the discriminator has just moved: not log(1 - D),
        # whose gradient vanishes while D wins, but -log D (Goodfellow et al. 2014, section 3).
        yield "generator", F.softplus(-self.discriminator(fake)).mean()

    # --8<-- [end:step]

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1]."""
        return self.generator(self.noise(n))


# --8<-- [end:model]


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": {"size": 16, "width": 96, "latent": 32, "lr": 7e-4, "lr_decay": (4500, 13_000)},
        "train": {
            "data": "faces16",
            "batch": 64,
            "steps": 13_000,
            "precision": "bfloat16",
            "ema": 0.999,
        },
    },
    # A discriminator as wide as the generator wins within a few hundred rounds on flat colours.
    "small": {
        "model": {
            "width": 32,
            "discriminator_width": 16,
            "latent": 64,
            "lr": 4e-4,
            "lr_decay": (5000, 10_000),
        },
        "train": {"data": "voxel64", "batch": 64, "steps": 10_000, "ema": 0.999},
    },
    # 25 epochs of the 202,599 images of CelebA in batches of 128 (section 4: batch 128).
    "paper": {
        "model": {},
        "train": {"data": "celeba", "batch": 128, "steps": 39_575},
    },
}
# --8<-- [end:presets]
