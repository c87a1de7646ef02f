"""Does it help that a generator only adds to the image from the scale below?"""

import torch.nn.functional as F

from gan_minimal.claims import Claim, Values, device, spread
from gan_minimal.claims._helpers import scene, trained_scene
from gan_minimal.scoring import single_photo
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
SAMPLES = 50


def measured(seed: int, where: str, residual: bool) -> tuple[float, float]:
    """Train with or without the skip; return the samples' distance and the error of z*."""
    model = trained_scene(seed, where, residual=residual)
    photo = single_photo.photograph(model, "photo")
    drawn = loop.sample(model, SAMPLES, seed=1)
    error = F.mse_loss(model.sample(1, first=len(model.sizes)), photo).sqrt().item()
    return single_photo.patch_distance(drawn, photo).mean().item(), error


def measure() -> Values:
    """Train three of each."""
    calls = [(seed, device(), residual) for residual in (True, False) for seed in SEEDS]
    distances, errors = zip(*spread(measured, calls), strict=True)
    return {
        "residual": list(distances[:3]),
        "plain": list(distances[3:]),
        "residual_error": list(errors[:3]),
        "plain_error": list(errors[3:]),
    }


def holds(values: Values) -> bool:
    """Apply the rule."""
    return max(values["residual"]) < min(values["plain"])


def opening() -> list[float]:
    """Return the losses of the first rounds with and without the skip, one at each scale."""
    losses = []
    for residual in (True, False):
        run, settings = scene(SEEDS[0], residual=residual)
        run.model.rounds = 1  # type: ignore[assignment]
        losses += first_losses(run, settings, rounds=2)
    return losses


CLAIM = Claim(
    id="singan-residual",
    says=(
        "SinGAN은 잔차 학습을 활용해 세밀하게 생성한다. 곧 아래 층의 결과에 더할 것만 배우는 "
        "쪽이, 층마다 그림 전체를 새로 그리는 쪽보다 사진에 가까운 조각을 그린다.",
        "With residual learning SinGAN generates fine detail: learning only what is to be added "
        "to the scale below gives patches closer to the photograph's than drawing the whole image "
        "anew at every scale.",
    ),
    place="lecture.md#singan",
    measured=(
        "내장 사진(68×46픽셀, 층 4개, 층마다 200라운드)으로 SinGAN을 한 번은 아래 층의 그림을 "
        "더하고, 한 번은 더하지 않고 학습한다. 네트워크는 어느 쪽이든 아래 층의 그림을 입력으로 "
        "받는다. 샘플 50장이 사진과 다른 정도를 7×7 조각들의 분포로 재어 시드 3개로 비교한다. "
        "초기 가중치, 노이즈, 라운드 수, 최적화 방법, 손실이 같다.",
        "SinGAN is trained on the built-in photograph (68x46 pixels, 4 scales, 200 rounds each), "
        "once adding the image from the scale below and once not; the network gets that image as "
        "its input in both cases. 50 samples are compared with the photograph by the distribution "
        "of their 7x7 patches, over 3 seeds. Equal: initial weights, noise, rounds, optimiser and "
        "losses.",
    ),
    rule=(
        "더하는 쪽의 가장 큰 거리가 더하지 않는 쪽의 가장 작은 거리보다 작으면 성립한다.",
        "It holds if the largest distance with the addition is below the smallest without it.",
    ),
    labels={
        "residual": ("샘플의 거리: 더함", "Distance of samples: adding"),
        "plain": ("샘플의 거리: 새로 그림", "Distance of samples: drawing anew"),
        "residual_error": ("z*로 되돌린 오차: 더함", "Error of z*: adding"),
        "plain_error": ("z*로 되돌린 오차: 새로 그림", "Error of z*: drawing anew"),
    },
    plot=("residual", "plain"),
    explanation=(
        "두 쪽의 거리가 겹친다. 층이 네 개뿐이고 네트워크가 아래 층의 그림을 어차피 입력으로 "
        "받으므로, 더하지 않아도 입력을 그대로 내보내는 법을 금세 배운다. 되돌린 오차도 같다. "
        "잔차 학습이 쓸모 없다는 뜻은 아니다. 층이 여덟아홉 개이고 층마다 2,000라운드를 도는 "
        "논문의 크기에서는 재지 않았다.",
        "The distances of the two overlap. There are only four scales, and the network is "
        "given the image from below in either case, so even without the addition it soon "
        "learns to pass that on. The errors of z* are alike, too. This does not say that "
        "residual learning is of no use: at the paper's size, eight or nine scales of 2,000 "
        "rounds each, it was not measured.",
    ),
    measure=measure,
    holds=holds,
    opening=opening,
)
