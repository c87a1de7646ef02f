"""StyleCLIP's claim asks enough, in both languages, and counts what the words mean."""

import pytest
import torch

from gan_minimal import claims
from gan_minimal.claims.styleclip_text import measure
from gan_minimal.data import captions
from gan_minimal.data.faces16 import ATTRIBUTES


def test_there_are_a_hundred_prompts_half_of_them_korean_all_with_known_words():
    prompts = measure.prompts()

    assert len(prompts) >= 100
    assert sum(prompt.language == "ko" for prompt in prompts) == len(prompts) / 2
    assert all(captions.tokenize(prompt.sentence)[1] == [] for prompt in prompts)
    mentioned = {pair for prompt in prompts for pair in prompt.wanted.items()}
    for name in ("hair_color", "hair_length", "glasses", "hat", "beard", "mouth"):
        assert {(name, value) for value in ATTRIBUTES[name].values} <= mentioned


def test_some_prompts_ask_for_combinations_that_no_caption_of_training_has():
    asked = [prompt.wanted for prompt in measure.prompts()]

    for pair in captions.UNSEEN:
        assert any(pair.items() <= wanted.items() for wanted in asked)


def test_light_skin_is_any_of_the_three_lightest_tones():
    tones = torch.arange(8)

    light = measure.fulfilled("skin", "tone1", tones)
    dark = measure.fulfilled("skin", "tone8", tones)

    assert light.tolist() == [True] * 3 + [False] * 5
    assert dark.tolist() == [False] * 5 + [True] * 3


def test_other_attributes_have_to_be_read_exactly():
    red = ATTRIBUTES["hair_color"].values.index("red")

    hits = measure.fulfilled("hair_color", "red", torch.tensor([red, red - 1, red + 1]))

    assert hits.tolist() == [True, False, False]


def test_sentences_come_true_and_too_much_else_changes_as_the_pages_say():
    found = claims.read(measure.CLAIM)["values"]

    means = {name: sum(values) / len(values) for name, values in found.items()}
    for language in captions.LANGUAGES:
        assert min(found[f"single_{language}"]) > 0.75
        assert min(found[f"combined_{language}"]) == pytest.approx(0.5, abs=0.02)
        assert max(found[f"combined_{language}"]) == pytest.approx(0.7, abs=0.02)
        assert 0.65 < means[f"kept_{language}"] < 0.68
    for name in ("single", "combined", "kept"):
        by_set = list(zip(found[f"{name}_ko"], found[f"{name}_en"], strict=True))
        assert max(abs(ko - en) for ko, en in by_set) < min(
            max(sets) - min(sets) for sets in zip(*by_set, strict=True)
        )
    both = {name: means[f"{name}_ko"] + means[f"{name}_en"] for name in ATTRIBUTES}
    *_, second, first = sorted(both, key=both.__getitem__)
    assert {first, second} == {"skin", "hair_length"}
    assert min(both, key=both.__getitem__) == "hair_color"
