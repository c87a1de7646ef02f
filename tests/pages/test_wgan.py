"""What the pages on WGAN and WGAN-GP say of the recordings is so; a new one must not belie them."""

import pytest

from gan_minimal import claims, zoo


def mean(values: list[float]) -> float:
    return sum(values) / len(values)


def values(name: str) -> dict[str, list[float]]:
    """The values of a recorded claim."""
    record = claims.read(claims.get(name))
    assert record is not None
    return record["values"]


@pytest.mark.parametrize("name", ["wgan", "wgan_gp"])
def test_dcgan_is_closer_to_the_data_after_more_rounds(name):
    run, dcgan = zoo.read(name), zoo.read("dcgan")

    assert run["metrics"]["fid"]["value"] > dcgan["metrics"]["fid"]["value"]
    assert run["steps"] < 0.6 * dcgan["steps"]


@pytest.mark.parametrize("name", ["wgan", "wgan_gp"])
def test_the_critics_loss_is_negative_and_rises(name):
    losses = zoo.read(name)["losses"]["critic"]

    quarter = len(losses) // 4
    quarters = [mean(losses[i * quarter : (i + 1) * quarter]) for i in range(4)]
    assert max(losses) < 0
    assert quarters == sorted(quarters)


def test_the_penalised_critics_loss_rises_steeply_and_then_slowly_and_not_to_zero():
    losses = zoo.read("wgan_gp")["losses"]["critic"]

    tenth = len(losses) // 10
    assert losses[tenth] - losses[0] > 4 * (losses[-1] - losses[tenth])
    assert losses[-1] < 0.1 * losses[0]


def test_clipped_critics_are_flat_penalised_ones_right_and_free_ones_measure_nothing():
    measured = values("wgan-lipschitz")  # of distributions whose distance is 1

    assert max(measured["clipped_slope"] + measured["clipped_distance"]) < 0.1
    for seen in measured["penalised_slope"] + measured["penalised_distance"]:
        assert seen == pytest.approx(1, abs=0.15)
    assert min(measured["unconstrained_distance"]) > 10
