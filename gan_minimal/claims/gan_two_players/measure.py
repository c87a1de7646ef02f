"""Does the game do what its theory says, where the right answer is known?"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.utils.data import TensorDataset

from gan_minimal.claims import Claim, Statement, Values, at_most
from gan_minimal.claims._helpers import trained_model
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (0, 1, 2)
CENTRES, SPREAD = (-2.0, 2.0), 0.5  # the data: two equal bumps
OTHER_SPREAD = 2.0  # the generator that the discriminator is trained against: N(0, 2²)


def data(n: int) -> Tensor:
    """Draw `(n, 1)` numbers from two normal distributions in equal parts."""
    centres = torch.tensor(CENTRES)[torch.randint(len(CENTRES), (n, 1))]
    return centres + SPREAD * torch.randn(n, 1)


def network(inputs: int) -> nn.Sequential:
    """Return a small network with one output."""
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1)
    )


class Game(nn.Module):
    """Two players on a line; without `learning`, the generator is N(0, 2²) and stays so."""

    def __init__(self, learning: bool) -> None:
        super().__init__()
        self.learning = learning
        self.generator, self.discriminator = network(4), network(1)

    def optimizers(self) -> dict[str, Optimizer]:
        """Give Adam to both players."""
        return {
            "discriminator": Adam(self.discriminator.parameters(), 1e-3, (0.5, 0.999)),
            "generator": Adam(self.generator.parameters(), 5e-4, (0.5, 0.999)),
        }

    def fake(self, n: int) -> Tensor:
        """Draw `(n, 1)` numbers from the generator."""
        if self.learning:
            return self.generator(torch.randn(n, 4))
        return OTHER_SPREAD * torch.randn(n, 1)

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round."""
        fake = self.fake(len(batch[0]))
        loss = F.softplus(-self.discriminator(batch[0])) + F.softplus(self.discriminator(fake))
        yield "discriminator", loss.mean()
        if self.learning:
            yield "generator", F.softplus(-self.discriminator(fake)).mean()


def begin(
    seed: int, learning: bool, steps: int
) -> tuple[loop.Run[Game], loop.Settings, TensorDataset]:
    """Prepare one game."""
    torch.manual_seed(seed)
    dataset = TensorDataset(data(20_000))
    settings = loop.Settings(data="", batch=256, steps=steps, seed=seed)
    return loop.start(Game(learning), settings), settings, dataset


def play(seed: int, learning: bool, steps: int) -> Game:
    """Train one game."""
    return trained_model(*begin(seed, learning, steps))


def discriminator_error(seed: int) -> float:
    """Mean of |D - p / (p + q)| over the points that the two densities draw."""
    discriminator = play(seed, learning=False, steps=1500).discriminator
    x = torch.cat([data(10_000), OTHER_SPREAD * torch.randn(10_000, 1)])
    bumps = [torch.distributions.Normal(c, SPREAD).log_prob(x).exp() for c in CENTRES]
    p = torch.stack(bumps).mean(0)
    q = torch.distributions.Normal(0.0, OTHER_SPREAD).log_prob(x).exp()
    return (torch.sigmoid(discriminator(x)) - p / (p + q)).abs().mean().item()


def wasserstein(x: Tensor, y: Tensor) -> float:
    """Wasserstein-1 distance of two samples `(n, 1)` of equal size."""
    return (x.flatten().sort().values - y.flatten().sort().values).abs().mean().item()


def measure() -> Values:
    """Train three discriminators and three games."""
    values: dict[str, list[float]] = {
        "discriminator_error": [],
        "distance_before": [],
        "distance_after": [],
        "floor": [],
    }
    for seed in SEEDS:
        values["discriminator_error"].append(discriminator_error(seed))
        game = play(seed, learning=True, steps=3000)
        torch.manual_seed(seed)
        before = Game(learning=True)
        real = data(10_000)
        values["distance_before"].append(wasserstein(before.fake(10_000), real))
        values["distance_after"].append(wasserstein(game.fake(10_000), real))
        values["floor"].append(wasserstein(data(10_000), real))
    return values


def opening() -> list[float]:
    """Return the first losses of a game in which one learns, and of one in which both do."""
    losses = []
    for learning in (False, True):
        run, settings, dataset = begin(SEEDS[0], learning, steps=2)
        losses += first_losses(run, settings, dataset=dataset)
    return losses


def shrinks(values: Values) -> list[float]:
    """Say by how much the distance is below a tenth of what it was."""
    return at_most(values["distance_after"], [0.1 * before for before in values["distance_before"]])


CLAIM = Claim(
    __file__,
    place="lecture.md#gan",
    family="gan-family",
    measure=measure,
    statements=(
        Statement(
            "discriminator", lambda values: at_most(values["discriminator_error"], 0.05), ours=True
        ),
        Statement("generator", shrinks, ours=True),
    ),
    opening=opening,
    plot=("distance_before", "distance_after", "floor"),
    limits=lambda values: {"distance_after": 0.1 * min(values["distance_before"])},
)
