import re

import pytest

from hooks.search import separator

SEPARATOR = re.compile(separator())


def tokens(text: str) -> list[str]:
    return [token for token in SEPARATOR.split(text) if token]


@pytest.mark.parametrize(
    "text",
    [
        "판별자",
        "판별자는",
        "판별자가",
        "판별자를",
        "판별자와",
        "판별자에게",
        "판별자의",
        "판별자로부터",
    ],
)
def test_a_word_is_the_same_with_every_particle(text):
    assert tokens(text) == ["판별자"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("손실이 줄고 손실은 손실을", ["손실", "줄고", "손실", "손실"]),
        ("GAN은 DCGAN의 WGAN-GP와", ["GAN", "DCGAN", "WGAN", "GP"]),
        ("구별하고 구별하지 구별한다", ["구별"] * 3),
        ("StyleGAN으로, StyleCLIP까지.", ["StyleGAN", "StyleCLIP"]),
        ("생성자(generator)", ["생성자", "generator"]),
    ],
)
def test_particles_and_endings_are_cut_off(text, expected):
    assert tokens(text) == expected


@pytest.mark.parametrize(
    "noun",
    ["전문가", "플레이", "정확도", "해상도", "고양이", "효과", "결과", "평가", "차이", "문제"],
)
def test_a_noun_that_only_looks_as_if_it_had_a_particle_stays_whole(noun):
    assert tokens(noun) == [noun]


def test_such_a_noun_still_loses_its_real_particle():
    assert tokens("정확도를 전문가는 고양이가") == ["정확도", "전문가", "고양이"]


def test_a_word_of_one_syllable_keeps_its_particle():
    assert tokens("값을") == ["값을"]  # cutting would leave a single letter, which finds everything
