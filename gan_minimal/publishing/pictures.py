"""More pictures of recorded runs than samples and training: what a model is there for."""

from collections.abc import Callable, Mapping

import torch
from PIL import Image
from torch import Tensor, nn

from gan_minimal import data, images, zoo
from gan_minimal.data import hangul32
from gan_minimal.data.domains import edits
from gan_minimal.editing import styleclip, stylegan
from gan_minimal.editing.singan import animate, enlarge, retouch
from gan_minimal.models.singan import SinGAN, resize
from gan_minimal.scoring import single_photo
from gan_minimal.training import loop

Pictures = Mapping[str, Image.Image | list[Image.Image]]
"""Pictures and, as lists of frames, animations, by the names of their files."""

LETTERS = (len(hangul32.CHO), len(hangul32.JUNG), len(hangul32.JONG))  # what a syllable is made of

SEEN, UNSEEN = "강물빛꿈", 4  # syllables shown in many hands: some of training, some held out


def draws(model: nn.Module) -> bool:
    """Say whether there are pictures of what `model` has learnt: does it draw or translate?"""
    return hasattr(model, "sample") or hasattr(model, "translate")


def columns(model: nn.Module) -> int:
    """Return how many of a model's pictures stand in a row: of photographs only two."""
    return 2 if isinstance(model, SinGAN) else 8


def quality(model: nn.Module) -> int | None:
    """Return how well pictures are kept: pixel art without loss (None), photographs nearly so."""
    return 92 if isinstance(model, SinGAN) else None


def shown(model: nn.Module, dataset: str) -> Tensor:
    """Draw what stands for a model: 64 samples, 32 translations or 4 photographs, see `drawn`."""
    if isinstance(model, SinGAN):
        return drawn(model, dataset, 4)
    return drawn(model, dataset, 64 if hasattr(model, "sample") else 32)


def drawn(model: nn.Module, dataset: str, n: int) -> Tensor:
    """Draw `n` images, or translate `n` held-out ones; the same whenever it is asked for.

    Args:
        model: A model with `sample` or `translate`; it is put into evaluation mode.
        dataset: Name of the data it was trained on.
        n: Number of images, a multiple of 8.

    Returns:
        Images on the CPU for a grid of eight columns: `n` samples, or a row of inputs, a row of
        their translations and a row of the true targets in turn, three times `n`.
    """
    if hasattr(model, "sample"):
        return loop.sample(model, n, seed=0).cpu()
    if dataset == "faces16-domains":
        inputs, labels, targets = edited(n)
        return in_turn(inputs, loop.translate(model, inputs, 0, labels=labels).cpu(), targets)
    inputs, targets = held_out(dataset, n)
    return in_turn(inputs, loop.translate(model, inputs, seed=0).cpu(), targets)


def held_out(dataset: str, n: int) -> tuple[Tensor, Tensor]:
    """Return `n` pairs of the test split, evenly taken, `(n, C, H, W)` each."""
    inputs, targets = data.load(dataset, "test").tensors  # type: ignore[attr-defined]
    chosen = torch.arange(n) * (len(inputs) // n)
    return inputs[chosen], targets[chosen]


def edited(n: int) -> tuple[Tensor, Tensor, Tensor]:
    """Return `n` held-out faces, the label each shall get and its exact picture; edits in turn."""
    known = edits()
    faces = torch.arange(n) * (len(known.images) // n)
    columns = torch.arange(n) * 3 % known.wanted.shape[1]  # hair colours and switches mixed
    return known.images[faces], known.wanted[faces, columns], known.targets[faces, columns]


def all_edits(model: nn.Module) -> Pictures:
    """Show every edit of some faces, and the exact pictures beneath them."""
    known = edits()
    rows = []
    for i in range(0, 6 * 40, 40):
        face = known.images[i : i + 1]
        faces = face.expand(known.wanted.shape[1], -1, -1, -1)
        drawn = loop.translate(model, faces, 0, labels=known.wanted[i]).cpu()
        rows += [torch.cat([face, drawn]), torch.cat([face, known.targets[i]])]
    return {"edits.webp": images.grid(torch.cat(rows), columns=len(rows[0]))}


def in_turn(*columns: Tensor) -> Tensor:
    """Lay sets of images `(8 k, C, H, W)` out in rows of eight, one row of each set in turn."""
    return torch.stack([images.unflatten(0, (-1, 8)) for images in columns], dim=1).flatten(0, 2)


def round_trip(model: nn.Module) -> Pictures:
    """Translate print to brush and back to print, and brush to print and back."""
    pictures = {}
    ways = (("cycle-a.webp", False), ("cycle-b.webp", True))
    for (file, back), first in zip(ways, held_out("hangul32-unpaired", 16), strict=True):
        there = loop.translate(model, first, seed=0, back=back)
        again = loop.translate(model, there, seed=0, back=not back)
        pictures[file] = images.grid(in_turn(first, there, again), columns=8)
    return pictures


def wall(model: nn.Module) -> Pictures:
    """Draw the wall of faces on the home page."""
    faces = images.grid(loop.sample(model, 320, seed=0), columns=40, gap=0)
    light = faces.quantize(128, dither=Image.Dither.NONE)  # a third of the bytes
    return {"wall.webp": light.convert("RGB")}


def hands(model: nn.Module) -> Pictures:
    """Write syllables in eight hands each, and words in the same five hands."""
    held_out = "".join(sorted(hangul32.held_out())[:: 235 // UNSEEN][:UNSEEN])
    return {
        "hands.webp": images.grid(
            write(model, SEEN + held_out, 8).transpose(0, 1).flatten(0, 1), 8
        ),
        "word.webp": images.grid(write(model, "안녕하세요", 5).flatten(0, 1), columns=5),
    }


def reconstructions(model: nn.Module) -> Pictures:
    """Put 16 held-out faces above their reconstructions, and walk from face to face by their codes.

    A walk begins and ends with the real face, next to what its own code is drawn as.
    """
    faces: Tensor = data.load("faces16", "test").tensors[0][:16]  # type: ignore[attr-defined]
    copies: Tensor = model.reconstruct(faces)  # type: ignore[operator]
    walks = [
        torch.cat([a[None], model.interpolate(a, b, 7), b[None]])  # type: ignore[operator]
        for a, b in zip(faces[:12:2], faces[1:12:2], strict=True)
    ]
    return {
        "reconstructions.webp": images.grid(in_turn(faces, copies), columns=8),
        "interpolation.webp": images.grid(torch.cat(walks), columns=9),
    }


@torch.no_grad()
def write(model: nn.Module, text: str, n: int, seed: int = 0) -> Tensor:
    """Write Korean syllables in `n` hands, `(n, len(text), 1, 32, 32)` in [-1, 1].

    Args:
        model: A trained `ConvCGAN` of Hangul, in evaluation mode.
        text: Composed Korean syllables, or spaces.
        n: Number of hands; each is one draw of the noise.
        seed: Seed of the noise.

    Raises:
        UserError: If a character is neither a composed Korean syllable nor a space.
    """
    labels = torch.tensor([hangul32.decompose("가" if c.isspace() else c) for c in text])
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        z: Tensor = model.noise(n)  # type: ignore[operator]
    drawn: Tensor = model.generator(  # type: ignore[operator]
        z.repeat_interleave(len(text), 0), labels.repeat(n, 1)
    )
    drawn = drawn.unflatten(0, (n, len(text)))
    drawn[:, [i for i, c in enumerate(text) if c.isspace()]] = 1.0  # paper
    return drawn


def scenes(model: nn.Module) -> Pictures:
    """Show what a model of the built-in photograph can do, each time beside what it was given.

    Scenes of other sizes, a row of samples for every scale to start from, the photograph enlarged,
    a second rocket pasted in, a painting, and an animation.
    """
    assert isinstance(model, SinGAN)
    photo = single_photo.photograph(model, "photo")
    (height, width), last = model.size, len(model.sizes) - 1
    middle = len(model.sizes) // 2
    with torch.random.fork_rng():
        torch.manual_seed(0)
        scales = torch.cat([model.sample(3, first=first) for first in range(0, last, 2)])
        times = 3
        corner = photo[:, :, height // 2 :, width // 3 : width // 3 * 2]
        plain = resize(corner, (corner.shape[2] * times, corner.shape[3] * times))
        edited, mask, painted = edit(photo), pasted(photo), painting(photo)
        return {
            "wide.webp": images.grid(model.sample(1, (height, 2 * width)), 1),
            "high.webp": images.grid(model.sample(1, (height * 3 // 2, width)), 1),
            "scales.webp": images.grid(scales, 3),
            "enlarged.webp": images.grid(torch.cat([plain, enlarge(model, corner, times)]), 2),
            "edited.webp": images.grid(
                torch.cat([edited, retouch(model, edited, middle, mask)]), 2
            ),
            "painted.webp": images.grid(torch.cat([painted, retouch(model, painted, middle)]), 2),
            "animation.webp": [images.grid(f[None], 1) for f in animate(model, 24)],
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
    top, *across = 0.27 * height, 0.465 * width, 0.56 * width, 0.075 * width
    return round(top), *(round(x) for x in across)  # type: ignore[return-value]


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


def styled(model: nn.Module) -> Pictures:
    """Show what styles do: mixed, truncated, with other noise, and on the ways between faces."""
    trained = stylegan.stylegan(model, "stylegan")
    faces = range(100, 106)
    ways = [stylegan.walk(trained, pair, 8, space) for pair in ((0, 1), (2, 3)) for space in "zw"]
    strips = torch.cat([way[:9] for way in ways])  # to the second face; the rest leads back
    pictures: dict[str, Image.Image | list[Image.Image]] = {
        "truncation.webp": in_columns(
            stylegan.truncate(trained, faces, (-1, -0.5, 0, 0.5, 0.7, 1))
        ),
        "noise.webp": in_columns(stylegan.noises(trained, faces, 4)),
        "interpolation.webp": images.grid(strips, columns=9),
        "walk.webp": [
            images.grid(frame[None], 1, scale=4) for frame in stylegan.walk(trained, range(5), 8)
        ],
    }
    for which in stylegan.GROUPS:
        mixed = stylegan.mix(trained, range(200, 204), faces, which)
        pictures[f"mixing-{which}.webp"] = in_columns(mixed)
    return pictures


SENTENCES = (
    ("파란 머리에 안경을 쓴 얼굴", 7),
    ("a smiling person with long blonde hair", 11),
    ("모자를 쓰고 수염을 기른 사람", 12),
    ("a face with dark skin and no glasses", 13),
    ("긴 초록 머리에 모자", 14),
    ("red hair and a beard", 15),
)
"""What the faces with these seeds are asked to become in the picture of StyleCLIP."""


def worded(_: nn.Module) -> Pictures:
    """Show faces that follow sentences, and pictures of faces that were found again and edited."""
    model = stylegan.stylegan(zoo.load("stylegan"), "stylegan")
    clip = styleclip.SmallCLIP()
    begun = [styleclip.seeded(model, seed) for _, seed in SENTENCES]
    noise = [torch.cat(maps) for maps in zip(*(maps for _, maps in begun), strict=True)]
    asked = [sentence for sentence, _ in SENTENCES]
    edits = styleclip.edit(model, clip, asked, torch.cat([w for w, _ in begun]), noise)
    given = data.load("faces16", "test").tensors[0][:4]  # type: ignore[attr-defined]
    w, still = styleclip.inverted(model, given)
    again = styleclip.edit(model, clip, ["안경을 쓴 얼굴"] * len(given), w, still, frames=4)
    rows = [torch.cat([face[None], each.way]) for face, each in zip(given, again, strict=True)]
    return {
        "edits.webp": in_columns(torch.stack([each.way for each in edits])),
        "inversion.webp": in_columns(torch.stack(rows)),
    }


def in_columns(pictures: Tensor) -> Image.Image:
    """Lay images `(rows, columns, C, H, W)` out."""
    return images.grid(pictures.flatten(0, 1), pictures.shape[1])


MORE: dict[str, Callable[[nn.Module], Pictures]] = {
    "autoencoder": reconstructions,
    "vae": reconstructions,
    "dcgan": wall,
    "cgan": hands,
    "cyclegan": round_trip,
    "stargan": all_edits,
    "singan": scenes,
    "stylegan": styled,
    "clip": worded,
}
