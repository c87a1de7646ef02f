"""How measured values become verdicts: of each statement of a claim, and of the claim."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, stdev
from typing import Literal

Values = Mapping[str, Sequence[float]]
"""Measured values by name, one for each seed."""

Verdict = Literal["holds", "part", "open", "fails"]
"""Holds; holds in part; too small to tell; does not hold here. Statements never hold in part."""

VERDICTS: tuple[Verdict, ...] = ("holds", "part", "open", "fails")

# Student's t, two-sided at 95 %, for 1 to 9 degrees of freedom
QUANTILES = (12.7062, 4.3027, 3.1824, 2.7764, 2.5706, 2.4469, 2.3646, 2.3060, 2.2622)


@dataclass(frozen=True)
class Statement:
    """One thing that a claim says and that its values can meet or not.

    Attributes:
        id: Its name in `ko.md`, `en.md` and on the command line.
        margins: Says for each seed by how much the rule is met; above 0 it is.
        ours: Whether it goes further than the words of the notes.
    """

    id: str
    margins: Callable[[Values], Sequence[float]]
    ours: bool = False


def below(a: Sequence[float], b: Sequence[float] | float) -> list[float]:
    """Return the margins of `a < b`, each value against that of the same seed or one limit."""
    return [limit - value for value, limit in zip(a, _each(b, len(a)), strict=True)]


def above(a: Sequence[float], b: Sequence[float] | float) -> list[float]:
    """Return the margins of `a > b`, each value against that of the same seed or one limit."""
    return [value - limit for value, limit in zip(a, _each(b, len(a)), strict=True)]


def at_most(a: Sequence[float], limit: Sequence[float] | float) -> list[float]:
    """Return the margins of `a <= limit`: those to the next number above it."""
    return below(a, [math.nextafter(each, math.inf) for each in _each(limit, len(a))])


def at_least(a: Sequence[float], limit: Sequence[float] | float) -> list[float]:
    """Return the margins of `a >= limit`: those to the next number below it."""
    return above(a, [math.nextafter(each, -math.inf) for each in _each(limit, len(a))])


def both(*margins: Sequence[float]) -> list[float]:
    """Return for each seed the smallest of several margins: all have to be met."""
    return [min(each) for each in zip(*margins, strict=True)]


def rising(*graded: Sequence[float]) -> list[float]:
    """Return the margins of each value being above the one graded before it, where it is least."""
    return both(*(above(more, less) for less, more in pairwise(graded)))


def _each(limit: Sequence[float] | float, seeds: int) -> Sequence[float]:
    return [limit] * seeds if isinstance(limit, int | float) else limit


def smallest_effect(margins: Sequence[float]) -> float:
    """Return how far from 0 the mean of so few seeds has to be, or it may be chance.

    It is half the width of the interval of 95 % around the mean, in the units of the margins.
    """
    return QUANTILES[len(margins) - 2] * stdev(margins) / math.sqrt(len(margins))


def judge(margins: Sequence[float]) -> Verdict:
    """Return a statement's verdict.

    It holds if every seed meets the rule. Where some do and some do not, and their mean is no
    farther from 0 than `smallest_effect`, the experiment was too small to tell.
    """
    if min(margins) > 0:
        return "holds"
    disagree = max(margins) > 0
    return "open" if disagree and abs(mean(margins)) <= smallest_effect(margins) else "fails"


def judge_all(verdicts: Sequence[Verdict]) -> Verdict:
    """Return a claim's verdict by those of its statements."""
    held = verdicts.count("holds")
    if held:
        return "holds" if held == len(verdicts) else "part"
    return "open" if "open" in verdicts else "fails"
