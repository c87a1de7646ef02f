"""More objects from more noise, more pixels from the last generator: the two ways to be larger."""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal.claims import (
    Claim,
    Statement,
    Values,
    above,
    at_least,
    at_most,
    device,
    in_parallel,
)
from gan_minimal.claims._helpers import singan_run, trained_singan
from gan_minimal.editing.singan import enlarge
from gan_minimal.models.singan import resize
from gan_minimal.scoring import single_photo
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
SAMPLES = 32
SIDE = 11  # pixels of the patches that are looked for: what a network sees
PATCHES = 12
ALIKE = 0.7  # correlation from which on a patch counts as found
TIMES = 4
MORE, SHARPER, OFF = 1.5, 1.2, 0.1  # what the rule asks for


def things(photo: Tensor) -> Tensor:
    """Return the patches of a photograph `(1, 3, H, W)` with most contrast, `(PATCHES, 3, 11, 11)`.

    Of overlapping ones only the first is taken.
    """
    grey = photo.mean(dim=1, keepdim=True)
    mean = F.avg_pool2d(grey, SIDE, stride=1)
    contrast = F.avg_pool2d(grey.square(), SIDE, stride=1) - mean.square()
    found = []
    for _ in range(PATCHES):
        place = int(contrast.argmax())
        top, left = divmod(place, contrast.shape[3])
        found.append(photo[0, :, top : top + SIDE, left : left + SIDE])
        near = slice(max(0, top - SIDE // 2), top + SIDE // 2 + 1)
        contrast[..., near, max(0, left - SIDE // 2) : left + SIDE // 2 + 1] = -1
    return torch.stack(found)


def count(images: Tensor, wanted: Tensor) -> float:
    """Return how often each of the `wanted` patches is found in an image, on average.

    It is found where its correlation with what is there is at least `ALIKE`, and larger than
    anywhere within half a patch.
    """
    size = wanted[0].numel()
    kernel = wanted - wanted.mean(dim=(1, 2, 3), keepdim=True)
    kernel = kernel / kernel.square().sum(dim=(1, 2, 3), keepdim=True).sqrt()
    ones = torch.ones_like(wanted[:1])
    total = F.conv2d(images, ones)
    spread_there = (F.conv2d(images.square(), ones) - total.square() / size).clamp(min=1e-6).sqrt()
    alike = F.conv2d(images, kernel) / spread_there
    peak = alike == F.max_pool2d(alike, SIDE, stride=1, padding=SIDE // 2)
    return (peak & (alike >= ALIKE)).double().sum().item() / len(images) / len(wanted)


def sharpness(image: Tensor) -> float:
    """Return the size of the finest structure of an image: the RMS of its first band."""
    return single_photo.bands(image)[0].square().mean().sqrt().item()


def measured(seed: int, where: str) -> tuple[float, ...]:
    """Train on the photograph; return what `measure` names."""
    model = trained_singan(seed, where)
    photo = single_photo.photograph(model, "photo")
    height, width = model.size
    with torch.random.fork_rng():
        torch.manual_seed(1)
        same = model.sample(SAMPLES)
        wide = model.sample(SAMPLES, (height, 2 * width))
        large = enlarge(model, photo, TIMES)
    stretched = resize(same, (height, 2 * width))
    counts = [count(images, things(photo)) for images in (same, wide, stretched)]
    plain = resize(photo, (TIMES * height, TIMES * width))
    off = F.mse_loss(resize(large, model.size), photo).sqrt().item()
    return (*counts, sharpness(plain), sharpness(large), off)


def measure() -> Values:
    """Train three."""
    results = in_parallel(measured, [(seed, device()) for seed in SEEDS])
    names = ("same", "wide", "stretched", "bicubic", "enlarged", "off")
    return dict(zip(names, map(list, zip(*results, strict=True)), strict=True))


def times(values: Sequence[float], factor: float) -> list[float]:
    """Multiply the values of all seeds."""
    return [factor * value for value in values]


def opening() -> list[float]:
    """Return the losses of the first rounds, and the counts in the photograph."""
    run, settings = singan_run(SEEDS[0])
    photo = single_photo.photograph(run.model, "photo")
    return [*first_losses(run, settings), count(photo, things(photo)), sharpness(photo)]


CLAIM = Claim(
    __file__,
    place="answers/singan-objects-or-resolution.md#singan-objects-or-resolution",
    family="single-image",
    measure=measure,
    statements=(
        Statement("more", lambda values: at_least(values["wide"], times(values["same"], MORE))),
        Statement("anew", lambda values: above(values["wide"], values["stretched"])),
        Statement(
            "sharper",
            lambda values: at_least(values["enlarged"], times(values["bicubic"], SHARPER)),
            ours=True,
        ),
        Statement("layout", lambda values: at_most(values["off"], OFF)),
    ),
    opening=opening,
    plot=("same", "wide", "stretched"),
)
