"""One photograph of one's own, for a model that learns from a single image."""

import math
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch import Tensor
from torch.utils.data import TensorDataset

from gan_minimal.data.folder import conversions
from gan_minimal.data.user_picture import opened
from gan_minimal.errors import UserError

LONGEST = 250  # pixels of a photograph that is learnt from, unless another number is asked for


def size_of(path: Path) -> tuple[int, int]:
    """Return the height and width of an image file, upright.

    Raises:
        UserError: If it cannot be read, see `gan_minimal.data.user_picture.opened`.
    """
    image = opened(path)
    return image.height, image.width


def notes(path: Path) -> list[str]:
    """Return what has to be done to an image before it is learnt from, such as "grey"."""
    with Image.open(path) as image:
        return conversions(image)


def reduced(path: Path, longest: int | None = None) -> Tensor:
    """Read an image and reduce its longer side to `longest` pixels, if it is longer.

    Returns:
        float32 tensor (1, 3, H, W) in [-1, 1]; transparency is laid on white.

    Raises:
        UserError: If it cannot be read, see `gan_minimal.data.user_picture.opened`.
    """
    image = opened(path)
    if longest is not None and max(image.size) > longest:
        ratio = longest / max(image.size)
        size = math.ceil(image.width * ratio), math.ceil(image.height * ratio)
        image = image.resize(size, Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 127.5 - 1


def open_file(path: Path, _split: str, longest: int | None) -> TensorDataset:
    """Open an image file as a data set of one example; see `gan_minimal.data.load`.

    Raises:
        UserError: If it cannot be read.
    """
    return TensorDataset(reduced(path, longest or LONGEST))


def shaped(path: Path, size: tuple[int, int]) -> Tensor:
    """Read an edited or painted picture for a model whose photograph has `size`.

    Returns:
        float32 tensor (1, 3, height, width) in [-1, 1].

    Raises:
        UserError: If it cannot be read, or its sides are in another proportion.
    """
    image = opened(path)
    (height, width), given = size, image.width / image.height
    if abs(given * height / width - 1) > 0.05:
        raise UserError(
            f"{path} has {image.width}x{image.height} pixels, but the photograph that this model "
            f"has learnt from is of the shape {width}x{height}: keep that."
        )
    image = image.resize((width, height), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(image)).permute(2, 0, 1)[None].float() / 127.5 - 1
