"""The command `gan-minimal`. Nothing heavy is imported before a command needs it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from gan_minimal.errors import TrainingDiverged, UserError

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

INTERRUPTED = 130  # the exit code of a program that Ctrl-C has stopped
LARGEST_SIDE = 16_383  # pixels; WebP can hold no more, and memory hardly

Seed = Annotated[int, typer.Option(help="Seed of the random numbers.", min=0, max=2**32 - 1)]
Device = Annotated[str | None, typer.Option(help="cpu, cuda, cuda:1 or mps.")]


@app.command("list")
def list_models() -> None:
    """Show all models, their papers and what is recorded of them.

    Example: gan-minimal list
    """
    from rich.table import Table

    from gan_minimal import models, zoo

    table = Table("model", "paper", "presets", "recorded run", "Fréchet distance (floor)")
    for name in models.names():
        module = models.get(name)
        paper = getattr(module, "PAPER", None)
        source = f"{paper['year']}, arXiv:{paper['arxiv']}" if paper else ""
        runs = [record for run in zoo.names() if (record := zoo.read(run))["model"] == name]
        days = ", ".join(f"{run['name']}, {run['environment']['date']}" for run in runs)
        fids = [run["metrics"]["fid"] for run in runs if "fid" in run["metrics"]]
        scores = ", ".join(f"{fid['value']:.2f} ({fid['floor']:.2f})" for fid in fids)
        table.add_row(name, source, ", ".join(module.PRESETS), days, scores)
    show(table)


@app.command()
def train(
    model: Annotated[str, typer.Argument(help="A model: see `gan-minimal list`.")],
    preset: Annotated[str, typer.Option(help="tiny (a laptop) or paper (a GPU).")] = "tiny",
    data: Annotated[str | None, typer.Option(help="A data set, or a folder of images.")] = None,
    steps: Annotated[int | None, typer.Option(help="Rounds of the game.")] = None,
    batch: Annotated[int | None, typer.Option(help="Examples in a batch.")] = None,
    seed: Seed = 0,
    device: Device = None,
    precision: Annotated[str | None, typer.Option(help="float32 or bfloat16.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder of the run.")] = None,
) -> None:
    """Train a model. Ctrl-C saves; `gan-minimal resume` goes on.

    Example: gan-minimal train dcgan
    """
    from gan_minimal import models
    from gan_minimal import train as training

    chosen = models.preset(model, preset)
    given = {
        "data": data,
        "steps": steps,
        "batch": batch,
        "device": device,
        "precision": precision,
    }
    changes = {key: value for key, value in given.items() if value is not None}
    settings = training.Settings(**{**chosen["train"], "seed": seed, **changes})
    folder = out or Path("runs") / model
    path = folder / "checkpoint.pt"
    if path.exists():
        raise UserError(
            f"{folder} already holds a run: `gan-minimal resume {folder}` goes on with it; "
            "--out chooses another folder."
        )
    go_on(training.new(model, chosen["model"], settings), model, chosen["model"], settings, path)


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

    from gan_minimal import train as training

    path = folder / "checkpoint.pt"
    run, content, settings = training.resume(path, device)
    if steps is not None:
        settings = replace(settings, steps=steps)
    if run.step >= settings.steps:
        typer.echo(f"{folder} is finished: {run.step:,} rounds. --steps trains further.")
        return
    go_on(run, content["name"], content["arguments"], settings, path)


def go_on(run: Any, name: str, arguments: dict[str, Any], settings: Any, path: Path) -> None:
    """Train `run` to its end or to an interruption, saving to `path`."""
    from gan_minimal import checkpoint, images, models
    from gan_minimal import data as datasets
    from gan_minimal import train as training

    size, channels = shape_of(run.model)
    dataset = datasets.load(settings.data, size=size)
    fits(dataset, size, channels, settings.data)
    usual = models.preset(name)["train"]["data"]
    if len(dataset[0]) != len(datasets.load(usual)[0]):
        raise UserError(f"{name} learns from examples as in {usual}; {settings.data} has others.")
    path.parent.mkdir(parents=True, exist_ok=True)  # better to fail now than after 1,000 rounds

    def save(run: Any) -> None:
        checkpoint.save(path, training.contents(run, name, arguments, settings))

    try:
        training.train(run, dataset, settings, save)
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
    if hasattr(run.model, "sample"):
        picture = path.with_name("samples.png")
        drawn = training.sample(run.sampler, 64, settings.seed)
        images.save(images.grid(drawn, 8, scale=scale_of(drawn.shape[-1])), picture)
        typer.echo(f"What it draws: {picture}")


@app.command()
def sample(
    model: Annotated[str, typer.Argument(help="A recorded run, or the folder of your own.")],
    n: Annotated[int, typer.Option("--n", help="Number of images.", min=1, max=4096)] = 64,
    seed: Seed = 0,
    out: Annotated[Path, typer.Option(help="A .png or .webp file.")] = Path("samples.png"),
    scale: Annotated[int | None, typer.Option(help="Enlargement.", min=1, max=64)] = None,
) -> None:
    """Draw images with a trained model and write them as one picture.

    Example: gan-minimal sample dcgan --n 64 --out faces.png
    """
    if out.suffix not in (".png", ".webp"):
        raise UserError(
            f"--out ends with .png or .webp, not {out.suffix or 'without an ending'!r}."
        )
    from gan_minimal import images
    from gan_minimal import train as training

    trained, _ = trained_model(model)
    if not hasattr(trained, "sample"):
        raise UserError(
            f"{model} draws no images: `gan-minimal evaluate {model}` shows what it does."
        )
    drawn = training.sample(trained, n, seed)
    columns, scale = min(n, max(8, round(n**0.5))), scale or scale_of(drawn.shape[-1])
    width = columns * (drawn.shape[-1] + 1) * scale
    if width > LARGEST_SIDE:
        raise UserError(f"The picture would be {width:,} pixels wide: choose a smaller --scale.")
    images.save(images.grid(drawn, columns, scale=scale), out)
    typer.echo(str(out))


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="A recorded run, or the folder of your own.")],
    inception: Annotated[bool, typer.Option(help="The FID of papers; needs internet.")] = False,
) -> None:
    """Measure a trained model, each distance beside the one of real images from real images.

    Example: gan-minimal evaluate dcgan
    """
    from rich.table import Table

    from gan_minimal import evaluate as scoring
    from gan_minimal import fragments

    trained, dataset = trained_model(model)
    if inception:
        typer.echo(f"FID with Inception-v3: {scoring.inception(trained, dataset):.2f}")
        return
    table = Table("metric", "value", "real-vs-real floor")
    for name, score in scoring.evaluate(trained, dataset).items():
        floor = fragments.number(score["floor"]) if "floor" in score else ""
        table.add_row(fragments.title(name, "en"), fragments.number(score["value"]), floor)
    show(table)
    typer.echo("Features of this site's classifier: not comparable with the FID of papers.")


@app.command()
def record(
    name: Annotated[str, typer.Argument(help="A recorded run, or `all`.")],
    check: Annotated[bool, typer.Option("--check", help="Only say whether it is fresh.")] = False,
) -> None:
    """Make a recorded run again, with its pictures and tables, or check that it is fresh.

    Example: gan-minimal record dcgan --check
    """
    from gan_minimal import fragments
    from gan_minimal import record as recording

    names = list(recording.RUNS) if name == "all" else [name]
    stale = False
    for run in names:
        if check:
            complaints = recording.check(run)
            stale = stale or bool(complaints)
            state = f"stale: {'; '.join(complaints)}" if complaints else "fresh"
            typer.echo(f"{run} is {state}")
            if complaints:
                typer.echo(f"Repair it with: gan-minimal record {run}")
        else:
            docs = checkout() / "docs"
            content = recording.record(run, docs / "assets" / "runs")
            fragments.write(content, docs)
            typer.echo(f"{run}: {content['seconds']:.0f} s, {content['metrics']}")
    if stale:
        raise typer.Exit(1)


@app.command()
def data(
    name: Annotated[str | None, typer.Argument(help="A data set; without it, all.")] = None,
    download: Annotated[bool, typer.Option("--download", help="Fetch it.")] = False,
) -> None:
    """Show the data sets and where they are, or download one.

    Example: gan-minimal data mnist --download
    """
    from rich.table import Column, Table

    from gan_minimal import data as datasets

    if download:
        if name is None:
            raise UserError("Say what to download, for example: gan-minimal data mnist --download")
        datasets.download(name)
    here = Column("here", no_wrap=True)  # a command to copy
    table = Table("name", "what", "images", "size", "licence", here)
    for each in [name] if name else datasets.names():
        about = datasets.describe(each)
        how = "yes" if about.present else f"gan-minimal data {each} --download"
        table.add_row(each, about.en, f"{about.count:,}", about.size, about.licence, how)
    show(table)


claims_app = typer.Typer(
    help="Show the claims of the notes and their verdicts, or measure one again.\n\n"
    "Example: gan-minimal claims run gan-two-players",
    invoke_without_command=True,
    rich_markup_mode=None,
)
app.add_typer(claims_app, name="claims")


@claims_app.callback()
def list_claims(context: typer.Context) -> None:
    """List the claims and their verdicts, as recorded."""
    if context.invoked_subcommand is not None:
        return
    from rich.table import Table

    from gan_minimal import claims

    table = Table("id", "claim", "verdict")
    for claim in claims.claims().values():
        record = claims.read(claim)
        holds = record and claim.holds(record["values"])
        verdict = "not measured" if record is None else "holds" if holds else "does not hold"
        table.add_row(claim.id, claim.says[1], verdict)
    show(table)


@claims_app.command("run")
def run_claim(
    name: Annotated[str, typer.Argument(help="A claim: see `gan-minimal claims`.")],
    keep: Annotated[bool, typer.Option("--record", help="Keep the values for the pages.")] = False,
) -> None:
    """Measure a claim again and say whether it holds.

    Example: gan-minimal claims run gan-two-players
    """
    from gan_minimal import claims, fragments

    claim = claims.get(name)
    docs = checkout() / "docs" if keep else None  # measuring can take an hour: refuse before it
    typer.echo(f"{claim.says[1]}\n{claim.measured[1]}\n{claim.rule[1]}")
    record = claims.measure(claim)
    for value, seeds in record["values"].items():
        each = ", ".join(fragments.number(seed) for seed in seeds)
        typer.echo(f"{claim.labels[value][1]}: {each}")
    typer.echo("It holds." if claim.holds(record["values"]) else "It does not hold at this scale.")
    if docs is not None:
        claims.write(record)
        fragments.write_claim(claim, record, docs)


def trained_model(name: str) -> tuple["nn.Module", str]:
    """Return a recorded run's model, or the one in the folder of a run, and its data's name."""
    from gan_minimal import train as training
    from gan_minimal import zoo

    if (Path(name) / "checkpoint.pt").exists():
        run, _, settings = training.resume(Path(name) / "checkpoint.pt", device="cpu")
        return run.sampler, settings.data
    return zoo.load(name), zoo.read(name)["settings"]["train"]["data"]


def shape_of(model: "nn.Module") -> tuple[int, int]:
    """Return the height (and width) and the channels of the images that `model` learns from."""
    return model.size, model.channels  # type: ignore[return-value]


def fits(dataset: Any, size: int, channels: int, name: str) -> None:
    """Refuse data whose images the model cannot learn from.

    Raises:
        UserError: If the images are of another size or have other channels.
    """
    shape = tuple(dataset[0][0].shape)
    if shape != (channels, size, size):
        raise UserError(
            f"{name} has images of {shape[0]} channels and {shape[2]}x{shape[1]} pixels; this "
            f"model learns from {channels} channels and {size}x{size} pixels."
        )


def scale_of(size: int) -> int:
    """Return the enlargement at which an image of `size` pixels is easily seen: about 64."""
    return max(1, 64 // size)


def checkout() -> Path:
    """Return the root of the repository that this package lies in.

    Raises:
        UserError: If the package is installed without the pages.
    """
    root = Path(__file__).parents[1]
    if not (root / "docs").is_dir():
        raise UserError(
            "Recording writes the site's pages too: run it in a clone of the repository."
        )
    return root


def show(table: Any) -> None:
    """Print a table as wide as the terminal, and wide enough for a file."""
    from rich.console import Console

    Console(width=None if sys.stdout.isatty() else 120).print(table)


def main() -> None:
    """Run the command; an error that the user can put right is one sentence and exit code 2."""
    try:
        app()
    except UserError as error:
        leave(str(error))
    except OSError as error:  # a file where a folder should be, a missing permission, a full disk
        leave(f"{error.strerror}: {error.filename}" if error.strerror else str(error))


def leave(message: str) -> None:
    """End the program with one sentence about what the user can put right."""
    typer.echo(f"gan-minimal: {message}", err=True)
    sys.exit(2)
