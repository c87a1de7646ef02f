"""What a checkpoint must hold before a run goes back to it.

Whatever is wrong with it is found here: later it would be used silently, or end the process in the
middle of a round. The functions raise what Python and torch raise; `checkpoint.refused` makes a
sentence of it.
"""

from copy import deepcopy
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from gan_minimal.training.loss_log import Losses


def put_optimizer(optimizer: Optimizer, state: dict[str, Any]) -> None:
    """Put back the state of an optimiser.

    Raises:
        ValueError: If a moment is not as it is after a round, or a setting is of another type or
            out of its range.
        LookupError: If something is missing.
    """
    blank = deepcopy(optimizer)  # its state after a round says how the real one has to look
    for group in blank.param_groups:
        for weights in group["params"]:
            weights.grad = torch.full_like(weights, -1.0)
    blank.step()
    expected = blank.state_dict()

    for own, stored in zip(expected["param_groups"], state["param_groups"], strict=True):
        if own["params"] != stored["params"]:
            raise ValueError("parameters")
        for key in own.keys() & stored.keys():  # versions of torch have more or fewer
            if kind(own[key]) != kind(stored[key]) and None not in (own[key], stored[key]):
                raise ValueError(key)
            if key != "params" and not in_range(stored[key]):
                raise ValueError(key)
    for index, moments in state["state"].items():  # a layer that took no part yet has none
        wanted = expected["state"][index]
        if moments.keys() != wanted.keys():
            raise ValueError("moments")
        for name, moment in moments.items():
            if (moment.shape, moment.dtype) != (wanted[name].shape, wanted[name].dtype):
                raise ValueError(name)
            # what a negative gradient leaves at zero or above is a square, or counts rounds
            if (wanted[name] >= 0).all() and not (moment >= 0).all():
                raise ValueError(name)
    optimizer.load_state_dict(state)


def in_range(value: Any) -> bool:
    """Say whether a setting of an optimiser can be one: a rate, several decays, a switch."""
    if isinstance(value, list | tuple):  # Adam's decays
        return all(type(each) in (int, float) and 0 <= each < 1 for each in value)
    return value is None or type(value) is bool or (type(value) in (int, float) and value >= 0)


def kind(value: Any) -> Any:
    """Return the type of a setting of an optimiser, for which all numbers are of one."""
    if isinstance(value, list | tuple):
        return [kind(each) for each in value]
    return float if type(value) is int else type(value)


def step_of(content: dict[str, Any], steps: int) -> int:
    """Return how many rounds have been played.

    Raises:
        ValueError: If it is no whole number from 0 to `steps`.
    """
    step = content["step"]
    if type(step) is not int or not 0 <= step <= steps:
        raise ValueError("step")
    return step


def losses_of(content: dict[str, Any], last: int) -> Losses:
    """Return the losses noted up to round `last`.

    Raises:
        ValueError: If they are no numbers, not one of each player for each window, or of other
            rounds.
    """
    losses = Losses(**content["losses"])
    lists = [*losses.players.values(), *losses.window.values()]
    if not all(type(step) is int for step in losses.step):
        raise ValueError("step")
    if sorted({*losses.step, 0}) != [0, *losses.step] or max(losses.step, default=0) > last:
        raise ValueError("step")
    if losses.step and not losses.players:
        raise ValueError("players")
    if not all(isinstance(each, list) and set(map(type, each)) <= {float} for each in lists):
        raise ValueError("losses")
    if any(len(means) != len(losses.step) for means in losses.players.values()):
        raise ValueError("players")
    return losses


def check_data(stored: dict[str, Any] | None) -> None:
    """Refuse what does not say which data a run has learnt from; older checkpoints say nothing.

    Raises:
        ValueError: If it is something else.
    """
    if stored is not None and {key: type(value) for key, value in stored.items()} != {
        "examples": int,
        "sum": str,
    }:
        raise ValueError("data")


def random_state(device: str) -> dict[str, Tensor]:
    """Return the state of the random numbers of the CPU and of `device`."""
    state = {"cpu": torch.get_rng_state()}
    where = torch.device(device)
    if where.type != "cpu":
        state[where.type] = torch.get_device_module(where.type).get_rng_state(where)
    return state


def set_random_state(state: dict[str, Tensor], device: str) -> None:
    """Put back what `random_state` returned; a state of another kind of device is left out."""
    torch.set_rng_state(state["cpu"])
    where = torch.device(device)
    if where.type != "cpu" and where.type in state:
        torch.get_device_module(where.type).set_rng_state(state[where.type], where)
