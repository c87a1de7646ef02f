"""Losses are averaged over windows, and a loss that is not finite is named."""

import math

import pytest
import torch

from gan_minimal.errors import TrainingDiverged
from gan_minimal.training.loss_log import Losses


def test_windows_hold_the_means_of_their_rounds():
    losses = Losses()
    for step, value in enumerate([1.0, 2.0, 6.0, 5.0]):
        losses.note(step, "discriminator", torch.tensor(value))
        losses.note(step, "generator", torch.tensor(-value))
        if step % 2:
            losses.close_window(step + 1)

    assert losses.step == [2, 4]
    assert losses.players == {"discriminator": [1.5, 5.5], "generator": [-1.5, -5.5]}


def test_a_player_that_moves_more_often_has_the_mean_of_its_moves():
    losses = Losses()
    for value in (1.0, 2.0, 3.0):
        losses.note(0, "critic", torch.tensor(value))
    losses.note(0, "generator", torch.tensor(7.0))
    losses.close_window(1)

    assert losses.players == {"critic": [2.0], "generator": [7.0]}


def test_an_open_window_is_kept_for_the_run_that_goes_on():
    losses = Losses()
    losses.note(0, "critic", torch.tensor(1.0))
    losses.check()

    resumed = Losses(losses.step, losses.players, losses.window)
    resumed.note(1, "critic", torch.tensor(3.0))
    resumed.close_window(2)

    assert resumed.players == {"critic": [2.0]}


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_a_loss_that_is_not_finite_is_named_with_its_round_and_player(value):
    losses = Losses()
    losses.note(1233, "discriminator", torch.tensor(0.5))
    losses.note(1233, "generator", torch.tensor(value, dtype=torch.bfloat16))
    losses.note(1234, "discriminator", torch.tensor(math.nan))  # only what followed from it

    with pytest.raises(TrainingDiverged, match=r"loss of the generator is .* in round 1,234\."):
        losses.check()
