"""Are smoothing and a linear end, as in the paper, in the way of pixel art?"""

from gan_minimal.claims import Claim, Values, device, in_parallel
from gan_minimal.claims._helpers import distance_of_faces, stylegan_run, trained_stylegan
from gan_minimal.scoring import distances
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
ARMS = {"smooth": False, "crisp": True}


def scores(seed: int, crisp: bool) -> tuple[float, float]:
    """Train one; return the Fréchet distance and the share of near duplicates of its faces."""
    model = trained_stylegan(seed, device(), crisp=crisp)
    return distance_of_faces(model), distances.twins(loop.sample(model, SAMPLES, seed=1))


def measure() -> Values:
    """Train three of each."""
    found = in_parallel(scores, [(seed, crisp) for crisp in ARMS.values() for seed in SEEDS])
    distances, shares = zip(*found, strict=True)
    return {
        "smooth": distances[:3],
        "crisp": distances[3:],
        "smooth_twins": shares[:3],
        "crisp_twins": shares[3:],
    }


def holds(values: Values) -> bool:
    """Apply the rule."""
    return all(x < y for x, y in zip(values["crisp"], values["smooth"], strict=True))


def opening() -> list[float]:
    """Return the losses of the first rounds of both networks."""
    runs = [stylegan_run(SEEDS[0], crisp=crisp) for crisp in ARMS.values()]
    return [loss for run in runs for loss in first_losses(*run)]


CLAIM = Claim(
    __file__,
    place="models/stylegan.md#fused",
    measure=measure,
    holds=holds,
    opening=opening,
    plot=("smooth", "crisp"),
)
