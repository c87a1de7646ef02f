"""More objects from more noise, more pixels from the last generator: the two ways to be larger."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal.claims import Claim, Values, device, spread
from gan_minimal.claims._helpers import scene, trained_scene
from gan_minimal.editing.singan import enlarge
from gan_minimal.models.singan import resize
from gan_minimal.scoring import single_photo
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
SAMPLES = 32
SIDE = 11  # pixels of the patches that are looked for: what a network sees
PATCHES = 12
ALIKE = 0.7  # correlation from which on a patch counts as found
TIMES = 4
MORE, SHARPER, OFF = 1.5, 1.2, 0.1  # what the rule asks for


def things(photo: Tensor) -> Tensor:
    """Return the patches of a photograph `(1, 3, H, W)` with most contrast, `(PATCHES, 3, 11, 11)`.

    Of overlapping ones only the first is taken.
    """
    grey = photo.mean(dim=1, keepdim=True)
    mean = F.avg_pool2d(grey, SIDE, stride=1)
    contrast = F.avg_pool2d(grey.square(), SIDE, stride=1) - mean.square()
    found = []
    for _ in range(PATCHES):
        place = int(contrast.argmax())
        top, left = divmod(place, contrast.shape[3])
        found.append(photo[0, :, top : top + SIDE, left : left + SIDE])
        near = slice(max(0, top - SIDE // 2), top + SIDE // 2 + 1)
        contrast[..., near, max(0, left - SIDE // 2) : left + SIDE // 2 + 1] = -1
    return torch.stack(found)


def count(images: Tensor, wanted: Tensor) -> float:
    """Return how often each of the `wanted` patches is found in an image, on average.

    It is found where its correlation with what is there is at least `ALIKE`, and larger than
    anywhere within half a patch.
    """
    size = wanted[0].numel()
    kernel = wanted - wanted.mean(dim=(1, 2, 3), keepdim=True)
    kernel = kernel / kernel.square().sum(dim=(1, 2, 3), keepdim=True).sqrt()
    ones = torch.ones_like(wanted[:1])
    total = F.conv2d(images, ones)
    spread_there = (F.conv2d(images.square(), ones) - total.square() / size).clamp(min=1e-6).sqrt()
    alike = F.conv2d(images, kernel) / spread_there
    peak = alike == F.max_pool2d(alike, SIDE, stride=1, padding=SIDE // 2)
    return (peak & (alike >= ALIKE)).double().sum().item() / len(images) / len(wanted)


def sharpness(image: Tensor) -> float:
    """Return the size of the finest structure of an image: the RMS of its first band."""
    return single_photo.bands(image)[0].square().mean().sqrt().item()


def measured(seed: int, where: str) -> tuple[float, ...]:
    """Train on the photograph; return what `measure` names."""
    model = trained_scene(seed, where)
    photo = single_photo.photograph(model, "photo")
    height, width = model.size
    with torch.random.fork_rng():
        torch.manual_seed(1)
        same = model.sample(SAMPLES)
        wide = model.sample(SAMPLES, (height, 2 * width))
        large = enlarge(model, photo, TIMES)
    stretched = resize(same, (height, 2 * width))
    counts = [count(images, things(photo)) for images in (same, wide, stretched)]
    plain = resize(photo, (TIMES * height, TIMES * width))
    off = F.mse_loss(resize(large, model.size), photo).sqrt().item()
    return (*counts, sharpness(plain), sharpness(large), off)


def measure() -> Values:
    """Train three."""
    results = spread(measured, [(seed, device()) for seed in SEEDS])
    names = ("same", "wide", "stretched", "bicubic", "enlarged", "off")
    return dict(zip(names, map(list, zip(*results, strict=True)), strict=True))


def holds(values: Values) -> bool:
    """Apply the rule."""
    names = ("same", "wide", "stretched", "bicubic", "enlarged", "off")
    return all(
        wide >= MORE * same and wide > stretched and enlarged >= SHARPER * bicubic and off <= OFF
        for same, wide, stretched, bicubic, enlarged, off in zip(
            *(values[name] for name in names), strict=True
        )
    )


def opening() -> list[float]:
    """Return the losses of the first rounds, and the counts in the photograph."""
    run, settings = scene(SEEDS[0])
    photo = single_photo.photograph(run.model, "photo")  # type: ignore[arg-type]
    return [*first_losses(run, settings), count(photo, things(photo)), sharpness(photo)]


CLAIM = Claim(
    id="singan-more-objects",
    says=(
        "물체가 늘어나는 경우는 입력을 바꾸어 생성한 것이고, 해상도를 높이는 경우는 마지막 "
        "생성자로 업샘플링을 더 한 것이다. 곧 두 배 넓은 노이즈를 넣으면 같은 물체가 더 많아지고, "
        "마지막 생성자를 되풀이하면 배치는 그대로이면서 더 또렷해진다.",
        "More objects come from changing the input, more resolution from going on upsampling with "
        "the last generator: noise of twice the width gives more of the same things, and "
        "repeating the last generator a sharper image of the same layout.",
    ),
    place="answers/image-models.md#singan-objects-or-resolution",
    measured=(
        "내장 사진(68×46픽셀, 층 4개, 층마다 200라운드)으로 학습한 SinGAN으로, 사진에서 대비가 "
        "가장 큰 11×11 조각 12개가 그림 한 장에 몇 번 나오는지를 센다(상관 0.7 이상인 봉우리). "
        "보통 크기의 샘플 32장, 두 배 넓은 노이즈로 그린 32장, 보통 샘플을 두 배로 늘인 것을 "
        "견준다. 4배로 키운 사진은 가장 가는 구조(라플라스 피라미드의 첫 층)의 크기를 쌍삼차 "
        "보간과 견주고, 다시 줄여 원래 사진과의 오차를 잰다. 시드 3개.",
        "With SinGAN, trained on the built-in photograph (68x46 pixels, 4 scales, 200 rounds "
        "each), it is counted how often the photograph's 12 patches of 11x11 with most contrast "
        "appear in an image (peaks of a correlation of 0.7 and more): in 32 samples of the usual "
        "size, 32 from noise of twice the width, and the usual ones stretched to twice the width. "
        "The photograph enlarged 4 times is compared with bicubic interpolation by the size of "
        "its finest structure (first band of a Laplacian pyramid), and with the photograph by "
        "reducing it again. 3 seeds.",
    ),
    rule=(
        "모든 시드에서 넓은 그림의 조각 수가 보통 그림의 1.5배 이상이고 늘인 그림보다 많으며, "
        "키운 사진의 가는 구조가 보간의 1.2배 이상이고 다시 줄인 오차(RMSE)가 0.1 이하이면 "
        "성립한다.",
        "It holds if for every seed the wide images have at least 1.5 times as many patches as "
        "the usual ones and more than the stretched ones, and the enlarged photograph has at "
        "least 1.2 times the fine structure of the interpolated one and an RMSE of at most 0.1 "
        "once reduced.",
    ),
    labels={
        "same": ("조각 수: 보통 크기", "Patches found: usual size"),
        "wide": ("조각 수: 두 배 넓은 노이즈", "Patches found: noise of twice the width"),
        "stretched": ("조각 수: 두 배로 늘인 그림", "Patches found: stretched images"),
        "bicubic": ("가는 구조: 쌍삼차 4배", "Fine structure: bicubic x4"),
        "enlarged": ("가는 구조: 마지막 생성자 4배", "Fine structure: last generator x4"),
        "off": ("키웠다 줄인 오차(RMSE)", "Error once reduced again (RMSE)"),
    },
    plot=("same", "wide", "stretched"),
    explanation=(
        "노이즈가 두 배 넓으면 같은 네트워크가 같은 크기의 조각을 두 배 넓은 자리에 그리므로, "
        "늘인 그림과 달리 조각의 수가 는다. 두 배를 넘는 것은 아마 가장자리에서 잘리는 "
        "조각이 그만큼 적기 때문일 것이다. 키운 사진의 가는 구조는 마지막 생성자가 사진의 가장 "
        "가는 층에서 배운 것이다. 학습에 쓴 것보다 큰 크기에서 되풀이하므로 참인 세부가 아니라 "
        "그럴듯한 세부이고, 보간보다 열 배쯤 크다. 재는 것은 또렷함이지 옳음이 아니다.",
        "With noise of twice the width the same network draws patches of the same size into "
        "twice the room, so unlike in a stretched image there are more of them; that they are "
        "more than twice as many is probably because fewer are cut off by the borders. The fine "
        "structure of the enlarged photograph is what the last generator has learnt at the "
        "finest scale. Repeated at sizes beyond those of training it is plausible detail, not "
        "true detail, about ten times as strong as the interpolated image's: what is measured "
        "is sharpness, not correctness.",
    ),
    measure=measure,
    holds=holds,
    opening=opening,
)
