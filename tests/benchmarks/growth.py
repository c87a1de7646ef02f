"""The table of how the time of the worked problems grows, for the answer on algorithms.

`python -m tests.benchmarks.report` calls it: what was measured is kept in `docs/assets/growth.json`
and shown by `docs/<language>/_generated/growth.md`. A ratio is that of the fastest rounds.
"""

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

from gan_minimal.publishing.tables import table
from gan_minimal.publishing.words import LANGUAGES

WORDS = {
    "problem": ("문제와 유형", "Problem and type"),
    "sizes": ("크기", "Sizes"),
    "steps": ("걸음 수", "Steps"),
    "expected": ("식대로라면", "By the formula"),
    "measured": ("잰 시간의 비", "Measured, in time"),
    "stairs": ("계단 오르기, 정의 그대로: 재귀", "stairs, as defined: recursion"),
    "stairs_kept": (
        "계단 오르기, 답을 적어 두기: 다이나믹 프로그래밍",
        "stairs, answers kept: dynamic programming",
    ),
    "coins": (
        "가장 적은 동전: 다이나믹 프로그래밍",
        "fewest coins: dynamic programming",
    ),
    "halves": ("반씩 좁혀 찾기: 이진 탐색", "a search by halves: binary search"),
    "checkpoints": ("지울 체크포인트: 해시와 정렬", "checkpoints to delete: hash and sort"),
    "regions": ("같은 색의 덩어리: BFS", "regions of one colour: BFS"),
    "split": ("고르게 나누기: 답을 찾는 이진 탐색", "an even split: the answer by halves"),
    "network": ("빠른 표: 상태가 있는 최단 경로", "fast tickets: shortest path with a state"),
    "origin": (
        "{processor}, Python {python}, {date}. 재귀는 계단을 한 단씩, "
        "나머지는 크기를 두 배씩 늘렸다. "
        "여러 번 재어 가장 짧았던 프로세서 시간의 비이며, 몇 %는 노이즈이다.",
        "{processor}, Python {python}, {date}. Recursion gets one stair more each time, the others "
        "twice the size. Ratios of the least processor times of many; a few per cent are noise.",
    ),
}
# What a formula says of a size, up to a factor.
STEPS = {
    "1.618^n": lambda n: (1 + math.sqrt(5)) ** n / 2**n,
    "n": lambda n: n,
    "log n": math.log,
    "n log n": lambda n: n * math.log(n),
}
FORMULAS = {"1.618^n": "$1.618^n$", "n": "$n$", "log n": r"$\log n$", "n log n": r"$n \log n$"}


def read(content: dict[str, Any]) -> dict[str, Any] | None:
    """Return what is kept of pytest-benchmark's JSON, or None if no growth was measured in it."""
    kept: dict[str, Any] = {"problems": {}}
    for benchmark in content["benchmarks"]:
        facts = benchmark["extra_info"]
        if facts["kind"] == "growth":
            least = [min(times) for times in facts["times"]] + [benchmark["stats"]["min"]]
            kept["problems"][facts["problem"]] = {
                "sizes": facts["sizes"],
                "steps": facts["steps"],
                "rounds": benchmark["stats"]["rounds"],
                "ratios": [round(b / a, 3) for a, b in pairwise(least)],
            }
            kept["machine"] = facts["machine"]
    return kept if kept["problems"] else None


def fragment(kept: dict[str, Any], language: str) -> str:
    """Return the table as Markdown."""

    def word(key: str) -> str:
        return WORDS[key][LANGUAGES.index(language)]

    rows = [[word(key) for key in ("problem", "sizes", "steps", "expected", "measured")]]
    for name, problem in kept["problems"].items():
        counts = [STEPS[problem["steps"]](n) for n in problem["sizes"]]
        first, *_, last = problem["sizes"]
        rows.append(
            [
                word(name),
                f"{first:,}–{last:,}",
                FORMULAS[problem["steps"]],
                ratios([b / a for a, b in pairwise(counts)]),
                ratios(problem["ratios"]),
            ]
        )
    return f"{table(rows)}\n{word('origin').format(**kept['machine'])}\n{{ .caption }}\n"


def ratios(numbers: list[float]) -> str:
    """Write the ratios from each size to the next one, or one where they are all the same."""
    written = [f"{number:.2f}" for number in numbers]
    return written[0] if len(set(written)) == 1 else ", ".join(written)


def publish(content: dict[str, Any], root: Path) -> None:
    """Write the record and its tables under `root`, if growth was measured."""
    if (kept := read(content)) is None:
        return
    text = json.dumps(kept, indent=1, ensure_ascii=False) + "\n"
    (root / "docs/assets/growth.json").write_text(text, encoding="utf-8")
    for language in LANGUAGES:
        path = root / "docs" / language / "_generated" / "growth.md"
        path.write_text(fragment(kept, language), encoding="utf-8")
