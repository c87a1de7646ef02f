"""Small SVG files show what matplotlib drew."""

import io
import re

import pytest
from matplotlib.figure import Figure

from gan_minimal.publishing import svg


def test_paths_become_relative_without_drifting():
    # a third of 0.1 pixels a step: rounding each step alone would never move
    steps = [(i / 30, i / 15) for i in range(300)]
    path = "M " + " L ".join(f"{x:.6f} {y:.6f}" for x, y in steps)

    x = y = 0.0
    moves = re.findall(r"-?[\d.]+", svg.relative(path, 0.1, 0.1))
    for i, (across, down) in enumerate(steps):
        x, y = x + float(moves[2 * i]), y + float(moves[2 * i + 1])
        assert (x, y) == (pytest.approx(across, abs=0.0501), pytest.approx(down, abs=0.0501))


def test_a_subpath_begins_where_the_last_one_was_closed():
    assert (
        svg.relative("M 1 1 L 3 1 L 3 4 z M 2 2 Q 3 3 2 1 z", 1, 1) == "m1 1l2 0 0 3zm1 1q1 1 0-1z"
    )


def test_coordinates_are_counted_in_multiples_of_the_grid():
    assert svg.relative("M 16 32 L 40 8", 16, 1) == "m1 2l1-2"


def test_a_file_becomes_a_third_and_keeps_its_words_and_given_ids():
    figure = Figure()
    axes = figure.subplots()
    axes.plot(range(100), [i * 37 % 101 for i in range(100)], gid="critic")
    axes.set_title("Loss of the critic")
    file = io.StringIO()
    figure.savefig(file, format="svg")
    text = file.getvalue()
    small = svg.smaller(text)

    assert len(small) < 0.6 * len(text)
    assert '<g id="critic">' in small
    assert "<!-- Loss of the critic -->" in small
    assert "line2d_" not in small
    assert set(re.findall(r'href="#([^"]+)"', small)) <= set(re.findall(r' id="([^"]+)"', small))
