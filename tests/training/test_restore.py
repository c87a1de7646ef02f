"""A run goes back to where a checkpoint was, or a sentence says what is wrong with the file."""

import math
from collections.abc import Callable
from copy import deepcopy
from functools import cache
from typing import Any

import pytest
import torch

from gan_minimal import data
from gan_minimal.errors import UserError
from gan_minimal.training import checkpoint, loop, restore
from gan_minimal.training.loop import Settings
from tests.training.comparing import same

SMALL = {"size": 16, "channels": 3, "latent": 4, "hidden": 16, "units": 4}  # arguments of `gan`
TINY = {"size": 16, "width": 4, "latent": 4}  # arguments of `dcgan`


@cache
def trained() -> dict[str, Any]:
    """Return what the checkpoint of a small run holds after a round."""
    settings = Settings("faces16", batch=8, steps=1, ema=0.9)
    run = loop.new("dcgan", TINY, settings)
    loop.train(run, data.load("faces16"), settings, quiet=True)
    return loop.contents(run, "dcgan", TINY, settings)


def test_what_is_whole_is_put_back(tmp_path):
    path = tmp_path / "checkpoint.pt"
    checkpoint.save(path, trained())

    run, content, settings = loop.resume(path)

    assert (run.step, settings.ema) == (1, 0.9)
    again = loop.contents(run, content["name"], content["arguments"], settings)
    assert same(content, {"format": checkpoint.FORMAT, **again})


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"arguments": TINY | {"width": 8}}, "of another size"),
        ({"arguments": TINY | {"width": 10**5}}, "of another size"),  # it would fill the memory
        ({"arguments": TINY | {"depth": 3}}, "not a whole checkpoint of this version"),
        ({"settings": {"data": "faces16", "batch": 8, "steps": 9, "lr": 1}}, "of this version"),
        ({"name": "gan", "arguments": SMALL}, "of another model"),
        ({"name": "dcgam"}, "did you mean 'dcgan'"),
    ],
)
def test_a_checkpoint_that_does_not_fit_its_own_model_is_refused(change, sentence, tmp_path):
    content = trained()
    checkpoint.save(tmp_path / "checkpoint.pt", content | change)

    with pytest.raises(UserError, match=sentence):
        loop.resume(tmp_path / "checkpoint.pt")


def moment(content, name):
    """The moment `name` of the first of the generator's parameters."""
    return content["optimizers"]["generator"]["state"][0][name]


def put(*places: Any) -> Callable[[dict[str, Any]], object]:
    """Return what puts the last of `places` where the others lead to."""

    def change(content):
        for place in places[:-2]:
            content = content[place]
        content[places[-2]] = places[-1]

    return change


FIRST = ("optimizers", "generator", "state", 0)
GROUP = ("optimizers", "generator", "param_groups", 0)
DAMAGES = {
    "data of another kind": put("data", {"examples": "8192", "sum": ""}),
    "data that is none": put("data", 7),
    "no settings": lambda content: content.pop("settings"),
    "no name": lambda content: content.pop("name"),
    "no model": lambda content: content.pop("model"),
    "no optimiser": lambda content: content["optimizers"].pop("generator"),
    "no random state": lambda content: content.pop("random"),
    "no average": put("average", None),
    "no moment": lambda content: content["optimizers"]["generator"]["state"][0].pop("exp_avg"),
    "a model that is a list": put("name", [1]),
    "a path for a model": put("name", "../x"),
    "a width that is text": put("arguments", "width", "96"),
    "a negative width": put("arguments", "width", -3),
    "weights that are whole numbers": lambda content: content.update(
        model={name: weights.int() for name, weights in content["model"].items()}
    ),
    "weights of half precision": lambda content: content.update(
        model={n: w.half() if w.is_floating_point() else w for n, w in content["model"].items()}
    ),
    "a weight that is not finite": lambda content: next(
        weights for weights in content["average"].values() if weights.is_floating_point()
    ).fill_(math.nan),
    "a moment that is not finite": lambda content: moment(content, "exp_avg_sq").fill_(math.inf),
    "a moment of another size": put(*FIRST, "exp_avg", torch.zeros(3)),
    "a moment of another type": lambda content: put(
        *FIRST, "exp_avg", moment(content, "exp_avg").double()
    )(content),
    "moments that are a number": put(*FIRST, 3),
    "moments of a parameter too many": lambda content: content["optimizers"]["generator"][
        "state"
    ].update({99: {}}),
    "a learning rate that is text": put(*GROUP, "lr", "high"),
    "betas that are one number": put(*GROUP, "betas", 0.9),
    "a negative learning rate": put(*GROUP, "lr", -0.1),
    "a decay above one": put(*GROUP, "betas", (0.5, 9.0)),
    "a switch that is text": put(*GROUP, "foreach", "x"),
    "a square below zero": lambda content: moment(content, "exp_avg_sq").fill_(-1),
    "negative rounds of a parameter": lambda content: moment(content, "step").fill_(-5),
    "an average of negative rounds": lambda content: content["average"]["n_averaged"].fill_(-3),
    "a sparse tensor": lambda content: content.update(more=torch.ones(3).to_sparse()),
    "losses of a round to come": put("losses", "step", [50]),
    "layers without end": lambda content: content.update(
        name="clip", arguments={"vision_layers": 10**8}
    ),
    "a learning rate that rises below zero": put("arguments", "lr_decay", (5, 3)),
    "a batch without end": put("settings", "batch", 10**30),
    "a change that nobody knows": put("settings", "augment", "evil"),
    "parameters in another order": lambda content: content["optimizers"]["generator"][
        "param_groups"
    ][0]["params"].reverse(),
    "rounds that are text": put("step", "x"),
    "half a round": put("step", 0.5),
    "negative rounds": put("step", -7),
    "more rounds than planned": put("step", 10**30),
    "steps that are text": put("settings", "steps", "900"),
    "a negative seed": put("settings", "seed", -1),
    "a seed that is not whole": put("settings", "seed", 1.5),
    "no name of the data": put("settings", "data", None),
    "an unknown precision": put("settings", "precision", "float16"),
    "losses of something else": put("losses", {"q": 1}),
    "no losses": put("losses", None),
    "losses that are text": put("losses", "window", {"generator": ["x"]}),
    "windows without losses": put("losses", "players", {"generator": [0.5, 0.5]}),
    "too short a random state": put("random", "cpu", torch.zeros(7, dtype=torch.uint8)),
}


@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_checkpoint_with_a_wrong_value_is_refused_in_a_sentence(damage, tmp_path):
    path = tmp_path / "checkpoint.pt"
    content = deepcopy(trained())
    damage(content)
    checkpoint.save(path, content)

    with pytest.raises(UserError) as refusal:
        loop.resume(path)
    assert str(refusal.value).startswith(str(path))
    assert str(refusal.value).endswith((".", "?"))


def test_a_run_on_a_device_that_is_not_there_goes_on_on_the_cpu(tmp_path):
    path = tmp_path / "checkpoint.pt"
    content = deepcopy(trained())
    content["settings"]["device"] = "cuda:7"  # no machine of the tests has that many
    checkpoint.save(path, content)

    for device in (None, "cpu"):
        _, _, settings = loop.resume(path, device)
        assert settings.device == "cpu"
    with pytest.raises(UserError, match="This machine has no device 'cuda:7'"):
        loop.resume(path, "cuda:7")


class Device:
    """Stands in for a kind of device with several of them, each with a state of its own."""

    def __init__(self) -> None:
        self.states = {index: torch.full((4,), index, dtype=torch.uint8) for index in range(3)}

    def get_rng_state(self, device: torch.device) -> torch.Tensor:
        return self.states[device.index or 0].clone()

    def set_rng_state(self, state: torch.Tensor, device: torch.device) -> None:
        self.states[device.index or 0] = state.clone()


def test_the_random_numbers_of_the_named_device_are_kept(monkeypatch):
    devices = Device()
    monkeypatch.setattr(torch, "get_device_module", lambda kind: devices)

    state = restore.random_state("cuda:1")
    devices.states[1].zero_()
    restore.set_random_state(state, "cuda:1")

    assert state["cuda"].tolist() == [1, 1, 1, 1]
    assert [devices.states[i][0].item() for i in range(3)] == [0, 1, 2]


def test_the_random_numbers_of_another_kind_of_device_are_left_out(monkeypatch):
    devices = Device()
    monkeypatch.setattr(torch, "get_device_module", lambda kind: devices)
    state = restore.random_state("cuda:1")

    restore.set_random_state(state, "cpu")  # a run goes on on a laptop

    assert [devices.states[i][0].item() for i in range(3)] == [0, 1, 2]
