"""Does it help that a generator only adds to the image from the scale below?"""

import torch.nn.functional as F

from gan_minimal.claims import Claim, Statement, Values, below, device, in_parallel
from gan_minimal.claims._helpers import singan_run, trained_singan
from gan_minimal.models import sampling
from gan_minimal.scoring import single_photo
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
SAMPLES = 50


def measured(seed: int, where: str, residual: bool) -> tuple[float, float]:
    """Train with or without the skip; return the samples' distance and the error of z*."""
    model = trained_singan(seed, where, residual=residual)
    photo = single_photo.photograph(model, "photo")
    drawn = sampling.sample(model, SAMPLES, seed=1)
    error = F.mse_loss(model.sample(1, first=len(model.sizes)), photo).sqrt().item()
    return single_photo.patch_distance(drawn, photo).mean().item(), error


def measure() -> Values:
    """Train three of each."""
    calls = [(seed, device(), residual) for residual in (True, False) for seed in SEEDS]
    distances, errors = zip(*in_parallel(measured, calls), strict=True)
    return {
        "residual": list(distances[:3]),
        "plain": list(distances[3:]),
        "residual_error": list(errors[:3]),
        "plain_error": list(errors[3:]),
    }


def opening() -> list[float]:
    """Return the losses of the first rounds with and without the skip, one at each scale."""
    losses = []
    for residual in (True, False):
        run, settings = singan_run(SEEDS[0], residual=residual)
        run.model.rounds = 1
        losses += first_losses(run, settings, rounds=2)
    return losses


CLAIM = Claim(
    __file__,
    place="lecture.md#singan",
    family="single-image",
    measure=measure,
    statements=(
        Statement("nearer", lambda values: below(values["residual"], min(values["plain"]))),
    ),
    opening=opening,
    plot=("residual", "plain"),
    limits=lambda values: {"residual": min(values["plain"])},
)
