"""What pages include of a recorded run: badges, tables and the loss curve, in both languages."""

from collections.abc import Iterable, Sequence
from functools import partial
from html import escape
from pathlib import Path
from typing import Any

from gan_minimal import models
from gan_minimal.checkpoint import write_whole
from gan_minimal.claims import Claim, Values
from gan_minimal.data.faces import ATTRIBUTES, COLORS
from gan_minimal.data.hangul import FONTS

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
    "font": ("세 자모가 모두 맞음: {}", "All three letters right: {}"),
    "read_seen": ("자모를 모두 읽음: 학습한 음절", "All letters read: syllables of training"),
    "read_unseen": ("자모를 모두 읽음: 처음 보는 음절", "All letters read: syllables never seen"),
    "hand_changes": ("노이즈를 바꾸면 글씨체가 바뀜", "Other noise changes the hand"),
    "letters_kept": ("노이즈를 바꾸어도 자모가 같음", "Other noise keeps the letters"),
    "read": ("자모를 모두 읽음: {}", "All letters read: {}"),
    "hand": ("이 글씨체로 읽힘: {}", "Read as this hand: {}"),
    "error": ("정답과의 L1 오차: {}", "L1 error to the target: {}"),
    "copy": ("입력을 그대로 둔 오차", "L1 error of leaving the input as it is"),
    "relative": ("그대로 둔 것에 견준 오차: {}", "Error, relative to leaving it: {}"),
    "cycle": ("갔다 온 뒤의 L1 오차: {}", "L1 error of the round trip: {}"),
    "spread": ("얼굴마다 다른 정도: {}의 색", "Spread over faces: colour of {}"),
    "patches": ("조각의 분포가 사진과 다른 정도", "Distance of patches from the photograph's"),
    "diversity": (
        "그림마다 다른 정도(사진의 명암 대비)",
        "Diversity, relative to the photograph's contrast",
    ),
    "reconstruction": (
        "z*로 되돌린 사진의 오차(RMSE)",
        "Error of the photograph given back by z* (RMSE)",
    ),
    "setting": ("설정", "Setting"),
    "seed": ("시드", "seed"),
    "threads": ("{}스레드", "{} threads"),
    "steps": ("{:,}라운드", "{:,} rounds"),
    "holds": ("성립", "Holds"),
    "fails": ("이 규모에서는 성립하지 않음", "Does not hold at this scale"),
    "says": ("주장", "Claim"),
    "verdict": ("판정", "Verdict"),
    "measured": ("측정", "Measured"),
    "rule": ("미리 정한 규칙", "Rule, fixed beforehand"),
    "why": ("풀이", "Why"),
    "mean": ("평균", "Mean"),
    "seeds": ("시드별 값", "Each seed"),
}

# What is measured of: the attributes of a face, the parts of a syllable, the fonts
NAMES = {key: (about.ko, about.en) for key, about in (ATTRIBUTES | FONTS).items()} | {
    "initial": ("초성", "initial consonant"),
    "medial": ("중성", "vowel"),
    "final": ("종성", "final consonant"),
    "hand": ("글씨체", "hand"),
    "face": ("얼굴", "face"),
    "hair": ("머리카락", "hair"),
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
            row += [number(score["floor"]) if "floor" in score else "", ratio]
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
    if metric in WORDS:
        return word(metric, language)
    kind, _, attribute = metric.partition("_")
    return word(kind, language).format(NAMES[attribute][LANGUAGES.index(language)])


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
        f"{dot_plot(claim, record['values'], language)}"
        f"{table(rows)}\n{origin}\n{{ .caption }}\n\n"
        f"**{word('why', language)}:** {claim.explanation[i]}\n"
    )


def dot_plot(claim: Claim, values: Values, language: str) -> str:
    """Return a figure with a row for each value of `claim.plot`: a dot a seed, a bar at the mean.

    The axis begins at zero, or at the smallest value if that is negative.
    """
    if not claim.plot:
        return ""
    left, width, height = 260, 340, 32
    numbers = [number for name in claim.plot for number in values[name]]
    low, high = min(0.0, *numbers), max(0.0, *numbers)

    def place(value: float) -> str:
        return f"{left + (value - low) / ((high - low) or 1) * width:.1f}"

    bottom = height * len(claim.plot) + 8
    title = f"{claim.id}-plot"
    parts = [
        f'<svg class="diagram-svg" viewBox="0 0 640 {bottom + 24}" role="img" '
        f'aria-labelledby="{title}"><title id="{title}">'
        f"{escape(claim.says[LANGUAGES.index(language)])}</title>",
        f'<path class="line" d="M{place(0)} 4V{bottom}M{left} {bottom}H{left + width}"/>',
        f'<text class="small" x="{left}" y="{bottom + 18}">{low:.3g}</text>',
        f'<text class="small" x="{left + width}" y="{bottom + 18}" text-anchor="end">{high:.3g}'
        "</text>",
    ]
    for i, name in enumerate(claim.plot):
        y = height * i + 20
        mean = place(sum(values[name]) / len(values[name]))
        label = claim.labels[name][LANGUAGES.index(language)]
        parts += [
            f'<text class="small" x="{left - 12}" y="{y + 4}" text-anchor="end">{escape(label)}'
            "</text>",
            f'<path class="line-accent" d="M{mean} {y - 9}V{y + 9}"/>',
            *(f'<circle class="box-teal" cx="{place(v)}" cy="{y}" r="5"/>' for v in values[name]),
        ]
    return "\n".join(['<figure class="diagram">', *parts, "</svg>", "</figure>"]) + "\n\n"


def write_claim(claim: Claim, record: dict[str, Any], docs: Path) -> None:
    """Write the fragments of a claim into `docs/ko/_generated` and `docs/en/_generated`."""
    for language in LANGUAGES:
        path = docs / language / "_generated" / f"claim-{claim.id}.md"
        text = claim_box(claim, record, language)
        write_whole(path, lambda temporary, text=text: temporary.write_text(text))  # type: ignore[misc]


def claim_list(records: Sequence[tuple[Claim, dict[str, Any]]], language: str) -> str:
    """Return the table of all claims with their verdicts, each with a link to its box below."""
    i = LANGUAGES.index(language)
    rows = [f"| {word('says', language)} | {word('verdict', language)} |", "| :-- | :-- |"]
    for claim, record in records:
        verdict = "holds" if claim.holds(record["values"]) else "fails"
        mark = f'<span class="verdict {verdict}">{word(verdict, language)}</span>'
        rows.append(f"| [{claim.says[i]}](#{claim.id}) | {mark} |")
    return "\n".join(rows) + "\n"


def write_claim_list(records: Sequence[tuple[Claim, dict[str, Any]]], docs: Path) -> None:
    """Write the list of claims into `docs/ko/_generated` and `docs/en/_generated`."""
    for language in LANGUAGES:
        path = docs / language / "_generated" / "claims.md"
        text = claim_list(records, language)
        write_whole(path, partial(Path.write_text, data=text, encoding="utf-8"))


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


def histogram_chart(real: Sequence[float], drawn: Sequence[float], swatches: Sequence[str]) -> str:
    """Return an SVG of the shares of one attribute's values, in the data and in what a model draws.

    It has no words: under each pair of bars is a patch of the colour that is counted. The data's
    bars are hollow and the model's full, which can be told apart without colour.

    Args:
        real: Share of each value in the data, 0 to 1.
        drawn: Share of each value in the model's images.
        swatches: Colour of each value, such as `"#cab188"`.
    """
    left, top, width, height = 16, 32, 608, 160
    tallest = max(*real, *drawn) or 1.0
    group = width / len(swatches)
    bar = group * 0.36
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 240" '
        'font-family="sans-serif" font-size="13" fill="#7d8294">',
        f'<path d="M{left} {top + height}H{left + width}" stroke="#7d8294"/>',
    ]
    for i, (shares, swatch) in enumerate(zip(zip(real, drawn, strict=True), swatches, strict=True)):
        start = left + i * group + group * 0.14
        for j, share in enumerate(shares):
            x, high = start + j * bar, share / tallest * height
            look = f'fill="{COLOURS[0]}"' if j else f'fill="none" stroke="{COLOURS[2]}"'
            parts.append(
                f'<rect x="{x + 1:.1f}" y="{top + height - high:.1f}" width="{bar - 2:.1f}" '
                f'height="{high:.1f}" {look}/>'
            )
            parts.append(
                f'<text x="{x + bar / 2:.1f}" y="{top + height - high - 6:.1f}" '
                f'text-anchor="middle">{share * 100:.0f}</text>'
            )
        parts.append(
            f'<rect x="{start + bar / 2:.1f}" y="{top + height + 12}" width="{bar:.1f}" '
            f'height="20" fill="{swatch}" stroke="#7d8294"/>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def write_histogram(real: Sequence[float], drawn: Sequence[float], path: Path) -> None:
    """Write the histogram of hair colours in the data and in what a model draws as SVG."""
    chart = histogram_chart(real, drawn, COLORS["hair"])
    write_whole(path, lambda temporary: temporary.write_text(chart))
