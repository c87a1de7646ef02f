"""Jamo come apart and together again, and the glyphs are what they say."""

import hashlib
import unicodedata

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from gan_minimal.data import hangul32
from gan_minimal.errors import UserError

SYLLABLE = st.integers(0xAC00, 0xD7A3).map(chr)


@given(SYLLABLE)
def test_compose_undoes_decompose(syllable: str):
    assert hangul32.compose(*hangul32.decompose(syllable)) == syllable


@given(SYLLABLE)
def test_decompose_agrees_with_unicode(syllable: str):
    cho, jung, jong = hangul32.decompose(syllable)
    parts = unicodedata.normalize("NFD", syllable)
    assert [ord(part) for part in parts[:2]] == [0x1100 + cho, 0x1161 + jung]
    assert parts[2:] == (chr(0x11A7 + jong) if jong else "")


def test_the_tables_name_the_jamo():
    assert (len(hangul32.CHO), len(hangul32.JUNG), len(hangul32.JONG)) == (19, 21, 28)
    assert (len(hangul32.CHO_NAMES), len(hangul32.JUNG_NAMES), len(hangul32.JONG_NAMES)) == (
        19,
        21,
        28,
    )
    cho, jung, jong = hangul32.decompose("한")
    assert (hangul32.CHO[cho], hangul32.JUNG[jung], hangul32.JONG[jong]) == ("ㅎ", "ㅏ", "ㄴ")
    assert (hangul32.CHO_NAMES[cho], hangul32.JUNG_NAMES[jung], hangul32.JONG_NAMES[jong]) == (
        *("h", "a", "n"),
    )


@pytest.mark.parametrize("wrong", ["a", "ㄱ", "", "한글", "漢"])
def test_what_is_no_syllable_is_refused(wrong: str):
    with pytest.raises(UserError, match="not a Korean syllable"):
        hangul32.decompose(wrong)


@pytest.mark.parametrize("wrong", [(19, 0, 0), (0, 21, 0), (0, 0, 28), (-1, 0, 0)])
def test_wrong_indices_are_refused(wrong: tuple[int, int, int]):
    with pytest.raises(UserError, match="jamo indices"):
        hangul32.compose(*wrong)


def test_the_syllables_are_those_of_the_standard():
    assert len(set(hangul32.syllables())) == 2350
    assert hangul32.syllables()[0] == "가"
    assert hangul32.syllables()[-1] == "힝"
    assert list(hangul32.syllables()) == sorted(hangul32.syllables())


def test_the_split_never_changes():
    text = "".join(sorted(hangul32.held_out()))
    assert len(text) == 235
    assert hashlib.sha256(text.encode()).hexdigest()[:16] == "1ffe5d90cc94fe4c"


def test_every_jamo_is_seen_in_training():
    train = hangul32.load_hangul("train", ("noto-sans",))
    for part, table in (("cho", hangul32.CHO), ("jung", hangul32.JUNG), ("jong", hangul32.JONG)):
        counts = torch.bincount(getattr(train, part), minlength=len(table))
        # ㄿ occurs in a single syllable of the standard (읊), which is never held out.
        assert counts.min() >= 1, part
        assert (counts < 2).sum() == (part == "jong"), part


def test_glyphs_and_labels_belong_together():
    train, test = hangul32.load_hangul("train"), hangul32.load_hangul("test")
    assert train.images.shape == (5 * 2115, 1, 32, 32)
    assert test.images.shape == (5 * 235, 1, 32, 32)
    assert train.images.dtype == torch.uint8
    assert not set(train.codepoint.tolist()) & set(test.codepoint.tolist())
    for i in range(0, len(train.images), 211):
        assert hangul32.decompose(chr(train.codepoint[i])) == (
            *(int(train.cho[i]), int(train.jung[i]), int(train.jong[i])),
        )
    pairs = train.codepoint.reshape(5, -1)
    assert (pairs == pairs[0]).all()
    assert train.font.reshape(5, -1).eq(torch.arange(5)[:, None]).all()


def test_every_glyph_has_ink_inside_a_white_margin():
    images = torch.cat([hangul32.load_hangul(split).images for split in ("train", "test")])
    assert (images.amin(dim=(1, 2, 3)) < 128).all()
    edges = torch.cat([images[:, 0, [0, -1]], images[:, 0, :, [0, -1]].mT], dim=1)
    assert (edges == 255).all()
    assert set(images.unique().tolist()) == {17 * i for i in range(16)}


def test_fonts_fill_the_cell_alike():
    for i, font in enumerate(hangul32.FONTS):
        part = hangul32.load_hangul("train", (font,)).images[:, 0]
        rows = (part < 128).any(2).sum(1).double()
        assert 24 < rows.median() <= 30, (i, font)


def test_fonts_differ():
    test = hangul32.load_hangul("test").images.reshape(5, -1)
    for a in range(5):
        for b in range(a):
            assert not torch.equal(test[a], test[b])


def test_wrong_names_are_refused():
    with pytest.raises(UserError, match="splits train and test"):
        hangul32.load_hangul("valid")
    with pytest.raises(UserError, match=r"no font 'comic'.*noto-sans"):
        hangul32.load_hangul("train", ("comic",))
