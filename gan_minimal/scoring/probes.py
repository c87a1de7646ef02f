"""Linear classifiers, which ask what a latent space or a layer holds, and how plainly.

Alain and Bengio, "Understanding intermediate layers using linear classifier probes", 2016,
arXiv:1610.01644. All in double precision, so that they come out alike on every processor.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.optim import LBFGS

from gan_minimal import data
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.models.pggan import Discriminator


def standardised(x: Tensor, like: Tensor) -> Tensor:
    """Bring features `(N, D)` to the scale on which `like` has mean 0 and variance 1; append ones.

    Returns:
        `(N, D + 1)` in double precision.
    """
    x, like = x.double(), like.double()
    x = (x - like.mean(dim=0)) / (like.std(dim=0, correction=0) + 1e-6)
    return torch.cat([x, x.new_ones(len(x), 1)], dim=1)


def logistic(x: Tensor, y: Tensor) -> Tensor:
    """Fit a logistic regression.

    A trace of decay keeps the weights finite where the labels can be told apart without error.

    Args:
        x: Features in double precision, `(N, D)`, one of which is constant.
        y: Labels of 0 and 1, `(N,)`.

    Returns:
        Weights `(D,)`; `x @ weights` is positive where 1 is likelier.
    """
    weights = torch.zeros(x.shape[1], dtype=x.dtype, requires_grad=True)
    optimizer = LBFGS([weights], max_iter=500, line_search_fn="strong_wolfe")

    def loss() -> Tensor:
        optimizer.zero_grad()
        wrong = F.binary_cross_entropy_with_logits(x @ weights, y.to(x.dtype))
        total = wrong + 1e-5 * weights.square().sum()
        total.backward()
        return total

    optimizer.step(loss)
    return weights.detach()


def conditional_entropy(given: Tensor, y: Tensor) -> float:
    """Return H(Y|X) in nats: how uncertain labels `y` are when `given` is known, 0 to log 2.

    Args:
        given: X, of 0 and 1, `(N,)`.
        y: Y, of 0 and 1, `(N,)`.
    """
    joint = torch.bincount(2 * given + y, minlength=4).reshape(2, 2).double() / len(y)
    together, alone = torch.special.entr(joint).sum(), torch.special.entr(joint.sum(dim=1)).sum()
    return max((together - alone).item(), 0.0)


def separability(x: Tensor, labels: dict[str, Tensor]) -> float:
    """Say how well planes tell attributes in a space: exp Σ H(Y|X) (StyleGAN, section 4.2).

    X is the side of the plane that a logistic regression puts a point on, Y its label. The planes
    are fitted to the first half of the points, the entropies measured in the other half. It is 1
    if no plane errs, and grows with every nat that is left open.

    Args:
        x: Points `(N, D)`.
        labels: For each attribute 0 or 1 for every point, `(N,)`.
    """
    half = len(x) // 2
    fitted, held_out = (standardised(each, x[:half]) for each in (x[:half], x[half:]))
    total = 0.0
    for y in labels.values():
        sides = (held_out @ logistic(fitted, y[:half]) > 0).long()
        total += conditional_entropy(sides, y[half:])
    return math.exp(total)


def accuracies(
    fitted: tuple[Tensor, dict[str, Tensor]], held_out: tuple[Tensor, dict[str, Tensor]]
) -> dict[str, float]:
    """Return how often linear classifiers read each attribute as labelled, on held-out examples.

    They are fitted to labels of zeros and ones by least squares with a penalty (ridge regression):
    in closed form, all values of an attribute at once; the highest one is what is read.

    Args:
        fitted: Features `(N, D)` and for each attribute whole numbers `(N,)`.
        held_out: The same of other examples.
    """
    (x, labels), (more_x, more_labels) = fitted, held_out
    seen, unseen = standardised(x, x), standardised(more_x, x)
    curvature = seen.T @ seen / len(seen)
    curvature.diagonal().add_(1e-3)
    found = {}
    for name, y in labels.items():
        weights = torch.linalg.solve(curvature, seen.T @ F.one_hot(y).double() / len(seen))
        read = (unseen @ weights).argmax(dim=1)
        found[name] = (read == more_labels[name]).double().mean().item()
    return found


@torch.no_grad()
def features(discriminator: Discriminator, images: Tensor) -> dict[int, Tensor]:
    """Return what StyleGAN's discriminator makes of images on its way, by pixels a side.

    Feature maps are averaged over the patches of a grid of 4x4; those of 4 pixels stay as they are.

    Args:
        discriminator: That of a grown StyleGAN.
        images: `(N, C, H, W)` in [-1, 1].

    Returns:
        For each resolution `(N, channels * 16)`.
    """
    x = discriminator.from_rgb[-1](images)
    maps = [x]
    for block in reversed(discriminator.blocks):
        x = block(x)
        maps.append(x)
    return {each.shape[-1]: F.adaptive_avg_pool2d(each, 4).flatten(1) for each in maps}


def probe_discriminator(discriminator: Discriminator) -> dict[str, float]:
    """Say how well linear classifiers read real faces from a discriminator's features.

    They are fitted on the training split of faces16, and tried on its test split.

    Returns:
        The accuracy of `<attribute>_<pixels>`, their mean as `mean_<pixels>`, and the share of the
        commonest value as `<attribute>_common`.
    """
    seen, labels = [], []
    for split in ("train", "test"):
        images, *values = data.tensors("faces16-labels", split)
        seen.append(features(discriminator, images))
        labels.append(dict(zip(ATTRIBUTES, values, strict=True)))
    found = {f"{k}_common": (y.bincount().max() / len(y)).item() for k, y in labels[1].items()}
    for size in seen[0]:
        read = accuracies((seen[0][size], labels[0]), (seen[1][size], labels[1]))
        found |= {f"{name}_{size}": share for name, share in read.items()}
        found[f"mean_{size}"] = sum(read.values()) / len(read)
    return found
