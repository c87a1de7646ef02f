"""How far images are from one photograph, by the small patches that they are made of."""

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal import data
from gan_minimal.data import DataSet
from gan_minimal.models.protocol import Pyramid, Size
from gan_minimal.models.sampling import sample
from gan_minimal.scoring.readings import Scores

SIDE = 7  # pixels of a patch
LEVELS = 3  # bands of an image, each at half the size of the one before
DIRECTIONS = 64  # in which patches are compared
QUANTILES = 129  # at which they are
SAMPLES = 50  # images drawn, as in the paper


def quantiles(image: Tensor, directions: Tensor) -> Tensor:
    """Return the quantiles of an image's patches along each direction, `(directions, QUANTILES)`.

    Args:
        image: `(C, H, W)` in [-1, 1], at least `SIDE` pixels wide and high.
        directions: Unit vectors `(directions, C * SIDE * SIDE)`.
    """
    along = directions @ F.unfold(image[None], SIDE)[0]
    at = torch.linspace(0, 1, QUANTILES) * (along.shape[1] - 1)
    along = along.sort(dim=1).values
    return torch.lerp(along[:, at.floor().long()], along[:, at.ceil().long()], at.frac())


def bands(images: Tensor) -> list[Tensor]:
    """Split images `(n, C, H, W)` into what each halving of their size takes away, and the rest.

    A Laplacian pyramid: its first band holds the finest structure, its last one the layout.
    """
    split = []
    for _ in range(LEVELS - 1):
        height, width = images.shape[2:]
        smaller = resize(images, (height // 2, width // 2))
        split.append(images - resize(smaller, (height, width)))
        images = smaller
    return [*split, images]


def patch_distance(images: Tensor, photo: Tensor) -> Tensor:
    """Return the distance of each image's patches from those of a photograph, `(n,)`.

    The sliced Wasserstein distance of Karras et al. 2018 (arXiv:1710.10196, section 5): in every
    band of a Laplacian pyramid, patches of 7x7 pixels, as points, are looked at along random
    directions, and there their quantiles are compared. Here each band is taken relative to its
    contrast in the photograph, since the finest structure is faint but not less seen. Images may be
    of another size than the photograph, but not of another scale.

    Args:
        images: `(n, C, H, W)` in [-1, 1].
        photo: `(1, C, h, w)` in [-1, 1].

    Returns:
        The mean over bands; 0 for the photograph itself.
    """
    generator = torch.Generator().manual_seed(0)
    directions = torch.randn(DIRECTIONS, photo.shape[1] * SIDE**2, generator=generator)
    directions = F.normalize(directions)
    distance = torch.zeros(len(images))
    for drawn, true in zip(bands(images.cpu().float()), bands(photo.cpu().float()), strict=True):
        wanted = quantiles(true[0], directions)
        off = [(quantiles(image, directions) - wanted).abs().mean() for image in drawn]
        distance += torch.stack(off) / true.std()
    return distance / LEVELS


def diversity(images: Tensor, photo: Tensor) -> float:
    """Return how much a pixel varies over images, in relation to how much the photograph varies.

    The paper's measure (section 3.2): standard deviations of brightness.

    Args:
        images: `(n, C, H, W)`.
        photo: `(1, C, H, W)`.
    """
    return (images.mean(dim=1).std(dim=0).mean() / photo.mean(dim=1).std()).item()


def resize(images: Tensor, size: Size) -> Tensor:
    """Scale images bicubically, smoothed when they shrink, and keep them in [-1, 1]."""
    if images.shape[2:] != size:
        images = F.interpolate(images, size, mode="bicubic", antialias=True)
    return images.clamp(-1, 1)


def photograph(model: Pyramid, dataset: str) -> Tensor:
    """Return the photograph that a model has learnt from, `(1, 3, H, W)`, at its finest scale."""
    (photo,) = data.load(dataset)[0]
    return resize(photo[None], model.sizes[-1])


def score(model: Pyramid, row: DataSet) -> Scores:
    """Measure a model of one photograph.

    The patches of its images, beside those of the mirrored photograph: another view of the scene
    whose patches are true. How varied the images are, and how well z* gives the photograph back.
    """
    photo = photograph(model, row.name)
    drawn = sample(model, SAMPLES, seed=1)
    back = model.sample(1, first=len(model.sizes))
    return {
        "patches": {
            "value": patch_distance(drawn, photo).mean().item(),
            "floor": patch_distance(photo.flip(3), photo).mean().item(),
        },
        "diversity": {"value": diversity(drawn, photo)},
        "reconstruction": {"value": F.mse_loss(back, photo).sqrt().item()},
    }
