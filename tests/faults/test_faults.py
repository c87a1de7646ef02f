"""Nothing is lost when a training is killed, and nothing of a damaged file is used silently.

By day a little of it, at night all of what the page "What we promise, and how it is tested" says.
"""

import multiprocessing
import subprocess
import sys
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from gan_minimal import models
from gan_minimal.errors import UserError
from gan_minimal.files import read_json
from tests.faults import damage, kills, run

KILLS = pytest.mark.skipif(
    "fork" not in multiprocessing.get_all_start_methods(), reason="processes are forked"
)


def measured(*arguments: object) -> str:
    """Run the command in a process that has done nothing yet; it must find no fault."""
    command = [sys.executable, "-m", "tests.faults.run", *map(str, arguments)]
    done = subprocess.run(
        command, cwd=run.ROOT, capture_output=True, text=True, encoding="utf-8", check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_model_is_killed():
    assert set(kills.trainings()) == set(models.names())


@KILLS
@pytest.mark.slow
def test_a_few_kills_and_damages():
    told = measured("--models", "gan", "--kills", 2, "--flips", 30)

    assert "gan: 2 kills" in told
    assert "checkpoint, flips" in told


@KILLS
@pytest.mark.nightly
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("name", kills.trainings())
def test_a_training_that_is_killed_fifty_times_ends_with_the_same_bits(name):
    assert f"{name}: 50 kills" in measured("--models", name, "--kills", 50, "--flips", 0)


@pytest.mark.nightly
@pytest.mark.timeout(3600)
def test_a_thousand_flipped_bits_are_refused_or_change_nothing():
    measured("--models", "--kills", 0, "--flips", 1000)


def test_every_image_bomb_is_refused(tmp_path):
    told = damage.explode(tmp_path)

    assert told.faults == []
    assert told.outcomes == {"refused": len(list(damage.bombs()))}
    assert max(path.stat().st_size for path in tmp_path.iterdir()) < 500_000


# --- the measurement sees what it is there for


@pytest.mark.parametrize(
    ("value", "outcome"),
    [
        (1, "the same"),
        (2, "different"),
        (UserError("/x/file.pt is damaged."), "refused"),
        (KeyError("x"), "traceback"),
    ],
)
def test_what_comes_of_a_damaged_file_is_told_apart(value, outcome):
    def read():
        if isinstance(value, Exception):
            raise value
        return value

    told = damage.Told()
    told.note(read, 1, Path("/x/file.pt"))

    assert told.outcomes == {outcome: 1}
    assert len(told.faults) == (outcome in {"different", "traceback"})
    assert told.sentences == ({"….pt is damaged.": 1} if outcome == "refused" else {})


def test_files_are_damaged_as_they_should_be():
    rng, whole = Random(0), bytes(range(256)) * 64
    for _ in range(20):
        flipped = damage.flipped(whole, rng)
        assert sum((a ^ b).bit_count() for a, b in zip(whole, flipped, strict=True)) == 1
        cut = damage.cut(whole, rng)
        assert whole.startswith(cut)
        assert len(cut) < len(whole)
        changed = [a != b for a, b in zip(whole, damage.zeroed(whole, rng), strict=True)]
        assert 0 < sum(changed) < damage.PAGE


def test_a_fault_is_an_error_of_the_command(monkeypatch, capsys):
    told = damage.Told()
    told.outcomes, told.faults = Counter(different=1), ["gan.json: read as something else"]
    monkeypatch.setattr(run.damage, "readers", lambda folder: {"record": None})
    monkeypatch.setattr(run.damage, "damage", lambda *_: told)
    monkeypatch.setattr(run.kills, "kill", lambda *_: {"kills": 1, "different": 1})

    assert run.main(["--models", "gan", "--kills", "1", "--flips", "1"]) == 1
    assert "gan: 1 runs ended with other bits" in capsys.readouterr().out


# --- the page says what was measured


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_tables_are_those_of_the_record(language):
    path = run.ROOT / "docs" / language / "_generated" / "promises.md"

    assert path.read_text(encoding="utf-8") == run.fragment(read_json(run.RECORD), language)


def test_the_record_found_no_fault_and_has_every_kind():
    record = read_json(run.RECORD)

    assert record["faults"] == []
    assert set(record["kills"]) == set(kills.trainings())
    for name, row in record["kills"].items():  # most kills are not over before anything is saved
        assert 2 * row["went on"] > row["kills"], name
        assert row["runs"] > 0, name
    done = {(row["file"], row["way"]) for row in record["damage"]}
    files = ("checkpoint", "weights", "record")
    assert done == {(kind, way) for kind in files for way in damage.WAYS} | {("image", "bombs")}
