"""The commands for styles: `mix`, `walk`."""

import re
from pathlib import Path
from typing import Annotated

import typer

from gan_minimal.cli.common import (
    Device,
    Picture,
    app,
    check_animation,
    check_picture,
    check_sides,
    scale_of,
    trained_model,
)
from gan_minimal.errors import UserError

Styled = Annotated[
    str, typer.Argument(help="A recorded run, such as stylegan, or your own one's folder.")
]


@app.command()
def mix(
    model: Styled = "stylegan",
    sources: Annotated[str, typer.Option(help="Seeds of faces, one for each row.")] = "1,2,3",
    styles: Annotated[
        str, typer.Option(help="Seeds of the faces whose styles they get.")
    ] = "7,8,9",
    layers: Annotated[str, typer.Option(help="coarse, middle or fine.")] = "middle",
    out: Picture = Path("mix.png"),
    scale: Annotated[int | None, typer.Option(help="Enlargement.", min=1, max=64)] = None,
    device: Device = None,
) -> None:
    """Give faces the coarse, middle or fine styles of others: a matrix of all pairs.

    Example: gan-minimal mix --sources 1,2,3 --styles 7,8,9 --layers coarse --out mix.png

    A seed is a face: gan-minimal sample stylegan --n 1 --seed 7 draws the same one.
    """
    check_picture(out)
    rows, columns = seeds(sources, "--sources"), seeds(styles, "--styles")
    from gan_minimal import images
    from gan_minimal.editing import stylegan

    trained = stylegan.stylegan(trained_model(model, device)[0], model)
    drawn = stylegan.mix(trained, rows, columns, layers)
    scale = scale or scale_of(drawn.shape[-1])
    check_sides(
        drawn.shape[1] * (drawn.shape[-1] + 1), drawn.shape[0] * (drawn.shape[-2] + 1), scale
    )
    images.save(images.grid(drawn.flatten(0, 1), drawn.shape[1], scale=scale), out)
    typer.echo(str(out))


@app.command()
def walk(
    model: Styled = "stylegan",
    through: Annotated[
        str, typer.Option("--seeds", help="Seeds of the faces on the way.")
    ] = "1,2,3,4",
    frames: Annotated[
        int, typer.Option(help="Pictures from one to the next.", min=1, max=100)
    ] = 12,
    space: Annotated[str, typer.Option(help="w, where the way is straight, or z.")] = "w",
    out: Annotated[Path, typer.Option(help="A .webp file.")] = Path("walk.webp"),
    scale: Annotated[int | None, typer.Option(help="Enlargement.", min=1, max=64)] = None,
    device: Device = None,
) -> None:
    """Walk from face to face and back to the first one, as an animation.

    Example: gan-minimal walk stylegan --out walk.webp
    """
    check_animation(out)
    if space not in ("w", "z"):
        raise UserError(f"--space is w or z, not {space!r}.")
    points = seeds(through, "--seeds")
    from gan_minimal import images
    from gan_minimal.editing import stylegan

    trained = stylegan.stylegan(trained_model(model, device)[0], model)
    drawn = stylegan.walk(trained, points, frames, space)
    scale = scale or scale_of(drawn.shape[-1])
    strip = [images.grid(frame[None], 1, scale=scale) for frame in drawn]
    images.save_animation(strip, out, milliseconds=80, limit=20_000_000)
    typer.echo(str(out))


def seeds(text: str, option: str) -> list[int]:
    """Read seeds such as "1,2,3".

    Raises:
        UserError: If it is no list of whole numbers, or a number is too large.
    """
    if not re.fullmatch(r"\s*\d{1,10}(\s*,\s*\d{1,10})*\s*", text):
        raise UserError(f"{option} is a list of whole numbers such as 1,2,3, not {text!r}.")
    found = [int(number) for number in text.split(",")]
    if max(found) >= 2**32:
        raise UserError(f"{option}: a seed is a whole number from 0 to 2**32 - 1.")
    if len(found) > 64:
        raise UserError(f"{option}: at most 64 seeds, not {len(found)}.")
    return found
