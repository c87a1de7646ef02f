"""The data: built-in sets that need no download, and readers for real ones.

`load` opens everything by its name; `registry` has the table of what there is. Importing this
module imports neither torch nor torchvision.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from gan_minimal.data.registry import DataSet, find, names, open_set, root_folder
from gan_minimal.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset

__all__ = ["DataSet", "download", "find", "load", "names", "root_folder", "tensors"]


def load(
    name: str | Path,
    split: str = "train",
    size: int | None = None,
    root: str | Path | None = None,
) -> "Dataset[tuple[Tensor, ...]]":
    """Open a data set by its name, or a folder of images.

    The built-in sets, MNIST and Fashion-MNIST are tensors in memory (`TensorDataset`); CelebA is
    read image by image, and folders are reduced to the size once. An example is an image, float32
    in [-1, 1], and what belongs to it: `gan_minimal.data.find(name)` says how many dimensions each
    of its tensors has.

    Args:
        name: One of `names()`, a folder, or an image file to learn from alone. A folder that is
            called like a set is meant by `./mnist`. A folder with the subfolders `a` and `b` gives
            two images in an example, see `gan_minimal.data.own_images`.
        split: `"train"` or `"test"`; CelebA also has `"valid"`, an image file `"train"` alone.
        size: Height and width of the images in pixels; the longer side of a single photograph. By
            default the data's own size, 64 for CelebA and folders, 128 for CelebA with domains, 256
            for folders of pairs, and at most 250 for a single image file.
        root: Where downloaded data lies, by default `root_folder()`.

    Returns:
        A data set of `(image, ...)` with images (C, H, W): C = 3 for faces, photographs, CelebA and
        folders, C = 1 for hangul32, MNIST and Fashion-MNIST.

    Raises:
        UserError: If there is no such data, it has not been downloaded, or it is damaged.
    """
    if size is not None and size < 1:
        raise UserError(f"The size of images must be at least 1 pixel, not {size}.")
    return open_set(find(name), split, size, Path(root) if root else root_folder())


def tensors(name: str, split: str = "train", size: int | None = None) -> "tuple[Tensor, ...]":
    """Return a set that lies in memory as whole tensors: all images, and what belongs to them.

    Raises:
        UserError: If there is no such data, or it is read image by image.
    """
    from torch.utils.data import TensorDataset

    dataset = load(name, split, size)
    if not isinstance(dataset, TensorDataset):
        raise UserError(f"{name} does not lie in memory: it is read image by image.")
    return dataset.tensors


def download(name: str, root: str | Path | None = None) -> Path:
    """Download the data set `name` and return the folder in which it lies.

    Args:
        name: A set that torchvision knows, such as `"mnist"`.
        root: Where to put it, by default `root_folder()`. What is there already is kept.

    Raises:
        UserError: If there is nothing to download under this name, or the download fails.
    """
    row = find(name)
    if not row.torchvision:
        raise UserError(f"{name} is not downloaded: it comes with the package, or is your own.")
    from gan_minimal.data import torchvision_sets

    folder = Path(root) if root else root_folder()
    torchvision_sets.download(row, folder)
    return folder
