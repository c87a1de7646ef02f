"""The commands that train: `train`, `resume`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_minimal.cli import photographs
from gan_minimal.cli.common import Device, Seed, app, scale_of
from gan_minimal.errors import TrainingDiverged, UserError, nearest

if TYPE_CHECKING:
    from torch.utils.data import Dataset

    from gan_minimal.models.protocol import Model
    from gan_minimal.training import loop

INTERRUPTED = 130  # the exit code of a program that Ctrl-C has stopped


@app.command()
def train(
    name: Annotated[
        str, typer.Argument(help="A recorded run to repeat, or a model: see `gan-minimal list`.")
    ],
    preset: Annotated[
        str | None,
        typer.Option(
            help="Of model NAME: tiny (minutes on a laptop), small (64 pixels, an hour), paper (a "
            "GPU) or another of its own."
        ),
    ] = None,
    data: Annotated[str | None, typer.Option(help="A data set, or a folder of images.")] = None,
    image: Annotated[Path | None, typer.Option(help="Your own photograph, for singan.")] = None,
    steps: Annotated[int | None, typer.Option(help="Rounds of the game.")] = None,
    batch: Annotated[int | None, typer.Option(help="Examples in a batch.")] = None,
    seed: Seed = 0,
    device: Device = None,
    precision: Annotated[str | None, typer.Option(help="float32 or bfloat16.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run.")] = None,
) -> None:
    """Train a model. Ctrl-C saves; `gan-minimal resume` goes on.

    Without --preset, NAME may be a recorded run, which is trained as it was; a model that has none
    of that name trains its tiny preset.

    Example: gan-minimal train dcgan
    """
    from gan_minimal import data as datasets
    from gan_minimal import models
    from gan_minimal.training import loop

    model, preset = chosen_preset(name, preset)
    chosen = models.preset(model, preset)
    arguments = chosen["model"]
    one_photograph = datasets.find(chosen["train"]["data"]).count == 1
    if image is not None and not one_photograph:
        raise UserError(f"--image is for singan: {model} learns from many images, see --data.")
    if one_photograph:
        data = str(image) if image is not None else data
        arguments, steps = photographs.fitted(model, arguments, data, steps)
    given = {
        "data": data,
        "steps": steps,
        "batch": batch,
        "device": device,
        "precision": precision,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    settings = loop.Settings(**{**chosen["train"], "seed": seed, **changes})
    folder = out or Path("runs") / name
    path = folder / "checkpoint.pt"
    if path.exists():
        raise UserError(
            f"{folder} already holds a run: `gan-minimal resume {folder}` goes on with it; "
            "--out chooses another folder."
        )
    go_on(loop.new(model, arguments, settings), model, arguments, settings, path)


def chosen_preset(name: str, preset: str | None) -> tuple[str, str]:
    """Return the model and the preset that `train NAME --preset PRESET` is about.

    Raises:
        UserError: If there is neither a recorded run nor a model of that name.
    """
    from gan_minimal import models

    if preset is not None:
        return name, preset
    runs = models.runs()
    known = list(dict.fromkeys([*models.names(), *runs]))
    if name not in known:
        raise UserError(f"There is no model and no recorded run {name!r}: {nearest(name, known)}")
    return runs.get(name, (name, "tiny"))


@app.command()
def resume(
    folder: Annotated[Path, typer.Argument(help="Folder of the run.")],
    device: Device = None,
    steps: Annotated[int | None, typer.Option(help="Train up to this round instead.")] = None,
) -> None:
    """Go on with a run that was interrupted, to the same end as if it had not been.

    Example: gan-minimal resume runs/dcgan
    """
    from dataclasses import replace

    from gan_minimal.training import loop

    path = folder / "checkpoint.pt"
    run, content, settings = loop.resume(path, device)
    if steps is not None:
        settings = replace(settings, steps=steps)
    if run.step >= settings.steps:
        typer.echo(f"{folder} is finished: {run.step:,} rounds. --steps trains further.")
        return
    go_on(run, content["name"], content["arguments"], settings, path)


def go_on(
    run: "loop.Run[Model]",
    name: str,
    arguments: dict[str, Any],
    settings: "loop.Settings",
    path: Path,
) -> None:
    """Train `run` to its end or to an interruption, saving to `path`."""
    from gan_minimal import data as datasets
    from gan_minimal import models
    from gan_minimal.training import checkpoint, loop

    size = run.model.size
    # a photograph is loaded as it is: the model reduces it to the size of each of its scales
    dataset = datasets.load(settings.data, size=size if isinstance(size, int) else None)
    fits(dataset, size, run.model.channels, settings.data)
    if tuple(x.ndim for x in dataset[0]) != run.model.example:
        usual = next(iter(models.get(name).PRESETS.values()))["train"]["data"]
        raise UserError(f"{name} learns from examples as in {usual}; {settings.data} has others.")
    path.parent.mkdir(parents=True, exist_ok=True)  # better to fail now than after 1,000 rounds

    def save(run: "loop.Run[Model]") -> None:
        checkpoint.save(path, loop.contents(run, name, arguments, settings))

    try:
        loop.train(run, dataset, settings, save)
    except TrainingDiverged as error:
        last = f"the last good checkpoint is {path}" if path.exists() else "nothing was saved yet"
        raise UserError(f"{error} Training has stopped; {last}.") from None
    if run.step < settings.steps:
        typer.echo(
            f"Stopped after round {run.step:,} of {settings.steps:,} and saved.\n"
            f"Go on with: gan-minimal resume {path.parent}",
            err=True,
        )
        raise typer.Exit(INTERRUPTED)
    typer.echo(f"Finished: {path}")
    if loop.computed_in(settings) != settings.precision:
        typer.echo("Computed in float32: this device has no bfloat16.")
    show_samples(run.sampler, dataset, settings.seed, path.with_name("samples.png"))


def show_samples(model: "Model", dataset: "Dataset[Any]", seed: int, picture: Path) -> None:
    """Write what a trained model draws, or how it translates the first examples of training."""
    import torch

    from gan_minimal import images
    from gan_minimal.models import sampling
    from gan_minimal.models.protocol import DomainTranslator, Pyramid, Sampler, Translator

    one_photograph = isinstance(model, Pyramid)
    if isinstance(model, Sampler):
        drawn = sampling.sample(model, 6 if one_photograph else 64, seed)
    elif isinstance(model, Translator):  # inputs of training, translations, targets
        inputs, targets = map(torch.stack, zip(*(dataset[i] for i in range(8)), strict=True))
        how = {}
        if isinstance(model, DomainTranslator):  # each shall become as the next one is
            how["labels"], targets = targets.roll(-1, 0), inputs.roll(-1, 0)
        drawn = torch.cat([inputs, sampling.translate(model, inputs, seed, **how).cpu(), targets])
    else:
        return
    columns = 3 if one_photograph else 8
    images.save(images.grid(drawn, columns, scale=scale_of(drawn.shape[-1])), picture)
    typer.echo(f"What it draws: {picture}")


def fits(dataset: Any, size: int | tuple[int, int], channels: int, name: str) -> None:
    """Refuse data whose images the model cannot learn from.

    Raises:
        UserError: If the images are of another size or have other channels, or if there are several
            and the model learns from a single one, whose height and width are given.
    """
    shape = tuple(dataset[0][0].shape)
    if not isinstance(size, int):
        height, width = size
        # of the same shape, but for a side that was rounded up
        same = abs(shape[1] / shape[2] * width - height) < 2 and shape[2] >= width
        if len(dataset) != 1 or shape[0] != channels or not same:
            raise UserError(
                f"{name} holds {len(dataset):,} images of {shape[0]} channels and "
                f"{shape[2]}x{shape[1]} pixels; this model learns from one photograph of "
                f"{width}x{height}: give your own with --image photo.jpg."
            )
        return
    if shape != (channels, size, size):
        raise UserError(
            f"{name} has images of {shape[0]} channels and {shape[2]}x{shape[1]} pixels; this "
            f"model learns from {channels} channels and {size}x{size} pixels."
        )
