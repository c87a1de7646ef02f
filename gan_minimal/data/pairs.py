"""Two built-in images in an example: pairs that belong together, and heaps without pairs."""

import hashlib
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from gan_minimal.data.faces16 import label_maps, load_faces
from gan_minimal.data.hangul32 import load_hangul
from gan_minimal.data.pixels import to_unit

PRINT, BRUSH = "noto-sans", "nanum-brush"
"""The fonts of the Hangul pairs: keys of `gan_minimal.data.hangul32.FONTS`."""


def open_label_maps(_folder: Path, split: str, _size: int | None) -> TensorDataset:
    """Open the label map of every face of faces16, then the face, at the data's own size."""
    return TensorDataset(to_unit(label_maps(split)), to_unit(load_faces(split).images))


def open_hangul_pairs(_folder: Path, split: str, _size: int | None) -> TensorDataset:
    """Open every syllable in print and in brush writing, at the data's own size."""
    printed, brushed = (load_hangul(split, fonts=(font,)) for font in (PRINT, BRUSH))
    return TensorDataset(to_unit(printed.images), to_unit(brushed.images))


def open_hangul_unpaired(folder: Path, split: str, size: int | None) -> TensorDataset:
    """Open one half of the syllables in print and the other half in brush writing.

    No syllable of training is seen in both; the test split has true pairs.
    """
    if split == "test":
        return open_hangul_pairs(folder, split, size)
    printed, brushed = (load_hangul(split, fonts=(font,)) for font in (PRINT, BRUSH))
    ones, others = halves(printed.codepoint.tolist())
    return TensorDataset(to_unit(printed.images[ones]), to_unit(brushed.images[others]))


Questions = tuple[Tensor, dict[str, Tensor], Tensor]
"""Held-out inputs, what else `translate` is told of each, and the right answers."""


def hangul_questions(n: int) -> Questions:
    """Return `n` held-out syllables in print, evenly taken, and the same in brush writing."""
    return evenly(open_hangul_pairs(Path(), "test", None), n)


def label_map_questions(n: int) -> Questions:
    """Return the label maps of `n` held-out faces, evenly taken, and the faces."""
    return evenly(open_label_maps(Path(), "test", None), n)


def evenly(pairs: TensorDataset, n: int) -> Questions:
    """Return `n` pairs, evenly taken, `(n, C, H, W)` each."""
    inputs, targets = pairs.tensors
    chosen = torch.arange(n) * (len(inputs) // n)
    return inputs[chosen], {}, targets[chosen]


def halves(codepoints: list[int]) -> tuple[list[int], list[int]]:
    """Return the places of two halves of the syllables, equally long; of an odd number one is left.

    They are told apart by their hashes, so that neighbours in the alphabet are not.
    """
    places = sorted(
        range(len(codepoints)), key=lambda i: hashlib.sha256(chr(codepoints[i]).encode()).digest()
    )
    half = len(places) // 2
    return sorted(places[:half]), sorted(places[half : 2 * half])
