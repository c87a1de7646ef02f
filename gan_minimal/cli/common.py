"""What the commands share: the application, common options and small helpers."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_minimal.errors import UserError

if TYPE_CHECKING:
    from torch import nn

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

LARGEST_SIDE = 16_383  # pixels; WebP can hold no more, and memory hardly


def trained_model(name: str) -> tuple["nn.Module", str]:
    """Return a recorded run's model, or the one in the folder of a run, and its data's name."""
    from gan_minimal import zoo
    from gan_minimal.training import loop

    if (Path(name) / "checkpoint.pt").exists():
        run, _, settings = loop.resume(Path(name) / "checkpoint.pt", device="cpu")
        return run.sampler, settings.data
    return zoo.load(name), zoo.read(name)["settings"]["train"]["data"]


def shape_of(model: "nn.Module") -> tuple[Any, int]:
    """Return the size and the channels of the images that `model` learns from.

    The size is one number for squares, or the height and width of a photograph.
    """
    return model.size, model.channels  # type: ignore[return-value]


def scale_of(size: int) -> int:
    """Return the enlargement at which an image of `size` pixels is easily seen: about 64."""
    return max(1, 64 // size)


def check_picture(out: Path) -> None:
    """Refuse the name of a picture that could not be written, before any work is done.

    Raises:
        UserError: If it ends neither with .png nor with .webp.
    """
    if out.suffix not in (".png", ".webp"):
        raise UserError(
            f"--out ends with .png or .webp, not {out.suffix or 'without an ending'!r}."
        )


def check_animation(out: Path) -> None:
    """Refuse the name of an animation that could not be written.

    Raises:
        UserError: If it does not end with .webp.
    """
    if out.suffix != ".webp":
        raise UserError(f"--out ends with .webp, not {out.suffix or 'without an ending'!r}.")


def check_width(width: int) -> None:
    """Refuse a picture that would be too wide.

    Raises:
        UserError: If WebP could not hold it.
    """
    if width > LARGEST_SIDE:
        raise UserError(f"The picture would be {width:,} pixels wide: choose a smaller --scale.")


def checkout() -> Path:
    """Return the root of the repository that this package lies in.

    Raises:
        UserError: If the package is installed without the pages.
    """
    root = Path(__file__).parents[2]
    if not (root / "docs").is_dir():
        raise UserError(
            "Recording writes the site's pages too: run it in a clone of the repository."
        )
    return root


def show(table: Any) -> None:
    """Print a table as wide as the terminal, and wide enough for a file."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 120).print(table)
