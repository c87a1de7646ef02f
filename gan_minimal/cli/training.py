"""The commands that train: `train`, `resume`."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_minimal.cli import photographs
from gan_minimal.cli.arguments import ModelHelp, given_arguments, stretched, told
from gan_minimal.cli.common import Device, Seed, app
from gan_minimal.cli.going_on import check_unchanged, go_on, opened
from gan_minimal.errors import UserError, nearest
from gan_minimal.files import check_room

if TYPE_CHECKING:
    from gan_minimal.data.own_images import OwnImages, Reading

MOST = 2**31 - 1  # of rounds and examples; times overflow with more

Workers = Annotated[
    int | None, typer.Option(help="Images that are read at a time.", min=1, max=256)
]
NoCache = Annotated[
    bool, typer.Option("--no-cache", help="Keep the reduced images of a folder in memory only.")
]
Augment = Annotated[
    str | None,
    typer.Option(
        metavar="color,translation,cutout",
        help="For few images: changes of all that the discriminator sees.",
    ),
]
Mirror = Annotated[
    bool, typer.Option("--mirror", help="Mirror half of the examples, left and right.")
]

TensorBoard = Annotated[
    bool, typer.Option("--tensorboard", help="Write losses and samples for TensorBoard, too.")
]


@app.command(cls=ModelHelp)
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
    size: Annotated[
        int | None, typer.Option(help="Pixels a side; of a folder, by default what fits.", min=1)
    ] = None,
    width: Annotated[int | None, typer.Option(help="Width of the networks.", min=1)] = None,
    lr: Annotated[float | None, typer.Option(help="Learning rate.", min=0)] = None,
    set_: Annotated[
        list[str] | None,
        typer.Option("--set", metavar="NAME=VALUE", help="Any argument of the model; repeatable."),
    ] = None,
    steps: Annotated[int | None, typer.Option(help="Rounds of the game.", max=MOST)] = None,
    batch: Annotated[int | None, typer.Option(help="Examples in a batch.", max=MOST)] = None,
    ema: Annotated[
        float | None, typer.Option(help="Decay of the average of the weights; 0: none.")
    ] = None,
    save_every: Annotated[
        int | None, typer.Option(help="Rounds between two checkpoints and samples.", max=MOST)
    ] = None,
    seed: Seed = 0,
    device: Device = None,
    precision: Annotated[str | None, typer.Option(help="float32 or bfloat16.")] = None,
    augment: Augment = None,
    mirror: Mirror = False,
    workers: Workers = None,
    no_cache: NoCache = False,
    tensorboard: TensorBoard = False,
    out: Annotated[Path | None, typer.Option(help="Folder of the run.")] = None,
) -> None:
    """Train a model. Ctrl-C saves; `gan-minimal resume` goes on.

    Without --preset, NAME may be a recorded run, which is trained as it was; a model that has none
    of that name trains its tiny preset. `gan-minimal train NAME --help` lists the arguments of that
    model, too.

    Example: gan-minimal train dcgan

    With your own images: gan-minimal train dcgan --data photos/
    """
    from gan_minimal import data as datasets
    from gan_minimal import models
    from gan_minimal.training import checkpoint, events, loop

    asked = preset
    model, preset = chosen_preset(name, preset)
    chosen = models.preset(model, preset)
    own = given_arguments(model, set_ or [], {"size": size, "width": width, "lr": lr})
    arguments = chosen["model"] | own
    one_photograph = datasets.find(chosen["train"]["data"]).count == 1
    if image is not None and not one_photograph:
        raise UserError(f"--image is for singan: {model} learns from many images, see --data.")
    folder = out or Path("runs") / name
    path = folder / "checkpoint.pt"
    if path.exists() or checkpoint.before(path).exists():
        raise UserError(
            f"{folder} already holds a run: `gan-minimal resume {folder}` goes on with it; "
            "--out chooses another folder."
        )
    check_room(folder, 2**16, 1)  # images may be read for minutes before the first checkpoint
    if tensorboard:
        events.summary_writer()
    own_images = None
    training = chosen["train"]
    if one_photograph:
        data = str(image) if image is not None else data
        if data is not None and Path(data).expanduser().is_dir():
            raise UserError(
                f"{model} learns from one photograph, and {data} is a folder: name one in it by "
                "--image photo.jpg."
            )
        arguments, steps = photographs.fitted(model, arguments, data, steps)
    elif is_folder(data or training["data"]):
        where = data or training["data"]
        own_images, arguments, training = fitted(
            model, preset if asked else None, where, own, reading(size, workers, no_cache)
        )
    given = {
        "data": data,
        "steps": steps,
        "batch": batch,
        "ema": ema,
        "save_every": save_every,
        "device": device,
        "precision": precision,
        "augment": augment,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    changes |= {"mirror": True} if mirror else {}
    if steps is not None and not one_photograph:
        row = models.MODELS[model]
        counting = [key for key in (*row.lr_rounds, *row.growth_rounds) if key not in own]
        paced = stretched(model, arguments, counting, steps / training["steps"])
        arguments |= paced
        if paced:
            typer.echo(f"Its schedule is for {steps:,} rounds: {told(paced)}.")
    settings = loop.Settings(**{**training, "seed": seed, **changes})
    run = loop.new(model, arguments, settings)
    dataset = own_images or opened(run.model, settings.data)
    go_on(run, model, arguments, settings, path, dataset, workers, tensorboard)


def is_folder(data: str) -> bool:
    """Say whether the data is a person's own folder."""
    from gan_minimal import data as datasets

    datasets.find(data)  # which refuses a name that is neither a set's nor a folder's
    return data not in datasets.names() and not photographs.is_image(data)


def reading(size: int | None, workers: int | None, no_cache: bool) -> "Reading":
    """Return how a folder of images is read, with a bar that shows how far it is."""
    from gan_minimal import data as datasets
    from gan_minimal.data.own_images import Reading
    from gan_minimal.training.progress import counting

    cache = None if no_cache else datasets.root_folder() / "reduced"
    return Reading(size, None, cache, workers, counting("reducing"))


def fitted(
    model: str, preset: str | None, data: str, own: dict[str, Any], how: "Reading"
) -> tuple["OwnImages", dict[str, Any], dict[str, Any]]:
    """Look at a folder, say what is in it, and fit a model to it.

    Args:
        model: The model.
        preset: The preset that was asked for; None for the one whose images are as large as those
            of the folder, or else the tiny one, made narrower for larger images.
        data: The folder.
        own: Arguments of the model that were asked for.
        how: How the folder is read.

    Returns:
        The images, the arguments of the model, and the preset's settings of training.

    Raises:
        UserError: If the folder cannot be used, or the model has no such size.
    """
    from dataclasses import replace

    from gan_minimal import models
    from gan_minimal.data.own_images import open_for
    from gan_minimal.training.arguments import built, parameters

    presets = models.get(model).PRESETS
    first = preset or ("tiny" if "tiny" in presets else next(iter(presets)))
    known = parameters(model)
    arguments = presets[first]["model"] | own
    example = built(model, arguments)
    assert isinstance(example.size, int)  # a model of one photograph has no folder
    if preset is not None or "size" not in known or "size" in own:
        how = replace(how, size=example.size)
    if "channels" not in known or "channels" in own:
        how = replace(how, channels=example.channels)
    found = open_for(example, Path(data).expanduser(), "train", how)
    for line in found.report:
        typer.echo(line)
    if preset is None:
        same = [each for each in presets if each != "paper" and is_for(model, each, found.size)]
        if same and first not in same:
            first = same[0]
        arguments = presets[first]["model"] | own
        if "width" in arguments and "width" not in own and not same:
            # a round of larger images then takes about as long
            old = presets[first]["model"].get("size", example.size)
            arguments["width"] = max(8, arguments["width"] * old // max(old, found.size))
    fit = {"size": found.size, "channels": found.channels}
    arguments |= {key: value for key, value in fit.items() if key in known and key not in own}
    if found.classes:
        n = len(found.classes)
        named = isinstance(arguments.get("classes"), dict)
        counts = {"classes": {"class": n} if named else (n,), "domains": n}
        arguments |= {key: value for key, value in counts.items() if key in known}
    changed = {key: arguments[key] for key in ("size", "width", "channels") if key in arguments}
    typer.echo(f"{model} as in its preset {first}, with {told(changed)}." if changed else "")
    return found, arguments, dict(presets[first]["train"])


def is_for(model: str, preset: str, size: int) -> bool:
    """Say whether a preset is for images of `size` pixels."""
    from gan_minimal import models
    from gan_minimal.training.arguments import parameters

    usual = parameters(model).get("size")
    own: Any = models.preset(model, preset)["model"].get("size", usual and usual.default)
    return bool(own == size)


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
    folder: Annotated[Path, typer.Argument(help="Folder of the run, or a checkpoint in it.")],
    device: Device = None,
    steps: Annotated[
        int | None, typer.Option(help="Train up to this round instead.", max=MOST)
    ] = None,
    data: Annotated[str | None, typer.Option(help="Where the data lies by now.")] = None,
    other_data: Annotated[
        bool, typer.Option("--other-data", help="Go on although the data has changed.")
    ] = False,
    workers: Workers = None,
    no_cache: NoCache = False,
    tensorboard: TensorBoard = False,
) -> None:
    """Go on with a run that was interrupted, to the same end as if it had not been.

    Example: gan-minimal resume runs/dcgan
    """
    import shutil
    from dataclasses import replace

    from gan_minimal import data as datasets
    from gan_minimal import models
    from gan_minimal.files import write_whole
    from gan_minimal.training import loop

    start = folder if folder.suffix == ".pt" else folder / "checkpoint.pt"
    path = start.with_name("checkpoint.pt")
    run, content, settings = loop.resume(start, device)
    if start != path:  # the one in its place is damaged, and shall not be kept as the one before
        write_whole(path, lambda temporary: shutil.copyfile(start, temporary))
    if settings.device != (wanted := device or content["settings"]["device"]):
        typer.echo(f"This machine has no device {wanted!r}: going on on {settings.device}.")
    if steps is not None and run.step < steps != settings.steps:
        name, arguments = content["name"], content["arguments"]
        counting = models.MODELS[name].lr_rounds
        paced = stretched(name, arguments, counting, steps / settings.steps)
        for key, value in paced.items():
            setattr(run.model, key, value)
        arguments |= paced
        settings = replace(settings, steps=steps)
        if paced:
            typer.echo(f"Its learning rate is for {steps:,} rounds: {told(paced)}.")
    if data is not None:
        settings = replace(settings, data=data)
    if run.step >= min(settings.steps, steps or settings.steps):
        typer.echo(f"{folder} is finished: {run.step:,} rounds. --steps trains further.")
        return
    known = settings.data in datasets.names()
    if not known and not Path(settings.data).expanduser().exists():
        raise UserError(f"{settings.data} is not there: --data says where it lies by now.")
    size = run.model.size
    dataset: Any
    if is_folder(settings.data) and isinstance(size, int):
        from gan_minimal.data.own_images import open_for

        how = replace(reading(size, workers, no_cache), channels=run.model.channels)
        dataset = open_for(run.model, Path(settings.data).expanduser(), "train", how)
    else:
        dataset = opened(run.model, settings.data)
    if not other_data:
        check_unchanged(dataset, settings.data, content.get("data"))
    go_on(run, content["name"], content["arguments"], settings, path, dataset, workers, tensorboard)
