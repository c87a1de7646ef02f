"""The command `gan-minimal`. Nothing heavy is imported before a command needs it."""

import io
import re
import sys
from contextlib import suppress
from itertools import pairwise
from pathlib import Path

import typer

from gan_minimal import files

# each module adds its commands to `app`; the order here is the order in the help
from gan_minimal.cli import (  # isort: skip
    showing, training, drawing, photographs, styles, editing, measuring
)  # fmt: skip
from gan_minimal.cli.common import app, until_the_end
from gan_minimal.errors import UserError, sentence

__all__ = [
    "app",
    "drawing",
    "editing",
    "main",
    "measuring",
    "photographs",
    "showing",
    "styles",
    "training",
]


def main() -> None:
    """Run the command; an error that the user can put right is one sentence and exit code 2."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):  # what a terminal cannot show stops no command
            stream.reconfigure(errors="backslashreplace")
    try:
        for before, word in pairwise(sys.argv):
            if (word == "" and before != "--text") or re.fullmatch(r"--(?!text)[a-z-]+=", word):
                raise UserError(
                    "One of the words is empty: give it a value, or leave its option out."
                )
        sys.argv[1:] = map(spelled, sys.argv[1:])
        with until_the_end:
            app()
    except Exception as error:
        said = sentence(error)
        if said is None:
            raise
        leave(said)


def spelled(word: str) -> str:
    """Return a word of the command line; what names a file, as the file's name is spelled."""
    option, sign, value = word.partition("=") if word.startswith("--") else ("", "", word)
    with suppress(OSError):  # a text can be too long for a name
        if not value.isascii() and (path := files.spelled(Path(value))).exists():
            return f"{option}{sign}{path}"
    return word


def leave(message: str) -> None:
    """End the program with one sentence about what the user can put right.

    Words of thousands of letters, which it may repeat, are cut short.
    """
    message = re.sub(r"(\S{500})\S+", r"\1...", message)
    typer.echo(f"gan-minimal: {message}", err=True)
    sys.exit(2)
