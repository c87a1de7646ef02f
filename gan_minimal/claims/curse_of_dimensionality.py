"""Do distances lose their meaning in many dimensions, and do fewer bring it back?"""

import torch
from torch import Tensor

from gan_minimal.claims import Claim, Values
from gan_minimal.scoring.evaluate import images_of

SEEDS = (10, 11, 12)
DIMENSIONS = (2, 32, 768)  # 768: the numbers in an image of faces16
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
    faces = images_of("faces16", "train").flatten(1)
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


def holds(values: Values) -> bool:
    """Apply the rule."""
    low, high = DIMENSIONS[0], DIMENSIONS[-1]
    contrasts = zip(values[f"contrast_{low}"], values[f"contrast_{high}"], strict=True)
    shares = zip(
        values[f"neighbours_{low}"],
        values[f"neighbours_{high}"],
        values["neighbours_pca"],
        strict=True,
    )
    return all(many <= 0.1 * few for few, many in contrasts) and all(
        many <= few - 0.1 and reduced - many >= (few - many) / 2 for few, many, reduced in shares
    )


CLAIM = Claim(
    id="curse-of-dimensionality",
    says=(
        "차원의 저주 때문에 차원 축소가 필요하다. 곧 차원이 많으면 거리가 뜻을 잃고, 차원을 "
        "줄이면 되찾는다.",
        "Dimension reduction is needed because of the curse of dimensionality: in many "
        "dimensions distances lose their meaning, and fewer dimensions bring it back.",
    ),
    place="lecture.md#dimensions",
    measured=(
        "두 가지를 시드 3개로 잰다. 첫째, 정육면체에 고르게 뿌린 점 1,000개까지의 상대 "
        "대비(가장 먼 거리와 가장 가까운 거리의 차를 가장 가까운 거리로 나눈 값)를 2, 32, "
        "768차원에서 구하고, 같은 768차원인 faces16 얼굴과 견준다. 둘째, 좌표 둘이 답을 정하고 "
        "나머지는 잡음인 문제를 최근접 이웃 5개로 풀고, PCA로 2차원까지 줄인 뒤 다시 푼다. 점의 "
        "수, 이웃의 수, 답을 정하는 두 좌표의 분포는 모두 같다.",
        "Two things, over 3 seeds. First the relative contrast of distances (farthest less "
        "nearest, divided by nearest) to 1,000 points spread evenly in a cube of 2, 32 and 768 "
        "dimensions, and to faces16, which has 768 dimensions too. Second a task in which two "
        "coordinates decide and the others are noise, solved by 5 nearest neighbours, then "
        "again after PCA to 2 dimensions. Equal: number of points and neighbours, and the two "
        "coordinates that decide.",
    ),
    rule=(
        "세 시드 모두에서 768차원의 대비가 2차원의 10 % 이하이고, 이웃의 정확도가 10 %p 이상 "
        "떨어지며, PCA가 떨어진 만큼의 절반 이상을 되찾으면 성립한다.",
        "It holds if, for all three seeds, the contrast in 768 dimensions is at most 10 % of "
        "that in 2, the neighbours' accuracy falls by at least 10 points, and PCA brings back "
        "at least half of what was lost.",
    ),
    labels={
        "contrast_2": ("거리의 대비, 2차원", "Contrast of distances, 2 dimensions"),
        "contrast_32": ("거리의 대비, 32차원", "Contrast of distances, 32 dimensions"),
        "contrast_768": ("거리의 대비, 768차원", "Contrast of distances, 768 dimensions"),
        "contrast_faces": ("거리의 대비, 얼굴(768차원)", "Contrast of distances, faces (768)"),
        "neighbours_2": ("이웃의 정확도, 2차원", "Neighbours' accuracy, 2 dimensions"),
        "neighbours_32": ("이웃의 정확도, 32차원", "Neighbours' accuracy, 32 dimensions"),
        "neighbours_768": ("이웃의 정확도, 768차원", "Neighbours' accuracy, 768 dimensions"),
        "neighbours_pca": ("이웃의 정확도, PCA로 2차원", "Neighbours' accuracy, PCA to 2"),
    },
    explanation=(
        "차원이 늘자 가장 가까운 점과 가장 먼 점이 거의 같은 거리에 놓이고, 이웃에게 묻는 "
        "분류는 찍기(절반) 쪽으로 크게 내려간다. 잡음 하나하나는 작지만 766개가 모여 두 좌표를 "
        "덮기 때문이다. PCA가 이를 되찾는 것은 답을 정하는 두 좌표가 가장 크게 퍼져 있어서다. "
        "답이 작게 퍼진 방향에 있다면 PCA는 그것부터 버린다. 얼굴은 같은 768차원인데 대비가 "
        "훨씬 크다. 실제 이미지는 768차원을 고르게 쓰지 않으므로 줄일 여지가 있다.",
        "As dimensions are added, the nearest and the farthest point come to lie at almost the "
        "same distance, and asking the neighbours falls a long way towards guessing (one half): "
        "each noise is small, but 766 of them drown two coordinates. PCA brings it back because "
        "the two that decide are also the ones that spread most; had they spread least, PCA "
        "would have dropped them first. Faces, in the same 768 dimensions, keep far more "
        "contrast: real images do not use all dimensions evenly, which is what leaves something "
        "to reduce.",
    ),
    measure=measure,
    holds=holds,
    plot=("neighbours_2", "neighbours_32", "neighbours_768", "neighbours_pca"),
)
