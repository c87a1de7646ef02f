"""Words are written letter by letter, each row in one hand."""

import numpy as np
import pytest
import torch

from gan_minimal import models, zoo
from gan_minimal.data.hangul32 import held_out
from gan_minimal.editing import cgan as writing
from gan_minimal.errors import UserError
from gan_minimal.images import grid


@pytest.fixture(scope="module")
def cgan():
    return zoo.load("cgan")


def test_a_word_is_written_in_one_hand_for_each_row(cgan):
    drawn = writing.write(cgan, "안녕", n=3)

    assert drawn.shape == (3, 2, 1, 32, 32)
    assert drawn.abs().max() <= 1
    torch.testing.assert_close(drawn[:, 1], writing.write(cgan, "녕", n=3)[:, 0])
    assert not torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn, writing.write(cgan, "안녕", n=3, seed=1))


def test_writing_leaves_the_random_numbers_as_they_were(cgan):
    before = torch.get_rng_state()

    writing.write(cgan, "가", n=1)

    assert torch.equal(before, torch.get_rng_state())


def test_spaces_are_paper_and_other_characters_are_refused(cgan):
    assert (writing.write(cgan, "가 나", n=2)[:, 1] == 1).all()
    with pytest.raises(UserError, match="'a' is not a Korean syllable"):
        writing.write(cgan, "가a", n=1)


def test_hands_show_syllables_of_training_and_held_out_ones(cgan):
    held = sorted(held_out())[:: 235 // writing.UNSEEN][: writing.UNSEEN]
    assert not set(writing.SEEN) & held_out()
    assert len(held) == writing.UNSEEN

    picture = np.asarray(writing.hands(cgan)["hands.webp"])

    rows = len(writing.SEEN) + writing.UNSEEN
    assert picture.shape == (rows * 33 - 1, 8 * 33 - 1, 3)
    first = np.asarray(grid(writing.write(cgan, writing.SEEN[0], 8)[:, 0], columns=8))
    assert np.array_equal(picture[:32], first)  # a syllable a row, a hand a column


def test_other_models_do_not_write():
    gan = models.build("gan", **models.preset("gan")["model"])

    with pytest.raises(UserError, match="models that write Hangul, such as cgan: gan does not"):
        writing.writer(gan, "gan")
