"""hangul32: the 2,350 everyday Korean syllables (KS X 1001) in five fonts, 32x32 pixels.

A syllable is composed of an initial consonant, a vowel and an optional final consonant (its
jamo); Unicode numbers them so that arithmetic takes it apart. Ink is black (0) on white paper
(255), in 16 steps of grey; every glyph is centred by its ink and fits into 30 by 30 pixels.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from gan_minimal.data import snapshot
from gan_minimal.errors import UserError

if TYPE_CHECKING:
    import torch


@dataclass(frozen=True)
class Font:
    """A font of the set.

    Attributes:
        ko: Korean name.
        en: English name.
        size: Size at which it is drawn, in pixels of the 32-pixel cell. The handwritten fonts
            draw small, so they are set larger.
    """

    ko: str
    en: str
    size: int


FONTS: dict[str, Font] = {
    "noto-sans": Font("본고딕", "Noto Sans KR", 30),
    "noto-serif": Font("본명조", "Noto Serif KR", 28),
    "nanum-gothic": Font("나눔고딕 엑스트라볼드", "Nanum Gothic ExtraBold", 29),
    "nanum-brush": Font("나눔손글씨 붓", "Nanum Brush Script", 36),
    "nanum-pen": Font("나눔손글씨 펜", "Nanum Pen Script", 36),
}

CHO = tuple("ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ")
"""The 19 initial consonants (초성), in the order of their indices."""
JUNG = tuple("ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ")
"""The 21 vowels (중성)."""
JONG = ("", *"ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ")
"""The 28 endings (종성); the first is none."""
CHO_NAMES = (
    *("g", "kk", "n", "d", "tt", "r", "m", "b", "pp", "s", "ss", "(silent)"),
    *("j", "jj", "ch", "k", "t", "p", "h"),
)
"""Romanised names of `CHO` for English readers (Revised Romanization)."""
JUNG_NAMES = (
    *("a", "ae", "ya", "yae", "eo", "e", "yeo", "ye", "o", "wa", "wae", "oe", "yo"),
    *("u", "wo", "we", "wi", "yu", "eu", "ui", "i"),
)
"""Romanised names of `JUNG`."""
JONG_NAMES = (
    *("(none)", "g", "kk", "gs", "n", "nj", "nh", "d", "l", "lg", "lm", "lb", "ls", "lt"),
    *("lp", "lh", "m", "b", "bs", "s", "ss", "ng", "j", "ch", "k", "t", "p", "h"),
)
"""Romanised names of `JONG`."""

# --8<-- [start:jamo]
_FIRST = 0xAC00  # 가; the 11,172 syllables follow in the order of their jamo


def decompose(syllable: str) -> tuple[int, int, int]:
    """Return the indices of the jamo of a syllable into `CHO`, `JUNG` and `JONG`.

    Raises:
        UserError: If `syllable` is not one composed Korean syllable.
    """
    if len(syllable) != 1 or not 0 <= ord(syllable) - _FIRST < 11_172:
        raise UserError(f"{syllable!r} is not a Korean syllable such as 한.")
    number = ord(syllable) - _FIRST
    return number // 588, number % 588 // 28, number % 28


# --8<-- [end:jamo]


def compose(cho: int, jung: int, jong: int = 0) -> str:
    """Return the syllable made of these jamo; the inverse of `decompose`.

    Raises:
        UserError: If an index is out of range.
    """
    if not (0 <= cho < len(CHO) and 0 <= jung < len(JUNG) and 0 <= jong < len(JONG)):
        raise UserError(
            "The jamo indices must be 0-18 (initial), 0-20 (vowel) and 0-27 (final), "
            f"not {cho}, {jung}, {jong}."
        )
    return chr(_FIRST + (cho * 21 + jung) * 28 + jong)


@cache
def syllables() -> tuple[str, ...]:
    """Return the 2,350 syllables of KS X 1001 in its order, which is the alphabetical one."""
    return tuple(
        bytes([row, cell]).decode("euc-kr")
        for row in range(0xB0, 0xC9)
        for cell in range(0xA1, 0xFF)
    )


@cache
def held_out() -> frozenset[str]:
    """Return the 235 syllables of the test split; it is the same for all fonts and never changes.

    They are picked in the order of their hashes, and only if each of their jamo keeps at least
    two syllables in the training split: what is held out is a combination, never a part.
    """
    left = Counter((place, jamo) for s in syllables() for place, jamo in enumerate(decompose(s)))
    chosen: set[str] = set()
    for syllable in sorted(syllables(), key=lambda s: hashlib.sha256(s.encode()).digest()):
        parts = list(enumerate(decompose(syllable)))
        if len(chosen) < 235 and all(left[part] > 2 for part in parts):
            chosen.add(syllable)
            left.subtract(parts)
    return frozenset(chosen)


@dataclass(frozen=True)
class Hangul:
    """Glyphs with all that is known of them, font after font in the order of `FONTS`.

    Every font lists the same syllables in the same order, so glyph `i` of one font and glyph `i`
    of another are a true pair.

    Attributes:
        images: uint8 tensor (N, 1, 32, 32), 0 ink to 255 paper.
        codepoint: int64 tensor (N,), the Unicode number of the syllable.
        font: int64 tensor (N,), index into `FONTS`.
        cho: int64 tensor (N,), index into `CHO`.
        jung: int64 tensor (N,), index into `JUNG`.
        jong: int64 tensor (N,), index into `JONG`.
    """

    images: "torch.Tensor"
    codepoint: "torch.Tensor"
    font: "torch.Tensor"
    cho: "torch.Tensor"
    jung: "torch.Tensor"
    jong: "torch.Tensor"


def load_hangul(split: str = "train", fonts: tuple[str, ...] = tuple(FONTS)) -> Hangul:
    """Return the built-in glyphs with their jamo.

    Args:
        split: `"train"` (2,115 syllables) or `"test"` (235 syllables that no font shows in
            training).
        fonts: Keys of `FONTS`; all by default.

    Raises:
        UserError: If the split or a font is unknown, or a snapshot is damaged.
    """
    import torch

    if split not in ("train", "test"):
        raise UserError(f"hangul32 has the splits train and test, not {split!r}.")
    for font in fonts:
        if font not in FONTS:
            raise UserError(f"There is no font {font!r}; there are: {', '.join(FONTS)}.")
    chosen = [i for i, s in enumerate(syllables()) if (s in held_out()) == (split == "test")]
    glyphs = np.concatenate(
        [snapshot.arrays(f"hangul32-{font}.npz")["glyphs"][chosen] for font in fonts]
    )
    jamo = torch.tensor([decompose(syllables()[i]) for i in chosen]).repeat(len(fonts), 1)
    return Hangul(
        images=torch.from_numpy(glyphs * np.uint8(17))[:, None],
        codepoint=torch.tensor([ord(syllables()[i]) for i in chosen]).repeat(len(fonts)),
        font=torch.tensor([list(FONTS).index(f) for f in fonts]).repeat_interleave(len(chosen)),
        cho=jamo[:, 0],
        jung=jamo[:, 1],
        jong=jamo[:, 2],
    )
