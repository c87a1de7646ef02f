"""What tables, badges, charts and claims say: `words.toml`, and the names that data has."""

import tomllib
from pathlib import Path

from gan_minimal.data import faces16, voxel64
from gan_minimal.data.hangul32 import FONTS

LANGUAGES = ("ko", "en")

_TEXT = Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
WORDS: dict[str, dict[str, dict[str, str]]] = tomllib.loads(_TEXT)
"""A text by its group (`words`, `metrics`, `names`, `charts`), its key and its language."""


def word(key: str, language: str) -> str:
    """Return a word, or a pattern with a place for numbers."""
    return WORDS["words"][key][language]


def chart_word(key: str, language: str) -> str:
    """Return what a chart says; a player without a name here goes by its own."""
    return WORDS["charts"].get(key, {language: key})[language]


def title(metric: str, language: str) -> str:
    """Return the readable name of a metric such as `fid` or `tv_hair_color`."""
    titles = WORDS["metrics"]
    if metric in titles:
        return titles[metric][language]
    kind, _, what = metric.partition("_")
    pattern, name = titles[kind][language], name_of(what, language)
    return pattern.format(name) if "{}" in pattern else f"{pattern}: {name}"


def name_of(key: str, language: str) -> str:
    """Return the name of what is measured: an attribute, a font, a part of a picture, an edit."""
    named = faces16.ATTRIBUTES.get(key) or voxel64.ATTRIBUTES.get(key) or FONTS.get(key)
    if named is not None:
        return named.ko if language == "ko" else named.en
    return WORDS["names"][key][language]
