"""Can lower layers of the discriminator be frozen in transfer, and what do its layers carry?"""

from copy import deepcopy
from dataclasses import replace
from itertools import islice

import torch
from torch import Tensor, nn
from torch.utils.data import TensorDataset

from gan_minimal import data, models, zoo
from gan_minimal.claims import Claim, Values, device, spread
from gan_minimal.claims._helpers import STYLEGAN_SIZE, face_features, hangul_features, trained
from gan_minimal.data.faces16 import ATTRIBUTES, label_maps
from gan_minimal.data.hangul32 import load_hangul
from gan_minimal.data.pixels import resize, to_unit
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import distances
from gan_minimal.scoring.evaluate import some
from gan_minimal.scoring.probes import probe_discriminator
from gan_minimal.training import loop
from gan_minimal.training.batches import batches
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
FEW = 100  # images to tune on
ROUNDS = 1000
JUDGED = 500  # rounds of the discriminator alone, before
FEATURES = {"maps": face_features, "hangul": hangul_features}
DEPTHS = (16, 8, 4)  # pixels a side of the discriminator's feature maps


def domain(name: str, split: str) -> Tensor:
    """Return all label maps of faces, or all brushed syllables, `(N, 3, 16, 16)` in [-1, 1]."""
    if name == "maps":
        return to_unit(label_maps(split))
    glyphs = load_hangul(split, fonts=("nanum-brush",)).images
    return to_unit(resize(glyphs, STYLEGAN_SIZE)).repeat(1, 3, 1, 1)


def begun(seed: int, where: str = "cpu") -> tuple[loop.Run, loop.Settings]:
    """Prepare the recorded generator, which has grown, and a discriminator that knows nothing."""
    settings = loop.Settings(**models.preset("stylegan")["train"])
    settings = replace(settings, seed=seed, steps=ROUNDS, ema=0.99, device=where)
    torch.manual_seed(seed)
    model = zoo.load("stylegan")
    assert isinstance(model, StyleGAN)
    model.rounds, model.falls = 0, None  # no growth any more, and one learning rate
    return loop.start(model, settings), settings


def judged(seed: int, where: str = "cpu") -> tuple[StyleGAN, loop.Settings]:
    """Let the discriminator learn to tell real faces from the recorded generator's.

    A recorded run keeps the generator alone. The discriminator's move comes first in a round, and
    the rest of each round is not played.
    """
    run, settings = begun(seed, where)
    stream = batches(data.load(settings.data), settings.batch, seed, where)
    for batch in islice(stream, JUDGED):
        next(loop.play(run, batch, settings))
    assert isinstance(run.model, StyleGAN)
    return run.model, settings


def tuning(model: StyleGAN, settings: loop.Settings, frozen: bool) -> loop.Run:
    """Return a new run with a copy of `model`, perhaps with the lower layers frozen.

    Those are the layers next to the image, as in FreezeD (Mo, Cho and Shin 2020,
    arXiv:2002.10964): what takes its colours, and the block at its full size.
    """
    torch.manual_seed(settings.seed)
    model = deepcopy(model)
    if frozen:
        model.discriminator.from_rgb[-1].requires_grad_(False)
        model.discriminator.blocks[-1].requires_grad_(False)
    run = loop.start(model, settings)
    for optimizer in run.optimizers.values():
        (group,) = optimizer.param_groups
        group["params"] = [p for p in group["params"] if p.requires_grad]
    return run


@torch.inference_mode()
def distance(name: str, model: nn.Module) -> float:
    """Return the Fréchet distance to held-out images of a domain, in multiples of its floor.

    The floor is the distance of as many images of the training split.
    """
    look = FEATURES[name]
    real = some(domain(name, "test"))
    others = some(domain(name, "train"), len(real))
    drawn = loop.sample(model, len(real), seed=1)
    value, floor = (distances.frechet_distance(look(x), look(real)) for x in (drawn, others))
    return value / floor


def tuned(name: str, model: StyleGAN, settings: loop.Settings) -> dict[str, float]:
    """Tune all layers, and all but the frozen ones, on the same few images."""
    few = TensorDataset(some(domain(name, "train"), FEW, settings.seed))
    found = {
        f"{name}_{how}": distance(name, trained(tuning(model, settings, frozen), settings, few))
        for how, frozen in (("full", False), ("frozen", True))
    }
    return found | {f"{name}_before": distance(name, deepcopy(model).cpu().eval())}


def scores(seed: int) -> dict[str, float]:
    """Probe a discriminator before it learns and after; tune for both domains from there."""
    before = probe_discriminator(begun(seed)[0].model.get_submodule("discriminator"))
    model, settings = judged(seed, device())
    found = probe_discriminator(deepcopy(model.discriminator).cpu())
    found |= {f"fresh_{size}": before[f"mean_{size}"] for size in DEPTHS}
    for name in FEATURES:
        found |= tuned(name, model, settings)
    return found


def measure() -> Values:
    """Tune and probe with three seeds."""
    found = spread(scores, [(seed,) for seed in SEEDS])
    return {name: [each[name] for each in found] for name in CLAIM.labels}


def holds(values: Values) -> bool:
    """Apply the rule."""
    arms = ((values[f"{name}_frozen"], values[f"{name}_full"]) for name in FEATURES)
    return all(x <= 1.05 * y for frozen, full in arms for x, y in zip(frozen, full, strict=True))


def opening() -> list[float]:
    """Return the losses of the first rounds: with faces, and tuning with each domain's images."""
    run, settings = begun(SEEDS[0])
    losses = first_losses(run, settings)
    for name in FEATURES:
        model = begun(SEEDS[0])[0].model
        assert isinstance(model, StyleGAN)
        few = TensorDataset(some(domain(name, "train"), FEW, SEEDS[0]))
        losses += first_losses(tuning(model, settings, True), settings, dataset=few)
    return losses


DOMAINS = {"maps": ("지도", "maps"), "hangul": ("한글", "Hangul")}
ARMS = {
    "before": ("조정하기 전", "before tuning"),
    "full": ("모두 조정", "all tuned"),
    "frozen": ("아래층 동결", "lower frozen"),
}
PROBED = {name: (each.ko, each.en.capitalize()) for name, each in ATTRIBUTES.items()} | {
    "mean": ("속성의 평균", "Mean of attributes"),
    "fresh": ("속성의 평균, 배우기 전의 판별자", "Mean of attributes, discriminator untrained"),
}

CLAIM = Claim(
    id="freeze-transfer",
    says=(
        "StyleGAN을 전이 학습할 때 층을 동결할 수 있고, 동결한 층의 특징을 분석할 수 있다. 곧 그림 "
        "100장으로 미세 조정할 때 판별자의 아래층을 동결해도 모든 층을 조정한 것보다 나쁘지 않다.",
        "Layers can be frozen in transfer learning with StyleGAN, and their features analysed: "
        "fine-tuned on 100 images with the lower layers of the discriminator frozen, it is no "
        "worse than with all layers tuned.",
    ),
    place="answers/image-models.md#stylegan-freezing",
    measured=(
        "기록된 StyleGAN을 새 도메인의 그림 100장으로 1,000라운드 미세 조정한다. 가까운 도메인은 "
        "faces16의 라벨 지도(모양은 같고 색만 다르다), 먼 도메인은 16픽셀로 줄여 세 채널에 "
        "되풀이한 붓글씨 한글이다. 기록에는 생성자만 있으므로, 먼저 새 판별자가 혼자 500라운드 "
        "동안 진짜 얼굴과 기록된 생성자의 얼굴을 가리도록 배운다. 모든 층을 조정한 것과, "
        "판별자에서 이미지에 가까운 아래층(색을 받는 층과 16픽셀의 블록)을 동결한 것을 견준다. "
        "시드 3개. 시작하는 가중치, 그림 100장, 라운드, 나머지 설정이 같고, 성장은 없으며, "
        "가중치의 평균(0.99)으로 그린다. 시험 데이터와의 프레셰 거리를 실제끼리의 바닥으로 나눈다. "
        "지도는 1,000장을 속성 분류기의 특징으로, 한글은 235장을 32픽셀로 늘여 판독기의 특징으로 "
        "잰다. 탐침은 조정하기 전의 판별자가 진짜 얼굴을 본 16, 8, 4픽셀의 특징 맵을 4×4칸의 "
        "평균으로 줄여 능형 회귀로 속성을 읽은 정확도다. 학습 데이터에 맞추고 시험 데이터에서 "
        "잰다. 배우기 전의 판별자로도 잰다.",
        "The recorded StyleGAN is fine-tuned for 1,000 rounds on 100 images of a new domain: label "
        "maps of faces16, which are near (shapes are the same, colours are not), and Hangul by the "
        "brush, shrunk to 16 pixels and repeated in three channels, which is far. As the record "
        "has the generator alone, a new discriminator first learns by itself for 500 rounds to "
        "tell real faces from the recorded generator's. Compared are tuning all layers and "
        "freezing those of the discriminator next to the image (from its colours, and the block at "
        "16 pixels), over 3 seeds. Equal: the weights at the start, the 100 images, rounds and all "
        "other settings; nothing grows, and averaged weights (0.99) draw. The Fréchet distance to "
        "the test split is divided by the real-vs-real floor: 1,000 maps by features of the "
        "attribute classifier, 235 glyphs, enlarged to 32 pixels, by those of the reader. Probes: "
        "before tuning, the discriminator looks at real faces; its feature maps at 16, 8 and 4 "
        "pixels are averaged to 4x4 patches, from which ridge regression reads each attribute, "
        "fitted on the training split; accuracy on the test split, also with a discriminator that "
        "has not learned anything yet.",
    ),
    rule=(
        "두 도메인과 세 시드 모두에서 아래층을 동결한 것의 거리가 모두 조정한 것의 1.05배 이하이면 "
        "성립한다. 탐침은 판정에 쓰지 않는다.",
        "It holds if for both domains and all three seeds the distance with frozen layers is at "
        "most 1.05 times that of tuning all. Probes do not count for the verdict.",
    ),
    labels={
        **{
            f"{name}_{arm}": (
                f"바닥값의 배수: {korean}, {ko}",
                f"Times the floor: {english}, {en}",
            )
            for name, (korean, english) in DOMAINS.items()
            for arm, (ko, en) in ARMS.items()
        },
        **{
            f"{name}_{depth}": (f"{each[0]}: {ko}", f"{each[1]}: {en}")
            for name, each in PROBED.items()
            for depth, ko, en in (
                *((size, f"{size}픽셀의 탐침", f"probe at {size} pixels") for size in DEPTHS),
                ("common", "가장 흔한 값의 비율", "share of the commonest value"),
            )
            if name in ATTRIBUTES or depth != "common"
        },
    },
    plot=("maps_full", "maps_frozen", "hangul_full", "hangul_frozen"),
    explanation=(
        "붓글씨에서는 세 시드 모두 동결한 쪽이 10% 넘게 더 가깝다. 규칙을 어기는 것은 라벨 "
        "지도이다. 두 시드에서는 동결한 쪽이 더 멀고, 한 시드에서는 더 가깝다. 지도는 모양이 "
        "얼굴과 같고 색만 다른데, 동결한 것이 바로 색을 받는 층이다. 가까워 보이는 도메인이라도 "
        "바뀐 것이 동결한 층의 몫이면 동결이 손해일 수 있다. 분석은 된다. 피부색은 16픽셀의 "
        "층에서 가장 잘 읽히고 4픽셀로 갈수록 흐려지며, 입은 16픽셀의 층에서 전혀 읽히지 않고 "
        "8픽셀에서 가장 잘 읽힌다. 다만 배우지 않은 판별자도 평균해서 3퍼센트포인트 안쪽으로만 "
        "뒤진다. 읽힌다는 것은 정보가 남아 있다는 뜻이지, 배워서 담았다는 뜻이 아니다.",
        "With brushed Hangul freezing comes closer by more than 10% for all three seeds. It is the "
        "label maps that break the rule: frozen networks stay farther off for two seeds and come "
        "closer for one. Maps have the shapes of faces and other colours, and what was frozen is "
        "what takes in the colours: even if a domain looks near, freezing can cost where what has "
        "changed is the business of the frozen layers. An analysis is possible. Skin tones are "
        "read best at 16 pixels and less well towards 4, while mouths cannot be read at all at 16 "
        "pixels and are read best at 8. But a discriminator that has learned nothing is less than "
        "three points behind on average. That something can be read says that the information is "
        "still there, not that it was put there by learning.",
    ),
    measure=measure,
    holds=holds,
    opening=opening,
)
