"""Does one network translate among many domains, where pairs of domains would need one each?"""

from dataclasses import replace

import torch
from torch import nn

from gan_minimal import data, models
from gan_minimal.claims import Claim, Statement, Values, at_least, below, device, in_parallel
from gan_minimal.claims._helpers import trained_model
from gan_minimal.data.domains import COLORS
from gan_minimal.models.cyclegan import CycleGAN
from gan_minimal.models.stargan import StarGAN
from gan_minimal.scoring.face_edits import KINDS, score_edits
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
ROUNDS = 4000
AIM = 0.95


def settings(seed: int) -> loop.Settings:
    """Return the settings of the tiny preset with another seed and half the rounds."""
    return replace(loop.Settings(**models.preset("stargan")["train"]), seed=seed, steps=ROUNDS)


def begun(chosen: loop.Settings) -> loop.Run[StarGAN]:
    """Return a new run of the tiny preset, whose learning rate falls in its second half."""
    arguments = models.preset("stargan")["model"] | {"lr_decay": (ROUNDS // 2, ROUNDS)}
    return loop.begin(StarGAN, arguments, chosen)


def size(network: nn.Module) -> int:
    """Count parameters."""
    return sum(p.numel() for p in network.parameters())


def parameters() -> tuple[float, float]:
    """Count the parameters of one StarGAN and of a CycleGAN's generator for each pair, in millions.

    Both in their paper presets, with hair colours alone as domains.
    """
    pairs = len(COLORS) * (len(COLORS) - 1)
    one = StarGAN(**models.preset("stargan", "paper")["model"])
    cycle = CycleGAN(**models.preset("cyclegan", "paper")["model"])
    return size(one.generator) / 1e6, pairs * size(cycle.generators["a_to_b"]) / 1e6


def scores(seed: int) -> dict[str, float]:
    """Train one and score each kind of edit."""
    chosen = replace(settings(seed), device=device())
    editor = trained_model(begun(chosen), chosen)
    with torch.inference_mode():
        found = score_edits(editor, data.find("faces16-domains"))
    return {
        "reached": found["reached"]["value"],
        "reached_least": min(found[f"reached_{kind}"]["value"] for kind in KINDS),
        "off": found["off"]["value"],
        "untouched": found["untouched"]["value"],
        "kept": found["kept"]["value"],
    }


def measure() -> Values:
    """Train three."""
    found = in_parallel(scores, [(seed,) for seed in SEEDS])
    one, many = parameters()
    values = {name: [each[name] for each in found] for name in found[0]}
    return values | {"parameters_one": [one] * 3, "parameters_many": [many] * 3}


def fewer(values: Values) -> list[float]:
    """Say by how many millions the parameters of one generator are fewer, whatever the seed."""
    return below(values["parameters_one"][:1], values["parameters_many"][:1])


def opening() -> list[float]:
    """Return the losses of the first rounds."""
    chosen = settings(SEEDS[0])
    return first_losses(begun(chosen), chosen)


CLAIM = Claim(
    __file__,
    place="lecture.md#stargan",
    family="image-to-image",
    measure=measure,
    statements=(
        Statement("fewer", fewer),
        Statement("edits", lambda values: at_least(values["reached_least"], AIM), ours=True),
        Statement("exact", lambda values: below(values["off"], values["untouched"]), ours=True),
    ),
    opening=opening,
    plot=("reached", "reached_least", "kept"),
    limits=lambda _: {"reached_least": AIM},
)
