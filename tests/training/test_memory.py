"""What would not fit into memory is refused before it is tried."""

import pytest
import torch

from gan_minimal import models
from gan_minimal.errors import UserError
from gan_minimal.training import loop, memory

MEBIBYTE = 2**20


@pytest.fixture
def little(monkeypatch):
    """A machine on which a few MiB are free."""
    monkeypatch.setattr(memory, "free", lambda _: 8 * MEBIBYTE)


def test_the_most_that_lives_at_a_time_is_counted():
    with memory.Peak() as peak:
        a = torch.empty(1000, device="meta")
        b = a + 1
        del a
        c = b * 2
        d = c.view(10, 100)[:5]  # the same memory
    assert d.device.type == "meta"
    assert peak.bytes == 2 * 4000


@pytest.mark.parametrize("name", ["gan", "dcgan", "wgan_gp", "pix2pix", "stargan"])
def test_a_round_is_estimated_without_being_played(name, monkeypatch):
    monkeypatch.setattr(memory, "SURE", 10**9)  # so that it is looked at whatever there is free
    model = models.build(name, **models.preset(name)["model"])
    size, label = model.size, getattr(model, "domains", 1)
    shapes = {3: (model.channels, size, size), 1: (label,)}
    example = tuple(torch.zeros(shapes[n]) for n in model.example)
    before = {key: x.clone() for key, x in model.state_dict().items()}
    needed = []
    monkeypatch.setattr(memory, "check", lambda size, *_: needed.append(size))

    torch.manual_seed(3)
    for batch in (20, 2000):
        memory.check_round(model, example, batch, "cpu")

    assert torch.rand(1) == torch.rand(1, generator=torch.Generator().manual_seed(3))
    assert 5 < needed[1] / needed[0] < 120  # what does not grow with the batch is in it, too
    assert needed[0] > 20 * example[0].nbytes * 5
    assert all(torch.equal(x, before[key]) for key, x in model.state_dict().items())


def test_a_round_that_does_not_fit_is_a_sentence(little):
    model = models.build("dcgan", size=64, width=64)

    with pytest.raises(UserError, match=r"about [\d.]+ GiB of memory, and 0\.0 GiB are free: a sm"):
        memory.check_round(model, (torch.zeros(3, 64, 64),), 5000, "cpu")


def test_networks_that_do_not_fit_are_a_sentence(little):
    settings = loop.Settings("faces16", batch=4, steps=1)
    with pytest.raises(UserError, match="a smaller --size or --width needs less"):
        loop.new("dcgan", {"width": 100_000}, settings)


def test_a_scene_that_does_not_fit_is_a_sentence(little):
    model = models.build("singan", photo=(20, 30), min_size=8)
    with pytest.raises(UserError, match="a smaller --size needs less"):
        memory.check_drawing(
            lambda outline: outline.sample(1, (2000, 3000)),
            model,
            4 * 3 * 2000 * 3000,
            "a smaller --size needs less",
        )


def test_what_is_free_is_asked_of_the_machine_its_container_and_the_process(monkeypatch):
    known = {"of_the_machine": 9, "of_the_group": None, "of_the_process": 7}
    for name, value in known.items():
        monkeypatch.setattr(memory, name, lambda value=value: value)
    assert memory.free("cpu") == 7
    for name in known:
        monkeypatch.setattr(memory, name, lambda: None)
    assert memory.free("cpu") is None
    assert memory.free("mps") is None


def test_this_machine_says_what_is_free():
    found = memory.free("cpu")
    assert found is None or found > MEBIBYTE
