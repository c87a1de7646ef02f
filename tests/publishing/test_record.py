"""Every recorded run is fresh: today's code begins it and scores it as recorded.

This is the rule of CONTRIBUTING.md. A failure names the command that makes the run again.
"""

import json
import math
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_minimal import data, images, models, zoo
from gan_minimal.errors import UserError
from gan_minimal.models import dcgan, sampling
from gan_minimal.publishing import pictures, record
from gan_minimal.scoring import readings
from gan_minimal.training import checkpoint, fingerprint

PICTURES = Path(__file__).parents[2] / "docs" / "assets" / "runs"
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

    complaints = record.check(name)

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

    [complaint] = record.check("dcgan")

    recorded = zoo.read("dcgan")["metrics"]["fid"]["value"]
    assert complaint == f"fid is {math.sqrt(recorded):.4g}, recorded: {recorded}"


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

    assert json.loads((short / "dcgan.json").read_text(encoding="utf-8")) == record.as_json(content)
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
    assert record.check("dcgan") == []


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
