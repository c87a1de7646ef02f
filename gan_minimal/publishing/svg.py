"""Makes SVG files of matplotlib small: relative paths, short numbers, no ids that nobody uses."""

import re

GRID = 16  # of a glyph's outline; an em has 6,400 units, so this is 0.04 pixels in text of 16
IDLE = re.compile(r' id="(?:figure|axes|patch|line2d|text|[xy]tick|legend|matplotlib\.axis)_\d+"')
GLYPH = re.compile(r'(<path id="[^"]+") d="([^"]*)" transform="scale\(0\.015625\)"')


def smaller(text: str) -> str:
    """Return the same picture in about a third of the characters, exact to 0.1 pixels.

    Args:
        text: What matplotlib writes with `svg.fonttype` `"path"`; its comments, which repeat the
            text that is drawn, and ids that were given with `set_gid` are kept.
    """
    text = re.sub(r"<!DOCTYPE[^>]*>\s*", "", text)
    text = re.sub(r">\s+<", ">\n<", IDLE.sub("", text))
    text = GLYPH.sub(
        lambda found: f'{found[1]} d="{relative(found[2], GRID, 1)}" transform="scale(.25)"', text
    )
    text = re.sub(r'(?<= d=")M [^"]*', lambda found: relative(found[0], 0.1, 0.1), text)
    text = re.sub(r"(?<=[( \"])-?\d+\.\d{2,}(?=[ )\"])", lambda found: decimal(found[0]), text)
    text = re.sub(r'(href="#[^"]+") transform="translate\((\S+) 0\)"', r'\1 x="\2"', text)
    return text.replace("xlink:href", "href").replace("NanumGothic-", "n")


def decimal(number: str) -> str:
    """Return a number with one decimal; what scales keeps its digits."""
    value = float(number)
    return f"{value:.1f}" if abs(value) >= 1 else number


def relative(path: str, grid: float, step: float) -> str:
    """Return a path with relative instead of absolute commands.

    Args:
        path: `"M 1 2 L 3 4 z"` and so on, with the commands M, L, Q, C and z.
        grid: What its coordinates become multiples of.
        step: What a multiple counts in the new path.
    """
    x = y = 0
    start = (0, 0)
    parts = []
    last = ""
    for command, numbers in re.findall(r"([MLQCz])([^MLQCz]*)", path):
        if command == "z":
            (x, y), last = start, "z"
            parts.append("z")
            continue
        points = [round(float(number) / grid) for number in numbers.split()]
        moves = [point - (y if i % 2 else x) for i, point in enumerate(points)]
        x, y = points[-2:]
        start = (x, y) if command == "M" else start
        parts.append(" " if command == last != "M" else command.lower())
        parts.append(" ".join(f"{move * step:g}" for move in moves))
        last = command
    return re.sub(r" (?=-)", "", "".join(parts))
