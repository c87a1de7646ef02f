"""Writes what the snippets print and draw, for the gallery: `python -m hooks.snippets`.

Run it with the environment that has torch after changing a snippet. Tests run the snippets again
and compare: the page cannot show what a snippet does not print. Those that take long run by night
only; that they have not changed since they were run is told by `sources.json`.
"""

import contextlib
import hashlib
import io
import json
import re
import runpy
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image

if TYPE_CHECKING:
    from torch import Tensor

ROOT = Path(__file__).resolve().parent.parent
SNIPPETS = ROOT / "snippets"
OUTPUTS = ROOT / "docs/assets/snippets"

NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e[-+]?\d+)?")


def run(path: Path) -> tuple[str, Image.Image | None]:
    """Run a snippet in this process; return what it prints and its `PICTURES`, if any.

    These are a tensor `(N, 3, H, W)` in [-1, 1], drawn side by side.
    """
    import torch

    printed = io.StringIO()
    torch.set_default_dtype(torch.float32)  # one snippet computes in float64
    with contextlib.redirect_stdout(printed), torch.enable_grad():  # some switch gradients off
        names = runpy.run_path(str(path), run_name="__main__")
    pictures = names.get("PICTURES")
    return printed.getvalue(), None if pictures is None else side_by_side(pictures)


def source(path: Path) -> str:
    """Return what tells a snippet from an older version of it, wherever it is checked out."""
    return hashlib.sha256(path.read_text(encoding="utf-8").encode()).hexdigest()[:12]


def side_by_side(pictures: "Tensor", gap: int = 2) -> Image.Image:
    """Put pictures in a row, with `gap` transparent pixels between them."""
    n, _, height, width = pictures.shape
    row = Image.new("RGBA", (n * (width + gap) - gap, height))
    for i, pixels in enumerate((pictures.clamp(-1, 1) * 127.5 + 127.5).round().byte()):
        picture = Image.fromarray(pixels.permute(1, 2, 0).contiguous().numpy())
        row.paste(picture, (i * (width + gap), 0))
    return row


def write(snippets: Path, outputs: Path) -> list[str]:
    """Write `NAME.txt`, and `NAME.webp` if there are pictures, for every new `NAME.py`.

    `sources.json` says from which versions they are; those that have not changed since stay, as
    another processor would round them otherwise. What belongs to no snippet is taken away.

    Args:
        snippets: Folder of the snippets.
        outputs: Folder of what they print.

    Returns:
        The names of the snippets that were run.
    """
    outputs.mkdir(parents=True, exist_ok=True)
    names = sorted(path.stem for path in snippets.glob("*.py"))
    for path in (*outputs.glob("*.txt"), *outputs.glob("*.webp")):
        if path.stem not in names:
            path.unlink()
    sources = {name: source(snippets / f"{name}.py") for name in names}
    known = outputs / "sources.json"
    before = json.loads(known.read_text(encoding="utf-8")) if known.exists() else {}
    changed = [
        name
        for name in names
        if sources[name] != before.get(name) or not (outputs / f"{name}.txt").exists()
    ]
    for name in changed:
        text, picture = run(snippets / f"{name}.py")
        (outputs / f"{name}.txt").write_text(text, encoding="utf-8", newline="\n")
        if picture is not None:
            picture.save(outputs / f"{name}.webp", lossless=True, exact=True, method=6)
    text = json.dumps(sources, indent=1) + "\n"
    known.write_text(text, encoding="utf-8", newline="\n")
    return changed


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
