"""Can what CycleGAN translates be turned back, and is it the cycle loss that does it?"""

from collections.abc import Callable
from dataclasses import replace

import torch

from gan_minimal import data, models
from gan_minimal.claims import Claim, Statement, Values, below, device, in_parallel
from gan_minimal.claims._helpers import trained_model
from gan_minimal.data.pairs import BRUSH, PRINT
from gan_minimal.models.cyclegan import CycleGAN
from gan_minimal.scoring.translation import score_round_trip
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
ROUNDS = 1000
NEXT_TO_NOTHING = 1e-6  # in place of 0, which would take the identity loss with it
WAYS = ("with", "without")


def settings(seed: int) -> loop.Settings:
    """Return the settings of all trainings."""
    preset = loop.Settings(**models.preset("cyclegan")["train"])
    return replace(preset, seed=seed, steps=ROUNDS)


def begun(way: str, chosen: loop.Settings) -> loop.Run[CycleGAN]:
    """Return a new run of the tiny preset, with or without the cycle loss."""
    arguments = dict(models.preset("cyclegan")["model"])
    # the schedule of the preset, so that these rounds end as its last ones do
    epochs = ROUNDS // arguments["epoch_rounds"]
    arguments |= {"n_epochs": epochs // 2, "n_epochs_decay": epochs - epochs // 2}
    run = loop.begin(CycleGAN, arguments, chosen)
    if way == "without":  # the identity loss, whose weight is a product, keeps its own
        run.model.lambda_identity *= run.model.lambda_cycle / NEXT_TO_NOTHING
        run.model.lambda_cycle = NEXT_TO_NOTHING
    return run


def scores(way: str, seed: int) -> dict[str, float]:
    """Train one and score its translations of held-out syllables."""
    chosen = replace(settings(seed), device=device())
    translator = trained_model(begun(way, chosen), chosen)
    with torch.inference_mode():
        found = score_round_trip(translator, data.find("hangul32-unpaired"))
    return {
        what: sum(found[f"{what}_{font}"]["value"] for font in (PRINT, BRUSH)) / 2
        for what in ("cycle", "error", "read")
    }


def measure() -> Values:
    """Train three of each."""
    calls = [(way, seed) for way in WAYS for seed in SEEDS]
    found = dict(zip(calls, in_parallel(scores, calls), strict=True))
    return {
        f"{what}_{way}": [found[way, seed][what] for seed in SEEDS]
        for what in ("cycle", "error", "read")
        for way in WAYS
    }


def smaller(what: str) -> Callable[[Values], list[float]]:
    """Return the margins of each error with the cycle loss below the smallest one without."""
    return lambda values: below(values[f"{what}_with"], min(values[f"{what}_without"]))


def opening() -> list[float]:
    """Return the losses of each way's first rounds."""
    chosen = settings(SEEDS[0])
    return [loss for way in WAYS for loss in first_losses(begun(way, chosen), chosen)]


CLAIM = Claim(
    __file__,
    place="lecture.md#cyclegan",
    family="image-to-image",
    measure=measure,
    statements=(
        Statement("back", smaller("cycle")),
        Statement("partner", smaller("error"), ours=True),
    ),
    opening=opening,
    plot=("cycle_with", "cycle_without", "error_with", "error_without"),
    limits=lambda values: {
        f"{what}_with": min(values[f"{what}_without"]) for what in ("cycle", "error")
    },
)
