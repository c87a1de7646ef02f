"""Charts of recorded runs, as SVG that is legible on light and on dark paper."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gan_minimal.data.faces16 import COLORS
from gan_minimal.files import write_text

COLOURS = ("#0f8b88", "#c8603c", "#7d8294")  # at least 3:1 on the light and on the dark paper


def loss_curve(record: dict[str, Any]) -> str:
    """Return an SVG of each player's loss over the rounds."""
    losses = dict(record["losses"])
    steps = losses.pop("step")
    return line_chart(losses, steps, x_title="rounds", y_title="loss")


def line_chart(
    series: dict[str, Sequence[float]],
    x: Sequence[float],
    x_title: str,
    y_title: str,
) -> str:
    """Return an SVG with one line for each series; legible on light and on dark paper.

    Args:
        series: Values by name, each as long as `x`.
        x: Increasing numbers.
        x_title: What the x axis shows.
        y_title: What the y axis shows.
    """
    left, top, width, height = 48, 16, 576, 184
    values = [value for line in series.values() for value in line]
    low, high = min(0.0, *values), max(values)
    spread_x, spread_y = (x[-1] - x[0]) or 1, (high - low) or 1

    def place(x_value: float, y_value: float) -> str:
        across = left + (x_value - x[0]) / spread_x * width
        return f"{across:.1f} {top + (high - y_value) / spread_y * height:.1f}"

    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 240" '
        'font-family="sans-serif" font-size="13" fill="#7d8294">',
        f'<path d="M{left} {top}V{top + height}H{left + width}" fill="none" stroke="#7d8294"/>',
        f'<text x="{left - 6}" y="{top + 10}" text-anchor="end">{high:.3g}</text>',
        f'<text x="{left - 6}" y="{top + height}" text-anchor="end">{low:.3g}</text>',
        f'<text x="{left}" y="{top + height + 18}">{x[0]:,g}</text>',
        f'<text x="{left + width}" y="{top + height + 18}" text-anchor="end">{x[-1]:,g}</text>',
        f'<text x="{left + width / 2}" y="{top + height + 34}" text-anchor="middle">'
        f"{x_title}</text>",
        f'<text x="{left + 6}" y="{top + 10}">{y_title}</text>',
    ]
    for i, (name, line) in enumerate(series.items()):
        colour = COLOURS[i % len(COLOURS)]
        points = "L".join(place(*point) for point in zip(x, line, strict=True))
        dash = "" if i == 0 else f' stroke-dasharray="{6 * i} 2"'  # readable without colour
        parts.append(
            f'<path d="M{points}" fill="none" stroke="{colour}" stroke-width="1.5"{dash}/>'
        )
        at = left + width - 8
        parts.append(
            f'<text x="{at}" y="{top + 12 + 16 * i}" text-anchor="end" fill="{colour}">'
            f"{'—' if i == 0 else '- -'} {name}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def write_losses(record: dict[str, Any], path: Path) -> None:
    """Write the loss curve of a run as SVG."""
    write_text(path, loss_curve(record))


def histogram_chart(real: Sequence[float], drawn: Sequence[float], swatches: Sequence[str]) -> str:
    """Return an SVG of the shares of one attribute's values, in the data and in what a model draws.

    It has no words: under each pair of bars is a patch of the colour that is counted. The data's
    bars are hollow and the model's full, which can be told apart without colour.

    Args:
        real: Share of each value in the data, 0 to 1.
        drawn: Share of each value in the model's images.
        swatches: Colour of each value, such as `"#cab188"`.
    """
    left, top, width, height = 16, 32, 608, 160
    tallest = max(*real, *drawn) or 1.0
    group = width / len(swatches)
    bar = group * 0.36
    parts = [
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 240" '
        'font-family="sans-serif" font-size="13" fill="#7d8294">',
        f'<path d="M{left} {top + height}H{left + width}" stroke="#7d8294"/>',
    ]
    for i, (shares, swatch) in enumerate(zip(zip(real, drawn, strict=True), swatches, strict=True)):
        start = left + i * group + group * 0.14
        for j, share in enumerate(shares):
            x, high = start + j * bar, share / tallest * height
            look = f'fill="{COLOURS[0]}"' if j else f'fill="none" stroke="{COLOURS[2]}"'
            parts.append(
                f'<rect x="{x + 1:.1f}" y="{top + height - high:.1f}" width="{bar - 2:.1f}" '
                f'height="{high:.1f}" {look}/>'
            )
            parts.append(
                f'<text x="{x + bar / 2:.1f}" y="{top + height - high - 6:.1f}" '
                f'text-anchor="middle">{share * 100:.0f}</text>'
            )
        parts.append(
            f'<rect x="{start + bar / 2:.1f}" y="{top + height + 12}" width="{bar:.1f}" '
            f'height="20" fill="{swatch}" stroke="#7d8294"/>'
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def write_histogram(real: Sequence[float], drawn: Sequence[float], path: Path) -> None:
    """Write the histogram of hair colours in the data and in what a model draws as SVG."""
    write_text(path, histogram_chart(real, drawn, COLORS["hair"]))
