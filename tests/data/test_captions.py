"""Captions of faces say what is so, and no text is read otherwise than it is written."""

import random
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
import torch

from gan_minimal import data, models
from gan_minimal.data import captions, faces16
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.data.pixels import to_unit
from gan_minimal.errors import UserError

FACES = 300
PER_FACE = 16

# What words say of a face, written down again: the first pattern that is found counts. Korean
# captions are read without spaces.
KO = {
    "hair_color": {
        "dark_blonde": "(짙은|어두운)금발",
        "blonde": "금발",
        "light_brown": "연갈색|(밝은|옅은)갈색",
        "brown": "갈색",
        "black": "검은|까만|검정",
        "blue": "파란|푸른|파랑",
        "red": "빨간|붉은|빨강",
        "green": "초록|녹색",
    },
    "hair_length": {"long": "긴|길고", "short": "짧"},
    "glasses": {"no": "안경(을|은|이)?(없|안쓰|안쓴|쓰지)", "yes": "안경"},
    "hat": {"no": "모자(를|는|가)?(없|안쓰|안쓴|쓰지)", "yes": "모자"},
    "beard": {"no": "수염(을|은|이)?(없|안기른|기르지)", "yes": "수염"},
    "mouth": {"happy": "웃|미소|행복", "sad": "슬픈|시무룩"},
    "skin": {f"tone{i}": f"{i}단계" for i in range(1, 9)},
    "shade": {"light": "(밝은|하얀)피부", "medium": "(중간|보통)피부", "dark": "(어두운|짙은)피부"},
}
EN = {
    "hair_color": {
        "dark_blonde": r"\bdark blonde?\b",
        "blonde": r"\bblonde?\b",
        "light_brown": r"\blight brown\b",
        **{x: rf"\b{x}\b" for x in ("brown", "black", "blue", "red", "green")},
    },
    "hair_length": {"long": r"\blong\b", "short": r"\bshort\b"},
    "glasses": {"no": r"\b(no|without) glasses", "yes": r"\bglasses\b"},
    "hat": {"no": r"\b(no|without a) hat\b", "yes": r"\ba hat\b"},
    "beard": {"no": r"\b(no|without a) beard\b", "yes": r"\b(a beard|bearded)\b"},
    "mouth": {"happy": "smil|happy", "sad": "sad|frown"},
    "skin": {f"tone{i}": rf"tone {i}\b" for i in range(1, 9)},
    "shade": {"light": "(light|pale) skin", "medium": "medium skin", "dark": "dark skin"},
}
SHADE = dict(
    zip(ATTRIBUTES["skin"].values, 3 * ["light"] + 2 * ["medium"] + 3 * ["dark"], strict=True)
)


def read(text: str) -> dict[str, str]:
    """What a caption says of its face."""
    korean = re.search("[가-힣]", text)
    plain = re.sub("[ |,]", "", text) if korean else text
    found = {
        name: [value for value, pattern in values.items() if re.search(pattern, plain)]
        for name, values in (KO if korean else EN).items()
    }
    return {name: values[0] for name, values in found.items() if values}


@pytest.fixture(scope="module")
def written() -> list[tuple[dict[str, str], list[str]]]:
    """Faces of any kind, those that training has not seen included, with their captions."""
    rng = random.Random(0)
    rows = [
        {name: rng.choice(each.values) for name, each in ATTRIBUTES.items()} for _ in range(FACES)
    ]
    return [(row, captions.captions(row, PER_FACE, seed=i)) for i, row in enumerate(rows)]


@pytest.fixture(scope="module")
def stored() -> dict[str, tuple[torch.Tensor, torch.Tensor]]:
    return {split: data.load("faces16-captions", split).tensors for split in ("train", "test")}


# What captions say


def test_captions_say_only_what_is_so(written):
    for face, texts in written:
        for text in texts:
            said = read(text)
            assert said, text
            for name, value in said.items():
                assert value == (SHADE[face["skin"]] if name == "shade" else face[name]), text


def test_exact_captions_say_everything_and_the_others_less(written):
    for face, texts in written:
        for i, text in enumerate(texts):
            said = read(text)
            if i % 4 < 2:
                assert said == face, text  # so those of different faces differ
            else:
                assert 1 <= len(said) <= 4, text
                assert "skin" not in said, text


@pytest.mark.parametrize("language", captions.LANGUAGES)
def test_a_reader_tells_faces_apart_by_their_exact_captions(language, written):
    rng = random.Random(3)

    said = [read(captions.exact_caption(face, language, rng)) for face, _ in written]

    assert said == [face for face, _ in written]


def test_korean_and_english_take_turns(written):
    for _, texts in written:
        assert [bool(re.search("[가-힣]", text)) for text in texts] == [True, False] * 8
        assert not any(re.search("[a-z]", text) for text in texts[::2])


def test_what_is_lacking_is_mentioned_less_often(written):
    def share(value: str) -> float:
        having = [texts for face, texts in written if face["hat"] == value]
        partial = [text for texts in having for i, text in enumerate(texts) if i % 4 > 1]
        return sum("hat" in read(text) for text in partial) / len(partial)

    assert 0.1 < share("no") < 0.7 * share("yes")


PARTICLES = {"을": "를", "은": "는", "이": "가", "과": "와"}  # after a consonant, after a vowel
NOUNS = (
    "안경",
    "모자",
    "수염",
    "머리",
    "피부",
    "피부색",
    "입",
    "얼굴",
    "표정",
    "미소",
    "단계",
    "음",
)


def test_particles_fit_the_syllable_before_them(written):
    after_vowel = {vowel: consonant for consonant, vowel in PARTICLES.items()}
    seen = set()
    for _, texts in written:
        for word in re.findall(r"[가-힣|]+", " ".join(texts)):
            stem, *endings = word.split("|")
            for noun, particle in zip((stem, *endings), endings, strict=False):
                if noun in NOUNS and particle in PARTICLES.keys() | after_vowel.keys():
                    closed = len(unicodedata.normalize("NFD", noun[-1])) == 3
                    assert closed == (particle in PARTICLES), word
                    seen.add((noun, particle))

    assert {("안경", "을"), ("모자", "를"), ("입", "과"), ("음", "과"), ("피부", "와")} <= seen


def test_the_same_seed_gives_the_same_captions(written):
    face, texts = written[0]

    assert captions.captions(face, PER_FACE, seed=0) == texts
    assert captions.captions(face, PER_FACE, seed=1) != texts
    assert captions.captions(face, 4, seed=0) == texts[:4]
    assert len(set(texts)) > PER_FACE // 2


def test_captions_and_tokens_do_not_depend_on_how_python_orders_sets():
    code = (
        "from gan_minimal.data import captions, faces16\n"
        "face = {name: each.values[-1] for name, each in faces16.ATTRIBUTES.items()}\n"
        "print([captions.tokenize(x) for x in captions.captions(face, 40, 7)])"
    )

    shown = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
            capture_output=True,
            text=True,
            check=True,
            encoding="utf-8",
        ).stdout
        for seed in ("1", "2")
    }

    assert len(shown) == 1


# How they are read


def test_captions_are_read_by_the_pieces_that_they_were_written_in(written):
    numbers, _ = captions.vocabulary()
    for _, texts in written:
        for text in texts:
            tokens, unknown = captions.tokenize(text.replace("|", ""))

            pieces = re.findall(r"[a-z]+|[0-9]+|[가-힣]+", text.replace("|", " "))
            assert unknown == []
            assert tokens[1:-1] == [numbers[piece] for piece in pieces]
            assert len(tokens) <= captions.CONTEXT


def test_tokens_fit_into_the_recorded_model():
    model = models.preset("clip")["model"]
    pieces, endings = captions.vocabulary()
    begin, *_, end = captions.tokenize("안경")[0]

    assert sorted(pieces.values()) == list(range(1, len(pieces) + 1))  # 0 is padding
    assert (begin, end) == (len(pieces) + 1, len(pieces) + 2)
    assert end == model["vocab_size"] - 1 < 256
    assert model["context_length"] == captions.CONTEXT
    assert endings < pieces.keys()


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("A Smiling FACE, with glasses!", "a smiling face with glasses"),
        ("파란 머리에, 안경.", "파란 머리에 안경"),
        ("  안경\t모자\n", "안경 모자"),
        ("초록머리", "초록 머리"),
        ("긴파란머리에 안경", "긴 파란 머리에 안경"),
        ("짙은금발", "짙은 금발"),
        ("안경쓴 얼굴", "안경 쓴 얼굴"),
        ("수염난 사람", "수염 난 사람"),
        ("안경없음, 모자없는 얼굴", "안경 없음, 모자 없는 얼굴"),
        ("3단계 피부", "3 단계 피부"),
        ("３단계 피부", "3 단계 피부"),
        (unicodedata.normalize("NFD", "파란 머리에 안경"), "파란 머리에 안경"),
        ("안경|을", "안경을"),
    ],
)
def test_how_a_text_is_written_does_not_count(text, same):
    tokens, unknown = captions.tokenize(text)

    assert (tokens, unknown) == captions.tokenize(same)
    assert unknown == []
    assert len(tokens) > 2


@pytest.mark.parametrize(
    ("text", "unknown"),
    [
        ("purple hair and a crown", ["purple", "crown"]),
        ("보라색 머리에 왕관", ["보라색", "왕관"]),
        ("머리카락", ["머리카락"]),  # it begins with a known word
        ("9 단계 피부, 12 단계", ["9", "12"]),
        ("glassesglasses", []),
        ("웃긴 얼굴", ["웃긴"]),  # 긴 is no ending of 웃
        ("을", ["을"]),  # an ending of nothing
        ("hats", ["hats"]),
        ("café 顔 😀", ["café", "顔"]),
        ("", []),
    ],
)
def test_words_of_no_caption_are_named_in_their_order(text, unknown):
    assert captions.tokenize(text)[1] == unknown


def test_known_words_beside_unknown_ones_are_read():
    assert captions.tokenize("a purple hat")[0] == captions.tokenize("a hat")[0]


def test_texts_become_rows_of_one_length():
    rows = captions.tokens_of(["안경", "a face with a hat"])

    numbers = captions.tokenize("a face with a hat")[0]
    assert (rows.shape, rows.dtype) == ((2, captions.CONTEXT), torch.long)
    assert rows[1, : len(numbers)].tolist() == numbers
    assert rows[1, len(numbers) :].tolist() == [0] * (captions.CONTEXT - len(numbers))
    assert captions.tokens_of([]).shape == (0, captions.CONTEXT)


# The data set


@pytest.mark.slow
def test_every_image_has_its_captions(stored):
    for split, (images, tokens) in stored.items():
        known = faces16.load_faces(split)
        rows = [faces16.attributes_of(face) for face in known.options]
        blue_with_glasses = [x["hair_color"] == "blue" and x["glasses"] == "yes" for x in rows]
        green_with_hat = [x["hair_color"] == "green" and x["hat"] == "yes" for x in rows]
        left_out = torch.tensor(blue_with_glasses) | torch.tensor(green_with_hat)
        kept = (~left_out if split == "train" else torch.ones_like(left_out)).nonzero()[:, 0]

        assert 0.02 < left_out.double().mean() < 0.1
        assert torch.equal(images, to_unit(known.images[kept]))
        assert (images.shape[1:], images.dtype) == ((3, 16, 16), torch.float32)
        assert (images.min(), images.max()) == (-1, 1)
        assert (tokens.shape, tokens.dtype) == ((len(kept), 16, 40), torch.uint8)
        for row in (0, 100, len(kept) - 1):
            own = captions.captions(rows[kept[row]], 16, seed=int(kept[row]))
            assert torch.equal(tokens[row].long(), captions.tokens_of(own))


@pytest.mark.slow
def test_every_caption_begins_ends_and_is_padded(stored):
    begin, end = captions.tokenize("")[0]
    for _, tokens in stored.values():
        flat = tokens.flatten(0, 1).long()
        length = (flat > 0).sum(dim=1)

        assert (flat[:, 0] == begin).all()
        assert torch.equal(flat.argmax(dim=1), length - 1)
        assert (flat.max(dim=1).values == end).all()
        assert ((flat == end).sum(dim=1) == 1).all()
        assert length.min() > 2


@pytest.mark.slow
def test_no_caption_of_training_has_a_combination_that_is_to_be_new(stored):
    numbers, _ = captions.vocabulary()
    words = {number: piece for piece, number in numbers.items()}
    _, tokens = stored["train"]
    flat = tokens.flatten(0, 1).long()
    counts = {}
    for pair in captions.UNSEEN:
        color = pair["hair_color"]
        pieces = [
            n
            for word, n in numbers.items()
            if re.search(f"{KO['hair_color'][color]}|{color}", word)
        ]
        coloured = flat[torch.isin(flat, torch.tensor(pieces)).any(dim=1)]
        texts = [" ".join(words[n] for n in row if n in words) for row in coloured.tolist()]
        said = [read(text) for text in texts]
        counts[color] = len(said)
        assert all(each["hair_color"] == color for each in said)
        assert not [each for each in said if pair.items() <= each.items()]

    assert min(counts.values()) > 1000
    assert captions.unseen({"hair_color": "blue", "glasses": "yes", "hat": "no"})
    assert captions.unseen({"hair_color": "green", "glasses": "no", "hat": "yes"})
    assert not captions.unseen({"hair_color": "blue", "glasses": "no", "hat": "yes"})


def test_there_can_be_more_captions_and_fewer():
    _, tokens = captions.open_captioned(Path(), "test", None, count=2).tensors

    assert tokens.shape == (2048, 2, 40)


def test_other_splits_are_refused():
    with pytest.raises(UserError, match="train and test, not 'valid'"):
        data.load("faces16-captions", "valid")
