"""Two images in an example: pairs that belong together, and heaps of images without pairs."""

import hashlib
import warnings
from pathlib import Path

from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

from gan_minimal.data.faces16 import label_maps, load_faces
from gan_minimal.data.folder import ImageFolder, ImageNotice, split_folder
from gan_minimal.data.hangul32 import load_hangul
from gan_minimal.data.reading import to_unit

PRINT, BRUSH = "noto-sans", "nanum-brush"
"""The fonts of the Hangul pairs: keys of `gan_minimal.data.hangul32.FONTS`."""


def open_paired(name: str, split: str) -> TensorDataset:
    """Open built-in images two by two.

    Args:
        name: `"hangul32-pairs"`: a syllable in print and with the brush. `"hangul32-unpaired"`: in
            training, one half of the syllables in print and the other half with the brush, so that
            no syllable is seen in both; its test split has true pairs. `"faces16-labelmap"`: the
            label map of a face, then the face.
        split: `"train"` or `"test"`.

    Raises:
        UserError: If the split is unknown or a snapshot is damaged.
    """
    if name == "faces16-labelmap":
        return TensorDataset(to_unit(label_maps(split)), to_unit(load_faces(split).images))
    printed, brushed = (load_hangul(split, fonts=(font,)) for font in (PRINT, BRUSH))
    if name == "hangul32-pairs" or split == "test":
        return TensorDataset(to_unit(printed.images), to_unit(brushed.images))
    ones, others = halves(printed.codepoint.tolist())
    return TensorDataset(to_unit(printed.images[ones]), to_unit(brushed.images[others]))


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


def holds_pairs(folder: Path, split: str) -> bool:
    """Say whether `folder`, or its subfolder of that split, has the subfolders `a` and `b`."""
    inside = folder / split if (folder / split).is_dir() else folder
    return (inside / "a").is_dir() and (inside / "b").is_dir()
