"""Do distances of feature vectors rank graded damage, and what do too few images do to them?"""

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal import data
from gan_minimal.claims import Claim, Statement, Values, at_least, at_most, both, rising
from gan_minimal.claims._helpers import face_features
from gan_minimal.scoring import readings
from gan_minimal.scoring.distances import frechet_distance, kernel_distance
from gan_minimal.scoring.evaluate import SAMPLES

SEEDS = (10, 11, 12, 13, 14)  # of the images that are drawn, and of the noise
DISTANCES = {"fid": frechet_distance, "kid": kernel_distance}
LEVELS = ("weak", "middle", "strong")
NOISE = (0.1, 0.2, 0.4)  # standard deviation, of values from -1 to 1
BLUR = (0.25, 0.5, 1.0)  # share of the mean of 3x3 pixels in the image
LOST = (2, 4, 6)  # of the eight hair colours, the commonest ones first
FEW, MANY = 100, 50_000


def blurred(images: Tensor, share: float) -> Tensor:
    """Mix images `(N, C, H, W)` with the mean of each pixel and its eight neighbours."""
    around = F.avg_pool2d(F.pad(images, (1, 1, 1, 1), mode="replicate"), 3, stride=1)
    return (1 - share) * images + share * around


def without(colours: Tensor, lost: int) -> Tensor:
    """Return where `colours` `(N,)` is none of the `lost` commonest ones."""
    commonest = torch.bincount(colours).argsort(descending=True)[:lost]
    return (~torch.isin(colours, commonest)).nonzero().flatten()


def fitted(features: Tensor, n: int, chance: torch.Generator) -> Tensor:
    """Draw `n` vectors from the Gaussian with mean and covariance of `features` `(N, D)`."""
    root = torch.linalg.cholesky(torch.cov(features.T) + 1e-6 * torch.eye(features.shape[1]))
    return features.mean(0) + torch.randn(n, len(root), generator=chance) @ root.T


def scores(known: Tensor, colours: Tensor, seed: int) -> dict[str, float]:
    """Return the distances of one drawing of images, undamaged and damaged, to the test split.

    Args:
        known: Features of the training split, `(N, D)`.
        colours: The hair colour that is read in each, `(N,)`.
        seed: Of what is drawn.
    """
    images, held_out = data.tensors("faces16", "train")[0], data.tensors("faces16", "test")[0]
    real = face_features(held_out[:SAMPLES])
    chance = torch.Generator().manual_seed(seed)
    order = torch.randperm(len(images), generator=chance)
    drawn = images[order[:SAMPLES]]
    sets = {"none": known[order[:SAMPLES]]}
    for level, sigma, share, lost in zip(LEVELS, NOISE, BLUR, LOST, strict=True):
        noise = torch.randn(drawn.shape, generator=chance)
        sets[f"noise_{level}"] = face_features((drawn + sigma * noise).clamp(-1, 1))
        sets[f"blur_{level}"] = face_features(blurred(drawn, share))
        left = without(colours[order], lost)[:SAMPLES]
        sets[f"lost_{level}"] = known[order[left]]
    found = {
        f"{name}_{kind}": distance(features, real)
        for name, distance in DISTANCES.items()
        for kind, features in sets.items()
    }
    for name, distance in DISTANCES.items():
        found[f"{name}_few"] = distance(known[order[:FEW]], real[:FEW])
    for size, n in (("thousand", SAMPLES), ("many", MANY)):
        pair = (fitted(known, n, chance) for _ in range(2))
        found[f"fid_{size}"] = frechet_distance(*pair)
    return found


def readings_of_training() -> tuple[Tensor, Tensor]:
    """Return features and hair colours that are read in the training split."""
    images = data.tensors("faces16", "train")[0]
    features, read = readings.read(readings.classifier("attributes"), images)
    return features, read["hair_color"]


def measure() -> Values:
    """Draw and damage images five times."""
    known, colours = readings_of_training()
    found = [scores(known, colours, seed) for seed in SEEDS]
    return {name: [each[name] for each in found] for name in found[0]}


def ranks(distance: str, values: Values) -> list[float]:
    """Say by how much a distance rises with the damage, of all kinds where it rises least."""
    none = values[f"{distance}_none"]
    kinds = ("noise", "blur", "lost")
    graded = ([values[f"{distance}_{kind}_{level}"] for level in LEVELS] for kind in kinds)
    return both(*(rising(none, *each) for each in graded))


def opening() -> list[float]:
    """Return the distances of the first drawing, undamaged."""
    images, held_out = data.tensors("faces16", "train")[0], data.tensors("faces16", "test")[0]
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(SEEDS[0]))
    real, drawn = (face_features(x[:SAMPLES]) for x in (held_out, images[order]))
    return [distance(drawn, real) for distance in DISTANCES.values()]


CLAIM = Claim(
    __file__,
    place="answers/gan-metrics.md#gan-metrics",
    family="metrics",
    measure=measure,
    statements=(
        Statement("fid", lambda values: ranks("fid", values)),
        Statement("kid", lambda values: ranks("kid", values)),
        Statement(
            "few",
            lambda values: at_least(values["fid_few"], [2 * each for each in values["fid_none"]]),
            ours=True,
        ),
        Statement(
            "many",
            lambda values: at_most(
                values["fid_many"], [0.1 * each for each in values["fid_thousand"]]
            ),
            ours=True,
        ),
    ),
    opening=opening,
    plot=("fid_none", *(f"fid_{kind}_{at}" for kind in ("noise", "blur", "lost") for at in LEVELS)),
)
