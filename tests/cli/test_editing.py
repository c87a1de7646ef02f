"""The command `edit`: what it writes, and a sentence for every mistake."""

import re
import socket
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from PIL import Image

from gan_minimal import data, images
from gan_minimal.editing import styleclip
from gan_minimal.training import checkpoint, loop
from tests.cli.helpers import SMALL_STYLEGAN, misused, pixels, process, refused


def untrained(folder: str, **changes: int) -> None:
    """Write a run of a narrow StyleGAN that nobody has trained."""
    arguments = SMALL_STYLEGAN | changes
    settings = loop.Settings(data="faces16", batch=4, steps=1)
    made = loop.new("stylegan", arguments, settings)
    path = Path(folder) / "checkpoint.pt"
    checkpoint.save(path, loop.contents(made, "stylegan", arguments, settings))


class Judge:
    """A CLIP that sees the average of every quarter and wants the left half bright."""

    model = SimpleNamespace(size=16)  # it knows faces of 16 pixels

    def encode_text(self, sentences: list[str]) -> torch.Tensor:
        return torch.tensor([[1.0, -1.0, 1.0, -1.0]]).repeat(len(sentences), 3)

    def encode_image(self, pictures: torch.Tensor) -> torch.Tensor:
        return torch.nn.functional.avg_pool2d(pictures, 8).flatten(1)


@pytest.fixture
def faces(run, monkeypatch) -> None:
    """A StyleGAN without training in runs/stylegan, and a CLIP that needs none."""
    monkeypatch.setattr(styleclip, "SmallCLIP", Judge)
    untrained("runs/stylegan")


def cell(picture: np.ndarray, column: int) -> np.ndarray:
    """Return a face of a row that is enlarged four times."""
    return picture[:64, column * 68 :][:, :64].astype(int)


@pytest.mark.usefixtures("faces")
@pytest.mark.slow
def test_a_row_shows_a_face_on_its_way_to_a_sentence(run):
    for out, text in (("new/ko.png", "파란 머리에 안경"), ("en.png", "blue hair and glasses")):
        code, shown, error = run("edit", "runs/stylegan", "--text", text, "--out", out)

        assert code == 0, error
        path, cosines, *changes = shown.splitlines()
        assert path == out
        numbers = re.fullmatch(r"cosine with the text: (\S+) before, (\S+) after", cosines)
        assert float(numbers[2]) > float(numbers[1])
        assert all(re.fullmatch(r"[a-z ]+: .+ -> .+", line) for line in changes)

    row = pixels("en.png")
    assert row.shape == (16 * 4, (8 * 17 - 1) * 4, 3)
    assert (row[:, 64:68] == 255).all()
    assert np.array_equal(row, pixels("new/ko.png"))  # this judge does not read
    halves = [cell(row, i)[:, half].mean() for i in (0, 7) for half in (slice(32), slice(32, 64))]
    assert halves[2] - halves[3] > halves[0] - halves[1]


@pytest.mark.usefixtures("faces")
@pytest.mark.slow
def test_a_seed_chooses_the_face(run):
    for seed, out in ((7, "a.png"), (7, "b.png"), (8, "c.png")):
        code, _, error = run(
            *("edit", "runs/stylegan", "--text", "안경", "--seed", seed, "--out", out)
        )
        assert code == 0, error

    assert Path("a.png").read_bytes() == Path("b.png").read_bytes()
    assert np.abs(cell(pixels("a.png"), 0) - cell(pixels("c.png"), 0)).max() > 5


@pytest.mark.usefixtures("faces")
@pytest.mark.slow
def test_as_many_frames_are_shown_as_large_as_asked(run):
    code, _, error = run(
        *("edit", "runs/stylegan", "--text", "안경", "--frames", 3, "--scale", 1),
        *("--preset", "paper", "--out", "a.webp"),
    )

    assert code == 0, error
    with Image.open("a.webp") as row:
        assert row.size == (3 * 17 - 1, 16)


@pytest.mark.slow
@pytest.mark.usefixtures("faces")
def test_a_picture_of_ones_own_comes_first_and_then_what_stylegan_makes_of_it(run):
    face = data.load("faces16", "test")[3][0][None]
    images.save(images.grid(face, 1, scale=3), Path("mine.png"))

    code, shown, error = run("edit", "runs/stylegan", "--text", "안경", "--input", "mine.png")

    assert code == 0, error
    assert shown.startswith("edit.png\n")
    row = pixels("edit.png")
    assert row.shape == (16 * 4, (9 * 17 - 1) * 4, 3)
    assert np.array_equal(cell(row, 0)[::4, ::4], images.to_pixels(face)[0])
    assert np.abs(cell(row, 1) - cell(row, 0)).mean() < np.abs(cell(row, 8) - cell(row, 0)).mean()


@pytest.mark.usefixtures("faces")
def test_mistakes_in_an_edit_are_sentences(run):
    untrained("runs/large", size=32, fmap_base=64)
    Path("text.png").write_text("no picture", encoding="utf-8")
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), dtype=np.uint8))
    noise.save("noise.png")
    edit = ("edit", "runs/stylegan", "--text")
    for arguments, sentence in (
        ((*edit, "purple hair"), "The small CLIP has never seen 'purple': it knows hair"),
        ((*edit, "a face with glases"), "Did you mean glasses?"),
        ((*edit, "모쟈 쓴 얼굴"), "never seen '모쟈'"),
        ((*edit, ""), "--text is a description of a face, such as '파란 머리에 안경'."),
        ((*edit, "!?"), "--text is a description of a face"),
        ((*edit, "머리" * 20_000), f"The small CLIP has never seen '{'머리' * 249}"),
        ((*edit, "x" * 60_000), "..."),
        ((*edit, "a-" * 30_000), "--text is too long: 30002 pieces, at most 40."),
        ((*edit, "👓\u200d\udcff\x07"), "--text is a description of a face"),
        ((*edit, "안경 " * 40), "--text is too long: 42 pieces, at most 40."),
        ((*edit, "안경", "--preset", "large"), "--preset is tiny or paper, not 'large'."),
        ((*edit, "안경", "--out", "x.gif"), "--out ends with .png or .webp, not '.gif'."),
        ((*edit, "안경", "--out", "x"), "not 'without an ending'"),
        ((*edit, "안경", "--frames", 50, "--scale", 64), "55,488 pixels wide: choose a smaller"),
        ((*edit, "안경", "--input", "none.png"), "There is no file none.png."),
        ((*edit, "안경", "--input", "text.png"), "text.png cannot be read as an image."),
        ((*edit, "안경", "--input", "noise.png"), "noise.png is no pixel-art face"),
        (("edit", "dcgan", "--text", "안경"), "dcgan has no styles"),
        (("edit", "runs/nowhere", "--text", "안경"), "There is no recorded run 'runs/nowhere'"),
        (
            ("edit", "runs/large", "--text", "안경"),
            "faces of 16 pixels, not images of 32: --clip ViT-B-32 knows any.",
        ),
    ):
        refused(run, arguments, sentence)
    assert not list(Path().glob("edit.*"))
    assert not list(Path().glob("x*"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("edit", "--text"),
        ("edit --text 안경 --frames 1", "--frames"),
        ("edit --text 안경 --frames 51", "--frames"),
        ("edit --text 안경 --scale 0", "--scale"),
        ("edit --text 안경 --seed -1", "--seed"),
    ],
)
def test_a_mistake_in_the_options_is_named(arguments, named, run):
    misused(run, arguments.split(), named)


@pytest.mark.slow
def test_the_small_clip_is_trained_by_the_command(run):
    code, shown, error = run("train", "clip", "--steps", 1, "--batch", 4)

    assert code == 0, error
    assert shown.endswith("\nFinished: runs/clip/checkpoint.pt\n")
    for command in ("edit runs/clip --text 안경", "sample runs/clip"):
        code, out, error = run(*command.split())
        assert code == 2
        assert "Traceback" not in out + error


@pytest.mark.slow
def test_a_sentence_changes_a_recorded_face(empty_folder):
    """In English; the benchmark of start-up does it in Korean."""
    text = "blue hair and glasses"
    ran = process("edit", "--text", text, "--seed", "7", "--out", "edit.png", folder=empty_folder)

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.startswith("edit.png\n")
    assert pixels("edit.png").shape == (16 * 4, (8 * 17 - 1) * 4, 3)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--clip", "ViT-X"), "open_clip has not got ViT-X with the weights 'openai'"),
        (("--clip", "ViT-B-32", "--weights", "none"), "with the weights 'none'"),
    ],
)
@pytest.mark.slow
def test_a_real_clip_that_is_not_there_is_a_sentence(arguments, sentence, run, monkeypatch):
    def unreachable(*_: object, **__: object) -> None:
        raise OSError("the network is unreachable")

    monkeypatch.setattr(socket.socket, "connect", unreachable)
    monkeypatch.setattr(socket, "getaddrinfo", unreachable)
    untrained("runs/stylegan")

    refused(run, ("edit", "runs/stylegan", "--text", "a smile", *arguments), sentence)
