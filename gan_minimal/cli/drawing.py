"""The commands that draw: `sample`, `translate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_minimal.cli import photographs
from gan_minimal.cli.common import (
    Picture,
    Seed,
    app,
    check_picture,
    check_width,
    scale_of,
    shape_of,
    trained_model,
)
from gan_minimal.errors import UserError

if TYPE_CHECKING:
    from torch import Tensor, nn


@app.command()
def sample(
    model: Annotated[str, typer.Argument(help="A recorded run, or the folder of your own.")],
    n: Annotated[
        int | None,
        typer.Option("--n", help="How many images; with --text, hands.", min=1, max=4096),
    ] = None,
    seed: Seed = 0,
    text: Annotated[str | None, typer.Option(help="Korean syllables, for cgan to write.")] = None,
    size: Annotated[
        str | None, typer.Option(help="Width and height (singan): 200x120 shows more of the scene.")
    ] = None,
    start: Annotated[
        int | None, typer.Option(help="First scale with noise (singan); 0 moves everything.", min=0)
    ] = None,
    out: Picture = Path("samples.png"),
    scale: Annotated[int | None, typer.Option(help="Enlargement.", min=1, max=64)] = None,
) -> None:
    """Draw images with a trained model and write them as one picture.

    Example: gan-minimal sample dcgan --n 64 --out faces.png

    A wider scene from one photograph: gan-minimal sample singan --size 200x65
    """
    check_picture(out)
    from gan_minimal import images
    from gan_minimal.training import loop

    trained, _ = trained_model(model)
    if text is not None:
        drawn, columns, gap = written(trained, model, text, n or 1, seed), len(text), 0
    elif photographs.draws(trained) or size is not None or start is not None:
        drawn = photographs.samples(trained, model, n or 6, size, start or 0, seed)
        columns, gap = min(len(drawn), 3), 1
    elif hasattr(trained, "sample"):
        n = n or 64
        drawn, columns, gap = loop.sample(trained, n, seed), min(n, max(8, round(n**0.5))), 1
    elif hasattr(trained, "translate"):
        raise UserError(
            f"{model} draws from a picture, not from noise: "
            f"`gan-minimal translate {model} --input picture.png`."
        )
    else:
        raise UserError(
            f"{model} draws no images: `gan-minimal evaluate {model}` shows what it does."
        )
    scale = scale or scale_of(drawn.shape[-1])
    check_width(columns * (drawn.shape[-1] + gap) * scale)
    images.save(images.grid(drawn, columns, gap, scale), out)
    typer.echo(str(out))


@app.command()
def translate(
    model: Annotated[str, typer.Argument(help="A recorded run, or the folder of your own.")],
    picture: Annotated[Path, typer.Option("--input", help="Your picture, of any size.")],
    out: Picture = Path("translated.png"),
    back: Annotated[bool, typer.Option("--back", help="The other way round (cyclegan).")] = False,
    to: Annotated[
        str | None, typer.Option(help='What to change (stargan): "blond hair,glasses".')
    ] = None,
    seed: Seed = 0,
    scale: Annotated[int | None, typer.Option(help="Enlargement.", min=1, max=64)] = None,
) -> None:
    """Translate your own picture with a trained model.

    Example: gan-minimal translate pix2pix --input syllable.png --out brush.png
    """
    check_picture(out)
    from gan_minimal import images
    from gan_minimal.data.user_picture import prepare
    from gan_minimal.training import loop

    trained, dataset = trained_model(model)
    if not hasattr(trained, "translate"):
        raise UserError(f"{model} translates no pictures; pix2pix, cyclegan and stargan do.")
    wishes = wished(trained, model, dataset, to, back)
    given = prepare(picture, dataset, *shape_of(trained))
    way: dict[str, Any] = {"back": True} if back else {}
    if wishes:
        way["labels"] = trained.read(given)  # type: ignore[operator]
        for entry, value in wishes.items():
            way["labels"][:, entry] = value
    drawn = loop.translate(trained, given, seed, **way)
    scale = scale or scale_of(drawn.shape[-1])
    check_width(drawn.shape[-1] * scale)
    images.save(images.grid(drawn, 1, scale=scale), out)
    typer.echo(str(out))


def wished(
    trained: "nn.Module", name: str, dataset: str, to: str | None, back: bool
) -> dict[int, float]:
    """Return the entries of a label that `--to` asks for; none for a model without labels.

    Raises:
        UserError: If the model takes no `--to` or no `--back`, or cannot do without `--to`.
    """
    import inspect

    from gan_minimal.data import domains

    takes = inspect.signature(trained.translate).parameters  # type: ignore[arg-type]
    if back and "back" not in takes:
        raise UserError(f"{name} translates one way only: leave --back out.")
    if "labels" not in takes:
        if to is not None:
            raise UserError(f"{name} knows one change only: leave --to out.")
        return {}
    if to is None:
        some = ", ".join(list(domains.phrases(dataset))[::7])
        raise UserError(f'{name} has to be told what to change: --to "...", such as {some}.')
    return domains.asked(to, dataset)


def written(trained: "nn.Module", name: str, text: str, n: int, seed: int) -> "Tensor":
    """Write `text` in `n` hands, one below the other; see `gallery.write`.

    Raises:
        UserError: If the model does not write Hangul, or there is nothing it could write.
    """
    from gan_minimal.publishing import pictures

    if getattr(trained, "classes", ()) != pictures.LETTERS:
        raise UserError(f"--text is for models that write Hangul, such as cgan: {name} does not.")
    if not text.strip():
        raise UserError("--text is empty: give it Korean syllables, such as 안녕하세요.")
    return pictures.write(trained, text, n, seed).flatten(0, 1)
