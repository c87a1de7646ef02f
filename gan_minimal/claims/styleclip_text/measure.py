"""Does a face follow a sentence, in Korean and in English, and what else changes with it?"""

import random
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from gan_minimal import zoo
from gan_minimal.claims import Claim, Statement, Values, at_least, both, in_parallel
from gan_minimal.data import captions
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.editing import styleclip
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import readings

SEEDS = (1, 2, 3)
POOL = 300  # faces of a seed, of which each sentence gets some that do not match it yet
FACES = 2
BASE = {name: about.values[0] for name, about in ATTRIBUTES.items()}
SINGLE = [
    *[{"hair_color": value} for value in ATTRIBUTES["hair_color"].values],
    *[{"skin": tone} for tone in ("tone1", "tone8")],
    *[
        {name: value}
        for name in ("hair_length", "glasses", "hat", "beard", "mouth")
        for value in ATTRIBUTES[name].values
    ],
]
COMBINED = [
    *[{"hair_color": color, "glasses": "yes"} for color in ("blue", "black", "blonde", "red")],
    *[{"hair_color": color, "hat": "yes"} for color in ("green", "brown", "red", "black")],
    *[{"hair_color": color, "hair_length": "long"} for color in ("blonde", "blue", "green")],
    *[{"hair_color": color, "mouth": "happy"} for color in ("light_brown", "red", "green")],
    *[{"hair_color": color, "beard": "yes"} for color in ("brown", "black", "dark_blonde")],
    *[{"hair_color": "red", "hair_length": "short"}, {"hair_color": "blue", "hat": "yes"}],
    {"hair_length": "long", "mouth": "sad"},
    {"glasses": "yes", "hat": "yes"},
    {"glasses": "yes", "beard": "yes"},
    {"glasses": "no", "mouth": "sad"},
    {"hat": "yes", "mouth": "happy"},
    {"hat": "no", "hair_length": "long"},
    {"beard": "no", "mouth": "happy"},
    {"skin": "tone8", "mouth": "happy"},
    {"skin": "tone1", "glasses": "yes"},
    {"hair_color": "blue", "glasses": "yes", "mouth": "happy"},
    {"hair_color": "black", "hat": "yes", "beard": "yes"},
    {"hair_color": "blonde", "hair_length": "long", "skin": "tone1"},
]


@dataclass(frozen=True)
class Prompt:
    """A sentence and what it asks for."""

    language: str
    wanted: dict[str, str]
    sentence: str


def prompts() -> list[Prompt]:
    """Return all prompts in both languages, their words and word order drawn at random."""
    rng = random.Random(0)
    found = []
    for wanted in (*SINGLE, *COMBINED):
        for language in captions.LANGUAGES:
            written = captions.WRITERS[language](BASE | wanted, list(wanted), False, rng)
            found.append(Prompt(language, wanted, written.replace("|", "")))
    return found


def fulfilled(name: str, value: str, read: Tensor) -> Tensor:
    """Return where a reading `(N,)` of attribute `name` is what a sentence with `value` means."""
    values = ATTRIBUTES[name].values
    if name != "skin":
        return read == values.index(value)
    shades = torch.tensor([captions.shade(tone) for tone in values])
    return shades[read] == captions.shade(value)


def networks() -> tuple[StyleGAN, styleclip.SmallCLIP, AttributeClassifier]:
    """Return the recorded networks."""
    clip, judge = styleclip.SmallCLIP(), readings.classifier("attributes")
    return zoo.load("stylegan", StyleGAN), clip, judge


def begun(seed: int, model: StyleGAN) -> tuple[Tensor, list[Tensor]]:
    """Return styles `(POOL, L, style)` and noise of the faces of a seed."""
    faces = [styleclip.seeded(model, 1000 * seed + i) for i in range(POOL)]
    noise = zip(*(maps for _, maps in faces), strict=True)
    return torch.cat([w for w, _ in faces]), [torch.cat(maps) for maps in noise]


def scores(seed: int) -> dict[str, float]:
    """Edit faces by every prompt, and read what became of them."""
    model, clip, judge = networks()
    w, noise = begun(seed, model)
    with torch.no_grad():
        before = readings.read(judge, model.draw(w, noise).clamp(-1, 1))[1]
    asked, chosen = [], []
    for prompt in prompts():
        met = [fulfilled(name, value, before[name]) for name, value in prompt.wanted.items()]
        free = (~torch.stack(met).all(dim=0)).nonzero()[:FACES, 0].tolist()
        asked += [prompt] * len(free)
        chosen += free
    maps = [each[chosen] for each in noise]
    sentences = [prompt.sentence for prompt in asked]
    edits = styleclip.edit(model, clip, sentences, w[chosen], maps, frames=2)
    after = readings.read(judge, torch.stack([each.way[-1] for each in edits]))[1]
    hits: dict[str, list[float]] = {}
    for i, (prompt, face) in enumerate(zip(asked, chosen, strict=True)):
        wanted = prompt.wanted.items()
        reached = all(bool(fulfilled(name, x, after[name][i : i + 1])) for name, x in wanted)
        others = [name for name in ATTRIBUTES if name not in prompt.wanted]
        kept = [float(after[name][i] == before[name][face]) for name in others]
        kind = next(iter(prompt.wanted)) if len(prompt.wanted) == 1 else "combined"
        for name in (kind, "single") if kind != "combined" else (kind,):
            hits.setdefault(f"{name}_{prompt.language}", []).append(float(reached))
        hits.setdefault(f"kept_{prompt.language}", []).append(sum(kept) / len(kept))
    return {name: sum(shares) / len(shares) for name, shares in hits.items()}


def measure() -> Values:
    """Edit three sets of faces."""
    found = in_parallel(scores, [(seed,) for seed in SEEDS])
    return {name: [each[name] for each in found] for name in found[0]}


def in_both(what: str, limit: float) -> Callable[[Values], list[float]]:
    """Return the margins of a share over a limit in the language in which it is smaller."""
    return lambda values: both(
        *(at_least(values[f"{what}_{language}"], limit) for language in captions.LANGUAGES)
    )


def opening() -> list[float]:
    """Return the cosines of a few faces with sentences before they move."""
    model, clip, _ = networks()
    asked = prompts()[::20]
    faces = [styleclip.seeded(model, 1000 + i) for i in range(len(asked))]
    text_features = clip.encode_text([prompt.sentence for prompt in asked])
    with torch.no_grad():
        drawn = torch.cat([model.draw(w, noise) for w, noise in faces])
        cosines: list[float] = torch.cosine_similarity(
            clip.encode_image(drawn), text_features, dim=1
        ).tolist()
    return cosines


CLAIM = Claim(
    __file__,
    place="lecture.md#styleclip",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("follows", in_both("single", 2 / 3)),
        Statement("keeps", in_both("kept", 3 / 4), ours=True),
    ),
    opening=opening,
    plot=("single_ko", "single_en", "combined_ko", "combined_en", "kept_ko", "kept_en"),
    limits=lambda _: {
        f"{what}_{language}": limit
        for what, limit in (("single", 2 / 3), ("kept", 3 / 4))
        for language in captions.LANGUAGES
    },
)
