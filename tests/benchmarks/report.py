"""Publishes what `make bench` found: `python -m tests.benchmarks.report runs/benchmarks.json`.

Writes `gan_minimal/zoo/benchmarks/<machine>.json`, one file for each device, and then the tables of
all machines into `docs/<language>/_generated/benchmarks.md`.
"""

import json
import re
import sys
from pathlib import Path
from statistics import median
from typing import Any

from gan_minimal.publishing.tables import table
from gan_minimal.publishing.words import LANGUAGES
from tests.benchmarks import growth

ROOT = Path(__file__).parents[2]

WORDS = {
    "step": ("학습 한 라운드", "A round of training"),
    "sampling": ("표본 {}장 그리기", "Drawing {} images"),
    "start": ("`{}`이 뜨기까지 {}ms가 걸린다.", "`{}` takes {} ms from start to end."),
    "model": ("모델", "Model"),
    "preset": ("프리셋", "Preset"),
    "precision": ("정밀도", "Precision"),
    "batch": ("배치", "Batch"),
    "ours": ("우리 (ms)", "Ours (ms)"),
    "textbook": ("교과서, float32 (ms)", "Textbook, float32 (ms)"),
    "faster": ("교과서에 대한 비", "Ratio to the textbook"),
    "used": ("행렬곱에 대한 비", "Ratio to the matrix product"),
    "time": ("걸린 시간 (ms)", "Time (ms)"),
    "rate": ("초당 장수", "Images a second"),
    "peak": ("행렬곱: {}.", "Matrix product: {}."),
    "cpu": ("코어 {}개, {}스레드", "{} cores, {} threads"),
    "cuda": ("멀티프로세서 {}개", "{} multiprocessors"),
    "no_gpu": (
        "GPU에서 잰 기록은 아직 없다. 위의 비는 CPU의 것이며 GPU에서는 다를 것이다.",
        "No run on a GPU is recorded yet. The ratios above are a CPU's; a GPU's will differ.",
    ),
    "nothing": ("아직 기록된 벤치마크가 없다.", "No benchmark is recorded yet."),
}


def read(content: dict[str, Any]) -> list[dict[str, Any]]:
    """Turn pytest-benchmark's JSON into what is kept: one record for each device.

    Seconds are medians over the rounds. The rate of the matrix product is that of its fastest
    round, so that the ratio to it is never flattered.
    """
    records: dict[str, dict[str, Any]] = {}
    for benchmark in content["benchmarks"]:
        facts = dict(benchmark["extra_info"])
        if facts["kind"] == "growth":
            continue
        where = facts.pop("machine")
        record = records.setdefault(where["device"], {"machine": where, "results": []})
        facts["seconds"] = benchmark["stats"]["median"]
        facts["rounds"] = benchmark["stats"]["rounds"]
        if facts["kind"] == "training step":
            times, operations = facts.pop("times"), facts["operations"]
            rate = facts.pop("product_operations") / min(times["product"])
            pairs = zip(times["textbook"], benchmark["stats"]["data"], strict=True)
            facts["textbook_seconds"] = median(times["textbook"])
            facts["ratio_to_textbook"] = median(theirs / ours for theirs, ours in pairs)
            facts["product_rate"] = rate
            facts["ratio_to_product"] = operations["ours"] / facts["seconds"] / rate
        record["results"].append(facts)
    return list(records.values())


def name(machine: dict[str, Any]) -> str:
    """Return a file name and heading id for a machine, such as `amd-epyc-9b14-2-cores`."""
    words = re.sub(r"\((r|tm)\)", "", machine["processor"].lower())
    count = f" {machine['cores']} cores" if machine["device"] == "cpu" else ""
    return re.sub(r"[^a-z0-9]+", "-", words + count).strip("-")


def fragment(records: list[dict[str, Any]], language: str) -> str:
    """Return the Markdown with the tables of all machines."""

    def word(key: str) -> str:
        return WORDS[key][LANGUAGES.index(language)]

    if not records:
        return word("nothing") + "\n"
    parts = []
    for record in sorted(records, key=lambda r: name(r["machine"])):
        where, results = record["machine"], record["results"]
        parts.append(f"### {where['processor']} {{ #{name(where)} }}\n")
        steps = [r for r in results if r["kind"] == "training step"]
        if steps:
            keys = ("model", "preset", "precision", "batch", "ours", "textbook", "faster", "used")
            rows = [[word(key) for key in keys]] + [step_row(r) for r in steps]
            parts.append(f"**{word('step')}**\n\n{table(rows)}")
        drawn = [r for r in results if r["kind"] == "sampling"]
        if drawn:
            rows = [[word(key) for key in ("model", "preset", "precision", "time", "rate")]]
            rows += [sampling_row(r) for r in drawn]
            parts.append(f"**{word('sampling').format(drawn[0]['images'])}**\n\n{table(rows)}")
        parts += [
            word("start").format(r["command"], milliseconds(r["seconds"])) + "\n"
            for r in results
            if r["kind"] == "start-up"
        ]
        parts.append(f"{origin(where, steps, word)}\n{{ .caption }}\n")
    if all(record["machine"]["device"] == "cpu" for record in records):
        parts.append(word("no_gpu") + "\n")
    return "\n".join(parts)


def step_row(result: dict[str, Any]) -> list[str]:
    """Return one row of the table of training steps."""
    return [
        *(result["model"], result["preset"], result["precision"], str(result["batch"])),
        milliseconds(result["seconds"]),
        milliseconds(result["textbook_seconds"]),
        f"{result['ratio_to_textbook']:.2f}",
        f"{result['ratio_to_product']:.0%}",
    ]


def sampling_row(result: dict[str, Any]) -> list[str]:
    """Return one row of the table of sampling."""
    return [
        *(result["model"], result["preset"], result["precision"]),
        milliseconds(result["seconds"]),
        f"{result['images'] / result['seconds']:,.0f}",
    ]


def origin(where: dict[str, Any], steps: list[dict[str, Any]], word: Any) -> str:
    """Return one line that says which machine and which versions the numbers come from."""
    rates: dict[str, float] = {}
    for step in steps:
        rates[step["precision"]] = max(step["product_rate"], rates.get(step["precision"], 0))
    peaks = ", ".join(f"{key} {rate / 1e9:,.0f} GFLOP/s" for key, rate in rates.items())
    parts = [
        where["processor"],
        word(where["device"]).format(where["cores"], where["threads"]),
        f"torch {where['torch']}",
        f"Python {where['python']}",
        where["date"],
    ]
    return " · ".join(parts) + (f". {word('peak').format(peaks)}" if peaks else "")


def milliseconds(seconds: float) -> str:
    """Write a time in milliseconds with three digits that count."""
    value = seconds * 1000
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"


def publish(content: dict[str, Any], root: Path = ROOT) -> None:
    """Write the records of `content` under `root`, then the tables of all records there."""
    folder = root / "gan_minimal" / "zoo" / "benchmarks"
    folder.mkdir(parents=True, exist_ok=True)
    for record in read(content):
        text = json.dumps(record, indent=1, ensure_ascii=False) + "\n"
        (folder / f"{name(record['machine'])}.json").write_text(text, encoding="utf-8")
    write_fragments(root)
    growth.publish(content, root)


def write_fragments(root: Path = ROOT) -> None:
    """Write the tables of all records under `root` in both languages."""
    paths = sorted((root / "gan_minimal" / "zoo" / "benchmarks").glob("*.json"))
    records = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    for language in LANGUAGES:
        path = root / "docs" / language / "_generated" / "benchmarks.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(fragment(records, language), encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_file():
        sys.exit("Give it what `make bench` wrote: python -m tests.benchmarks.report FILE.json")
    publish(json.loads(Path(sys.argv[1]).read_text(encoding="utf-8")))
