"""Do coarse styles carry the shapes of a face, and fine ones its colours?"""

from gan_minimal import zoo
from gan_minimal.claims import Claim, Values
from gan_minimal.claims import stylegan_early_layers as early
from gan_minimal.editing import stylegan
from gan_minimal.models.stylegan import StyleGAN

SEEDS = (10, 11, 12)  # of three sets of faces
NAMES = tuple(f"{kind}_{which}" for kind in ("shape", "colour") for which in stylegan.GROUPS)


def scores(model: StyleGAN, seed: int) -> dict[str, float]:
    """Swap the styles of one set of faces; return how often shapes and colours change."""
    found: dict[str, float] = {}
    for which in stylegan.GROUPS:
        shares = early.changed(*early.swapped(model, stylegan.group(model, which), seed))
        found |= {f"{kind}_{which}": share for kind, share in shares.items()}
    return found


def measure() -> Values:
    """Swap styles in three sets of faces of the recorded network."""
    model = zoo.load("stylegan")
    assert isinstance(model, StyleGAN)
    found = [scores(model, seed) for seed in SEEDS]
    return {name: [each[name] for each in found] for name in NAMES}


def holds(values: Values) -> bool:
    """Apply the rule."""
    pairs = (("shape_coarse", "shape_fine"), ("colour_fine", "colour_coarse"))
    return all(
        more >= 1.5 * less
        for a, b in pairs
        for more, less in zip(values[a], values[b], strict=True)
    )


CLAIM = Claim(
    id="stylegan-shape-colour",
    says=(
        "거친 스타일은 얼굴의 모양을, 세밀한 스타일은 색을 나른다.",
        "Coarse styles carry the shapes of a face, and fine styles its colours.",
    ),
    place="models/stylegan.md#mix",
    measured=(
        "기록된 StyleGAN(tiny 설정) 하나로, 얼굴 500개에 다른 얼굴 500개의 스타일을 한 해상도에서 "
        "넣는다. 노이즈는 그대로 둔다. 이를 서로 다른 얼굴로 세 번 한다. 학습에 쓰이지 않은 "
        "분류기가 읽은 모양(머리 길이, 안경, 모자, 수염, 입)과 색(머리색, 피부색)이 바뀐 비율을 "
        "잰다. 표의 시드는 학습의 시드가 아니라 얼굴을 뽑은 시드다.",
        "With the one recorded StyleGAN (tiny preset), 500 faces get the styles of 500 others at "
        "one resolution only, with the same noise; three times, each with other faces. Measured "
        "is how often a classifier that took no part in training reads another shape (hair "
        "length, glasses, hat, beard, mouth) or colour (hair, skin). The seeds of the table are "
        "those of faces, not of trainings.",
    ),
    rule=(
        "세 번 모두, 거친 스타일이 세밀한 스타일보다 모양을 1.5배 이상 자주 바꾸고, 세밀한 "
        "스타일이 거친 스타일보다 색을 1.5배 이상 자주 바꾸면 성립한다.",
        "It holds if all three times coarse styles change shapes at least 1.5 times as often as "
        "fine ones, and fine styles colours at least 1.5 times as often as coarse ones.",
    ),
    labels={name: early.CLAIM.labels[name] for name in NAMES},
    plot=NAMES,
    explanation=(
        "세 번 모두 거친 스타일은 모양을 세밀한 스타일의 다섯 배 넘게 자주 바꾸고, 세밀한 "
        "스타일은 색을 거친 스타일의 두 배쯤 자주 바꾼다. 그렇다고 둘이 나누어 맡은 것만은 "
        "아니다. 중간 스타일이 모양을 가장 자주 바꾸고, 색도 세밀한 스타일만큼이나 바꾼다. 학습한 "
        "네트워크가 하나이므로 다른 네트워크도 그런지는 말하지 않는다. 3,000라운드만 배운 셋은 "
        "거친 스타일과 세밀한 스타일이 모양을 비슷하게 자주 바꾸었다. 그 셋은 γ도 다르므로, 더 "
        "배워서 갈라졌는지는 알 수 없다. 규칙은 이 얼굴들을 재기 전에, 그러나 같은 네트워크의 다른 "
        "얼굴들을 이미 본 뒤에 정했다.",
        "All three times coarse styles change shapes more than five times as often as fine ones, "
        "and fine styles colours about twice as often as coarse ones. Yet it is not all between "
        "those two: middle styles change shapes most often, and colours nearly as often as fine "
        "ones. With one trained network this says nothing of others. In the three that had "
        "learned for 3,000 rounds only, coarse and fine styles changed shapes about equally "
        "often. Their γ is another, too, so whether longer training has parted them is not known. "
        "The rule was fixed before these faces were measured, but after others had been seen of "
        "the same network.",
    ),
    measure=measure,
    holds=holds,
)
