"""What pages include of a recorded run: badges, tables and the loss curve, in both languages."""

from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path
from typing import Any

from gan_minimal import models
from gan_minimal.claims import Claim, Values
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.data.hangul32 import FONTS
from gan_minimal.files import write_text

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
    "reached": ("바꾼 속성이 요청대로 읽힘", "Edited attribute read as asked"),
    "off": ("정답 그림과의 L1 오차", "L1 error to the exact picture"),
    "kept": ("다른 속성의 판독이 그대로임", "Readings of other attributes kept"),
    "outside": ("정답이 건드리지 않는 화소의 변화", "Change of pixels that the exact edit leaves"),
    "edit": ("고친 것", "Edit"),
    "exact": ("(정답 그림)", "(exact picture)"),
    "untouched": ("고치지 않은 얼굴의 L1 오차", "L1 error of leaving the face as it is"),
    "twins": ("거의 같은 그림이 또 있는 비율", "Share of images with a near duplicate"),
    "sure": ("자모 셋을 모두 확신하고 읽음", "All three letters read for sure"),
    "patches": ("조각의 분포가 사진과 다른 정도", "Distance of patches from the photograph's"),
    "diversity": (
        "그림마다 다른 정도(사진의 명암 대비)",
        "Diversity, relative to the photograph's contrast",
    ),
    "reconstruction": (
        "z*로 되돌린 사진의 오차(RMSE)",
        "Error of the photograph given back by z* (RMSE)",
    ),
    "offered": ("고를 수 있는 설명의 수", "Captions to choose from"),
    "top1": ("자기 설명을 고름: {}", "Own caption chosen: {}"),
    "unseen": ("처음 보는 조합에서 고름: {}", "Chosen for combinations never seen: {}"),
    "right": ("고른 설명에서 맞음: {}", "Right in the caption chosen: {}"),
    "setting": ("설정", "Setting"),
    "seed": ("시드", "seed"),
    "threads": ("{}스레드", "threads: {}"),
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

HAIR = ATTRIBUTES["hair_color"]

# What is measured of: the attributes of a face, the parts of a syllable, the fonts, edits
NAMES = {key: (about.ko, about.en) for key, about in (ATTRIBUTES | FONTS).items()} | {
    "initial": ("초성", "initial consonant"),
    "medial": ("중성", "vowel"),
    "final": ("종성", "final consonant"),
    "hand": ("글씨체", "hand"),
    "face": ("얼굴", "face"),
    "hair": ("머리카락", "hair"),
    **{
        value: (ko if ko.endswith("금발") else f"{ko} 머리", f"{en} hair")
        for value, ko, en in zip(HAIR.values, HAIR.ko_values, HAIR.en_values, strict=True)
    },
    "glasses_yes": ("안경 쓰기", "glasses on"),
    "glasses_no": ("안경 벗기", "glasses off"),
    "hat_yes": ("모자 쓰기", "hat on"),
    "hat_no": ("모자 벗기", "hat off"),
    "mouth_happy": ("웃는 입", "happy mouth"),
    "mouth_sad": ("슬픈 입", "sad mouth"),
    "ko": ("한국어", "Korean"),
    "en": ("영어", "English"),
}

EDITED = ("reached", "off", "kept", "outside")  # what is measured of each kind of edit


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
            ratio = f"{score['value'] / score['floor']:.1f}" if name == "fid" else ""
            row += [number(score["floor"]) if "floor" in score else "", ratio]
        rows.append([*row, f"±{score['tolerance']:.2g}"])
    return f"{table(rows)}\n{origin(record, language)}\n{{ .caption }}\n"


def edits(record: dict[str, Any], language: str) -> str:
    """Return the table of what each kind of edit reaches; nothing for a run without edits."""
    scores = record["metrics"]
    kinds = [name.removeprefix("kept_") for name in scores if name.startswith("kept_")]
    if not kinds:
        return ""
    reached, off, kept, outside = (word(what, language) for what in EDITED)
    exact, untouched = word("exact", language), word("untouched", language)
    rows = [[word("edit", language), reached, exact, off, untouched, kept, outside]]
    for kind in kinds:
        cells = [scores[f"{what}_{kind}"] for what in EDITED]
        numbers = [each[key] for each in cells for key in ("value", "floor") if key in each]
        name = NAMES[kind][LANGUAGES.index(language)]
        rows.append([name, *(number(value) for value in numbers)])
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
    pattern, name = word(kind, language), NAMES[attribute][LANGUAGES.index(language)]
    return pattern.format(name) if "{}" in pattern else f"{pattern}: {name}"


def number(value: float) -> str:
    """Write a number with at least three digits that count, and no exponent."""
    digits = 3 if abs(value) < 10 else 1 if abs(value) < 1000 else 0
    return f"{value:,.{digits}f}"


def brief(value: float) -> str:
    """Write the end of an axis: like `number`, but without zeros at the end of a fraction."""
    return f"{value:.3g}" if abs(value) < 1000 else number(value)


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
        f'<text class="small" x="{left}" y="{bottom + 18}">{brief(low)}</text>',
        f'<text class="small" x="{left + width}" y="{bottom + 18}" text-anchor="end">'
        f"{brief(high)}</text>",
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
        write_text(path, claim_box(claim, record, language))


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
