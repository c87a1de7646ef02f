"""What the tests of the pages share: the sentences they guard, and the numbers of the recordings.

A test of a page checks two things: the page still says it, and it is so. Without the first, a page
could come to say something else while the test goes on checking the old words.
"""

import re
from functools import cache
from pathlib import Path

from gan_minimal import claims, zoo
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.scoring import faces

DOCS = Path(__file__).parents[2] / "docs"
LANGUAGES = ("ko", "en")


@cache
def paragraphs(language: str, page: str) -> tuple[str, ...]:
    """The paragraphs of a page, each as one line and without what Markdown adds to the words.

    Args:
        language: `"ko"` or `"en"`.
        page: The page below `docs/ko` or `docs/en`, such as `"models/dcgan"`.
    """
    text = (DOCS / language / f"{page}.md").read_text(encoding="utf-8")
    text = re.sub(r"\]\([^)\s]*\)(\{[^}]*\})?", "", text)  # the addresses of links
    text = re.sub(r"[*`\[]", "", text)
    return tuple(" ".join(part.split()) for part in re.split(r"\n\s*\n", text))


def says(page: str, *, ko: str, en: str) -> None:
    """Assert that a page says it, in both languages: within one paragraph, in these words.

    Args:
        page: The page below `docs/ko` and `docs/en`, such as `"models/dcgan"`.
        ko: Words of the Korean page; `…` stands for any others between them.
        en: Words of the English page, likewise.
    """
    for language, words in (("ko", ko), ("en", en)):
        pattern = re.compile(".*".join(map(re.escape, words.split("…"))))
        found = any(pattern.search(part) for part in paragraphs(language, page))
        assert found, f"docs/{language}/{page}.md no longer says: {words}"


def metrics(run: str, kind: str = "value") -> dict[str, float]:
    """The recorded scores of a run, or their `"floor"` where they have one."""
    scores = zoo.read(run)["metrics"]
    return {metric: score[kind] for metric, score in scores.items() if kind in score}


def values(claim: str) -> dict[str, list[float]]:
    """What was measured for a claim: numbers, most of them one for each seed."""
    record = claims.read(claims.get(claim))
    assert record is not None
    return record["values"]


def curve(run: str, player: str) -> dict[int, float]:
    """The recorded losses of a player by rounds."""
    losses = zoo.read(run)["losses"]
    return dict(zip(losses["step"], losses[player], strict=True))


def mean(numbers: list[float]) -> float:
    return sum(numbers) / len(numbers)


def quarters(run: str, player: str) -> list[float]:
    """The mean loss of a player in each quarter of a run."""
    losses = zoo.read(run)["losses"][player]
    quarter = len(losses) // 4
    return [mean(losses[i * quarter : (i + 1) * quarter]) for i in range(4)]


@cache
def shares(run: str, attribute: str) -> dict[str, tuple[float, float]]:
    """How often each value of an attribute occurs in the data and in 1,000 drawn faces."""
    pairs = zip(*faces.shares(zoo.load(run), "faces16", attribute), strict=True)
    return dict(zip(ATTRIBUTES[attribute].values, pairs, strict=True))
