"""CGAN of convolutions: it writes Korean syllables, told their three letters.

Mirza, Osindero, "Conditional Generative Adversarial Nets", 2014, arXiv:1411.1784, which came
without code. The paper's idea is kept: both players know the condition. Its own networks are in
`cgan.py`; fully connected ones cannot write.

What is of a later make: conditions that scale and shift each layer (Dumoulin et al. 2016,
arXiv:1610.07629), the projection discriminator (Miyato, Koyama 2018, arXiv:1802.05637), the
minibatch standard deviation (Karras et al. 2017, arXiv:1710.10196), and the penalty R1 on gradients
(Mescheder et al. 2018, arXiv:1801.04406), which is taken in every fourth round (Karras et al. 2019,
arXiv:1912.04958: in every 16th).
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2014, "arxiv": "1411.1784", "code": "", "reference_licence": ""}


# --8<-- [start:generator]
class ConditionalBatchNorm2d(nn.Module):
    """Batch normalisation whose scale and shift are told by the condition."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.affine = nn.Linear(condition, 2 * channels)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Normalise `x` `(N, C, H, W)`, then scale and shift each channel."""
        scale, shift = self.affine(condition)[..., None, None].chunk(2, dim=1)  # (N, C, 1, 1)
        return self.norm(x) * (1 + scale) + shift


class Generator(nn.Module):
    """Noise `(N, latent)` and labels `(N, K)` to images `(N, channels, size, size)` in [-1, 1].

    Args:
        channels: 1 for grey, 3 for colour.
        classes: Number of values of each of the K labels.
        latent: Length of a noise vector.
        widths: Channels of the layers at 4x4 pixels, 8x8 and so on; the last is half the size.
        embedding: Length of the vector of each value of a label.
    """

    def __init__(
        self,
        channels: int,
        classes: tuple[int, ...],
        latent: int,
        widths: tuple[int, ...],
        embedding: int = 24,
    ) -> None:
        super().__init__()
        # a vector for each letter: a syllable never seen is a new row of known vectors
        self.embedding = nn.ModuleList(nn.Embedding(n, embedding) for n in classes)
        condition = latent + embedding * len(classes)
        self.first = nn.Linear(condition, 4 * 4 * widths[0], bias=False)
        self.layers = nn.ModuleList(
            nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1, bias=False)
            for wide, narrow in pairwise(widths)
        )
        self.norms = nn.ModuleList(ConditionalBatchNorm2d(width, condition) for width in widths)
        self.last = nn.ConvTranspose2d(widths[-1], channels, 4, stride=2, padding=1)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        """Draw one image for each `z` and its labels."""
        embedded = [embed(labels[:, i]) for i, embed in enumerate(self.embedding)]
        condition = torch.cat([z, *embedded], dim=1)
        x = self.first(condition).unflatten(1, (-1, 4, 4))  # (N, widths[0], 4, 4)
        for layer, norm in zip((nn.Identity(), *self.layers), self.norms, strict=True):
            x = F.relu(norm(layer(x), condition))  # 4 -> 8 -> 16
        return torch.tanh(self.last(x))  # -> 32


# --8<-- [end:generator]


# --8<-- [start:discriminator]
class MinibatchStdDev(nn.Module):
    """Appends one feature map: the standard deviation in groups, small where all are one font's."""

    def __init__(self, group_size: int = 8) -> None:
        super().__init__()
        self.group_size = group_size

    def forward(self, x: Tensor) -> Tensor:
        """`(N, C, H, W)` to `(N, C + 1, H, W)`.

        Raises:
            ValueError: If N is not a multiple of the group size.
        """
        if len(x) % self.group_size:
            raise ValueError(f"{len(x)} images cannot be divided into groups of {self.group_size}")
        groups = x.float().unflatten(0, (self.group_size, -1))  # (group_size, groups, C, H, W)
        variance = groups.var(dim=0, unbiased=False)
        std_dev = (variance + 1e-8).sqrt().mean(dim=(1, 2, 3), keepdim=True)  # (groups, 1, 1, 1)
        std_dev = std_dev.repeat(self.group_size, 1, *x.shape[2:])  # (N, 1, H, W)
        return torch.cat([x, std_dev.to(x.dtype)], dim=1)


class Discriminator(nn.Module):
    """Images `(N, channels, size, size)` and labels `(N, K)` to logits `(N,)`; N a multiple of 8.

    The logit is `psi(phi(x)) + <v_1 + ... + v_K, phi(x)>`, the projection of the features onto a
    vector for each letter (Miyato, Koyama 2018, equation 4).

    Args:
        channels: 1 for grey, 3 for colour.
        classes: Number of values of each of the K labels.
        width: Channels of the first layer; they double with every downsampling.
        downsamplings: Halvings of the size, down to 4x4.
        features: Length of `phi(x)`.
    """

    def __init__(
        self,
        channels: int,
        classes: tuple[int, ...],
        width: int,
        downsamplings: int,
        features: int = 256,
    ) -> None:
        super().__init__()
        widths = [width * 2**i for i in range(downsamplings)]
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((channels, *widths)):
            layers.append(nn.Conv2d(inputs, outputs, 4, stride=2, padding=1))  # 32 -> 16 -> 8 -> 4
            layers.append(nn.LeakyReLU(0.2))
        self.phi = nn.Sequential(
            *layers,
            MinibatchStdDev(),
            nn.Conv2d(widths[-1] + 1, widths[-1], 3, padding=1),
            nn.LeakyReLU(0.2),
            nn.Flatten(),
            nn.Linear(4 * 4 * widths[-1], features),
            nn.LeakyReLU(0.2),
        )
        self.psi = nn.Linear(features, 1)
        self.embedding = nn.ModuleList(nn.Embedding(n, features) for n in classes)

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the logits of images beside their labels; above 0 means "a real one of that"."""
        phi = self.phi(images)  # (N, features)
        embedded = torch.stack([embed(labels[:, i]) for i, embed in enumerate(self.embedding)])
        return self.psi(phi)[:, 0] + (embedded.sum(0) * phi).sum(dim=1)


# --8<-- [end:discriminator]


class ConvCGAN(nn.Module):
    """Both players and one round of their game, each told the condition (equation 2).

    Args:
        channels: 1 for grey, 3 for colour.
        classes: Number of values of each of the K labels.
        latent: Length of the latent vector `z`.
        generator_widths: Channels of the generator's layers at 4x4 pixels, 8x8 and so on. Each
            doubles the size, so that three of them draw 32x32.
        discriminator_width: Channels of the discriminator's first layer.
        gamma: Weight of the penalty R1: that of half the squared gradient at real images.
        d_reg_every: Rounds from one penalty to the next, each counted as many times.
        lr: Learning rate of Adam for both players.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)
    batch_multiple: ClassVar[int] = 8  # the minibatch standard deviation compares groups

    def __init__(
        self,
        channels: int = 1,
        classes: tuple[int, ...] = (19, 21, 28),
        latent: int = 16,
        generator_widths: tuple[int, ...] = (112, 96, 64),
        discriminator_width: int = 48,
        gamma: float = 1.0,
        d_reg_every: int = 4,
        lr: float = 5e-4,
    ) -> None:
        super().__init__()
        downsamplings = len(generator_widths)
        self.size, self.channels = 4 * 2**downsamplings, channels
        self.classes, self.latent = tuple(classes), latent
        self.gamma, self.d_reg_every, self.lr = gamma, d_reg_every, lr
        self.round = 0
        self.generator = Generator(channels, self.classes, latent, tuple(generator_widths))
        self.discriminator = Discriminator(
            channels, self.classes, discriminator_width, downsamplings
        )

    @property
    def example(self) -> tuple[int, ...]:
        """Dimensions of an image, and of each of its K labels."""
        return (3, *(0 for _ in self.classes))

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for each player."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, betas=(0.5, 0.99), fused=True)
            for name in ("discriminator", "generator")
        }

    def schedule(self, step: int, _optimizers: dict[str, Optimizer]) -> None:
        """Count the rounds, which say when the penalty is due."""
        self.round = step

    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)` from the standard normal distribution."""
        return torch.randn(n, self.latent, device=next(self.parameters()).device)

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, ...]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)` and K labels `(N,)` each; N a multiple of 8.

        Yields:
            Each player's loss, in nats; the discriminator's with the penalty R1 where it is due.
        """
        real, *columns = batch
        if real.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(real.shape[1:])} but must be {shape}")
        if len(columns) != len(self.classes):
            raise ValueError(f"{len(columns)} labels are given but must be {len(self.classes)}")
        labels = torch.stack(columns, dim=1)  # (N, K)
        fake = self.generator(self.noise(len(real)), labels)

        penalised = self.round % self.d_reg_every == 0
        logits = self.discriminator(real.requires_grad_(penalised), labels)
        loss_real = F.softplus(-logits).mean()
        loss_fake = F.softplus(self.discriminator(fake.detach(), labels)).mean()
        loss = loss_real + loss_fake
        if penalised:
            (gradient,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
            r1 = gradient.float().square().sum(dim=(1, 2, 3)).mean()
            loss = loss + self.gamma / 2 * self.d_reg_every * r1
        yield "discriminator", loss

        yield "generator", F.softplus(-self.discriminator(fake, labels)).mean()

    # --8<-- [end:step]

    @torch.no_grad()
    def sample(self, n: int, labels: Tensor | None = None) -> Tensor:
        """Draw `n` images in [-1, 1] of `labels` `(n, K)`, or of evenly drawn ones."""
        z = self.noise(n)
        if labels is None:
            columns = [torch.randint(k, (n,), device=z.device) for k in self.classes]
            labels = torch.stack(columns, dim=1)
        return self.generator(z, labels)


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    # Korean syllables: 19 initial consonants, 21 vowels, 27 final consonants or none.
    "tiny": {
        "model": {
            "classes": (19, 21, 28),
            "latent": 16,
            "generator_widths": (112, 96, 64),
            "discriminator_width": 48,
            "lr": 5e-4,
        },
        "train": {
            "data": "hangul32-jamo",
            "batch": 64,
            "steps": 12_000,
            "precision": "bfloat16",
            "ema": 0.999,
        },
    },
}
# --8<-- [end:presets]
