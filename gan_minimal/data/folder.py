"""Folders of images: what is in one, what of it can be used, and why the rest cannot."""

import os
import unicodedata
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from gan_minimal.errors import UserError

T = TypeVar("T")

SUFFIXES = frozenset(
    (
        *(".png", ".jpg", ".jpeg", ".jfif", ".webp", ".bmp", ".gif"),
        *(".tif", ".tiff", ".ppm", ".pgm", ".pbm", ".pnm", ".avif"),
    )
)
"""File names that count as images."""
HEIC = frozenset((".heic", ".heif"))
"""File names of photographs of some phones, which Pillow reads with the help of pillow-heif."""
NEEDS_HEIF = "is HEIC: install pillow-heif (`pip install pillow-heif`) or save it as JPEG"
MAX_PIXELS = 64_000_000
"""Larger images are left out: decoding one may need more memory than there is."""
SPLITS = {"train": ("train",), "test": ("test", "val", "valid", "validation")}
"""Names of subfolders that are splits, in small letters."""
SPLIT_NAMES = frozenset(name for names in SPLITS.values() for name in names)


class ImageNotice(UserWarning):
    """What was found in a folder of images and what becomes of it; training goes on."""


@dataclass
class Header:
    """What an image file says of itself before it is decoded.

    Attributes:
        path: The file.
        width: In pixels, upright.
        height: In pixels, upright.
        grey: Whether it has no colours.
        brightest: Largest value of a grey of more than 8 bits, else 0.
        conversions: What is done to it beyond cutting and scaling.
        problem: Why it cannot be used, if so.
    """

    path: Path
    width: int = 0
    height: int = 0
    grey: bool = False
    brightest: int = 0
    conversions: list[str] = field(default_factory=list)
    problem: str = ""


@dataclass
class Listing:
    """The files of a folder.

    Attributes:
        folder: Where they lie.
        images: Image files, sorted by their names.
        other: Numbers of files that are no images, by their endings.
        ignored: Files that look like images and cannot be used, and why.
    """

    folder: Path
    images: list[Path] = field(default_factory=list)
    other: Counter[str] = field(default_factory=Counter)
    ignored: dict[Path, str] = field(default_factory=dict)

    def groups(self) -> dict[str, list[Path]]:
        """Return the images by the subfolder right below `folder`; "" for those without one."""
        found: dict[str, list[Path]] = {}
        for path in self.images:
            parts = path.relative_to(self.folder).parts
            found.setdefault(parts[0] if len(parts) > 1 else "", []).append(path)
        return found


def normal(text: str) -> str:
    """Return text in the one form (NFC) in which two spellings of a Korean name are equal."""
    return unicodedata.normalize("NFC", text)


def reads_heic() -> bool:
    """Say whether pillow-heif is installed, and let Pillow read HEIC if it is."""
    try:
        from pillow_heif import register_heif_opener
    except ImportError:
        return False
    register_heif_opener()
    return True


def is_image_file(path: Path) -> bool:
    """Say whether `path` is a file whose name is that of an image."""
    return path.is_file() and path.suffix.lower() in SUFFIXES | HEIC


def files(folder: Path) -> Iterator[Path]:
    """Yield all files in `folder` and below, through links too, without hidden ones.

    A folder that is linked to as well is found in its own place, if that lies beside the link.
    """
    seen: set[tuple[int, int]] = set()
    for here, folders, names in os.walk(folder, followlinks=True):
        status = os.stat(here)
        if (status.st_dev, status.st_ino) in seen and status.st_ino:  # a link in a circle
            folders.clear()
            continue
        seen.add((status.st_dev, status.st_ino))
        folders[:] = [name for name in folders if not name.startswith((".", "__MACOSX"))]
        folders.sort(key=lambda name: (os.path.islink(os.path.join(here, name)), name))
        yield from (Path(here) / name for name in names if not name.startswith("."))


def listing(folder: Path) -> Listing:
    """Return what lies in `folder` and below.

    Raises:
        UserError: If there is no such folder.
    """
    if folder.is_file():
        hint = ": unpack it" if folder.suffix.lower() in (".zip", ".tar", ".gz", ".7z") else ""
        raise UserError(f"{folder} is a file, not a folder of images{hint}.")
    if not folder.is_dir():
        raise UserError(f"There is no folder {folder}.")
    found = Listing(folder)
    known = SUFFIXES | HEIC if reads_heic() else SUFFIXES
    every = list(files(folder))
    links = {path for path in every if path.is_symlink()}
    own = {path.resolve() for path in every if path not in links} if links else set()
    for path in every:
        suffix = path.suffix.lower()
        if not path.exists():
            found.ignored[path] = "is a link that leads nowhere"
        elif path in links and suffix in known and path.resolve() in own:
            found.ignored[path] = "is a link to an image that is here already"
        elif not path.is_file():
            found.ignored[path] = "is a pipe or a device, not a file"
        elif suffix in known:
            found.images.append(path)
        elif suffix in HEIC:
            found.ignored[path] = NEEDS_HEIF
        else:
            found.other[suffix or "no ending"] += 1
    found.images.sort(key=lambda path: normal(path.relative_to(folder).as_posix()))
    found.ignored = dict(sorted(found.ignored.items()))
    return found


def split_of(found: Listing, split: str) -> Listing:
    """Return the images of a split.

    Subfolders are splits, whatever the case of their letters, if nothing but splits has images: a
    class called `train` beside one called `car` is a class.

    Args:
        found: What lies in a folder.
        split: `"train"`, `"test"` or another subfolder's name.

    Raises:
        UserError: If there is no such split; without splits all images are for training.
    """
    groups = found.groups()
    names = SPLITS.get(split, (split,))
    called = {name.lower(): name for name in groups}
    splits = len(called) == len(groups) and called.keys() <= SPLIT_NAMES
    here = next((called[name] for name in names if splits and name in called), None)
    if here is None and split != "train":
        raise UserError(
            f"The folder {found.folder} has no subfolder {split!r}: put the images of that split "
            "there."
        )
    if here is None:
        return found
    inside = found.folder / here
    ignored = {path: why for path, why in found.ignored.items() if inside in path.parents}
    return Listing(inside, groups[here], found.other, ignored)


def headers(paths: list[Path], workers: int | None = None) -> list[Header]:
    """Read what each image says of itself, several at a time."""
    return in_parallel(header, paths, workers)


def header(path: Path) -> Header:
    """Read what an image says of itself; an image of more than 8 bits is decoded, too."""
    found = Header(path)
    try:
        with Image.open(path) as image:
            found.width, found.height = image.size
            if found.width * found.height > MAX_PIXELS:
                found.problem = huge(f"{found.width}x{found.height} pixels")
                return found
            # the camera was turned by a quarter; a PNG would have to be decoded to know
            if image.format != "PNG" and image.getexif().get(0x0112, 1) > 4:
                found.width, found.height = found.height, found.width
            found.conversions = conversions(image)
            found.grey = image.mode in ("1", "L", "LA", "F") or is_deep(image)
            if is_deep(image) or image.mode == "F":
                values = np.nan_to_num(np.asarray(image))
                least, most = values.min(initial=0), values.max(initial=0)
                if least < 0 or (image.mode == "F" and most > 255):
                    found.problem = (
                        f"has values from {least:g} to {most:g}; known are those from 0 to 1, to "
                        "255, and whole numbers from 0"
                    )
                found.brightest = int(most) if is_deep(image) else 0
    except Image.DecompressionBombError:
        found.problem = huge("hundreds of millions of pixels")
    except OSError as error:
        reason = f" ({error.strerror})" if error.strerror else ""
        found.problem = f"cannot be read as an image{reason}"
    except Exception:  # decoders raise whatever their parsing runs into
        found.problem = "cannot be read as an image"
    return found


def huge(extent: str) -> str:
    """Return what is wrong with an image of too many pixels."""
    return f"is too large ({extent}, at most {MAX_PIXELS:,} are read)"


def in_parallel(function: Callable[[Path], T], paths: list[Path], workers: int | None) -> list[T]:
    """Call `function` for every path, several at a time, and return what it returns in order."""
    with warnings.catch_warnings(), ThreadPoolExecutor(workers or cores()) as pool:
        # Pillow warns of what is refused here anyway, and of harmless oddities in metadata.
        warnings.simplefilter("ignore")
        return list(pool.map(function, paths))


def cores() -> int:
    """Return how many images are read at a time unless a person says otherwise."""
    return min(8, os.cpu_count() or 1)


def white_of(found: list[Header]) -> int | None:
    """Return the value that is white in the greys of more than 8 bits of a folder, if it has some.

    Cameras and scanners put 10 or 12 bits into files of 16; taken as 16 they would be almost
    black. So the number of bits is that of the brightest pixel of all.
    """
    brightest = max((each.brightest for each in found), default=0)
    return 2 ** max(8, brightest.bit_length()) - 1 if brightest else None


def is_deep(image: Image.Image) -> bool:
    """Say whether an image is a grey of whole numbers of more than 8 bits."""
    return image.mode.startswith("I")


def conversions(image: Image.Image) -> list[str]:
    """Return what has to be done to `image` beyond scaling it, for the notice."""
    kinds = []
    if is_deep(image) or image.mode == "F":
        kinds.append("with more than 8 bits, reduced to 8")
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


def to_rgb(image: Image.Image, white: int | None = None) -> Image.Image:
    """Return any image that Pillow can open as upright 8-bit RGB, transparency laid on white.

    Args:
        image: What Pillow has opened.
        white: The value that is white in greys of more than 8 bits; by default that of 16 bits, or
            of 8 if no pixel is brighter.
    """
    image = ImageOps.exif_transpose(image)
    if is_deep(image) or image.mode == "F":
        image = _eight_bits(image, white)
    if image.has_transparency_data:
        image = image.convert("RGBA")
        paper = Image.new("RGBA", image.size, "white")
        image = Image.alpha_composite(paper, image)
    return image.convert("RGB")


def _eight_bits(image: Image.Image, white: int | None) -> Image.Image:
    """Reduce greys of more bits (0 to `white`) and floats (0-1 or 0-255) to 8 bits."""
    values = np.nan_to_num(np.asarray(image, dtype=np.float64))
    if image.mode == "F":
        scale = 255.0 if values.max(initial=0) <= 1 else 1.0
    elif white is not None:
        scale = 255 / white
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
