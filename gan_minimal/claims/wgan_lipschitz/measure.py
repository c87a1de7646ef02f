"""How steep does a critic become, where the distance it should measure is known?"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.utils.data import TensorDataset

from gan_minimal.claims import Claim, Statement, Values, above, at_most
from gan_minimal.claims._helpers import trained_model
from gan_minimal.models.wgan import clip_weights
from gan_minimal.models.wgan_gp import gradient_penalty
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (0, 1, 2)
CONSTRAINTS = ("clipped", "penalised", "unconstrained")
POINTS = 5000
SHIFT = 1.0  # to the right: the Wasserstein distance of real from fake, exactly
CLIP, PENALTY = 0.01, 10.0  # the papers'


def fakes(n: int) -> Tensor:
    """Draw points from eight spots on a circle of radius 1, as "images" `(n, 2, 1, 1)`."""
    angles = torch.randint(8, (n,)) * (math.tau / 8)
    points = torch.stack([angles.cos(), angles.sin()], dim=1) + 0.1 * torch.randn(n, 2)
    return points[:, :, None, None]


def reals(n: int) -> Tensor:
    """Draw as many from the same spots, moved to the right: no transport is cheaper than that."""
    return fakes(n) + torch.tensor([SHIFT, 0.0])[:, None, None]


class Measuring(nn.Module):
    """A critic that looks at a generator that does not learn."""

    def __init__(self, constraint: str) -> None:
        super().__init__()
        self.constraint = constraint
        self.critic = nn.Sequential(
            nn.Flatten(),
            nn.Linear(2, 64),
            nn.LeakyReLU(0.2),
            nn.Linear(64, 64),
            nn.LeakyReLU(0.2),
            nn.Linear(64, 1),
            nn.Flatten(0),
        )

    def optimizers(self) -> dict[str, Optimizer]:
        """Give Adam to the only player."""
        return {"critic": Adam(self.critic.parameters(), 1e-3, (0.5, 0.9))}

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round."""
        (real,) = batch
        fake = fakes(len(real))
        loss = self.critic(fake).mean() - self.critic(real).mean()
        if self.constraint == "penalised":
            loss = loss + PENALTY * gradient_penalty(self.critic, real, fake)
        yield "critic", loss
        if self.constraint == "clipped":
            clip_weights(self.critic, CLIP)


def begin(constraint: str, seed: int) -> tuple[loop.Run[Measuring], loop.Settings, TensorDataset]:
    """Prepare a critic's training."""
    torch.manual_seed(seed)
    dataset = TensorDataset(reals(20_000))
    settings = loop.Settings(data="", batch=256, steps=1000, seed=seed)
    return loop.start(Measuring(constraint), settings), settings, dataset


def slope_and_distance(constraint: str, seed: int) -> tuple[float, float]:
    """Train a critic; return its largest slope and the distance it reports."""
    game = trained_model(*begin(constraint, seed))
    real, fake = reals(POINTS), fakes(POINTS)
    between = real + torch.rand(POINTS, 1, 1, 1) * (fake - real)
    points = torch.cat([real, fake, between]).requires_grad_()
    (slopes,) = torch.autograd.grad(game.critic(points).sum(), points)
    distance = game.critic(real).mean() - game.critic(fake).mean()
    return slopes.flatten(1).norm(dim=1).max().item(), distance.item()


def measure() -> Values:
    """Train three critics of each kind."""
    values: dict[str, list[float]] = {}
    for constraint in CONSTRAINTS:
        pairs = [slope_and_distance(constraint, seed) for seed in SEEDS]
        values[f"{constraint}_slope"] = [slope for slope, _ in pairs]
        values[f"{constraint}_distance"] = [distance for _, distance in pairs]
    return values


def opening() -> list[float]:
    """Return the first losses of a critic of each kind."""
    losses = []
    for constraint in CONSTRAINTS:
        run, settings, dataset = begin(constraint, SEEDS[0])
        losses += first_losses(run, settings, dataset=dataset)
    return losses


CLAIM = Claim(
    __file__,
    place="lecture.md#wgan",
    family="gan-family",
    measure=measure,
    statements=(
        Statement("clipped", lambda values: at_most(values["clipped_slope"], 1)),
        Statement("penalised", lambda values: at_most(values["penalised_slope"], 1.2)),
        Statement("free", lambda values: above(values["unconstrained_slope"], 2), ours=True),
    ),
    opening=opening,
    plot=("clipped_distance", "penalised_distance"),
)
