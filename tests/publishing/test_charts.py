"""Charts show the recorded values, say which, and hide no word, in both languages and themes."""

import re
from itertools import combinations
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import matplotlib
import pytest
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.text import Text

from gan_minimal import claims, models, zoo
from gan_minimal.errors import UserError
from gan_minimal.publishing import chart_style, charts
from gan_minimal.publishing.chart_style import THEMES
from gan_minimal.publishing.words import LANGUAGES, chart_word

DOCS = Path(__file__).parents[2] / "docs"
CSS = (DOCS / "assets/css/site.css").read_text(encoding="utf-8")
PAPERS = {"light": ("#fbfaf7", "#f3f0e8"), "dark": ("#14161f", "#1d2030")}  # paper, panel
LOSSES = {"step": [50, 100], "discriminator": [1.5, 1.0], "generator": [-0.5, 2.0]}
RECORDED = claims.recorded()
PLOTTED = [(claim, record) for claim, record in RECORDED if claim.plot]
HISTOGRAMS = sorted(path.parent.name for path in DOCS.glob("ko/assets/runs/*/histogram.svg"))

pytestmark = pytest.mark.filterwarnings("error::UserWarning")  # a glyph that the font lacks


def dots(labels: list[str], values: list[list[float]]) -> dict[str, Any]:
    return {"labels": {"ko": labels, "en": labels}, "values": values}


def shown_texts(figure: Figure) -> list[Text]:
    """All texts that are drawn; ticks beyond the ends of an axis are not."""
    hidden = {
        id(tick.label1)
        for axes in figure.axes
        for axis in (axes.xaxis, axes.yaxis)
        for tick in [*axis.get_major_ticks(), *axis.get_minor_ticks()]
        if not min(axis.get_view_interval()) <= tick.get_loc() <= max(axis.get_view_interval())
    }
    return [
        text
        for text in figure.findobj(Text)
        if text.get_visible() and text.get_text().strip() and id(text) not in hidden
    ]


def complaints(figure: Figure) -> list[str]:
    """What cannot be read: words cut off, on one another, or a legend on the axes."""
    boxes = [(text.get_text(), text.get_window_extent()) for text in shown_texts(figure)]
    found = [
        f"{words!r} is cut off"
        for words, box in boxes
        if box.x0 < 0 or box.y0 < 0 or box.x1 > figure.bbox.x1 or box.y1 > figure.bbox.y1
    ]
    found += [
        f"{one!r} stands on {other!r}"
        for (one, box), (other, second) in combinations(boxes, 2)
        if box.overlaps(second)
    ]
    for legend in figure.legends:
        frame = legend.get_window_extent()
        found += ["the legend hides values" for axes in figure.axes if frame.overlaps(axes.bbox)]
    return found


def written(path: Path) -> str:
    """The words of a chart's file, from the comments that stand before their outlines."""
    return "\n".join(re.findall("<!-- (.*?) -->", path.read_text(encoding="utf-8"), re.DOTALL))


def identity(path: Path) -> tuple[str, str]:
    """Language and digest in a chart's metadata."""
    root = ElementTree.parse(path).getroot()
    found = {element.tag.rpartition("}")[2]: element.text for element in root.iter()}
    return found["language"], found["identifier"]


def luminance(colour: str) -> float:
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4
        for part in to_rgba(colour)[:3]
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_each_players_line_goes_through_its_losses():
    figure = charts.figure(charts.losses, {"losses": LOSSES, "unit": "nat"}, "en", "light")

    upper, lower = figure.axes
    assert upper.lines[0].get_xydata().tolist() == [[50, 1.5], [100, 1.0]]
    assert lower.lines[0].get_xydata().tolist() == [[50, -0.5], [100, 2.0]]
    assert upper.get_title("left") == "Loss of the discriminator (nat)"
    assert lower.get_title("left") == "Loss of the generator (nat)"
    assert lower.get_xlabel() == "rounds"
    assert lower.get_xlim() == (0, 100)


def test_words_are_those_of_the_language_and_a_unit_is_said_only_where_there_is_one():
    data = {"losses": LOSSES | {"pump": [0, 1]}, "unit": ""}
    words = [
        text.get_text() for text in shown_texts(charts.figure(charts.losses, data, "ko", "dark"))
    ]

    assert {"판별자의 손실", "생성자의 손실", "라운드"} <= set(words)
    assert "pump의 손실" in words  # a player that nobody has translated yet
    alone = {"losses": {"step": [50], "autoencoder": [1.0]}, "unit": "nat"}
    figure = charts.figure(charts.losses, alone, "ko", "light")
    assert figure.axes[0].get_title("left") == "손실 (nat)"


def test_units_are_those_that_the_pages_name():
    units = {name: row.unit for name, row in models.MODELS.items()}

    assert units["dcgan"] == units["vae"] == "nat"
    assert units["wgan"] == units["cyclegan"] == units["autoencoder"] == ""


def test_bars_are_as_long_as_the_shares_and_differ_without_colour():
    real, drawn = [0.5, 0.25, 0.25], [1.0, 0.0, 0.0]
    names = {"ko": ["빨강", "파랑", "초록"], "en": ["red", "blue", "green"]}
    data = {"names": names, "swatches": ["#f00", "#00f", "#0f0"], "real": real, "drawn": drawn}
    figure = charts.figure(charts.histogram, data, "ko", "light")

    hollow, full = figure.axes[0].containers
    assert [bar.get_width() for bar in hollow] == [50, 25, 25]
    assert [bar.get_width() for bar in full] == [100, 0, 0]
    assert {bar.get_facecolor()[3] for bar in hollow} == {0}
    assert {bar.get_facecolor() for bar in full} == {to_rgba(THEMES["light"].teal)}
    swatches = [to_rgba(line.get_color()) for line in figure.axes[0].lines]
    assert swatches == [to_rgba(colour) for colour in ("#f00", "#00f", "#0f0")]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == names["ko"]
    assert [text.get_text() for text in figure.legends[0].get_texts()] == [
        "데이터",
        "모델이 그린 얼굴",
    ]
    assert complaints(figure) == []


def test_a_row_has_a_dot_for_each_seed_and_a_bar_at_the_mean():
    data = dots(["size", "weight"], [[1.0, 2.0, 2.0], [3.0, 3.0, 3.0]])
    axes = charts.figure(charts.dots, data, "en", "light").axes[0]

    mean, seeds, *_ = axes.lines
    assert mean.get_xdata().tolist() == [5 / 3]
    assert mean.get_ydata().tolist() == [0]
    assert seeds.get_xdata().tolist() == [1.0, 2.0, 2.0]
    assert len(set(seeds.get_ydata())) == 3  # equal values do not hide one another
    assert [label.get_text() for label in axes.get_yticklabels()] == ["size", "weight"]
    assert axes.get_ylim() == (1.5, -0.5)  # the first row is at the top
    assert axes.get_xlim()[0] == 0


def test_negative_values_begin_the_axis():
    axes = charts.figure(charts.dots, dots(["size"], [[-1.0, 1.0]]), "en", "light").axes[0]

    assert axes.get_xlim()[0] < -1
    assert axes.get_xlim()[1] > 1


def test_an_axis_of_dots_has_its_unit():
    data = dots(["size"], [[1.0]]) | {"unit": "pixels"}

    assert charts.figure(charts.dots, data, "en", "light").axes[0].get_xlabel() == "pixels"


def test_long_labels_are_broken_after_the_colon_and_between_words():
    assert chart_style.wrap("Distance") == "Distance"
    assert (
        chart_style.wrap("모양이 바뀐 비율: 거친 스타일(4×4)")
        == "모양이 바뀐 비율:\n거친 스타일(4×4)"
    )
    assert chart_style.wrap("Final distance: 16 pixels from the very start") == (
        "Final distance:\n16 pixels from the very\nstart"
    )


@pytest.mark.parametrize(
    ("draw", "data"),
    [
        (charts.losses, {"losses": {"step": [50], "critic": [0.0]}, "unit": ""}),
        (charts.histogram, charts.share_data([0.0] * 8, [0.0] * 8)),
        (charts.histogram, charts.share_data([1.0] * 8, [0.0] * 8)),
        (charts.dots, dots(["nothing"], [[0.0, 0.0]])),
        (charts.dots, dots(["a word " * 20, "b"], [[1e-5, 2e-5], [-123456.0, 0.0]])),
    ],
)
@pytest.mark.slow
def test_charts_of_next_to_nothing_can_be_read(draw, data):
    for language in LANGUAGES:
        assert complaints(charts.figure(draw, data, language, "light")) == []
        assert "nan" not in charts.drawing(draw, data, language, "light")


def test_a_legend_on_the_axes_and_words_on_words_would_be_found():
    figure = Figure(dpi=72)
    axes = figure.subplots()
    axes.plot([0, 1], label="line")
    figure.legend(loc="center")
    figure.text(0.5, 0.9, "one")
    figure.text(0.5, 0.9, "other")
    figure.text(0.99, 0.5, "too long")
    figure.draw_without_rendering()

    assert complaints(figure) == [
        "'too long' is cut off",
        "'one' stands on 'other'",
        "the legend hides values",
    ]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", models.runs())
def test_the_words_of_a_runs_chart_can_be_read(name, language):
    data = charts.loss_data(zoo.read(name))

    assert complaints(charts.figure(charts.losses, data, language, "light")) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("claim", "record"), PLOTTED, ids=[claim.id for claim, _ in PLOTTED])
def test_the_words_of_a_claims_chart_can_be_read(claim, record, language):
    data = charts.dot_data(claim, record)

    assert complaints(charts.figure(charts.dots, data, language, "light")) == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_loss_curves_are_those_of_the_records(language, theme):
    for name in models.runs():
        path = charts.place(DOCS, f"runs/{name}/losses", language, theme)
        today = charts.digest(charts.losses, charts.loss_data(zoo.read(name)), language, theme)
        assert identity(path) == (language, today), f"draw it again: gan-minimal tables ({path})"
        assert chart_word("rounds", language) in written(path)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_dots_are_those_of_the_records(language, theme):
    for claim, record in PLOTTED:
        path = charts.place(DOCS, f"claims/{claim.id}", language, theme)
        today = charts.digest(charts.dots, charts.dot_data(claim, record), language, theme)
        assert identity(path) == (language, today), f"draw it again: gan-minimal tables ({path})"


def test_a_digest_tells_data_languages_and_themes_apart():
    data = {"losses": LOSSES, "unit": "nat"}
    other = {"losses": LOSSES | {"generator": [-0.5, 2.0001]}, "unit": "nat"}
    digests = {
        charts.digest(charts.losses, *arguments)
        for arguments in [
            (data, "ko", "light"),
            (data, "ko", "dark"),
            (data, "en", "light"),
            (other, "ko", "light"),
        ]
    }

    assert len(digests) == 4


def test_runs_that_draw_faces_have_a_histogram():
    assert {"autoencoder", "dcgan", "gan", "pggan", "stylegan", "vae", "wgan", "wgan_gp"} == set(
        HISTOGRAMS
    )


def test_no_chart_is_left_over_and_none_is_large():
    expected = {f"runs/{name}/losses" for name in models.runs()}
    expected |= {f"runs/{name}/histogram" for name in HISTOGRAMS}
    expected |= {f"claims/{claim.id}" for claim, _ in PLOTTED}

    for language in LANGUAGES:
        paths = {charts.place(DOCS, name, language, theme) for name in expected for theme in THEMES}
        assert set((DOCS / language / "assets").rglob("*.*")) == paths
        assert max(path.stat().st_size for path in paths) < 40_000


def test_a_chart_is_drawn_alike_each_time_and_leaves_matplotlibs_settings_alone():
    settings = dict(matplotlib.rcParams)
    first, second = (
        charts.drawing(charts.dots, dots(["size"], [[1.0, 2.0]]), "en", "dark") for _ in range(2)
    )

    assert first == second
    assert {k: v for k, v in matplotlib.rcParams.items() if settings[k] != v}.keys() <= {"backend"}


@pytest.mark.parametrize("theme", THEMES)
def test_colours_are_those_of_the_site_and_have_contrast(theme):
    colours, papers = THEMES[theme], PAPERS[theme]
    tokens = CSS.split(f"color-scheme: {theme};")[1].split("}")[0]

    for name, colour in colours._asdict().items():
        assert f"--{name}: {colour};" in tokens
    assert f"--paper: {papers[0]};" in tokens
    assert f"--panel: {papers[1]};" in tokens
    for paper in papers:
        assert min(contrast(colour, paper) for colour in (colours.ink, colours.soft)) >= 4.5
        assert min(contrast(colour, paper) for colour in (colours.teal, colours.accent)) >= 4.5


@pytest.mark.parametrize("missing", ["matplotlib", "koreanize_matplotlib"])
def test_without_matplotlib_or_the_font_it_is_said_how_to_install_them(missing, monkeypatch):
    found = chart_style.find_spec
    monkeypatch.setattr(
        chart_style, "find_spec", lambda name: found(name) if name != missing else None
    )
    chart_style.font.cache_clear()

    with pytest.raises(
        UserError, match=r"^Drawing charts .* pip install 'gan-minimal\[record\]'.$"
    ):
        charts.figure(charts.dots, dots(["size"], [[1.0]]), "ko", "light")
