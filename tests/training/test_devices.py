"""Tensors of two devices are brought together; `meta` stands for a GPU, which tests do not have."""

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal.training.devices import Together

META = torch.device("meta")


@pytest.fixture
def layer():
    return nn.Conv2d(3, 4, 3).to("meta")


@pytest.fixture
def together(layer):
    with Together("meta"):
        yield


def test_what_a_model_is_given_comes_to_its_device(layer, together):
    drawn = layer(torch.zeros(1, 3, 8, 8))
    assert drawn.device == META
    assert torch.cat([drawn, torch.ones(1, 4, 6, 6)]).device == META
    assert F.mse_loss(torch.zeros(1, 4, 6, 6), drawn).device == META
    assert (torch.zeros(4) + torch.zeros(4, device="meta")).device == META
    assert torch.lerp(torch.zeros(4), torch.zeros(4, device="meta"), 0.5).device == META


def test_what_lies_on_the_cpu_alone_stays_there(together):
    kept = torch.zeros(3) + torch.ones(3)

    assert kept.device.type == "cpu"
    assert kept.numpy().sum() == 3


def test_what_is_changed_in_place_stays_where_it_is(together):
    there = torch.zeros(3, 2, device="meta")
    there[torch.tensor([0, 2])] = torch.ones(2, 2)
    there.add_(torch.ones(2))

    assert there.device == META
