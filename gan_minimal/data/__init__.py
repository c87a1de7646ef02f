"""The data: built-in sets that need no download, and readers for real ones.

`load` opens everything by its name. Importing this module imports neither torch nor torchvision.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from gan_minimal.data.catalog import Description, describe, names, root_folder, unknown
from gan_minimal.data.reading import download
from gan_minimal.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset

LABELLED = ("faces16-labels", "hangul32-jamo", "hangul32-labels", "mnist-labels")
PAIRED = ("faces16-labelmap", "hangul32-pairs", "hangul32-unpaired")
CAPTIONED = ("faces16-captions",)
DOMAINS = ("faces16-domains", "celeba-domains")

__all__ = [
    "CAPTIONED",
    "DOMAINS",
    "LABELLED",
    "PAIRED",
    "Description",
    "describe",
    "download",
    "load",
    "names",
    "root_folder",
]


def load(
    name: str | Path,
    split: str = "train",
    size: int | None = None,
    root: str | Path | None = None,
) -> "Dataset[tuple[Tensor, ...]]":
    """Open a data set by its name, or a folder of images.

    The built-in sets, MNIST and Fashion-MNIST are tensors in memory (`TensorDataset`); CelebA and
    folders are read image by image. Examples are `(image,)` with float32 values in [-1, 1].

    Args:
        name: One of `names()`, a folder, or an image file to learn from alone. A folder that is
            called like a set is meant by `./mnist`. One of `LABELLED` gives each image with whole
            numbers that say what it shows: the class of every attribute, the three letters of a
            syllable (and its font), the digit. One of `PAIRED` gives two images, see
            `gan_minimal.data.pairs.open_paired`, and so does a folder with the subfolders `a` and
            `b`. One of `DOMAINS` gives each image with a label of zeros and ones, see
            `gan_minimal.data.domains.open_domains`. One of `CAPTIONED` gives each image with the
            tokens of its captions, see `gan_minimal.data.captions.open_captioned`.
        split: `"train"` or `"test"`; CelebA also has `"valid"`. The photograph has one split.
        size: Height and width of the images in pixels; the longer side of a single photograph. By
            default the data's own size, 64 for CelebA and folders, 256 for folders of pairs, and at
            most 250 for a single image file.
        root: Where downloaded data lies, by default `root_folder()`.

    Returns:
        A data set of `(image,)` with images (C, H, W): C = 3 for faces, photographs, CelebA and
        folders, C = 1 for hangul32, MNIST and Fashion-MNIST.

    Raises:
        UserError: If there is no such data, it has not been downloaded, or it is damaged.
    """
    if size is not None and size < 1:
        raise UserError(f"The size of images must be at least 1 pixel, not {size}.")
    text = os.fspath(name)
    if text in LABELLED:
        from gan_minimal.data import reading

        return reading.open_labelled(text, split, Path(root) if root else root_folder())
    if text in PAIRED:
        from gan_minimal.data import pairs

        return pairs.open_paired(text, split)
    if text in DOMAINS:
        from gan_minimal.data import domains

        return domains.open_domains(text, split, size, Path(root) if root else root_folder())
    if text in CAPTIONED:
        from gan_minimal.data import captions

        return captions.open_captioned(split)
    if text in names():
        from gan_minimal.data import reading

        return reading.open_set(text, split, size, Path(root) if root else root_folder())
    if isinstance(name, Path) or Path(text).exists() or "/" in text or os.sep in text:
        folder = Path(text).expanduser()
        from gan_minimal.data.folder import SUFFIXES, ImageFolder
        from gan_minimal.data.pairs import PairFolder, holds_pairs

        if folder.is_file() and folder.suffix.lower() in SUFFIXES:
            from gan_minimal.data.single_photo import open_single

            return open_single(folder, split, size)
        if holds_pairs(folder, split):
            return PairFolder(folder, split, size or 256)
        return ImageFolder(folder, split, size or 64)
    raise unknown(text)
