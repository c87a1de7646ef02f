"""Is w, which the mapping network makes out of z, the straighter space, and is it needed?"""

from collections.abc import Callable
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal.claims import Claim, Statement, Values, below, device, in_parallel
from gan_minimal.claims._helpers import (
    STYLEGAN,
    distance_of_faces,
    stylegan_run,
    trained_stylegan,
    untrained_stylegan,
)
from gan_minimal.editing.stylegan import arc
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import readings
from gan_minimal.scoring.probes import separability
from gan_minimal.training.fingerprint import double_precision, first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
PAIRS = 1000
FACES = 20_000
STEP = 1e-4  # of a way whose length is 1, as in the paper


def changes(mapped: bool) -> dict[str, Any]:
    """Return what an arm changes: without a mapping, w is z on its sphere."""
    return {} if mapped else {"depth": 0, "style": STYLEGAN["latent"]}


def path_length(seen: Callable[[Tensor], Tensor], places: Tensor) -> float:
    """Return the mean of the squared speed with which features change along a way (section 4.1).

    Args:
        seen: Features `(N, D)` at places of N ways, `(N, 1)`.
        places: Where to look, from 0 to 1.
    """
    change = seen(places + STEP) - seen(places)
    return (change.square().sum(dim=1).mean() / STEP**2).item()


@torch.no_grad()
def path_lengths(model: StyleGAN) -> tuple[float, float]:
    """Measure ways between the same latents, along arcs in z and straight in w.

    In double precision: steps are short, and what they change in float32 would be rounding. The
    noise is the same at both ends of a step. The model stays in double precision.
    """
    judge = readings.classifier("attributes").double()
    mapping = model.double().generator.mapping
    with torch.random.fork_rng(), double_precision():
        torch.manual_seed(0)
        a, b = model.noise(2 * PAIRS).chunk(2)
        noise, places = model.generator.noise(PAIRS), torch.rand(PAIRS, 1)

    def seen(w: Tensor) -> Tensor:
        return judge.features(model.draw(w, noise).clamp(-1, 1))

    from_a, to_b = mapping(a), mapping(b)
    in_z = path_length(lambda t: seen(mapping(arc(a, b, t))), places)
    return in_z, path_length(lambda t: seen(torch.lerp(from_a, to_b, t)), places)


@torch.no_grad()
def read_faces(model: StyleGAN) -> tuple[Tensor, Tensor, dict[str, Tensor]]:
    """Draw faces; return their z (directions) and w, and how their two-valued attributes are read.

    Returns:
        `(FACES, latent)`, `(FACES, style)`, and for each attribute `(FACES,)`.
    """
    judge = readings.classifier("attributes")
    with torch.random.fork_rng():
        torch.manual_seed(1)
        z = model.noise(FACES)
        w = model.generator.mapping(z)
        faces = torch.cat([model.draw(piece).clamp(-1, 1) for piece in w.split(1000)])
    _, read = readings.read(judge, faces)
    return F.normalize(z), w, {name: y for name, y in read.items() if judge.classes[name] == 2}


def spaces(model: StyleGAN) -> dict[str, float]:
    """Measure z and w of a network with a mapping."""
    z, w, read = read_faces(model)
    in_z, in_w = path_lengths(model)
    return {
        "path_z": in_z,
        "path_w": in_w,
        "separability_z": separability(z, read),
        "separability_w": separability(w, read),
        "separability_blind": separability(0 * z, read),
    }


def scores(seed: int, mapped: bool) -> dict[str, float]:
    """Train one, with a mapping network or without, and measure its spaces."""
    model = trained_stylegan(seed, device(), **changes(mapped))
    distance = distance_of_faces(model)
    if not mapped:
        return {"distance_without": distance, "path_without": path_lengths(model)[0]}
    before = {f"{name}_before": value for name, value in spaces(untrained_stylegan(seed)).items()}
    return {"distance_with": distance} | spaces(model) | before


def measure() -> Values:
    """Train three of each."""
    found = in_parallel(scores, [(seed, mapped) for mapped in (True, False) for seed in SEEDS])
    pairs = [one | other for one, other in zip(found[:3], found[3:], strict=True)]
    return {name: [each[name] for each in pairs] for name in pairs[0]}


def smaller(a: str, b: str) -> Callable[[Values], list[float]]:
    """Return the margins of one value below another, seed by seed."""
    return lambda values: below(values[a], values[b])


def opening() -> list[float]:
    """Return the losses of the first rounds, with a mapping network and without."""
    runs = [stylegan_run(SEEDS[0], **changes(mapped)) for mapped in (True, False)]
    return [loss for run in runs for loss in first_losses(*run)]


CLAIM = Claim(
    __file__,
    place="lecture.md#mapping-network",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("path", smaller("path_w", "path_z"), ours=True),
        Statement("planes", smaller("separability_w", "separability_z"), ours=True),
        Statement("nearer", smaller("distance_with", "distance_without")),
    ),
    opening=opening,
    plot=("path_z", "path_w", "path_without"),
)
