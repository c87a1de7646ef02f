"""What the concept pages say of the recorded runs is so; a new recording must not belie a page."""

import torch
from torch import Tensor

from gan_minimal import zoo
from gan_minimal.scoring import distances
from gan_minimal.scoring.evaluate import images_of, shares
from gan_minimal.training import loop


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
    real, _ = distances.judge(judge, images_of("faces16", "test")[:1000])
    drawn = {
        name: distances.judge(judge, loop.sample(zoo.load(name), 1000, seed=1))[0]
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
