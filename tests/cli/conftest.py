"""The command, called in this process."""

import sys
from pathlib import Path

import pytest

from gan_minimal import cli
from tests.cli.helpers import Run


@pytest.fixture
def run(
    empty_folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Run:
    """Call the command as the console does, in an empty folder and without downloaded data."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(empty_folder / "cache"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gan-minimal", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        return ended.value.code or 0, shown.out, shown.err

    return run
