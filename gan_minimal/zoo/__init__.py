"""Recorded runs: for each a JSON file that says how it was made and a file of its weights."""

import hashlib
from pathlib import Path
from typing import Any, TypeVar, overload

from torch import nn

from gan_minimal import files, models
from gan_minimal.errors import UserError, nearest
from gan_minimal.models.protocol import Model
from gan_minimal.training import checkpoint

T = TypeVar("T")

FOLDER = Path(__file__).parent


def names() -> list[str]:
    """Return the names of all recorded runs, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name: str) -> dict[str, Any]:
    """Return what is recorded of run `name`: settings, seed, metrics, losses, machine, date.

    Raises:
        UserError: If there is no such run; the message names the nearest one.
    """
    if name not in names():
        raise UserError(f"There is no recorded run {name!r}: {nearest(name, names())}")
    return files.read_json(FOLDER / f"{name}.json")


def write(name: str, record: dict[str, Any]) -> None:
    """Write what is recorded of run `name`."""
    files.write_json(FOLDER / f"{name}.json", record)


@overload
def load(name: str) -> Model: ...
@overload
def load(name: str, kind: type[T]) -> T: ...
def load(name: str, kind: type[Any] = nn.Module) -> Any:
    """Return the model of recorded run `name` with its weights, in evaluation mode.

    Only the networks that sampling needs are stored; the others (a discriminator, say) hold fresh
    random weights.

    Args:
        name: One of `names()`.
        kind: The class that the model has to have, for those who need more than the protocol.

    Raises:
        UserError: If there is no such run, it is of another kind, or its weights are damaged.
    """
    record = read(name)
    path = FOLDER / f"{name}.safetensors"
    weights = checkpoint.load_weights(path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != record["weights_sha256"]:
        raise UserError(f"{path} is damaged: install the package again.")
    model = models.build(record["model"], **record["settings"]["model"])
    if not isinstance(model, kind):
        raise UserError(f"{name} is a {type(model).__name__}, not a {kind.__name__}.")
    checkpoint.put_weights(stored(model), weights, path)
    return model.eval()


def stored(model: Model) -> nn.ModuleDict:
    """Return the parts of `model` whose weights a recorded run stores: its `recorded` ones."""
    return nn.ModuleDict({part: model.get_submodule(part) for part in model.recorded})
