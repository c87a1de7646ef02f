"""How near drawn images are to any data, by a network that was never trained.

A classifier that reads the data exists for a few sets only, and Inception-v3 has to be downloaded.
The activations of a random network tell images apart, too: Naeem et al. 2020 (section 3.4) use
those of a random VGG16 for data unlike ImageNet's. The network here is far smaller. How far its
distances can be trusted is measured by the claim `untrained-features`.
"""

from collections.abc import Iterator
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

from gan_minimal import data
from gan_minimal.data import DataSet
from gan_minimal.errors import UserError
from gan_minimal.models.protocol import Model, Sampler
from gan_minimal.models.sampling import sample
from gan_minimal.scoring.distances import frechet_distance, kernel_distance, near_duplicates
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.scoring.readings import Scores

SIZE = 64  # what larger images are reduced to
WIDTH, BLOCKS = 32, 4
SLOPE = 0.2


@cache
def kernels() -> tuple[Tensor, ...]:
    """Return the kernels of the network, the same on every machine.

    Each `(WIDTH, C, 3, 3)`, drawn with the variance that keeps that of the activations (He et al.
    2015, section 2.2).
    """
    chance = torch.Generator().manual_seed(0)
    deviations = {c: (2 / ((1 + SLOPE**2) * 9 * c)) ** 0.5 for c in (3, WIDTH)}
    return tuple(
        deviations[c] * torch.randn(WIDTH, c, 3, 3, generator=chance)
        for c in (3, *[WIDTH] * (BLOCKS - 1))
    )


@torch.no_grad()
def features(images: Tensor) -> Tensor:
    """Return mean and deviation of every channel after each convolution, `(N, 2 WIDTH BLOCKS)`.

    Args:
        images: `(N, C, H, W)` in [-1, 1], C being 1 or 3.
    """
    return torch.cat([torch.cat(list(statistics(batch)), dim=1) for batch in images.split(64)])


def statistics(x: Tensor) -> Iterator[Tensor]:
    """Give what `features` joins, each `(N, WIDTH)`."""
    x = x.expand(-1, 3, -1, -1)
    if max(x.shape[2:]) > SIZE:
        x = F.interpolate(x, SIZE, mode="bilinear", antialias=True)
    for kernel in kernels():
        x = F.leaky_relu(F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), kernel), SLOPE)
        yield x.mean(dim=(2, 3))
        yield x.std(dim=(2, 3), correction=0)
        if min(x.shape[2:]) > 1:
            x = F.avg_pool2d(x, 2)


def score(model: Model, row: DataSet) -> Scores:
    """Compare drawn images with real ones, and look for copies of what was learned from.

    As many are drawn as are compared with each other for the floor: at most `SAMPLES`, and no more
    than there are.

    Args:
        model: What draws, in evaluation mode.
        row: What is known of the data.

    Raises:
        UserError: If the model draws nothing.
    """
    if not isinstance(model, Sampler):
        raise UserError("On this data only models that draw images are measured.")
    learned, real = real_images(row, size=sample(model, 1, seed=1).shape[-1])
    drawn = sample(model, len(learned), seed=1).expand_as(learned)
    seen, seen_learned, seen_real = (features(images) for images in (drawn, learned, real))
    scores = {
        name: {"value": distance(seen, seen_real), "floor": distance(seen_learned, seen_real)}
        for name, distance in (
            ("untrained_fid", frechet_distance),
            ("untrained_kid", kernel_distance),
        )
    }
    copies, floor = near_duplicates(drawn, learned), near_duplicates(real, learned)
    return scores | {"copies": {"value": copies, "floor": floor}}


def real_images(row: DataSet, size: int) -> tuple[Tensor, Tensor]:
    """Return images that were learned from and others that were not, each `(N, 3, size, size)`.

    A folder without a test split gives two halves of what was learned from.
    """
    learned = first_images(data.load(row.name, "train", size))
    try:
        return learned, first_images(data.load(row.name, "test", size))
    except UserError:
        return learned[::2], learned[1::2]


def first_images(dataset: Dataset[tuple[Tensor, ...]]) -> Tensor:
    """Return the first `SAMPLES` images of a data set, or all of fewer, `(N, 3, H, W)`."""
    count = min(SAMPLES, len(dataset))  # type: ignore[arg-type]  # a Dataset need not have a length
    return torch.stack([dataset[i][0] for i in range(count)]).expand(-1, 3, -1, -1)
