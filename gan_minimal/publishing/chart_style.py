"""How charts look: the site's colours, one width, one font for both languages."""

from contextlib import AbstractContextManager
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

from PIL import ImageFont

from gan_minimal.errors import UserError


class Theme(NamedTuple):
    """Colours of the site's style sheet."""

    ink: str
    soft: str
    line: str
    teal: str
    accent: str


THEMES = {
    "light": Theme("#1d2130", "#585d6e", "#d8d3c6", "#0a6a70", "#a63a1c"),
    "dark": Theme("#e6e3da", "#a9acba", "#3a3f55", "#63d2c6", "#ff9f7a"),
}

WIDTH = 520  # pixels; on a telephone it becomes 328, and text of 16 pixels 10
SIZE = 16  # of text, pixels
LABELS = 190  # pixels, at the most, for the labels of a dot plot
SALT = "gan-minimal"  # makes the ids inside a file the same every time


@cache
def font() -> Path:
    """Return the file of Nanum Gothic that koreanize-matplotlib brings, known to matplotlib.

    Raises:
        UserError: If that package or matplotlib is not installed.
    """
    # Found without importing it: importing would change matplotlib's settings.
    found = find_spec("koreanize_matplotlib")
    if found is None or found.origin is None or find_spec("matplotlib") is None:
        raise UserError("Drawing charts needs more packages: pip install 'gan-minimal[record]'.")
    from matplotlib import font_manager

    path = Path(found.origin).parent / "fonts" / "NanumGothic.ttf"
    font_manager.fontManager.addfont(str(path))
    return path


def rc(theme: Theme) -> AbstractContextManager[None]:
    """Return the context in which matplotlib draws a chart of the site."""
    family = ImageFont.truetype(font(), SIZE).getname()[0]
    import matplotlib

    return matplotlib.rc_context(
        {
            "font.family": [family, "DejaVu Sans"],  # Nanum Gothic has no minus sign
            "font.size": SIZE,
            "text.color": theme.ink,
            "axes.edgecolor": theme.soft,
            "axes.labelcolor": theme.ink,
            "axes.titlesize": SIZE,
            "axes.titlelocation": "left",
            "axes.titlecolor": theme.ink,
            "axes.spines.top": False,
            "axes.spines.right": False,
            "axes.grid": True,
            "axes.axisbelow": True,
            "axes.formatter.useoffset": False,
            "grid.color": theme.line,
            "xtick.color": theme.soft,
            "ytick.color": theme.soft,
            "xtick.labelcolor": theme.ink,
            "ytick.labelcolor": theme.ink,
            "xtick.labelsize": SIZE - 1,
            "ytick.labelsize": SIZE - 1,
            "legend.frameon": False,
            "legend.fontsize": SIZE - 1,
            "legend.borderaxespad": 0,
            "legend.borderpad": 0.2,
            "svg.fonttype": "path",
            "svg.hashsalt": SALT,
        }
    )


def wrap(label: str) -> str:
    """Break a label after its colon, then between words, where a line is wider than `LABELS`."""
    width = ImageFont.truetype(font(), SIZE - 1).getlength
    lines = [label] if width(label) <= LABELS else label.replace(": ", ":\n").split("\n")
    wrapped = []
    for line in lines:
        whole, *words = line.split(" ")
        for part in words:
            fits = width(f"{whole} {part}".rpartition("\n")[2]) <= LABELS
            whole += (" " if fits else "\n") + part
        wrapped.append(whole)
    return "\n".join(wrapped)
