"""More pictures of recorded runs than samples and training: what a model is there for."""

from collections.abc import Callable

import torch
from PIL import Image
from torch import Tensor, nn

from gan_minimal import data, images, train
from gan_minimal.data import hangul
from gan_minimal.data.domains import edits

Pictures = dict[str, Image.Image]

LETTERS = (len(hangul.CHO), len(hangul.JUNG), len(hangul.JONG))  # what a syllable is made of

SEEN, UNSEEN = "강물빛꿈", 4  # syllables shown in many hands: some of training, some held out


def draws(model: nn.Module) -> bool:
    """Say whether there are pictures of what `model` has learnt: does it draw or translate?"""
    return hasattr(model, "sample") or hasattr(model, "translate")


def shown(model: nn.Module, dataset: str) -> Tensor:
    """Draw what stands for a model: 64 samples or 32 translations, see `drawn`."""
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
        return train.sample(model, n, seed=0).cpu()
    if dataset == "faces16-domains":
        inputs, labels, targets = edited(n)
        return in_turn(inputs, train.translate(model, inputs, 0, labels=labels).cpu(), targets)
    inputs, targets = held_out(dataset, n)
    return in_turn(inputs, train.translate(model, inputs, seed=0).cpu(), targets)


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
        drawn = train.translate(model, faces, 0, labels=known.wanted[i]).cpu()
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
        there = train.translate(model, first, seed=0, back=back)
        again = train.translate(model, there, seed=0, back=not back)
        pictures[file] = images.grid(in_turn(first, there, again), columns=8)
    return pictures


def wall(model: nn.Module) -> Pictures:
    """Draw the wall of faces on the home page."""
    faces = images.grid(train.sample(model, 320, seed=0), columns=40, gap=0)
    light = faces.quantize(128, dither=Image.Dither.NONE)  # a third of the bytes
    return {"wall.webp": light.convert("RGB")}


def hands(model: nn.Module) -> Pictures:
    """Write syllables in eight hands each, and words in the same five hands."""
    held_out = "".join(sorted(hangul.held_out())[:: 235 // UNSEEN][:UNSEEN])
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
        model: A trained `CGAN` of Hangul, in evaluation mode.
        text: Composed Korean syllables, or spaces.
        n: Number of hands; each is one draw of the noise.
        seed: Seed of the noise.

    Raises:
        UserError: If a character is neither a composed Korean syllable nor a space.
    """
    labels = torch.tensor([hangul.decompose("가" if c.isspace() else c) for c in text])
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        z: Tensor = model.noise(n)  # type: ignore[operator]
    drawn: Tensor = model.generator(  # type: ignore[operator]
        z.repeat_interleave(len(text), 0), labels.repeat(n, 1)
    )
    drawn = drawn.unflatten(0, (n, len(text)))
    drawn[:, [i for i, c in enumerate(text) if c.isspace()]] = 1.0  # paper
    return drawn


MORE: dict[str, Callable[[nn.Module], Pictures]] = {
    "autoencoder": reconstructions,
    "vae": reconstructions,
    "dcgan": wall,
    "cgan": hands,
    "cyclegan": round_trip,
    "stargan": all_edits,
}
