"""Faces that follow a sentence: StyleCLIP with the recorded StyleGAN and a CLIP.

A CLIP is anything with `encode_text`, which turns sentences into vectors, and `encode_image`, which
turns images into vectors of the same space: the small one that was trained here on faces and
captions, or a real one from `gan_minimal.editing.openclip`.
"""

import difflib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol

import torch
from torch import Tensor

from gan_minimal import zoo
from gan_minimal.data import captions, tensors
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.editing import stylegan
from gan_minimal.errors import UserError
from gan_minimal.images import Pictures, in_columns
from gan_minimal.models.clip import CLIP
from gan_minimal.models.protocol import Game
from gan_minimal.models.sampling import seeded as random_numbers
from gan_minimal.models.styleclip import PRESETS, Inversion, StyleCLIP
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import readings
from gan_minimal.training import loop

READER = "attributes"  # the recorded run that reads what an edit has changed


class Encoders(Protocol):
    """What compares sentences with images."""

    def encode_text(self, sentences: Sequence[str]) -> Tensor:
        """Return features `(N, embed_dim)`."""
        ...

    def encode_image(self, images: Tensor) -> Tensor:
        """Return the features `(N, embed_dim)` of images `(N, C, H, W)` in [-1, 1]."""
        ...


class SmallCLIP:
    """The CLIP that was trained on faces16 and its captions, by default the recorded one."""

    def __init__(self, model: CLIP | None = None) -> None:
        self.model = zoo.load("clip", CLIP) if model is None else model

    @torch.no_grad()
    def encode_text(self, sentences: Sequence[str]) -> Tensor:
        """Return features `(N, embed_dim)`.

        Raises:
            UserError: If a sentence has a word that no caption of training had, or none at all.
        """
        for sentence in sentences:
            check_words(sentence)
        features: Tensor = self.model.text(captions.tokens_of(sentences))
        return features

    def encode_image(self, images: Tensor) -> Tensor:
        """Return the features `(N, embed_dim)` of images `(N, 3, 16, 16)` in [-1, 1]."""
        features: Tensor = self.model.visual(images)
        return features


def check_words(sentence: str) -> None:
    """Refuse a sentence that the small CLIP cannot have understood.

    Raises:
        UserError: If it has no word or too many, or a word that no caption of training had.
    """
    tokens, unknown = captions.tokenize(sentence)
    length = len(tokens) + len(unknown)
    if length > captions.CONTEXT:
        raise UserError(f"--text is too long: {length} pieces, at most {captions.CONTEXT}.")
    if unknown:
        known = captions.vocabulary()[0]
        near = [
            close[0] for word in unknown if (close := difflib.get_close_matches(word, known, 1))
        ]
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise UserError(
            f"The small CLIP has never seen {', '.join(map(repr, unknown))}: it knows hair and its "
            f"colours, glasses, hats, beards, mouths and skin, in Korean and in English.{hint}"
        )
    if len(tokens) < 3:
        raise UserError("--text is a description of a face, such as '파란 머리에 안경'.")


@dataclass(frozen=True)
class Edit:
    """A face on its way to a sentence.

    Attributes:
        way: The face before, at equal steps of the straight way between, and after,
            `(frames, C, H, W)`.
        before: Cosine of the angle between face and sentence at the beginning.
        after: The same at the end.
    """

    way: Tensor
    before: float
    after: float


def seeded(model: StyleGAN, seed: int, psi: float = 0.7) -> tuple[Tensor, list[Tensor]]:
    """Return the styles of the face with a seed, a little nearer to the average, and its noise.

    Returns:
        `(1, L, style)`, and for each layer `(1, 1, h, w)`.
    """
    z, noise = stylegan.seeded(model, [seed])
    with torch.no_grad():
        w = torch.lerp(model.generator.w_avg, model.generator.mapping(z), psi)
    return w[:, None].repeat(1, len(model.generator.layers), 1), noise


def inverted(model: StyleGAN, images: Tensor) -> tuple[Tensor, list[Tensor]]:
    """Return styles that draw `images` `(N, C, size, size)` as nearly as was found, and the noise.

    Returns:
        `(N, L, style)`, and for each layer maps of noise, all zero.
    """
    still = [torch.zeros_like(each) for each in model.generator.noise(len(images))]
    w_avg = model.generator.w_avg.expand(len(images), len(model.generator.layers), -1)
    game = Inversion(partial(model.draw, noise=still), images, w_avg)
    play(game, game.rounds)
    return game.w.detach(), still


def play(game: Game, rounds: int) -> None:
    """Play rounds of a game that needs no data."""
    settings = loop.Settings("", batch=1, steps=rounds)
    run = loop.start(game, settings)
    for _ in range(rounds):
        for _ in loop.play(run, None, settings):
            pass


def edit(
    model: StyleGAN,
    clip: Encoders,
    sentences: Sequence[str],
    w: Tensor,
    noise: list[Tensor],
    frames: int = 8,
    preset: str = "tiny",
) -> list[Edit]:
    """Move the styles of faces until each matches its sentence.

    Args:
        model: A trained model.
        clip: A CLIP.
        sentences: One for each face.
        w: Styles `(N, L, style)`.
        noise: Noise of each face, for each layer `(N, 1, h, w)`.
        frames: Pictures of the way, the first and the last included.
        preset: "tiny", or "paper" with the published settings.

    Raises:
        UserError: See `SmallCLIP.encode_text`.
    """
    text_features, draw = clip.encode_text(sentences), model.eval().draw
    offset = best_offsets(model, clip, text_features, w, noise, PRESETS[preset])
    with torch.no_grad():
        shares = torch.linspace(0, 1, frames)
        way = [draw(torch.lerp(w, w + offset, t), noise).clamp(-1, 1) for t in shares]
        before, after = (
            torch.cosine_similarity(clip.encode_image(x), text_features, dim=1).tolist()
            for x in (way[0], way[-1])
        )
    pictures = torch.stack(way, dim=1)
    return [Edit(*each) for each in zip(pictures, before, after, strict=True)]


def best_offsets(
    model: StyleGAN,
    clip: Encoders,
    text_features: Tensor,
    w: Tensor,
    noise: list[Tensor],
    preset: dict[str, Any],
) -> Tensor:
    """Play StyleCLIP from several beginnings; return for each face the offset with the least loss.

    A single game often ends where nothing near is better: on the way from brown hair to blue, black
    hair is liked more than brown, and from there all ways lead down.

    Returns:
        `(N, L, style)`, or `(N, 1, style)` if all layers have the same.
    """
    faces, starts = len(w), preset["starts"]
    # the same beginnings for every face, whichever others there are
    with random_numbers(0), torch.no_grad():
        reach = model.generator.mapping(model.noise(starts)) - model.generator.w_avg
    reach[0] = 0
    layers = w.shape[1] if preset["w_plus"] else 1
    offset = preset["reach"] * reach.repeat_interleave(faces, 0)[:, None].repeat(1, layers, 1)
    maps = [each.repeat(starts, 1, 1, 1) for each in noise]
    game = StyleCLIP(
        partial(model.draw, noise=maps),
        clip.encode_image,
        text_features.repeat(starts, 1),
        w.repeat(starts, 1, 1),
        offset,
        **preset["model"],
    )
    play(game, game.rounds)
    with torch.no_grad():
        least = game.losses().view(starts, faces).argmin(dim=0)
    return game.offset.detach().unflatten(0, (starts, faces))[least, torch.arange(faces)]


def changes(way: Tensor) -> list[str]:
    """Say which attributes the classifier reads differently in the last face, `(F, 3, 16, 16)`."""
    _, read = readings.read(readings.classifier(READER), way[[0, -1]])
    lines = []
    for name, about in ATTRIBUTES.items():
        before, after = (about.en_values[i] for i in read[name].tolist())
        if before != after:
            lines.append(f"{about.en}: {before} -> {after}")
    return lines


SENTENCES = (
    ("파란 머리에 안경을 쓴 얼굴", 7),
    ("a smiling person with long blonde hair", 11),
    ("모자를 쓰고 수염을 기른 사람", 12),
    ("a face with dark skin and no glasses", 13),
    ("긴 초록 머리에 모자", 14),
    ("red hair and a beard", 15),
)
"""What the faces with these seeds are asked to become in the picture of StyleCLIP."""


def worded(judge: CLIP) -> Pictures:
    """Show faces that follow sentences, and pictures of faces that were found again and edited."""
    model = zoo.load("stylegan", StyleGAN)
    clip = SmallCLIP(judge)
    begun = [seeded(model, seed) for _, seed in SENTENCES]
    noise = [torch.cat(maps) for maps in zip(*(maps for _, maps in begun), strict=True)]
    asked = [sentence for sentence, _ in SENTENCES]
    edits = edit(model, clip, asked, torch.cat([w for w, _ in begun]), noise)
    given = tensors("faces16", "test")[0][:4]
    w, still = inverted(model, given)
    again = edit(model, clip, ["안경을 쓴 얼굴"] * len(given), w, still, frames=4)
    rows = [torch.cat([face[None], each.way]) for face, each in zip(given, again, strict=True)]
    return {
        "edits.webp": in_columns(torch.stack([each.way for each in edits])),
        "inversion.webp": in_columns(torch.stack(rows)),
    }
