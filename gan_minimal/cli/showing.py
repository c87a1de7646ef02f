"""The commands that show what there is: `list`, `data`."""

from typing import Annotated

import typer

from gan_minimal.cli.common import app, show
from gan_minimal.errors import UserError


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
        source = f"{paper['year']}, {models.source(paper)[0]}" if paper else ""
        runs = [record for run in zoo.names() if (record := zoo.read(run))["model"] == name]
        days = ", ".join(f"{run['name']}, {run['environment']['date']}" for run in runs)
        fids = [run["metrics"]["fid"] for run in runs if "fid" in run["metrics"]]
        scores = ", ".join(f"{fid['value']:.2f} ({fid['floor']:.2f})" for fid in fids)
        table.add_row(name, source, ", ".join(module.PRESETS), days, scores)
    show(table)


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
        row = datasets.find(each)
        size = "x".join(map(str, row.size))
        present = row.present(datasets.root_folder())
        how = "yes" if present else f"gan-minimal data {each} --download"
        table.add_row(each, row.en, f"{row.count:,}", size, row.licence, how)
    show(table)
