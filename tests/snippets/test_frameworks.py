"""The same DCGAN in plain PyTorch and in three frameworks: the page's table is what they do.

The frameworks are a dependency group of their own, which the group of the tests includes.
"""

import importlib
import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "snippets/frameworks"
TABLE = Path(__file__).parents[2] / "docs/assets/frameworks.txt"
ROW = re.compile(r"^(\w+) ([\d.]+) +((?:[\d.]+ [\d.]+ +)+)(\d+) +([\d.]+)$", re.MULTILINE)
WAYS = {
    "torch": "plain_torch",
    "lightning": "with_lightning",
    "skorch": "with_skorch",
    "fastai": "with_fastai",
}


def rows() -> dict[str, tuple[list[float], int]]:
    """The losses that the table shows, the discriminator's first, and the lines of code."""
    found = ROW.findall(TABLE.read_text(encoding="utf-8"))
    return {
        name: ([float(loss) for loss in losses.split()], int(lines))
        for name, _, losses, lines, _ in found
    }


@pytest.fixture
def folder(monkeypatch):
    """The scripts import each other from their own folder, as they do when one is run there."""
    monkeypatch.syspath_prepend(FOLDER)
    return FOLDER


def test_all_four_play_the_same_game(folder):
    compare = importlib.import_module("compare")

    assert list(rows()) == list(WAYS) == list(compare.WAYS)
    losses = {name: shown for name, (shown, _) in rows().items()}
    assert all(len(shown) == 2 * len(compare.SHOWN) for shown in losses.values())
    for name in WAYS:
        assert losses[name] == pytest.approx(losses["torch"], abs=0.002), name
    lines = {name: compare.lines_of_code(way) for name, way in WAYS.items()}
    assert {name: shown for name, (_, shown) in rows().items()} == lines


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) for n in WAYS])
@pytest.mark.filterwarnings("ignore")  # the frameworks' own
def test_a_way_has_the_losses_of_the_table(name, folder):
    game = importlib.import_module("game")
    losses = importlib.import_module(WAYS[name]).train(game.batches(3))

    assert [value for both in losses for value in both] == pytest.approx(rows()[name][0][:6], 0.01)
