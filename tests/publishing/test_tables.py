"""Tables and badges on pages are those of the records, in both languages."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from gan_minimal import zoo
from gan_minimal.publishing import tables

DOCS = Path(__file__).parents[2] / "docs"
RUN = {
    "name": "some-run",
    "model": "dcgan",
    "seed": 3,
    "steps": 12_345,
    "seconds": 125.4,
    "settings": {"model": {"size": 16}, "train": {"data": "faces16", "batch": 64}},
    "parameters": {"generator": 1_000_000, "discriminator": 234},
    "metrics": {
        "fid": {"value": 3.0, "floor": 0.6, "tolerance": 0.065},
        "kid": {"value": 0.0479, "floor": -0.0004, "tolerance": 0.0059},
        "tv_hair_color": {"value": 0.1239, "floor": 0.033, "tolerance": 0.00748},
    },
    "losses": {"step": [50, 100], "discriminator": [1.5, 1.0], "generator": [-0.5, 2.0]},
    "environment": {
        "torch": "2.14.1",
        "python": "3.11.7",
        "processor": "Some Processor",
        "threads": 2,
        "date": "2026-11-23",
    },
}


@pytest.mark.parametrize("name", zoo.names())
def test_pages_include_what_is_recorded_today(name):
    for path, text in tables.texts(zoo.read(name), DOCS):
        assert path.read_text(encoding="utf-8") == text, (
            f"{path} is not what the record says; gan-minimal record {name} writes both"
        )


def test_no_fragment_is_left_of_a_run_that_is_gone():
    known = {path for name in zoo.names() for path, _ in tables.texts(zoo.read(name), DOCS)}
    kinds = tuple(f"-{kind}.md" for kind in tables.FRAGMENTS)

    of_claims = ("claim-", "outcome-")  # one of them is distance-metrics
    found = {
        path
        for path in DOCS.glob("*/_generated/*.md")
        if path.name.endswith(kinds) and not path.name.startswith(of_claims)
    }
    assert found == known


@pytest.mark.parametrize(
    ("wanted", "computed", "said"),
    [
        ("bfloat16", "float32", True),
        ("bfloat16", "bfloat16", False),
        ("bfloat16", None, False),  # as records were
        ("float32", "float32", False),
    ],
)
def test_a_number_says_when_it_was_not_computed_in_the_precision_of_the_settings(
    wanted, computed, said
):
    train = RUN["settings"]["train"] | {"precision": wanted}
    where = RUN["environment"] | ({} if computed is None else {"precision": computed})
    run = RUN | {"settings": {"model": {}, "train": train}, "environment": where}

    assert ("float32로 계산" in tables.origin(run, "ko")) is said
    assert ("computed in float32" in tables.origin(run, "en")) is said


def test_badges_name_paper_code_run_and_size():
    korean, english = (tables.badges(RUN, language) for language in ("ko", "en"))

    for text in (korean, english):
        assert 'href="https://arxiv.org/abs/1511.06434"' in text
        assert "pytorch/examples (BSD-3-Clause)" in text
        assert '<time datetime="2026-11-23">' in text
        assert "1,000,234" in text
        ElementTree.fromstring(text)
    assert "2 min 5 s" in english
    assert "2분 5초" in korean
    assert "<span>파라미터</span>" in korean


def test_badges_of_a_model_without_a_paper_name_none():
    assert "arxiv" not in tables.badges(RUN | {"model": "classifier"}, "en")


def test_every_score_stands_beside_its_floor_and_says_where_it_comes_from():
    lines = tables.metrics(RUN, "en").splitlines()

    assert lines[:5] == [
        "| Metric | Value | Real-vs-real floor | Ratio | Tolerance |",
        "| :-- | --: | --: | --: | --: |",
        "| Fréchet distance (faces16 features) | 3.000 | 0.600 | 5.0 | ±0.065 |",
        "| Kernel distance (faces16 features) | 0.048 | -0.000 |  | ±0.0059 |",
        "| Histogram distance: hair colour | 0.124 | 0.033 |  | ±0.0075 |",
    ]
    for part in ("`gan-minimal record some-run`", "seed 3", "12,345 rounds", "threads: 2"):
        assert part in lines[6]
    korean = tables.metrics(RUN, "ko")
    assert "| 히스토그램 차이: 머리색 | 0.124 | 0.033 |" in korean
    assert "12,345라운드" in korean


def test_scores_without_floors_have_no_column_for_them():
    run = RUN | {"metrics": {"accuracy_hat": {"value": 0.98, "tolerance": 0.02}}}

    table = tables.metrics(run, "en").splitlines()[:3]

    assert table == [
        "| Metric | Value | Tolerance |",
        "| :-- | --: | --: |",
        "| Accuracy: hat | 0.980 | ±0.02 |",
    ]


@pytest.mark.parametrize(
    ("value", "text"), [(0.12349, "0.123"), (9.9996, "10.000"), (12.345, "12.3"), (2048, "2,048")]
)
def test_numbers_have_the_digits_that_count(value, text):
    assert tables.number(value) == text


def test_settings_list_the_models_and_then_the_trainings():
    assert tables.settings(RUN, "en").splitlines()[2:] == [
        "| `size` | `16` |",
        "| `data` | `faces16` |",
        "| `batch` | `64` |",
    ]


def test_both_languages_have_the_same_rows():
    for name in zoo.names():
        for make in tables.FRAGMENTS.values():
            korean, english = (make(zoo.read(name), language) for language in ("ko", "en"))
            assert korean.count("\n") == english.count("\n")
            assert korean.count("|") == english.count("|")


def test_fragments_are_written_for_both_languages(tmp_path):
    tables.write(RUN, tmp_path)

    written = sorted(str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*.md"))
    assert written == sorted(
        f"{language}/_generated/some-run-{kind}.md"
        for language in ("ko", "en")
        for kind in ("badges", "metrics", "settings")
    )


def test_a_bar_in_a_cell_does_not_break_the_table():
    text = tables.table([["metric", "value"], ["|D - p|", "0.02"]])

    assert text.splitlines()[2] == r"| \|D - p\| | 0.02 |"
