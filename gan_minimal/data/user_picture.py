"""A person's own picture, made into what a model has learnt from, or refused with a sentence."""

from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image, ImageOps
from torch import Tensor

from gan_minimal.data.faces16 import REGIONS
from gan_minimal.data.folder import HEIC, MAX_PIXELS, NEEDS_HEIF, reads_heic, to_rgb
from gan_minimal.data.registry import DataSet, function
from gan_minimal.errors import UserError

LONGEST = 27 / 32  # of a glyph's longer side to the cell: the mean of hangul32
SLIMMEST = 0.3  # of a glyph's shorter side to its longer one; several syllables in a line are less
BLACKEST = 0.6  # share of ink in the box around a glyph
FARTHEST = 60  # of 255, from a pixel of a label map to the nearest of its colours
MIXED = 6  # of 255, from an enlarged pixel's colours to their mean; a photograph has 10 and more
PAPER = 230  # of 255: what counts as white


def prepare(path: Path, row: DataSet, size: int, channels: int) -> Tensor:
    """Read a picture for a model that was trained on the data of `row`, by the row's reader.

    Args:
        path: An image file.
        row: What is known of the data.
        size: Height and width of the model's images.
        channels: 3 for colour, 1 for grey.

    Returns:
        float32 tensor (1, channels, size, size) in [-1, 1].

    Raises:
        UserError: If the file cannot be read, or does not show what the model is there for.
    """
    values: NDArray[np.uint8] = function(row.reader)(opened(path), path, size)
    images = torch.from_numpy(np.array(values)).permute(2, 0, 1)
    return images[None, :channels].float() / 127.5 - 1


def opened(path: Path) -> Image.Image:
    """Return the picture as upright RGB, transparency laid on white.

    Raises:
        UserError: If there is no such file, or it is no image or too large.
    """
    if path.suffix.lower() in HEIC and not reads_heic():
        raise UserError(f"{path} {NEEDS_HEIF}.")
    if path.exists() and not path.is_file():
        raise UserError(f"{path} is no file, but a folder, a pipe or a device.")
    try:
        with Image.open(path) as image:
            if image.width * image.height > MAX_PIXELS:
                raise UserError(f"{path} is too large: at most {MAX_PIXELS:,} pixels are read.")
            return to_rgb(image)
    except UserError:
        raise
    except FileNotFoundError:
        raise UserError(f"There is no file {path}.") from None
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        raise UserError(f"{path} cannot be read as an image.") from None


def square(image: Image.Image, _path: Path, size: int) -> NDArray[np.uint8]:
    """Cut a picture to its central square and scale it.

    Returns:
        Array (size, size, 3), RGB.
    """
    return np.asarray(ImageOps.fit(image, (size, size), Image.Resampling.BICUBIC))


def glyph(image: Image.Image, path: Path, size: int) -> NDArray[np.uint8]:
    """Cut the one glyph of a picture out and centre it as those of hangul32 are.

    It may be of any size, in colour, transparent, or light on dark.

    Returns:
        Array (size, size, 1), 0 ink to 255 paper.

    Raises:
        UserError: If the picture shows something else than one syllable.
    """
    wanted = "expected is one Korean syllable, dark on light or light on dark."
    grey = ImageOps.autocontrast(image.convert("L"))
    values = np.asarray(grey)
    border = np.concatenate([values[0], values[-1], values[:, 0], values[:, -1]])
    if np.median(border) < 128:
        grey = ImageOps.invert(grey)
    box = grey.point([255] * 128 + [0] * 128).getbbox()
    if box is None:
        raise UserError(f"{path} is blank: {wanted}")
    ink = np.asarray(grey.crop(box))
    height, width = ink.shape
    if min(height, width) < SLIMMEST * max(height, width) or max(height, width) < size // 4:
        raise UserError(f"What {path} shows is {width} pixels wide and {height} high: {wanted}")
    if (ink < 128).mean() > BLACKEST:
        raise UserError(f"{path} shows an area rather than strokes: {wanted}")
    side = round(max(height, width) / LONGEST)
    cell = Image.new("L", (side, side), 255)
    cell.paste(Image.fromarray(ink), ((side - width) // 2, (side - height) // 2))
    return np.asarray(cell.resize((size, size), Image.Resampling.BOX))[:, :, None]


def label_map(image: Image.Image, path: Path, size: int) -> NDArray[np.uint8]:
    """Reduce a label map and bring every pixel to the nearest colour of `REGIONS`.

    Returns:
        Array (size, size, 3), RGB.

    Raises:
        UserError: If more than one pixel in twenty is far from all of these colours.
    """
    colors = np.array([list(bytes.fromhex(color[1:])) for color, *_ in REGIONS.values()])
    small = ImageOps.fit(image, (size, size), Image.Resampling.NEAREST)
    distances = np.abs(np.asarray(small, dtype=int)[:, :, None] - colors).max(axis=3)
    if (distances.min(axis=2) > FARTHEST).mean() > 0.05:
        names = ", ".join(f"{color} {english}" for color, _, english in REGIONS.values())
        raise UserError(f"{path} is no label map: expected is a face painted in {names}.")
    return colors[distances.argmin(axis=2)].astype(np.uint8)


def pixel_face(image: Image.Image, path: Path, size: int) -> NDArray[np.uint8]:
    """Reduce an enlarged pixel-art face to its pixels.

    Returns:
        Array (size, size, 3), RGB.

    Raises:
        UserError: If it is not made of large enough pixels, or not a face on white.
    """
    square = ImageOps.fit(image, (min(image.size),) * 2, Image.Resampling.NEAREST)
    small = square.resize((size, size), Image.Resampling.BOX)
    again = small.resize(square.size, Image.Resampling.NEAREST)
    values = np.asarray(small)
    mixed = np.abs(np.asarray(square, dtype=int) - np.asarray(again)).mean()
    background, forehead = values[0, [0, -1]], values[size // 8 : size // 4, size // 4 : -size // 4]
    if mixed > MIXED or background.min() < PAPER or forehead.min(axis=2).mean() > PAPER:
        raise UserError(
            f"{path} is no pixel-art face: expected is a face of {size}x{size} pixels on white, or "
            "enlarged without smoothing, such as `gan-minimal sample dcgan --n 1` draws."
        )
    return values
