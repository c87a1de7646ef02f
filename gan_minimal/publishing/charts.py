"""Charts of recorded runs and claims: SVG files by matplotlib, for both languages and themes.

They are drawn when something is recorded and are committed, so that the site is built without
matplotlib. Text is drawn as paths of one font: it takes the same room on every screen. A chart
lies at `docs/<language>/assets/...svg`, for the dark theme at `...-dark.svg` beside it; its
metadata has the digest of what is plotted.
"""

import hashlib
import json
import re
from collections.abc import Callable, Sequence
from io import BytesIO
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_minimal import models
from gan_minimal.data.faces16 import ATTRIBUTES, COLORS
from gan_minimal.files import write_text
from gan_minimal.publishing import svg
from gan_minimal.publishing.chart_style import SIZE, THEMES, WIDTH, Theme, rc, wrap
from gan_minimal.publishing.words import LANGUAGES
from gan_minimal.publishing.words import chart_word as word

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from gan_minimal.claims import Claim


def losses(
    figure: "Figure", language: str, theme: Theme, losses: dict[str, list[float]], unit: str
) -> None:
    """Draw each player's loss over the rounds, in axes of its own.

    The losses of two players seldom have the same size, and may not mean the same.

    Args:
        figure: The figure, which gets its height here.
        language: `"ko"` or `"en"`.
        theme: The colours.
        losses: Values by player; `"step"` has the rounds.
        unit: Unit of the losses, or nothing.
    """
    players = [player for player in losses if player != "step"]
    height(figure, 100 + 140 * len(players))
    column = figure.subplots(len(players), sharex=True, squeeze=False)[:, 0]
    colours = cycle((theme.teal, theme.accent))
    for axes, player, colour in zip(column, players, colours, strict=False):
        name = word("loss_of", language).format(word(player, language))
        name = name if len(players) > 1 else word("loss", language)
        axes.set_title(f"{name} ({unit})" if unit else name)
        axes.plot(losses["step"], losses[player], color=colour, linewidth=1.8, gid=player)
        axes.locator_params("y", nbins=5)
    column[-1].set_xlabel(word("rounds", language))
    column[-1].set_xlim(0, losses["step"][-1])
    column[-1].locator_params("x", nbins=4)
    column[-1].xaxis.set_major_formatter("{x:,.0f}")


def histogram(
    figure: "Figure",
    language: str,
    theme: Theme,
    names: dict[str, Sequence[str]],
    swatches: Sequence[str],
    real: Sequence[float],
    drawn: Sequence[float],
) -> None:
    """Draw the shares of an attribute's values, in the data and in what a model draws.

    The data's bars are hollow and the model's full, which can be told apart without colour.

    Args:
        figure: The figure, which gets its height here.
        language: `"ko"` or `"en"`.
        theme: The colours.
        names: Name of each value, by language.
        swatches: Colour of each value, such as `"#cab188"`.
        real: Share of each value in the data, 0 to 1.
        drawn: Share of each value in the model's images.
    """
    height(figure, 90 + 40 * len(swatches))
    axes = rows(figure, names[language])
    looks = {"data": ("none", theme.ink, real, -0.2), "drawn": (theme.teal, theme.teal, drawn, 0.2)}
    for key, (face, edge, shares, down) in looks.items():
        places = [row + down for row in range(len(shares))]
        bars = axes.barh(
            places,
            [100 * share for share in shares],
            0.34,
            facecolor=face,
            edgecolor=edge,
            linewidth=1.5,
            label=word(key, language),
        )
        for i, text in enumerate(axes.bar_label(bars, fmt="%.0f", padding=4, fontsize=SIZE - 2)):
            text.set_gid(f"{key}-{i}")  # tests find the number by it
    for row, swatch in enumerate(swatches):  # between the name and the axis
        patch = axes.plot(-0.04, row, "s", ms=15, mec=theme.soft, color=swatch, clip_on=False)
        patch[0].set_transform(axes.get_yaxis_transform())
    axes.tick_params("y", pad=30)
    axes.set_xlim(0, 108 * max(*real, *drawn, 0.01))
    axes.locator_params("x", nbins=5, integer=True)
    axes.set_xlabel(word("share", language))
    figure.legend(loc="outside upper left", ncols=2)


def dots(
    figure: "Figure",
    language: str,
    theme: Theme,
    labels: dict[str, Sequence[str]],
    values: Sequence[Sequence[float]],
    limits: Sequence[float | None] = (),
    unit: str = "",
) -> None:
    """Draw a row for each list of values: a dot for each seed, a bar at the mean, a rule's limit.

    The axis begins at zero, or left of the smallest value if that is negative.

    Args:
        figure: The figure, which gets its height here.
        language: `"ko"` or `"en"`.
        theme: The colours.
        labels: What each row shows, by language.
        values: For each row a value for each seed.
        limits: For each row the number at which a rule turns, or None.
        unit: What the axis shows, or nothing.
    """
    wrapped = [wrap(label) for label in labels[language]]
    lines = max(label.count("\n") for label in wrapped) + 1
    height(figure, 80 + 26 * bool(unit) + max(40, 14 + 20 * lines) * len(wrapped))
    axes = rows(figure, wrapped)
    for row, seeds in enumerate(values):
        # seeds stand below one another, or equal values would hide one another
        places = [row + 0.4 * ((i + 0.5) / len(seeds) - 0.5) for i in range(len(seeds))]
        mean = sum(seeds) / len(seeds)
        axes.plot(mean, row, "|", ms=28, mew=3.5, color=theme.accent, clip_on=False)
        axes.plot(seeds, places, "o", ms=8, mew=2, mfc="none", color=theme.teal, clip_on=False)
    axes.lines[0].set_label(word("mean", language))
    axes.lines[1].set_label(word("seed", language))
    drawn = {row: limit for row, limit in enumerate(limits) if limit is not None}
    for row, limit in drawn.items():
        line = axes.plot([limit] * 2, [row - 0.42, row + 0.42], ":", lw=2.5, color=theme.ink)[0]
        line.set_label("" if row > min(drawn) else word("limit", language))
    every = [*drawn.values(), *(value for seeds in values for value in seeds)]
    low, high = min(0.0, *every), max(0.0, *every)
    room = 0.04 * ((high - low) or 1)
    axes.set_xlim(low - room * (low < 0), high + room)
    axes.set_xlabel(unit)
    axes.locator_params("x", nbins=5)
    figure.legend(loc="outside upper left", ncols=3, markerscale=0.6)


def height(figure: "Figure", pixels: int) -> None:
    """Give a figure its height."""
    figure.set_size_inches(WIDTH / 72, pixels / 72)


def rows(figure: "Figure", labels: Sequence[str]) -> "Axes":
    """Return axes with a row for each label, the first one at the top."""
    axes = figure.subplots()
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params("y", length=0, pad=9)
    axes.grid(visible=False, axis="y")
    return axes


def figure(draw: Callable[..., None], data: dict[str, Any], language: str, theme: str) -> "Figure":
    """Return a finished chart.

    Args:
        draw: `losses`, `histogram` or `dots`.
        data: Its arguments after the first three.
        language: `"ko"` or `"en"`.
        theme: `"light"` or `"dark"`.

    Raises:
        UserError: If matplotlib is not installed.
    """
    with rc(THEMES[theme]):
        from matplotlib.figure import Figure

        chart = Figure(dpi=72, layout="constrained")
        draw(chart, language, THEMES[theme], **data)
        chart.draw_without_rendering()
        chart.set_layout_engine("none")  # everything stays where it is now
        return chart


def digest(draw: Callable[..., None], data: dict[str, Any], language: str, theme: str) -> str:
    """Return what says in a chart's metadata which data it shows; arguments as for `figure`."""
    content = json.dumps([draw.__name__, data, language, theme], sort_keys=True)
    return hashlib.sha256(content.encode()).hexdigest()


def drawing(draw: Callable[..., None], data: dict[str, Any], language: str, theme: str) -> str:
    """Return a chart as SVG, with one decimal of a pixel; arguments as for `figure`."""
    metadata = {
        "Date": None,
        "Creator": None,
        "Language": language,
        "Identifier": digest(draw, data, language, theme),
    }
    file = BytesIO()
    chart = figure(draw, data, language, theme)
    with rc(THEMES[theme]):
        chart.savefig(file, format="svg", transparent=True, metadata=metadata)
    return svg.smaller(file.getvalue().decode())


def write(draw: Callable[..., None], data: dict[str, Any], docs: Path, name: str) -> None:
    """Write a chart for both languages and themes.

    Args:
        draw: `losses`, `histogram` or `dots`.
        data: Its arguments after the first three.
        docs: The folder of the pages.
        name: Path below `docs/<language>/assets`, without an ending: `"runs/gan/losses"`.
    """
    for language in LANGUAGES:
        for theme in THEMES:
            write_text(place(docs, name, language, theme), drawing(draw, data, language, theme))


def place(docs: Path, name: str, language: str, theme: str) -> Path:
    """Return where a chart lies; hooks/pictures.py finds the dark one beside the light one."""
    ending = "" if theme == "light" else f"-{theme}"
    return docs / language / "assets" / f"{name}{ending}.svg"


def loss_data(record: dict[str, Any]) -> dict[str, Any]:
    """Return what `losses` draws of a recorded run."""
    return {"losses": record["losses"], "unit": models.MODELS[record["model"]].unit}


def share_data(real: Sequence[float], drawn: Sequence[float]) -> dict[str, Any]:
    """Return what `histogram` draws of the hair colours in the data and in a model's images."""
    hair = ATTRIBUTES["hair_color"]
    names = {"ko": hair.ko_values, "en": hair.en_values}
    return {"names": names, "swatches": COLORS["hair"], "real": real, "drawn": drawn}


def percentages(path: Path) -> dict[str, list[int]]:
    """Return the numbers that a histogram has written beside its bars: `"data"` and `"drawn"`."""
    text = path.read_text(encoding="utf-8", errors="replace")
    shown: dict[str, list[int]] = {}
    for key, number in re.findall(r'id="(data|drawn)-\d">\s*<!-- (\d+) -->', text):
        shown.setdefault(key, []).append(int(number))
    return shown


def dot_data(claim: "Claim", record: dict[str, Any]) -> dict[str, Any]:
    """Return what `dots` draws of a claim's record: the values that `claim.plot` names."""
    words = {language: claim.words(language).labels for language in LANGUAGES}
    limits = claim.limits(record["values"])
    return {
        "labels": {key: [labels[name] for name in claim.plot] for key, labels in words.items()},
        "values": [record["values"][name] for name in claim.plot],
        "limits": [limits.get(name) for name in claim.plot],
    }
