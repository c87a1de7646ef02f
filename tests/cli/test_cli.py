"""The command `gan-minimal`: what it writes, and one sentence for every mistake."""

import os
import shutil
import statistics
import subprocess
import sys
import time
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import typer
from PIL import Image

from gan_minimal import claims, cli, data, models, zoo
from gan_minimal.cli import training
from gan_minimal.publishing import record, tables, words
from gan_minimal.training import checkpoint
from tests.claims.small.measure import CLAIM as SMALL

ROOT = Path(__file__).parents[2]


@pytest.fixture
def run(empty_folder, monkeypatch, capsys):
    """Call the command as the console does, in an empty folder and without downloaded data."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(empty_folder / "cache"))
    monkeypatch.setenv("COLUMNS", "120")

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["gan-minimal", *map(str, arguments)])
        capsys.readouterr()
        with pytest.raises(SystemExit) as ended:
            cli.main()
        shown = capsys.readouterr()
        return ended.value.code or 0, shown.out, shown.err

    return run


def refused(run, arguments, sentence: str) -> None:
    """Call the command; it ends with exit code 2 and one line, in which `sentence` stands."""
    code, out, error = run(*arguments)

    assert code == 2, arguments
    assert sentence in error, error
    assert error.startswith("gan-minimal: ")
    assert error.count("\n") == 1
    assert "Traceback" not in out + error


def commands(group=None, before=()):
    group = group or typer.main.get_command(cli.app)
    for name, command in group.commands.items():
        yield (*before, name)
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))


@pytest.mark.parametrize("command", list(commands()), ids=" ".join)
def test_help_of_every_command_shows_an_example(command, run):
    code, shown, _ = run(*command, "--help")

    assert code == 0
    assert f"Example: gan-minimal {' '.join(command)}" in " ".join(shown.split())


def test_commands_are_those_of_the_readme():
    expected = {
        "list",
        "train",
        "resume",
        "sample",
        "translate",
        "enlarge",
        "retouch",
        "animate",
        "mix",
        "walk",
        "edit",
        "evaluate",
        "record",
        "data",
        "claims",
        "tables",
    }

    assert {name for name, *_ in commands()} == expected


def test_without_a_command_there_is_help(run):
    code, out, err = run()

    assert "sample" in out + err
    assert code in (0, 2)


def test_list_shows_models_papers_and_records(run):
    code, shown, _ = run("list")

    assert code == 0
    for name in models.names():
        assert name in shown
    assert "2015, arXiv:1511.06434" in shown
    assert "tiny, paper" in shown
    fid = zoo.read("dcgan")["metrics"]["fid"]
    assert f"{fid['value']:.2f} ({fid['floor']:.2f})" in shown


def test_data_shows_what_is_there_and_how_to_get_the_rest(run):
    code, shown, _ = run("data")

    rows = {line.split("│")[1].strip(): line for line in shown.splitlines() if "│" in line}
    assert code == 0
    assert "yes" in rows["faces16"]
    assert "gan-minimal data mnist --download" in " ".join(shown.split())
    assert "celeba" in rows


def test_data_shows_one_set(run):
    _, shown, _ = run("data", "hangul32")

    assert "hangul32" in shown
    assert "faces16" not in shown


# Samples


def pixels(path) -> np.ndarray:
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"))


def test_sample_writes_a_grid_that_depends_on_the_seed_alone(run):
    code, shown, _ = run("sample", "dcgan", "--n", 20, "--out", "one.png")
    assert (code, shown) == (0, "one.png\n")
    run("sample", "dcgan", "--n", 20, "--out", "again.png")
    run("sample", "dcgan", "--n", 20, "--out", "other.png", "--seed", 1)

    # 8 in a row, each 16 pixels and one between, four times as large
    assert pixels("one.png").shape == ((3 * 17 - 1) * 4, (8 * 17 - 1) * 4, 3)
    assert Path("one.png").read_bytes() == Path("again.png").read_bytes()
    assert Path("one.png").read_bytes() != Path("other.png").read_bytes()


def test_sample_writes_webp_without_loss_and_makes_its_folder(run):
    run("sample", "gan", "--n", 3, "--out", "one.png")
    code, _, _ = run("sample", "gan", "--n", 3, "--out", "new/folder/one.webp")

    assert code == 0
    assert np.array_equal(pixels("new/folder/one.webp"), pixels("one.png"))


def test_a_word_is_written_syllable_by_syllable(run):
    code, shown, _ = run("sample", "cgan", "--text", "한 글", "--n", 2, "--out", "word.png")
    run("sample", "cgan", "--text", "한", "--out", "one.png")

    assert (code, shown) == (0, "word.png\n")
    word, one = pixels("word.png"), pixels("one.png")
    assert word.shape == (2 * 64, 3 * 64, 3)  # two hands, three characters, twice as large
    assert (word[:, 64:128] == 255).all()  # the space is paper
    assert np.array_equal(word[:64, :64], one)  # the same hand, whatever stands beside it
    assert not np.array_equal(word[:64], word[64:])


def test_sample_enlarges_by_whole_pixels(run):
    run("sample", "dcgan", "--n", 1, "--scale", 1, "--out", "small.png")
    run("sample", "dcgan", "--n", 1, "--scale", 5, "--out", "large.png")

    small = pixels("small.png")
    assert small.shape == (16, 16, 3)
    assert np.array_equal(pixels("large.png"), small.repeat(5, 0).repeat(5, 1))


def test_sample_of_one_run_starts_as_that_of_more_images(run):
    """64 faces are laid out like 8 rows of the same 8."""
    run("sample", "dcgan", "--n", 64, "--out", "faces.png")

    assert pixels("faces.png").shape == (8 * 68 - 4, 8 * 68 - 4, 3)


# A run of one's own


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


def test_the_progress_of_a_run_is_shown(run):
    _, _, shown = run("train", "gan", "--steps", 50, "--batch", 8)

    assert "50 / 50" in shown
    assert "generator 0.69" in shown


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


def test_the_fid_of_papers_is_asked_for_by_name(run, monkeypatch):
    monkeypatch.setattr("gan_minimal.scoring.evaluate.inception", lambda model, data: 12.345)

    assert run("evaluate", "gan", "--inception")[:2] == (0, "FID with Inception-v3: 12.35\n")


def test_an_existing_run_is_not_overwritten(run):
    run("train", "gan", "--steps", 1, "--batch", 8)
    before = Path("runs/gan/checkpoint.pt").read_bytes()

    code, _, error = run("train", "gan", "--steps", 1, "--batch", 8)

    assert code == 2
    assert "`gan-minimal resume runs/gan` goes on with it" in error
    assert Path("runs/gan/checkpoint.pt").read_bytes() == before


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


# Translations of one's own pictures


@pytest.fixture
def syllable(empty_folder) -> Path:
    """A large printed syllable, light on dark."""
    values = data.load("hangul32-pairs", "test").tensors[0][0, 0]
    grey = ((1 - values) * 127.5).round().byte().numpy()
    Image.fromarray(grey).resize((200, 200)).save("syllable.png")
    return Path("syllable.png")


@pytest.fixture
def translators(run) -> None:
    """Runs of both models, hardly trained."""
    for name in ("pix2pix", "cyclegan"):
        code, shown, error = run("train", name, "--steps", 1, "--batch", 2)
        assert code == 0, error
        assert f"What it draws: runs/{name}/samples.png" in shown
        # inputs, translations and targets, eight of each
        assert pixels(f"runs/{name}/samples.png").shape == ((3 * 33 - 1) * 2, (8 * 33 - 1) * 2, 3)


@pytest.mark.usefixtures("translators")
def test_a_picture_is_translated(run, syllable):
    code, shown, error = run("translate", "runs/pix2pix", "--input", syllable, "--out", "new/a.png")
    assert (code, shown) == (0, "new/a.png\n"), error
    assert pixels("new/a.png").shape == (64, 64, 3)

    run("translate", "runs/pix2pix", "--input", syllable, "--out", "b.png", "--seed", 0)
    assert Path("new/a.png").read_bytes() == Path("b.png").read_bytes()

    for out, options in (("c.png", ()), ("d.png", ("--back",))):
        code, _, error = run(
            *("translate", "runs/cyclegan", "--input", syllable, "--out", out, "--scale", 1),
            *options,
        )
        assert code == 0, error
        assert pixels(out).shape == (32, 32, 3)
    assert Path("c.png").read_bytes() != Path("d.png").read_bytes()

    for arguments, sentence in (
        (
            ("sample", "runs/pix2pix"),
            "draws from a picture, not from noise: `gan-minimal translate runs/pix2pix --input",
        ),
        (("translate", "runs/pix2pix", "--input", syllable, "--back"), "translates one way only"),
        (("translate", "runs/pix2pix", "--input", "no.png"), "There is no file no.png"),
        (
            ("translate", "runs/pix2pix", "--input", syllable, "--to", "hat"),
            "knows one change only: leave --to out",
        ),
        (("translate", "runs/pix2pix", "--input", syllable, "--text", "x"), "No such option"),
    ):
        code, _, error = run(*arguments)
        assert code == 2
        assert sentence in error
    Image.new("L", (50, 50), 255).save("blank.png")
    code, _, error = run("translate", "runs/cyclegan", "--input", "blank.png")
    assert (code, error.count("\n")) == (2, 1)
    assert "blank.png is blank: expected is one Korean syllable" in error


def test_a_face_is_edited_as_asked(run):
    code, shown, error = run("train", "stargan", "--steps", 1, "--batch", 10)
    assert code == 0, error
    assert "What it draws: runs/stargan/samples.png" in shown
    # faces, the same with another label each, and the faces that have those labels
    assert pixels("runs/stargan/samples.png").shape == ((3 * 17 - 1) * 4, (8 * 17 - 1) * 4, 3)
    run("sample", "dcgan", "--n", 1, "--out", "face.png")

    def edited(wish: str) -> bytes:
        options = ("--input", "face.png", "--to", wish, "--out", "out.png")
        code, _, error = run("translate", "runs/stargan", *options)
        assert code == 0, error
        return Path("out.png").read_bytes()

    assert edited("blond hair,glasses") == edited("금발,안경") != edited("red hair")
    for arguments, sentence in (
        ((), 'has to be told what to change: --to "...", such as blonde'),
        (("--to", "blnd hair"), "Nothing is known of 'blnd hair': did you mean 'blond hair'"),
        (("--to", "hat", "--back"), "translates one way only"),
    ):
        code, _, error = run("translate", "runs/stargan", "--input", "face.png", *arguments)
        assert (code, error.count("\n")) == (2, 1)
        assert sentence in error
    Image.new("RGB", (64, 64), "red").save("red.png")
    code, _, error = run("translate", "runs/stargan", "--input", "red.png", "--to", "hat")
    assert code == 2
    assert "red.png is no pixel-art face" in error


def test_a_folder_of_pairs_is_trained_on(run):
    for side in "ab":
        Path("mine", side).mkdir(parents=True)
        for i in range(8):
            Image.new("RGB", (40, 30), (30 * i, 9, 9)).save(f"mine/{side}/{i}.png")
    Image.new("RGB", (90, 60), "red").save("own.jpg")
    presets = models.get("pix2pix").PRESETS
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(presets["tiny"], "model", presets["faces"]["model"])
        code, _, error = run("train", "pix2pix", "--data", "mine", "--batch", 2, "--steps", 1)
    assert code == 0, error

    code, _, error = run("translate", "runs/pix2pix", "--input", "own.jpg", "--out", "own.png")

    assert code == 0, error
    assert pixels("own.png").shape == (64, 64, 3)


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("train dcgna", "There is no model and no recorded run 'dcgna': did you mean 'dcgan'?"),
        ("train pix2pix_face", "did you mean 'pix2pix_faces'?"),
        ("train jamo --preset tiny", "There is no model 'jamo'"),
        ("train cgan --preset tiny", "Model 'cgan' has no preset 'tiny': there are: paper"),
        ("train dcgan --preset papr", "has no preset 'papr': did you mean 'paper'?"),
        ("train dcgan --data fases16", "did you mean faces16?"),
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
        ("sample dcgn", "There is no recorded run 'dcgn': did you mean 'dcgan'?"),
        ("sample ./runs/mine", "There is no recorded run './runs/mine'"),
        ("sample attributes", "attributes draws no images"),
        ("train pix2pix --data hangul32", "pix2pix learns from examples as in hangul32-pairs"),
        ("train pix2pix --data faces16-labelmap", "has images of 3 channels and 16x16 pixels"),
        ("train dcgan --data faces16-labelmap", "dcgan learns from examples as in faces16"),
        ("train pix2pix --preset paper", "There is no folder facades"),
        ("translate dcgan --input file.txt", "translates no pictures; pix2pix, cyclegan and star"),
        ("train stargan --data faces16", "stargan learns from examples as in faces16-domains"),
        ("train stargan --preset paper", "download it with `gan-minimal data celeba --download`"),
        ("translate pix2pix --input file.txt --out x.gif", "--out ends with .png or .webp"),
        ("sample dcgan --out faces.jpg", "--out ends with .png or .webp, not '.jpg'"),
        ("sample dcgan --out faces", "not 'without an ending'"),
        ("sample dcgan --out file.txt/x.png", "file.txt"),
        ("sample dcgan --scale 64 --n 4096", "69,632 pixels wide: choose a smaller --scale"),
        ("sample dcgan --text 안녕", "--text is for models that write Hangul, such as cgan: dcgan"),
        ("sample cgan --text Hi", "'H' is not a Korean syllable such as 한"),
        ("sample cgan --text ㅋㅋ", "'ㅋ' is not a Korean syllable such as 한"),
        ("sample cgan --text=", "--text is empty"),
        ("evaluate dcgn", "did you mean 'dcgan'?"),
        ("record dcgn --check", "did you mean 'dcgan'?"),
        ("record dcgn", "did you mean 'dcgan'?"),
        ("data fases16", "did you mean faces16?"),
        ("data --download", "Say what to download"),
        ("data faces16 --download", "comes with the package: there is nothing to download"),
        ("claims run gan-two-player", "did you mean 'gan-two-players'?"),
    ],
)
def test_every_mistake_is_one_sentence_and_exit_code_2(arguments, sentence, run):
    Path("file.txt").write_text("something else", encoding="utf-8")

    refused(run, arguments.split(), sentence)
    assert not Path("runs").exists() or not list(Path("runs").rglob("*.pt"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("sample dcgan --n 0", "--n"),
        ("sample dcgan --n 5000", "--n"),
        ("sample dcgan --n many", "--n"),
        ("sample dcgan --seed -1", "--seed"),
        ("sample dcgan --seed 99999999999999999999", "--seed"),
        ("sample dcgan --scale 0", "--scale"),
        ("sample", "Missing argument"),
        ("train dcgan --step 3", "--step"),
        ("trian dcgan", "No such command 'trian'"),
        ("claims rnu x", "No such command 'rnu'"),
    ],
)
def test_mistakes_in_the_options_are_named_with_exit_code_2(arguments, named, run):
    code, out, error = run(*arguments.split())

    assert code == 2
    assert named in error
    assert "Traceback" not in out + error


def test_an_error_of_the_system_without_a_file_is_one_sentence_too(run, monkeypatch):
    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr("gan_minimal.images.save", fail)

    assert run("sample", "gan", "--n", 1) == (2, "", "gan-minimal: the disk is full\n")


# One photograph


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


# Records and claims


def test_record_says_whether_a_run_is_fresh(run, monkeypatch):
    monkeypatch.setattr(record, "check", lambda name: ["its hair is grey"] * (name == "dcgan"))

    assert run("record", "gan", "--check")[:2] == (0, "gan is fresh\n")
    code, shown, _ = run("record", "all", "--check")
    assert code == 1
    assert "dcgan is stale: its hair is grey\nRepair it with: gan-minimal record dcgan\n" in shown
    assert "attributes is fresh" in shown


def test_record_writes_the_fragments_of_the_pages(run, monkeypatch):
    Path("docs").mkdir()
    content = zoo.read("gan")
    monkeypatch.setattr(cli.measuring, "checkout", Path.cwd)
    monkeypatch.setattr(record, "record", lambda *_: content)

    code, shown, _ = run("record", "gan")

    assert code == 0
    assert shown.startswith("gan: ")
    for path, text in tables.texts(content, Path("docs")):
        assert path.read_text(encoding="utf-8") == text


def test_tables_of_all_pages_are_written_again_as_they_stand(run, monkeypatch):
    monkeypatch.setattr(cli.measuring, "checkout", Path.cwd)

    assert run("tables")[0] == 0

    for language in words.LANGUAGES:
        written = {path.name for path in Path("docs", language, "_generated").iterdir()}
        published = ROOT / "docs" / language / "_generated"
        assert written == {path.name for path in published.iterdir()} - {"benchmarks.md"}
        for name in written:
            again = Path("docs", language, "_generated", name)
            assert again.read_bytes() == (published / name).read_bytes()


def test_recording_needs_the_pages(run, monkeypatch):
    monkeypatch.setattr(cli.common, "__file__", str(Path.cwd() / "a" / "b" / "common.py"))

    code, _, error = run("record", "gan")

    assert code == 2
    assert "run it in a clone of the repository" in error


def test_claims_are_listed_with_their_verdicts(run, monkeypatch):
    before = claims.read
    first = next(iter(claims.claims().values()))
    monkeypatch.setattr(claims, "read", lambda c: None if c is first else before(c))

    code, shown, _ = run("claims")

    assert code == 0
    rows = [line for line in shown.splitlines() if "│" in line]
    for claim in claims.claims().values():
        [row] = [row for row in rows if claim.id in row]
        record_ = None if claim is first else before(claim)
        holds = record_ and claim.holds(record_["values"])
        assert ("not measured" if record_ is None else "holds" if holds else "does not") in row


@pytest.mark.parametrize(("value", "verdict"), [(1.0, "It holds."), (3.0, "It does not hold")])
def test_a_claim_is_measured_again_and_kept_if_asked(value, verdict, run, monkeypatch):
    file = shutil.copytree(SMALL.folder, Path("small")) / "measure.py"
    claim = replace(SMALL, file=str(file), measure=lambda: {"size": [value, value / 2]})
    monkeypatch.setattr(claims, "get", lambda _: claim)
    monkeypatch.setattr(cli.measuring, "checkout", Path.cwd)

    code, shown, _ = run("claims", "run", "small")
    assert code == 0
    assert "It is small.\nIts size is measured.\nIt holds below 2.\n" in shown
    assert f"Size: {value:.3f}, {value / 2:.3f}" in shown
    assert verdict in shown
    assert claims.read(claim) is None

    run("claims", "run", "small", "--record")
    kept = claims.read(claim)
    assert kept["values"] == {"size": [value, value / 2]}
    for language in ("ko", "en"):
        path = Path("docs", language, "_generated", "claim-small.md")
        assert path.read_text(encoding="utf-8") == tables.claim_box(claim, kept, language)


# Real processes


def process(*arguments: str, folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "gan_minimal", *arguments],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"COLUMNS": "120"},
        encoding="utf-8",
    )


def test_the_module_is_the_command(tmp_path):
    mistaken = process("sample", "dcgan", "--out", "faces.gif", folder=tmp_path)

    assert mistaken.returncode == 2
    assert mistaken.stderr == "gan-minimal: --out ends with .png or .webp, not '.gif'.\n"


@pytest.mark.slow
def test_64_faces_are_drawn_within_three_seconds(tmp_path):
    times = []
    for _ in range(3):
        began = time.perf_counter()
        drawn = process("sample", "dcgan", "--n", "64", "--out", "faces.png", folder=tmp_path)
        times.append(time.perf_counter() - began)
        assert drawn.returncode == 0, drawn.stderr

    assert pixels(tmp_path / "faces.png").shape == (540, 540, 3)
    assert statistics.median(times) < 3


@pytest.mark.slow
def test_a_batch_that_the_data_cannot_fill_is_a_sentence_in_a_real_process(tmp_path):
    refused = process("train", "dcgan", "--batch", "100000", folder=tmp_path)

    assert refused.returncode == 2
    assert refused.stderr.endswith("use --batch 8192 or less.\n")
    assert "Traceback" not in refused.stderr
