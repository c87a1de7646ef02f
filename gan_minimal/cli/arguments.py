"""The arguments of a model on the command line: `--set name=value`, and their help."""

import inspect
import reprlib
from ast import literal_eval
from collections.abc import Iterable
from typing import Any

from typer.core import TyperCommand

from gan_minimal.errors import UserError


class ModelHelp(TyperCommand):
    """A command whose help lists the arguments of the model that is named before `--help`."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Keep the words of the command line: help is written before they are understood."""
        ctx.meta["words"] = list(args)
        return super().parse_args(ctx, args)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the arguments of the first model or recorded run among the words."""
        from gan_minimal import models
        from gan_minimal.training.arguments import parameters

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


def explained(name: str) -> dict[str, str]:
    """Return what the docstring of a model's class says of each argument."""
    from gan_minimal.training.arguments import class_of

    text = inspect.getdoc(class_of(name)) or ""
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
        UserError: If the model has no such argument, or a value cannot be read, is of another kind
            or is given twice.
    """
    from gan_minimal.training.arguments import check, converted

    own: dict[str, Any] = {key: value for key, value in options.items() if value is not None}
    for pair in pairs:
        key, equals, text = pair.partition("=")
        key = key.strip()
        try:
            value = literal_eval(text.strip())
        except (ValueError, SyntaxError, TypeError, RecursionError, MemoryError):
            equals = ""
        if not equals:
            raise UserError(
                "--set takes a name and a value such as lr=0.0002 or classes=(3,), not "
                f"{reprlib.repr(pair)}."
            )
        if own.setdefault(key, value) != value:
            raise UserError(f"{key} is given twice, as {own[key]!r} and as {value!r}: choose one.")
    check(name, own)
    return converted(name, own)


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
    from gan_minimal.training.arguments import parameters

    known = parameters(model)
    counts = {key: arguments.get(key, known[key].default) for key in names}
    return {key: scaled(value, factor) for key, value in counts.items() if value}


def scaled(rounds: int | tuple[int, ...], factor: float) -> int | tuple[int, ...]:
    """Return so many times as many rounds; what came later in a run still does."""
    if isinstance(rounds, int):
        return max(1, round(rounds * factor))
    found: list[int] = []
    for each in rounds:
        found.append(max(round(each * factor), found[-1] + 1 if found else 0))
    return tuple(found)


def told(arguments: dict[str, Any]) -> str:
    """Return arguments as they are told to a person: `width 32, size 64`."""
    return ", ".join(f"{key} {value}" for key, value in arguments.items())
