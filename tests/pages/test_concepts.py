"""What the concept pages say of the recorded runs is so; a new recording must not belie a page."""

from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch
from torch import Tensor

from gan_minimal import data, zoo
from gan_minimal.models import sampling
from gan_minimal.scoring import readings
from gan_minimal.scoring.faces import shares

RUNS = Path(__file__).parents[2] / "docs/assets/runs"


def quarters(name: str, player: str) -> tuple[float, float]:
    """Return a player's mean loss in the second and in the last quarter of a run."""
    losses = zoo.read(name)["losses"][player]
    quarter = len(losses) // 4
    return sum(losses[quarter : 2 * quarter]) / quarter, sum(losses[-quarter:]) / quarter


def test_the_better_run_has_the_losses_that_look_worse():
    assert zoo.read("dcgan")["metrics"]["fid"]["value"] < zoo.read("gan")["metrics"]["fid"]["value"]

    (gan_before, gan_after), (dcgan_before, dcgan_after) = (
        quarters(name, "generator") for name in ("gan", "dcgan")
    )
    assert gan_after < gan_before
    assert dcgan_after > dcgan_before
    assert dcgan_after > gan_after


@pytest.mark.parametrize("name", ["gan", "dcgan"])
def test_histograms_are_what_the_weights_draw(name):
    svg = ElementTree.parse(RUNS / name / "histogram.svg")
    shown = [int(e.text) for e in svg.iter() if e.text and e.text.strip()]

    real, drawn = shares(zoo.load(name), "hair_color")

    # other processors round otherwise, and a face or two of a thousand is read otherwise
    assert shown[0::2] == pytest.approx([100 * share for share in real], abs=0.8)
    assert shown[1::2] == pytest.approx([100 * share for share in drawn], abs=0.8)


def test_no_hair_colour_has_vanished_and_the_page_names_the_rarest():
    names = ("blonde", "dark_blonde", "light_brown", "brown", "black", "blue", "red", "green")
    for name in ("gan", "dcgan"):
        real, drawn = shares(zoo.load(name), "hair_color")
        assert min(drawn) > 0.02
        ratio = [d / r for d, r in zip(drawn, real, strict=True)]
        assert names[ratio.index(min(ratio))] == "green"


def covered(points: Tensor, by: Tensor, k: int = 3) -> float:
    """Return the share of `points` within the balls around `by` up to their k-th neighbours."""
    radius = torch.cdist(by, by).kthvalue(k + 1, dim=1).values  # the nearest is the point itself
    return (torch.cdist(points, by) <= radius).any(dim=1).float().mean().item()


def test_recall_shows_what_the_histogram_does_not():
    judge = zoo.load("attributes")
    real, _ = readings.read(judge, data.tensors("faces16", "test")[0][:1000])
    drawn = {
        name: readings.read(judge, sampling.sample(zoo.load(name), 1000, seed=1))[0]
        for name in ("gan", "dcgan")
    }

    precision = {name: covered(features, real) for name, features in drawn.items()}
    recall = {name: covered(real, features) for name, features in drawn.items()}
    distance = {
        name: zoo.read(name)["metrics"]["tv_hair_color"]["value"] for name in ("gan", "dcgan")
    }
    assert recall["gan"] < recall["dcgan"] / 2
    assert abs(precision["gan"] - precision["dcgan"]) < 0.15
    assert abs(distance["gan"] - distance["dcgan"]) < 0.1
