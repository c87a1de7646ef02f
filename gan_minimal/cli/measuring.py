"""The commands that measure: `evaluate`, `record`, `claims`."""

from typing import Annotated

import typer

from gan_minimal.cli.common import Device, app, checkout, pages, show, trained_model


@app.command()
def evaluate(
    model: Annotated[str, typer.Argument(help="A recorded run, or the folder of your own.")],
    inception: Annotated[bool, typer.Option(help="The FID of papers; needs internet.")] = False,
    device: Device = None,
) -> None:
    """Measure a trained model, each distance beside the one of real images from real images.

    Example: gan-minimal evaluate dcgan
    """
    from rich.table import Table

    from gan_minimal.publishing import tables, words
    from gan_minimal.scoring import evaluate

    trained, dataset = trained_model(model, device)
    if inception:
        typer.echo(f"FID with Inception-v3: {evaluate.inception(trained, dataset):.2f}")
        return
    table = Table("metric", "value", "real-vs-real floor")
    scores = evaluate.evaluate(trained, dataset)
    for name, score in scores.items():
        floor = tables.number(score["floor"]) if "floor" in score else ""
        table.add_row(words.title(name, "en"), tables.number(score["value"]), floor)
    show(table)
    if "fid" in scores:
        typer.echo("Features of this site's classifier: not comparable with the FID of papers.")
    if "untrained_fid" in scores:
        typer.echo("Features of an untrained network: not comparable with the FID of papers.")


@app.command()
def record(
    name: Annotated[str, typer.Argument(help="A recorded run, or `all`.")],
    check: Annotated[bool, typer.Option("--check", help="Only say whether it is fresh.")] = False,
    device: Device = None,
) -> None:
    """Make a recorded run again, with its pictures and tables, or check that it is fresh.

    Example: gan-minimal record dcgan --check
    """
    from gan_minimal import models
    from gan_minimal.publishing import record

    names = list(models.runs()) if name == "all" else [name]
    stale = False
    for run in names:
        if check:
            complaints = record.check(run, pages())
            stale = stale or bool(complaints)
            state = f"stale: {'; '.join(complaints)}" if complaints else "fresh"
            typer.echo(f"{run} is {state}")
            if complaints:
                typer.echo(f"Repair it with: gan-minimal record {run}")
        else:
            content = record.record(run, checkout() / "docs", device or "cpu")
            typer.echo(f"{run}: {content['seconds']:.0f} s, {content['metrics']}")
    if stale:
        raise typer.Exit(1)


@app.command()
def tables() -> None:
    """Write the tables and charts of all pages again, from what is recorded.

    Example: gan-minimal tables
    """
    from gan_minimal import claims, zoo
    from gan_minimal.publishing import claim_pages, tables
    from gan_minimal.publishing import record as recording

    docs = checkout() / "docs"
    for name in zoo.names():
        tables.write(zoo.read(name), docs)
        recording.draw_charts(zoo.read(name), zoo.load(name), docs)
    for claim, values in claims.recorded():
        claim_pages.write_claim(claim, values, docs)
    claim_pages.write_lists(claims.recorded(), docs)


claims_app = typer.Typer(
    help="Show the claims of the notes and the verdicts on them, or measure one again.\n\n"
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
    from gan_minimal.publishing import words

    table = Table("id", "statement", "verdict")
    for claim in claims.claims().values():
        record, said = claims.read(claim), claim.words("en")
        if record is None:
            table.add_row(claim.id, said.note, "not measured")
            continue
        values = record["values"]
        judged = claim.verdicts_of(values, ours=False)
        whole = claims.judge_all(judged) if judged else "unjudged"
        table.add_row(claim.id, said.note, words.word(whole, "en"))
        for each in claim.statements:
            ours = " (ours)" if each.ours else ""
            verdict = claims.judge(each.margins(values))
            table.add_row("", f"- {said.statements[each.id]}{ours}", words.word(verdict, "en"))
    show(table)


@claims_app.command("run")
def run_claim(
    name: Annotated[str, typer.Argument(help="A claim: see `gan-minimal claims`.")],
    keep: Annotated[bool, typer.Option("--record", help="Keep the values for the pages.")] = False,
    device: Device = None,
) -> None:
    """Measure a claim again and say which of its statements hold.

    Example: gan-minimal claims run gan-two-players
    """
    from gan_minimal import claims
    from gan_minimal.files import check_room, exchange
    from gan_minimal.publishing import chart_style, claim_pages, tables, words

    claim = claims.get(name)
    claims.compute_on(device)
    docs = checkout() / "docs" if keep else None  # measuring can take an hour: refuse before it
    if docs is not None:
        chart_style.font()
        check_room(claim.folder)
        check_room(docs)
    said = claim.words("en")
    typer.echo(f"{said.note}\n{said.measured}")
    record = claims.measure(claim)
    values = record["values"]
    for value, seeds in values.items():
        typer.echo(f"{said.labels[value]}: {', '.join(tables.number(seed) for seed in seeds)}")
    for each, verdict in claim.verdicts(values).items():
        typer.echo(f"{said.statements[each]} {said.rules[each]} {words.word(verdict, 'en')}.")
    typer.echo(f"In all: {words.word(claim.verdict(values), 'en')}.")
    if docs is not None:
        places = {"claim": claim.folder, "docs": docs}
        with exchange(claim.folder, claim.id, places) as new:
            claims.write(claim, record, new / "claim")
            claim_pages.write_claim(claim, record, new / "docs")
            claim_pages.write_lists(claims.recorded({claim.id: record}), new / "docs")
