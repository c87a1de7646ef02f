"""The commands `evaluate`, `record`, `tables` and `claims`, and one sentence for every mistake."""

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from gan_minimal import claims, cli
from gan_minimal.publishing import charts, claim_pages, record, words
from tests.claims.small.measure import CLAIM as SMALL
from tests.cli.helpers import misused, refused

ROOT = Path(__file__).parents[2]


def test_the_fid_of_papers_is_asked_for_by_name(run, monkeypatch):
    monkeypatch.setattr("gan_minimal.scoring.evaluate.inception", lambda model, data: 12.345)

    assert run("evaluate", "gan", "--inception")[:2] == (0, "FID with Inception-v3: 12.35\n")


def test_record_says_whether_a_run_is_fresh(run, monkeypatch):
    monkeypatch.setattr(record, "check", lambda name, _: ["its hair is grey"] * (name == "dcgan"))

    assert run("record", "gan", "--check")[:2] == (0, "gan is fresh\n")
    code, shown, _ = run("record", "all", "--check")
    assert code == 1
    assert "dcgan is stale: its hair is grey\nRepair it with: gan-minimal record dcgan\n" in shown
    assert "attributes is fresh" in shown


OTHERS = {"benchmarks.md", "growth.md", "promises.md"}  # of the computer that measured them


def test_tables_of_all_pages_are_written_again_as_they_stand(run, monkeypatch):
    drawn: set[str] = set()  # test_charts.py draws charts; here it is asked only which
    monkeypatch.setattr(charts, "write", lambda _draw, _data, _docs, name: drawn.add(name))
    monkeypatch.setattr(record, "shares", lambda *_: ([], []))
    monkeypatch.setattr(cli.measuring, "checkout", Path.cwd)

    assert run("tables")[0] == 0

    for language in words.LANGUAGES:
        assets = ROOT / "docs" / language / "assets"
        light = {path for path in assets.rglob("*.svg") if not path.stem.endswith("-dark")}
        assert drawn == {path.relative_to(assets).with_suffix("").as_posix() for path in light}
        written = {path.name for path in Path("docs", language, "_generated").iterdir()}
        published = ROOT / "docs" / language / "_generated"
        assert written == {path.name for path in published.iterdir()} - OTHERS
        for name in written:
            again = Path("docs", language, "_generated", name)
            assert again.read_bytes() == (published / name).read_bytes()


def test_recording_needs_the_pages(run, monkeypatch):
    monkeypatch.setattr(cli.common, "__file__", str(Path.cwd() / "a" / "b" / "common.py"))

    code, _, error = run("record", "gan")

    assert code == 2
    assert "run it in a clone of the repository" in error


def test_claims_are_listed_with_their_verdicts(run, monkeypatch):
    before = claims.read
    first = next(iter(claims.claims().values()))
    monkeypatch.setattr(claims, "read", lambda c: None if c is first else before(c))

    code, shown, _ = run("claims")

    assert code == 0
    rows = [
        [cell.strip() for cell in line.split("│")] for line in shown.splitlines() if "│" in line
    ]
    verdicts = [row[3] for row in rows if row[3]]
    expected = []
    for claim in claims.claims().values():
        [row] = [row for row in rows if row[1] == claim.id]
        if claim is first:
            assert row[3] == "not measured"
            expected.append(row[3])
            continue
        values = before(claim)["values"]
        judged = claim.verdicts_of(values, ours=False)
        whole = claims.judge_all(judged) if judged else "unjudged"
        found = [whole, *claim.verdicts(values).values()]
        expected += [words.word(verdict, "en") for verdict in found]
    assert verdicts == expected
    assert shown.count("(ours)") == sum(
        s.ours for claim in claims.claims().values() for s in claim.statements if claim is not first
    )


@pytest.mark.parametrize(
    ("value", "verdict", "whole"),
    [(1.0, "Holds.", "Holds."), (3.0, "Does not hold here.", "Holds in part.")],
)
def test_a_claim_is_measured_again_and_kept_if_asked(value, verdict, whole, run, monkeypatch):
    file = shutil.copytree(SMALL.folder, Path("small")) / "measure.py"
    claim = replace(SMALL, file=str(file), measure=lambda: {"size": [value, value - 0.1]})
    monkeypatch.setattr(claims, "get", lambda _: claim)
    monkeypatch.setattr(cli.measuring, "checkout", Path.cwd)

    code, shown, _ = run("claims", "run", "small")
    assert code == 0
    assert "It is small.\nIts size is measured.\n" in shown
    assert f"Size: {value:.3f}, {value - 0.1:.3f}" in shown
    assert f"It is smaller than 2. All are below 2. {verdict}\n" in shown
    assert "It is not too small. All are above 0.5. Holds.\n" in shown
    assert f"In all: {whole}" in shown
    assert claims.read(claim) is None

    run("claims", "run", "small", "--record")
    kept = claims.read(claim)
    assert kept["values"] == {"size": [value, pytest.approx(value - 0.1)]}
    for language in ("ko", "en"):
        for kind, make in claim_pages.FRAGMENTS.items():
            path = Path("docs", language, "_generated", f"{kind}-small.md")
            assert path.read_text(encoding="utf-8") == make(claim, kept, language)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("evaluate dcgn", "did you mean 'dcgan'?"),
        ("record dcgn --check", "did you mean 'dcgan'?"),
        ("record dcgn", "did you mean 'dcgan'?"),
        ("claims run gan-two-player", "did you mean 'gan-two-players'?"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments, sentence, run):
    Path("file.txt").write_text("something else", encoding="utf-8")

    refused(run, arguments.split(), sentence)
    assert not list(Path().rglob("*.pt"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("claims rnu x", "No such command 'rnu'"),
    ],
)
def test_a_mistake_in_the_options_is_named(arguments, named, run):
    misused(run, arguments.split(), named)
