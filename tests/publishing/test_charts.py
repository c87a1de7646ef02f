"""Charts go through the values and are as high as the shares."""

import math
from xml.etree import ElementTree

import pytest

from gan_minimal.publishing import charts

RUN = {"losses": {"step": [50, 100], "discriminator": [1.5, 1.0], "generator": [-0.5, 2.0]}}


def points(path: str) -> list[tuple[float, float]]:
    return [tuple(map(float, pair.split())) for pair in path.removeprefix("M").split("L")]


def test_loss_curve_goes_through_the_losses():
    svg = ElementTree.fromstring(charts.loss_curve(RUN))

    lines = [e for e in svg.iter() if e.get("stroke-width") == "1.5"]
    first, second = (points(line.get("d")) for line in lines)
    # x from 48 to 624; y from 16 (the highest, 2.0) to 200 (the lowest, -0.5)
    assert first == [(48, pytest.approx(52.8)), (624, pytest.approx(89.6))]
    assert second == [(48, 200), (624, 16)]
    assert lines[1].get("stroke-dasharray")  # readable without colour
    text = " ".join(e.text or "" for e in svg.iter())
    for label in ("discriminator", "generator", "rounds", "loss", "100"):
        assert label in text


def test_line_chart_of_one_constant_point_is_finite():
    svg = charts.line_chart({"critic": [0.0]}, [50], "rounds", "loss")

    assert ElementTree.fromstring(svg) is not None
    assert "nan" not in svg
    assert not math.isinf(len(svg))


def test_histogram_bars_are_as_high_as_the_shares():
    svg = ElementTree.fromstring(
        charts.histogram_chart([0.5, 0.25, 0.25], [1.0, 0.0, 0.0], ["#111", "#222", "#333"])
    )

    rectangles = [e for e in svg.iter() if e.tag.endswith("rect")]
    bars = [e for e in rectangles if e.get("height") != "20"]
    assert [float(bar.get("height")) for bar in bars] == [80, 160, 40, 0, 40, 0]
    assert all(float(bar.get("y")) + float(bar.get("height")) == 192 for bar in bars)
    # hollow for the data and full for the model: told apart without colour
    assert [bar.get("fill") == "none" for bar in bars] == [True, False] * 3
    assert [e.get("fill") for e in rectangles if e.get("height") == "20"] == [
        "#111",
        "#222",
        "#333",
    ]
    assert [e.text for e in svg.iter() if e.text and e.text.strip()] == [
        *("50", "100"),
        *("25", "0"),
        *("25", "0"),
    ]


def test_histogram_without_anything_is_finite():
    assert "nan" not in charts.histogram_chart([0.0], [0.0], ["#111"])
