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
SHAPE = {
    **dict.fromkeys(("name", "model", "preset", "weights_sha256"), str),
    **dict.fromkeys(("seed", "steps"), int),
    "seconds": float,
    "settings": {"model": {}, "train": {"data": str, "steps": int, "precision": str}},
    "parameters": {str: int},
    "first_steps": [{str: float}],
    "losses": {str: [float]},
    "environment": {
        **dict.fromkeys(("torch", "python", "processor", "date"), str),
        "threads": int,
    },
    "metrics": {str: {"value": float, "tolerance": float}},
}
"""What every record holds; newer ones have `pictures`, too: the sums of the run's pictures."""
REPAIR = "install the package again, or in a clone run `git checkout -- gan_minimal/zoo`"


def names() -> list[str]:
    """Return the names of all recorded runs, sorted."""
    return sorted(path.stem for path in FOLDER.glob("*.json"))


def read(name: str) -> dict[str, Any]:
    """Return what is recorded of run `name`: settings, seed, metrics, losses, machine, date.

    Raises:
        UserError: If there is no such run (the message names the nearest one), or its record is
            damaged.
    """
    files.finish(FOLDER)
    if name not in names():
        raise UserError(f"There is no recorded run {name!r}: {nearest(name, names())}")
    return files.read_record(FOLDER / f"{name}.json", SHAPE, REPAIR)


def write(name: str, record: dict[str, Any]) -> None:
    """Write what is recorded of run `name`."""
    files.write_record(FOLDER / f"{name}.json", record)


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
    return opened(read(name), FOLDER / f"{name}.safetensors", kind)


def opened(record: dict[str, Any], path: Path, kind: type[Any] = nn.Module) -> Any:
    """Return the model of a record with the weights of a file; see `load`."""
    weights = checkpoint.load_weights(path)
    if hashlib.sha256(path.read_bytes()).hexdigest() != record["weights_sha256"]:
        raise UserError(f"{path} is damaged: {REPAIR}.")
    try:
        model = models.build(record["model"], **record["settings"]["model"])
    except UserError:
        raise
    except (ArithmeticError, LookupError, RuntimeError, TypeError, ValueError):
        raise UserError(f"{path.with_suffix('.json')} is damaged: {REPAIR}.") from None
    if not isinstance(model, kind):
        raise UserError(f"{path.stem} is a {type(model).__name__}, not a {kind.__name__}.")
    checkpoint.put_weights(stored(model), weights, path)
    return model.eval()


def stored(model: Model) -> nn.ModuleDict:
    """Return the parts of `model` whose weights a recorded run stores: its `recorded` ones."""
    return nn.ModuleDict({part: model.get_submodule(part) for part in model.recorded})
