"""What there is to do with a model of one photograph: `enlarge`, `retouch`, `animate`."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_minimal.cli.common import (
    LARGEST_SIDE,
    Device,
    Picture,
    Seed,
    app,
    check_animation,
    check_picture,
    trained_model,
)
from gan_minimal.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor

    from gan_minimal.models.protocol import Model
    from gan_minimal.models.singan import SinGAN

MOST_PIXELS = 6_000_000  # of one picture: a network's layers take a hundred times as many bytes

Own = Annotated[
    str, typer.Argument(help="A recorded run, such as singan, or your own one's folder.")
]


@app.command()
def enlarge(
    model: Own = "singan",
    picture: Annotated[
        Path | None, typer.Option("--input", help="Another picture than the photograph.")
    ] = None,
    times: Annotated[float, typer.Option(help="How many times as large.", min=1.1, max=16)] = 4,
    out: Picture = Path("enlarged.png"),
    seed: Seed = 0,
    device: Device = None,
) -> None:
    """Enlarge the photograph that a model has learnt from: super-resolution.

    Example: gan-minimal enlarge singan --times 4 --out large.png
    """
    check_picture(out)
    from gan_minimal.data.single_photo import reduced
    from gan_minimal.editing.singan import enlarge
    from gan_minimal.scoring.single_photo import photograph
    from gan_minimal.training import memory

    trained, dataset = photographer(model, device)
    given = photograph(trained, dataset) if picture is None else reduced(picture)
    check_pixels(round(given.shape[3] * times), round(given.shape[2] * times), "--times")
    memory.check_drawing(
        lambda outline: enlarge(outline, given.to("meta"), times),
        trained,
        round(given.nbytes * times**2),
        "a smaller --times needs less",
    )
    write(out, seeded(seed, enlarge, trained, given, times))


@app.command()
def retouch(
    picture: Annotated[Path, typer.Option("--input", help="Edited or painted.")],
    model: Own = "singan",
    start: Annotated[
        int | None, typer.Option(help="First scale to draw again; by default the middle one.")
    ] = None,
    mask: Annotated[
        Path | None, typer.Option(help="White where it was edited; the rest stays.")
    ] = None,
    out: Picture = Path("retouched.png"),
    seed: Seed = 0,
    device: Device = None,
) -> None:
    """Make an edit, something pasted in, or a painting look like the photograph.

    Example: gan-minimal retouch singan --input edited.png --mask mask.png --out retouched.png

    A low scale moves things, a high one only smooths. Paint to image:
    gan-minimal retouch singan --input painting.png --start 2
    """
    check_picture(out)
    from gan_minimal.data import single_photo
    from gan_minimal.editing.singan import retouch

    trained, _ = photographer(model, device)
    given = single_photo.shaped(picture, trained.size)
    where = None
    if mask is not None:
        where = (single_photo.shaped(mask, trained.size).mean(dim=1, keepdim=True) + 1) / 2
    start = len(trained.sizes) // 2 if start is None else start
    write(out, seeded(seed, retouch, trained, given, start, where))


@app.command()
def animate(
    model: Own = "singan",
    frames: Annotated[int, typer.Option(help="How many pictures.", min=2, max=200)] = 30,
    start: Annotated[int, typer.Option(help="First scale that moves.")] = 1,
    out: Annotated[Path, typer.Option(help="A .webp file.")] = Path("animation.webp"),
    seed: Seed = 0,
    device: Device = None,
) -> None:
    """Let the photograph move a little.

    Example: gan-minimal animate singan --frames 40 --out motion.webp
    """
    check_animation(out)
    from gan_minimal import images
    from gan_minimal.editing.singan import animate

    trained, _ = photographer(model, device)
    drawn = seeded(seed, animate, trained, frames, start)
    strip = [images.grid(frame[None], 1) for frame in drawn]
    images.save_animation(strip, out, milliseconds=100, limit=20_000_000)
    typer.echo(str(out))


def photographer(name: str, device: str | None) -> tuple["SinGAN", str]:
    """Return a trained model of one photograph, and its data's name.

    Raises:
        UserError: If the model is of another kind.
    """
    from gan_minimal.models.singan import SinGAN

    trained, dataset = trained_model(name, device)
    if not isinstance(trained, SinGAN):
        raise UserError(f"{name} has not learnt from one photograph; singan has.")
    return trained, dataset


def samples(model: "Model", name: str, n: int, size: str | None, start: int, seed: int) -> "Tensor":
    """Draw `n` images of a scene, of any size and from any scale on.

    Raises:
        UserError: If the model is of another kind, or the size or the scale are impossible.
    """
    from gan_minimal.models.protocol import Pyramid
    from gan_minimal.training import memory

    if not isinstance(model, Pyramid):
        raise UserError(f"--size and --start are for models such as singan: {name} takes neither.")
    scales = len(model.sizes)
    if start > scales:
        raise UserError(
            f"{name} has the scales 0 to {scales - 1}, not {start}; {scales} gives the photograph "
            "back."
        )
    height, width = model.sizes[-1]
    if size is not None:
        sides = re.fullmatch(r"(\d{2,5})[xX×](\d{2,5})", size)
        if sides is None:
            raise UserError(f"--size is a width and a height such as 200x120, not {size!r}.")
        width, height = (int(side) for side in sides.groups())
    check_pixels(width, height, "--size")
    if n * width * height > 4 * MOST_PIXELS:
        raise UserError(
            f"{n} images of {width}x{height} pixels are too many: choose a smaller --n."
        )
    memory.check_drawing(
        lambda outline: outline.sample(n, (height, width), start),
        model,
        4 * n * 3 * height * width,
        "a smaller --size or --n needs less",
    )
    return seeded(seed, model.sample, n, (height, width), start)


def fitted(
    name: str, arguments: dict[str, Any], data: str | None, steps: int | None
) -> tuple[dict[str, Any], int]:
    """Fit a model's pyramid to a photograph, and the rounds of each scale to the rounds in all.

    Args:
        name: The model.
        arguments: Its arguments in the preset.
        data: Name of the data, or a person's own image file.
        steps: Rounds in all, by default as many for each scale as in the preset.

    Returns:
        The new arguments, and the rounds in all.

    Raises:
        UserError: If the image is too small or cannot be read.
        TypeError: If the model has no scales.
    """
    from gan_minimal.data import single_photo
    from gan_minimal.models.protocol import Pyramid
    from gan_minimal.training.arguments import built, outline

    built(name, arguments)
    path = Path(data or "").expanduser()
    own = data is not None and is_image(data)
    if own:
        arguments = arguments | {"photo": single_photo.size_of(path)}
    height, width = arguments.get("photo", (0, 0))
    try:
        model = outline(name, arguments)
    except ValueError as error:
        raise UserError(
            f"{path}, {width}x{height} pixels, is too small or too slim to learn from: {error}."
        ) from None
    if not isinstance(model, Pyramid):
        raise TypeError(f"{name} has no scales, though its preset learns from one photograph")
    if own:
        for note in single_photo.notes(path):
            typer.echo(f"{path} is an image {note}.")
        finest_height, finest_width = model.sizes[-1]
        if (finest_height, finest_width) != (height, width):
            typer.echo(
                f"{path} is reduced from {width}x{height} to {finest_width}x{finest_height} pixels."
            )
    scales = len(model.sizes)
    if steps is None:
        return arguments, scales * model.rounds
    return arguments | {"rounds": max(1, -(-steps // scales))}, steps


def is_image(data: str) -> bool:
    """Say whether the data is a single image file."""
    from gan_minimal.data.folder import HEIC, SUFFIXES

    return Path(data).suffix.lower() in SUFFIXES | HEIC and not Path(data).is_dir()


def check_pixels(width: int, height: int, option: str) -> None:
    """Refuse a picture that would be too large.

    Raises:
        UserError: If WebP or the memory could not hold it.
    """
    if max(width, height) > LARGEST_SIDE or width * height > MOST_PIXELS:
        raise UserError(f"{width}x{height} pixels are too many: choose a smaller {option}.")


def seeded(seed: int, function: Any, *arguments: Any) -> "Tensor":
    """Call `function` with the random numbers of `seed` and leave the global ones as they were."""
    from gan_minimal.models import sampling

    with sampling.seeded(seed):
        drawn: Tensor = function(*arguments)
    return drawn


def write(out: Path, drawn: "Tensor") -> None:
    """Write one image and say where."""
    from gan_minimal import images

    images.save(images.grid(drawn, 1), out)
    typer.echo(str(out))
