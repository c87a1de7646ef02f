"""The command `gan-minimal`. Nothing heavy is imported before a command needs it."""

import io
import sys

import typer

# each module adds its commands to `app`; the order here is the order in the help
from gan_minimal.cli import (  # isort: skip
    showing, training, drawing, photographs, styles, editing, measuring
)  # fmt: skip
from gan_minimal.cli.common import app
from gan_minimal.errors import UserError

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
        app()
    except UserError as error:
        leave(str(error))
    except OSError as error:  # a file where a folder should be, a missing permission, a full disk
        leave(f"{error.strerror}: {error.filename}" if error.strerror else str(error))


def leave(message: str) -> None:
    """End the program with one sentence about what the user can put right."""
    typer.echo(f"gan-minimal: {message}", err=True)
    sys.exit(2)
