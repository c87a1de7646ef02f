"""Opens the built-in sets: images alone, or with what is known of them.

Like all openers of the registry, a function here takes the folder of downloaded data, which the
built-in sets do not need, the split, and the size of the images.
"""

import io
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor
from torch.utils.data import TensorDataset

from gan_minimal.data import snapshot
from gan_minimal.data.faces16 import load_faces
from gan_minimal.data.hangul32 import load_hangul
from gan_minimal.data.pixels import resize, to_unit
from gan_minimal.data.voxel64 import load_characters


def open_faces(_folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open faces16: images alone."""
    return TensorDataset(to_unit(resize(load_faces(split).images, size)))


def open_labelled_faces(_folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open faces16 with the value `(N,)` of every attribute, in the order of `ATTRIBUTES`."""
    faces = load_faces(split)
    return TensorDataset(to_unit(resize(faces.images, size)), *faces.attributes.values())


def open_glyphs(_folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open hangul32: images alone."""
    return TensorDataset(to_unit(resize(load_hangul(split).images, size)))


def open_letters(_folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open hangul32 with the three letters `(N,)` of every syllable."""
    glyphs = load_hangul(split)
    images = to_unit(resize(glyphs.images, size))
    return TensorDataset(images, glyphs.cho, glyphs.jung, glyphs.jong)


def open_letters_and_fonts(folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open hangul32 with the three letters `(N,)` of every syllable and its font."""
    return TensorDataset(*open_letters(folder, split, size).tensors, load_hangul(split).font)


def open_characters(_folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open voxel64: images alone."""
    return TensorDataset(to_unit(resize(load_characters(split).images, size)))


def open_labelled_characters(_folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open voxel64 with the value `(N,)` of every attribute, in the order of `ATTRIBUTES`."""
    characters = load_characters(split)
    return TensorDataset(to_unit(resize(characters.images, size)), *characters.attributes.values())


def open_half_size_characters(_folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open voxel32: each pixel is the mean of four of voxel64."""
    half = F.avg_pool2d(load_characters(split).images.float(), 2).round().to(torch.uint8)
    return TensorDataset(to_unit(resize(half, size)))


def open_photo(_folder: Path, _split: str, size: int | None) -> TensorDataset:
    """Open the built-in photograph, a data set of one image."""
    return TensorDataset(to_unit(resize(photo(), size)))


def photo() -> Tensor:
    """Return the built-in photograph, uint8 `(1, 3, 167, 250)`.

    Raises:
        UserError: If the snapshot is damaged.
    """
    with Image.open(io.BytesIO(snapshot.read("photo.png"))) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None]
