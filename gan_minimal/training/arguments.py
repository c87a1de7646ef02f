"""What the arguments of a model can be, before it is built, and which of them is to blame after.

The class of a model says by its type hints of which kind its arguments are, and by ValueErrors what
it cannot be built with. What else goes wrong, a division by zero say, is blamed on an argument if
it goes well with the value that the argument usually has; if with none, the fault is ours.
"""

import inspect
import reprlib
import warnings
from collections.abc import Callable, Mapping
from types import NoneType, UnionType
from typing import Any, get_args, get_origin, get_type_hints

import torch
from torch.utils._python_dispatch import TorchDispatchMode

from gan_minimal import models
from gan_minimal.errors import UserError, nearest, sentence
from gan_minimal.models.protocol import Model

LARGEST = 2**31 - 1  # of whole numbers: what is larger overflows somewhere
HUGE = 1e38  # of other numbers: float32 holds three times as much
HALVINGS = 30  # of an image: none is left with a pixel
MOST = 20_000  # operations that make a network: the largest here takes a few hundred

ONE = {
    int: "a whole number from 0 to 2**31 - 1",
    float: "a number from 0 to 1e38",
    bool: "True or False",
    str: "a name",
    NoneType: "None",
}
SEVERAL = {int: "whole numbers", float: "numbers"}


def class_of(name: str) -> type[Any]:
    """Return the class of model `name`."""
    kind: type[Any] = getattr(models.get(name), models.MODELS[name].kind)
    return kind


def parameters(name: str) -> dict[str, inspect.Parameter]:
    """Return the arguments of a model's class, by their names."""
    return dict(inspect.signature(class_of(name)).parameters)


def check(name: str, arguments: Mapping[str, Any]) -> None:
    """Refuse arguments that a model does not have, and values of another kind or range.

    Raises:
        UserError: Naming the argument and what it has to be, or the nearest one.
    """
    wrong = complaint(name, arguments)
    if wrong:
        raise UserError(wrong)


def complaint(name: str, arguments: Mapping[str, Any]) -> str:
    """Return what is wrong with the kinds and ranges of arguments, or an empty string."""
    known, hints = parameters(name), get_type_hints(class_of(name).__init__)
    for key, value in arguments.items():
        if key not in known:
            return f"{name} has no argument {key!r}: {nearest(key, list(known))}"
        if not fits(value, hints[key]):
            example = known[key].default
            such = f" such as {example!r}" if isinstance(example, tuple) else ""
            return f"{key} of {name} is {called(hints[key])}{such}, not {reprlib.repr(value)}."
        if key.endswith("downsamplings") and value > HALVINGS:
            return (
                f"{key} of {name} is at most {HALVINGS}, since each halves the image, not {value}."
            )
        if key in models.MODELS[name].lr_rounds and isinstance(value, list | tuple):
            first, last = value
            if first >= last:  # the learning rate would be negative
                return (
                    f"{key} of {name} is the round in which the learning rate begins to fall and "
                    f"a later one in which it is zero, not {value}."
                )
    return ""


def fits(value: Any, hint: Any) -> bool:
    """Say whether a value is of the kind that a type hint names, and its numbers in their range."""
    inner = get_args(hint)
    if hint in (int, float):
        return type(value) in (int, hint) and 0 <= value <= (LARGEST if hint is int else HUGE)
    if hint in ONE:
        return type(value) is hint
    if get_origin(hint) is UnionType:
        return any(fits(value, each) for each in inner)
    if get_origin(hint) is dict:
        return isinstance(value, dict) and all(
            fits(key, inner[0]) and fits(each, inner[1]) for key, each in value.items()
        )
    if not isinstance(value, list | tuple) or not all(fits(each, inner[0]) for each in value):
        return False
    return len(inner) == 1 or inner[-1] is ... or len(value) == len(inner)


def called(hint: Any) -> str:
    """Return what a type hint asks for, in words."""
    inner = get_args(hint)
    if hint in ONE:
        return ONE[hint]
    if get_origin(hint) is UnionType:
        return " or ".join(map(called, inner))
    if get_origin(hint) is dict:
        return f"names with {SEVERAL[inner[1]]} such as {{'hair': 8}}"
    if get_origin(hint) is tuple and inner[-1] is not ...:
        return f"{('', '', 'two', 'three')[len(inner)]} {SEVERAL[inner[0]]} from 0 on in brackets"
    return f"{SEVERAL[inner[0]]} from 0 on in brackets"


def converted(name: str, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return arguments that `check` has passed as the model's class wants them.

    Whole numbers become floats, and lists tuples, where the type hints say so.
    """
    hints = get_type_hints(class_of(name).__init__)
    return {key: convert(value, hints[key]) for key, value in arguments.items()}


def convert(value: Any, hint: Any) -> Any:
    """Return a value as a type hint wants it."""
    inner = get_args(hint)
    if get_origin(hint) is UnionType:
        return next(convert(value, each) for each in inner if fits(value, each))
    if get_origin(hint) is tuple:
        return tuple(convert(each, inner[0]) for each in value)
    return float(value) if hint is float else value


class Patience(TorchDispatchMode):
    """Ends what computes for too long: a network of more layers than anybody means."""

    def __init__(self) -> None:
        """Begin to count."""
        super().__init__()  # type: ignore[no-untyped-call]  # of torch
        self.count = 0

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        self.count += 1
        if self.count > MOST:
            raise UserError("A network of so many layers cannot be trained: fewer of them will do.")
        return function(*args, **(kwargs or {}))


def outline(name: str, arguments: Mapping[str, Any]) -> Model:
    """Build a model on the device `meta`: it takes no memory, however large it would be.

    Raises:
        UserError: If it has more layers than anybody means.
        ValueError: If a layer has no weights at all, or the model's class says so.
    """
    with torch.device("meta"), Patience(), warnings.catch_warnings(action="ignore"):
        model = models.build(name, **arguments)
    if not all(weights.numel() for weights in model.parameters()):
        raise ValueError("a layer would have no weights")
    return model


def built(name: str, arguments: Mapping[str, Any]) -> Model:
    """Return the outline of a model, or say which argument it cannot be built with.

    Raises:
        UserError: If it cannot be built like that.
    """
    check(name, arguments)

    def build(arguments: Mapping[str, Any]) -> Model:
        model = outline(name, arguments)
        model.optimizers()
        return model

    try:
        return build(arguments)
    except Exception as error:
        if sentence(error) is not None:
            raise
        fault = blamed(name, arguments, error, build)
        if fault is None and isinstance(error, ValueError):
            fault = UserError(f"{name} cannot be built like that: {error}.")
        if fault is None:
            raise
        raise fault from error


def blamed(
    name: str, arguments: Mapping[str, Any], error: Exception, works: Callable[[Any], object]
) -> UserError | None:
    """Return a sentence about the argument that an error comes from, or None if it is from none.

    Args:
        name: The model.
        arguments: Its arguments.
        error: What went wrong with them.
        works: Does the same with other arguments, and goes wrong or not.
    """
    known = usual(name)
    odd = [key for key, value in arguments.items() if value not in known[key]]
    others = [key for key in arguments if key not in odd]
    changes = [{key: other} for key in odd + others for other in known[key]]
    for change in [*changes, {key: known[key][0] for key in odd}]:
        if all(arguments[key] == other for key, other in change.items()):
            continue
        try:
            works({**arguments, **change})
        except Exception:
            continue
        wrong = ", ".join(f"{key}={reprlib.repr(arguments[key])}" for key in change)
        if isinstance(error, ValueError):  # a sentence of the model's
            return UserError(f"{name} cannot be built with {wrong}: {error}.")
        right = ", ".join(f"{key}={other!r}" for key, other in change.items())
        return UserError(f"{name} cannot learn with {wrong}; with {right} it can.")
    return None


def usual(name: str) -> dict[str, list[Any]]:
    """Return the values that each argument of a model has in its presets, and by default."""
    presets = [preset["model"] for preset in models.get(name).PRESETS.values()]
    return {
        key: [preset[key] for preset in presets if key in preset]
        + ([] if each.default is inspect.Parameter.empty else [each.default])
        for key, each in parameters(name).items()
    }
