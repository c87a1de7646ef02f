"""What the tests of the commands share: calls that fail, calls of the real process, pictures."""

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
from PIL import Image

# A StyleGAN that is drawn with in no time.
SMALL_STYLEGAN = {
    "size": 16,
    "latent": 6,
    "style": 8,
    "fmap_base": 32,
    "fmap_max": 8,
    "rounds": 0,
}

Run = Callable[..., tuple[int, str, str]]  # arguments of the command -> exit code, output, errors


def refused(run: Run, arguments: Sequence[object], sentence: str) -> None:
    """Call the command; it ends with exit code 2 and one line, in which `sentence` stands."""
    code, out, error = run(*arguments)

    assert code == 2, arguments
    assert sentence in error, error
    assert error.startswith("gan-minimal: ")
    assert error.count("\n") == 1
    assert "Traceback" not in out + error


def misused(run: Run, arguments: Sequence[object], named: str) -> None:
    """Call the command with options it cannot read; it ends with exit code 2 and names one."""
    code, out, error = run(*arguments)

    assert code == 2, arguments
    assert named in error
    assert "Traceback" not in out + error


def process(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Call the command in a process of its own, as the console does."""
    return subprocess.run(
        [sys.executable, "-m", "gan_minimal", *arguments],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env=os.environ | {"COLUMNS": "120"},
    )


def pixels(path: str | Path) -> np.ndarray:
    """Return a picture as `(H, W, 3)`, 0 to 255."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))
