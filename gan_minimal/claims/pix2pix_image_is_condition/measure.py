"""Is the image itself the condition, and do colours come along that nobody names?"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal import data, models
from gan_minimal.claims import Claim, Statement, Values, above, below, both, device, in_parallel
from gan_minimal.claims._helpers import trained_model
from gan_minimal.models.pix2pix import Pix2Pix
from gan_minimal.scoring.translation import score_painted
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
ROUNDS = 3000


class Reconstruction(Pix2Pix):
    """The generator alone, which only comes as near to the target as it can."""

    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play the generator's move without an opponent."""
        condition, target = batch
        yield "generator", self.lambda_l1 * F.l1_loss(self.generator(condition), target)


class Blind(Pix2Pix):
    """Both players see an empty picture in place of the condition."""

    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play the round of Pix2Pix."""
        condition, target = batch
        return super().step((torch.zeros_like(condition), target))

    @torch.no_grad()
    def translate(self, images: Tensor) -> Tensor:
        """Draw without looking."""
        return super().translate(torch.zeros_like(images))


WAYS = {"pix2pix": Pix2Pix, "l1": Reconstruction, "blind": Blind}


def settings(seed: int) -> loop.Settings:
    """Return the settings of all trainings."""
    preset = loop.Settings(**models.preset("pix2pix", "faces")["train"])
    return replace(preset, seed=seed, steps=ROUNDS)


def begun(way: str, chosen: loop.Settings) -> loop.Run[Any]:
    """Return a new run: the same first weights for every way of training."""
    torch.manual_seed(chosen.seed)
    return loop.start(WAYS[way](**models.preset("pix2pix", "faces")["model"]), chosen)


def scores(way: str, seed: int) -> dict[str, float]:
    """Train one and score the faces that it paints from held-out label maps."""
    chosen = replace(settings(seed), device=device())
    painter = trained_model(begun(way, chosen), chosen)
    with torch.inference_mode():
        found = score_painted(painter, data.find("faces16-labelmap"))
    return {name: found[name]["value"] for name in ("error_face", "spread_hair", "spread_skin")}


def measure() -> Values:
    """Train three of each."""
    calls = [(way, seed) for way in WAYS for seed in SEEDS]
    found = dict(zip(calls, in_parallel(scores, calls), strict=True))
    return {
        f"{way}_{name}": [found[way, seed][name] for seed in SEEDS]
        for name in ("error_face", "spread_hair", "spread_skin")
        for way in WAYS
        if not (way == "blind" and name != "error_face")
    }


def sees(values: Values) -> list[float]:
    """Say by how much each error is below the smallest one without the condition."""
    return below(values["pix2pix_error_face"], min(values["blind_error_face"]))


def varied(values: Values) -> list[float]:
    """Say by how much more colours vary than with L1 alone: of hair or of skin, the smaller."""
    spreads = ("pix2pix_spread_{}", "l1_spread_{}")
    regions = ([values[name.format(region)] for name in spreads] for region in ("hair", "skin"))
    return both(*(above(ours, grey) for ours, grey in regions))


def opening() -> list[float]:
    """Return the losses of each way's first rounds."""
    chosen = settings(SEEDS[0])
    return [loss for way in WAYS for loss in first_losses(begun(way, chosen), chosen)]


CLAIM = Claim(
    __file__,
    place="answers/pix2pix-condition.md#pix2pix-condition",
    family="image-to-image",
    measure=measure,
    statements=(
        Statement("image", sees),
        Statement("colours", varied, ours=True),
    ),
    opening=opening,
    plot=(
        *("pix2pix_error_face", "l1_error_face", "blind_error_face"),
        *("pix2pix_spread_hair", "l1_spread_hair", "pix2pix_spread_skin", "l1_spread_skin"),
    ),
    limits=lambda values: {"pix2pix_error_face": min(values["blind_error_face"])},
)
