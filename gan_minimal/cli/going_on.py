"""What `train` and `resume` share: data that fits, and rounds until the end or an interruption."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from gan_minimal.errors import TrainingDiverged, UserError, sentence

if TYPE_CHECKING:
    from torch.utils.data import Dataset

    from gan_minimal.models.protocol import Model
    from gan_minimal.training import loop

INTERRUPTED = 130  # the exit code of a program that Ctrl-C has stopped


def opened(model: "Model", data: str) -> "Dataset[Any]":
    """Open data that is no folder of a person's own, in the size that a model learns from."""
    from gan_minimal import data as datasets

    # a photograph is loaded as it is: the model reduces it to the size of each of its scales
    return datasets.load(data, size=model.size if isinstance(model.size, int) else None)


def check_unchanged(dataset: "Dataset[Any]", data: str, before: dict[str, Any] | None) -> None:
    """Refuse to go on with other data than a run has learnt from.

    Args:
        dataset: The data as it is now.
        data: Its name.
        before: What the checkpoint says of it; None in those of earlier versions.

    Raises:
        UserError: If it is not the same.
    """
    from gan_minimal import data as datasets
    from gan_minimal.data.digest import digest

    if before is None:
        return
    now = digest(datasets.find(data), dataset)
    if now == before:
        return
    how = "its files have changed, or their names have"
    if now["examples"] != before["examples"]:
        how = f"it has {now['examples']:,} examples and had {before['examples']:,}"
    raise UserError(
        f"{data} is not what this run has learnt from: {how}. Put back what was there, or go on "
        "with what is there now by --other-data."
    )


def go_on(
    run: "loop.Run[Model]",
    name: str,
    arguments: dict[str, Any],
    settings: "loop.Settings",
    path: Path,
    dataset: "Dataset[Any]",
    workers: int | None = None,
    tensorboard: bool = False,
) -> None:
    """Train `run` to its end or to an interruption, saving to the folder of `path`.

    Args:
        run: A run.
        name: Its model.
        arguments: The model's arguments.
        settings: How to train.
        path: Where its checkpoint is written; what else a run leaves behind lies beside it.
        dataset: The data of `settings`.
        workers: Processes that read data which does not lie in memory.
        tensorboard: Whether events for TensorBoard are written from now on.
    """
    from gan_minimal import data as datasets
    from gan_minimal import models
    from gan_minimal.cli.run_folder import RunFolder
    from gan_minimal.data.digest import digest
    from gan_minimal.training import checkpoint, loop, memory

    fits(dataset, run.model.size, run.model.channels, settings.data)
    if tuple(x.ndim for x in dataset[0]) != run.model.example:
        usual = next(iter(models.get(name).PRESETS.values()))["train"]["data"]
        raise UserError(f"{name} learns from examples as in {usual}; {settings.data} has others.")
    memory.check_round(run.model, dataset[0], settings.batch, settings.device)
    folder = RunFolder(path.parent, name, arguments, settings)
    learnt = digest(datasets.find(settings.data), dataset)
    first = run.step

    def content() -> dict[str, Any]:
        return loop.contents(run, name, arguments, settings, learnt)

    def save(run: "loop.Run[Model]") -> None:
        if folder.events is not None:  # killed before the next line, a run writes them again
            folder.events.losses(run.losses)
        checkpoint.save(path, content())
        folder.log(run)

    with folder.alone(), folder.watched(first, tensorboard):
        folder.begin(checkpoint.size_of(content()))
        try:
            loop.train(run, dataset, settings, save, folder.watch(dataset), workers=workers)
        except Exception as error:
            said = sentence(error)
            if said is None and run.step == first:  # nobody has seen it work with such arguments
                fault = loop.fault(error, name, arguments, settings, dataset, first)
                if fault is not None:
                    raise fault from error
            if said is None or (run.step == first and not isinstance(error, TrainingDiverged)):
                raise
            last = (
                f"the last good checkpoint is {path}" if path.exists() else "nothing was saved yet"
            )
            if path.exists() and not isinstance(error, TrainingDiverged):  # which would again
                last += f", and `{folder.resuming}` goes on from it"
            raise UserError(f"{said} Training has stopped; {last}.") from None
        if run.step < settings.steps:
            typer.echo(
                f"Stopped after round {run.step:,} of {settings.steps:,} and saved.\n"
                f"Go on with: {folder.resuming}",
                err=True,
            )
            raise typer.Exit(INTERRUPTED)
        typer.echo(f"Finished: {path}")
        if loop.computed_in(settings) != settings.precision:
            typer.echo("Computed in float32: this device has no bfloat16.")
        picture = path.with_name("samples.png")
        if folder.draw(run.sampler, dataset, picture):
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
