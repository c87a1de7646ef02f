"""What pages include of the claims: each in full, its outcome, and lists of all, in two languages.

Whatever is said of a result is filled in from the record.
"""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from statistics import mean, stdev
from textwrap import indent
from typing import Any

from gan_minimal.claims import (
    VERDICTS,
    Claim,
    Statement,
    Values,
    Verdict,
    judge,
    judge_all,
    smallest_effect,
)
from gan_minimal.files import write_text
from gan_minimal.publishing import charts
from gan_minimal.publishing.tables import number, table
from gan_minimal.publishing.words import LANGUAGES, chart_word, word

PLACE = re.compile(r"\{(\w+)(?::([^{}]+))?\}")

Record = tuple[Claim, dict[str, Any]]

MANY = 12
"""Of more values than these a table shows the range over seeds; the record has each of them."""


def filled(text: str, values: Values) -> str:
    """Put recorded means into `{name}` and `{name:.0%}`.

    Raises:
        KeyError: If there is no such value.
    """

    def shown(place: re.Match[str]) -> str:
        found = mean(values[place[1]])
        return format(found, place[2]) if place[2] else number(found)

    return PLACE.sub(shown, text)


def badge(verdict: Verdict, language: str, more: str = "") -> str:
    """Return a verdict as a badge that can be read without its colour."""
    return f'<span class="verdict {verdict}">{word(verdict, language)}{more}</span>'


def badge_of(verdicts: Sequence[Verdict], language: str) -> str:
    """Return the badge of several statements; if they hold in part, it says how many do."""
    whole = judge_all(verdicts)
    more = f" {verdicts.count('holds')}/{len(verdicts)}" if whole == "part" else ""
    return badge(whole, language, more)


def both_badges(claim: Claim, values: Values, language: str) -> tuple[str, str]:
    """Return the badges of what the notes say, and of what is ours; a definition has none."""
    judged, added = (claim.verdicts_of(values, ours=ours) for ours in (False, True))
    note = badge_of(judged, language) if judged else word("unjudged", language)
    return note, badge_of(added, language) if added else ""


def outcome(claim: Claim, record: dict[str, Any], language: str) -> str:
    """Return what came out, with the verdict: what stands after every link to a claim."""
    values, said = record["values"], claim.words(language).outcomes
    verdicts = claim.verdicts(values)
    ours = f" ({word('ours', language)})" if all(each.ours for each in claim.statements) else ""
    head = f"**{word('outcome', language)}**{ours} {badge_of(list(verdicts.values()), language)}"
    if len(set(verdicts.values())) == 1:
        text = " ".join([head, *(filled(said[name], values) for name in verdicts)])
    else:
        each = (
            f"{badge(v, language)} {filled(said[name], values)}" for name, v in verdicts.items()
        )
        text = "<br>\n".join([head, *each])
    return f"{text}\n{{ .outcome }}\n"


def reason(margins: Sequence[float], language: str) -> str:
    """Return in numbers why an experiment was too small to tell."""
    figures = (mean(margins), stdev(margins), len(margins), smallest_effect(margins))
    shown = [str(figure) if isinstance(figure, int) else number(figure) for figure in figures]
    return word("reason", language).format(*shown)


def item(statement: Statement, claim: Claim, values: Values, language: str) -> str:
    """Return a statement with its verdict and what came out."""
    words, margins = claim.words(language), statement.margins(values)
    verdict = judge(margins)
    ours = f" ({word('ours', language)})" if statement.ours else ""
    lines = [filled(words.outcomes[statement.id], values)]
    lines += [reason(margins, language)] if verdict == "open" else []
    said = f"{badge(verdict, language)} **{words.statements[statement.id]}**{ours}"
    return f"1. {said}<br>\n    {' '.join(lines)}\n"


def claim_box(claim: Claim, record: dict[str, Any], language: str) -> str:
    """Return a claim in full; how it was measured is folded."""
    words, values = claim.words(language), record["values"]
    items = "".join(item(each, claim, values, language) for each in claim.statements)
    shown = f"{filled(words.shown, values)}\n\n" if words.shown else ""
    return (
        f"> {words.note}\n\n"
        f"{shown}{items}\n"
        f"{filled(words.why, values)}\n\n"
        f'??? note "{word("details", language)}"\n\n'
        f"{indent(details(claim, record, language), '    ')}"
    )


def details(claim: Claim, record: dict[str, Any], language: str) -> str:
    """Return how a claim was measured, its rules, the values and earlier verdicts."""
    words, values, where = claim.words(language), record["values"], record["environment"]
    rules = "".join(f"1. {rule}\n" for rule in words.rules.values())  # numbered as statements are
    many = len(values) > MANY
    heads = ("metric", "mean", "range" if many else "seeds")
    rows = [[word(head, language) for head in heads]]
    for name, label in words.labels.items():
        each = sorted({min(values[name]), max(values[name])}) if many else values[name]
        told = (" – " if many else ", ").join(number(v) for v in each)
        rows.append([label, number(mean(values[name])), told if len(set(each)) > 1 else ""])
    origin = (
        f"`gan-minimal claims run {claim.id}` · torch {where['torch']} · "
        f"{where['processor']} · {where['date']}"
    )
    parts = [
        f"**{word('measured', language)}:** {filled(words.measured, values)}\n",
        f"**{word('rules', language)}:**\n\n{rules}",
        plot(claim, language),
        f"{table(rows)}\n{origin}\n{{ .caption }}\n",
        *(earlier(claim, language)),
    ]
    return "\n".join(part for part in parts if part)


def earlier(claim: Claim, language: str) -> list[str]:
    """Return a paragraph for each earlier verdict; `changes` says why there is another."""
    found = []
    for date, verdict, _why in history(claim, language):
        why = f"[{word('because', language)}](/verification.md#changed)"
        was = f"{date} {badge(verdict, language)} ({why})"
        found.append(f"**{word('history', language)}:** {was}\n")
    return found


def history(claim: Claim, language: str) -> list[tuple[str, Verdict, str]]:
    """Return date, verdict and reason of each change of a claim's verdict."""
    verdicts = {str(verdict): verdict for verdict in VERDICTS}
    keys = ((*key.split(), why) for key, why in claim.words(language).history.items())
    return [(date, verdicts[verdict], why) for date, verdict, why in keys]


def plot(claim: Claim, language: str) -> str:
    """Return the picture of a claim's values, which `write_claim` draws; nothing without a plot."""
    if not claim.plot:
        return ""
    return f"![{chart_word('alternative', language)}](/assets/claims/{claim.id}.svg)\n"


def link(text: str, claim: Claim) -> str:
    """Return a link to the page and the heading under which a claim stands in full."""
    return f"[{text}](/claims/{claim.family}.md#{claim.id})"


def overview(records: Sequence[Record], language: str) -> str:
    """Return the table of all claims: words, verdicts on them and on what we added, a number."""
    rows = [[word(key, language) for key in ("note", "verdict", "added", "number")]]
    for claim, record in records:
        words, values = claim.words(language), record["values"]
        marks = both_badges(claim, values, language)
        note = f"{link(words.note, claim)}{{ #{claim.id} }}"  # where its detail once stood
        rows.append([note, *marks, filled(words.number, values)])
    return left(rows)


def changes(records: Sequence[Record], language: str) -> str:
    """Return the table of the verdicts that changed, and why."""
    rows = [[word(key, language) for key in ("claim", "before", "today", "because")]]
    for claim, record in records:
        for date, verdict, why in history(claim, language):
            note, added = both_badges(claim, record["values"], language)
            now = f"{note}<br>{word('added', language)}: {added}" if added else note
            was = f"{badge(verdict, language)} ({date})"
            rows.append([link(claim.id, claim), was, now, why])
    return left(rows)


def left(rows: Sequence[Sequence[str]]) -> str:
    """Return a table of words, which stand on the left of their columns."""
    return table(rows).replace("--:", ":--")


def count(records: Sequence[Record], language: str) -> str:
    """Return how many statements of the notes and of ours have which verdict."""
    found = []
    for kind, ours in (("statements", False), ("added_statements", True)):
        counted: Counter[Verdict] = Counter()
        for claim, record in records:
            counted.update(claim.verdicts_of(record["values"], ours=ours))
        marks = [badge(v, language, f" {counted[v]}") for v in VERDICTS if counted[v]]
        found.append(f"{word(kind, language).format(counted.total())} {' '.join(marks)}")
    return "<br>\n".join(found) + "\n{ .outcome }\n"


FRAGMENTS = {"claim": claim_box, "outcome": outcome}
LISTS = {"claims": overview, "claims-changed": changes, "claims-counted": count}


def write_claim(claim: Claim, record: dict[str, Any], docs: Path) -> None:
    """Write the fragments of a claim into `docs/<language>/_generated`, and its chart.

    Raises:
        UserError: If matplotlib is not installed.
    """
    if claim.plot:
        charts.write(charts.dots, charts.dot_data(claim, record), docs, f"claims/{claim.id}")
    for language in LANGUAGES:
        for kind, make in FRAGMENTS.items():
            path = docs / language / "_generated" / f"{kind}-{claim.id}.md"
            write_text(path, make(claim, record, language))


def write_lists(records: Sequence[Record], docs: Path) -> None:
    """Write what pages say of all claims into `docs/ko/_generated` and `docs/en/_generated`."""
    for language in LANGUAGES:
        for name, make in LISTS.items():
            write_text(docs / language / "_generated" / f"{name}.md", make(records, language))
