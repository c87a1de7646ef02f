"""From stored pixels to the tensors that models learn from."""

import torch
import torch.nn.functional as F
from torch import Tensor


def to_unit(images: Tensor) -> Tensor:
    """Map uint8 images to float32 in [-1, 1]: 0 becomes -1, 255 becomes 1."""
    return images.to(torch.float32, copy=True).div_(127.5).sub_(1)  # in place: a set can be large


def resize(images: Tensor, size: int | None) -> Tensor:
    """Bring uint8 images `(N, C, H, W)` to `size` pixels on their longer side.

    Whole multiples repeat pixels, so pixel art stays sharp; everything else is interpolated
    with antialiasing.

    Args:
        images: What to resize.
        size: Pixels; None leaves the images as they are.
    """
    height, width = images.shape[2:]
    longer = max(height, width)
    if size is None or size == longer:
        return images
    factor, rest = divmod(size, longer)
    if factor and not rest:
        return images.repeat_interleave(factor, 2).repeat_interleave(factor, 3)
    shape = [max(1, round(side * size / longer)) for side in (height, width)]
    small = F.interpolate(images.float(), shape, mode="bilinear", antialias=True)
    return small.round().clamp(0, 255).to(torch.uint8)
