"""Every claim says in both languages what was measured, and its record is fresh."""

import json
import math
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gan_minimal import claims
from gan_minimal.errors import UserError
from gan_minimal.publishing import tables
from tests.claims.small.measure import CLAIM as SMALL

DOCS = Path(__file__).parents[2] / "docs"
ALL = claims.claims()
HANGUL = re.compile("[가-힣]")


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_is_stated_in_both_languages(claim):
    korean, english = claim.words("ko"), claim.words("en")

    for words in (korean, english):
        for text in (words.says, words.measured, words.rule, words.why, *words.labels.values()):
            assert bool(HANGUL.search(text)) is (words is korean), text
    assert list(korean.labels) == list(english.labels)


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_says_where_the_notes_say_it(claim):
    page, heading = claim.place.split("#")

    for language in ("ko", "en"):
        text = (DOCS / language / page).read_text(encoding="utf-8")
        assert re.search(rf"^#+ .*{{ #{heading}( \.\w+)? }}$", text, re.MULTILINE), language


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_has_a_record_with_a_label_for_every_value(claim):
    record = claims.read(claim)

    assert record is not None, f"measure it with: gan-minimal claims run {claim.id} --record"
    assert record["id"] == claim.id
    assert record["values"].keys() == claim.words("en").labels.keys()
    assert {len(seeds) for seeds in record["values"].values()} == {3}  # a fair comparison
    assert all(math.isfinite(v) for seeds in record["values"].values() for v in seeds)
    assert bool(record["opening"]) == (claim.opening is not None)


@pytest.mark.slow
@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_record_of_a_claim_is_fresh(claim):
    """Fast ones are measured again as a whole, slow ones begin as they began."""
    complaints = claims.check(claim)

    repair = f"repair it with: gan-minimal claims run {claim.id} --record"
    assert not complaints, f"{claim.id} is stale: {'; '.join(complaints)}; {repair}"


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_pages_include_the_claim_as_recorded_today(claim):
    for language in ("ko", "en"):
        path = DOCS / language / "_generated" / f"claim-{claim.id}.md"

        assert path.read_text(encoding="utf-8") == tables.claim_box(
            claim, claims.read(claim), language
        ), f"write it with: gan-minimal claims run {claim.id} --record"


def test_pages_list_all_claims_with_their_verdicts():
    for language in ("ko", "en"):
        text = (DOCS / language / "_generated" / "claims.md").read_text(encoding="utf-8")

        assert text == tables.claim_list(claims.recorded(), language), "gan-minimal tables"
        assert text.count('class="verdict') == len(ALL)
        page = (DOCS / language / "claims.md").read_text(encoding="utf-8")
        for name in ALL:
            assert f"](#{name})" in text
            assert f"{{ #{name} }}" in page
            assert f'/claim-{name}.md"' in page


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_a_rule_can_hold_and_can_fail(claim):
    rule = tomllib.loads((claim.folder / "rule.toml").read_text(encoding="utf-8"))

    assert claim.holds(rule["holds"]) is True
    assert len(rule["breaks"]) >= 2
    for change in rule["breaks"]:
        assert change.keys() <= rule["holds"].keys()
        assert claim.holds(rule["holds"] | change) is False, change


def test_a_claim_is_found_by_its_folder(small_at_home):
    assert "small" in claims.names()
    assert claims.get("small").words("en").says == "It is small."
    assert claims.claims().keys() == {*ALL, "small"}


def test_a_mistyped_name_gets_the_nearest_one():
    with pytest.raises(UserError, match="'gan-two-player': did you mean 'gan-two-players'"):
        claims.get("gan-two-player")


# The machinery, on a claim that takes no time
SLOW = replace(SMALL, opening=lambda: [0.5, 0.25])


@pytest.fixture
def recorded(monkeypatch):
    """Let a claim's record be what is given."""

    def record(claim, **changes):
        content = claims.measure(claim) | changes
        monkeypatch.setattr(claims, "read", lambda _: content)

    return record


@pytest.mark.parametrize(
    ("before", "after", "complaint"),
    [
        ("{ #rule }", "", r"no section `## ... { #rule }`, or it is empty"),
        ("2보다 작으면 성립한다.", "", r"no section `## ... { #rule }`, or it is empty"),
        ("- `size`: 크기", "- size: 크기", "a label is written as .*, not as '- size: 크기'"),
    ],
)
def test_words_that_are_missing_or_written_otherwise_are_named(before, after, complaint, small):
    path = small.folder / "ko.md"
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")

    with pytest.raises(UserError, match=complaint) as error:
        small.words("ko")

    assert str(error.value).startswith(str(path))
    assert small.words("en").rule == "It holds below 2."


def test_a_statement_of_several_lines_is_read_as_one(small):
    path = small.folder / "en.md"
    path.write_text(path.read_text(encoding="utf-8").replace("It is", "It\nis"), encoding="utf-8")

    assert small.words("en").says == "It is small."  # it stands in a cell of a table


@pytest.mark.slow
def test_calls_are_spread_over_the_cores_and_answered_in_their_order(monkeypatch):
    calls = [(2, 3), (3, 2), (10, 3)]
    answers = []
    for cores in (1, 4):  # one after the other here, or two processes at a time
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        answers.append(claims.in_parallel(pow, calls))

    assert answers == [[8, 9, 1000]] * 2


def test_claims_are_trained_on_the_cpu_where_there_is_no_gpu(monkeypatch):
    for present, name in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda present=present: present)
        assert claims.device() == name


def test_what_is_measured_is_rounded_and_kept_with_its_machine(small):
    slow = replace(small, opening=SLOW.opening)
    assert claims.read(slow) is None
    record = claims.measure(slow)
    claims.write(slow, record)

    assert record["values"] == {"size": [1.0, 1.234]}
    assert record["opening"] == [0.5, 0.25]
    assert record["environment"]["threads"] >= 1
    assert claims.read(slow) == record
    assert json.loads((small.folder / "record.json").read_text(encoding="utf-8")) == record


@pytest.mark.parametrize("claim", [SMALL, SLOW])
def test_a_claim_that_measures_as_recorded_is_fresh(claim, recorded):
    recorded(claim)

    assert claims.check(claim) == []


def test_a_claim_that_was_never_measured_is_stale(monkeypatch):
    monkeypatch.setattr(claims, "read", lambda _: None)

    assert claims.check(SMALL) == ["it was never measured"]


@pytest.mark.parametrize(
    ("claim", "changes", "complaint"),
    [
        (SMALL, {"values": {"size": [1.0, 2.5]}}, "its verdict is another one today"),
        (SMALL, {"values": {"size": [1.0, 1.5]}}, "size is 1.234 today, recorded: 1.5"),
        (SMALL, {"values": {"size": [1.0, 1.2], "age": [1]}}, "other values are measured today"),
        (SLOW, {"opening": [0.5, 0.26]}, "opening is 0.25 today, recorded: 0.26"),
    ],
)
def test_a_claim_that_measures_otherwise_is_stale(claim, changes, complaint, recorded):
    recorded(claim, **changes)

    assert claims.check(claim) == [complaint]


def test_values_that_share_an_axis_are_drawn_beside_the_box(tmp_path):
    record = claims.measure(SMALL) | {"values": {"size": [1.0, 2.0]}}
    drawn = replace(SMALL, plot=("size",))

    tables.write_claim(drawn, record, tmp_path)

    for language, label in (("ko", "크기"), ("en", "Size")):
        box = (tmp_path / language / "_generated/claim-small.md").read_text(encoding="utf-8")
        assert f": {label}." in re.search(r"!\[(.*)\]\(/assets/claims/small\.svg\)", box)[1]
        for ending in (".svg", "-dark.svg"):
            chart = (tmp_path / language / f"assets/claims/small{ending}").read_text("utf-8")
            assert f"<!-- {label} -->" in chart
    assert "![" not in tables.claim_box(SMALL, record, "en")


def test_the_box_on_a_page_shows_verdict_rule_and_values():
    record = claims.measure(SMALL)
    korean, english = (tables.claim_box(SMALL, record, language) for language in ("ko", "en"))

    assert '<span class="verdict holds">Holds</span>' in english
    assert "| Size | 1.117 | 1.000, 1.234 |" in english
    assert "`gan-minimal claims run small`" in english
    for text, language in ((korean, "ko"), (english, "en")):
        words = SMALL.words(language)
        for part in ("says", "measured", "rule", "why"):
            assert f"**{tables.word(part, language)}:** {getattr(words, part)}" in text
    failing = tables.claim_box(SMALL, record | {"values": {"size": [3.0, 3.0]}}, "ko")
    assert '<span class="verdict fails">이 규모에서는 성립하지 않음</span>' in failing
    assert "| 크기 | 3.000 |  |" in failing  # equal values are not listed one by one
