"""What can be learnt from one photograph: more than its colours and its spectrum?"""

import torch
from torch import Tensor

from gan_minimal.claims import Claim, Values, device, spread
from gan_minimal.claims._helpers import scene, trained_scene
from gan_minimal.scoring import single_photo
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
SAMPLES = 50
VARIED = 0.2  # of the photograph's contrast: less would be the photograph itself


def other_phases(photo: Tensor, n: int, seed: int) -> Tensor:
    """Draw images with the mean colours and the spectrum of a photograph, and nothing else of it.

    All colours are shifted alike, so that they stay together as they are.

    Args:
        photo: `(1, 3, H, W)`.
        n: Number of images.
        seed: Seed of the phases.
    """
    generator = torch.Generator().manual_seed(seed)
    noise = torch.randn(n, 1, *photo.shape[2:], generator=generator)
    turn = torch.fft.rfft2(noise)
    turn = turn / turn.abs().clamp(min=1e-9)
    turn[..., 0, 0] = 1  # the mean stays
    return torch.fft.irfft2(torch.fft.rfft2(photo) * turn, s=photo.shape[2:])


def measured(seed: int, where: str) -> tuple[float, float, float, float]:
    """Train on the photograph; return three distances to it and the diversity of the samples."""
    model = trained_scene(seed, where)
    photo = single_photo.photograph(model, "photo")
    drawn = loop.sample(model, SAMPLES, seed=1)
    texture = other_phases(photo, SAMPLES, seed)
    distances = (single_photo.patch_distance(x, photo).mean().item() for x in (drawn, texture))
    mirrored = single_photo.patch_distance(photo.flip(3), photo).item()
    return (*distances, mirrored, single_photo.diversity(drawn, photo))  # type: ignore[return-value]


def measure() -> Values:
    """Train three."""
    results = spread(measured, [(seed, device()) for seed in SEEDS])
    names = ("samples", "texture", "mirrored", "diversity")
    return dict(zip(names, map(list, zip(*results, strict=True)), strict=True))


def holds(values: Values) -> bool:
    """Apply the rule."""
    close = max(values["samples"]) < min(values["texture"]) / 2
    return close and min(values["diversity"]) >= VARIED


def opening() -> list[float]:
    """Return the losses of the first rounds, and what stands for knowing the spectrum alone."""
    run, settings = scene(SEEDS[0])
    photo = single_photo.photograph(run.model, "photo")  # type: ignore[arg-type]
    texture = single_photo.patch_distance(other_phases(photo, 4, SEEDS[0]), photo).mean().item()
    return [*first_losses(run, settings), texture]


CLAIM = Claim(
    id="singan-one-image",
    says=(
        "SinGAN은 이미지 한 장으로 학습한다. 곧 사진 한 장만 보고도, 조각들이 그 사진의 것과 닮고 "
        "배치는 서로 다른 그림을 그린다.",
        "SinGAN learns from a single image: having seen one photograph it draws pictures that are "
        "made of patches like its own and differ in their layout.",
    ),
    place="lecture.md#singan",
    measured=(
        "내장 사진(68×46픽셀로 줄임, 층 4개, 층마다 200라운드)으로 학습한 SinGAN의 샘플 50장이 "
        "사진과 얼마나 다른지를 7×7 조각들의 분포로 잰다(라플라스 피라미드 세 층의 조각내기 "
        "바서슈타인 거리, 층마다 사진의 대비로 나눔). 같은 거리를 사진의 평균 색과 스펙트럼만 "
        "아는 그림 50장(위상을 무작위로 바꿈)과, 참인 조각으로 된 다른 장면인 좌우를 뒤집은 "
        "사진에서도 잰다. 다양성은 샘플 사이에서 화소의 밝기가 흩어진 정도를 사진의 대비로 나눈 "
        "것이다. 시드 3개.",
        "50 samples of SinGAN, trained on the built-in photograph (reduced to 68x46 pixels, 4 "
        "scales, 200 rounds each), are compared with it by the distribution of their 7x7 patches "
        "(sliced Wasserstein distance in three bands of a Laplacian pyramid, each relative to the "
        "photograph's contrast). So are 50 images that know its mean colours and its spectrum "
        "only (random phases), and the mirrored photograph, another scene of true patches. "
        "Diversity is the spread of a pixel's brightness over samples, relative to the "
        "photograph's contrast. 3 seeds.",
    ),
    rule=(
        "모든 시드에서 샘플의 거리가 스펙트럼만 아는 그림의 가장 작은 거리의 절반보다 작고, "
        "다양성이 0.2 이상이면 성립한다.",
        "It holds if for every seed the samples' distance is less than half the smallest one of "
        "the images that know the spectrum only, and the diversity is at least 0.2.",
    ),
    labels={
        "samples": ("샘플의 거리", "Distance of samples"),
        "texture": ("스펙트럼만 아는 그림의 거리", "Distance of the spectrum alone"),
        "mirrored": ("뒤집은 사진의 거리", "Distance of the mirrored photograph"),
        "diversity": ("샘플의 다양성", "Diversity of samples"),
    },
    plot=("samples", "texture", "mirrored"),
    explanation=(
        "사진 한 장뿐이어도 조각은 수천 개이다. 판별자가 한 번에 보는 것이 11×11픽셀뿐이어서 "
        "사진을 통째로 외워서는 이길 수 없고, 조각의 분포를 맞추어야 한다. 샘플의 거리는 "
        "좌우를 뒤집은 사진의 거리와 비슷하다. 곧 참인 조각으로 만든 다른 장면만큼 가깝다. "
        "스펙트럼만 아는 그림은 같은 색과 같은 굵기의 무늬를 그리지만 물체의 가장자리가 없어서 "
        "세 배 넘게 멀다.",
        "One photograph still has thousands of patches. The discriminator sees 11x11 pixels at "
        "a time, so learning the photograph by heart does not win the game; matching the "
        "distribution of its patches does. The samples are about as far from it as its mirror "
        "image, another scene of true patches. Images that know the spectrum only have the "
        "same colours and texture of the same grain, but no edges of things, and are more than "
        "three times as far away.",
    ),
    measure=measure,
    holds=holds,
    opening=opening,
)
