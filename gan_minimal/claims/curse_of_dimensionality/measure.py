"""Do distances lose their meaning in many dimensions, and do fewer bring it back?"""

import torch
from torch import Tensor

from gan_minimal import data
from gan_minimal.claims import Claim, Statement, Values, at_least, at_most

SEEDS = (10, 11, 12)
DIMENSIONS = (2, 32, 768)  # 768: the numbers in an image of faces16
LOW, HIGH = DIMENSIONS[0], DIMENSIONS[-1]
POINTS, QUERIES = 1000, 1000
NEIGHBOURS = 5


def contrast(points: Tensor, queries: Tensor) -> float:
    """Median over `queries` of (farthest - nearest) / nearest distance to `points`, `(n, d)`."""
    distances = torch.cdist(queries, points)
    nearest, farthest = distances.amin(1), distances.amax(1)
    return ((farthest - nearest) / nearest).median().item()


def task(n: int, dimensions: int) -> tuple[Tensor, Tensor]:
    """Draw points `(n, dimensions)` and their classes `(n,)`.

    Two coordinates decide, uniform in [-5, 5]: whether their signs agree. The others are N(0, 1)
    noise.
    """
    deciding = 10 * torch.rand(n, 2) - 5
    points = torch.cat([deciding, torch.randn(n, dimensions - 2)], dim=1)
    return points, (deciding.prod(1) > 0).long()


def accuracy(points: Tensor, classes: Tensor) -> float:
    """Share of the last `QUERIES` points that are of the class of most of their neighbours.

    The neighbours are the nearest among the first `POINTS`, and only of these the class is known.
    """
    distances = torch.cdist(points[POINTS:], points[:POINTS])
    neighbours = distances.topk(NEIGHBOURS, largest=False).indices
    votes = classes[neighbours].double().mean(1) > 0.5
    return (votes == classes[POINTS:].bool()).double().mean().item()


def principal(points: Tensor, length: int) -> Tensor:
    """Return the first `length` principal axes of `points`, `(d, length)`."""
    return torch.linalg.eigh(torch.cov(points.T)).eigenvectors[:, -length:]


def measure() -> Values:
    """Measure contrasts and a classifier of neighbours, three times each."""
    values: dict[str, list[float]] = {f"contrast_{d}": [] for d in DIMENSIONS}
    values |= {"contrast_faces": []} | {f"neighbours_{d}": [] for d in DIMENSIONS}
    values |= {"neighbours_pca": []}
    faces = data.tensors("faces16", "train")[0].flatten(1)
    for seed in SEEDS:
        torch.manual_seed(seed)
        for d in DIMENSIONS:
            cube = torch.rand(POINTS + QUERIES, d)
            values[f"contrast_{d}"].append(contrast(cube[:POINTS], cube[POINTS:]))
        chosen = faces[torch.randperm(len(faces))[: POINTS + QUERIES]]
        values["contrast_faces"].append(contrast(chosen[:POINTS], chosen[POINTS:]))
        for d in DIMENSIONS:
            points, classes = task(POINTS + QUERIES, d)
            values[f"neighbours_{d}"].append(accuracy(points, classes))
        reduced = points @ principal(points[:POINTS], 2)  # of the largest number of dimensions
        values["neighbours_pca"].append(accuracy(reduced, classes))
    return values


def contrast_falls(values: Values) -> list[float]:
    """Say by how much the contrast in many dimensions is below a tenth of that in few."""
    return at_most(values[f"contrast_{HIGH}"], [0.1 * few for few in values[f"contrast_{LOW}"]])


def neighbours_fail(values: Values) -> list[float]:
    """Say by how much more than 10 points the accuracy of neighbours falls."""
    return at_most(values[f"neighbours_{HIGH}"], [few - 0.1 for few in values[f"neighbours_{LOW}"]])


def restored(values: Values) -> list[float]:
    """Say by how much more than half of what was lost PCA brings back."""
    names = (f"neighbours_{LOW}", f"neighbours_{HIGH}", "neighbours_pca")
    shares = list(zip(*(values[name] for name in names), strict=True))
    return at_least(
        [reduced - many for _, many, reduced in shares],
        [(few - many) / 2 for few, many, _ in shares],
    )


CLAIM = Claim(
    __file__,
    place="lecture.md#dimensions",
    family="autoencoders",
    measure=measure,
    statements=(
        Statement("contrast", contrast_falls, ours=True),
        Statement("neighbours", neighbours_fail, ours=True),
        Statement("reduction", restored, ours=True),
    ),
    plot=("neighbours_2", "neighbours_32", "neighbours_768", "neighbours_pca"),
)
