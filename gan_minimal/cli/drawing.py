"""The commands that draw: `sample`, `translate`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from unicodedata import normalize

import typer

from gan_minimal.cli import photographs
from gan_minimal.cli.common import (
    Device,
    Picture,
    Seed,
    app,
    check_picture,
    check_sides,
    runs_on,
    scale_of,
    trained_model,
)
from gan_minimal.errors import UserError
from gan_minimal.files import check_room

MOST_IN_ONE, MOST_FILES = 4096, 1_000_000  # images in one picture, and in files of their own
AT_ONCE = 256  # images that are drawn together

if TYPE_CHECKING:
    from torch import Tensor

    from gan_minimal.data import DataSet
    from gan_minimal.models.protocol import Model


@app.command()
def sample(
    model: Annotated[
        str, typer.Argument(help="A recorded run, or the folder or checkpoint of your own.")
    ],
    n: Annotated[
        int | None,
        typer.Option("--n", help="How many images; with --text, hands.", min=1, max=MOST_FILES),
    ] = None,
    each: Annotated[
        bool, typer.Option("--each", help="Write every image to a file of its own, into --out.")
    ] = False,
    seed: Seed = 0,
    text: Annotated[str | None, typer.Option(help="Korean syllables, for cgan to write.")] = None,
    size: Annotated[
        str | None, typer.Option(help="Width and height (singan): 200x120 shows more of the scene.")
    ] = None,
    start: Annotated[
        int | None, typer.Option(help="First scale with noise (singan); 0 moves everything.", min=0)
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="A .png or .webp file; with --each, a folder.")
    ] = None,
    scale: Annotated[int | None, typer.Option(help="Enlargement.", min=1, max=64)] = None,
    device: Device = None,
) -> None:
    """Draw images with a trained model and write them as one picture, or each to a file.

    Example: gan-minimal sample dcgan --n 64 --out faces.png

    A wider scene from one photograph: gan-minimal sample singan --size 200x65

    As many files as scores are computed from: gan-minimal sample dcgan --n 50000 --each
    """
    if each:
        write_each(
            model, n or 64, seed, out or Path("samples"), scale or 1, device, text, size, start
        )
        return
    out = out or Path("samples.png")
    check_picture(out)
    if n is not None and n > MOST_IN_ONE:
        raise UserError(
            f"{n:,} images are too many for one picture: --each writes them to files, or choose "
            f"an --n of at most {MOST_IN_ONE:,}."
        )
    from gan_minimal import images
    from gan_minimal.models import sampling
    from gan_minimal.models.protocol import Pyramid, Sampler, Translator

    trained, _ = trained_model(model, device)
    if text is not None:
        text = normalize("NFC", text)  # some programs take a syllable apart
        drawn, columns, gap = written(trained, model, text, n or 1, seed, scale), len(text), 0
    elif isinstance(trained, Pyramid) or size is not None or start is not None:
        drawn = photographs.samples(trained, model, n or 6, size, start or 0, seed)
        columns, gap = min(len(drawn), 3), 1
    elif isinstance(trained, Sampler):
        n = n or 64
        check_drawing(trained, n)
        drawn, columns, gap = sampling.sample(trained, n, seed), min(n, max(8, round(n**0.5))), 1
    elif isinstance(trained, Translator):
        raise UserError(
            f"{model} draws from a picture, not from noise: "
            f"`gan-minimal translate {model} --input picture.png`."
        )
    else:
        raise UserError(
            f"{model} draws no images: `gan-minimal evaluate {model}` shows what it does."
        )
    scale = scale or scale_of(drawn.shape[-1])
    rows = -(-len(drawn) // columns)
    check_sides(columns * (drawn.shape[-1] + gap), rows * (drawn.shape[-2] + gap), scale)
    images.save(images.grid(drawn, columns, gap, scale), out)
    typer.echo(str(out))


def check_drawing(model: "Model", n: int) -> None:
    """Refuse to draw more images at a time than fit into memory.

    Raises:
        UserError: Saying how much is needed, and how much there is.
    """
    from gan_minimal.training import memory

    assert isinstance(model.size, int)  # a pyramid has a check of its own
    size = 4 * n * model.channels * model.size**2
    memory.check_drawing(lambda outline: outline.sample(n), model, size, "a smaller --n needs less")


def write_each(
    name: str,
    n: int,
    seed: int,
    folder: Path,
    scale: int,
    device: str | None,
    *others: object,
) -> None:
    """Draw `n` images, some at a time, and write each to a file of its own.

    Args:
        name: What draws.
        n: Number of images.
        seed: Seed of the noise.
        folder: Where the files `00000.png`, `00001.png` and so on are written; has to be empty.
        scale: Enlargement.
        device: Where to draw.
        others: Options of `sample` that do not go with this, None where they were not given.

    Raises:
        UserError: If the model does not draw from noise, or the folder holds something.
    """
    from PIL import Image

    from gan_minimal import images
    from gan_minimal.models import sampling
    from gan_minimal.models.protocol import Pyramid, Sampler
    from gan_minimal.training.progress import counting

    if any(each is not None for each in others):
        raise UserError("--each goes with --n, --seed, --scale and --out only.")
    trained, _ = trained_model(name, device)
    if not isinstance(trained, Sampler) or isinstance(trained, Pyramid):
        raise UserError(f"{name} does not draw single images from noise: leave --each out.")
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UserError(f"{folder} is there already, and not empty: choose another --out.")
    if folder.suffix.lower() in (".png", ".webp"):
        raise UserError(f"--each writes files into a folder: --out names one, not {folder}.")
    check_room(folder)
    folder.mkdir(parents=True, exist_ok=True)
    digits, tell = max(5, len(str(n - 1))), counting("drawing")
    with sampling.evaluating(trained), sampling.seeded(seed):
        for first in range(0, n, AT_ONCE):
            drawn = trained.sample(min(AT_ONCE, n - first))
            for i, pixels in enumerate(images.to_pixels(drawn), start=first):
                picture = images.enlarge(Image.fromarray(pixels), scale)
                picture.save(folder / f"{i:0{digits}}.png")
            tell(min(first + AT_ONCE, n), n)
    typer.echo(f"{folder}: {n:,} images")


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
    device: Device = None,
) -> None:
    """Translate your own picture with a trained model.

    Example: gan-minimal translate pix2pix --input syllable.png --out brush.png
    """
    check_picture(out)
    from gan_minimal import data, images
    from gan_minimal.data.user_picture import prepare
    from gan_minimal.models import sampling
    from gan_minimal.models.protocol import DomainTranslator, Translator

    trained, dataset = trained_model(model, device)
    if not isinstance(trained, Translator):
        able = runs_on(lambda row: bool(row.questions))
        raise UserError(f"{model} translates no pictures; these do: {able}.")
    row = data.find(dataset)
    how: dict[str, Any] = direction(trained, model, back)
    wishes = wished(trained, model, row, to)
    assert isinstance(trained.size, int)  # only a pyramid learns from images that are not square
    given = prepare(picture, row, trained.size, trained.channels)
    if isinstance(trained, DomainTranslator):
        how["labels"] = trained.read(given)
        for entry, value in wishes.items():
            how["labels"][:, entry] = value
    drawn = sampling.translate(trained, given, seed, **how)
    scale = scale or scale_of(drawn.shape[-1])
    check_sides(drawn.shape[-1], drawn.shape[-2], scale)
    images.save(images.grid(drawn, 1, scale=scale), out)
    typer.echo(str(out))


def direction(trained: "Model", name: str, back: bool) -> dict[str, str]:
    """Return the direction of a translation as an argument; none for a model with a single one.

    Raises:
        UserError: If the other direction is wanted of such a model.
    """
    from gan_minimal.models.protocol import TwoWayTranslator

    if isinstance(trained, TwoWayTranslator):
        return {"direction": trained.directions[back]}
    if back:
        raise UserError(f"{name} translates one way only: leave --back out.")
    return {}


def wished(trained: "Model", name: str, row: "DataSet", to: str | None) -> dict[int, float]:
    """Return the entries of a label that `--to` asks for; none for a model without labels.

    Raises:
        UserError: If the model takes no `--to`, or cannot do without it.
    """
    from gan_minimal.data import domains
    from gan_minimal.data.registry import function
    from gan_minimal.models.protocol import DomainTranslator

    if not isinstance(trained, DomainTranslator):
        if to is not None:
            raise UserError(f"{name} knows one change only: leave --to out.")
        return {}
    known = function(row.phrases)()
    if to is None:
        some = ", ".join(list(known)[::7])
        raise UserError(f'{name} has to be told what to change: --to "...", such as {some}.')
    return domains.asked(to, known)


def written(
    trained: "Model", name: str, text: str, n: int, seed: int, scale: int | None
) -> "Tensor":
    """Write `text` in `n` hands, one below the other; see `gan_minimal.editing.cgan.write`.

    Raises:
        UserError: If the model does not write Hangul, there is nothing it could write, or the
            picture would be too large.
    """
    from gan_minimal.editing import cgan

    writer = cgan.writer(trained, name)
    if not text.strip():
        raise UserError("--text is empty: give it Korean syllables, such as 안녕하세요.")
    check_sides(len(text) * writer.size, n * writer.size, scale or scale_of(writer.size))
    return cgan.write(writer, text, n, seed).flatten(0, 1)
