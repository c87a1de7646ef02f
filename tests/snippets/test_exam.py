"""The mock exam: its solutions are right, its examples are theirs, and it grades as it says."""

import importlib.util
import itertools
import random
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "snippets/exam"
NUMBERS = (1, 2, 3, 4)


def module(name):
    spec = importlib.util.spec_from_file_location(name, FOLDER / f"{name}.py")
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def old_checkpoints(names, keep):
    """Each name counts those of its run that are later."""
    runs = [re.fullmatch(r"(.+)-(\d+)", name).groups() for name in names]
    later = [sum(r == run and int(n) > int(number) for r, n in runs) for run, number in runs]
    return [name for name, count in zip(names, later, strict=True) if count >= keep]


def regions(picture):
    """Each pixel takes the least number among its like neighbours until nothing changes."""
    places = list(itertools.product(range(len(picture)), range(len(picture[0]))))
    number = {place: i for i, place in enumerate(places)}
    changed = True
    while changed:
        changed = False
        for (y, x), (v, u) in itertools.product(places, places):
            like = abs(y - v) + abs(x - u) == 1 and picture[y][x] == picture[v][u]
            if like and number[v, u] < number[y, x]:
                number[y, x], changed = number[v, u], True
    counts = list(number.values())
    return [len(set(counts)), max(counts.count(i) for i in counts)]


def even_split(sizes, devices):
    """Every way to cut."""
    cuts = itertools.combinations(range(1, len(sizes)), min(devices, len(sizes)) - 1)
    edges = ([0, *cut, len(sizes)] for cut in cuts)
    return min(max(sum(sizes[a:b]) for a, b in itertools.pairwise(edge)) for edge in edges)


def cheapest(n, links, coupons):
    """Every simple path, with the coupons on its slowest links."""
    found = []
    for length in range(n - 1):
        for between in itertools.permutations(range(2, n), length):
            path = list(itertools.pairwise([1, *between, n]))
            times = [min((t for *ab, t in links if set(ab) == set(e)), default=None) for e in path]
            if None not in times:
                saved = sum(sorted(time // 2 for time in times)[len(times) - coupons :][:coupons])
                found.append(sum(times) - saved if len(times) > coupons else sum(times) // 2)
    return min(found, default=-1)


SLOW_BUT_SURE = {1: old_checkpoints, 2: regions, 3: even_split, 4: cheapest}


@pytest.mark.parametrize("number", NUMBERS)
def test_solutions_agree_with_trying_everything(number):
    problem = module(f"problem_{number}")

    for given, right in problem.EXAMPLES:
        assert problem.solution(*given) == right == SLOW_BUT_SURE[number](*given)
    for seed in range(12):
        *small, _ = itertools.islice(problem.cases(random.Random(seed)), 3)
        for given in small:
            assert problem.solution(*given) == SLOW_BUT_SURE[number](*given)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_page_shows_the_examples_and_solutions_of_the_files(language):
    page = (ROOT / f"docs/{language}/guides/mock-exam.md").read_text(encoding="utf-8")

    for number in NUMBERS:
        for part in ("examples", "solution"):
            assert f'"snippets/exam/problem_{number}.py:{part}"' in page
        assert f"](../code/snippets/exam/problem_{number}.py)" in page
    assert "](../code/snippets/exam/grade.py)" in page


WRONG = """
def solution(names, keep):
    last = {}
    for name in sorted(names):  # as text: 1000 before 900
        last.setdefault(name.split("-")[0], []).append(name)
    kept = {name for run in last.values() for name in run[-keep:]}
    return [name for name in names if name not in kept]
"""


def test_grading_tells_right_from_wrong(tmp_path):
    (tmp_path / "mine.py").write_text(WRONG, encoding="utf-8")

    def graded(number, path):
        command = [sys.executable, FOLDER / "grade.py", str(number), path]
        return subprocess.run(
            command, capture_output=True, text=True, encoding="utf-8", check=True
        ).stdout

    assert graded(1, FOLDER / "problem_1.py").endswith("7 of 7\n")
    assert "input 1: wrong" in graded(1, tmp_path / "mine.py")
    assert graded(2, tmp_path / "mine.py").count("TypeError") == 7


@pytest.mark.parametrize("number", NUMBERS)
def test_every_problem_can_be_graded(number):
    lines = module("grade").grade(number, FOLDER / f"problem_{number}.py")
    assert len(lines) == 7
    assert all(line.endswith("right") for line in lines)
