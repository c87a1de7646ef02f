"""A folder of images: every file is checked before training, none can stop it half-way."""

import os
import warnings
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor
from torch.utils.data import Dataset

from gan_minimal.errors import UserError

SUFFIXES = frozenset(
    (
        *(".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".gif"),
        *(".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".avif"),
    )
)
"""File names that count as images; everything else in a folder is ignored."""
MAX_PIXELS = 64_000_000
"""Larger images are refused: decoding one may need more memory than there is."""


class ImageNotice(UserWarning):
    """Images were converted; training goes on."""


@dataclass
class _Report:
    """What the check of one file found."""

    path: Path
    problem: str = ""
    conversions: list[str] = field(default_factory=list)


class ImageFolder(Dataset[tuple[Tensor, ...]]):
    """The images of a folder and its subfolders, cut to squares and scaled.

    Attributes:
        paths: The image files, in the order of their names.
        size: Height and width in pixels.
    """

    def __init__(self, folder: Path, split: str = "train", size: int = 64) -> None:
        """Find and check all images.

        Args:
            folder: The folder. If it has subfolders `train` and `test`, they are the splits;
                otherwise all images are for training.
            split: `"train"` or `"test"`.
            size: Height and width to which the images are cut and scaled.

        Raises:
            UserError: If the folder is missing or empty, or a file is broken, smaller than
                `size`, or has more than `MAX_PIXELS` pixels; the message names the file.
        """
        self.size = size
        self.paths = find(split_folder(folder, split))
        reports = check(self.paths, size)
        _refuse([report for report in reports if report.problem], folder)
        _tell(reports)

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        return (picture(self.paths[index], self.size),)


def open_folder(folder: Path, split: str, size: int | None) -> ImageFolder:
    """Open a folder of images, by default at 64 pixels; see `ImageFolder` for the errors."""
    return ImageFolder(folder, split, size or 64)


def is_image_file(path: Path) -> bool:
    """Say whether `path` is a file whose name is that of an image."""
    return path.is_file() and path.suffix.lower() in SUFFIXES


def split_folder(folder: Path, split: str) -> Path:
    """Return the subfolder of a split, or `folder` itself if it has none and training is asked for.

    Raises:
        UserError: If there is no such folder.
    """
    if folder.is_file():
        raise UserError(f"{folder} is a file, not a folder of images.")
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.")
    if (folder / split).is_dir():
        return folder / split
    if split != "train":
        raise UserError(
            f"The folder {folder} has no subfolder {split!r}: put the images of that split there."
        )
    return folder


def find(folder: Path) -> list[Path]:
    """Return the image files in `folder` and below, sorted, without hidden ones.

    Raises:
        UserError: If there is none.
    """
    paths = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in SUFFIXES
        and not any(part.startswith(".") for part in path.relative_to(folder).parts)
        and path.is_file()
    )
    if not paths:
        raise UserError(
            f"The folder {folder} has no images: it needs files such as .png, .jpg or .webp."
        )
    return paths


def check(paths: Iterable[Path], size: int) -> list[_Report]:
    """Decode every file once, several at a time, and report what is wrong with it."""
    with warnings.catch_warnings(), ThreadPoolExecutor(min(8, os.cpu_count() or 1)) as pool:
        # Pillow warns of what is refused here anyway, and of harmless oddities in metadata.
        warnings.simplefilter("ignore")
        return list(pool.map(lambda path: _check(path, size), paths))


def _check(path: Path, size: int) -> _Report:
    report = _Report(path)
    try:
        with Image.open(path) as image:
            width, height = image.size
            if width * height > MAX_PIXELS:
                report.problem = _huge(f"{width}x{height} pixels")
            elif min(width, height) < size:
                report.problem = (
                    f"is too small ({width}x{height} pixels, {size}x{size} are wanted): "
                    f"remove it or choose a size of at most {min(width, height)}"
                )
            else:
                image.verify()  # checksums, where the format has some
        if not report.problem:
            with Image.open(path) as image:
                report.conversions = conversions(image)
                to_rgb(image)
    except Image.DecompressionBombError:
        report.problem = _huge("hundreds of millions of pixels")
    except OSError as error:
        reason = f" ({error.strerror})" if error.strerror else ""
        report.problem = f"cannot be read as an image{reason}: replace or remove it"
    except Exception:  # decoders raise whatever their parsing runs into
        report.problem = "cannot be read as an image: replace or remove it"
    return report


def _huge(extent: str) -> str:
    return f"is too large ({extent}, at most {MAX_PIXELS:,} are read): scale it down or remove it"


def _refuse(bad: list[_Report], folder: Path) -> None:
    if bad:
        others = [report.path.relative_to(folder).as_posix() for report in bad[1:4]]
        more = ", ..." if len(bad) > 4 else ""
        rest = f" (so must {len(bad) - 1} more: {', '.join(others)}{more})" if others else ""
        raise UserError(f"{bad[0].path} {bad[0].problem}{rest}.")


def _tell(reports: list[_Report]) -> None:
    """Warn once of all conversions, each kind with the name of one file."""
    kinds: dict[str, list[Path]] = {}
    for report in reports:
        for kind in report.conversions:
            kinds.setdefault(kind, []).append(report.path)
    if kinds:
        parts = [f"{len(paths)} {kind} (such as {paths[0]})" for kind, paths in kinds.items()]
        warnings.warn(
            f"Some images are converted to RGB while they are read: {'; '.join(parts)}.",
            ImageNotice,
            stacklevel=3,
        )


def conversions(image: Image.Image) -> list[str]:
    """Return what has to be done to `image` beyond scaling it, for the notice."""
    kinds = []
    if image.mode.startswith(("I", "F")):
        kinds.append("with 16 or more bits, reduced to 8")
    elif image.has_transparency_data:
        kinds.append("transparent, laid on white")
    elif image.mode in ("1", "L", "LA"):
        kinds.append("grey")
    elif image.mode == "P":
        kinds.append("with a palette")
    elif image.mode != "RGB":
        kinds.append(f"in {image.mode} colours")
    if getattr(image, "n_frames", 1) > 1:
        kinds.append("with several frames, of which the first is taken")
    return kinds


def to_rgb(image: Image.Image) -> Image.Image:
    """Return any image that Pillow can open as upright 8-bit RGB, transparency laid on white."""
    image = ImageOps.exif_transpose(image)
    if image.mode.startswith(("I", "F")):
        image = _eight_bits(image)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        white = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(white, image)
    return image.convert("RGB")


def _eight_bits(image: Image.Image) -> Image.Image:
    """Reduce 16-bit greys (0-65535) and floats (0-1 or 0-255) to 8 bits."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float64))
    if image.mode == "F":
        scale = 255.0 if values.max(initial=0) <= 1 else 1.0
    else:
        scale = 1.0 if image.mode == "I" and values.max(initial=0) <= 255 else 1 / 257
    return Image.fromarray(np.clip(np.rint(values * scale), 0, 255).astype(np.uint8))


def picture(path: Path, size: int, crop: int | None = None) -> Tensor:
    """Read one image, cut it to its central square and scale it.

    Args:
        path: The file.
        size: Height and width of the result.
        crop: Side of the central square that is kept, in pixels; by default the largest.

    Returns:
        float32 tensor (3, size, size) in [-1, 1].

    Raises:
        UserError: If the file cannot be read any more.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # `check` has told what there is to tell
            with Image.open(path) as image:
                rgb = to_rgb(image)
    except OSError as error:
        raise UserError(f"{path} cannot be read as an image: replace or remove it.") from error
    if crop:
        left, top = (rgb.width - crop) // 2, (rgb.height - crop) // 2
        rgb = rgb.crop((left, top, left + crop, top + crop))
    square = ImageOps.fit(rgb, (size, size), Image.Resampling.BICUBIC)
    return torch.from_numpy(np.array(square)).permute(2, 0, 1).float() / 127.5 - 1
