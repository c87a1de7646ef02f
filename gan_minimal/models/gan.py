"""GAN: the game of two networks.

Goodfellow et al., "Generative Adversarial Nets", 2014, arXiv:1406.2661. Authors' code:
goodfeli/adversarial (BSD-3-Clause), whose mnist.yaml fixes what the paper leaves open. Sizes,
dropout, initialisation and the schedule of SGD are taken from there.

Left out: the bias of the generator's last layer starts at zero, not at the mean image of the data,
so that the model needs no data to be built; the Parzen window estimate of table 1, which later
work found misleading (Theis et al. 2015, arXiv:1511.01844).
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import SGD, Optimizer

PAPER = {
    "year": 2014,
    "arxiv": "1406.2661",
    "code": "goodfeli/adversarial",
    "reference_licence": "BSD-3-Clause",
}


# --8<-- [start:generator]
class Generator(nn.Module):
    """Latent vectors `(N, latent)` to images `(N, channels, size, size)` in [-1, 1]."""

    def __init__(self, size: int, channels: int, latent: int, hidden: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(latent, hidden),
            nn.ReLU(),
            nn.Linear(hidden, hidden),
            nn.ReLU(),
            nn.Linear(hidden, channels * size * size),
            nn.Sigmoid(),
            nn.Unflatten(1, (channels, size, size)),
        )

    def forward(self, z: Tensor) -> Tensor:
        """Draw one image for each `z`; the paper's pixels in [0, 1] become [-1, 1]."""
        return 2 * self.layers(z) - 1


# --8<-- [end:generator]


# --8<-- [start:discriminator]
class Maxout(nn.Module):
    """The largest of `pieces` linear maps, for each of `units` (Goodfellow et al. 2013)."""

    def __init__(self, inputs: int, units: int, pieces: int) -> None:
        super().__init__()
        self.units = units
        self.linear = nn.Linear(inputs, units * pieces)

    def forward(self, x: Tensor) -> Tensor:
        """`(N, inputs)` to `(N, units)`."""
        return self.linear(x).unflatten(1, (self.units, -1)).amax(dim=2)  # (N, units, pieces)


class Discriminator(nn.Module):
    """Images `(N, channels, size, size)` in [-1, 1] to one logit each, `(N,)`.

    Dropout keeps 80 % of the pixels and half of the hidden units: without it the discriminator
    learns the training images by heart.
    """

    def __init__(self, size: int, channels: int, units: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(
            nn.Flatten(),
            nn.Dropout(0.2),
            Maxout(channels * size * size, units, pieces=5),
            nn.Dropout(0.5),
            Maxout(units, units, pieces=5),
            nn.Dropout(0.5),
            nn.Linear(units, 1),
            nn.Flatten(0),
        )

    def forward(self, images: Tensor) -> Tensor:
        """Return the logit of each image; above 0 means "real"."""
        return self.layers((images + 1) / 2)  # the paper's pixels are in [0, 1]


# --8<-- [end:discriminator]


# --8<-- [start:model]
# --8<-- [start:setup]
class GAN(nn.Module):
    """Both players, and one round of their game (algorithm 1 with k = 1).

    Args:
        size: Height and width of the images.
        channels: 1 for grey, 3 for colour.
        latent: Length of the latent vector `z`.
        hidden: Width of the generator's two hidden layers.
        units: Maxout units in each of the discriminator's two hidden layers.
        lr: First learning rate; divided by 1.000004 after every round, never below 1e-6.
        momentum_steps: Rounds over which the momentum rises from 0.5 to 0.7.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        latent: int = 100,
        hidden: int = 1200,
        units: int = 240,
        lr: float = 0.1,
        momentum_steps: int = 125_000,
    ) -> None:
        super().__init__()
        self.size, self.channels, self.latent = size, channels, latent
        self.lr, self.momentum_steps = lr, momentum_steps
        self.generator = Generator(size, channels, latent, hidden)
        self.discriminator = Discriminator(size, channels, units)
        init_uniform(self.generator, 0.05)
        init_uniform(self.discriminator, 0.005)

    def optimizers(self) -> dict[str, Optimizer]:
        """SGD with momentum for each player."""
        return {
            name: SGD(getattr(self, name).parameters(), self.lr, momentum=0.5, fused=True)
            for name in ("discriminator", "generator")
        }

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Set the learning rate and the momentum of round `step`, counted from 0."""
        for optimizer in optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = max(self.lr * 1.000004**-step, 1e-6)
                group["momentum"] = 0.5 + 0.2 * min(step / self.momentum_steps, 1)

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
        yield "discriminator", (loss_real + loss_fake) / 2

        # -log D(G(z)) in place of log(1 - D(G(z))): the same fixed point, but a gradient that
        # does not vanish while the discriminator wins (section 3).
        yield "generator", F.softplus(-self.discriminator(fake)).mean()

    # --8<-- [end:step]

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1]."""
        return self.generator(self.noise(n))


# --8<-- [start:init]
def init_uniform(module: nn.Module, irange: float) -> None:
    """Draw the weights of all linear layers from U(-irange, irange), as the authors' files call it.

    Biases are zero.
    """
    for layer in module.modules():
        if isinstance(layer, nn.Linear):
            nn.init.uniform_(layer.weight, -irange, irange)
            nn.init.zeros_(layer.bias)


# --8<-- [end:init]
# --8<-- [end:model]


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": {"size": 16, "channels": 3, "latent": 64, "hidden": 384, "units": 128},
        "train": {"data": "faces16", "batch": 64, "steps": 10_000, "ema": 0.999},
    },
    # 50,000 training images of MNIST in batches of 100: 500 rounds an epoch, 250 epochs.
    "paper": {
        "model": {},
        "train": {"data": "mnist", "batch": 100, "steps": 125_000},
    },
}
# --8<-- [end:presets]
