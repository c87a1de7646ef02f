"""dots: grey images with one bright dot; a data set for tests of how a data set is added."""

from pathlib import Path

import torch
from torch.utils.data import TensorDataset

from gan_minimal.data.pixels import resize, to_unit


def open_dots(_folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open 256 images of a split, 16 pixels a side, in which each dot stands elsewhere."""
    places = torch.arange(256).roll(0 if split == "train" else 128)
    images = torch.full((256, 3, 16, 16), 64, dtype=torch.uint8)
    images[torch.arange(256), :, places // 16, places % 16] = 255
    return TensorDataset(to_unit(resize(images, size)))
