"""How near drawn images are to any data, by a network that was never trained.

A classifier that reads the data exists for a few sets only, and Inception-v3 has to be downloaded.
The activations of a random network tell images apart, too: Naeem et al. 2020 use randomly
initialised convolutional networks for data unlike ImageNet's. The network here is far smaller. How
far its distances can be trusted is measured by the claim `untrained-features`.
"""

from collections.abc import Iterator
from functools import cache

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset, Subset

from gan_minimal import data
from gan_minimal.data import DataSet
from gan_minimal.errors import UserError
from gan_minimal.models.protocol import Model, Sampler
from gan_minimal.models.sampling import sample
from gan_minimal.scoring.distances import frechet_distance, have_near_duplicates, kernel_distance
from gan_minimal.scoring.evaluate import SAMPLES, some_images
from gan_minimal.scoring.readings import Scores

Images = Dataset[tuple[Tensor, ...]]

SIZE = 64  # what larger images are reduced to
WIDTH, BLOCKS = 32, 4
SLOPE = 0.2
BATCH = 50


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
    return torch.cat([torch.cat(list(statistics(batch)), dim=1) for batch in images.split(BATCH)])


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

    At most `SAMPLES` images are compared with each other, from all over the data; copies are looked
    for among all that were learned from.

    Args:
        model: What draws, in evaluation mode.
        row: What is known of the data.

    Raises:
        UserError: If the model draws nothing.
    """
    if not isinstance(model, Sampler):
        raise UserError("On this data only models that draw images are measured.")
    learned = data.load(row.name, "train", sample(model, 1, seed=1).shape[-1])
    one, other = two_parts(learned, row)
    known, real = some_images(one, SAMPLES), some_images(other, SAMPLES)
    drawn = drawn_images(model, len(known)).expand_as(known)
    seen, seen_known, seen_real = (features(images) for images in (drawn, known, real))
    scores = {
        name: {"value": distance(seen, seen_real), "floor": distance(seen_known, seen_real)}
        for name, distance in (
            ("untrained_fid", frechet_distance),
            ("untrained_kid", kernel_distance),
        )
    }
    return scores | {"copies": {"value": copies(drawn, learned), "floor": copies(real, one)}}


def two_parts(learned: Images, row: DataSet) -> tuple[Images, Images]:
    """Return what was learned from and the test split; halves where a folder has no such split."""
    try:
        return learned, data.load(row.name, "test", learned[0][0].shape[-1])
    except UserError:
        count = len(learned)  # type: ignore[arg-type]  # a Dataset need not have a length
        return Subset(learned, range(0, count, 2)), Subset(learned, range(1, count, 2))


def drawn_images(model: Sampler, n: int) -> Tensor:
    """Draw `n` images, a batch at a time: a thousand large ones at once need much memory."""
    return torch.cat([sample(model, min(BATCH, n - i), seed=1 + i) for i in range(0, n, BATCH)])


def copies(images: Tensor, learned: Images) -> float:
    """Return the share of images `(N, 3, H, W)` with a near duplicate in all of `learned`."""
    count = len(learned)  # type: ignore[arg-type]  # a Dataset need not have a length
    found = torch.zeros(len(images), dtype=torch.bool)
    for first in range(0, count, SAMPLES):
        part = Subset(learned, range(first, min(first + SAMPLES, count)))
        found |= have_near_duplicates(images, some_images(part, SAMPLES))
    return found.double().mean().item()
