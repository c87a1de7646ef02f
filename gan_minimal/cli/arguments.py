"""The arguments of a model on the command line: `--set name=value`, and their help."""

import inspect
from ast import literal_eval
from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand

from gan_minimal.errors import UserError, nearest

KINDS: dict[Any, tuple[tuple[type, ...], str]] = {
    int: ((int,), "a whole number"),
    float: ((int, float), "a number"),
    bool: ((bool,), "True or False"),
}
"""What is checked of an argument's value, by the kind that the model wants."""


class ModelHelp(TyperCommand):
    """A command whose help lists the arguments of the model that is named before `--help`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the words of the command line: help is written before they are understood."""
        ctx.meta["words"] = list(args)
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments of the first model or recorded run among the words."""
        from gan_minimal import models

        known = {name: name for name in models.names()}
        known |= {run: name for run, (name, _) in models.runs().items()}
        name = next((known[word] for word in ctx.meta.get("words", ()) if word in known), None)
        if name is None:
            return
        about = explained(name)
        with formatter.section(f"Arguments of {name}, for --set"):
            formatter.write_dl(
                [
                    (f"{each}={value.default!r}", about.get(each, ""))
                    if value.default is not inspect.Parameter.empty
                    else (each, about.get(each, ""))
                    for each, value in parameters(name).items()
                ]
            )


def parameters(name: str) -> dict[str, inspect.Parameter]:
    """Return the arguments of a model's class, by their names."""
    from gan_minimal import models

    kind = getattr(models.get(name), models.MODELS[name].kind)
    return dict(inspect.signature(kind).parameters)


def explained(name: str) -> dict[str, str]:
    """Return what the docstring of a model's class says of each argument."""
    from gan_minimal import models

    text = inspect.getdoc(getattr(models.get(name), models.MODELS[name].kind)) or ""
    about: dict[str, str] = {}
    last = ""
    for line in text.partition("Args:\n")[2].splitlines():
        if not line.startswith("    "):
            break
        word, colon, rest = line.strip().partition(": ")
        if line.startswith("     ") or not colon:
            about[last] += f" {line.strip()}"
        else:
            last = word
            about[last] = rest
    return about


def given_arguments(
    name: str, pairs: list[str], options: dict[str, int | float | None]
) -> dict[str, Any]:
    """Return the arguments of a model that a person has asked for.

    Args:
        name: The model.
        pairs: Each `name=value`, with a value in Python's notation.
        options: Arguments that have an option of their own; None for those not asked for.

    Raises:
        UserError: If the model has no such argument, or a value cannot be read or is given twice.
    """
    own = {key: value for key, value in options.items() if value is not None}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        key = key.strip()
        try:
            value = literal_eval(text.strip())
        except (ValueError, SyntaxError):
            equals = ""
        if not equals:
            raise UserError(
                f"--set takes a name and a value such as lr=0.0002 or classes=(3,), not {pair!r}."
            )
        if own.setdefault(key, value) != value:
            raise UserError(f"{key} is given twice, as {own[key]!r} and as {value!r}: choose one.")
    return own and checked(name, own)


def checked(name: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Refuse arguments that a model does not have, and numbers that are none.

    Raises:
        UserError: Naming the nearest argument, or the kind of the value.
    """
    known = parameters(name)
    for key, value in arguments.items():
        if key not in known:
            raise UserError(f"{name} has no argument {key!r}: {nearest(key, list(known))}")
        kind = known[key].annotation
        if kind in KINDS:
            right, called = KINDS[kind]
            if type(value) not in right:
                raise UserError(f"{key} of {name} is {called}, not {value!r}.")
    return arguments


def stretched(
    model: str, arguments: dict[str, Any], names: Iterable[str], factor: float
) -> dict[str, int | tuple[int, ...]]:
    """Return those of a model's arguments that count rounds, for a longer or shorter run.

    Args:
        model: The model.
        arguments: Its arguments; the others are by default what they are.
        names: Which of them count rounds; those that are None or 0 are left out.
        factor: How many times as long the run is.
    """
    known = parameters(model)
    counts = {key: arguments.get(key, known[key].default) for key in names}
    return {
        key: max(1, round(value * factor))
        if isinstance(value, int)
        else tuple(round(each * factor) for each in value)
        for key, value in counts.items()
        if value
    }


def told(arguments: dict[str, Any]) -> str:
    """Return arguments as they are told to a person: `width 32, size 64`."""
    return ", ".join(f"{key} {value}" for key, value in arguments.items())
