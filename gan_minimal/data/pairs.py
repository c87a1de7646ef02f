"""Two images in an example: pairs that belong together, and heaps of images without pairs."""

import hashlib
import warnings
from pathlib import Path

import torch
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

from gan_minimal.data.faces16 import label_maps, load_faces
from gan_minimal.data.folder import ImageFolder, ImageNotice, split_folder
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


class PairFolder(Dataset[tuple[Tensor, ...]]):
    """The images of the subfolders `a` and `b`, one of each in an example.

    Files that have the same names in both are pairs. Otherwise they are two heaps, of which the
    smaller one begins again at its end; a notice says so.

    Attributes:
        a: The images that are translated.
        b: What they are translated to.
    """

    def __init__(self, folder: Path, split: str = "train", size: int = 256) -> None:
        """Find and check all images; see `ImageFolder` for the errors.

        Args:
            folder: Has `a` and `b`, or subfolders `train` and `test` that have them.
            split: `"train"` or `"test"`.
            size: Height and width to which the images are cut and scaled.
        """
        inside = split_folder(folder, split)
        self.a, self.b = (ImageFolder(inside / side, size=size) for side in "ab")
        names = [{path.stem for path in side.paths} for side in (self.a, self.b)]
        if names[0] != names[1]:
            warnings.warn(
                f"The images in {inside / 'a'} and {inside / 'b'} have different names: they are "
                "read as two heaps without pairs, which a model such as cyclegan learns from.",
                ImageNotice,
                stacklevel=2,
            )

    def __len__(self) -> int:
        return max(len(self.a), len(self.b))

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        return *self.a[index % len(self.a)], *self.b[index % len(self.b)]


def open_folder(folder: Path, split: str, size: int | None) -> PairFolder:
    """Open a folder of pairs, by default at 256 pixels; see `ImageFolder` for the errors."""
    return PairFolder(folder, split, size or 256)


def holds_pairs(folder: Path) -> bool:
    """Say whether `folder`, or a subfolder that is a split of it, has the folders `a` and `b`."""
    places = (folder, folder / "train", folder / "test")
    return any((place / "a").is_dir() and (place / "b").is_dir() for place in places)
