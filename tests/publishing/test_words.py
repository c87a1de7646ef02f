"""Every word of the tables is there in both languages, and every recorded metric has a title."""

import re
from pathlib import Path

import pytest

from gan_minimal import zoo
from gan_minimal.claims import VERDICTS
from gan_minimal.publishing import words

HANGUL = re.compile("[가-힣]")
SOURCES = Path(words.__file__).parent.glob("*.py")
TEXTS = {
    f"{group}.{key}": text for group, texts in words.WORDS.items() for key, text in texts.items()
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_a_word_is_there_in_both_languages(text):
    assert text.keys() == set(words.LANGUAGES)
    assert HANGUL.search(text["ko"])
    assert text["en"]
    assert not HANGUL.search(text["en"])
    assert re.findall("{.*?}", text["ko"]) == re.findall("{.*?}", text["en"])


@pytest.mark.parametrize("name", zoo.names())
def test_every_metric_of_a_record_has_a_title(name):
    for metric in zoo.read(name)["metrics"]:
        korean, english = (words.title(metric, language) for language in ("ko", "en"))

        assert HANGUL.search(korean), metric
        assert english[0].isupper(), metric
        assert not HANGUL.search(english), metric
        assert "{" not in korean + english, metric


def test_no_word_is_left_that_nothing_shows():
    code = "".join(path.read_text(encoding="utf-8") for path in SOURCES)
    metrics = {metric for name in zoo.names() for metric in zoo.read(name)["metrics"]}
    shown = metrics | {metric.partition("_")[0] for metric in metrics}
    shown |= {"untrained_fid", "untrained_kid", "copies"}  # of a person's own images

    used = [key for key in words.WORDS["words"] if re.search(f"[\"']{key}[\"']", code)]
    assert words.WORDS["words"].keys() == {*used, *VERDICTS}
    assert words.WORDS["metrics"].keys() <= shown


def test_a_title_names_what_is_measured():
    assert words.title("fid", "en") == "Fréchet distance (faces16 features)"
    assert words.title("tv_hair_color", "ko") == "히스토그램 차이: 머리색"  # named by the data
    assert words.title("hand_nanum-brush", "en") == "Read as this hand: Nanum Brush Script"
    assert words.title("kept_hat_no", "en") == "Readings of other attributes kept: hat off"


def test_a_metric_without_a_title_is_an_error():
    with pytest.raises(KeyError, match="sharpness"):
        words.title("sharpness_hat", "en")
