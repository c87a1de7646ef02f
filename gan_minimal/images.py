"""Tensors of images to files: PNG grids, WebP pictures and animations."""

import io
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from PIL import Image
from torch import Tensor

from gan_minimal.files import write_whole

Pixels = npt.NDArray[np.uint8]
Pictures = Mapping[str, Image.Image | list[Image.Image]]
"""Pictures and, as lists of frames, animations, by the names of their files."""


def to_pixels(images: Tensor) -> Pixels:
    """Images `(N, C, H, W)` in [-1, 1], C = 1 or 3, to `(N, H, W, 3)` from 0 to 255.

    Values outside [-1, 1] are clipped.
    """
    scaled = (images.detach().float().cpu().clamp(-1, 1) + 1) * 127.5
    colour = scaled.round().byte().expand(-1, 3, -1, -1)
    return colour.permute(0, 2, 3, 1).contiguous().numpy()


def grid(images: Tensor, columns: int, gap: int = 1, scale: int = 1) -> Image.Image:
    """Lay images out in rows on white.

    Args:
        images: `(N, C, H, W)` in [-1, 1].
        columns: Images in a row.
        gap: White pixels between two images, before enlargement.
        scale: Whole-number enlargement without smoothing.
    """
    pixels = to_pixels(images)
    n, height, width, _ = pixels.shape
    rows = -(-n // columns)
    paper = np.full(
        (rows * (height + gap) - gap, columns * (width + gap) - gap, 3), 255, dtype=np.uint8
    )
    for i, picture in enumerate(pixels):
        top, left = i // columns * (height + gap), i % columns * (width + gap)
        paper[top : top + height, left : left + width] = picture
    return enlarge(Image.fromarray(paper), scale)


def in_turn(*columns: Tensor) -> Tensor:
    """Lay sets of images `(8 k, C, H, W)` out in rows of eight, one row of each set in turn."""
    return torch.stack([images.unflatten(0, (-1, 8)) for images in columns], dim=1).flatten(0, 2)


def in_columns(pictures: Tensor) -> Image.Image:
    """Lay images `(rows, columns, C, H, W)` out."""
    return grid(pictures.flatten(0, 1), pictures.shape[1])


def enlarge(picture: Image.Image, scale: int) -> Image.Image:
    """Repeat every pixel `scale` times in both directions."""
    return picture.resize((picture.width * scale, picture.height * scale), Image.Resampling.NEAREST)


def save(picture: Image.Image, path: Path, quality: int | None = None) -> None:
    """Write a picture as PNG or WebP, by the ending of `path`.

    Args:
        picture: What to write.
        path: Where to write it.
        quality: Of WebP, up to 100; without loss if it is not given.

    Raises:
        ValueError: If the ending is neither `.png` nor `.webp`.
    """
    options: dict[str, dict[str, Any]] = {
        ".png": {"format": "PNG"},
        ".webp": {"format": "WEBP", "lossless": quality is None, "quality": quality or 80},
    }
    if path.suffix.lower() not in options:
        raise ValueError(f"{path} ends neither with .png nor with .webp")
    how = options[path.suffix.lower()]
    write_whole(path, lambda temporary: picture.save(temporary, **how, method=6))


def save_animation(
    frames: Sequence[Image.Image], path: Path, milliseconds: int = 120, limit: int = 40_000
) -> None:
    """Write an animated WebP of at most `limit` bytes; the last frame stays for two seconds.

    Frames are left out evenly, and the rest coded less exactly, until the file is small enough.

    Args:
        frames: Pictures of one size.
        path: Where to write; ends with `.webp`.
        milliseconds: How long a frame stays.
        limit: Largest size of the file in bytes.

    Raises:
        ValueError: If even two frames do not fit.
    """
    while len(frames) > 1:
        durations = [milliseconds] * (len(frames) - 1) + [2000]
        for quality in (90, 75, 60, 45):
            data = io.BytesIO()
            frames[0].save(
                data,
                format="WEBP",
                save_all=True,
                append_images=frames[1:],
                duration=durations,
                loop=0,
                quality=quality,
                method=6,
            )
            if data.tell() <= limit:
                write_whole(path, partial(Path.write_bytes, data=data.getvalue()))
                return
        frames = [*frames[:-1:2], frames[-1]] if len(frames) > 2 else []
    raise ValueError(f"an animation of these frames does not fit into {limit} bytes")
