"""How margins become verdicts: strictly, inclusively, in part, and when seeds disagree."""

import math
from statistics import mean, stdev

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from gan_minimal.claims import (
    Claim,
    Statement,
    above,
    at_least,
    at_most,
    below,
    both,
    judge,
    judge_all,
    smallest_effect,
)
from gan_minimal.claims._verdicts import QUANTILES

numbers = st.floats(-1e6, 1e6)


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=5))
def test_margins_are_above_zero_exactly_where_the_rule_is_met(pairs):
    a, b = map(list, zip(*pairs, strict=True))

    for helper, met in (
        (below, lambda x, y: x < y),
        (above, lambda x, y: x > y),
        (at_most, lambda x, y: x <= y),
        (at_least, lambda x, y: x >= y),
    ):
        expected = [met(x, y) for x, y in pairs]
        assert [margin > 0 for margin in helper(a, b)] == expected
        one = [met(x, b[0]) for x in a]
        assert [margin > 0 for margin in helper(a, b[0])] == one


def test_the_limit_itself_is_within_and_a_hair_beyond_is_not():
    for limit in (0, 0.1, 1, 10, -2 / 3):
        assert at_most([limit], limit)[0] > 0 >= below([limit], limit)[0]
        assert at_least([limit], limit)[0] > 0 >= above([limit], limit)[0]
        assert at_most([math.nextafter(limit, math.inf)], limit)[0] <= 0
        assert at_least([math.nextafter(limit, -math.inf)], limit)[0] <= 0


def test_of_several_conditions_the_one_that_is_met_least_counts():
    assert both([1.0, 5.0], [2.0, -3.0]) == [1.0, -3.0]


def test_seeds_that_do_not_belong_together_are_refused():
    with pytest.raises(ValueError, match="shorter"):
        below([1.0, 2.0], [1.0])


def test_quantiles_are_students():
    for freedom, quantile in enumerate(QUANTILES, 1):
        assert quantile == pytest.approx(stats.t.ppf(0.975, freedom), abs=1e-4)


def test_the_smallest_effect_is_half_of_the_interval_around_the_mean():
    margins = [0.3, -0.1, 0.5, 0.2, -0.4]
    low, high = stats.t.interval(0.95, 4, mean(margins), stdev(margins) / math.sqrt(5))

    assert smallest_effect(margins) == pytest.approx((high - low) / 2, rel=1e-4)


@pytest.mark.parametrize(
    ("margins", "verdict"),
    [
        ([0.1, 5.0, 0.2], "holds"),
        ([0.1, 0.0, 0.2], "open"),  # the rule asks for more than 0
        ([-1.0, 2.0, 0.5], "open"),
        ([-1.0, -2.0, -0.5], "fails"),
        ([0.0, 0.0, 0.0], "fails"),
        ([-1.0, -1.01, -0.99, -1.0, 0.01], "fails"),  # five seeds can tell, though one disagrees
        ([-1.0, -1.01, 1.0, -1.0, 0.01], "open"),
        ([3.0], "holds"),
        ([-3.0], "fails"),
    ],
)
def test_a_statement_is_judged_by_all_its_seeds(margins, verdict):
    assert judge(margins) == verdict


@pytest.mark.parametrize(
    ("verdicts", "whole"),
    [
        (["holds", "holds"], "holds"),
        (["holds", "fails"], "part"),
        (["holds", "open"], "part"),
        (["fails", "open"], "open"),
        (["fails", "fails"], "fails"),
    ],
)
def test_a_claim_is_judged_by_all_its_statements(verdicts, whole):
    assert judge_all(verdicts) == whole


def test_what_the_notes_say_is_judged_apart_from_what_is_ours():
    claim = Claim(
        __file__,
        place="lecture.md#gan",
        measure=dict,
        statements=(
            Statement("theirs", lambda values: below(values["size"], 2)),
            Statement("ours", lambda values: above(values["size"], 2), ours=True),
        ),
    )
    values = {"size": [1.0, 1.5]}

    assert claim.verdicts(values) == {"theirs": "holds", "ours": "fails"}
    assert claim.verdict(values) == "part"
    assert claim.verdicts_of(values, ours=False) == ["holds"]
    assert claim.verdicts_of(values, ours=True) == ["fails"]
