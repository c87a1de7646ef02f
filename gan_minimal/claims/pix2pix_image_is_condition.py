"""Is the image itself the condition, and do colours come along that nobody names?"""

from collections.abc import Iterator
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal import models
from gan_minimal.claims import Claim, Values, device, spread
from gan_minimal.claims._helpers import trained
from gan_minimal.models.pix2pix import Pix2Pix
from gan_minimal.scoring.translation import score_painted
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
ROUNDS = 3000


class Reconstruction(Pix2Pix):
    """The generator alone, which only comes as near to the target as it can."""

    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play the generator's move without an opponent."""
        condition, target = batch
        yield "generator", self.lambda_l1 * F.l1_loss(self.generator(condition), target)


class Blind(Pix2Pix):
    """Both players see an empty picture in place of the condition."""

    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play the round of Pix2Pix."""
        condition, target = batch
        return super().step((torch.zeros_like(condition), target))

    @torch.no_grad()
    def translate(self, images: Tensor) -> Tensor:
        """Draw without looking."""
        return super().translate(torch.zeros_like(images))


WAYS = {"pix2pix": Pix2Pix, "l1": Reconstruction, "blind": Blind}


def settings(seed: int) -> loop.Settings:
    """Return the settings of all trainings."""
    preset = loop.Settings(**models.preset("pix2pix", "faces")["train"])
    return replace(preset, seed=seed, steps=ROUNDS)


def begun(way: str, chosen: loop.Settings) -> loop.Run:
    """Return a new run: the same first weights for every way of training."""
    torch.manual_seed(chosen.seed)
    return loop.start(WAYS[way](**models.preset("pix2pix", "faces")["model"]), chosen)


def scores(way: str, seed: int) -> dict[str, float]:
    """Train one and score the faces that it paints from held-out label maps."""
    chosen = replace(settings(seed), device=device())
    painter = trained(begun(way, chosen), chosen)
    with torch.inference_mode():
        found = score_painted(painter)
    return {name: found[name]["value"] for name in ("error_face", "spread_hair", "spread_skin")}


def measure() -> Values:
    """Train three of each."""
    calls = [(way, seed) for way in WAYS for seed in SEEDS]
    found = dict(zip(calls, spread(scores, calls), strict=True))
    return {
        f"{way}_{name}": [found[way, seed][name] for seed in SEEDS]
        for name in ("error_face", "spread_hair", "spread_skin")
        for way in WAYS
        if not (way == "blind" and name != "error_face")
    }


def holds(values: Values) -> bool:
    """Apply the rule."""
    sees = max(values["pix2pix_error_face"]) < min(values["blind_error_face"])
    return sees and all(
        ours > grey
        for region in ("hair", "skin")
        for ours, grey in zip(
            values[f"pix2pix_spread_{region}"], values[f"l1_spread_{region}"], strict=True
        )
    )


def opening() -> list[float]:
    """Return the losses of each way's first rounds."""
    chosen = settings(SEEDS[0])
    return [loss for way in WAYS for loss in first_losses(begun(way, chosen), chosen)]


CLAIM = Claim(
    id="pix2pix-image-is-condition",
    says=(
        "Pix2Pix는 이미지 자체를 조건으로 쓰고, 색 같은 것은 따로 조건을 주지 않아도 함께 배운다. "
        "곧 조건 이미지를 가리면 정답에서 멀어지고, 조건이 알려 주지 않는 색도 L1만으로 배울 "
        "때보다 다양하게 칠한다.",
        "In Pix2Pix the image itself is the condition, and things such as colours are learned "
        "along with it although nothing names them: without the image the result is farther from "
        "the target, and colours that the image does not tell vary more than after training with "
        "L1 alone.",
    ),
    place="lecture.md#pix2pix",
    measured=(
        "부위만 나타낸 그림에서 얼굴을 그리는 설정(faces)을 3,000라운드씩 세 가지로 학습한다. "
        "그대로, 판별자 없이 L1만으로, 두 선수 모두에게 조건 대신 빈 그림을 보이면서. 학습에 쓰지 "
        "않은 얼굴 2,048장에서 정답과의 L1 오차, 그리고 머리색과 피부색이 얼굴마다 얼마나 "
        "다른지(표준편차)를 시드 3개로 잰다. 생성자, 첫 가중치, 데이터와 그 순서, L1의 가중치, "
        "라운드 수, 학습률이 같다.",
        "The preset that paints faces from maps of their parts is trained for 3,000 rounds in "
        "three ways: as it is; with L1 alone, without a discriminator; and with an empty picture "
        "in place of the condition for both players. On 2,048 held-out faces the L1 error to the "
        "target is measured, and how much the colours of hair and of skin vary from face to face "
        "(standard deviation), over 3 seeds. Equal: generator, first weights, data and its order, "
        "weight of L1, number of rounds, learning rate.",
    ),
    rule=(
        "Pix2Pix의 가장 큰 오차가 조건을 가린 쪽의 가장 작은 오차보다 작고, 세 시드 모두에서 "
        "머리색과 피부색이 L1만 쓴 쪽보다 다양하면 성립한다.",
        "It holds if Pix2Pix's largest error is smaller than the smallest one without the "
        "condition, and if for all three seeds its hair and skin colours vary more than with L1 "
        "alone.",
    ),
    labels={
        "pix2pix_error_face": ("정답과의 오차: Pix2Pix", "Error: Pix2Pix"),
        "l1_error_face": ("정답과의 오차: L1만", "Error: L1 alone"),
        "blind_error_face": ("정답과의 오차: 조건을 가림", "Error: without the condition"),
        "pix2pix_spread_hair": ("머리색의 표준편차: Pix2Pix", "Spread of hair: Pix2Pix"),
        "l1_spread_hair": ("머리색의 표준편차: L1만", "Spread of hair: L1 alone"),
        "pix2pix_spread_skin": ("피부색의 표준편차: Pix2Pix", "Spread of skin: Pix2Pix"),
        "l1_spread_skin": ("피부색의 표준편차: L1만", "Spread of skin: L1 alone"),
    },
    measure=measure,
    holds=holds,
    opening=opening,
    plot=(
        *("pix2pix_error_face", "l1_error_face", "blind_error_face"),
        *("pix2pix_spread_hair", "l1_spread_hair", "pix2pix_spread_skin", "l1_spread_skin"),
    ),
    explanation=(
        "조건을 가리면 정답에서 훨씬 멀어진다. 다만 그만큼 먼 데는 네트워크 탓도 있다. 빈 그림은 "
        "어디나 같아서 인스턴스 정규화를 지나면 남는 것이 거의 없고, 생성자는 평균 얼굴조차 "
        "그리지 못한다. 그래도 결론은 같다. 조건 없이 낼 수 있는 가장 나은 한 장, 곧 픽셀마다 "
        "중앙값을 취한 얼굴도 Pix2Pix보다 멀다. L1만 쓰면 오차는 더 작지만 색이 얼굴마다 거의 "
        "같다. 오차만 보았다면 그쪽을 골랐을 것이다. 판별자가 있으면 색이 두 배 넘게 "
        "다양해지지만, 데이터만큼은 아니다.",
        "Without the condition the result is much farther from the target. That it is so very far "
        "is also the network's doing: an empty picture is the same everywhere, instance "
        "normalisation leaves next to nothing of it, and the generator cannot even draw an "
        "average face. The conclusion stands all the same: the best single picture one can give "
        "without the condition, the median of all faces at each pixel, is farther away than "
        "Pix2Pix, too. With L1 alone the error is smaller, but colours are nearly the same in "
        "every face; by the error alone one would have chosen that. With a discriminator they "
        "vary more than twice as much, though not as much as in the data.",
    ),
)
