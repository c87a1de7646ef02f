"""What can be done to pictures with a trained SinGAN, beside drawing new ones (section 4).

The model learns nothing new for any of these: they differ in what it is given and at which scale.
"""

import math

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal import images as drawing
from gan_minimal.errors import UserError
from gan_minimal.images import Pictures
from gan_minimal.models.sampling import seeded
from gan_minimal.models.singan import SinGAN, Size, resize
from gan_minimal.scoring import single_photo


def check_start(model: SinGAN, first: int, lowest: int = 0) -> None:
    """Refuse a scale that the model does not have.

    Raises:
        UserError: Naming the scales there are.
    """
    highest = len(model.sizes) - 1
    if not lowest <= first <= highest:
        raise UserError(
            f"This model's scales to start from are {lowest} to {highest}, not {first}."
        )


# --8<-- [start:retouch]
@torch.no_grad()
def retouch(
    model: SinGAN, images: Tensor, first: int, mask: Tensor | None = None, size: Size | None = None
) -> Tensor:
    """Draw edited, composed or painted images anew, as the photograph would have them.

    They are reduced to the scale below `first`, where only their layout is left, and drawn from
    there on. From a low scale things may leave their places; a high one smooths what was pasted in.

    Args:
        model: A trained model.
        images: `(n, 3, h, w)` in [-1, 1], of the photograph's shape.
        first: The first scale that draws, from 1 on.
        mask: `(n or 1, 1, h, w)` from 0, where the images stay, to 1, where they were edited; by
            default all is drawn anew.
        size: Height and width of the result, by default those of the photograph.

    Returns:
        Images `(n, 3, H, W)` in [-1, 1].

    Raises:
        UserError: If there is no such scale.
    """
    check_start(model, first, lowest=1)
    drawn = model.sample(len(images), size, first, resize(images, model.sizes[first - 1]))
    if mask is None:
        return drawn
    shape = (drawn.shape[2], drawn.shape[3])
    return torch.lerp(resize(images, shape), drawn, F.interpolate(mask, shape, mode="bilinear"))


# --8<-- [end:retouch]


# --8<-- [start:enlarge]
@torch.no_grad()
def enlarge(model: SinGAN, images: Tensor, times: float = 4.0) -> Tensor:
    """Enlarge images by going on with the finest generator, again and again.

    Each step enlarges about as much as the pyramid does from scale to scale, so that the generator
    sees what it has learnt from: an image that lacks the finest structure.

    Args:
        model: A trained model.
        images: `(n, 3, h, w)` in [-1, 1].
        times: How many times as high and wide.

    Returns:
        Images `(n, 3, times h, times w)` in [-1, 1].
    """
    last, (height, width) = len(model.sizes) - 1, images.shape[2:]
    ratio = (min(model.sizes[-1]) / min(model.sizes[0])) ** (1 / last)
    steps = max(1, round(math.log(times) / math.log(ratio)))
    for i in range(1, steps + 1):
        size = (round(height * times ** (i / steps)), round(width * times ** (i / steps)))
        images = model.generate(model.random_noise(len(images), [size], last), images, last)
    return images.clamp(-1, 1)


# --8<-- [end:enlarge]


# --8<-- [start:animate]
@torch.no_grad()
def animate(
    model: SinGAN, frames: int, first: int = 1, alpha: float = 0.1, beta: float = 0.9
) -> Tensor:
    """Let the photograph move: a random walk of the noise around the one that gives it back.

    Args:
        model: A trained model.
        frames: Number of images.
        first: The first scale whose noise moves; at the coarsest, things leave their places.
        alpha: How strongly the walk is drawn back to the noise that gives the photograph back.
        beta: Share of the last step that goes on.

    Returns:
        Images `(frames, 3, H, W)` in [-1, 1]; the first one is the reconstructed photograph.

    Raises:
        UserError: If there is no such scale.
    """
    check_start(model, first)
    z_rec = model.z_rec(len(model.sizes))
    now, before, images = z_rec, z_rec, []
    for _ in range(frames):
        images.append(model.generate(now))
        fresh = model.random_noise(1, model.sizes)
        then = [
            alpha * rec + (1 - alpha) * (z + beta * (z - b) + (1 - beta) * new)
            for rec, z, b, new in zip(z_rec, now, before, fresh, strict=True)
        ]
        now, before = z_rec[:first] + then[first:], now
    return torch.cat(images).clamp(-1, 1)


# --8<-- [end:animate]


# Pictures of the recorded run


def scenes(model: SinGAN) -> Pictures:
    """Show what a model of the built-in photograph can do, each time beside what it was given.

    Scenes of other sizes, a row of samples for every scale to start from, the photograph enlarged,
    a second rocket pasted in, a painting, and an animation.
    """
    photo = single_photo.photograph(model, "photo")
    (height, width), last = model.size, len(model.sizes) - 1
    middle = len(model.sizes) // 2
    with seeded(0):
        scales = torch.cat([model.sample(3, first=first) for first in range(0, last, 2)])
        times = 3
        corner = photo[:, :, height // 2 :, width // 3 : width // 3 * 2]
        plain = resize(corner, (corner.shape[2] * times, corner.shape[3] * times))
        edited, mask, painted = edit(photo), pasted(photo), painting(photo)
        return {
            "wide.webp": drawing.grid(model.sample(1, (height, 2 * width)), 1),
            "high.webp": drawing.grid(model.sample(1, (height * 3 // 2, width)), 1),
            "scales.webp": drawing.grid(scales, 3),
            "enlarged.webp": drawing.grid(torch.cat([plain, enlarge(model, corner, times)]), 2),
            "edited.webp": drawing.grid(
                torch.cat([edited, retouch(model, edited, middle, mask)]), 2
            ),
            "painted.webp": drawing.grid(torch.cat([painted, retouch(model, painted, middle)]), 2),
            "animation.webp": [drawing.grid(f[None], 1) for f in animate(model, 24)],
        }


def edit(photo: Tensor) -> Tensor:
    """Paste the rocket of the built-in photograph `(1, 3, H, W)` a second time beside itself."""
    edited, (top, here, there, wide) = photo.clone(), places(photo)
    edited[..., top:, there : there + wide] = photo[..., top:, here : here + wide]
    return edited


def pasted(photo: Tensor) -> Tensor:
    """Return where `edit` has pasted something, and a little around it, `(1, 1, H, W)`."""
    mask, (top, _, there, wide) = torch.zeros_like(photo[:, :1]), places(photo)
    mask[..., top - 2 :, there - 2 : there + wide + 2] = 1
    return mask


def places(photo: Tensor) -> tuple[int, int, int, int]:
    """Return the rocket's top and left, the left of its copy, and its width in pixels."""
    height, width = photo.shape[2:]
    return round(0.27 * height), round(0.465 * width), round(0.56 * width), round(0.075 * width)


def painting(photo: Tensor) -> Tensor:
    """Paint a scene with two rockets in the photograph's colours, as a child would."""
    height, width = photo.shape[2:]
    painted = torch.empty_like(photo)

    def fill(left: float, right: float, top: float, bottom: float, *colour: int) -> None:
        rows = slice(round(top * height), round(bottom * height))
        area = painted[..., rows, round(left * width) : round(right * width)]
        area[:] = torch.tensor(colour)[:, None, None] / 127.5 - 1

    fill(0, 1, 0, 1, 40, 56, 90)  # the sky
    fill(0, 1, 0.86, 1, 48, 44, 48)  # the ground
    for left in (0.08, 0.88):  # towers
        fill(left, left + 0.05, 0.1, 1, 46, 50, 66)
    for left in (0.32, 0.64):  # rockets on their pads
        fill(left, left + 0.045, 0.32, 0.94, 176, 162, 136)
        fill(left - 0.04, left + 0.085, 0.94, 1, 190, 130, 80)
    for left in (0.2, 0.5, 0.78):  # lights
        fill(left, left + 0.03, 0.9, 0.95, 255, 200, 100)
    return painted
