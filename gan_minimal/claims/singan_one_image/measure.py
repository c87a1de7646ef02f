"""What can be learnt from one photograph: more than its colours and its spectrum?"""

import torch
from torch import Tensor

from gan_minimal.claims import Claim, Statement, Values, at_least, below, device, in_parallel
from gan_minimal.claims._helpers import singan_run, trained_singan
from gan_minimal.models import sampling
from gan_minimal.scoring import single_photo
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
    model = trained_singan(seed, where)
    photo = single_photo.photograph(model, "photo")
    drawn = sampling.sample(model, SAMPLES, seed=1)
    texture = other_phases(photo, SAMPLES, seed)
    return (
        single_photo.patch_distance(drawn, photo).mean().item(),
        single_photo.patch_distance(texture, photo).mean().item(),
        single_photo.patch_distance(photo.flip(3), photo).item(),
        single_photo.diversity(drawn, photo),
    )


def measure() -> Values:
    """Train three."""
    results = in_parallel(measured, [(seed, device()) for seed in SEEDS])
    names = ("samples", "texture", "mirrored", "diversity")
    return dict(zip(names, map(list, zip(*results, strict=True)), strict=True))


def half(values: Values) -> float:
    """Return half the smallest distance of images that know the spectrum only."""
    return min(values["texture"]) / 2


def opening() -> list[float]:
    """Return the losses of the first rounds, and what stands for knowing the spectrum alone."""
    run, settings = singan_run(SEEDS[0])
    photo = single_photo.photograph(run.model, "photo")
    texture = single_photo.patch_distance(other_phases(photo, 4, SEEDS[0]), photo).mean().item()
    return [*first_losses(run, settings), texture]


CLAIM = Claim(
    __file__,
    place="lecture.md#singan",
    family="single-image",
    measure=measure,
    statements=(
        Statement("patches", lambda values: below(values["samples"], half(values))),
        Statement("varied", lambda values: at_least(values["diversity"], VARIED), ours=True),
    ),
    opening=opening,
    plot=("samples", "texture", "mirrored"),
    limits=lambda values: {"samples": half(values)},
)
