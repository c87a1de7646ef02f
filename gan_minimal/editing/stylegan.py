"""What can be done with the styles of a trained StyleGAN: mix, truncate, walk (section 3).

A face here has a seed: the same one that `sampling.sample(model, 1, seed)` draws.
"""

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from gan_minimal import images as drawing
from gan_minimal.errors import UserError
from gan_minimal.images import Pictures, in_columns
from gan_minimal.models.protocol import Model
from gan_minimal.models.sampling import seeded as random_numbers
from gan_minimal.models.stylegan import StyleGAN

GROUPS = ("coarse", "middle", "fine")


def stylegan(model: Model, name: str) -> StyleGAN:
    """Return `model` in evaluation mode if it has styles.

    Raises:
        UserError: If it has none.
    """
    if not isinstance(model, StyleGAN):
        raise UserError(f"{name} has no styles to mix or to walk along; stylegan has.")
    return model.eval()


def group(model: StyleGAN, which: str) -> slice:
    """Return the layers of "coarse", "middle" or "fine" styles.

    With 18 layers they are those of the paper: 4x4 and 8x8, 16x16 and 32x32, 64x64 and above. With
    fewer than ten each of the first two is one resolution.

    Raises:
        UserError: If there is no such group.
    """
    if which not in GROUPS:
        raise UserError(f"--layers is {', '.join(GROUPS[:-1])} or {GROUPS[-1]}, not {which!r}.")
    layers = len(model.generator.layers)
    each = 4 if layers >= 10 else 2
    return (slice(0, each), slice(each, 2 * each), slice(2 * each, layers))[GROUPS.index(which)]


@torch.no_grad()
def seeded(model: StyleGAN, seeds: Sequence[int]) -> tuple[Tensor, list[Tensor]]:
    """Return the latents and the noise of the faces with these seeds.

    Returns:
        `(n, latent)`, and for each layer `(n, 1, h, w)`.
    """
    drawn = []
    for seed in seeds:
        with random_numbers(seed):
            drawn.append((model.noise(1), model.generator.noise(1)))
    latents, noise = zip(*drawn, strict=True)
    return torch.cat(latents), [torch.cat(maps) for maps in zip(*noise, strict=True)]


# --8<-- [start:mix]
@torch.no_grad()
def mix(model: StyleGAN, sources: Sequence[int], styles: Sequence[int], which: str) -> Tensor:
    """Draw every source with a group of styles of every other face (figure 3).

    Args:
        model: A trained model.
        sources: Seeds of the faces that give everything else, and the noise.
        styles: Seeds of the faces that give the styles of the group.
        which: "coarse", "middle" or "fine".

    Returns:
        `(sources + 1, styles + 1, C, H, W)`: in front the sources, on top the faces that give
        styles, in the corner white.
    """
    layers = group(model, which)
    z, noise = seeded(model, [*sources, *styles])
    w = model.generator.mapping(z)[:, None].repeat(1, len(model.generator.layers), 1)
    faces = model.draw(w, noise).clamp(-1, 1)
    rows = [torch.cat([torch.ones_like(faces[:1]), faces[len(sources) :]])]
    for i in range(len(sources)):
        mixed = w[i : i + 1].repeat(len(styles), 1, 1)
        mixed[:, layers] = w[len(sources) :, layers]
        kept = [each[i : i + 1] for each in noise]
        rows.append(torch.cat([faces[i : i + 1], model.draw(mixed, kept).clamp(-1, 1)]))
    return torch.stack(rows)


# --8<-- [end:mix]
# --8<-- [start:truncate]
@torch.no_grad()
def truncate(model: StyleGAN, seeds: Sequence[int], psis: Sequence[float]) -> Tensor:
    """Draw each face with its style moved towards the average one (figure 8).

    Args:
        model: A trained model.
        seeds: Seeds of the faces.
        psis: Where to, from the average: 0 is the average, 1 the face itself, -1 its opposite.

    Returns:
        `(faces, psis, C, H, W)`.
    """
    z, noise = seeded(model, seeds)
    w, w_avg = model.generator.mapping(z), model.generator.w_avg
    columns = [model.draw(torch.lerp(w_avg, w, psi), noise) for psi in psis]
    return torch.stack(columns, dim=1).clamp(-1, 1)


# --8<-- [end:truncate]
# --8<-- [start:walk]
@torch.no_grad()
def walk(model: StyleGAN, seeds: Sequence[int], frames: int, space: str = "w") -> Tensor:
    """Go from face to face, and back to the first one, `frames` images from one to the next.

    In w the way is straight; in z it is an arc, since the latents lie on a sphere. The noise is
    that of the first face all the way.

    Args:
        model: A trained model.
        seeds: Seeds of the faces.
        frames: Images for each stretch.
        space: "w" or "z".

    Returns:
        `(faces * frames, C, H, W)`.
    """
    z, noise = seeded(model, seeds)
    first = [each[:1] for each in noise]
    points = model.generator.mapping(z) if space == "w" else z
    images = []
    for a, b in zip(points, points.roll(-1, 0), strict=True):
        for t in torch.arange(frames) / frames:
            if space == "w":
                w = torch.lerp(a, b, t)[None]
            else:
                w = model.generator.mapping(arc(a[None], b[None], t))
            images.append(model.draw(w, first))
    return torch.cat(images).clamp(-1, 1)


def arc(a: Tensor, b: Tensor, t: Tensor) -> Tensor:
    """Return points `(N, latent)` at shares `t` of the arcs between the directions of rows."""
    a, b = F.normalize(a), F.normalize(b)
    angle = (a * b).sum(dim=1, keepdim=True).clamp(-1, 1).acos()
    points = (torch.sin((1 - t) * angle) * a + torch.sin(t * angle) * b) / angle.sin()
    return torch.where(angle < 1e-4, a, points)


# --8<-- [end:walk]
@torch.no_grad()
def noises(model: StyleGAN, seeds: Sequence[int], n: int) -> Tensor:
    """Draw each face with its own style and `n` other draws of the noise (figures 4 and 5).

    Returns:
        `(faces, n + 2, C, H, W)`: without noise, with `n` draws, and where they differ: white where
        a pixel varies most, over all the faces.
    """
    z, _ = seeded(model, seeds)
    w = model.generator.mapping(z)
    with random_numbers(0):
        maps = [model.generator.noise(len(seeds)) for _ in range(n)]
    still = [torch.zeros_like(each) for each in maps[0]]
    drawn = [model.draw(w, each).clamp(-1, 1) for each in (still, *maps)]
    std = torch.stack(drawn[1:]).std(dim=0).mean(dim=1, keepdim=True)
    std = (2 * std / std.max().clamp(min=1e-9) - 1).expand_as(drawn[0])
    return torch.stack([*drawn, std], dim=1)


def styled(model: StyleGAN) -> Pictures:
    """Show what styles do: mixed, truncated, with other noise, and on the ways between faces."""
    faces = range(100, 106)
    ways = [walk(model, pair, 8, space) for pair in ((0, 1), (2, 3)) for space in "zw"]
    strips = torch.cat([way[:9] for way in ways])  # to the second face; the rest leads back
    pictures: dict[str, Image.Image | list[Image.Image]] = {
        "truncation.webp": in_columns(truncate(model, faces, (-1, -0.5, 0, 0.5, 0.7, 1))),
        "noise.webp": in_columns(noises(model, faces, 4)),
        "interpolation.webp": drawing.grid(strips, columns=9),
        "walk.webp": [drawing.grid(frame[None], 1, scale=4) for frame in walk(model, range(5), 8)],
    }
    for which in GROUPS:
        mixed = mix(model, range(200, 204), faces, which)
        pictures[f"mixing-{which}.webp"] = in_columns(mixed)
    return pictures
