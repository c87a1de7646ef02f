"""Distances between sets of images, or of features of them.

All feature distances here use features of this site's own small classifier. They are **not** the
FID and KID of papers, which use Inception-v3 on photographs, and cannot be compared with them.
Every distance is therefore shown beside its floor: the same distance between two halves of real
data of the same size. `inception_distance` computes the papers' number for people with internet.
"""

import torch
from torch import Tensor

from gan_minimal.errors import UserError


# --8<-- [start:frechet]
def frechet_distance(x: Tensor, y: Tensor) -> float:
    """Fréchet distance of the Gaussians fitted to two sets of features (Heusel et al. 2017).

    `|m_x - m_y|² + tr(C_x + C_y - 2 (C_x C_y)^(1/2))`, in double precision. The trace of the root
    is the sum of the roots of the eigenvalues of `C_x^(1/2) C_y C_x^(1/2)`, which is symmetric:
    no imaginary parts, also when there are fewer examples than features.

    Args:
        x: Features `(N, D)`, N at least 2.
        y: Features `(M, D)`, M at least 2.

    Raises:
        ValueError: If the shapes do not fit.
    """
    if x.ndim != 2 or y.ndim != 2 or x.shape[1] != y.shape[1] or min(len(x), len(y)) < 2:
        raise ValueError(f"two sets (N, D) of at least 2 features, not {x.shape} and {y.shape}")
    x, y = x.double(), y.double()
    covariance_x, covariance_y = torch.cov(x.T).reshape(x.shape[1], -1), torch.cov(y.T)
    values, vectors = torch.linalg.eigh(covariance_x)
    root = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    mixed = torch.linalg.eigvalsh(root @ covariance_y.reshape(root.shape) @ root)
    trace = torch.trace(covariance_x) + torch.trace(covariance_y.reshape(root.shape))
    distance = (x.mean(0) - y.mean(0)).square().sum() + trace - 2 * mixed.clamp(min=0).sqrt().sum()
    return max(distance.item(), 0.0)


# --8<-- [end:frechet]


# --8<-- [start:kernel]
def kernel_distance(x: Tensor, y: Tensor) -> float:
    """Kernel distance: unbiased squared MMD with `(x·y / D + 1)³` (Bińkowski et al. 2018).

    Unlike the Fréchet distance it is unbiased: near zero for equal distributions at any number of
    examples, and then sometimes below zero.

    Args:
        x: Features `(N, D)`, N at least 2.
        y: Features `(M, D)`, M at least 2.
    """
    x, y = x.double(), y.double()
    n, m, dimensions = len(x), len(y), x.shape[1]
    within_x = (x @ x.T / dimensions + 1).pow(3)
    within_y = (y @ y.T / dimensions + 1).pow(3)
    across = (x @ y.T / dimensions + 1).pow(3)
    mean_x = (within_x.sum() - within_x.trace()) / (n * (n - 1))
    mean_y = (within_y.sum() - within_y.trace()) / (m * (m - 1))
    return (mean_x + mean_y - 2 * across.mean()).item()


# --8<-- [end:kernel]


def total_variation(x: Tensor, y: Tensor, values: int) -> float:
    """Total variation distance of two histograms: 0 for equal shares, 1 for disjoint ones.

    Args:
        x: Whole numbers `(N,)` from 0 to `values - 1`.
        y: Whole numbers `(M,)` likewise.
        values: Number of values.
    """
    share_x = torch.bincount(x, minlength=values) / len(x)
    share_y = torch.bincount(y, minlength=values) / len(y)
    return (share_x - share_y).abs().sum().item() / 2


def near_duplicates(images: Tensor, within: float = 0.15) -> float:
    """Return the share of images `(N, C, H, W)` with a near duplicate among the others of them."""
    return have_near_duplicates(images, within=within).double().mean().item()


def have_near_duplicates(
    images: Tensor, others: Tensor | None = None, within: float = 0.15
) -> Tensor:
    """Say of each image whether it has a near duplicate, `(N,)`.

    Args:
        images: `(N, C, H, W)` in [-1, 1].
        others: Where to look for it, `(M, C, H, W)`; by default the other images of `images`.
        within: How near: the root of the mean squared difference of their pixels, at most.
    """
    pixels = images.flatten(1).double()
    known = pixels if others is None else others.flatten(1).double()
    distances = torch.cdist(pixels, known) / pixels.shape[1] ** 0.5
    if others is None:
        distances.fill_diagonal_(torch.inf)
    return distances.amin(dim=1) <= within


def inception_distance(images: Tensor, real: Tensor) -> float:
    """Fréchet distance of Inception-v3 features: the FID of papers, for people with internet.

    Args:
        images: Images to score, `(N, 3, H, W)` in [-1, 1]; at least 2,048, or it means little.
        real: Real images `(M, 3, H, W)`.

    Raises:
        UserError: If torchmetrics is not installed or Inception's weights cannot be downloaded.
    """
    try:
        from torchmetrics.image.fid import FrechetInceptionDistance

        distance = FrechetInceptionDistance(feature=2048, normalize=True)
    except ImportError:  # of torchmetrics itself, or of torch-fidelity, which has the network
        raise UserError(
            "Inception needs two more packages: pip install 'gan-minimal[inception]'."
        ) from None
    except OSError as error:
        raise UserError(f"The weights of Inception-v3 could not be downloaded: {error}.") from None
    for pictures, is_real in ((images, False), (real, True)):
        for batch in pictures.split(64):
            distance.update((batch + 1) / 2, real=is_real)
    return float(distance.compute())
