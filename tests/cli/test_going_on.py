"""What happens to a run when its data changes, when its place is full, and when it fails."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_minimal.cli.run_folder import RunFolder
from gan_minimal.models import gan
from gan_minimal.training import checkpoint
from tests.cli.helpers import refused

CHECKPOINT = Path("runs/gan/checkpoint.pt")
FEW = ("--batch", 4, "--size", 16, "--set", "hidden=8", "--no-cache")


def picture(path: Path, seed: int) -> None:
    """Write an image of noise."""
    path.parent.mkdir(exist_ok=True)
    pixels = np.random.default_rng(seed).integers(0, 256, (20, 24, 3), dtype=np.uint8)
    Image.fromarray(pixels).save(path)


@pytest.fixture
def trained(run) -> Path:
    """A folder of six images, of which a run has learnt for a round."""
    for i in range(6):
        picture(Path("photos", f"{i}.png"), i)
    code, _, error = run("train", "gan", "--data", "photos", "--steps", 1, *FEW)
    assert code == 0, error
    return Path("photos")


CHANGES: dict[str, tuple[Callable[[Path], object], str]] = {
    "another image": (lambda photos: picture(photos / "3.png", 9), "its files have changed"),
    "other bytes": (
        lambda photos: (photos / "3.png").write_bytes((photos / "3.png").read_bytes() + b"x"),
        "its files have changed",
    ),
    "another name": (lambda photos: (photos / "5.png").rename(photos / "6.png"), "their names"),
    "one less": (lambda photos: (photos / "5.png").unlink(), "it has 5 examples and had 6"),
    "one more": (lambda photos: picture(photos / "6.png", 9), "it has 7 examples and had 6"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_run_does_not_go_on_with_data_that_has_changed(change, trained, run):
    shutil.copytree(trained, "before")
    do, says = CHANGES[change]
    do(trained)

    code, _, error = run("resume", "runs/gan", "--steps", 2, "--no-cache")
    assert code == 2
    last = error.splitlines()[-1]
    assert last.startswith("gan-minimal: photos is not what this run has learnt from: ")
    assert says in last
    assert checkpoint.load(CHECKPOINT)["step"] == 1

    again = ("resume", "runs/gan", "--no-cache", "--steps")
    code, _, error = run(*again, 2, "--data", "before")  # the same, elsewhere
    assert code == 0, error
    assert run(*again, 3, "--data", "photos")[0] == 2
    code, _, error = run(*again, 3, "--data", "photos", "--other-data")
    assert code == 0, error
    assert run(*again, 4)[0] == 0  # from now on this is what it learns from


def test_a_run_that_does_not_say_what_it_has_learnt_from_goes_on(trained, run):
    content = checkpoint.load(CHECKPOINT)
    del content["data"]
    checkpoint.save(CHECKPOINT, content)
    (trained / "5.png").unlink()

    assert run("resume", "runs/gan", "--steps", 2, "--no-cache")[0] == 0


def test_another_photograph_of_the_same_size_is_noticed(run):
    for i, name in enumerate(("photo.png", "other.png")):
        pixels = np.random.default_rng(i).integers(0, 256, (40, 50, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(name)
    own = ("train", "singan", "--image", "photo.png", "--steps", 2, "--set", "max_size=40")
    code, _, error = run(*own)
    assert code == 0, error

    Path("other.png").replace("photo.png")
    refused(run, ["resume", "runs/singan", "--steps", 3], "photo.png is not what this run has")


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), MemoryError()])
def test_a_run_that_fails_between_two_rounds_is_saved_and_can_be_gone_on_with(
    error, run, monkeypatch
):
    def watch(_folder: RunFolder, _dataset: object) -> Callable[[object], None]:
        def look(run: object) -> None:
            if run.step == 3:
                raise error

        return look

    with monkeypatch.context() as failing:
        failing.setattr(RunFolder, "watch", watch)
        code, _, told = run("train", "gan", "--steps", 5, "--batch", 8)

    assert code == 2
    assert "Traceback" not in told
    assert "the last good checkpoint is runs/gan/checkpoint.pt, and `gan-minimal resume" in told
    assert checkpoint.load(CHECKPOINT)["step"] == 3
    assert run("resume", "runs/gan")[0] == 0


TOO_MUCH = "[enforce fail at alloc_cpu.cpp:124] . DefaultCPUAllocator: can't allocate memory: you"


@pytest.mark.parametrize("error", [MemoryError(), RuntimeError(TOO_MUCH)])
def test_a_round_for_which_there_is_too_little_memory_is_a_sentence(error, run, monkeypatch):
    def step(*_: object) -> None:
        raise error

    monkeypatch.setattr(gan.GAN, "step", step)

    code, _, told = run("train", "gan", "--steps", 5, "--batch", 8)

    assert code == 2
    assert told.splitlines()[-1].startswith("gan-minimal: There is not enough memory for this")
    assert not CHECKPOINT.exists()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="Windows has no such limits")
def test_a_place_without_room_is_found_before_training(tmp_path):
    code = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_FSIZE, (2**20, 2**20));"
        "from gan_minimal.cli import main; main()"
    )
    words = ["train", "dcgan", "--steps", "5", "--out", "run"]
    ran = subprocess.run(
        [sys.executable, "-c", code, *words], cwd=tmp_path, capture_output=True, check=False
    )

    assert ran.returncode == 2
    assert b"run has no room for" in ran.stderr
    assert ran.stderr.count(b"\n") == 1
    assert not list(tmp_path.rglob("*.pt"))


def test_a_file_where_samples_shall_lie_is_found_before_training(run):
    Path("runs/gan").mkdir(parents=True)
    Path("runs/gan/samples").touch()

    refused(run, ["train", "gan", "--steps", 5, "--batch", 8], "samples is a file")


@pytest.mark.parametrize("name", ["checkpoint-before.pt", "settings.json", "log.csv", "losses.png"])
def test_a_folder_where_a_file_shall_lie_is_found_before_training(name, run):
    Path("runs/gan", name).mkdir(parents=True)
    words = ["train", "gan", "--steps", 5, "--batch", 8]
    if name == "checkpoint-before.pt":  # which says that there is a run
        refused(run, words, "runs/gan already holds a run")
    else:
        refused(run, words, f"{name} is a folder, where a file shall lie: move it.")
    assert not list(Path().rglob("*.unfinished"))
