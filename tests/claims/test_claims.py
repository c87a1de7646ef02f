"""Every claim says in both languages what was measured, and its record is fresh."""

import math
import re
import tomllib
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from gan_minimal import claims, files
from gan_minimal.claims._words import Words
from gan_minimal.errors import UserError
from gan_minimal.publishing import claim_pages
from gan_minimal.publishing.claim_pages import PLACE
from gan_minimal.publishing.words import word
from tests.claims.small.measure import CLAIM as SMALL

DOCS = Path(__file__).parents[2] / "docs"
ALL = claims.claims()
HANGUL = re.compile("[가-힣]")


def texts(words: Words) -> list[str]:
    """All texts of a claim that a page shows."""
    lists = (words.statements, words.rules, words.outcomes, words.labels, words.history)
    listed = [text for items in lists for text in items.values()]
    return [words.note, words.measured, words.number, words.why, words.shown, *listed]


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_is_stated_in_both_languages(claim):
    korean, english = claim.words("ko"), claim.words("en")

    assert list(korean.statements) == list(english.statements) == [s.id for s in claim.statements]
    assert list(korean.labels) == list(english.labels)
    assert list(korean.history) == list(english.history)
    for ko, en in zip(texts(korean), texts(english), strict=True):
        assert bool(HANGUL.search(ko)) is bool(ko), ko
        assert not HANGUL.search(en), en
        places = [sorted(name for name, _ in PLACE.findall(text)) for text in (ko, en)]
        assert places[0] == places[1], (ko, en)
        assert set(places[0]) <= korean.labels.keys()


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_an_outcome_gives_a_number_and_takes_no_side(claim):
    words = claim.words("en")

    for text in (*words.outcomes.values(), words.number):
        assert PLACE.search(text), text
        assert not re.search(r"\b(holds?|fails?|better|worse|closer|more than|less than)\b", text)


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_quotes_the_notes_where_they_say_it(claim):
    page, heading = claim.place.split("#")

    for language in ("ko", "en"):
        text = (DOCS / language / page).read_text(encoding="utf-8")
        found = re.search(rf"^#+ .*{{ #{heading}( \.\w+)? }}$", text, re.MULTILINE)
        assert found, language
        # The subheadings of a section belong to it, such as WGAN-GP's to the box on WGAN.
        # Lines that the notes have below each other stand beside each other in a claim.
        text = re.sub(r"^ *- ", "· ", text, flags=re.MULTILINE)
        quoted = " ".join(re.sub(r"\$|\[\^\w+\]", "", text).split())
        in_the_notes = page == "lecture.md" or page.startswith("answers/")
        assert (claim.words(language).note in quoted) is in_the_notes, claim.words(language).note
        if not in_the_notes:
            assert all(statement.ours for statement in claim.statements)


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_what_defines_something_is_shown_and_not_judged(claim):
    if all(statement.ours for statement in claim.statements):
        words = claim.words("en")
        unsaid = "Not in the notes" in words.note
        assert unsaid or "ours" in words.shown
        shown = re.findall(r"`(gan_minimal/[\w/.]+)`", words.shown)
        assert all((DOCS.parent / path).is_file() for path in shown)


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_has_a_record_with_a_label_for_every_value(claim):
    record = claims.read(claim)

    assert record is not None, f"measure it with: gan-minimal claims run {claim.id} --record"
    assert record["id"] == claim.id
    assert record["values"].keys() == claim.words("en").labels.keys()
    assert all(len(seeds) >= 3 for seeds in record["values"].values())  # a fair comparison
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
        for kind, make in claim_pages.FRAGMENTS.items():
            path = DOCS / language / "_generated" / f"{kind}-{claim.id}.md"

            assert path.read_text(encoding="utf-8") == make(claim, claims.read(claim), language), (
                "write it with: gan-minimal tables"
            )


def test_pages_list_all_claims_with_their_verdicts():
    for language in ("ko", "en"):
        for name, make in claim_pages.LISTS.items():
            text = (DOCS / language / "_generated" / f"{name}.md").read_text(encoding="utf-8")
            assert text == make(claims.recorded(), language), "gan-minimal tables"


@pytest.mark.parametrize("language", ["ko", "en"])
def test_each_claim_stands_in_full_on_the_page_of_its_family(language):
    stands = {}
    for family in claims.FAMILIES:
        page = (DOCS / language / "claims" / f"{family}.md").read_text(encoding="utf-8")
        for name in re.findall(r'(?m)^## .*{ #([\w-]+) }\n\n--8<-- ".*/claim-\1\.md"$', page):
            stands[name] = family

    assert stands == {name: claim.family for name, claim in ALL.items()}


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_each_rule_can_hold_fail_and_be_too_small_to_tell(claim):
    rule = tomllib.loads((claim.folder / "rule.toml").read_text(encoding="utf-8"))
    ids = {statement.id for statement in claim.statements}

    assert set(claim.verdicts(rule["holds"]).values()) == {"holds"}
    # what does not depend on the seed cannot be told otherwise by another
    alone = {s.id for s in claim.statements if len(s.margins(rule["holds"])) == 1}
    assert rule["fails"].keys() == ids
    assert rule["open"].keys() == ids - alone
    for verdict in ("open", "fails"):
        for name, change in rule[verdict].items():
            assert change.keys() <= rule["holds"].keys()
            assert claim.verdicts(rule["holds"] | change)[name] == verdict, (name, change)


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_the_line_in_a_chart_is_where_a_rule_turns(claim):
    values = tomllib.loads((claim.folder / "rule.toml").read_text(encoding="utf-8"))["holds"]
    limits = claim.limits(values)

    assert limits.keys() <= set(claim.plot)
    for name, limit in limits.items():
        low, high = (
            claim.verdicts(values | {name: [beside * limit] * len(values[name])})
            for beside in (0.999, 1.001)
        )
        assert [low[each] != high[each] for each in low].count(True) == 1, (name, limit)


def test_a_claim_is_found_by_its_folder(small_at_home):
    assert "small" in claims.names()
    assert claims.get("small").words("en").note == "It is small."
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
        ("{ #rules }", "", r"no section `## ... { #rules }`, or it is empty"),
        ("그래서 그렇다.", "", r"no section `## ... { #why }`, or it is empty"),
        ("- `size`: 크기", "- size: 크기", "an item is written as .*, not as '- size: 크기'"),
        ("- `above`: 모두", "- `over`: 모두", "the ids under #rules are not those under"),
        ("- `above`: 반올림", "- `over`: 반올림", "the ids under #outcomes are not those under"),
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
    assert small.words("en").rules["below"] == "All are below 2."


def test_a_note_of_several_lines_is_read_as_one(small):
    path = small.folder / "en.md"
    path.write_text(path.read_text(encoding="utf-8").replace("It is", "It\nis", 1), "utf-8")

    assert small.words("en").note == "It is small."  # it stands in a cell of a table


def test_what_is_not_a_definition_and_has_no_history_says_nothing_of_them(small):
    path = small.folder / "en.md"
    text = path.read_text(encoding="utf-8")
    for name in ("shown", "history"):
        text = re.sub(rf"## [^#]+{{ #{name} }}\n\n.*\n\n", "", text)
    path.write_text(text, encoding="utf-8")

    assert small.words("en").shown == ""
    assert small.words("en").history == {}


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
    written = files.read_json(small.folder / "record.json")
    assert written | record == written


@pytest.mark.parametrize("damaged", ["{", "[]", '{"id": "small"}', "{}"])
def test_a_damaged_record_of_a_claim_is_a_sentence(damaged, small):
    (small.folder / "record.json").write_text(damaged, encoding="utf-8")

    with pytest.raises(UserError, match="again with `gan-minimal claims run small --record`"):
        claims.read(small)


def test_the_record_of_another_claim_is_a_sentence(small):
    claims.write(small, claims.measure(small) | {"id": "large"})

    with pytest.raises(UserError, match="is the record of another claim"):
        claims.read(small)


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
        (SMALL, {"values": {"size": [1.0, 2.5]}}, "the verdict of below is another one today"),
        (SMALL, {"values": {"size": [1.0, 1.5]}}, "size is 1.234 today, recorded: 1.5"),
        (SMALL, {"values": {"size": [1.0, 1.2], "age": [1]}}, "other values are measured today"),
        (SLOW, {"opening": [0.5, 0.26]}, "opening is 0.25 today, recorded: 0.26"),
    ],
)
def test_a_claim_that_measures_otherwise_is_stale(claim, changes, complaint, recorded):
    recorded(claim, **changes)

    assert claims.check(claim) == [complaint]


def test_values_that_share_an_axis_are_drawn_beside_the_box(tmp_path):
    record = claims.measure(SMALL) | {"values": {"size": [1.0, 1.9]}}
    drawn = replace(SMALL, plot=("size",), limits=lambda _: {"size": 2})

    claim_pages.write_claim(drawn, record, tmp_path)

    for language, label in (("ko", "크기"), ("en", "Size")):
        box = (tmp_path / language / "_generated/claim-small.md").read_text(encoding="utf-8")
        assert "](/assets/claims/small.svg)" in box
        for ending in (".svg", "-dark.svg"):
            chart = (tmp_path / language / f"assets/claims/small{ending}").read_text("utf-8")
            assert f"<!-- {label} -->" in chart
    assert "![" not in claim_pages.claim_box(SMALL, record, "en")


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_box_judges_statements_and_not_the_words_of_the_notes(language):
    record = claims.measure(SMALL)
    words = SMALL.words(language)

    unfolded, folded = claim_pages.claim_box(SMALL, record, language).split("??? note ")

    note, _, statements = unfolded.partition(words.shown)
    assert note == f"> {words.note}\n\n"
    for text in words.statements.values():
        assert (
            f'<span class="verdict holds">{word("holds", language)}</span> **{text}**' in unfolded
        )
    assert statements.count(f"({word('ours', language)})") == 1  # the second one
    assert "1.117" in statements
    assert words.why in statements
    assert words.measured in folded
    assert all(rule in folded for rule in words.rules.values())
    assert f"| {words.labels['size']} | 1.117 | 1.000, 1.234 |" in folded
    assert "`gan-minimal claims run small`" in folded
    was = f'<span class="verdict fails">{word("fails", language)}</span>'
    assert f"2026-11-01 {was} ([{word('because', language)}](/verification.md#changed))" in folded
    assert all(not line or line.startswith("    ") for line in folded.splitlines()[1:])


def test_equal_values_are_not_listed_one_by_one():
    record = claims.measure(SMALL) | {"values": {"size": [3.0, 3.0]}}

    box = claim_pages.claim_box(SMALL, record, "ko")

    assert "| 크기 | 3.000 |  |" in box
    assert '<span class="verdict fails">여기서는 성립하지 않음</span> **2보다 작다.**' in box


def test_an_experiment_that_is_too_small_says_why_in_numbers():
    record = claims.measure(SMALL) | {"values": {"size": [1.0, 1.8, 2.6]}}

    box = claim_pages.claim_box(SMALL, record, "en")

    # margins of 1.0, 0.2 and -0.6: 0.2 on average, and 4.3027 * 0.8 / sqrt(3) could be chance
    said = "met by 0.200 on average, with a standard deviation of 0.800, and the smallest effect "
    assert f"{said}that 3 seeds could have shown is 1.987." in box
    assert '<span class="verdict open">Too small to tell</span> **It is smaller than 2.**' in box


@pytest.mark.parametrize(
    ("sizes", "shown"),
    [
        ([1.0, 1.2], "{holds:Holds} Its mean size is 1.100. Rounded it is 1."),
        (
            [2.5, 3.5],
            "{part:Holds in part 1/2}<br>\n"
            "{fails:Does not hold here} Its mean size is 3.000.<br>\n"
            "{holds:Holds} Rounded it is 3.",
        ),
    ],
)
def test_an_outcome_says_what_came_out_with_the_verdict(sizes, shown):
    record = {"values": {"size": sizes}}
    badges = re.sub(r"{(\w+):([^}]+)}", r'<span class="verdict \1">\2</span>', shown)

    assert claim_pages.outcome(SMALL, record, "en") == f"**Outcome** {badges}\n{{ .outcome }}\n"


def test_an_outcome_of_ours_alone_is_marked():
    ours = replace(SMALL, statements=tuple(replace(s, ours=True) for s in SMALL.statements))

    assert "**Outcome** (ours) <span" in claim_pages.outcome(ours, claims.measure(ours), "en")


def test_a_definition_carries_no_verdict_in_any_list():
    record = {"values": {"size": [2.5, 3.5]}}
    ours = replace(SMALL, statements=tuple(replace(s, ours=True) for s in SMALL.statements))

    *_, row = claim_pages.overview([(ours, record)], "en").splitlines()

    link, judged, added, number = (cell.strip() for cell in row.strip("|").split("|"))
    assert link == "[It is small.](/claims/autoencoders.md#small){ #small }"
    assert judged == "not judged"
    assert added == '<span class="verdict part">Holds in part 1/2</span>'
    assert number == "Size 3.000"
    counted = claim_pages.count([(ours, record)], "en")
    assert "0 statements of the notes" in counted
    assert '<span class="verdict holds">Holds 1</span>' in counted


def test_verdicts_that_changed_are_listed_with_the_reason():
    record = {"values": {"size": [1.0, 1.2]}}

    *_, row = claim_pages.changes([(SMALL, record)], "en").splitlines()

    assert '<span class="verdict fails">Does not hold here</span> (2026-11-01) |' in row
    holds = '<span class="verdict holds">Holds</span>'
    assert f"| {holds}<br>Ours: {holds} |" in row
    assert row.endswith("| The rule was misread. |")


def test_a_value_that_was_not_measured_cannot_be_quoted():
    with pytest.raises(KeyError, match="length"):
        claim_pages.filled("It is {length} long.", {"size": [1.0]})
