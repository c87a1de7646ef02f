"""Opens the data sets that have a name; torch and torchvision are imported when needed."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_minimal.data import snapshot
from gan_minimal.data.catalog import BUILT_IN, names, unknown
from gan_minimal.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset

_CLASSES = {"mnist": "MNIST", "fashion-mnist": "FashionMNIST", "celeba": "CelebA"}


def open_set(name: str, split: str, size: int | None, root: Path) -> "Dataset[tuple[Tensor, ...]]":
    """Open the data set `name`; see `gan_minimal.data.load`."""
    from torch.utils.data import TensorDataset

    splits = ("train", "valid", "test") if name == "celeba" else ("train", "test")
    if split not in splits:
        raise UserError(f"{name} has the splits {', '.join(splits)}, not {split!r}.")
    if name == "celeba":
        from gan_minimal.data.celeba import CelebA

        return CelebA(split, size or 64, root)
    images = _images(name, split, root)
    longer = max(images.shape[2:])
    return TensorDataset(to_unit(images if size in (None, longer) else resize(images, size)))


def _images(name: str, split: str, root: Path) -> "Tensor":
    """Return the uint8 images (N, C, H, W) of a set that fits into memory."""
    if name == "faces16":
        from gan_minimal.data.faces16 import load_faces

        return load_faces(split).images
    if name == "hangul32":
        from gan_minimal.data.hangul32 import load_hangul

        return load_hangul(split).images
    if name == "photo":
        return photo()
    return digits(name, split, root)


def open_labelled(name: str, split: str, root: Path) -> "Dataset[tuple[Tensor, ...]]":
    """Open images with whole numbers `(N,)` that say what they show; see `LABELLED`."""
    from torch.utils.data import TensorDataset

    if name == "faces16-labels":
        from gan_minimal.data.faces16 import load_faces

        faces = load_faces(split)
        return TensorDataset(to_unit(faces.images), *faces.attributes.values())
    if name == "mnist-labels":
        return TensorDataset(to_unit(digits("mnist", split, root)), digit_labels(split, root))
    from gan_minimal.data.hangul32 import load_hangul

    glyphs = load_hangul(split)
    labels = [glyphs.cho, glyphs.jung, glyphs.jong]
    if name == "hangul32-labels":
        labels.append(glyphs.font)
    return TensorDataset(to_unit(glyphs.images), *labels)


def to_unit(images: "Tensor") -> "Tensor":
    """Map uint8 images to float32 in [-1, 1]: 0 becomes -1, 255 becomes 1."""
    return images.float() / 127.5 - 1


def resize(images: "Tensor", size: int) -> "Tensor":
    """Bring uint8 images (N, C, H, W) to `size` pixels on their longer side.

    Whole multiples repeat pixels, so pixel art stays sharp; everything else is interpolated
    with antialiasing.
    """
    import torch
    from torch.nn import functional

    height, width = images.shape[2:]
    factor, rest = divmod(size, max(height, width))
    if factor and not rest:
        return images.repeat_interleave(factor, 2).repeat_interleave(factor, 3)
    shape = [max(1, round(side * size / max(height, width))) for side in (height, width)]
    small = functional.interpolate(images.float(), shape, mode="bilinear", antialias=True)
    return small.round().clamp(0, 255).to(torch.uint8)


def photo() -> "Tensor":
    """Return the built-in photograph, uint8 (1, 3, 167, 250).

    Raises:
        UserError: If the snapshot is damaged.
    """
    import io

    import numpy as np
    import torch
    from PIL import Image

    with Image.open(io.BytesIO(snapshot.read("photo.png"))) as image:
        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)[None]


def digits(name: str, split: str, root: Path) -> "Tensor":
    """Return MNIST or Fashion-MNIST, uint8 (N, 1, 28, 28), from what has been downloaded.

    Raises:
        UserError: If it has not been downloaded or its files are damaged.
    """
    images: Tensor = _downloaded(name, split, root).data
    return images[:, None]


def digit_labels(split: str, root: Path) -> "Tensor":
    """Return the digits of MNIST, int64 (N,); raises as `digits` does."""
    labels: Tensor = _downloaded("mnist", split, root).targets
    return labels


def _downloaded(name: str, split: str, root: Path) -> Any:
    kind = getattr(torchvision_datasets(), _CLASSES[name])
    try:
        return kind(root, train=split == "train", download=False)
    except (RuntimeError, ValueError, AssertionError, OSError, EOFError) as error:
        absent = "not found" in str(error)  # torchvision says it with a RuntimeError
        raise (missing if absent else _damaged)(name, root) from error


def missing(name: str, root: Path) -> UserError:
    """Return the error that says how to get a data set that is not there yet."""
    return UserError(
        f"{name} is not in {root} yet: download it with `gan-minimal data {name} --download`."
    )


def _damaged(name: str, root: Path) -> UserError:
    return UserError(
        f"The files of {name} in {root} are damaged: delete the folder "
        f"{root / _CLASSES[name]} and run `gan-minimal data {name} --download` again."
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


def download(name: str, root: str | Path | None = None) -> Path:
    """Download the data set `name` and return the folder in which it lies.

    Args:
        name: `"mnist"`, `"fashion-mnist"` or `"celeba"`.
        root: Where to put it, by default `root_folder()`. What is there already is kept.

    Raises:
        UserError: If there is nothing to download under this name, or the download fails.
    """
    from gan_minimal.data.catalog import root_folder

    if name in BUILT_IN:
        raise UserError(f"{name} comes with the package: there is nothing to download.")
    if name not in names():
        raise unknown(name)
    folder = Path(root) if root else root_folder()
    kind = getattr(torchvision_datasets(), _CLASSES[name])
    try:
        folder.mkdir(parents=True, exist_ok=True)
        kind(folder, download=True)
    except Exception as error:  # sockets, HTTP, archives, Google Drive: each has errors of its own
        by_hand = (
            f" or fetch its files with a browser and put them into {folder / 'celeba'}"
            if name == "celeba"
            else ""
        )
        reason = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
        raise UserError(
            f"{name} could not be downloaded to {folder} ({reason}): check the internet "
            f"connection and the free space and try again{by_hand}."
        ) from error
    return folder
