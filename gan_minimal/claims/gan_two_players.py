"""Does the game do what its theory says, where the right answer is known?"""

from collections.abc import Iterator

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.utils.data import TensorDataset

from gan_minimal.claims import Claim, Values
from gan_minimal.training import loop

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


def play(seed: int, learning: bool, steps: int) -> Game:
    """Train one game."""
    torch.manual_seed(seed)
    dataset = TensorDataset(data(20_000))
    settings = loop.Settings(data="", batch=256, steps=steps, seed=seed)
    game = Game(learning)
    loop.train(loop.start(game, settings), dataset, settings, quiet=True)
    return game.eval()


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


def holds(values: Values) -> bool:
    """Apply the rule."""
    pairs = zip(values["distance_after"], values["distance_before"], strict=True)
    return max(values["discriminator_error"]) <= 0.05 and all(
        after <= 0.1 * before for after, before in pairs
    )


CLAIM = Claim(
    id="gan-two-players",
    says=(
        "GAN은 생성자와 판별자를 이용하는 생성 모델이다. 곧 함께 학습한 판별자는 두 밀도의 비를, "
        "생성자는 데이터의 분포를 배운다.",
        "A GAN generates by means of a generator and a discriminator: trained together, the "
        "discriminator learns the ratio of two densities and the generator the data's density.",
    ),
    place="lecture.md#gan",
    measured=(
        "정답을 아는 1차원 분포(봉우리 둘)에서 시드 3개로 잰다. 생성자를 N(0, 2²)에 고정하고 "
        "학습한 판별자가 이론값 p/(p+q)에서 평균 얼마나 벗어나는지, 두 네트워크가 함께 학습하면 "
        "생성된 수와 데이터의 바서슈타인 거리가 얼마나 줄어드는지 본다. 네트워크 크기, 배치, "
        "라운드 수는 모두 같다.",
        "Three seeds on a one-dimensional density with two bumps, where the answer is known. With "
        "the generator held at N(0, 2²): how far the trained discriminator is from p/(p+q) on "
        "average. With both learning: how the Wasserstein distance between generated numbers and "
        "data shrinks. Networks, batch and number of rounds are the same for all seeds.",
    ),
    rule=(
        "세 시드 모두에서 판별자의 평균 오차가 0.05 이하이고, 거리가 처음의 10 % 이하로 줄면 "
        "성립한다.",
        "It holds if, for all three seeds, the discriminator's mean error is at most 0.05 and the "
        "distance shrinks to at most 10 % of what it was.",
    ),
    labels={
        "discriminator_error": ("판별자 오차 |D − p/(p+q)|", "Discriminator error |D − p/(p+q)|"),
        "distance_before": ("학습 전 거리", "Distance before training"),
        "distance_after": ("학습 후 거리", "Distance after training"),
        "floor": ("실제끼리의 거리(바닥)", "Distance of real from real (floor)"),
    },
    explanation=(
        "판별자는 이론값에 다다른다. 생성자도 데이터 쪽으로 멀리 가지만 정해 둔 선에는 못 "
        "미친다. 잠재 변수는 이어져 있는데 데이터의 봉우리는 떨어져 있는 것이 한 까닭일 수 "
        "있다. 기록하지 않은 시험에서 라운드를 늘리고 네트워크를 바꾸어도 선을 넘지 못했다. "
        "두 선수가 번갈아 움직이는 게임이 이론의 균형에 머문다는 보장은 없다.",
        "The discriminator arrives where theory says. The generator comes most of the way, but not "
        "as far as the rule asks. One reason may be that its latent is connected and the data's "
        "bumps are not. More rounds and other networks, in trials that are not recorded, did not "
        "pass either. Nothing promises that two players who take turns stay at the equilibrium.",
    ),
    measure=measure,
    holds=holds,
    plot=("distance_before", "distance_after", "floor"),
    tolerance=0.3,  # a game amplifies rounding, and differently on every processor
)
