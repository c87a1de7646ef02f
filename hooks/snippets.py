"""Writes what the snippets print, for the gallery: `python -m hooks.snippets`.

Run it with the environment that has torch after changing a snippet. A test runs every snippet
again and compares: the page cannot show what a snippet does not print.
"""

import contextlib
import io
import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SNIPPETS = ROOT / "snippets"
OUTPUTS = ROOT / "docs/assets/snippets"

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def run(path: Path) -> str:
    """Run a snippet in this process and return what it prints."""
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        runpy.run_path(str(path), run_name="__main__")
    return printed.getvalue()


def write(snippets: Path, outputs: Path) -> list[str]:
    """Write `NAME.txt` for every `NAME.py`, and take away what no snippet prints any more.

    Args:
        snippets: Folder of the snippets.
        outputs: Folder of what they print.

    Returns:
        The names of the snippets.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    names = sorted(path.stem for path in snippets.glob("*.py"))
    for path in outputs.glob("*.txt"):
        if path.stem not in names:
            path.unlink()
    for name in names:
        text = run(snippets / f"{name}.py")
        (outputs / f"{name}.txt").write_text(text, encoding="utf-8")
    return names


def differences(now: str, then: str, absolute: float = 0.02, relative: float = 0.1) -> list[str]:
    """Return the lines of two outputs that differ by more than rounding can make them.

    Processors round differently, and training amplifies it: words must be the same, numbers close.

    Args:
        now: One output.
        then: The other one.
        absolute: How far two numbers may be apart,
        relative: and how much more for large ones.
    """
    ours, theirs = now.splitlines(), then.splitlines()
    if len(ours) != len(theirs):
        return [f"{len(ours)} lines instead of {len(theirs)}"]
    return [
        f"{one!r} instead of {other!r}"
        for one, other in zip(ours, theirs, strict=True)
        if _words(one) != _words(other)
        or any(
            abs(float(x) - float(y)) > absolute + relative * abs(float(y))
            for x, y in zip(NUMBER.findall(one), NUMBER.findall(other), strict=True)
        )
    ]


def _words(line: str) -> list[str]:
    """Return what a line says besides its numbers; columns may shift by a digit."""
    return NUMBER.sub("#", line).split()


if __name__ == "__main__":
    for name in write(SNIPPETS, OUTPUTS):
        print(OUTPUTS.relative_to(ROOT) / f"{name}.txt")
