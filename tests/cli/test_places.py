"""Whatever stands where a file or a folder should: one sentence, and before any work is done."""

import io
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_minimal import cli, data, images
from tests.cli.helpers import misused, pixels, refused

NO_FILE = "is no file, but a folder, a pipe or a device"
NO_HOME = "There is no home folder to be found"


@pytest.fixture
def odd(run):
    """Pipes, a folder called like a picture, and photographs among which a pipe lies."""
    if not hasattr(os, "mkfifo"):
        pytest.skip("this system has no pipes with names")
    Path("dir.png").mkdir()
    Path("photos").mkdir()
    for name in ("pipe", "pipe.png", "pipe.pt", "photos/0.png"):
        os.mkfifo(name)
    for i in range(1, 5):
        noise = np.random.default_rng(i).integers(0, 256, (20, 20, 3), dtype=np.uint8)
        Image.fromarray(noise).save(f"photos/{i}.png")
    return run


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("sample pipe.pt", "There is no checkpoint pipe.pt"),
        ("sample dir.png", "dir.png holds no run"),
        ("sample dcgan --out pipe.png", "--out pipe.png is a pipe or a device: name a file"),
        ("sample dcgan --out dir.png", "--out dir.png is a folder: name a file"),
        ("sample dcgan --out pipe/a.png", "pipe cannot be written to (Not a directory)"),
        ("sample dcgan --each --out pipe", "pipe is there already"),
        ("mix --out pipe.png", "is a pipe or a device"),
        ("animate --out dir.webp", "is a folder"),
        ("translate pix2pix --input pipe.png", NO_FILE),
        ("translate pix2pix --input dir.png", NO_FILE),
        ("enlarge singan --input pipe.png", NO_FILE),
        ("retouch singan --input pipe.png", NO_FILE),
        ("train singan --image pipe.png", NO_FILE),
        ("train singan --data pipe.png", NO_FILE),
        ("train gan --data pipe", "There is no folder pipe"),
        ("train gan --out pipe", "pipe cannot be written to (Not a directory)"),
        ("resume pipe", "There is no checkpoint pipe/checkpoint.pt"),
        ("sample ~nosuchuser/run", NO_HOME),
        ("train gan --data ~nosuchuser/photos", NO_HOME),
        ("train singan --data ~nosuchuser/a.png", NO_HOME),
    ],
)
def test_what_is_no_file_or_folder_is_a_sentence(arguments, sentence, odd):
    Path("dir.webp").mkdir()

    refused(odd, arguments.split(), sentence)


def test_a_pipe_among_photographs_is_left_out(odd):
    words = "train gan --data photos --batch 4 --steps 1 --no-cache --size 16"
    code, shown, error = odd(*words.split())

    assert code == 0, error
    assert "1 left out: photos/0.png, which is a pipe or a device, not a file" in shown


EMPTY = (
    *("train gan --out ''", "resume ''", "mix --device ''"),
    *("sample ''", "sample dcgan --out ''", "sample dcgan --out=", "train gan --data ''"),
)


@pytest.mark.parametrize("arguments", EMPTY)
def test_an_empty_word_is_a_sentence(arguments, run):
    words = [word.replace("''", "") for word in arguments.split()]

    refused(run, words, "One of the words is empty")
    assert not list(Path().rglob("*.pt"))


def test_whoever_has_no_home_is_told_what_to_name(run, monkeypatch):
    for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME"):
        monkeypatch.delenv(name, raising=False)

    def nobody(_: str) -> str:
        raise RuntimeError("Could not determine home directory.")

    monkeypatch.setattr(Path, "home", lambda: nobody(""))
    refused(run, ["data"], NO_HOME)
    assert run("sample", "gan", "--n", 1, "--out", "a.png")[0] == 0


def test_the_case_of_an_ending_does_not_matter(run):
    for name in ("a.PNG", "a.Webp"):
        code, _, error = run("sample", "gan", "--n", 1, "--out", name)
        assert code == 0, error
        assert pixels(name).shape == (64, 64, 3)
    with Image.open("a.PNG") as picture:
        assert picture.format == "PNG"
    assert run("walk", "--frames", 1, "--seeds", "1,2", "--out", "a.WEBP")[0] == 0


COMPUTING = [
    *("sample dcgan", "translate pix2pix --input a.png", "edit --text 안경", "enlarge", "animate"),
    *("retouch --input a.png", "mix", "walk", "evaluate vae", "record gan", "train gan"),
    "claims run gan-two-players",
]


@pytest.mark.parametrize("command", COMPUTING)
def test_a_device_that_is_not_there_is_a_sentence_in_every_command(command, run):
    Image.new("RGB", (64, 43), "white").save("a.png")

    refused(run, [*command.split(), "--device", "gpu"], "There is no device 'gpu'")
    refused(run, [*command.split(), "--device", "cuda:99"], "This machine has no device 'cuda:99'")
    assert sorted(path.name for path in Path().iterdir()) == ["a.png"]


@pytest.mark.gpu
@pytest.mark.slow
@pytest.mark.parametrize(
    "command", [each for each in COMPUTING if each[:6] not in ("record", "claims")]
)
def test_commands_compute_on_a_gpu_too(command, run):
    drawn = images.in_columns(data.tensors("photo")[0][None])
    images.save(drawn, Path("a.png"))
    if command.startswith("translate"):
        command = "translate pix2pix_faces --input b.png"
        images.save(images.grid(data.tensors("faces16-labelmap", "test")[0][:1], 1), Path("b.png"))
    few = ("--steps", 2, "--batch", 8) if command.startswith("train") else ()

    code, _, error = run(*command.split(), *few, "--device", "cuda")

    assert code == 0, error
    assert run("sample", "gan", "--n", 1, "--out", "c.png")[0] == 0  # on the CPU again


def test_a_device_is_no_option_of_what_does_not_compute(run):
    misused(run, ["list", "--device", "cpu"], "--device")


@pytest.mark.parametrize("encoding", ["cp949", "latin-1", "utf-16"])
def test_a_console_of_any_encoding_shows_what_it_can(encoding, run, monkeypatch):
    for words, code in (("list", 0), ("sample 없다", 2), ("data", 0), ("sample \udcff", 2)):
        streams = [io.TextIOWrapper(io.BytesIO(), encoding=encoding) for _ in range(2)]
        monkeypatch.setattr(sys, "stdout", streams[0])
        monkeypatch.setattr(sys, "stderr", streams[1])
        monkeypatch.setattr(sys, "argv", ["gan-minimal", *words.split()])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        assert (ended.value.code or 0) == code
        shown = b"".join(stream.flush() or stream.buffer.getvalue() for stream in streams)
        assert shown.decode(encoding)


def test_a_folder_whose_name_is_half_a_letter_can_be_trained_in(run):
    name = os.fsdecode(b"run-\xff")
    code, _, error = run("train", "gan", "--steps", 1, "--batch", 8, "--out", name)

    assert code == 0, error
    assert run("resume", name, "--steps", 2)[0] == 0
