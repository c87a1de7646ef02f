"""The commands `train` and `resume`: what they write, and one sentence for every mistake."""

from contextlib import nullcontext
from pathlib import Path

import pytest
from PIL import Image

from gan_minimal import models
from gan_minimal.cli import training
from gan_minimal.training import checkpoint
from tests.cli.helpers import misused, pixels, refused


@pytest.mark.slow
def test_a_run_is_trained_resumed_sampled_and_scored(run, monkeypatch):
    few = ("--batch", 8)
    code, shown, _ = run("train", "gan", "--steps", 3, *few)
    assert code == 0, shown
    assert "Finished: runs/gan/checkpoint.pt" in shown
    assert pixels("runs/gan/samples.png").shape == (8 * 68 - 4, 8 * 68 - 4, 3)

    code, shown, _ = run("resume", "runs/gan")
    assert (code, shown) == (0, "runs/gan is finished: 3 rounds. --steps trains further.\n")
    code, _, _ = run("resume", "runs/gan", "--steps", 5)
    assert code == 0
    assert checkpoint.load(Path("runs/gan/checkpoint.pt"))["step"] == 5

    code, _, _ = run("sample", "runs/gan", "--n", 4, "--out", "own.png")
    assert code == 0
    assert pixels("own.png").shape == (16 * 4, (4 * 17 - 1) * 4, 3)

    monkeypatch.setattr("gan_minimal.scoring.evaluate.SAMPLES", 256)
    code, shown, _ = run("evaluate", "runs/gan")
    assert code == 0
    assert "Fréchet distance (faces16 features)" in shown
    assert "not comparable with the FID of papers" in shown


@pytest.mark.slow
def test_the_progress_of_a_run_is_shown(run):
    _, _, shown = run("train", "gan", "--steps", 50, "--batch", 8)

    assert "50 / 50" in shown
    assert "generator 0.69" in shown


@pytest.mark.parametrize("fast", [True, False])
def test_whoever_trains_in_bfloat16_is_told_where_there_is_none(fast, run, monkeypatch):
    monkeypatch.setattr("gan_minimal.training.loop.has_bfloat16", lambda device: fast)

    code, shown, _ = run("train", "gan", "--steps", 1, "--batch", 8, "--precision", "bfloat16")

    assert code == 0
    assert ("Computed in float32: this device has no bfloat16." in shown) is not fast


@pytest.mark.slow
def test_a_seed_is_a_run_of_its_own(run):
    for seed, out in ((0, "a"), (0, "b"), (1, "c")):
        run("train", "gan", "--steps", 2, "--batch", 8, "--seed", seed, "--out", out)

    a, b, c = (Path(out, "samples.png").read_bytes() for out in "abc")
    assert a == b != c


def test_a_run_that_is_interrupted_at_once_can_be_resumed(run, monkeypatch):
    with monkeypatch.context() as stopped:
        stopped.setattr("gan_minimal.training.loop.interruption", lambda: nullcontext(lambda: True))
        code, _, error = run("train", "gan", "--steps", 5, "--batch", 8)

    assert code == 130
    assert "Stopped after round 0 of 5 and saved.\nGo on with: gan-minimal resume runs/gan" in error
    assert run("resume", "runs/gan")[0] == 0


def test_an_existing_run_is_not_overwritten(run):
    run("train", "gan", "--steps", 1, "--batch", 8)
    before = Path("runs/gan/checkpoint.pt").read_bytes()

    code, _, error = run("train", "gan", "--steps", 1, "--batch", 8)

    assert code == 2
    assert "`gan-minimal resume runs/gan` goes on with it" in error
    assert Path("runs/gan/checkpoint.pt").read_bytes() == before


@pytest.mark.slow
def test_a_folder_of_images_is_trained_on(run):
    Path("photos").mkdir()
    for i in range(4):
        Image.new("RGB", (20, 30), (60 * i, 9, 9)).save(f"photos/{i}.png")

    code, _, error = run("train", "gan", "--data", "photos", "--batch", 2, "--steps", 2)

    assert code == 0, error
    code, _, error = run("evaluate", "runs/gan")
    assert code == 2
    assert "Nothing is measured on 'photos'" in error


def diverging(path: str, **arguments: object) -> None:
    """Change the model's arguments in a checkpoint."""
    content = checkpoint.load(Path(path))
    content["arguments"] |= arguments
    checkpoint.save(Path(path), content)


@pytest.mark.slow
def test_a_run_that_diverges_names_its_last_good_checkpoint(run):
    run("train", "gan", "--steps", 5, "--batch", 8)
    diverging("runs/gan/checkpoint.pt", lr=1e38)
    before = Path("runs/gan/checkpoint.pt").read_bytes()

    code, _, error = run("resume", "runs/gan", "--steps", 100)

    assert code == 2
    assert "Traceback" not in error
    assert "gan-minimal: The loss of the " in error
    assert "Training has stopped; the last good checkpoint is runs/gan/checkpoint.pt." in error
    assert Path("runs/gan/checkpoint.pt").read_bytes() == before


def test_a_run_that_diverges_at_once_says_that_nothing_was_saved(run, monkeypatch):
    preset = models.get("gan").PRESETS["tiny"]
    monkeypatch.setitem(preset, "model", preset["model"] | {"lr": 1e38})

    code, _, error = run("train", "gan", "--steps", 100, "--batch", 8)

    assert code == 2
    assert "nothing was saved yet" in error
    assert not Path("runs/gan/checkpoint.pt").exists()


@pytest.mark.parametrize(
    ("name", "preset", "expected"),
    [
        ("dcgan", None, ("dcgan", "tiny")),
        ("cgan", None, ("cgan_conv", "tiny")),  # the recorded run of that name
        ("cgan_conv", None, ("cgan_conv", "tiny")),
        ("cgan", "paper", ("cgan", "paper")),
        ("pix2pix_faces", None, ("pix2pix", "faces")),
        ("stylegan_hangul", None, ("stylegan", "hangul")),
        ("jamo", None, ("classifier", "jamo")),
        ("classifier", None, ("classifier", "tiny")),
    ],
)
def test_training_repeats_a_recorded_run_unless_a_preset_is_given(name, preset, expected):
    assert training.chosen_preset(name, preset) == expected


def test_a_recorded_run_is_trained_by_its_name(run):
    code, shown, error = run("train", "pix2pix_faces", "--steps", 1, "--batch", 2)

    assert code == 0, error
    assert "runs/pix2pix_faces" in shown
    content = checkpoint.load(Path("runs/pix2pix_faces/checkpoint.pt"))
    assert content["name"] == "pix2pix"
    assert content["arguments"] == models.preset("pix2pix", "faces")["model"]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("train dcgna", "There is no model and no recorded run 'dcgna': did you mean 'dcgan'?"),
        ("train pix2pix_face", "did you mean 'pix2pix_faces'?"),
        ("train jamo --preset tiny", "There is no model 'jamo'"),
        ("train cgan --preset tiny", "Model 'cgan' has no preset 'tiny': there are: paper"),
        ("train dcgan --preset papr", "has no preset 'papr': did you mean 'paper'?"),
        ("train dcgan --data fases16", "did you mean 'faces16'?"),
        ("train dcgan --data ./nowhere", "nowhere"),
        ("train dcgan --data hangul32", "hangul32 has images of 1 channels and 16x16 pixels"),
        ("train dcgan --data photo", "photo has images of 3 channels and 16x11 pixels"),
        ("train dcgan --data faces16-labels", "dcgan learns from examples as in faces16"),
        ("train classifier --data faces16", "learns from examples as in faces16-labels"),
        ("train gan --preset paper", "download it with `gan-minimal data mnist --download`"),
        ("train dcgan --preset paper", "download it with `gan-minimal data celeba --download`"),
        ("train dcgan --steps 0", "must be at least 1"),
        ("train dcgan --batch 9999", "use --batch 8192 or less"),
        ("train dcgan --device gpu", "There is no device 'gpu': use cpu, cuda or mps"),
        ("train dcgan --precision half", "precision is float32 or bfloat16, not 'half'"),
        ("train gan --out file.txt", "file.txt"),
        ("train gan --out file.txt/run", "file.txt"),
        ("resume nowhere", "There is no checkpoint nowhere/checkpoint.pt"),
        ("train pix2pix --data hangul32", "pix2pix learns from examples as in hangul32-pairs"),
        ("train pix2pix --data faces16-labelmap", "has images of 3 channels and 16x16 pixels"),
        ("train dcgan --data faces16-labelmap", "dcgan learns from examples as in faces16"),
        ("train pix2pix --preset paper", "There is no folder facades"),
        ("train stargan --data faces16", "stargan learns from examples as in faces16-domains"),
        ("train stargan --preset paper", "download it with `gan-minimal data celeba --download`"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments, sentence, run):
    Path("file.txt").write_text("something else", encoding="utf-8")

    refused(run, arguments.split(), sentence)
    assert not list(Path().rglob("*.pt"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("train dcgan --step 3", "--step"),
    ],
)
def test_a_mistake_in_the_options_is_named(arguments, named, run):
    misused(run, arguments.split(), named)
