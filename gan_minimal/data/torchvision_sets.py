"""The sets that torchvision knows and downloads: MNIST, Fashion-MNIST and CelebA."""

from pathlib import Path
from typing import Any

from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

from gan_minimal.data.folder import picture
from gan_minimal.data.pixels import resize, to_unit
from gan_minimal.data.registry import DataSet, function
from gan_minimal.errors import UserError


class CelebA(Dataset[tuple[Tensor, ...]]):
    """Celebrity faces, cut to the central 178x178 pixels as papers do, then reduced.

    Attributes:
        attributes: int64 tensor (N, 40), 1 where the face has the attribute and 0 where not.
        attribute_names: The 40 names, in the order of the columns.
    """

    def __init__(self, split: str, size: int, root: Path) -> None:
        """Open what has been downloaded to `root`.

        Raises:
            UserError: If it is not there.
        """
        folder = root / "celeba"
        datasets = torchvision_datasets()
        try:
            # The splits and the attributes; the images are read here, to the same rules as others.
            found = datasets.CelebA(root, split, "attr", download=False)
        except (RuntimeError, OSError, ValueError) as error:
            raise missing("celeba", root) from error
        self.size = size
        self.paths = [folder / "img_align_celeba" / name for name in found.filename]
        self.attributes: Tensor = found.attr.long()
        self.attribute_names: list[str] = [name for name in found.attr_names if name]
        images = folder / "img_align_celeba"
        there = {path.name for path in images.iterdir()} if images.is_dir() else set()
        absent = [path for path in self.paths if path.name not in there]
        if absent:
            raise UserError(
                f"CelebA is incomplete, {absent[0]} is missing, with {len(absent) - 1:,} more: "
                "unpack img_align_celeba.zip again."
            )

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        return (picture(self.paths[index], self.size, crop=178),)


def open_celeba(root: Path, split: str, size: int | None) -> CelebA:
    """Open CelebA's images, by default at 64 pixels."""
    return CelebA(split, size or 64, root)


def open_mnist(root: Path, split: str, size: int | None) -> TensorDataset:
    """Open MNIST: images alone."""
    return TensorDataset(digits("mnist", "MNIST", split, size, root)[0])


def open_labelled_mnist(root: Path, split: str, size: int | None) -> TensorDataset:
    """Open MNIST with the digit `(N,)` that each image shows."""
    return TensorDataset(*digits("mnist", "MNIST", split, size, root))


def open_fashion_mnist(root: Path, split: str, size: int | None) -> TensorDataset:
    """Open Fashion-MNIST: images alone."""
    return TensorDataset(digits("fashion-mnist", "FashionMNIST", split, size, root)[0])


def digits(name: str, kind: str, split: str, size: int | None, root: Path) -> tuple[Tensor, Tensor]:
    """Return the images `(N, 1, H, W)` of MNIST or Fashion-MNIST, and what they show, `(N,)`.

    Args:
        name: The set's name here.
        kind: torchvision's class, after which its folder is called.
        split: `"train"` or `"test"`.
        size: Height and width; None for the data's own 28.
        root: Where it has been downloaded to.

    Raises:
        UserError: If it has not been downloaded or its files are damaged.
    """
    open_set = getattr(torchvision_datasets(), kind)
    try:
        found = open_set(root, train=split == "train", download=False)
    except (RuntimeError, ValueError, AssertionError, OSError, EOFError) as error:
        if "not found" in str(error):  # torchvision says it with a RuntimeError
            raise missing(name, root) from error
        raise UserError(
            f"The files of {name} in {root} are damaged: delete the folder {root / kind} and run "
            f"`gan-minimal data {name} --download` again."
        ) from error
    return to_unit(resize(found.data[:, None], size)), found.targets


def missing(name: str, root: Path) -> UserError:
    """Return the error that says how to get a data set that is not there yet."""
    return UserError(
        f"{name} is not in {root} yet: download it with `gan-minimal data {name} --download`."
    )


def torchvision_datasets() -> Any:
    """Return the module `torchvision.datasets`.

    Raises:
        UserError: If it cannot be imported.
    """
    try:
        from torchvision import datasets
    except (ImportError, RuntimeError, OSError) as error:
        raise UserError(
            "torchvision cannot be imported, most likely because it was built for another torch: "
            "install torch and torchvision together, from the same place."
        ) from error
    return datasets


def download(row: DataSet, folder: Path) -> None:
    """Download a set to `folder` and open it; what is there already is kept.

    Raises:
        UserError: If the download fails, or what it left is not whole.
    """
    datasets = torchvision_datasets()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        getattr(datasets, row.torchvision)(folder, download=True)
    except Exception as error:  # sockets, HTTP, archives, Google Drive: each has errors of its own
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        if "gdown" in reason:
            raise UserError(
                f"{row.name} lies on Google Drive, from which another package fetches it: "
                f"`pip install gdown`, and then `gan-minimal data {row.name} --download` again."
            ) from error
        raise UserError(
            f"{row.name} could not be downloaded to {folder} ({reason}): check the internet "
            f"connection and the free space and try again, or fetch its files with a browser and "
            f"put them into {(folder / row.files[0]).parent}."
        ) from error
    for split in row.splits:  # an unpacking that was interrupted leaves a part of the files
        function(row.opener)(folder, split, None)
