"""Do the features of a network that was never trained rank damage, and models, in order?"""

import torch
from torch import Tensor

from gan_minimal import data, zoo
from gan_minimal.claims import Claim, Statement, Values, at_least, both, rising
from gan_minimal.claims._helpers import face_features
from gan_minimal.claims.distance_metrics.measure import (
    BLUR,
    LEVELS,
    LOST,
    NOISE,
    blurred,
    readings_of_training,
    without,
)
from gan_minimal.models.protocol import Sampler
from gan_minimal.models.sampling import sample
from gan_minimal.scoring.distances import frechet_distance
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.scoring.untrained import features

SEEDS = (10, 11, 12, 13, 14)  # of the images that are drawn, and of the noise
SETS = {"faces": "faces16", "characters": "voxel64", "glyphs": "hangul32"}
AGREE = 0.8  # rank correlation from which two orders are the same for us


def damaged(images: Tensor, chance: torch.Generator) -> dict[str, Tensor]:
    """Return images `(N, C, H, W)` undamaged, with noise and blurred, each in three grades."""
    found = {"none": images}
    for level, sigma, share in zip(LEVELS, NOISE, BLUR, strict=True):
        noise = torch.randn(images.shape, generator=chance)
        found[f"noise_{level}"] = (images + sigma * noise).clamp(-1, 1)
        found[f"blur_{level}"] = blurred(images, share)
    return found


def distances(name: str, seed: int) -> dict[str, float]:
    """Return the distances of one drawing of images, undamaged and damaged, to the test split."""
    images, held_out = (data.tensors(SETS[name], split)[0] for split in ("train", "test"))
    real = features(held_out[:SAMPLES])
    chance = torch.Generator().manual_seed(seed)
    drawn = images[torch.randperm(len(images), generator=chance)[:SAMPLES]]
    return {
        f"{name}_{kind}": frechet_distance(features(each), real)
        for kind, each in damaged(drawn, chance).items()
    }


def lost(colours: Tensor, seed: int) -> dict[str, float]:
    """Return the distances of faces without the commonest hair colours to the test split.

    Args:
        colours: The hair colour that is read in each training image, `(N,)`.
        seed: Of what is drawn.
    """
    images, held_out = (data.tensors("faces16", split)[0] for split in ("train", "test"))
    real = features(held_out[:SAMPLES])
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    return {
        f"lost_{level}": frechet_distance(
            features(images[order[without(colours[order], count)[:SAMPLES]]]), real
        )
        for level, count in zip(LEVELS, LOST, strict=True)
    }


def painters() -> dict[str, Sampler]:
    """Return all recorded models that draw faces after training on nothing but faces."""
    on_faces = (n for n in zoo.names() if zoo.read(n)["settings"]["train"]["data"] == "faces16")
    found = {name: zoo.load(name) for name in on_faces}
    return {name: model for name, model in found.items() if isinstance(model, Sampler)}


def agreement(models: dict[str, Sampler], seed: int) -> float:
    """Return the rank correlation of the models' distances by both kinds of features."""
    real = data.tensors("faces16", "test")[0][:SAMPLES]
    ranks = []
    for seen in (face_features, features):
        floor = seen(real)
        by = [
            frechet_distance(seen(sample(model, SAMPLES, seed)), floor) for model in models.values()
        ]
        ranks.append(torch.tensor(by).argsort().argsort().double())
    return torch.corrcoef(torch.stack(ranks))[0, 1].item()  # Spearman's: no two are equal


def measure() -> Values:
    """Draw and damage images, and let the models draw, five times."""
    colours, models = readings_of_training()[1], painters()
    found = []
    for seed in SEEDS:
        values = {"order": agreement(models, seed)}
        for name in SETS:
            values |= distances(name, seed)
        found.append(values | lost(colours, seed))
    return {name: [each[name] for each in found] for name in found[0]}


def of_all(kind: str, values: Values) -> list[float]:
    """Say by how much the distance rises with a kind of damage, in the data where it does least."""
    return both(
        *(
            rising(values[f"{name}_none"], *(values[f"{name}_{kind}_{level}"] for level in LEVELS))
            for name in SETS
        )
    )


def opening() -> list[float]:
    """Return the distances of the first undamaged faces, and the first agreement."""
    return [distances("faces", SEEDS[0])["faces_none"], agreement(painters(), SEEDS[0])]


CLAIM = Claim(
    __file__,
    place="answers/gan-metrics.md#gan-metrics",
    family="metrics",
    measure=measure,
    statements=(
        Statement("noise", lambda values: of_all("noise", values), ours=True),
        Statement("blur", lambda values: of_all("blur", values), ours=True),
        Statement(
            "lost",
            lambda values: rising(
                values["faces_none"], *(values[f"lost_{level}"] for level in LEVELS)
            ),
            ours=True,
        ),
        Statement("order", lambda values: at_least(values["order"], AGREE), ours=True),
    ),
    opening=opening,
    plot=(
        "faces_none",
        *(f"faces_{kind}_{at}" for kind in ("noise", "blur") for at in LEVELS),
        *(f"lost_{at}" for at in LEVELS),
    ),
)
