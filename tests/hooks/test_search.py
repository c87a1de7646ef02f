import re

import pytest

from hooks.search import groups, known, other_names, separator, weight

GLOSSARY = """
### 바서슈타인 거리, 와서스테인 거리 (Wasserstein distance) { #wasserstein-distance }
### 모드 붕괴 (mode collapse) { #mode-collapse }
### 인셉션 점수 (Inception score, IS) { #inception-score }
### CLIP { #clip }
"""
SYNONYMS = """# A remark
StyleGAN = 스타일간
Wasserstein distance = EMD

오토인코더 = 오토 인코더
"""
THINGS = groups(GLOSSARY, SYNONYMS)
SEPARATOR = re.compile(separator(THINGS))


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


@pytest.mark.parametrize("text", ["모드붕괴란", "모드 붕괴가", "모드붕괴를"])
def test_a_name_of_two_words_is_found_written_as_one(text):
    assert tokens(text) == ["모드", "붕괴"]


def test_a_name_of_one_word_is_found_written_as_two():
    assert tokens("오토인코더의 오토 인코더") == ["오토", "인코더"] * 2


def test_a_name_with_capitals_inside_stays_whole():
    assert tokens("Pix2Pix의 LeakyReLU") == ["Pix2Pix", "LeakyReLU"]  # readers write pix2pix


def test_small_words_do_not_count():
    assert tokens("A video of the score: what is IS? To-do") == ["video", "score", "IS", "To", "do"]


def test_names_come_from_the_glossary_and_the_synonyms():
    assert THINGS == [
        ["바서슈타인 거리", "와서스테인 거리", "Wasserstein distance", "EMD"],
        ["모드 붕괴", "mode collapse"],
        ["인셉션 점수", "Inception score", "IS"],
        ["StyleGAN", "스타일간"],
        ["오토인코더", "오토 인코더"],
    ]


@pytest.mark.parametrize(
    ("title", "names"),
    [
        ("StyleGAN에 넣는 스타일의 순서", ["스타일간"]),
        ("모드 붕괴는 왜 생기는가", ["mode collapse"]),
        ("Mode collapse", ["모드 붕괴", "mode collapse"]),
        ("The Wasserstein distance", ["바서슈타인 거리", "와서스테인 거리", "EMD"]),
        ("What is a StyleGAN2?", []),
        ("Commodore collapse", []),
        ("IS", ["인셉션 점수", "Inception score"]),
    ],
)
def test_a_heading_is_found_by_the_other_names_of_what_it_names(title, names):
    assert other_names(title, THINGS) == names


def test_a_short_heading_and_a_question_count_more():
    assert weight("A") > weight("A long question about one thing?") > weight("A B C D E")
    assert weight("판별자 (discriminator)") > weight("생성자와 판별자") > weight("A B C D E") > 1


def test_the_names_of_the_site_can_be_read():
    assert len(known()) > 100
    assert {"StyleGAN", "스타일간"} <= set(next(names for names in known() if "StyleGAN" in names))
    re.compile(separator(known()))
