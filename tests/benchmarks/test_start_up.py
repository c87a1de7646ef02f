"""From pressing Enter to the end of a command, and the limits that this may take."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest


@pytest.mark.parametrize(
    ("arguments", "shown", "limit"),  # in seconds
    [
        (["--help"], "train", 0.5),
        pytest.param(
            ["sample", "dcgan", "--n", "64", "--out", "faces.png"],
            "faces.png",
            3.0,
            marks=pytest.mark.slow,
        ),
        pytest.param(
            ["edit", "--text", "파란 머리에 안경", "--out", "edit.png"],
            "edit.png",
            20.0,
            marks=pytest.mark.slow,
        ),
    ],
    ids=["help", "sample", "edit"],
)
def test_start_up(
    benchmark: Any, note: Any, tmp_path: Path, arguments: list[str], shown: str, limit: float
) -> None:
    command = [Path(sys.executable).with_name("gan-minimal"), *arguments]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command, cwd=tmp_path, capture_output=True, text=True, encoding="utf-8", check=True
        )

    ran = benchmark.pedantic(run, rounds=5, warmup_rounds=1)

    note("cpu", kind="start-up", command=" ".join(["gan-minimal", *arguments]))
    assert shown in ran.stdout
    if benchmark.enabled:  # not in `make test`, which runs beside whatever else there is
        assert benchmark.stats["median"] < limit
