"""Commands for a model of one photograph: training, scenes, `enlarge`, `retouch` and `animate`."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_minimal import models
from gan_minimal.training import checkpoint
from tests.cli.helpers import pixels, refused


@pytest.fixture
def photograph(empty_folder) -> Path:
    """A photograph of one's own, transparent and larger than a model learns from."""
    image = Image.effect_mandelbrot((240, 160), (-2, -1, 1, 1), 60).convert("RGBA")
    image.putalpha(200)
    image.save("photo.png")
    return Path("photo.png")


@pytest.fixture
def scenes(run, photograph, monkeypatch) -> str:
    """What training on it says; a narrow model, hardly trained, is in runs/singan."""
    preset = models.get("singan").PRESETS["tiny"]
    monkeypatch.setitem(preset, "model", preset["model"] | {"width": 4, "max_size": 48})
    code, shown, error = run("train", "singan", "--image", photograph, "--steps", 7)
    assert code == 0, error
    return shown


@pytest.mark.slow
def test_a_photograph_of_ones_own_is_learnt_from_and_goes_on(scenes, run):
    assert "photo.png is an image transparent, laid on white." in scenes
    assert "photo.png is reduced from 240x160 to 48x32 pixels." in scenes
    assert "What it draws: runs/singan/samples.png" in scenes
    assert pixels("runs/singan/samples.png").shape == (2 * 33 - 1, 3 * 49 - 1, 3)
    content = checkpoint.load(Path("runs/singan/checkpoint.pt"))
    assert content["arguments"]["photo"] == (160, 240)
    assert content["arguments"]["rounds"] == 2  # of four scales
    assert content["settings"]["data"] == "photo.png"

    code, _, error = run("resume", "runs/singan", "--steps", 8)
    assert code == 0, error
    code, shown, _ = run("evaluate", "runs/singan")
    assert code == 0
    assert "Diversity" in shown
    assert "FID" not in shown


@pytest.mark.usefixtures("scenes")
def test_scenes_are_drawn_in_any_size_and_from_any_scale(run):
    for out, options, shape in (
        ("a.png", ("--n", 4), (2 * 33 - 1, 3 * 49 - 1, 3)),
        ("b.png", ("--n", 4, "--start", 1), (2 * 33 - 1, 3 * 49 - 1, 3)),
        ("c.png", ("--n", 1, "--size", "100x40"), (40, 100, 3)),
        ("d.webp", ("--n", 1, "--size", "30x70", "--scale", 2), (140, 60, 3)),
    ):
        code, shown, error = run("sample", "runs/singan", "--out", out, *options)
        assert (code, shown) == (0, f"{out}\n"), error
        assert pixels(out).shape == shape
    assert Path("a.png").read_bytes() != Path("b.png").read_bytes()
    # with noise at no scale it is the photograph, as far as the model has learnt it
    run("sample", "runs/singan", "--start", 4, "--n", 1, "--out", "e.png")
    run("sample", "runs/singan", "--start", 4, "--n", 1, "--out", "f.png", "--seed", 9)
    assert Path("e.png").read_bytes() == Path("f.png").read_bytes()


@pytest.mark.usefixtures("scenes")
def test_a_photograph_is_enlarged_retouched_and_moves(run, photograph):
    code, shown, error = run("enlarge", "runs/singan", "--times", 2)
    assert (code, shown) == (0, "enlarged.png\n"), error
    assert pixels("enlarged.png").shape == (64, 96, 3)
    code, _, error = run("enlarge", "runs/singan", "--input", photograph, "--times", 1.5)
    assert code == 0, error
    assert pixels("enlarged.png").shape == (240, 360, 3)

    edited = Image.open(photograph).convert("RGB")
    edited.paste("red", (60, 40, 120, 120))
    edited.save("edited.png")
    mask = Image.new("L", (240, 160))
    mask.paste(255, (50, 30, 130, 130))
    mask.save("mask.png")
    for options in (("--start", 1), ("--start", 1, "--mask", "mask.png")):
        code, shown, error = run("retouch", "runs/singan", "--input", "edited.png", *options)
        assert (code, shown) == (0, "retouched.png\n"), error
    drawn, given = (
        np.asarray(Image.open(name).convert("RGB").resize((48, 32), Image.Resampling.BICUBIC))
        for name in ("retouched.png", "edited.png")
    )
    assert np.abs(drawn[:, 30:].astype(int) - given[:, 30:]).max() <= 1

    code, shown, error = run("animate", "runs/singan", "--frames", 5, "--out", "new/a.webp")
    assert (code, shown) == (0, "new/a.webp\n"), error
    with Image.open("new/a.webp") as animation:
        assert animation.size == (48, 32)


@pytest.mark.usefixtures("scenes")
@pytest.mark.slow
def test_mistakes_with_a_photograph_are_sentences(run):
    Image.new("RGB", (12, 30)).save("small.png")
    Image.new("RGB", (40, 400)).save("slim.jpg")
    Image.new("RGB", (50, 50)).save("square.png")
    Path("text.png").write_text("no image", encoding="utf-8")
    for arguments, sentence in (
        ("train singan --image small.png --out a", "small.png, 12x30 pixels, is too small"),
        ("train singan --image slim.jpg --out a", "too slim to learn from: 5x48 pixels are too"),
        ("train singan --image no.jpg --out a", "There is no file no.jpg"),
        ("train singan --image text.png --out a", "text.png cannot be read as an image"),
        ("train singan --data faces16 --out a", "learns from one photograph of 48x33: give your"),
        ("train dcgan --image small.png --out a", "--image is for singan: dcgan learns from many"),
        ("sample runs/singan --size 100", "--size is a width and a height such as 200x120, not"),
        ("sample runs/singan --size 9999x9999", "9999x9999 pixels are too many"),
        ("sample runs/singan --size 2000x2000 --n 50", "choose a smaller --n"),
        ("sample runs/singan --start 5", "0 to 3, not 5; 4 gives the photograph back"),
        ("sample dcgan --size 100x100", "--size and --start are for models such as singan"),
        ("sample dcgan --start 1", "--size and --start are for models such as singan"),
        ("enlarge dcgan", "dcgan has not learnt from one photograph; singan has"),
        ("enlarge runs/singan --input photo.png --times 16", "choose a smaller --times"),
        ("enlarge runs/singan --out x.gif", "--out ends with .png or .webp"),
        ("retouch runs/singan --input square.png", "of the shape 48x32: keep that"),
        ("retouch runs/singan --input photo.png --start 0", "start from are 1 to 3, not 0"),
        ("retouch runs/singan --input no.png", "There is no file no.png"),
        ("animate runs/singan --start 4", "start from are 0 to 3, not 4"),
        ("animate runs/singan --out x.png", "--out ends with .webp, not '.png'"),
    ):
        refused(run, arguments.split(), sentence)
    assert not Path("a").exists()
