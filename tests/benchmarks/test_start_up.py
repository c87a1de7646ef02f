"""From pressing Enter to the end of `gan-minimal --help`."""

import subprocess
import sys
from pathlib import Path
from typing import Any


def test_start_up(benchmark: Any, note: Any) -> None:
    command = [Path(sys.executable).with_name("gan-minimal"), "--help"]

    def run() -> subprocess.CompletedProcess[str]:
        return subprocess.run(command, capture_output=True, text=True, check=True, encoding="utf-8")

    shown = benchmark.pedantic(run, rounds=10, warmup_rounds=1)

    note("cpu", kind="start-up", command="gan-minimal --help")
    assert "train" in shown.stdout
