"""Does a penalty do better than clipped weights, if nothing else differs?"""

from dataclasses import replace
from typing import Any

import torch

from gan_minimal import models
from gan_minimal.claims import Claim, Statement, Values, below, device, in_parallel
from gan_minimal.claims._helpers import distance_of_faces, trained_model
from gan_minimal.models.wgan import WGAN, clip_weights
from gan_minimal.models.wgan_gp import WGANGP
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (0, 1, 2)
ROUNDS = 3000


def set_up(seed: int) -> loop.Settings:
    """Return the settings of both trainings."""
    settings = loop.Settings(**models.preset("wgan_gp")["train"])
    return replace(settings, seed=seed, steps=ROUNDS, ema=0.99)


def build(name: str, seed: int) -> WGAN | WGANGP:
    """Return model `name` with its tiny preset's loss and optimiser, but WGAN-GP's networks."""
    torch.manual_seed(seed)
    penalised = WGANGP(**models.preset("wgan_gp")["model"])
    if name == "wgan_gp":
        return penalised
    clipped: Any = WGAN(**models.preset("wgan")["model"])  # gets networks of another class
    clipped.latent = penalised.latent
    clipped.generator, clipped.critic = penalised.generator, penalised.critic
    clip_weights(clipped.critic, clipped.clip)
    return clipped


def distance(name: str, seed: int) -> float:
    """Train a model and return the Fréchet distance of its faces to the test split."""
    settings = replace(set_up(seed), device=device())
    return distance_of_faces(trained_model(loop.start(build(name, seed), settings), settings))


def measure() -> Values:
    """Train three of each."""
    distances = in_parallel(
        distance, [(name, seed) for name in ("wgan", "wgan_gp") for seed in SEEDS]
    )
    return {"wgan": distances[:3], "wgan_gp": distances[3:]}


def opening() -> list[float]:
    """Return the losses of each model's first rounds."""
    settings = set_up(SEEDS[0])
    return [
        loss
        for name in ("wgan", "wgan_gp")
        for loss in first_losses(loop.start(build(name, SEEDS[0]), settings), settings)
    ]


CLAIM = Claim(
    __file__,
    place="lecture.md#wgan-gp",
    family="gan-family",
    measure=measure,
    statements=(Statement("nearer", lambda values: below(values["wgan_gp"], min(values["wgan"]))),),
    opening=opening,
    plot=("wgan", "wgan_gp"),
    limits=lambda values: {"wgan_gp": min(values["wgan"])},
)
