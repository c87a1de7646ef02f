"""What pages include of a recorded run: badges, tables and the loss curve, in both languages."""

from collections.abc import Iterable, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from gan_minimal import models
from gan_minimal.checkpoint import write_whole
from gan_minimal.claims import Claim
from gan_minimal.data.faces import ATTRIBUTES

LANGUAGES = ("ko", "en")

WORDS = {
    "paper": ("논문", "Paper"),
    "code": ("참고 구현", "Reference code"),
    "run": ("기록된 실행", "Recorded run"),
    "parameters": ("파라미터", "Parameters"),
    "minutes": ("{}분 {}초", "{} min {} s"),
    "metric": ("측정", "Metric"),
    "value": ("값", "Value"),
    "floor": ("실제끼리의 바닥", "Real-vs-real floor"),
    "ratio": ("비", "Ratio"),
    "tolerance": ("허용 오차", "Tolerance"),
    "fid": ("프레셰 거리(faces16 특징)", "Fréchet distance (faces16 features)"),
    "kid": ("커널 거리(faces16 특징)", "Kernel distance (faces16 features)"),
    "tv": ("히스토그램 차이: {}", "Histogram distance: {}"),
    "accuracy": ("정확도: {}", "Accuracy: {}"),
    "setting": ("설정", "Setting"),
    "seed": ("시드", "seed"),
    "threads": ("{}스레드", "{} threads"),
    "steps": ("{:,}라운드", "{:,} rounds"),
    "holds": ("성립", "Holds"),
    "fails": ("이 규모에서는 성립하지 않음", "Does not hold at this scale"),
    "says": ("주장", "Claim"),
    "measured": ("측정", "Measured"),
    "rule": ("미리 정한 규칙", "Rule, fixed beforehand"),
    "why": ("풀이", "Why"),
    "mean": ("평균", "Mean"),
    "seeds": ("시드별 값", "Each seed"),
}

COLOURS = ("#0f8b88", "#c8603c", "#7d8294")  # at least 3:1 on the light and on the dark paper


def word(key: str, language: str) -> str:
    """Return a word or a pattern in `language`."""
    return WORDS[key][LANGUAGES.index(language)]


def badges(record: dict[str, Any], language: str) -> str:
    """Return the list of badges of a run: paper, reference code, recorded run, parameters."""
    where, minutes = record["environment"], divmod(round(record["seconds"]), 60)
    rows = []
    paper = getattr(models.get(record["model"]), "PAPER", None)
    if paper:
        link = f'<a href="https://arxiv.org/abs/{paper["arxiv"]}">arXiv {paper["arxiv"]}</a>'
        rows.append(f"<li><span>{word('paper', language)}</span> {link} ({paper['year']})</li>")
        code = f"{paper['code']} ({paper['licence']})"
        rows.append(f"<li><span>{word('code', language)}</span> {code}</li>")
    day = f'<time datetime="{where["date"]}">{where["date"]}</time>'
    spent = word("minutes", language).format(*minutes)
    rows.append(
        f'<li class="ok"><span>{word("run", language)}</span> '
        f"{day} · torch {where['torch']} · {spent}</li>"
    )
    count = sum(record["parameters"].values())
    rows.append(f"<li><span>{word('parameters', language)}</span> {count:,}</li>")
    return "\n".join(['<ul class="badges">', *rows, "</ul>"]) + "\n"


def metrics(record: dict[str, Any], language: str) -> str:
    """Return the table of a run's metrics, each beside its floor, and where it was measured."""
    scores = record["metrics"]
    floors = any("floor" in score for score in scores.values())
    head = [word("metric", language), word("value", language)]
    head += [word("floor", language), word("ratio", language)] if floors else []
    rows = [[*head, word("tolerance", language)]]
    for name, score in scores.items():
        row = [title(name, language), number(score["value"])]
        if floors:
            # a kernel distance's floor is zero but for chance: a ratio to it would say nothing
            ratio = f"{score['value'] / score['floor']:.1f}" if name == "fid" else ""
            row += [number(score["floor"]), ratio]
        rows.append([*row, f"±{score['tolerance']:.2g}"])
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
    return " · ".join(parts)


def title(metric: str, language: str) -> str:
    """Return the readable name of a metric such as `tv_hair_color`."""
    kind, _, attribute = metric.partition("_")
    if not attribute:
        return word(kind, language)
    return word(kind, language).format(getattr(ATTRIBUTES[attribute], language))


def number(value: float) -> str:
    """Write a number with three digits that count, and no exponent."""
    return f"{value:.3f}" if abs(value) < 10 else f"{value:,.1f}"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table; the first row is its head, all columns but the first are numbers."""
    rule = [":--", *["--:"] * (len(rows[0]) - 1)]
    rows = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    return "".join(f"| {' | '.join(row)} |\n" for row in (rows[0], rule, *rows[1:]))


def claim_box(claim: Claim, record: dict[str, Any], language: str) -> str:
    """Return a claim with its verdict, its measurement, its rule and the measured values."""
    i = LANGUAGES.index(language)
    verdict = "holds" if claim.holds(record["values"]) else "fails"
    mark = f'<span class="verdict {verdict}">{word(verdict, language)}</span>'
    rows = [[word("metric", language), word("mean", language), word("seeds", language)]]
    for name, values in record["values"].items():
        each = ", ".join(number(value) for value in values) if len(set(values)) > 1 else ""
        rows.append([claim.labels[name][i], number(sum(values) / len(values)), each])
    where = record["environment"]
    origin = (
        f"`gan-minimal claims run {claim.id}` · torch {where['torch']} · "
        f"{where['processor']} · {where['date']}"
    )
    return (
        f"**{word('says', language)}:** {claim.says[i]} {mark}\n\n"
        f"**{word('measured', language)}:** {claim.measured[i]}\n\n"
        f"**{word('rule', language)}:** {claim.rule[i]}\n\n"
        f"{table(rows)}\n{origin}\n{{ .caption }}\n\n"
        f"**{word('why', language)}:** {claim.explanation[i]}\n"
    )


def write_claim(claim: Claim, record: dict[str, Any], docs: Path) -> None:
    """Write the fragments of a claim into `docs/ko/_generated` and `docs/en/_generated`."""
    for language in LANGUAGES:
        path = docs / language / "_generated" / f"claim-{claim.id}.md"
        text = claim_box(claim, record, language)
        write_whole(path, lambda temporary, text=text: temporary.write_text(text))  # type: ignore[misc]


FRAGMENTS = {"badges": badges, "metrics": metrics, "settings": settings}


def write(record: dict[str, Any], docs: Path) -> None:
    """Write all fragments of a run into `docs/ko/_generated` and `docs/en/_generated`."""
    for path, text in texts(record, docs):
        write_whole(path, partial(Path.write_text, data=text, encoding="utf-8"))


def texts(record: dict[str, Any], docs: Path) -> Iterable[tuple[Path, str]]:
    """Yield the path and the text of every fragment of a run."""
    for language in LANGUAGES:
        for kind, make in FRAGMENTS.items():
            path = docs / language / "_generated" / f"{record['name']}-{kind}.md"
            yield path, make(record, language)


def loss_curve(record: dict[str, Any]) -> str:
    """Return an SVG of each player's loss over the rounds."""
    losses = dict(record["losses"])
    steps = losses.pop("step")
    return line_chart(losses, steps, x_title="rounds", y_title="loss")


def line_chart(
    series: dict[str, Sequence[float]],
    x: Sequence[float],
    x_title: str,
    y_title: str,
) -> str:
    """Return an SVG with one line for each series; legible on light and on dark paper.

    Args:
        series: Values by name, each as long as `x`.
        x: Increasing numbers.
        x_title: What the x axis shows.
        y_title: What the y axis shows.
    """
    left, top, width, height = 48, 16, 576, 184
    values = [value for line in series.values() for value in line]
    low, high = min(0.0, *values), max(values)
    spread_x, spread_y = (x[-1] - x[0]) or 1, (high - low) or 1

    def place(x_value: float, y_value: float) -> str:
        across = left + (x_value - x[0]) / spread_x * width
        return f"{across:.1f} {top + (high - y_value) / spread_y * height:.1f}"

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 240" '
        'font-family="sans-serif" font-size="13" fill="#7d8294">',
        f'<path d="M{left} {top}V{top + height}H{left + width}" fill="none" stroke="#7d8294"/>',
        f'<text x="{left - 6}" y="{top + 10}" text-anchor="end">{high:.3g}</text>',
        f'<text x="{left - 6}" y="{top + height}" text-anchor="end">{low:.3g}</text>',
        f'<text x="{left}" y="{top + height + 18}">{x[0]:,g}</text>',
        f'<text x="{left + width}" y="{top + height + 18}" text-anchor="end">{x[-1]:,g}</text>',
        f'<text x="{left + width / 2}" y="{top + height + 34}" text-anchor="middle">'
        f"{x_title}</text>",
        f'<text x="{left + 6}" y="{top + 10}">{y_title}</text>',
    ]
    for i, (name, line) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        points = "L".join(place(*point) for point in zip(x, line, strict=True))
        dash = "" if i == 0 else f' stroke-dasharray="{6 * i} 2"'  # readable without colour
        parts.append(
            f'<path d="M{points}" fill="none" stroke="{colour}" stroke-width="1.5"{dash}/>'
        )
        at = left + width - 8
        parts.append(
            f'<text x="{at}" y="{top + 12 + 16 * i}" text-anchor="end" fill="{colour}">'
            f"{'—' if i == 0 else '- -'} {name}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def write_losses(record: dict[str, Any], path: Path) -> None:
    """Write the loss curve of a run as SVG."""
    write_whole(path, lambda temporary: temporary.write_text(loss_curve(record)))
