"""Snippets are scripts that run anywhere torch is installed; tests/hooks checks what they print."""

import subprocess
import sys
from pathlib import Path

import pytest

SNIPPETS = sorted((Path(__file__).parents[1] / "snippets").glob("*.py"))


def test_there_are_snippets():
    assert SNIPPETS


@pytest.mark.slow
@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_a_snippet_runs_by_itself_within_half_a_minute(snippet, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-I", str(snippet)],  # without this repository on the path
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    assert "Traceback" not in ran.stderr
    assert list(tmp_path.iterdir()) == []  # it leaves nothing behind
