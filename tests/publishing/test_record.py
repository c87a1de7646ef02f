"""Every recorded run is fresh: today's code begins it and scores it as recorded.

This is the rule of CONTRIBUTING.md. A failure names the command that makes the run again.
"""

import math
import os
import shutil
import signal
from collections.abc import Callable
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from PIL import Image

from gan_minimal import data, files, images, models, zoo
from gan_minimal.errors import UserError
from gan_minimal.models import dcgan, sampling
from gan_minimal.publishing import charts, pictures, record, tables
from gan_minimal.publishing.chart_style import THEMES
from gan_minimal.publishing.words import LANGUAGES
from gan_minimal.scoring import readings
from gan_minimal.training import checkpoint, fingerprint

ZOO = zoo.FOLDER
DOCS = Path(__file__).parents[2] / "docs"
PICTURES = DOCS / "assets" / "runs"
DRAWING = [
    name for name, (model, _) in models.runs().items() if model not in ("classifier", "clip")
]


# `voxel` takes as long as five others, and whatever makes it stale makes `attributes` stale, too.
RUNS = [
    pytest.param(name, marks=pytest.mark.nightly if name == "voxel" else pytest.mark.slow)
    for name in models.runs()
]


@pytest.mark.parametrize("name", RUNS)
def test_run_is_fresh(name):
    repair = f"repair it with: gan-minimal record {name}"
    assert name in zoo.names(), f"{name} is not recorded; {repair}"

    complaints = record.check(name, DOCS)

    assert not complaints, f"{name} is stale: {'; '.join(complaints)}; {repair}"


def test_nothing_is_recorded_that_nobody_checks():
    assert set(zoo.names()) == set(models.runs())
    assert {path.name for path in PICTURES.iterdir()} <= set(models.runs())


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"lr": 0.0011}, "its settings are not those of today's preset"),
        ({"betas": (0.6, 0.999)}, "in round 3 the discriminator starts with a loss of"),
    ],
)
def test_another_optimiser_makes_a_run_stale(arguments, complaint, monkeypatch):
    monkeypatch.setattr(record, "evaluate", lambda *_: {})
    preset = dcgan.PRESETS["tiny"]
    monkeypatch.setitem(preset, "model", preset["model"] | arguments)

    complaints = record.check("dcgan")

    assert any(each.startswith(complaint) for each in complaints), complaints


@pytest.mark.slow
def test_another_loss_makes_a_run_stale_although_its_settings_are_the_same(monkeypatch):
    monkeypatch.setattr(record, "evaluate", lambda *_: {})
    before = dcgan.DCGAN.step

    def step(self, batch):
        yield from ((player, loss * 1.002) for player, loss in before(self, batch))

    monkeypatch.setattr(dcgan.DCGAN, "step", step)

    complaints = record.check("dcgan")

    assert any("in round 1 the generator starts with a loss of" in each for each in complaints)
    assert not any("settings" in each for each in complaints)


@pytest.mark.slow
def test_another_order_of_the_data_makes_a_run_stale(monkeypatch):
    monkeypatch.setattr(record, "evaluate", lambda *_: {})
    before = fingerprint.batches
    monkeypatch.setattr(
        fingerprint,
        "batches",
        lambda dataset, batch, seed, device: before(dataset, batch, 1, device),
    )

    assert any("in round 1 the discriminator" in each for each in record.check("dcgan"))


@pytest.mark.slow
def test_another_evaluation_makes_a_run_stale(monkeypatch):
    monkeypatch.setattr(record, "first_steps", lambda name: zoo.read(name)["first_steps"])
    before = readings.frechet_distance
    monkeypatch.setattr(readings, "frechet_distance", lambda x, y: before(x, y) ** 0.5)

    complaints = record.check("dcgan")

    recorded = zoo.read("dcgan")["metrics"]["fid"]["value"]
    assert complaints[0] == f"fid is {float(f'{math.sqrt(recorded):.4g}')}, recorded: {recorded}"
    assert all(each.startswith(("fid is ", "fid, ")) for each in complaints)


def test_every_number_of_a_score_is_compared():
    today = {"fid": {"value": 2.0, "floor": 0.7, "tolerance": 0.05}}

    def complaints(**others: float) -> list[str]:
        return record.unlike_scores(today, {"fid": today["fid"] | others})

    assert complaints(value=2.04, floor=0.66, tolerance=0.06) == []
    assert complaints(value=2.1) == ["fid is 2.0, recorded: 2.1"]
    assert complaints(floor=0.1) == ["fid, floor is 0.7, recorded: 0.1"]
    assert complaints(tolerance=100.0) == ["fid, tolerance is 0.05, recorded: 100.0"]
    assert complaints(more=1.0) == ["fid, more is None, recorded: 1.0"]
    assert record.unlike_scores({}, {"kid": {"value": 1.0}}) == ["kid is None, recorded: 1.0"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"steps": 10}, "steps is 13000, recorded: 10"),
        ({"parameters": {"generator": 1}}, "parameters is {'generator'"),
    ],
)
def test_what_a_record_says_of_its_model_is_compared(change, complaint, monkeypatch):
    content = zoo.read("dcgan")
    monkeypatch.setattr(zoo, "read", lambda _: content | change)
    monkeypatch.setattr(record, "evaluate", lambda *_: content["metrics"])
    monkeypatch.setattr(record, "first_steps", lambda _: content["first_steps"])

    [found] = record.check("dcgan")

    assert found.startswith(complaint)


@pytest.mark.slow
def test_a_histogram_of_other_weights_makes_a_run_stale(tmp_path):
    name = "assets/runs/dcgan/histogram"
    for language in LANGUAGES:
        (tmp_path / language / name).parent.mkdir(parents=True)
    for language, ending in product(LANGUAGES, (".svg", "-dark.svg")):
        shutil.copy(DOCS / language / f"{name}{ending}", tmp_path / language / f"{name}{ending}")
    model = zoo.load("dcgan")
    assert record.unlike_histogram("dcgan", model, tmp_path) == []

    light, dark = tmp_path / "ko" / f"{name}.svg", tmp_path / "en" / f"{name}-dark.svg"
    light.write_bytes((DOCS / "ko/assets/runs/gan/histogram.svg").read_bytes())
    dark.unlink()

    assert record.unlike_histogram("dcgan", model, tmp_path) == [
        f"{path} does not show what its weights draw: `gan-minimal tables` draws it again"
        for path in (light, dark)
    ]


@pytest.mark.parametrize("name", DRAWING)
def test_pictures_are_small_and_what_the_weights_draw(name):
    dataset = zoo.read(name)["settings"]["train"]["data"]
    model = zoo.load(name)
    drawn = images.grid(pictures.shown(model, dataset), pictures.columns(dataset))
    with Image.open(PICTURES / name / "samples.webp") as picture:
        found = picture.convert("RGB")

    assert found.size == drawn.size
    shown, wanted = (np.asarray(each).astype(int) for each in (found, drawn))
    if data.find(dataset).photograph:  # it is coded with loss
        assert abs(shown - wanted).mean() < 3
    elif pictures.quality(dataset):  # so is this, and WebP halves the resolution of flat colours
        grey = [np.asarray(each.convert("L")).astype(int) for each in (found, drawn)]
        half = [np.asarray(each.convert("RGB").reduce(2)).astype(int) for each in (found, drawn)]
        assert abs(grey[0] - grey[1]).mean() < 3
        assert abs(half[0] - half[1]).mean() < 4
    else:  # other processors round otherwise, by one of 256 levels
        assert abs(shown - wanted).max() <= 1
    for path in (PICTURES / name).iterdir():
        assert path.stat().st_size <= (60_000 if path.name == "wall.webp" else 40_000), path.name


@pytest.mark.parametrize("name", DRAWING)
def test_animation_ends_with_what_the_finished_model_draws(name):
    with Image.open(PICTURES / name / "training.webp") as animation:
        count = animation.n_frames
        animation.seek(count - 1)
        last = np.asarray(animation.convert("RGB")).astype(int)

    dataset = zoo.read(name)["settings"]["train"]["data"]
    model = zoo.load(name)
    columns = pictures.columns(dataset)
    scale = pictures.scale(dataset)
    drawn = images.grid(pictures.drawn(model, dataset, columns), columns, scale=scale)

    assert count >= 6  # as many as fit into 40 KB
    assert last.shape == np.asarray(drawn).shape
    # the animation is coded with loss; and a GPU draws other noise from the same seed
    if zoo.read(name)["environment"].get("device", "cpu") == "cpu":
        assert abs(last - np.asarray(drawn)).mean() < 12


def test_wall_is_of_dcgans_faces():
    with Image.open(PICTURES / "dcgan" / "wall.webp") as picture:
        shown = np.asarray(picture.convert("RGB")).astype(int)

    drawn = images.grid(sampling.sample(zoo.load("dcgan"), 320, seed=0), columns=40, gap=0)

    assert shown.shape == np.asarray(drawn).shape == (8 * 16, 40 * 16, 3)
    assert abs(shown - np.asarray(drawn)).mean() < 8  # it has 128 colours


def test_losses_are_thinned_out_by_means():
    thin = record.rounded({"step": list(range(1, 1001)), "critic": [0.0, 1.0] * 500}, points=200)

    assert thin["step"] == list(range(5, 1001, 5))
    assert thin["critic"][:2] == [0.4, 0.6]
    assert record.rounded({"step": [50], "critic": [1 / 3]}) == {"step": [50], "critic": [0.3333]}


def test_nan_is_close_to_nothing():
    assert not record.close(math.nan, math.nan, 1, 1)
    assert record.close(100.09, 100, record.DRIFT, 0)
    assert not record.close(100.2, 100, record.DRIFT, 0)


@pytest.fixture
def short(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """DCGAN's run cut to a few rounds, and a zoo of its own with nothing but the classifier."""
    folder = tmp_path / "zoo"
    folder.mkdir()
    for ending in ("json", "safetensors"):
        shutil.copy(zoo.FOLDER / f"attributes.{ending}", folder)
    monkeypatch.setattr(zoo, "FOLDER", folder)
    preset = dcgan.PRESETS["tiny"]
    monkeypatch.setitem(preset, "model", preset["model"] | {"width": 8})
    few = {"steps": 120, "batch": 16, "precision": "float32"}  # not all machines have bfloat16
    monkeypatch.setitem(preset, "train", preset["train"] | few)
    return folder


@pytest.mark.slow
def test_recording_writes_all_that_a_page_shows_and_is_fresh(short, tmp_path):
    content = record.record("dcgan", tmp_path / "docs")

    assert zoo.read("dcgan") == record.as_json(content)
    assert zoo.load("dcgan").sample(2).shape == (2, 3, 16, 16)
    assert content["losses"]["step"] == [50, 100]
    assert content["parameters"].keys() == {"generator", "discriminator"}
    drawn = {path.name for path in (tmp_path / "docs/assets/runs/dcgan").iterdir()}
    assert drawn == {"samples.webp", "training.webp", "wall.webp"}
    for language in ("ko", "en"):
        charts = {
            path.name for path in (tmp_path / "docs" / language / "assets/runs/dcgan").iterdir()
        }
        assert charts == {
            *("losses.svg", "losses-dark.svg"),
            *("histogram.svg", "histogram-dark.svg"),
        }
    docs = tmp_path / "docs"
    for path, text in tables.texts(content, docs):
        assert path.read_text(encoding="utf-8") == text
    assert record.check("dcgan", docs) == []
    assert {path.name for path in short.iterdir()} == {
        f"{name}.{ending}" for name in ("dcgan", "attributes") for ending in ("json", "safetensors")
    }

    for path, complaint in (
        ("assets/runs/dcgan/samples.webp", "is not the picture that was recorded"),
        ("assets/runs/dcgan/more.webp", "is not the picture that was recorded"),
        ("ko/_generated/dcgan-metrics.md", "is not of this record: `gan-minimal tables`"),
        ("en/assets/runs/dcgan/losses-dark.svg", "does not draw this record: `gan-minimal tables`"),
    ):
        whole = (docs / path).read_bytes() if (docs / path).exists() else None
        (docs / path).write_bytes(b"another")
        [found] = record.unlike(content, docs)
        assert found.startswith(str(docs / path))
        assert complaint in found
        (docs / path).unlink() if whole is None else (docs / path).write_bytes(whole)


@pytest.mark.slow
def test_what_is_recorded_are_the_averaged_weights(short, tmp_path, monkeypatch):
    preset = dcgan.PRESETS["tiny"]
    monkeypatch.setitem(preset, "train", preset["train"] | {"ema": 0.9})
    runs = []
    monkeypatch.setattr(record, "film", lambda run, *_: runs.append(run))

    record.record("dcgan", tmp_path / "docs")

    stored = checkpoint.load_weights(short / "dcgan.safetensors")
    latest, averaged = (
        {f"generator.{name}": x for name, x in model.generator.state_dict().items()}
        for model in (runs[-1].model, runs[-1].average.module)
    )
    assert stored.keys() == averaged.keys()
    for name, weights in stored.items():
        torch.testing.assert_close(weights, averaged[name].half().to(weights.dtype))
    assert any(not torch.allclose(x, latest[name], atol=1e-4) for name, x in stored.items())


@pytest.fixture
def stub(short: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """What a training of `dcgan` leaves, without the training; says how many rounds it had."""
    weights = checkpoint.load_weights(ZOO / "dcgan.safetensors")
    record_of = files.read_record(ZOO / "dcgan.json", zoo.SHAPE, zoo.REPAIR)
    rounds = 0

    def trained(name: str, _device: str, path: Path, docs: Path) -> dict[str, Any]:
        checkpoint.save_weights(path, {key: x + rounds for key, x in weights.items()})
        for picture in ("samples.webp", "training.webp"):
            files.write_text(docs / record.pictures_of(name) / picture, f"after {rounds}")
        content = record_of | {"steps": rounds, "weights_sha256": files.sum_of_file(path)}
        content["losses"] = {"step": [rounds]}
        tables.write(content, docs)
        for language, theme in product(LANGUAGES, THEMES):
            drawn = charts.digest(charts.losses, charts.loss_data(content), language, theme)
            files.write_text(charts.place(docs, f"runs/{name}/losses", language, theme), drawn)
        return content

    def choose(number: int) -> None:
        nonlocal rounds
        rounds = number

    monkeypatch.setattr(record, "trained", trained)
    return choose


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system has no fork")
def test_a_recording_killed_at_any_moment_leaves_the_old_record_or_the_new_one(
    stub, short, tmp_path, monkeypatch
):
    docs = tmp_path / "docs"
    found = []
    for moment in range(0, 200, 6):
        stub(1)
        record.record("dcgan", docs)
        stub(2)
        child = os.fork()
        if child == 0:
            killed_after(moment, monkeypatch)
            record.record("dcgan", docs)
            os._exit(0)
        _, status = os.waitpid(child, 0)

        content = zoo.read("dcgan")
        assert record.unlike(content, docs) == []
        assert zoo.load("dcgan").generator is not None  # its weights are those of the record
        found.append(content["steps"])
        if status == 0:
            break
    assert status == 0
    assert found == sorted(found)
    assert set(found) == {1, 2}
    assert not [path for path in short.iterdir() if path.is_dir()]


def killed_after(operations: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let this process be killed when it has changed so many names of files."""
    left = iter([True] * operations)

    def dying(real: Callable[..., Any]) -> Callable[..., Any]:
        def call(*arguments: Any, **others: Any) -> Any:
            if not next(left, False):
                os.kill(os.getpid(), signal.SIGKILL)
            return real(*arguments, **others)

        return call

    for owner, name in ((Path, "replace"), (Path, "rename"), (Path, "mkdir"), (os, "unlink")):
        monkeypatch.setattr(owner, name, dying(getattr(owner, name)))


def test_an_interrupted_recording_writes_nothing(short, tmp_path, monkeypatch):
    before = {path.name for path in short.iterdir()}
    monkeypatch.setattr(record, "film", lambda *_: signal.raise_signal(signal.SIGINT))

    with pytest.raises(UserError, match="Recording dcgan was interrupted; nothing was written"):
        record.record("dcgan", tmp_path / "docs")

    assert {path.name for path in short.iterdir()} == before
    assert not (tmp_path / "docs").exists()


def test_runs_that_do_not_exist_are_refused():
    with pytest.raises(UserError, match="no recorded run 'dcgn': did you mean 'dcgan'"):
        record.plan("dcgn")


def test_stored_weights_are_those_of_the_average():
    """In half precision, and only what sampling needs."""
    weights = checkpoint.load_weights(zoo.FOLDER / "dcgan.safetensors")

    assert all(torch.equal(w, w.half().float()) for w in weights.values() if w.is_floating_point())
