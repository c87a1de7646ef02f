"""The command that edits by words: `edit`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from unicodedata import normalize

import typer

from gan_minimal.cli.common import (
    Device,
    Picture,
    Seed,
    app,
    check_picture,
    check_sides,
    scale_of,
    trained_model,
)
from gan_minimal.errors import UserError

if TYPE_CHECKING:
    from gan_minimal.editing.styleclip import Encoders
    from gan_minimal.models.stylegan import StyleGAN


@app.command()
def edit(
    text: Annotated[str, typer.Option(help="What the face shall become: '파란 머리에 안경'.")],
    model: Annotated[
        str, typer.Argument(help="A recorded run, such as stylegan, or your own one's folder.")
    ] = "stylegan",
    seed: Seed = 7,
    image: Annotated[
        Path | None, typer.Option("--input", help="A picture of a face, in place of a seed.")
    ] = None,
    frames: Annotated[
        int, typer.Option(help="Pictures of the way, first and last included.", min=2, max=50)
    ] = 8,
    preset: Annotated[str, typer.Option(help="tiny, or paper: the published settings.")] = "tiny",
    clip: Annotated[
        str, typer.Option(help="small, or a model of open_clip such as ViT-B-32 (downloads).")
    ] = "small",
    weights: Annotated[str, typer.Option(help="Weights of open_clip's model.")] = "openai",
    out: Picture = Path("edit.png"),
    scale: Annotated[int | None, typer.Option(help="Enlargement.", min=1, max=64)] = None,
    device: Device = None,
) -> None:
    """Let a face follow a sentence, in Korean or in English (StyleCLIP).

    Example: gan-minimal edit --text "파란 머리에 안경" --seed 7 --out edit.png

    A seed is a face: gan-minimal sample stylegan --n 1 --seed 7 draws the same one, unless it was
    brought a little nearer to the average face here. The picture shows it before, on its way, and
    after. With --input the first picture is yours, the second one what StyleGAN makes of it.
    """
    check_picture(out)
    if preset not in ("tiny", "paper"):
        raise UserError(f"--preset is tiny or paper, not {preset!r}.")
    import torch

    from gan_minimal import data, images
    from gan_minimal.data.user_picture import prepare
    from gan_minimal.editing import styleclip, stylegan

    found, dataset = trained_model(model, device)
    trained = stylegan.stylegan(found, model)
    text = normalize("NFC", text)  # some programs take a syllable apart
    if clip == "small":
        styleclip.check_words(text)
    scale = scale or scale_of(trained.size)
    check_sides((frames + 1) * (trained.size + 1), trained.size, scale)
    chosen = clip_of(clip, weights, trained)
    if image is None:
        w, noise = styleclip.seeded(trained, seed)
        shown = []
    else:
        picture = prepare(image, data.find(dataset), trained.size, trained.channels)
        w, noise = styleclip.inverted(trained, picture)
        shown = [picture[0]]
    (edited,) = styleclip.edit(trained, chosen, [text], w, noise, frames, preset)
    row = torch.stack([*shown, *edited.way])
    images.save(images.grid(row, len(row), scale=scale), out)
    typer.echo(str(out))
    typer.echo(f"cosine with the text: {edited.before:.2f} before, {edited.after:.2f} after")
    if data.find(dataset).classifier == styleclip.READER:
        for line in styleclip.changes(edited.way):
            typer.echo(line)


def clip_of(clip: str, weights: str, model: "StyleGAN") -> "Encoders":
    """Return the CLIP that is asked for.

    Raises:
        UserError: If the small one does not know such images, or see `OpenCLIP`.
    """
    from gan_minimal.editing import styleclip

    if clip != "small":
        from gan_minimal.editing.openclip import OpenCLIP

        return OpenCLIP(clip, weights)
    small = styleclip.SmallCLIP()
    if model.size != small.model.size:
        raise UserError(
            f"The small CLIP knows faces of {small.model.size} pixels, not images of {model.size}: "
            "--clip ViT-B-32 knows any."
        )
    return small
