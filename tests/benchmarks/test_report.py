import json

import pytest

from gan_minimal.publishing.words import LANGUAGES
from tests.benchmarks import report

CPU = {
    "device": "cpu",
    "processor": "Intel(R) Xeon(R) Processor @ 2.70GHz",
    "cores": 2,
    "threads": 2,
    "torch": "2.14.1",
    "python": "3.11.7",
    "date": "2026-11-23",
}
STEP = {
    "extra_info": {
        "kind": "training step",
        "model": "dcgan",
        "preset": "tiny",
        "precision": "bfloat16",
        "batch": 64,
        "operations": {"ours": 1e9, "textbook": 1.2e9},
        "product_operations": 4e9,
        "times": {"textbook": [0.06, 0.03, 0.04], "product": [0.02, 0.01, 0.03]},
        "machine": CPU,
    },
    "stats": {"median": 0.02, "rounds": 3, "data": [0.02, 0.02, 0.01]},
}
START = {
    "extra_info": {"kind": "start-up", "command": "gan-minimal --help", "machine": CPU},
    "stats": {"median": 0.1234, "rounds": 10, "data": []},
}


def gpu(benchmark):
    info = benchmark["extra_info"]
    where = {**CPU, "device": "cuda", "processor": "Some GPU", "cores": 132}
    return {**benchmark, "extra_info": {**info, "machine": where}}


def test_ratios_are_medians_of_pairs_and_shares_of_the_fastest_product():
    [record] = report.read({"benchmarks": [STEP]})

    [result] = record["results"]
    assert result["ratio_to_textbook"] == pytest.approx(3.0)  # of 3, 1.5 and 4
    assert result["product_rate"] == pytest.approx(4e11)
    assert result["ratio_to_product"] == pytest.approx(1e9 / 0.02 / 4e11)
    assert "times" not in result


def test_publish_keeps_one_file_a_machine_and_both_languages_agree(tmp_path):
    report.publish({"benchmarks": [STEP, START]}, tmp_path)
    report.publish({"benchmarks": [gpu(STEP)]}, tmp_path)

    folder = tmp_path / "gan_minimal" / "zoo" / "benchmarks"
    assert sorted(path.stem for path in folder.iterdir()) == [
        "intel-xeon-processor-2-70ghz-2-cores",
        "some-gpu",
    ]
    record = json.loads((folder / "some-gpu.json").read_text(encoding="utf-8"))
    assert record["machine"]["cores"] == 132
    texts = [
        (tmp_path / f"docs/{x}/_generated/benchmarks.md").read_text(encoding="utf-8")
        for x in LANGUAGES
    ]
    for text in texts:
        assert "{ #some-gpu }" in text
        assert "{ #intel-xeon-processor-2-70ghz-2-cores }" in text
        assert "| dcgan | tiny | bfloat16 | 64 | 20 | 40 | 3.00 | 12% |" in text
        assert "bfloat16 400 GFLOP/s" in text
        assert "123" in text
        assert text.count("\n") == texts[0].count("\n")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_without_gpu_says_so(language):
    words = report.WORDS["no_gpu"][LANGUAGES.index(language)]

    assert words in report.fragment(report.read({"benchmarks": [STEP]}), language)
    assert words not in report.fragment(report.read({"benchmarks": [gpu(STEP)]}), language)
    assert report.fragment([], language).strip() in report.WORDS["nothing"]


def test_recorded_tables_are_those_of_the_recorded_runs(root):
    paths = sorted((root / "gan_minimal" / "zoo" / "benchmarks").glob("*.json"))
    records = [json.loads(path.read_text(encoding="utf-8")) for path in paths]

    for language in LANGUAGES:
        shown = (root / "docs" / language / "_generated" / "benchmarks.md").read_text(
            encoding="utf-8"
        )
        assert shown == report.fragment(records, language)
