"""Do convolutions help, if both networks may compute equally much?"""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from torch.utils.flop_counter import FlopCounterMode

from gan_minimal import data
from gan_minimal.claims import Claim, Statement, Values, below, device, in_parallel
from gan_minimal.claims._helpers import distance_of_faces, trained_model
from gan_minimal.models.dcgan import DCGAN
from gan_minimal.models.gan import GAN
from gan_minimal.training import loop
from gan_minimal.training.batches import batches
from gan_minimal.training.fingerprint import first_losses

SEEDS = (0, 1, 2)
ROUNDS = 2000  # of DCGAN; the GAN of fully connected layers plays as many as cost the same
# As both models were tuned for recorded runs on the same data, when this was measured
ARGUMENTS: dict[str, dict[str, Any]] = {
    "dcgan": {"size": 16, "width": 96, "latent": 64, "lr": 1e-3},
    "gan": {"size": 16, "channels": 3, "latent": 64, "hidden": 384, "units": 128},
}
KINDS: dict[str, Callable[..., DCGAN | GAN]] = {"dcgan": DCGAN, "gan": GAN}
PRECISION = {"dcgan": "bfloat16", "gan": "float32"}


def set_up(name: str, seed: int) -> tuple[dict[str, Any], loop.Settings]:
    """Return a model's arguments and settings, alike for both models but precision and rounds."""
    settings = loop.Settings(
        "faces16", batch=64, steps=ROUNDS, seed=seed, precision=PRECISION[name], ema=0.999
    )
    return ARGUMENTS[name], settings


def flops(name: str) -> float:
    """Count the multiplications and additions of one round, matrices and convolutions."""
    arguments, settings = set_up(name, seed=0)
    run = loop.begin(KINDS[name], arguments, settings)
    batch = next(batches(data.load(settings.data), settings.batch, 0, "cpu"))
    with FlopCounterMode(display=False) as counter:
        for _ in loop.play(run, batch, settings):
            pass
    return float(counter.get_total_flops())


def distance(name: str, seed: int, rounds: int) -> float:
    """Train a model and return the Fréchet distance of its faces to the test split."""
    arguments, settings = set_up(name, seed)
    settings = replace(settings, steps=rounds, device=device())
    return distance_of_faces(trained_model(loop.begin(KINDS[name], arguments, settings), settings))


def measure() -> Values:
    """Train three of each."""
    dcgan, gan = flops("dcgan"), flops("gan")
    rounds = round(ROUNDS * dcgan / gan)
    calls = [("dcgan", seed, ROUNDS) for seed in SEEDS] + [("gan", seed, rounds) for seed in SEEDS]
    distances = in_parallel(distance, calls)
    return {
        "dcgan": distances[:3],
        "mlp": distances[3:],
        "teraflops": [ROUNDS * dcgan / 1e12] * len(SEEDS),
        "mlp_rounds": [rounds] * len(SEEDS),
    }


def opening() -> list[float]:
    """Return the losses of each model's first rounds, and what a round costs."""
    numbers = [flops("dcgan"), flops("gan")]
    for name in ("dcgan", "gan"):
        arguments, settings = set_up(name, SEEDS[0])
        numbers += first_losses(loop.begin(KINDS[name], arguments, settings), settings)
    return numbers


CLAIM = Claim(
    __file__,
    place="lecture.md#dcgan",
    family="gan-family",
    measure=measure,
    statements=(
        Statement("nearer", lambda values: below(values["dcgan"], min(values["mlp"])), ours=True),
    ),
    opening=opening,
    plot=("dcgan", "mlp"),
    limits=lambda values: {"dcgan": min(values["mlp"])},
)
