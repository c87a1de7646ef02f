import json
from itertools import pairwise

import pytest

from gan_minimal.publishing.words import LANGUAGES
from tests.benchmarks import growth, report
from tests.pages.helpers import says

MACHINE = {"device": "cpu", "processor": "Some CPU", "python": "3.11.7", "date": "2026-12-01"}
MEASURED = {
    "extra_info": {
        "kind": "growth",
        "problem": "regions",
        "sizes": [10, 20, 40],
        "steps": "n",
        "times": [[0.3, 0.1, 0.2], [0.25, 0.2, 0.4]],
        "machine": MACHINE,
    },
    "stats": {"min": 0.5, "rounds": 3},
}


@pytest.fixture
def recorded(root):
    return json.loads((root / "docs/assets/growth.json").read_text(encoding="utf-8"))


def test_a_ratio_is_that_of_the_least_times():
    kept = growth.read({"benchmarks": [MEASURED]})

    assert kept["problems"]["regions"]["ratios"] == [2.0, 2.5]
    assert "2.00, 2.50" in growth.fragment(kept, "en")
    assert growth.read({"benchmarks": []}) is None
    assert report.read({"benchmarks": [MEASURED]}) == []  # no machine's table holds it


def test_what_was_measured_is_written_for_both_languages(tmp_path):
    for language in LANGUAGES:
        (tmp_path / "docs" / language / "_generated").mkdir(parents=True)
    (tmp_path / "docs/assets").mkdir()

    growth.publish({"benchmarks": []}, tmp_path)
    assert not (tmp_path / "docs/assets/growth.json").exists()
    growth.publish({"benchmarks": [MEASURED]}, tmp_path)

    texts = [
        (tmp_path / f"docs/{language}/_generated/growth.md").read_text(encoding="utf-8")
        for language in LANGUAGES
    ]
    assert texts[0].count("|") == texts[1].count("|")
    assert all("Some CPU" in text for text in texts)


def test_the_table_on_the_page_is_that_of_the_record(root, recorded):
    for language in LANGUAGES:
        path = root / "docs" / language / "_generated/growth.md"
        assert path.read_text(encoding="utf-8") == growth.fragment(recorded, language)


def test_the_page_says_how_the_recorded_times_grow(recorded):
    says(
        "answers/algorithm-practice",
        ko="이진 탐색은 거의 그대로였고, 재귀를 뺀 나머지는 두 배에서 두 배 반이 되었다. "
        "정의 그대로의 재귀는 계단 한 단에 1.6배가 되었다",
        en="binary search hardly noticed, all others but recursion took two to two and a half "
        "times as long, and recursion as defined took 1.6 times as long for every single stair",
    )
    problems = dict(recorded["problems"])
    assert all(problem["rounds"] >= 10 for problem in problems.values())
    for problem in problems.values():
        sizes = problem["sizes"]
        assert all(b in (2 * a, a + 1) for a, b in pairwise(sizes))
    assert all(1.5 < ratio < 1.7 for ratio in problems.pop("stairs")["ratios"])
    assert all(ratio < 1.2 for ratio in problems.pop("halves")["ratios"])
    assert all(1.9 < ratio < 2.6 for p in problems.values() for ratio in p["ratios"])
