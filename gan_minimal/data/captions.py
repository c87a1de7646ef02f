"""Captions of faces in Korean and English, and the tokens that they consist of.

A caption mentions some attributes of a face, in any order and in several phrasings; an exact one
mentions all of them. Words are written with "|" where Korean endings begin: 머리|에 is the noun
머리 with the particle 에. So the vocabulary holds stems and endings, and a stem is known with every
ending that any caption has. Nothing is guessed: a word that cannot be split into a stem and endings
of the captions is unknown, and `tokenize` says so.
"""

import random
import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from gan_minimal.data.faces16 import ATTRIBUTES, attributes_of, load_faces

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset

LANGUAGES = ("ko", "en")
CONTEXT = 40
"""Tokens of a text at most, with its beginning and its end."""
LONGEST = 100  # letters of a word that is split at all
SHADES = {"tone1": 0, "tone2": 0, "tone3": 0, "tone4": 1, "tone5": 1}  # the other three: 2
WRITTEN_ON = frozenset(("쓰", "쓴", "끼", "낀", "난", "없", "있"))
"""Verbs of one syllable that many write onto their noun: 안경쓴, 수염난."""
UNSEEN = ({"hair_color": "blue", "glasses": "yes"}, {"hair_color": "green", "hat": "yes"})
"""Combinations that no caption of training has."""

Phrase = tuple[Sequence[str], Sequence[str], Sequence[str]]
"""Korean phrasings: before another phrase, before the noun, and as a noun of its own."""

_KO_COLOR: dict[str, Sequence[str]] = {
    "blonde": ("금발",),
    "dark_blonde": ("짙은 금발", "어두운 금발"),
    "light_brown": ("연갈색", "밝은 갈색", "옅은 갈색"),
    "brown": ("갈색",),
    "black": ("검은색", "검은", "까만", "검정"),
    "blue": ("파란색", "파란", "푸른", "파랑"),
    "red": ("빨간색", "빨간", "붉은", "빨강"),
    "green": ("초록색", "초록", "녹색"),
}
_KO_LENGTH: dict[str, tuple[str, str]] = {"long": ("긴", "길|고"), "short": ("짧은", "짧|고")}
_KO: dict[str, Phrase] = {
    "glasses_yes": (
        ("안경|을 쓰|고", "안경 쓰|고", "안경|을 끼|고", "안경|에"),
        ("안경|을 쓴", "안경 쓴", "안경|을 낀", "안경 낀"),
        ("안경", "안경|을 쓴 얼굴"),
    ),
    "glasses_no": (
        ("안경 없|이", "안경|을 안 쓰|고", "안경|은 없|고"),
        ("안경 없|는", "안경|이 없|는", "안경|을 쓰|지 않은", "안경|을 안 쓴"),
        ("안경 없|음",),
    ),
    "hat_yes": (
        ("모자|를 쓰|고", "모자 쓰|고", "모자|에"),
        ("모자|를 쓴", "모자 쓴"),
        ("모자", "모자|를 쓴 얼굴"),
    ),
    "hat_no": (
        ("모자 없|이", "모자|를 안 쓰|고", "모자|는 없|고"),
        ("모자 없|는", "모자|가 없|는", "모자|를 쓰|지 않은", "모자|를 안 쓴"),
        ("모자 없|음",),
    ),
    "beard_yes": (
        ("수염|을 기르|고", "수염|이 있|고", "수염|에"),
        ("수염|을 기른", "수염|이 난", "수염 난", "수염|이 있|는", "수염 있|는"),
        ("수염", "수염 난 얼굴"),
    ),
    "beard_no": (
        ("수염 없|이", "수염|이 없|고", "수염|은 없|고"),
        ("수염 없|는", "수염|이 없|는", "수염|을 기르|지 않은", "수염|을 안 기른"),
        ("수염 없|음",),
    ),
    "mouth_happy": (
        ("웃|으며", "웃|고", "활짝 웃|으며"),
        ("웃|는", "웃|고 있|는", "미소 짓|는", "행복한"),
        ("웃|는 입", "웃|는 얼굴", "미소"),
    ),
    "mouth_sad": (
        ("슬픈 표정|에", "슬픈 입|에", "시무룩하|고"),
        ("슬픈", "슬픈 표정|의", "시무룩한"),
        ("슬픈 입", "슬픈 얼굴", "슬픈 표정"),
    ),
}
_EN_COLOR: dict[str, Sequence[str]] = {
    "blonde": ("blonde", "blond"),
    "dark_blonde": ("dark blonde", "dark blond"),
    "light_brown": ("light brown",),
    "brown": ("brown",),
    "black": ("black",),
    "blue": ("blue",),
    "red": ("red",),
    "green": ("green",),
}
_EN: dict[str, Sequence[str]] = {
    "glasses_yes": ("glasses", "a pair of glasses"),
    "glasses_no": ("no glasses",),
    "hat_yes": ("a hat",),
    "hat_no": ("no hat",),
    "beard_yes": ("a beard",),
    "beard_no": ("no beard",),
    "mouth_happy": ("a smile", "a happy mouth", "a smiling mouth"),
    "mouth_sad": ("a sad mouth", "a frown", "a sad look"),
}
_EN_WORD = {
    "mouth_happy": ("smiling", "happy"),
    "mouth_sad": ("sad", "frowning"),
    "beard_yes": ("bearded",),
}


def shade(tone: str) -> int:
    """Return how dark a skin tone is in words: 0 light, 1 medium, 2 dark."""
    return SHADES.get(tone, 2)


def _skin_ko(tone: str, exact: bool, pick: Callable[[Sequence[str]], str]) -> Phrase:
    if exact:
        number = tone.removeprefix("tone")
        return (
            (f"{number} 단계 피부|에", f"피부색|이 {number} 단계|이고"),
            (f"{number} 단계 피부|의", f"피부색|이 {number} 단계|인"),
            (f"{number} 단계 피부", f"피부색 {number} 단계"),
        )
    word = pick((("밝은", "하얀"), ("중간", "보통"), ("어두운", "짙은"))[shade(tone)])
    return ((f"{word} 피부|에",), (f"{word} 피부|의",), (f"{word} 피부",))


def _hair_ko(
    face: Mapping[str, str], named: Sequence[str], pick: Callable[[Sequence[str]], str]
) -> Phrase:
    color = pick(_KO_COLOR[face["hair_color"]]) if "hair_color" in named else ""
    length, verb = _KO_LENGTH[face["hair_length"]] if "hair_length" in named else ("", "")
    words = [word for word in (length, color) if word]
    hair = " ".join([*(words if pick(("", "-")) else words[::-1]), "머리"])
    before = [f"{hair}|에", f"{hair}|를 하|고"]
    if length:
        before.append(f"{color} 머리|가 {verb}".strip())
    return before, (f"{hair}|의", f"{hair}|를 한"), (hair,)


def korean(face: Mapping[str, str], named: Sequence[str], exact: bool, rng: random.Random) -> str:
    """Return a Korean caption, its words split by "|".

    Args:
        face: The value of every attribute.
        named: The attributes that the caption mentions.
        exact: Whether it names the skin tone by its number.
        rng: Chooses words and their order.
    """
    phrases = [_KO[f"{x}_{face[x]}"] for x in named if f"{x}_{face[x]}" in _KO]
    if {"hair_color", "hair_length"} & set(named):
        phrases.append(_hair_ko(face, named, rng.choice))
    if "skin" in named:
        phrases.append(_skin_ko(face["skin"], exact, rng.choice))
    rng.shuffle(phrases)
    if rng.random() < 0.35:  # a list of nouns
        nouns = [rng.choice(noun) for _, _, noun in phrases]
        if rng.random() < 0.3:
            nouns[:-1] = [f"{noun}|{'과' if closed(noun) else '와'}" for noun in nouns[:-1]]
            return " ".join(nouns)
        return rng.choice((", ", " ")).join(nouns)
    *first, last = phrases
    if rng.random() < 0.25:  # before the last noun: 파란 머리에 안경
        return " ".join([*(rng.choice(before) for before, _, _ in first), rng.choice(last[2])])
    words = [rng.choice(before) for before, _, _ in first]
    return " ".join([*words, rng.choice(last[1]), rng.choice(("얼굴", "사람"))])


def closed(word: str) -> bool:
    """Return whether the last syllable of a Korean word ends in a consonant."""
    return (ord(word[-1]) - ord("가")) % 28 > 0


def english(face: Mapping[str, str], named: Sequence[str], exact: bool, rng: random.Random) -> str:
    """Return an English caption; arguments as for `korean`."""
    things, words, worn = [], [], []
    for key in (f"{x}_{face[x]}" for x in named):
        if key in _EN_WORD and rng.random() < 0.4:
            words.append(rng.choice(_EN_WORD[key]))
        elif key in ("glasses_yes", "hat_yes") and rng.random() < 0.4:
            worn.append(_EN[key][0])
        elif key in _EN:
            things.append(rng.choice(_EN[key]))
    color = rng.choice(_EN_COLOR[face["hair_color"]]) if "hair_color" in named else ""
    length = face["hair_length"] if "hair_length" in named else ""
    if color or length:
        things.append(" ".join(word for word in (length, color, "hair") if word))
    if "skin" in named:
        shades = (("light", "pale"), ("medium",), ("dark",))[shade(face["skin"])]
        things.append(
            rng.choice((f"skin tone {face['skin'][-1]}", f"skin of tone {face['skin'][-1]}"))
            if exact
            else f"{rng.choice(shades)} skin"
        )
    rng.shuffle(things)
    rng.shuffle(words)
    if things and not words and not worn and rng.random() < 0.35:
        return listed(things)
    noun = rng.choice(("face", "person"))
    parts = [rng.choice(("a", "the")), *words, noun]
    if worn:
        parts += ["wearing", listed(worn)]
    if len(things) == 1 and things[0].startswith("no "):
        lacking = things[0].removeprefix("no ")
        parts += ["without", lacking if lacking == "glasses" else f"a {lacking}"]
    elif things:
        which = "who has" if noun == "person" else "that has"
        parts += ["with" if worn else rng.choice(("with", "having", which)), listed(things)]
    return " ".join(parts)


def listed(things: Sequence[str]) -> str:
    """Return an English list."""
    *most, last = things
    return f"{', '.join(most)} and {last}" if most else last


WRITERS = {"ko": korean, "en": english}


def exact_caption(face: Mapping[str, str], language: str, rng: random.Random) -> str:
    """Return a caption that mentions every attribute of a face, as a reader would write it."""
    return WRITERS[language](face, list(ATTRIBUTES), True, rng).replace("|", "")


def captions(face: Mapping[str, str], count: int, seed: int) -> list[str]:
    """Return captions of a face, half of them exact; Korean and English ones in turn.

    Args:
        face: The value of every attribute.
        count: Number of captions.
        seed: Seed of the choice of words.

    Returns:
        Captions whose words are split by "|".
    """
    rng = random.Random(seed)
    found = []
    for i in range(count):
        exact = i % 4 < 2
        named = list(ATTRIBUTES)
        if not exact:  # what a face lacks is mentioned less often than what it has
            rare = [x for x in named if face[x] != "no" or rng.random() < 0.4]
            named = rng.sample(rare, min(len(rare), rng.randint(1, 4)))
        found.append(WRITERS[LANGUAGES[i % 2]](face, named, exact, rng))
    return found


@cache
def vocabulary() -> tuple[dict[str, int], frozenset[str]]:
    """Return the number of every piece of a word, and the pieces that are Korean endings.

    They are found by writing many captions. 0 is padding; the two numbers after the last begin and
    end a text.
    """
    rng = random.Random(0)
    pieces, endings = set(), set()
    for _ in range(1500):
        face = {name: rng.choice(each.values) for name, each in ATTRIBUTES.items()}
        for text in captions(face, 4, rng.randrange(2**32)):
            for word in re.findall(r"[a-z]+|[0-9]+|[가-힣|]+", text):
                stem, *rest = word.split("|")
                pieces |= {stem, *rest}
                endings |= set(rest)
    return {piece: i for i, piece in enumerate(sorted(pieces), 1)}, frozenset(endings)


@cache
def split(word: str, first: bool = True) -> tuple[str, ...]:
    """Split a word into pieces of the vocabulary; nothing if it is unknown.

    The first piece is a stem. Endings follow, or longer stems, since many write 긴머리 for 긴 머리,
    and verbs that are written onto their noun.
    """
    numbers, endings = vocabulary()
    later = endings | WRITTEN_ON
    for end in range(len(word), 0, -1):
        piece, rest = word[:end], word[end:]
        if piece in numbers and (piece not in endings if first else piece in later or end > 1):
            others = split(rest, first=False)
            if others or not rest:
                return (piece, *others)
    return ()


def tokenize(text: str) -> tuple[list[int], list[str]]:
    """Return the tokens of a text and the words in it that no caption has.

    Args:
        text: Korean or English; upper case and punctuation do not count, nor does it whether
            syllables are composed, as on most systems, or come in letters.

    Returns:
        Between a beginning and an end the numbers of all pieces of known words, and the unknown
        words in their order.
    """
    numbers, _ = vocabulary()
    begin, end = len(numbers) + 1, len(numbers) + 2
    tokens, unknown = [begin], []
    plain = unicodedata.normalize("NFKC", text).lower().replace("|", "")
    for word in re.findall(r"[^\W\d_]+|\d+", plain):
        pieces = split(word) if len(word) <= LONGEST else ()
        tokens += [numbers[piece] for piece in pieces]
        if not pieces:
            unknown.append(word)
    return [*tokens, end], unknown


def tokens_of(texts: Sequence[str], context: int = CONTEXT) -> "Tensor":
    """Return the tokens of texts whose words are all known, padded with 0, `(N, context)`."""
    import torch

    rows = [tokenize(text)[0] for text in texts]
    padded = [row + [0] * (context - len(row)) for row in rows]
    return torch.tensor(padded, dtype=torch.long).view(len(rows), context)


def unseen(face: Mapping[str, str]) -> bool:
    """Return whether a face has a combination of attributes that is kept out of training."""
    return any(all(face[x] == value for x, value in pair.items()) for pair in UNSEEN)


def open_captioned(
    _folder: Path, split: str, _size: int | None, count: int = 16
) -> "Dataset[tuple[Tensor, ...]]":
    """Open faces16 with captions: images and the tokens of `count` captions of each.

    Args:
        split: `"train"`, without the faces that have one of the combinations `UNSEEN`, or `"test"`.
        count: Captions of each face, half of them Korean.

    Returns:
        Images `(3, 16, 16)` in [-1, 1] and tokens `(count, CONTEXT)`, uint8.

    Raises:
        UserError: If the snapshot is damaged.
    """
    from torch.utils.data import TensorDataset

    from gan_minimal.data.pixels import to_unit

    kept, tokens = written(split, count)
    return TensorDataset(to_unit(load_faces(split).images[kept]), tokens)


@cache
def written(split: str, count: int) -> "tuple[list[int], Tensor]":
    """Return which faces of a split have captions, and their tokens; that takes some seconds."""
    import torch

    rows = [attributes_of(face) for face in load_faces(split).options]
    kept = [i for i, face in enumerate(rows) if split == "test" or not unseen(face)]
    texts = [tokens_of(captions(rows[i], count, seed=i)) for i in kept]
    return kept, torch.stack(texts).to(torch.uint8)
