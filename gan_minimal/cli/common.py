"""What the commands share: the application, common options and small helpers."""

import sys
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_minimal.errors import UserError
from gan_minimal.files import check_room

if TYPE_CHECKING:
    from gan_minimal.data import DataSet
    from gan_minimal.models.protocol import Model

app = typer.Typer(
    help="Minimal generative models that are really run, tested and measured.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)

Seed = Annotated[int, typer.Option(help="Seed of the random numbers.", min=0, max=2**32 - 1)]
Device = Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1 or mps.")]
Picture = Annotated[Path, typer.Option(help="A .png or .webp file.")]

until_the_end = ExitStack()
"""What a command has entered and leaves when it ends."""

LARGEST_SIDE = 16_383  # pixels; WebP can hold no more, and memory hardly


def trained_model(name: str, device: str | None = None) -> tuple["Model", str]:
    """Return the model of a recorded run, of a folder or a checkpoint of a run, and its data.

    The model is in evaluation mode, on `device` or by default on the CPU.

    Raises:
        UserError: If there is none of that name, the checkpoint is damaged, or there is no such
            device.
    """
    from gan_minimal.training import devices, loop

    where = device or "cpu"
    loop.check_device(where)
    trained, dataset = found_model(name)
    if where != "cpu":
        trained.to(where)
        until_the_end.enter_context(devices.Together(where))
    return trained, dataset


def found_model(name: str) -> tuple["Model", str]:
    """Return a trained model on the CPU, and its data; see `trained_model`."""
    from gan_minimal import zoo
    from gan_minimal.training import loop

    place = Path(name).expanduser()
    if place.is_dir() and not (place / "checkpoint.pt").exists() and name not in zoo.names():
        raise UserError(f"{place} holds no run: there is no checkpoint.pt in it.")
    path = place if place.suffix == ".pt" else place / "checkpoint.pt"
    if path.exists() or place.suffix == ".pt":
        run, _, settings = loop.resume(path, device="cpu")
        return run.sampler.eval(), settings.data
    return zoo.load(name), zoo.read(name)["settings"]["train"]["data"]


def runs_on(wanted: Callable[["DataSet"], bool]) -> str:
    """Return the names of the recorded runs whose data is as wanted, for a message."""
    from gan_minimal import data, zoo

    sets = {name: zoo.read(name)["settings"]["train"]["data"] for name in zoo.names()}
    return ", ".join(name for name, dataset in sets.items() if wanted(data.find(dataset)))


def scale_of(size: int) -> int:
    """Return the enlargement at which an image of `size` pixels is easily seen: about 64."""
    return max(1, 64 // size)


def check_picture(out: Path) -> None:
    """Refuse the name of a picture that could not be written, before any work is done.

    Raises:
        UserError: If it ends neither with .png nor with .webp.
    """
    if out.suffix.lower() not in (".png", ".webp"):
        raise UserError(
            f"--out ends with .png or .webp, not {out.suffix or 'without an ending'!r}."
        )
    check_place(out)


def check_animation(out: Path) -> None:
    """Refuse the name of an animation that could not be written.

    Raises:
        UserError: If it does not end with .webp.
    """
    if out.suffix.lower() != ".webp":
        raise UserError(f"--out ends with .webp, not {out.suffix or 'without an ending'!r}.")
    check_place(out)


def check_place(out: Path) -> None:
    """Refuse a file that could not be written, before any work is done.

    Raises:
        UserError: If it is a folder or something else that is no file, or its place is full or may
            not be written to.
    """
    if out.is_dir():
        raise UserError(f"--out {out} is a folder: name a file.")
    if out.exists() and not out.is_file():
        raise UserError(f"--out {out} is a pipe or a device: name a file.")
    check_room(out.parent, 2**20, 1)


def check_sides(width: int, height: int, scale: int) -> None:
    """Refuse a picture that would be too wide or too high.

    Args:
        width: Of the picture, before it is enlarged.
        height: The same.
        scale: Enlargement.

    Raises:
        UserError: If WebP could not hold it.
    """
    if max(width, height) * scale > LARGEST_SIDE:
        side = f"{width * scale:,} pixels wide"
        if width * scale <= LARGEST_SIDE:
            side = f"{height * scale:,} pixels high"
        less = "choose a smaller --scale" if max(width, height) <= LARGEST_SIDE else "draw less"
        raise UserError(f"The picture would be {side}: {less}.")


def pages() -> Path | None:
    """Return the folder of the site's pages, or None where the package is installed without."""
    docs = Path(__file__).parents[2] / "docs"
    return docs if docs.is_dir() else None


def checkout() -> Path:
    """Return the root of the repository that this package lies in.

    Raises:
        UserError: If the package is installed without the pages.
    """
    docs = pages()
    if docs is None:
        raise UserError(
            "Recording writes the site's pages too: run it in a clone of the repository."
        )
    return docs.parent


def show(table: Any) -> None:
    """Print a table as wide as the terminal, and wide enough for a file."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 120).print(table)
