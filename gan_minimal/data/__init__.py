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

__all__ = ["Description", "describe", "download", "load", "names", "root_folder"]


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
        name: One of `names()`, or a folder. A folder that is called like a set is meant by
            `./mnist`. `"faces16-labels"` gives each face with the class of every attribute.
        split: `"train"` or `"test"`; CelebA also has `"valid"`. The photograph has one split.
        size: Height and width of the images in pixels; the longer side of the photograph. By
            default the data's own size, 64 for CelebA and folders.
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
    if text == "faces16-labels":
        from gan_minimal.data import reading

        return reading.labelled_faces(split)
    if text in names():
        from gan_minimal.data import reading

        return reading.open_set(text, split, size, Path(root) if root else root_folder())
    if isinstance(name, Path) or Path(text).exists() or "/" in text or os.sep in text:
        from gan_minimal.data.folder import ImageFolder

        return ImageFolder(Path(text).expanduser(), split, size or 64)
    raise unknown(text)
