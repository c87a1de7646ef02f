"""Does StyleGAN learn more than faces, and are faces easier because less of them varies?"""

import torch
from torch import Tensor

from gan_minimal import data
from gan_minimal.claims import Claim, Statement, Values, below, device, in_parallel
from gan_minimal.claims._helpers import (
    STYLEGAN_SIZE,
    face_features,
    hangul_features,
    stylegan_run,
    trained_stylegan,
    untrained_stylegan,
)
from gan_minimal.models import sampling
from gan_minimal.models.protocol import Sampler
from gan_minimal.scoring import distances
from gan_minimal.scoring.hangul import some
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
SETS = {"faces": "faces16", "hangul": "hangul32"}
CHANNELS = {"faces": 3, "hangul": 1}
FEATURES = {"faces": face_features, "hangul": hangul_features}


def images(name: str, split: str) -> Tensor:
    """Return all faces or glyphs of a split, `(N, C, 16, 16)` in [-1, 1]."""
    return data.tensors(SETS[name], split, size=STYLEGAN_SIZE)[0]


@torch.inference_mode()
def distance(name: str, model: Sampler | None = None) -> float:
    """Return the Fréchet distance to images of the test split.

    Args:
        name: "faces" or "hangul".
        model: What draws as many images; by default they come from the training split.
    """
    real, look = some(images(name, "test")), FEATURES[name]
    others = sampling.sample(model, len(real), seed=1) if model else some(images(name, "train"))
    return distances.frechet_distance(look(others), look(real))


def variance_share(pictures: Tensor) -> float:
    """Return the variance of a pixel from image to image, as a share of that of all values.

    What is the same in all images, such as an empty background, adds to the whole alone.

    Args:
        pictures: `(N, C, H, W)`.
    """
    values = pictures.double()
    return (values.var(dim=0, correction=0).mean() / values.var(correction=0)).item()


def untrained(seed: int) -> float:
    """Return the distance of what a network draws that has not learned Hangul yet."""
    return distance("hangul", untrained_stylegan(seed, SETS["hangul"], channels=CHANNELS["hangul"]))


def trained(seed: int, name: str) -> float:
    """Train one and return the distance of what it draws."""
    model = trained_stylegan(seed, device(), SETS[name], channels=CHANNELS[name])
    return distance(name, model)


def measure() -> Values:
    """Train three of each."""
    found = in_parallel(trained, [(seed, name) for name in SETS for seed in SEEDS])
    distances = dict(zip(SETS, (found[:3], found[3:]), strict=True))
    floors = {name: distance(name) for name in SETS}
    values = {"hangul_untrained": [untrained(seed) for seed in SEEDS]}
    for name in SETS:
        values[name] = [each / floors[name] for each in distances[name]]
        values[f"{name}_distance"] = distances[name]
        values[f"{name}_floor"] = [floors[name]] * 3
        values[f"{name}_varies"] = [variance_share(images(name, "train"))] * 3
    return values


def learns(values: Values) -> list[float]:
    """Say by how much the distance to Hangul is below a tenth of what it was before training."""
    return below(values["hangul_distance"], [each / 10 for each in values["hangul_untrained"]])


def opening() -> list[float]:
    """Return the losses of the first rounds with faces and with Hangul."""
    losses = []
    for name in SETS:
        run = stylegan_run(SEEDS[0], dataset=SETS[name], channels=CHANNELS[name])
        dataset = data.load(SETS[name], size=STYLEGAN_SIZE)
        losses += first_losses(*run, dataset=dataset)
    return losses


CLAIM = Claim(
    __file__,
    place="answers/stylegan-domains.md#stylegan-domains",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("hangul", learns),
        Statement("easier", lambda values: below(values["faces"], values["hangul"])),
        Statement(
            "steadier", lambda values: below(values["faces_varies"], values["hangul_varies"])
        ),
    ),
    opening=opening,
    plot=("faces", "hangul"),
)
