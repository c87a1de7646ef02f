"""What pages include of a recorded run: badges, tables and the loss curve, in both languages."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from gan_minimal import models
from gan_minimal.claims import Claim
from gan_minimal.files import write_text
from gan_minimal.publishing import charts
from gan_minimal.publishing.words import LANGUAGES, chart_word, name_of, title, word

EDITED = ("reached", "off", "kept", "outside")  # what is measured of each kind of edit


def badges(record: dict[str, Any], language: str) -> str:
    """Return the list of badges of a run: paper, reference code, recorded run, parameters."""
    where, minutes = record["environment"], divmod(round(record["seconds"]), 60)
    rows = []
    paper = getattr(models.get(record["model"]), "PAPER", None)
    if paper:
        cited, address = models.source(paper)
        link = f'<a href="{address}">{cited.replace("arXiv:", "arXiv ")}</a>'
        rows.append(f"<li><span>{word('paper', language)}</span> {link} ({paper['year']})</li>")
        if paper["code"]:
            code = f"{paper['code']} ({paper['licence']})"
            rows.append(f"<li><span>{word('code', language)}</span> {code}</li>")
    day = f'<time datetime="{where["date"]}">{where["date"]}</time>'
    spent = word("minutes", language).format(*minutes)
    if where.get("device", "cpu") != "cpu":  # minutes on a GPU are not those of a reader's laptop
        spent = f"{spent} ({where['processor']})"
    rows.append(
        f'<li class="ok"><span>{word("run", language)}</span> '
        f"{day} · torch {where['torch']} · {spent}</li>"
    )
    count = sum(record["parameters"].values())
    rows.append(f"<li><span>{word('parameters', language)}</span> {count:,}</li>")
    return "\n".join(['<ul class="badges">', *rows, "</ul>"]) + "\n"


def metrics(record: dict[str, Any], language: str) -> str:
    """Return the table of a run's metrics, each beside its floor, and where it was measured."""
    each_edit = tuple(f"{what}_" for what in EDITED)  # in a table of their own, see `edits`
    scores = {k: score for k, score in record["metrics"].items() if not k.startswith(each_edit)}
    floors = any("floor" in score for score in scores.values())
    head = [word("metric", language), word("value", language)]
    head += [word("floor", language), word("ratio", language)] if floors else []
    rows = [[*head, word("tolerance", language)]]
    for name, score in scores.items():
        row = [title(name, language), number(score["value"])]
        if floors:
            # a kernel distance's floor is zero but for chance: a ratio to it would say nothing
            compared = name == "fid" and score["floor"]
            ratio = f"{score['value'] / score['floor']:.1f}" if compared else ""
            row += [number(score["floor"]) if "floor" in score else "", ratio]
        rows.append([*row, f"±{score['tolerance']:.2g}"])
    return f"{table(rows)}\n{origin(record, language)}\n{{ .caption }}\n"


def edits(record: dict[str, Any], language: str) -> str:
    """Return the table of what each kind of edit reaches; nothing for a run without edits."""
    scores = record["metrics"]
    kinds = [name.removeprefix("kept_") for name in scores if name.startswith("kept_")]
    if not kinds:
        return ""
    reached, off, kept, outside = (title(what, language) for what in EDITED)
    exact, untouched = word("exact", language), title("untouched", language)
    rows = [[word("edit", language), reached, exact, off, untouched, kept, outside]]
    for kind in kinds:
        cells = [scores[f"{what}_{kind}"] for what in EDITED]
        numbers = [each[key] for each in cells for key in ("value", "floor") if key in each]
        rows.append([name_of(kind, language), *(number(value) for value in numbers)])
    return f"{table(rows)}\n{origin(record, language)}\n{{ .caption }}\n"


def settings(record: dict[str, Any], language: str) -> str:
    """Return the table of a run's settings: the model's arguments, then the training's."""
    rows = [[word("setting", language), word("value", language)]]
    for group in ("model", "train"):
        rows += [[f"`{key}`", f"`{value}`"] for key, value in record["settings"][group].items()]
    return table(rows)


def origin(record: dict[str, Any], language: str) -> str:
    """Return one line that says which run a number comes from."""
    where = record["environment"]
    parts = [
        f"`gan-minimal record {record['name']}`",
        f"{word('seed', language)} {record['seed']}",
        word("steps", language).format(record["steps"]),
        f"torch {where['torch']}",
        f"Python {where['python']}",
        f"{where['processor']}, {word('threads', language).format(where['threads'])}",
        where["date"],
    ]
    precision = where.get("precision")  # older records have none: theirs is that of the settings
    if precision and precision != record["settings"]["train"]["precision"]:
        parts.insert(-1, word("computed_in", language).format(precision))
    return " · ".join(parts)


def number(value: float) -> str:
    """Write a number with at least three digits that count, and no exponent."""
    digits = 3 if abs(value) < 10 else 1 if abs(value) < 1000 else 0
    return f"{value:,.{digits}f}"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first row is its head, all columns but the first are numbers."""
    rule = [":--", *["--:"] * (len(rows[0]) - 1)]
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], rule, *rows[1:]))


def claim_box(claim: Claim, record: dict[str, Any], language: str) -> str:
    """Return a claim with its verdict, its measurement, its rule and the measured values."""
    words = claim.words(language)
    verdict = "holds" if claim.holds(record["values"]) else "fails"
    mark = f'<span class="verdict {verdict}">{word(verdict, language)}</span>'
    rows = [[word("metric", language), word("mean", language), word("seeds", language)]]
    for name, label in words.labels.items():
        values = record["values"][name]
        each = ", ".join(number(value) for value in values) if len(set(values)) > 1 else ""
        rows.append([label, number(sum(values) / len(values)), each])
    where = record["environment"]
    origin = (
        f"`gan-minimal claims run {claim.id}` · torch {where['torch']} · "
        f"{where['processor']} · {where['date']}"
    )
    return (
        f"**{word('says', language)}:** {words.says} {mark}\n\n"
        f"**{word('measured', language)}:** {words.measured}\n\n"
        f"**{word('rule', language)}:** {words.rule}\n\n"
        f"{plot(claim, language)}"
        f"{table(rows)}\n{origin}\n{{ .caption }}\n\n"
        f"**{word('why', language)}:** {words.why}\n"
    )


def plot(claim: Claim, language: str) -> str:
    """Return the picture of a claim's values, which `write_claim` draws; nothing without a plot."""
    if not claim.plot:
        return ""
    labels = claim.words(language).labels
    shown = "; ".join(labels[name] for name in claim.plot)
    alternative = chart_word("alternative", language).format(shown)
    return f"![{alternative}](/assets/claims/{claim.id}.svg)\n\n"


def write_claim(claim: Claim, record: dict[str, Any], docs: Path) -> None:
    """Write the fragments of a claim into `docs/<language>/_generated`, and its chart.

    Raises:
        UserError: If matplotlib is not installed.
    """
    if claim.plot:
        charts.write(charts.dots, charts.dot_data(claim, record), docs, f"claims/{claim.id}")
    for language in LANGUAGES:
        path = docs / language / "_generated" / f"claim-{claim.id}.md"
        write_text(path, claim_box(claim, record, language))


def claim_list(records: Sequence[tuple[Claim, dict[str, Any]]], language: str) -> str:
    """Return the table of all claims with their verdicts, each with a link to its box below."""
    rows = [f"| {word('says', language)} | {word('verdict', language)} |", "| :-- | :-- |"]
    for claim, record in records:
        verdict = "holds" if claim.holds(record["values"]) else "fails"
        mark = f'<span class="verdict {verdict}">{word(verdict, language)}</span>'
        rows.append(f"| [{claim.words(language).says}](#{claim.id}) | {mark} |")
    return "\n".join(rows) + "\n"


def write_claim_list(records: Sequence[tuple[Claim, dict[str, Any]]], docs: Path) -> None:
    """Write the list of claims into `docs/ko/_generated` and `docs/en/_generated`."""
    for language in LANGUAGES:
        path = docs / language / "_generated" / "claims.md"
        write_text(path, claim_list(records, language))


FRAGMENTS = {"badges": badges, "metrics": metrics, "edits": edits, "settings": settings}


def write(record: dict[str, Any], docs: Path) -> None:
    """Write all fragments of a run into `docs/ko/_generated` and `docs/en/_generated`."""
    for path, text in texts(record, docs):
        write_text(path, text)


def texts(record: dict[str, Any], docs: Path) -> Iterable[tuple[Path, str]]:
    """Yield the path and the text of every fragment of a run."""
    for language in LANGUAGES:
        for kind, make in FRAGMENTS.items():
            text = make(record, language)
            if text:
                yield docs / language / "_generated" / f"{record['name']}-{kind}.md", text
