"""CGAN: a GAN that draws what it is asked for.

Mirza, Osindero, "Conditional Generative Adversarial Nets", 2014, arXiv:1411.1784, which came
without code. The paper preset has the layers and the SGD of its section 4.1, but normal noise.

The tiny preset writes Korean syllables, told their three letters. The paper's idea is kept: both
players know the condition. The networks are of a later make, since fully connected ones cannot
write: convolutions, conditions that scale each layer (Dumoulin et al. 2016, arXiv:1610.07629), the
projection discriminator (Miyato, Koyama 2018, arXiv:1802.05637), the spread within a batch (Karras
et al. 2017, arXiv:1710.10196), a penalty on slopes (Mescheder et al. 2018, arXiv:1801.04406).
"""

from collections.abc import Iterator
from functools import partial
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Adam, Optimizer

PAPER = {"year": 2014, "arxiv": "1411.1784", "code": "", "licence": ""}


# --8<-- [start:perceptrons]
def one_hot(labels: Tensor, classes: tuple[int, ...]) -> Tensor:
    """Labels `(N, K)` to their K one-hot codes side by side."""
    return torch.cat([F.one_hot(labels[:, i], n) for i, n in enumerate(classes)], dim=1).float()


class Generator(nn.Module):
    """Noise `(N, latent)` and labels `(N, K)` to images in [-1, 1] (section 4.1)."""

    def __init__(self, size: int, channels: int, classes: tuple[int, ...], latent: int) -> None:
        super().__init__()
        self.classes, self.shape = classes, (channels, size, size)
        self.noise, self.condition = nn.Linear(latent, 200), nn.Linear(sum(classes), 1000)
        self.joint, self.last = nn.Linear(1200, 1200), nn.Linear(1200, channels * size * size)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        """Draw one image for each `z` and its labels."""
        x = torch.cat([self.noise(z), self.condition(one_hot(labels, self.classes))], dim=1)
        for layer in (self.joint, self.last):
            x = layer(F.dropout(F.relu(x), training=self.training))
        return torch.tanh(x / 2).unflatten(1, self.shape)  # = 2 sigmoid(x) - 1


class Discriminator(nn.Module):
    """Images and labels to one logit each, `(N,)`: is this a real image *of that*? (4.1).

    A maxout unit is the largest of several linear maps, its pieces (Goodfellow et al. 2013).
    """

    def __init__(self, size: int, channels: int, classes: tuple[int, ...]) -> None:
        super().__init__()
        self.classes = classes
        self.image = nn.Linear(channels * size * size, 240 * 5)
        self.condition = nn.Linear(sum(classes), 50 * 5)
        self.joint, self.last = nn.Linear(240 + 50, 240 * 4), nn.Linear(240, 1)

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Judge images `(N, C, H, W)` in [-1, 1] beside their labels `(N, K)`."""
        x = self.maxout(self.image((images.flatten(1) + 1) / 2), pieces=5)
        y = self.maxout(self.condition(one_hot(labels, self.classes)), pieces=5)
        return self.last(self.maxout(self.joint(torch.cat([x, y], dim=1)), pieces=4))[:, 0]

    def maxout(self, x: Tensor, pieces: int) -> Tensor:
        """`(N, units * pieces)` to `(N, units)`, of which training drops half."""
        return F.dropout(x.unflatten(1, (-1, pieces)).amax(dim=2), training=self.training)


# --8<-- [end:perceptrons]


# --8<-- [start:generator]
class ConditionalNorm(nn.Module):
    """Batch normalisation whose scale and shift are told by the condition."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(channels, affine=False)
        self.style = nn.Linear(condition, 2 * channels)

    def forward(self, x: Tensor, condition: Tensor) -> Tensor:
        """Normalise `x` `(N, C, H, W)`, then scale and shift each channel."""
        scale, shift = self.style(condition)[..., None, None].chunk(2, dim=1)
        return self.norm(x) * (1 + scale) + shift


class ConvGenerator(nn.Module):
    """Noise `(N, latent)` and labels `(N, K)` to grey images `(N, 1, 32, 32)` in [-1, 1]."""

    def __init__(self, classes: tuple[int, ...], latent: int, widths: tuple[int, ...]) -> None:
        super().__init__()
        # a vector for each letter: a syllable never seen is a new row of known vectors
        self.letters = nn.ModuleList(nn.Embedding(n, 24) for n in classes)
        condition = latent + 24 * len(classes)
        self.first = nn.Linear(condition, 16 * widths[0], bias=False)
        layers = [nn.ConvTranspose2d(a, b, 4, 2, 1, bias=False) for a, b in pairwise(widths)]
        self.layers = nn.ModuleList(layers)
        self.norms = nn.ModuleList(ConditionalNorm(width, condition) for width in widths)
        self.last = nn.ConvTranspose2d(widths[-1], 1, 4, stride=2, padding=1)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        """Draw one image for each `z` and its labels."""
        letters = [embed(labels[:, i]) for i, embed in enumerate(self.letters)]
        condition = torch.cat([z, *letters], dim=1)
        x = self.first(condition).unflatten(1, (-1, 4, 4))
        for layer, norm in zip((nn.Identity(), *self.layers), self.norms, strict=True):
            x = F.relu(norm(layer(x), condition))  # 4 -> 8 -> 16
        return torch.tanh(self.last(x))  # -> 32


# --8<-- [end:generator]


# --8<-- [start:discriminator]
def batch_spread(x: Tensor, group: int = 8) -> Tensor:
    """Append to `x` `(N, C, H, W)` its spread within groups, which one hand lacks."""
    spread = x.float().unflatten(0, (group, -1)).var(dim=0, unbiased=False)
    spread = (spread + 1e-8).sqrt().mean(dim=(1, 2, 3), keepdim=True).repeat(group, 1, 1, 1)
    return torch.cat([x, spread.expand(-1, 1, *x.shape[2:]).to(x.dtype)], dim=1)


class ConvDiscriminator(nn.Module):
    """Grey images `(N, 1, 32, 32)` and labels `(N, K)` to logits `(N,)`; N is a multiple of 8.

    The logit is `f(x) + <v_1 + ... + v_K, h(x)>`, a vector for each letter (Miyato, Koyama 2018).
    """

    def __init__(self, classes: tuple[int, ...], width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise((1, width, 2 * width, 4 * width)):
            layers += [nn.Conv2d(inputs, outputs, 4, stride=2, padding=1), nn.LeakyReLU(0.2)]
        self.body = nn.Sequential(*layers)  # 32 -> 16 -> 8 -> 4
        self.features = nn.Sequential(
            *(nn.Conv2d(4 * width + 1, 4 * width, 3, padding=1), nn.LeakyReLU(0.2), nn.Flatten()),
            *(nn.Linear(16 * 4 * width, 256), nn.LeakyReLU(0.2)),
        )
        self.real = nn.Linear(256, 1)
        self.letters = nn.ModuleList(nn.Embedding(n, 256) for n in classes)

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Judge images beside their labels; above 0 means "a real one of that"."""
        h = self.features(batch_spread(self.body(images)))
        wanted = torch.stack([v(labels[:, i]) for i, v in enumerate(self.letters)]).sum(0)
        return self.real(h)[:, 0] + (wanted * h).sum(dim=1)


# --8<-- [end:discriminator]


class CGAN(nn.Module):
    """Both players and one round of their game, each told the condition (equation 2).

    Args:
        size: Height and width of the images; 32 for the convolutional networks.
        channels: 1 for grey, 3 for colour.
        classes: Number of values of each of the K labels.
        latent: Length of the latent vector `z`.
        width: Channels of the first convolution; 0 for the paper's perceptrons and its SGD.
        lr: Learning rate: of Adam, or the first one of SGD.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        classes: tuple[int, ...] = (10,),
        latent: int = 100,
        width: int = 0,
        lr: float = 0.1,
    ) -> None:
        super().__init__()
        self.size, self.channels, self.classes = size, channels, tuple(classes)
        self.latent, self.width, self.lr, self.round = latent, width, lr, 0
        if width:
            self.generator: nn.Module = ConvGenerator(self.classes, latent, (112, 96, 64))
            self.discriminator: nn.Module = ConvDiscriminator(self.classes, width)
        else:
            self.generator = Generator(size, channels, self.classes, latent)
            self.discriminator = Discriminator(size, channels, self.classes)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for the convolutional networks, the paper's SGD for the others."""
        make = partial(Adam, betas=(0.5, 0.99)) if self.width else partial(SGD, momentum=0.5)
        players = ("discriminator", "generator")
        return {p: make(getattr(self, p).parameters(), self.lr, fused=True) for p in players}

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Count the rounds; let SGD's rate fall and its momentum rise as in section 4.1."""
        self.round = step
        for group in [g for o in optimizers.values() for g in o.param_groups if "momentum" in g]:
            group["lr"] = max(self.lr / 1.00004**step, 1e-6)
            group["momentum"] = min(0.5 + 0.2 * step / 125_000, 0.7)

    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)` from the standard normal distribution."""
        return torch.randn(n, self.latent, device=next(self.parameters()).device)

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, ...]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on images `(N, C, H, W)` and K labels `(N,)` each; losses in nats."""
        real, *columns = batch
        labels = torch.stack(columns, dim=1)
        fake = self.generator(self.noise(len(real)), labels)

        # every fourth round, four times half the squared slope at the real images
        penalised = bool(self.width) and self.round % 4 == 0
        logits = self.discriminator(real.requires_grad_(penalised), labels)
        loss = F.softplus(-logits).mean() + F.softplus(self.discriminator(fake, labels)).mean()
        if penalised:
            (slope,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
            loss = loss + 2 * slope.float().square().sum(dim=(1, 2, 3)).mean()
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
    "tiny": {
        "model": {"size": 32, "classes": (19, 21, 28), "latent": 16, "width": 48, "lr": 5e-4},
        "train": {
            "data": "hangul32-jamo",
            "batch": 64,
            "steps": 12_000,
            "precision": "bfloat16",
            "ema": 0.999,
        },
    },
    # 60,000 training images of MNIST in batches of 100: 600 rounds an epoch.
    "paper": {"model": {}, "train": {"data": "mnist-labels", "batch": 100, "steps": 120_000}},
}
# --8<-- [end:presets]
