"""Images of a folder, reduced once to the size of a model and kept: a round then reads no files.

What is kept lies in the folder of downloaded data, one file of pixels for each set of files and
each way to reduce them. A file that has changed, or another size, is another set.
"""

import hashlib
import io
import json
import os
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from filelock import FileLock
from PIL import Image, ImageOps

from gan_minimal.data.folder import Header, cores, normal, to_rgb
from gan_minimal.errors import UserError
from gan_minimal.files import read_record, sum_of_file, write_record, write_whole

Pixels = npt.NDArray[np.uint8]
FORMAT = 2  # another one for each change of how images are reduced, or of what is kept
KEPT = {"used": [int], "problems": {str: str}, "sums": [str], "pixels": str}  # beside the pixels

Progress = Callable[[int, int], None]
"""Told how many of how many images have been reduced."""


@dataclass(frozen=True)
class How:
    """How images are reduced.

    Attributes:
        size: Height and width in pixels.
        channels: 3 for colour, 1 for grey.
        white: White of greys of more than 8 bits, see `gan_minimal.data.folder.white_of`.
        half: `"left"` or `"right"` half of an image alone; "" for all of it.
    """

    size: int
    channels: int = 3
    white: int | None = None
    half: str = ""


@dataclass
class Reduced:
    """Reduced images.

    Attributes:
        pixels: `(N, size, size, channels)`, 0 to 255; in memory or mapped from a file.
        used: The place of each in the list of all.
        problems: Why the others could not be reduced, by their places.
        sums: The SHA-256 sum (hexadecimal) of the file of each that is used.
    """

    pixels: Pixels
    used: list[int]
    problems: dict[int, str]
    sums: list[str]

    def only(self, places: set[int]) -> "Reduced":
        """Return those of some places alone."""
        kept = [n for n, place in enumerate(self.used) if place in places]
        sums = [self.sums[n] for n in kept]
        return Reduced(self.pixels[kept], [self.used[n] for n in kept], self.problems, sums)


def reduce(path: Path, how: How) -> tuple[Pixels, str] | str:
    """Read an image, cut it to its central square and scale it.

    Returns:
        Pixels `(size, size, channels)` and the sum of the file, or why the image cannot be read.
    """
    try:
        data = path.read_bytes()
        with Image.open(io.BytesIO(data)) as image:
            scale = 2 * how.size / min(image.size)  # of a JPEG, no more is decoded than is needed
            if not how.half and scale < 1:
                image.draft(None, (round(image.width * scale), round(image.height * scale)))
            rgb = to_rgb(image, how.white)
    except OSError as error:
        return "cannot be read as an image" + (f" ({error.strerror})" if error.strerror else "")
    except Exception:  # decoders raise whatever their parsing runs into
        return "cannot be read as an image"
    if how.half:
        left = rgb.width // 2 if how.half == "right" else 0
        rgb = rgb.crop((left, 0, left + rgb.width // 2, rgb.height))
    square = ImageOps.fit(rgb, (how.size, how.size), Image.Resampling.BICUBIC)
    pixels = np.array(square if how.channels == 3 else square.convert("L"))
    return pixels.reshape(how.size, how.size, how.channels), hashlib.sha256(data).hexdigest()


def reduced(
    found: list[Header],
    folder: Path,
    how: How,
    cache: Path | None = None,
    workers: int | None = None,
    progress: Progress | None = None,
) -> Reduced:
    """Reduce images, or take those that were reduced before.

    Args:
        found: The images.
        folder: Where they lie.
        how: How to reduce them.
        cache: Folder in which they are kept; None to keep them in memory only.
        workers: Images that are read at a time.
        progress: Told how far it is, if images are reduced now.

    Raises:
        UserError: If there is no room for them in `cache`.
    """
    if cache is None:
        pixels: list[Pixels] = []
        used, problems, sums = _write(found, how, workers, progress, pixels.append)
        shape = (len(used), how.size, how.size, how.channels)
        return Reduced(np.array(pixels, np.uint8).reshape(shape), used, problems, sums)
    name = key(found, folder, how)
    place, list_of = cache / f"{name}.pixels", cache / f"{name}.json"
    cache.mkdir(parents=True, exist_ok=True)
    with FileLock(cache / f"{name}.lock"):  # a second program waits, and then reads
        kept = _read(place, list_of, how)
        if kept is not None:
            return kept
        content: dict[str, Any] = {}

        def write(temporary: Path) -> None:
            with temporary.open("wb") as file:
                content["used"], content["problems"], content["sums"] = _write(
                    found, how, workers, progress, lambda pixels: file.write(pixels.tobytes())
                )

        try:
            write_whole(place, write)
            write_record(list_of, content | {"pixels": sum_of_file(place)})
        except OSError as error:
            place.unlink(missing_ok=True)
            size = len(found) * how.size**2 * how.channels / 2**20
            raise UserError(
                f"The reduced images, {size:,.0f} MiB, cannot be kept in {cache} "
                f"({error.strerror}): --no-cache keeps them in memory, and the variable "
                "XDG_CACHE_HOME names another folder."
            ) from error
        kept = _read(place, list_of, how)
    assert kept is not None  # it has just been written
    return kept


def key(found: list[Header], folder: Path, how: How) -> str:
    """Return a name for these files, as they are now, and this way to reduce them."""
    files = []
    for each in found:
        status = each.path.stat()
        name = normal(each.path.relative_to(folder).as_posix())
        files.append([name, status.st_size, status.st_mtime_ns, status.st_ctime_ns])
    text = json.dumps([FORMAT, how.size, how.channels, how.white, how.half, files])
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _read(place: Path, list_of: Path, how: How) -> Reduced | None:
    """Map what was kept; None if it is not there, or not whole in every bit."""
    if not (place.is_file() and list_of.is_file()):  # nobody may ever write into a pipe
        return None
    try:
        content = read_record(list_of, KEPT, "")
        used, sums = content["used"], content["sums"]
        problems = {int(place): problem for place, problem in content["problems"].items()}
        shape = (len(used), how.size, how.size, how.channels)
        if place.stat().st_size != int(np.prod(shape)) or sum_of_file(place) != content["pixels"]:
            return None
        os.utime(place)  # when it was last of use
    except (OSError, ValueError):
        return None
    if not used:
        return Reduced(np.zeros(shape, np.uint8), [], problems, [])
    return Reduced(np.memmap(place, np.uint8, "r", shape=shape), used, problems, sums)


def _write(
    found: list[Header],
    how: How,
    workers: int | None,
    progress: Progress | None,
    write: Callable[[Pixels], object],
) -> tuple[list[int], dict[int, str], list[str]]:
    """Reduce images, several at a time, and write those that can be read, in their order."""
    used, problems, sums = [], {}, []
    for i, read in enumerate(_each(found, how, workers)):
        if isinstance(read, str):
            problems[i] = read
        else:
            used.append(i)
            sums.append(read[1])
            write(read[0])
        if progress is not None:
            progress(i + 1, len(found))
    return used, problems, sums


def _each(found: list[Header], how: How, workers: int | None) -> Iterator[tuple[Pixels, str] | str]:
    with warnings.catch_warnings(), ThreadPoolExecutor(workers or cores()) as pool:
        warnings.simplefilter("ignore")  # `header` has told what there is to tell
        yield from pool.map(partial(reduce, how=how), [each.path for each in found])
