"""What the pages on WGAN and WGAN-GP say of the recordings is so; a new one must not belie them."""

import pytest

from gan_minimal import zoo
from tests.pages.helpers import metrics, quarters, says, values


def test_dcgan_is_closer_to_the_data_after_more_rounds():
    says(
        "models/wgan",
        ko="이 기록은 DCGAN의 기록보다 바닥에서 멀다",
        en="This run is further from the floor than that of DCGAN",
    )
    says(
        "models/wgan_gp",
        ko="DCGAN의 기록이 바닥에 더 가깝다. …라운드의 수가 적다",
        en="DCGAN's run is closer to the floor. …there are fewer of them",
    )

    for name in ("wgan", "wgan_gp"):
        assert metrics(name)["fid"] > metrics("dcgan")["fid"]
        assert zoo.read(name)["steps"] < 0.6 * zoo.read("dcgan")["steps"]


def test_the_critics_loss_is_negative_and_rises():
    says(
        "models/wgan",
        ko="음수인 것이 옳고, 생성자가 나아지면 0으로 올라간다. 이 실행의 곡선도 그렇다",
        en="rightly negative, and rises to 0 as the generator improves. The curve of this run does",
    )
    says(
        "models/wgan_gp",
        ko="음수인 것이 옳고, 생성자가 나아지면 0으로 올라간다",
        en="rightly negative, and rising to 0 as the generator improves",
    )

    for name in ("wgan", "wgan_gp"):
        assert max(zoo.read(name)["losses"]["critic"]) < 0
        assert quarters(name, "critic") == sorted(quarters(name, "critic"))


def test_the_penalised_critics_loss_rises_steeply_and_then_slowly_and_not_to_zero():
    says(
        "models/wgan_gp",
        ko="처음에 가파르게 오르고 그 뒤로 아주 천천히 오르며, 0에 이르지는 않는다",
        en="it rises steeply at first and very slowly afterwards, and does not get to 0",
    )
    losses = zoo.read("wgan_gp")["losses"]["critic"]

    tenth = len(losses) // 10
    assert losses[tenth] - losses[0] > 4 * (losses[-1] - losses[tenth])
    assert losses[-1] < 0.1 * losses[0]


def test_clipped_critics_are_flat_penalised_ones_right_and_free_ones_measure_nothing():
    says(
        "models/wgan",
        ko=(
            "자른 비평자의 기울기는 1에 한참 못 미치고, 보고하는 거리도 그만큼 작다. …벌점을 매긴 "
            "비평자는 1 가까이에 있고 거리도 옳게 본다. 아무것도 하지 않으면 재는 것이 없다"
        ),
        en=(
            "The slope of a clipped critic is far below 1, and the distance that it reports is as "
            "much too small. …The penalised critic is close to 1 and sees the distance rightly. "
            "With no constraint nothing is measured at all"
        ),
    )
    measured = values("wgan-lipschitz")  # of distributions whose distance is 1

    assert max(measured["clipped_slope"] + measured["clipped_distance"]) < 0.1
    for seen in measured["penalised_slope"] + measured["penalised_distance"]:
        assert seen == pytest.approx(1, abs=0.15)
    assert min(measured["unconstrained_distance"]) > 10
