"""The commands `train` and `resume`: what they write, and one sentence for every mistake."""

import inspect
import os
import subprocess
import sys
import time
import unicodedata
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path

import pytest
from PIL import Image

from gan_minimal import models
from gan_minimal.cli import training
from gan_minimal.cli.arguments import stretched
from gan_minimal.data.own_images import Reading
from gan_minimal.files import read_json
from gan_minimal.training import checkpoint
from tests.cli.helpers import misused, pixels, refused
from tests.conftest import ROOT


def wait_for(happened: Callable[[], bool]) -> None:
    """Wait until something has happened; a test that waits in vain ends by its own limit."""
    while not happened():
        time.sleep(0.05)


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


@pytest.fixture
def photos(run) -> Path:
    """A folder with 24 photographs, a broken one and something else."""
    folder = Path("photos")
    folder.mkdir()
    for i in range(24):
        Image.effect_noise((90, 70), 9 * i).convert("RGB").save(folder / f"{i:02}.jpg")
    (folder / "broken.jpg").write_bytes((folder / "00.jpg").read_bytes()[:-300])
    (folder / "film.mov").touch()
    return folder


@pytest.mark.slow
def test_a_folder_of_photographs_is_looked_at_and_trained_on(run, photos):
    few = ("--set", "latent=8", "--batch", 4, "--steps", 100)

    code, shown, error = run("train", "dcgan", "--data", "photos", "--width", 8, *few)

    assert code == 0, error
    for words in (
        "photos: 24 images, reduced to 64x64 pixels in colour.",
        "sizes from 90x70 to 90x70 pixels",
        "1 left out: photos/broken.jpg, which cannot be read as an image",
        "other files: 1 .mov",
        "size 64, width 8, channels 3",
    ):
        assert words in shown
    assert "reducing 24 / 24" in error
    content = checkpoint.load(Path("runs/dcgan/checkpoint.pt"))
    assert content["arguments"] | {"size": 64, "width": 8, "latent": 8} == content["arguments"]
    assert pixels("runs/dcgan/samples.png").shape == (8 * 65 - 1, 8 * 65 - 1, 3)

    settings = read_json(Path("runs/dcgan/settings.json"))
    assert settings["settings"]["data"] == "photos"
    assert settings["go_on"] == "gan-minimal resume runs/dcgan"
    first, second = (pixels(f"runs/dcgan/samples/{n:07}.png") for n in (50, 100))
    assert first.shape == second.shape
    assert (first != second).any()
    rows = Path("runs/dcgan/log.csv").read_text(encoding="utf-8").splitlines()
    assert rows[0] == "round,discriminator,generator"
    assert [row.split(",")[0] for row in rows[1:]] == ["50", "100"]
    assert pixels("runs/dcgan/losses.png").size

    photos.rename("moved")
    code, _, error = run("resume", "runs/dcgan", "--steps", 101)
    assert code == 2
    assert "photos is not there: --data says where it lies by now." in error
    code, shown, error = run("resume", "runs/dcgan", "--steps", 101, "--data", "moved")
    assert code == 0, error

    code, shown, error = run("evaluate", "runs/dcgan")
    assert code == 0, error
    for words in ("Fréchet distance (untrained network)", "near duplicate in the training data"):
        assert words in " ".join(shown.split())
    assert "Features of an untrained network: not comparable with the FID of papers." in shown


@pytest.mark.slow
def test_a_size_may_be_set_in_both_ways(run, photos):
    few = ("--data", "photos", "--batch", 4, "--steps", 1)

    for i, size in enumerate((("--size", 32), ("--set", "size=32"))):
        code, shown, error = run("train", "gan", *few, *size, "--out", f"runs/{i}")
        assert code == 0, error
        assert "24 images, reduced to 32x32" in shown


@pytest.mark.slow
def test_a_folder_is_found_however_its_korean_name_is_spelled(run, photos):
    photos.rename(unicodedata.normalize("NFD", "사진 모음"))
    typed = unicodedata.normalize("NFC", "사진 모음")
    few = ("--batch", 4, "--steps", 1, "--size", 16)

    for i, data in enumerate((("--data", typed), (f"--data={typed}",))):
        code, shown, error = run("train", "gan", *data, *few, "--out", f"runs/{i}")
        assert code == 0, error
        assert "24 images, reduced to 16x16" in shown


@pytest.mark.slow
def test_a_run_writes_for_tensorboard_when_it_is_asked_to_and_when_it_goes_on(run, monkeypatch):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    few = ("--batch", 8, "--steps", 100, "--save-every", 100)
    code, _, error = run("train", "gan", *few, "--tensorboard")
    assert code == 0, error
    code, _, error = run("resume", "runs/gan", "--steps", 150)
    assert code == 0, error

    found = EventAccumulator("runs/gan/tensorboard").Reload()
    header, *rows = Path("runs/gan/log.csv").read_text(encoding="utf-8").splitlines()
    for i, player in enumerate(header.split(",")[1:], start=1):
        events = [(event.step, f"{event.value:.4g}") for event in found.Scalars(f"loss/{player}")]
        values = [row.split(",") for row in rows]
        assert events == [(int(row[0]), f"{float(row[i]):.4g}") for row in values]
    assert [event.step for event in found.Images("samples")] == [50, 100]

    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)
    refused(run, ("train", "gan", *few, "--tensorboard", "--out", "other"), "is not installed")
    assert not Path("other").exists()
    code, shown, error = run("resume", "runs/gan", "--steps", 151)
    assert code == 0, error
    assert "TensorBoard is not installed here: nothing is added to runs/gan/tensorboard." in shown


@pytest.mark.slow
def test_a_second_start_reads_what_was_reduced_before(run, photos):
    train = ("train", "gan", "--data", "photos", "--batch", 4, "--steps", 1, "--size", 16)

    bars = [
        run(*train, "--out", f"runs/{i}", *more)[2]
        for i, more in enumerate(((), (), ("--no-cache",)))
    ]

    assert ["reducing" in bar for bar in bars] == [True, False, True]


def test_a_network_for_larger_images_is_narrower_unless_a_width_is_given(run, photos):
    how = Reading(64)
    names = ("size", "width")

    _, arguments, _ = training.fitted("wgan", None, "photos", {}, how)
    assert [arguments[name] for name in names] == [
        64,
        models.preset("wgan")["model"]["width"] * 16 // 64,
    ]
    _, arguments, _ = training.fitted("wgan", None, "photos", {"width": 48}, how)
    assert [arguments[name] for name in names] == [64, 48]
    _, arguments, settings = training.fitted("wgan", "paper", "photos", {}, Reading())
    assert arguments["size"] == 64
    assert settings == models.preset("wgan", "paper")["train"]


def test_a_model_with_a_preset_for_the_size_of_the_images_starts_from_it(run, photos):
    _, arguments, settings = training.fitted("dcgan", None, "photos", {}, Reading(64))

    small = models.preset("dcgan", "small")
    assert settings == small["train"]
    assert arguments == small["model"] | {"size": 64, "channels": 3}


@pytest.mark.slow
def test_subfolders_become_the_classes_of_a_model_that_has_some(run):
    for name in ("cat", "dog", "owl"):
        Path("photos", name).mkdir(parents=True)
        for i in range(4):
            Image.effect_noise((40, 40), 50 + i).save(f"photos/{name}/{i}.png")

    for model, batch in (("cgan", 8), ("stargan", 6), ("classifier", 4)):
        code, shown, error = run(
            *("train", model, "--data", "photos", "--batch", batch, "--steps", 1)
        )
        assert code == 0, error
        assert "classes: cat (4), dog (4), owl (4)" in shown
    assert checkpoint.load(Path("runs/cgan/checkpoint.pt"))["arguments"]["classes"] == (3,)
    assert checkpoint.load(Path("runs/stargan/checkpoint.pt"))["arguments"]["domains"] == 3


@pytest.mark.parametrize(
    ("arguments", "advice"),
    [
        ("cgan --batch 12", "12 images cannot be divided into groups of 8: use --batch 8."),
        ("wgan --batch 3", "3 images are not enough for 5 minibatches: use --batch 5."),
        ("wgan_gp --batch 4", "4 images are not enough for 5 minibatches: use --batch 5."),
        ("stargan --batch 2", "2 images are not enough for 3 moves: use --batch 3."),
        ("pggan --batch 6", "6 images cannot be divided into groups of 4: use --batch 4."),
        ("stylegan --batch 6", "6 images cannot be divided into groups of 4: use --batch 4."),
        ("attributes --batch 1", "needs two images or more: use --batch 2."),
    ],
)
@pytest.mark.slow
def test_a_batch_that_a_model_refuses_is_a_sentence_with_advice_that_works(arguments, advice, run):
    name, *_ = arguments.split()

    code, out, error = run("train", *arguments.split(), "--steps", 1)

    assert code == 2
    assert "Traceback" not in out + error
    assert error.splitlines()[-1].endswith(advice)
    advised = advice.rstrip(".").split()[-2:]
    code, _, error = run("train", name, *advised, "--steps", 1)
    assert code == 0, error


def test_help_lists_the_arguments_of_the_model(run):
    code, shown, _ = run("train", "dcgan", "--help")

    assert code == 0
    listed = shown.split("Arguments of dcgan, for --set:")[1]
    for name in inspect.signature(models.get("dcgan").DCGAN).parameters:
        assert f"  {name}=" in listed
    assert "Length of the latent vector" in listed
    assert "Arguments of pix2pix" in run("train", "pix2pix_faces", "--help")[1]
    assert "for --set" not in run("train", "--help")[1]


@pytest.mark.slow
def test_a_second_training_in_one_folder_is_refused_while_the_first_lives(run, tmp_path):
    first = subprocess.Popen(
        [sys.executable, "-m", "gan_minimal", "train", "gan", "--steps", "1000000", "--out", "one"],
        cwd=tmp_path,
        stderr=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    try:
        wait_for(Path("one/settings.json").exists)
        code, _, error = run("train", "gan", "--steps", 1, "--batch", 8, "--out", "one")
    finally:
        first.kill()
        first.wait()
    assert code == 2
    assert "Another training is writing into one" in error

    code, _, error = run("train", "gan", "--steps", 1, "--batch", 8, "--out", "one")
    assert code == 0, error  # the lock does not outlive the process


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
        ("train dcgan --augment colour", "augment is color,translation,cutout or some of them"),
        ("train vae --augment color --batch 8", "draw from noise against a discriminator"),
        ("train gan --out file.txt", "file.txt"),
        ("train gan --out file.txt/run", "file.txt"),
        ("resume nowhere", "There is no checkpoint nowhere/checkpoint.pt"),
        ("train pix2pix --data hangul32", "pix2pix learns from examples as in hangul32-pairs"),
        ("train pix2pix --data faces16-labelmap", "has images of 3 channels and 16x16 pixels"),
        ("train dcgan --data faces16-labelmap", "dcgan learns from examples as in faces16"),
        ("train pix2pix --preset paper", "There is no folder facades"),
        ("train dcgan --set size=32 --size 64", "size is given twice, as 64 and as 32"),
        ("train dcgan --set latent=3 --set latent=4", "latent is given twice, as 3 and as 4"),
        ("train dcgan --set latent=-3", "dcgan cannot be built like that: "),
        ("train dcgan --set width=0", "dcgan cannot be built like that: "),
        ("train dcgan --size 17", "cannot be built like that: size must be a power of two"),
        ("train dcgan --set latnt=3", "dcgan has no argument 'latnt': did you mean 'latent'?"),
        ("train dcgan --set latent=x", "--set takes a name and a value such as lr=0.0002"),
        ("train dcgan --set latent", "--set takes a name and a value such as lr=0.0002"),
        ("train dcgan --set latent=1.5", "latent of dcgan is a whole number, not 1.5"),
        ("train vae --width 3", "vae has no argument 'width'"),
        ("train dcgan --ema 1", "ema is a decay from 0 to below 1"),
        ("train dcgan --data photos --size 64", "choose a size of at most 20"),
        ("train dcgan --data photos --size 48", "dcgan cannot be built like that: size must be a"),
        ("train pix2pix --data photos --size 10", "pix2pix cannot be built like that: size"),
        ("train dcgan --data photos --set latent=-3 --batch 4", "dcgan cannot be built like that"),
        ("train dcgan --data photos --width 900000 --batch 4", "GiB"),
        ("train dcgan --data photos", "has 4 examples, fewer than one batch of 64: use --batch 4"),
        ("train wgan_gp --data photos", "fewer than one batch of 320: this model needs 5 or more"),
        ("train singan --image photos", "learns from one photograph, and photos is a folder"),
        ("train singan --data photos", "learns from one photograph, and photos is a folder"),
        ("train cyclegan --data photos", "photos has no two images for an example"),
        ("train stargan --data photos", "learns from classes, which are subfolders"),
        ("train clip --data photos", "learns from images with texts"),
        ("train stargan --data faces16", "stargan learns from examples as in faces16-domains"),
        ("train stargan --preset paper", "download it with `gan-minimal data celeba --download`"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments, sentence, run):
    Path("file.txt").write_text("something else", encoding="utf-8")
    Path("photos").mkdir()
    for i in range(4):
        Image.new("RGB", (20, 30), (60 * i, 9, 9)).save(f"photos/{i}.png")

    code, _, error = run(*arguments.split())

    assert code == 2
    assert "Traceback" not in error
    last = error.splitlines()[-1]  # a folder's images are reduced with a bar, above
    assert last.startswith("gan-minimal: ")
    assert sentence in last
    assert not list(Path().rglob("*.pt"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("train dcgan --step 3", "--step"),
    ],
)
def test_a_mistake_in_the_options_is_named(arguments, named, run):
    misused(run, arguments.split(), named)


LENGTHS = ["dcgan", "cyclegan", "stargan", "pggan", "stylegan", "clip", "attributes"]


@pytest.mark.parametrize("name", LENGTHS)
def test_a_longer_run_learns_to_its_end(name):
    """Schedules follow the length that is asked for: in the end the rate is low, but not 0."""
    model, preset = models.runs()[name]
    chosen = models.preset(model, preset)
    planned, row = chosen["train"]["steps"], models.MODELS[model]
    counting = (*row.lr_rounds, *row.growth_rounds)
    rates: dict[int, list[float]] = {}
    for steps in (1, 60, planned, 3 * planned):
        arguments = chosen["model"] | stretched(model, chosen["model"], counting, steps / planned)
        game = models.build(model, **arguments)
        for step in (0, steps // 2, steps - 1):
            optimizers = game.optimizers()
            game.schedule(step, optimizers)
            rates[steps] = [o.param_groups[0]["lr"] for o in optimizers.values()]

    assert min(rates[60] + rates[planned] + rates[3 * planned]) > 0
    assert rates[3 * planned] == pytest.approx(rates[planned], abs=game.lr / 50)


def short(steps: int, *others: str) -> list[str]:
    """Words of the command that train a small DCGAN, in `runs/short`."""
    words = f"train dcgan --steps {steps} --batch 8 --set width=4 --out runs/short"
    return [*words.split(), *others]


def test_whoever_asks_for_other_rounds_is_told_how_the_schedule_follows(run):
    path = Path("runs/short/checkpoint.pt")
    _, told, _ = run(*short(65))
    assert "Its schedule is for 65 rounds: lr_decay (22, 65)." in told

    assert "finished: 65 rounds" in run("resume", "runs/short")[1]
    _, told, _ = run("resume", "runs/short", "--steps", 130)
    assert "Its learning rate is for 130 rounds: lr_decay (44, 130)." in told
    content = checkpoint.load(path)
    assert content["step"] == content["settings"]["steps"] == 130
    assert content["arguments"]["lr_decay"] == (44, 130)


def test_a_schedule_that_is_given_stays(run):
    _, told, _ = run(*short(4, "--set", "lr_decay=(9, 11)"))
    assert "schedule" not in told
    assert checkpoint.load(Path("runs/short/checkpoint.pt"))["arguments"]["lr_decay"] == (9, 11)


def test_the_checkpoint_before_a_damaged_one_can_be_gone_on_from(run):
    run(*short(6, "--save-every", "2"))
    last = Path("runs/short/checkpoint.pt")
    last.write_bytes(last.read_bytes()[:-1000])

    refused(run, ["resume", "runs/short"], "goes on from there")
    refused(run, ["sample", "runs/short"], "goes on from there")
    assert "Finished" in run("resume", "runs/short/checkpoint-before.pt")[1]
    assert checkpoint.load(last)["step"] == 6
    assert checkpoint.load(checkpoint.before(last))["step"] == 4


def test_a_run_of_another_machine_goes_on_here_and_says_where(run):
    run(*short(2))
    path = Path("runs/short/checkpoint.pt")
    content = checkpoint.load(path)
    content["settings"]["device"] = "cuda:7"
    checkpoint.save(path, content)

    _, told, _ = run("resume", "runs/short", "--steps", 3)
    assert "This machine has no device 'cuda:7': going on on cpu." in told
    assert run("sample", "runs/short", "--out", "a.png")[0] == 0
