"""Does a CGAN draw what it is asked for, also what it has never seen?"""

from dataclasses import replace

import torch

from gan_minimal import data, models
from gan_minimal.claims import Claim, Statement, Values, at_least, device, in_parallel
from gan_minimal.claims._helpers import trained_model
from gan_minimal.models.cgan_conv import ConvCGAN
from gan_minimal.scoring.hangul import score_syllables
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's


def settings(seed: int) -> loop.Settings:
    """Return the settings of the tiny preset with another seed."""
    return replace(loop.Settings(**models.preset("cgan_conv")["train"]), seed=seed)


def scores(seed: int) -> dict[str, float]:
    """Train a CGAN of Hangul and let the independent reader read what it writes."""
    chosen = replace(settings(seed), device=device())
    run = loop.begin(ConvCGAN, models.preset("cgan_conv")["model"], chosen)
    writer = trained_model(run, chosen)
    with torch.inference_mode():
        found = score_syllables(writer, data.find("hangul32-jamo"))
    return {name: score["value"] for name, score in found.items()}


def measure() -> Values:
    """Train three."""
    found = in_parallel(scores, [(seed,) for seed in SEEDS])
    return {name: [each[name] for each in found] for name in found[0]}


def opening() -> list[float]:
    """Return the losses of the first rounds."""
    chosen = settings(SEEDS[0])
    return first_losses(loop.new("cgan_conv", models.preset("cgan_conv")["model"], chosen), chosen)


CLAIM = Claim(
    __file__,
    place="lecture.md#cgan",
    family="gan-family",
    measure=measure,
    statements=(
        Statement("seen", lambda values: at_least(values["read_seen"], 0.9)),
        Statement("unseen", lambda values: at_least(values["read_unseen"], 0.8), ours=True),
    ),
    opening=opening,
    plot=("read_seen", "read_unseen", "hand_changes", "letters_kept"),
    limits=lambda _: {"read_seen": 0.9, "read_unseen": 0.8},
)
