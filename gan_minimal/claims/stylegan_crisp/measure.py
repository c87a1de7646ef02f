"""Are smoothing and a linear end, as in the paper, in the way of pixel art?"""

from typing import Any

from gan_minimal.claims import Claim, Statement, Values, below, device, in_parallel
from gan_minimal.claims._helpers import distance_of_faces, stylegan_run, trained_stylegan
from gan_minimal.models import sampling
from gan_minimal.models.stylegan import PIXEL_ART
from gan_minimal.scoring import distances
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
ARMS: dict[str, dict[str, Any]] = {"smooth": {}, "crisp": PIXEL_ART}


def scores(seed: int, changes: dict[str, Any]) -> tuple[float, float]:
    """Train one; return the Fréchet distance and the share of near duplicates of its faces."""
    model = trained_stylegan(seed, device(), **changes)
    drawn = sampling.sample(model, SAMPLES, seed=1)
    return distance_of_faces(model), distances.near_duplicates(drawn)


def measure() -> Values:
    """Train three of each."""
    found = in_parallel(scores, [(seed, changes) for changes in ARMS.values() for seed in SEEDS])
    distances, shares = zip(*found, strict=True)
    return {
        "smooth": distances[:3],
        "crisp": distances[3:],
        "smooth_duplicates": shares[:3],
        "crisp_duplicates": shares[3:],
    }


def opening() -> list[float]:
    """Return the losses of the first rounds of both networks."""
    runs = [stylegan_run(SEEDS[0], **changes) for changes in ARMS.values()]
    return [loss for run in runs for loss in first_losses(*run)]


CLAIM = Claim(
    __file__,
    place="models/stylegan.md#fused",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("nearer", lambda values: below(values["crisp"], values["smooth"]), ours=True),
    ),
    opening=opening,
    plot=("smooth", "crisp"),
)
