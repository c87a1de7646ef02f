"""How steep does a critic become, where the distance it should measure is known?"""

import math
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer
from torch.utils.data import TensorDataset

from gan_minimal.claims import Claim, Values
from gan_minimal.models.wgan import clip_weights
from gan_minimal.models.wgan_gp import gradient_penalty
from gan_minimal.training import loop

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


def slope_and_distance(constraint: str, seed: int) -> tuple[float, float]:
    """Train a critic; return its largest slope and the distance it reports."""
    torch.manual_seed(seed)
    dataset = TensorDataset(reals(20_000))
    settings = loop.Settings(data="", batch=256, steps=1000, seed=seed)
    game = Measuring(constraint)
    loop.train(loop.start(game, settings), dataset, settings, quiet=True)
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


def holds(values: Values) -> bool:
    """Apply the rule."""
    return (
        max(values["clipped_slope"]) <= 1
        and max(values["penalised_slope"]) <= 1.2
        and min(values["unconstrained_slope"]) > 2
    )


CLAIM = Claim(
    id="wgan-lipschitz",
    says=(
        "WGAN은 함수가 1-립시츠 조건을 만족하게 한다. 곧 가중치를 자르거나 기울기에 벌점을 매긴 "
        "비평자의 기울기는 1을 넘지 않고, 둘 다 하지 않으면 넘는다.",
        "WGAN makes the function meet the 1-Lipschitz condition: the slopes of a critic whose "
        "weights are clipped or whose gradients are penalised stay at 1 or less, and without "
        "either they do not.",
    ),
    place="lecture.md#wgan",
    measured=(
        "바서슈타인 거리가 정확히 1인 두 분포(원 위의 점 무리 여덟 개와, 그것을 오른쪽으로 1만큼 "
        "옮긴 것) 앞에서 비평자를 시드 3개로 학습한다. 진짜와 가짜와 그 사이의 점 15,000개에서 "
        "가장 큰 기울기와, 비평자가 보고하는 거리를 잰다. 생성자는 고정이고, 네트워크, 데이터, "
        "배치 256, Adam, 1,000라운드가 같다. 다른 것은 제약뿐이다: 가중치 자르기(0.01), 기울기 "
        "벌점(λ = 10), 제약 없음.",
        "Critics are trained, with 3 seeds, on two distributions whose Wasserstein distance is "
        "exactly 1: eight clusters on a circle, and the same moved by 1 to the right. Measured are "
        "the largest slope at 15,000 real, fake and in-between points and the distance that the "
        "critic reports. The generator is fixed; equal are network, data, batch of 256, Adam and "
        "1,000 rounds. Only the constraint differs: weight clipping (0.01), gradient penalty "
        "(λ = 10), none.",
    ),
    rule=(
        "세 시드 모두에서 가장 큰 기울기가, 자르기는 1 이하, 벌점은 1.2 이하(벌점은 넘는 것을 "
        "막지 않고 줄일 뿐이다), 제약이 없으면 2보다 크면 성립한다.",
        "It holds if, for all three seeds, the largest slope is at most 1 with clipping, at most "
        "1.2 with the penalty (which discourages larger slopes but does not forbid them) and above "
        "2 without a constraint.",
    ),
    labels={
        "clipped_slope": ("자르기: 가장 큰 기울기", "Clipping: largest slope"),
        "clipped_distance": ("자르기: 보고한 거리", "Clipping: reported distance"),
        "penalised_slope": ("벌점: 가장 큰 기울기", "Penalty: largest slope"),
        "penalised_distance": ("벌점: 보고한 거리", "Penalty: reported distance"),
        "unconstrained_slope": ("제약 없음: 가장 큰 기울기", "No constraint: largest slope"),
        "unconstrained_distance": ("제약 없음: 보고한 거리", "No constraint: reported distance"),
    },
    explanation=(
        "세 가지가 확실히 갈린다. 제약이 없으면 비평자는 학습하는 만큼 가팔라지고, 보고하는 "
        "거리도 함께 커져 아무 뜻이 없다. 벌점을 매긴 비평자는 기울기가 1을 조금 넘지만 참값 1에 "
        "가까운 거리를 보고한다. 자른 비평자는 규칙을 지키되 지나치게 완만하다. 가중치를 0.01로 "
        "자르면 층을 지날 때마다 신호가 줄어 기울기가 1의 수백분의 1에 머물고, 거리도 그만큼 작게 "
        "나온다. 논문이 말한 대로 상수 배를 무시하면 거리이지만, 그 상수를 모른다.",
        "The three are clearly apart. Without a constraint the critic grows as steep as it is "
        "trained, and the distance it reports grows with it and means nothing. The penalised "
        "critic goes slightly beyond a slope of 1 and reports about the true distance of 1. The "
        "clipped critic keeps the rule, but is far too flat: with weights of at most 0.01 the "
        "signal shrinks in every layer, the slope stays hundreds of times below 1, and the "
        "distance comes out as small. As the paper says it is a distance up to a constant factor; "
        "only nobody tells the factor.",
    ),
    plot=("clipped_distance", "penalised_distance"),
    measure=measure,
    holds=holds,
    tolerance=0.3,  # without a constraint the slopes grow as long as one trains
)
