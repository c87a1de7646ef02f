"""CGAN: a GAN that draws what it is asked for.

Mirza, Osindero, "Conditional Generative Adversarial Nets", 2014, arXiv:1411.1784, which came
without code. The paper preset has the layers and the SGD of its section 4.1, but normal noise.

Both players know the condition, here as perceptrons do: a hidden layer of its own, joined with that
of the noise or of the image. Networks of a later make that write Korean syllables are in
`cgan_conv.py`. Left out: tags of photographs as sentences (section 4.2).
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

PAPER = {"year": 2014, "arxiv": "1411.1784", "code": "", "reference_licence": ""}


# --8<-- [start:networks]
def one_hot(labels: Tensor, classes: tuple[int, ...]) -> Tensor:
    """Labels `(N, K)` to their K one-hot codes side by side, `(N, sum(classes))`."""
    return torch.cat([F.one_hot(labels[:, i], n) for i, n in enumerate(classes)], dim=1).float()


class Generator(nn.Module):
    """Noise `(N, latent)` and labels `(N, K)` to images in [-1, 1] (section 4.1)."""

    def __init__(self, size: int, channels: int, classes: tuple[int, ...], latent: int) -> None:
        super().__init__()
        self.classes, self.shape = classes, (channels, size, size)
        self.noise = nn.Linear(latent, 200)
        self.condition = nn.Linear(sum(classes), 1000)
        self.joint = nn.Linear(200 + 1000, 1200)
        self.output = nn.Linear(1200, channels * size * size)

    def forward(self, z: Tensor, labels: Tensor) -> Tensor:
        """Draw one image `(N, channels, size, size)` for each `z` and its labels."""
        condition = self.condition(one_hot(labels, self.classes))  # (N, 1000)
        x = torch.cat([self.noise(z), condition], dim=1)  # (N, 1200)
        for layer in (self.joint, self.output):
            x = layer(F.dropout(F.relu(x), training=self.training))
        # the paper's pixels are in [0, 1]: 2 sigmoid(x) - 1 = tanh(x / 2)
        return torch.tanh(x / 2).unflatten(1, self.shape)


class Maxout(nn.Module):
    """The largest of `pieces` linear maps, for each of `units` (Goodfellow et al. 2013).

    Training drops half of the units.
    """

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__()
        self.units = units
        self.linear = nn.Linear(inputs, units * pieces)

    def forward(self, x: Tensor) -> Tensor:
        """`(N, inputs)` to `(N, units)`."""
        x = self.linear(x).unflatten(1, (self.units, -1)).amax(dim=2)  # (N, units, pieces)
        return F.dropout(x, training=self.training)


class Discriminator(nn.Module):
    """Images and labels to one logit each, `(N,)`: is this a real image *of that*? (4.1)."""

    def __init__(self, size: int, channels: int, classes: tuple[int, ...]) -> None:
        super().__init__()
        self.classes = classes
        self.image = Maxout(channels * size * size, 240, pieces=5)
        self.condition = Maxout(sum(classes), 50, pieces=5)
        self.joint = Maxout(240 + 50, 240, pieces=4)
        self.output = nn.Linear(240, 1)

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Return the logits of images `(N, C, H, W)` in [-1, 1] beside their labels `(N, K)`."""
        x = self.image((images.flatten(1) + 1) / 2)  # (N, 240), from pixels in [0, 1]
        y = self.condition(one_hot(labels, self.classes))  # (N, 50)
        return self.output(self.joint(torch.cat([x, y], dim=1)))[:, 0]


# --8<-- [end:networks]


class CGAN(nn.Module):
    """Both players and one round of their game, each told the condition (equation 2).

    Args:
        size: Height and width of the images.
        channels: 1 for grey, 3 for colour.
        classes: Number of values of each of the K labels.
        latent: Length of the latent vector `z`.
        lr: First learning rate; divided by 1.00004 after every round, never below 1e-6.
        momentum_steps: Rounds over which the momentum rises from 0.5 to 0.7.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        classes: tuple[int, ...] = (10,),
        latent: int = 100,
        lr: float = 0.1,
        momentum_steps: int = 125_000,
    ) -> None:
        super().__init__()
        self.size, self.channels, self.classes = size, channels, tuple(classes)
        self.latent, self.lr, self.momentum_steps = latent, lr, momentum_steps
        self.generator = Generator(size, channels, self.classes, latent)
        self.discriminator = Discriminator(size, channels, self.classes)

    @property
    def example(self) -> tuple[int, ...]:
        """Dimensions of an image, and of each of its K labels."""
        return (3, *(0 for _ in self.classes))

    def optimizers(self) -> dict[str, Optimizer]:
        """SGD with momentum for each player."""
        return {
            name: SGD(getattr(self, name).parameters(), self.lr, momentum=0.5, fused=True)
            for name in ("discriminator", "generator")
        }

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Set the learning rate and the momentum of round `step`, counted from 0 (section 4.1)."""
        for optimizer in optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = max(self.lr * 1.00004**-step, 1e-6)
                group["momentum"] = 0.5 + 0.2 * min(step / self.momentum_steps, 1)

    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)` from the standard normal distribution."""
        return torch.randn(n, self.latent, device=next(self.parameters()).device)

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, ...]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)` and K labels `(N,)` each.

        Yields:
            Each player's loss, in nats.
        """
        real, *columns = batch
        if real.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(real.shape[1:])} but must be {shape}")
        if len(columns) != len(self.classes):
            raise ValueError(f"{len(columns)} labels are given but must be {len(self.classes)}")
        labels = torch.stack(columns, dim=1)  # (N, K)
        fake = self.generator(self.noise(len(real)), labels)

        loss_real = F.softplus(-self.discriminator(real, labels)).mean()
        loss_fake = F.softplus(self.discriminator(fake.detach(), labels)).mean()
        yield "discriminator", loss_real + loss_fake

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
    # The paper does not say how long: its learning rate reaches 1e-6 after so many rounds.
    "paper": {"model": {}, "train": {"data": "mnist-labels", "batch": 100, "steps": 287_823}},
}
# --8<-- [end:presets]
