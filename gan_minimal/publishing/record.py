"""Recorded runs: train a tiny preset, score it, and keep everything a page shows of it.

A recorded run is *fresh* as long as today's code still begins it the same way and still scores it
the same: see `check`.
"""

import json
import math
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from itertools import product
from pathlib import Path
from typing import Any, TypeGuard, cast

from PIL import Image
from torch import Tensor, nn

from gan_minimal import data, images, models, zoo
from gan_minimal.errors import UserError, nearest
from gan_minimal.files import check_room, exchange, sum_of_file, write_record
from gan_minimal.models.protocol import Model, Sampler
from gan_minimal.publishing import chart_style, charts, pictures, tables
from gan_minimal.publishing.chart_style import THEMES
from gan_minimal.publishing.words import LANGUAGES
from gan_minimal.scoring.evaluate import evaluate
from gan_minimal.scoring.faces import shares
from gan_minimal.scoring.readings import Scores
from gan_minimal.training import checkpoint, loop
from gan_minimal.training.fingerprint import first_rounds
from gan_minimal.training.machine import environment

FIRST_STEPS = 3  # rounds that `check` repeats
DRIFT = 1e-3  # how far their losses may be from the recorded ones, relative
FRAMES = 40  # pictures of the training animation, before it is made to fit


def plan(name: str) -> tuple[str, str, dict[str, Any], loop.Settings]:
    """Return model, preset, the model's arguments and the settings of recorded run `name`.

    Raises:
        UserError: If there is no such run; the message names the nearest one.
    """
    runs = models.runs()
    if name not in runs:
        raise UserError(f"There is no recorded run {name!r}: {nearest(name, list(runs))}")
    model, which = runs[name]
    preset = models.preset(model, which)
    return model, which, preset["model"], loop.Settings(**preset["train"])


def record(name: str, docs: Path, device: str = "cpu") -> dict[str, Any]:
    """Train recorded run `name` and write its JSON, its weights, its pictures and its tables.

    All of them are made beside the old ones and put in their places at once.

    Args:
        name: One of `gan_minimal.models.runs()`.
        docs: Folder of the pages; pictures, charts and tables of the run are written below it.
        device: Where to train; what is recorded says where, and in which precision.

    Returns:
        What was written as JSON.

    Raises:
        UserError: If there is no such run, training was interrupted or diverged, or matplotlib is
            not installed.
    """
    plan(name)
    chart_style.font()  # training can take an hour: refuse before it
    with exchange(zoo.FOLDER, name, {"zoo": zoo.FOLDER, "docs": docs}) as new:
        check_room(docs)
        content = trained(name, device, new / "zoo" / f"{name}.safetensors", new / "docs")
        drawn = (new / "docs" / pictures_of(name)).glob("*")
        content["pictures"] = {path.name: sum_of_file(path) for path in sorted(drawn)}
        write_record(new / "zoo" / f"{name}.json", content)
    for path in (docs / pictures_of(name)).glob("*"):  # of the run before
        if path.name not in content["pictures"]:
            path.unlink()
    return content


def trained(name: str, device: str, path: Path, docs: Path) -> dict[str, Any]:
    """Train run `name`, write its weights to `path` and all that pages show of it below `docs`.

    Returns:
        What is recorded.
    """
    model, which, arguments, settings = plan(name)
    here = replace(settings, device=device)
    dataset = data.load(settings.data)
    opening = first_steps(name)
    run = loop.new(model, arguments, here)
    frames: list[Tensor] = []
    began = time.perf_counter()
    loop.train(run, dataset, here, watch=lambda run: film(run, settings, frames))
    seconds = time.perf_counter() - began
    if run.step < settings.steps:
        raise UserError(f"Recording {name} was interrupted; nothing was written.")

    checkpoint.save_weights(path, zoo.stored(run.sampler.cpu()).state_dict())
    content: dict[str, Any] = {
        "name": name,
        "model": model,
        "preset": which,
        "seed": settings.seed,
        "steps": settings.steps,
        "seconds": round(seconds, 1),
        "settings": as_json({"model": arguments, "train": asdict(settings)}),
        "parameters": counted(run.model),
        "weights_sha256": sum_of_file(path),
        "first_steps": opening,
        "losses": rounded({"step": run.losses.step, **run.losses.players}),
        "environment": environment(device) | {"precision": loop.computed_in(here)},
    }
    # scored and drawn as everybody will see it: with the stored weights, in half precision
    stored: Model = zoo.opened(content, path)
    content["metrics"] = evaluate(stored, settings.data)
    draw(name, stored, settings.data, frames, docs / pictures_of(name))
    draw_charts(content, stored, docs)
    tables.write(content, docs)
    return content


def counted(model: Model) -> dict[str, int]:
    """Return how many parameters each part of a model has."""
    parts = cast(nn.Module, model).named_children()
    return {part: sum(p.numel() for p in child.parameters()) for part, child in parts}


def pictures_of(name: str) -> Path:
    """Return where the pictures of a run lie below the folder of the pages."""
    return Path("assets", "runs", name)


def first_steps(name: str) -> list[dict[str, float]]:
    """Return the losses of the first rounds of run `name`; see `opening`."""
    model, _, arguments, settings = plan(name)
    return first_rounds(loop.new(model, arguments, settings), settings, FIRST_STEPS)


def check(name: str, docs: Path | None = None) -> list[str]:
    """Say in sentences what makes recorded run `name` stale; nothing if it is fresh.

    It is fresh if its first rounds, repeated with the recorded seed, give the recorded losses
    within 0.1 %, and its stored weights give the recorded metrics within their tolerance. Pages
    must show what is recorded, and what the weights draw.

    Args:
        name: One of `gan_minimal.models.runs()`.
        docs: Folder of the pages, to compare what they show of the run; None to leave that out.
    """
    content, trained = zoo.read(name), zoo.load(name)
    model, which, arguments, settings = plan(name)
    complaints = []
    recorded = content["settings"]  # older ones lack what has been a setting only since then
    if [as_json(arguments), settings] != [recorded["model"], loop.Settings(**recorded["train"])]:
        complaints.append("its settings are not those of today's preset")
    today: dict[str, Any] = {"name": name, "model": model, "preset": which}
    today |= {"seed": settings.seed, "steps": settings.steps, "parameters": counted(trained)}
    complaints += [
        f"{key} is {value}, recorded: {content[key]}"
        for key, value in today.items()
        if value != content[key]
    ]
    opening = zip(first_steps(name), content["first_steps"], strict=False)  # older records have 5
    for i, (now, then) in enumerate(opening):
        for player in then.keys() | now.keys():
            if not close(now.get(player, math.nan), then.get(player, math.nan), DRIFT, 0):
                complaints.append(
                    f"in round {i + 1} the {player} starts with a loss of {now.get(player)}, "
                    f"recorded: {then.get(player)}"
                )
    complaints += unlike_scores(evaluate(trained, settings.data), content["metrics"])
    if docs is None:
        return complaints
    return complaints + unlike(content, docs) + unlike_histogram(name, trained, docs)


def unlike_scores(today: Scores, recorded: Scores) -> list[str]:
    """Say in sentences which recorded scores are not those of today, floors included."""
    complaints = []
    for metric in sorted(today.keys() | recorded.keys()):
        now, then = today.get(metric, {}), recorded.get(metric, {})
        tolerance = now.get("tolerance", 0.0)
        for kind in sorted(now.keys() | then.keys(), reverse=True):  # the value comes first
            if not close(now.get(kind, math.nan), then.get(kind, math.nan), 0, tolerance):
                of = metric if kind == "value" else f"{metric}, {kind}"
                complaints.append(f"{of} is {now.get(kind)}, recorded: {then.get(kind)}")
    return complaints


def unlike_histogram(name: str, model: Model, docs: Path) -> list[str]:
    """Say in sentences which histograms do not show what the weights of a run draw."""
    dataset = zoo.read(name)["settings"]["train"]["data"]
    if not has_histogram(model, dataset):
        return []
    today = dict(zip(("data", "drawn"), shares(model, dataset, "hair_color"), strict=True))
    complaints = []
    for language, theme in product(LANGUAGES, THEMES):
        path = charts.place(docs, f"runs/{name}/histogram", language, theme)
        written = charts.percentages(path) if path.is_file() else {}
        # other processors round otherwise: a face or two of a thousand differ
        right = written.keys() == today.keys() and all(
            len(written[key]) == len(now)
            and all(close(x, 100 * y, 0, 0.8) for x, y in zip(written[key], now, strict=True))
            for key, now in today.items()
        )
        if not right:
            complaints.append(
                f"{path} does not show what its weights draw: `gan-minimal tables` draws it again"
            )
    return complaints


def unlike(content: dict[str, Any], docs: Path) -> list[str]:
    """Say in sentences what pages show of a run that is not what its record says.

    Records that are older than the sums of pictures leave the pictures out.
    """
    complaints = []
    folder = docs / pictures_of(content["name"])
    sums = content.get("pictures", {})
    found = {path.name: path for path in folder.glob("*")} if "pictures" in content else {}
    for file in sorted(sums.keys() | found.keys()):
        if file not in found or sums.get(file) != sum_of_file(found[file]):
            complaints.append(f"{folder / file} is not the picture that was recorded")
    again = "`gan-minimal tables` writes it again"
    for path, text in tables.texts(content, docs):
        if not path.is_file() or path.read_bytes() != text.encode():
            complaints.append(f"{path} is not of this record: {again}")
    drawn = charts.loss_data(content)
    for language, theme in product(LANGUAGES, THEMES):
        path = charts.place(docs, f"runs/{content['name']}/losses", language, theme)
        digest = charts.digest(charts.losses, drawn, language, theme)
        if not path.is_file() or digest.encode() not in path.read_bytes():
            complaints.append(f"{path} does not draw this record: {again}")
    return complaints


def close(x: float, y: float, relative: float, absolute: float) -> bool:
    """Compare two numbers; NaN is close to nothing."""
    return math.isclose(x, y, rel_tol=relative, abs_tol=absolute)


def film(run: loop.Run[Model], settings: loop.Settings, frames: list[Tensor]) -> None:
    """Append what the model draws now, if a frame of the animation is due.

    Frames come at the squares of equal steps in time: most of what there is to see happens early.
    """
    due = round(settings.steps * (len(frames) / (FRAMES - 1)) ** 2)
    if pictures.draws(run.model) and run.step >= max(due, 1):
        frames.append(pictures.drawn(run.sampler, settings.data, pictures.columns(settings.data)))


def draw(name: str, model: Model, dataset: str, frames: list[Tensor], folder: Path) -> None:
    """Write the pictures of run `name`: samples, training animation and others."""
    if frames:
        draw_samples(model, dataset, frames, folder)
    for file, picture in pictures.more(name, model).items():
        if isinstance(picture, list):
            images.save_animation(picture, folder / file)
        else:
            images.save(picture, folder / file, pictures.quality(dataset))


def draw_samples(model: Model, dataset: str, frames: list[Tensor], folder: Path) -> None:
    """Write what a model draws, and how it came to that."""
    columns = pictures.columns(dataset)
    picture = images.grid(pictures.shown(model, dataset), columns)
    images.save(picture, folder / "samples.webp", pictures.quality(dataset))
    scale = pictures.scale(dataset)
    film_strip: list[Image.Image] = [images.grid(frame, columns, scale=scale) for frame in frames]
    images.save_animation(film_strip, folder / "training.webp")


def draw_charts(content: dict[str, Any], model: Model, docs: Path) -> None:
    """Write the charts of a recorded run below `docs`: losses, and hair colours of faces.

    Raises:
        UserError: If matplotlib is not installed.
    """
    name, dataset = content["name"], content["settings"]["train"]["data"]
    charts.write(charts.losses, charts.loss_data(content), docs, f"runs/{name}/losses")
    if has_histogram(model, dataset):
        found = charts.share_data(*shares(model, dataset, "hair_color"))
        charts.write(charts.histogram, found, docs, f"runs/{name}/histogram")


def has_histogram(model: Model, dataset: str) -> TypeGuard[Sampler]:
    """Say whether there is a histogram of the hair colours that a model draws."""
    return dataset == "faces16" and isinstance(model, Sampler)


def rounded(losses: Mapping[str, Sequence[float]], points: int = 200) -> dict[str, list[float]]:
    """Thin losses out to at most `points`, by means of neighbours, with four decimals."""
    width = -(-len(losses["step"]) // points)
    thin = {}
    for player, values in losses.items():
        groups = [values[i : i + width] for i in range(0, len(values), width)]
        means = [
            group[-1] if player == "step" else math.fsum(group) / len(group) for group in groups
        ]
        thin[player] = means if player == "step" else [round(mean, 4) for mean in means]
    return thin


def as_json(value: Any) -> Any:
    """Return `value` as it comes back from a JSON file: tuples are lists there."""
    return json.loads(json.dumps(value))
