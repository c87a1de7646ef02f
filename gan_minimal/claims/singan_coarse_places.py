"""Which scale's noise decides where things are, and which one's how they look?"""

import torch

from gan_minimal.claims import Claim, Values, device, spread
from gan_minimal.claims._helpers import scene, trained_scene
from gan_minimal.models.singan import SinGAN, resize
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
SAMPLES = 32
SCALES = 4
MOST = 3.0  # times as much layout from the coarsest noise as from any other


@torch.no_grad()
def scattered(model: SinGAN, scale: int) -> tuple[float, float]:
    """Draw images that differ in the noise of one scale only.

    Args:
        model: A trained model.
        scale: The scale with noise; the others have that of the photograph.

    Returns:
        How much the layout varies over them, which is left when they are reduced to a quarter, and
        how much the detail does, which is not.
    """
    noise = [z.expand(SAMPLES, -1, -1, -1) for z in model.fixed(len(model.sizes))]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        noise[scale] = model.random(SAMPLES, model.sizes[scale : scale + 1], scale)[0]
    images = model.climb(noise).clamp(-1, 1)
    height, width = model.size
    layout = resize(images, (height // 4, width // 4))
    detail = images - resize(layout, model.size)
    return layout.std(dim=0).mean().item(), detail.std(dim=0).mean().item()


def measured(seed: int, where: str) -> list[tuple[float, float]]:
    """Train on the photograph; return both spreads for the noise of each scale."""
    model = trained_scene(seed, where)
    assert len(model.sizes) == SCALES
    return [scattered(model, scale) for scale in range(SCALES)]


def measure() -> Values:
    """Train three."""
    results = spread(measured, [(seed, device()) for seed in SEEDS])
    layouts = {f"layout_{i}": [each[i][0] for each in results] for i in range(SCALES)}
    return layouts | {
        f"share_{i}": [each[i][1] / (sum(each[i]) or 1) for each in results] for i in range(SCALES)
    }


def holds(values: Values) -> bool:
    """Apply the rule."""
    finer = zip(*(values[f"layout_{i}"] for i in range(1, SCALES)), strict=True)
    places = all(a >= MOST * max(b) for a, b in zip(values["layout_0"], finer, strict=True))
    shares = zip(values["share_0"], values[f"share_{SCALES - 1}"], strict=True)
    return places and all(coarsest < finest for coarsest, finest in shares)


def opening() -> list[float]:
    """Return the losses of the first rounds."""
    return first_losses(*scene(SEEDS[0]))


CLAIM = Claim(
    id="singan-coarse-places",
    says=(
        "가장 작은 이미지에서는 무작위적인 위치로 생성하고, 올라가면서 세밀한 정보가 더해진다. 곧 "
        "배치를 정하는 것은 가장 작은 층의 노이즈이고, 위층의 노이즈는 세부를 바꾼다.",
        "The smallest image is generated with random positions, and detail is added on the way "
        "up: the noise of the coarsest scale decides the layout, that of finer scales the detail.",
    ),
    place="answers/image-models.md#singan-start",
    measured=(
        "내장 사진(68×46픽셀, 층 4개, 층마다 200라운드)으로 학습한 SinGAN에서 한 층에만 노이즈를 "
        "넣고 나머지 층은 원래 사진을 되살리는 노이즈로 둔 그림 32장을 그린다. 그림을 4분의 1로 "
        "줄였을 때 남는 것을 배치, 줄이면 사라지는 것을 세부로 보고, 32장 사이에서 화소마다 "
        "흩어진 정도를 잰다. 시드 3개.",
        "SinGAN, trained on the built-in photograph (68x46 pixels, 4 scales, 200 rounds each), "
        "draws 32 images with noise at one scale only; the others have the noise that gives the "
        "photograph back. What is left when they are reduced to a quarter counts as layout, what "
        "is lost as detail; measured is how much a pixel varies over the 32 images. 3 seeds.",
    ),
    rule=(
        "모든 시드에서 가장 작은 층의 노이즈가 흩뜨리는 배치가 다른 어느 층보다 3배 이상 크고, "
        "흩어진 것 가운데 세부의 비율은 가장 큰 층에서 더 높으면 성립한다.",
        "It holds if for every seed the coarsest scale's noise scatters the layout at least 3 "
        "times as much as any other scale's, and the share of detail in what is scattered is "
        "larger at the finest scale than at the coarsest.",
    ),
    labels={
        **{
            f"layout_{i}": (
                f"흩어진 배치: {i}층의 노이즈만",
                f"Spread of layout: noise at scale {i}",
            )
            for i in range(SCALES)
        },
        **{
            f"share_{i}": (f"세부의 비율: {i}층의 노이즈만", f"Share of detail: noise at scale {i}")
            for i in range(SCALES)
        },
    },
    plot=tuple(f"layout_{i}" for i in range(SCALES)),
    explanation=(
        "가장 작은 층에서는 11×11픽셀이 그림 높이의 대부분이어서, 거기에서 정해진 것은 위층이 "
        "옮길 수 없다. 위층의 노이즈는 아래층이 놓친 오차에 비례해 작아지므로 남은 것, 곧 "
        "세부만 흔든다. 세부의 비율은 층이 올라갈수록 커진다. 가장 작은 층의 노이즈도 세부를 "
        "함께 흔드는데, 물체가 자리를 옮기면 그 가장자리도 따라 움직이기 때문이다.",
        "At the coarsest scale 11x11 pixels are most of the picture's height, and what is "
        "decided there cannot be moved by the scales above. Their noise shrinks with the error "
        "that the scales below leave, so it only stirs what is left: detail. Its share grows "
        "from scale to scale. The coarsest noise scatters detail too, since the edges of a "
        "thing move along with it.",
    ),
    measure=measure,
    holds=holds,
    opening=opening,
)
