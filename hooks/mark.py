"""Draws the site's own pixel art: the mark and the small signs of the style sheet.

Run `python -m hooks.mark` after changing a drawing here; a test compares the files with it. The
mark is a face of faces16 (DiceBear "Pixel Art", CC0 1.0): half of it real, half of it still noise.
"""

from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs/assets/img/mark.svg"
STYLES = ROOT / "docs/assets/css/site.css"
BEGIN, END = "/* signs: python -m hooks.mark */\n", "/* end of signs */\n"

COLOURS = {
    "b": "#009bbd",
    "s": "#f6d4aa",
    "w": "#ffffff",
    "g": "#5b7c8b",
    "r": "#de0f0d",
    "y": "#ffefb5",
}
MARK = """
........yss.bygb
...bbbbbwr.bgr.s
..bbbbbbwrw..ysg
.bbbbbbbrry.wby.
.bbssssssrb.rybr
.bbswwwsrss.byyb
.bbswgws.w.ybgy.
.bbswwwsbs..rs.b
.bbsssssbb.rr..y
.bbssssrbb...bs.
.bbssssrgbyrbssb
.bbwssssrwsybs.b
.bbwwwwsb...yyys
.bbyyyss....bybs
..yyyyyywwyw.byw
..yyyyyyysgbww.y
"""
SIGNS = {
    "note": ".######. .######. .######. .######. .######. .######. .##..##. .#....#.",
    "lecture": ".######. ######## ######## ######## .######. ..##.... .##..... ........",
    "mistake": "##....## ###..### .######. ..####.. ..####.. .######. ###..### ##....##",
    "warning": "...##... ...##... ...##... ...##... ...##... ........ ...##... ...##...",
    "since": "....##.. ....###. ######## ######## ######## ....###. ....##.. ........",
    "exercise": "......## .....### ....###. ...###.. ..###... .###.... ###..... ##......",
    "answer": "........ .......# ......## #....##. ##..##.. .####... ..##.... ........",
    "question": "..####.. .##..##. .....##. ....##.. ...##... ........ ...##... ...##...",
    "part": "######## #######. ######.. #####... ####.... ###..... ##...... #.......",
    "download": "...##... ...##... ...##... .######. ..####.. ...##... ........ ########",
}


def rectangles(rows: list[str], colours: dict[str, str]) -> str:
    """Return one `<path>` a colour that draws `rows`, a character a pixel.

    Args:
        rows: The lines of the drawing; characters that are not in `colours` stay transparent.
        colours: The colour of each character.
    """
    paths = []
    for key, colour in colours.items():
        runs = [
            f"M{x} {y}h1v1h-1z"
            for y, row in enumerate(rows)
            for x, pixel in enumerate(row)
            if pixel == key
        ]
        paths.append(f'<path fill="{colour}" d="{"".join(runs)}"/>')
    return "".join(paths)


def svg(rows: list[str], colours: dict[str, str]) -> str:
    """Return the drawing as an SVG file whose unit is one pixel."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {len(rows[0])} {len(rows)}" '
        f'shape-rendering="crispEdges">{rectangles(rows, colours)}</svg>'
    )


def style_rules() -> str:
    """Return the signs as CSS variables that masks can use."""
    lines = [
        f'  --sign-{name}: url("data:image/svg+xml,{quote(svg(rows.split(), {"#": "#000"}))}");\n'
        for name, rows in SIGNS.items()
    ]
    return ":root {\n" + "".join(lines) + "}\n"


def with_signs(styles: str) -> str:
    """Return the style sheet with its block of signs drawn anew."""
    before, rest = styles.split(BEGIN)
    return before + BEGIN + style_rules() + END + rest.split(END)[1]


if __name__ == "__main__":
    PICTURE.write_text(svg(MARK.split(), COLOURS) + "\n", encoding="utf-8")
    STYLES.write_text(with_signs(STYLES.read_text(encoding="utf-8")), encoding="utf-8")
