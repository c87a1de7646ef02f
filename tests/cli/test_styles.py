"""The commands for styles, `mix` and `walk`: what they write, and a sentence for every mistake."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from gan_minimal import models
from tests.cli.helpers import SMALL_STYLEGAN, misused, pixels, refused


@pytest.fixture
def faces(run, monkeypatch) -> None:
    """A narrow StyleGAN, hardly trained, in runs/stylegan."""
    monkeypatch.setitem(models.get("stylegan").PRESETS["tiny"], "model", SMALL_STYLEGAN)
    code, shown, error = run("train", "stylegan", "--steps", 1, "--batch", 4)
    assert code == 0, error
    assert "What it draws: runs/stylegan/samples.png" in shown


def cell(picture: np.ndarray, row: int, column: int) -> np.ndarray:
    """Return a face of a grid that is enlarged four times."""
    return picture[row * 68 :, column * 68 :][:64, :64].astype(int)


@pytest.mark.usefixtures("faces")
@pytest.mark.slow
def test_a_matrix_of_styles_has_every_face_by_its_seed(run):
    options = ("--sources", "1, 2,3", "--styles", "7,8")
    for layers in ("coarse", "middle", "fine"):
        code, shown, error = run(
            "mix", "runs/stylegan", *options, "--layers", layers, "--out", f"new/{layers}.png"
        )
        assert (code, shown) == (0, f"new/{layers}.png\n"), error

    drawn = {layers: pixels(f"new/{layers}.png") for layers in ("coarse", "middle", "fine")}
    coarse = drawn["coarse"]
    assert coarse.shape == ((4 * 17 - 1) * 4, (3 * 17 - 1) * 4, 3)
    assert (cell(coarse, 0, 0) == 255).all()
    assert not np.array_equal(coarse, drawn["middle"])
    assert not np.array_equal(coarse, drawn["fine"])
    for seed, row, column in ((1, 1, 0), (3, 3, 0), (7, 0, 1), (8, 0, 2)):
        run("sample", "runs/stylegan", "--n", 1, "--seed", seed, "--out", "one.png")
        for picture in drawn.values():
            assert np.abs(cell(picture, row, column) - pixels("one.png")).max() <= 1


@pytest.mark.usefixtures("faces")
def test_middle_styles_are_mixed_and_a_webp_is_enlarged_as_asked(run):
    for out, options in (("a.webp", ()), ("b.webp", ("--layers", "middle"))):
        code, _, error = run("mix", "runs/stylegan", "--scale", 1, "--out", out, *options)
        assert code == 0, error

    assert pixels("a.webp").shape == (4 * 17 - 1, 4 * 17 - 1, 3)
    assert Path("a.webp").read_bytes() == Path("b.webp").read_bytes()


@pytest.mark.usefixtures("faces")
def test_a_walk_is_an_animation_in_either_space(run):
    for out, options in (("w.webp", ()), ("z.webp", ("--space", "z"))):
        code, shown, error = run(
            *("walk", "runs/stylegan", "--seeds", "1,2,3", "--frames", 2, "--out", out), *options
        )
        assert (code, shown) == (0, f"{out}\n"), error
        with Image.open(out) as animation:
            assert animation.size == (64, 64)
            assert animation.n_frames == 6  # from each of three faces to the next one

    assert Path("w.webp").read_bytes() != Path("z.webp").read_bytes()


@pytest.mark.usefixtures("faces")
def test_a_walk_is_enlarged_as_asked(run):
    code, _, error = run(
        "walk", "runs/stylegan", "--frames", 1, "--scale", 2, "--out", "new/a.webp"
    )

    assert code == 0, error
    with Image.open("new/a.webp") as animation:
        assert animation.size == (32, 32)


MANY = ",".join(map(str, range(65)))


@pytest.mark.usefixtures("faces")
@pytest.mark.slow
def test_mistakes_with_styles_are_sentences(run):
    for arguments, sentence in (
        ("mix dcgan", "dcgan has no styles to mix or to walk along; stylegan has."),
        ("mix runs/nowhere", "There is no recorded run 'runs/nowhere'"),
        ("mix runs/stylegan --out x.gif", "--out ends with .png or .webp, not '.gif'."),
        ("mix runs/stylegan --out x", "not 'without an ending'"),
        ("mix runs/stylegan --layers deep", "--layers is coarse, middle or fine, not 'deep'."),
        ("mix --sources a,b", "--sources is a list of whole numbers such as 1,2,3, not 'a,b'."),
        ("mix --sources=", "One of the words is empty: give it a value"),
        ("mix --sources=-1,2", "--sources is a list of whole numbers such as 1,2,3, not '-1,2'."),
        ("mix --styles 1,,2", "--styles is a list of whole numbers such as 1,2,3, not '1,,2'."),
        ("mix --styles 4294967296", "--styles: a seed is a whole number from 0 to 2**32 - 1."),
        (f"mix --styles {MANY}", "--styles: at most 64 seeds, not 65."),
        (
            f"mix runs/stylegan --sources 1 --styles {MANY[:-3]} --scale 64",
            "The picture would be 70,720 pixels wide: choose a smaller --scale.",
        ),
        ("walk dcgan", "dcgan has no styles to mix or to walk along; stylegan has."),
        ("walk runs/nowhere", "There is no recorded run 'runs/nowhere'"),
        ("walk runs/stylegan --out x.png", "--out ends with .webp, not '.png'."),
        ("walk runs/stylegan --space x", "--space is w or z, not 'x'."),
        ("walk --seeds 1;2", "--seeds is a list of whole numbers such as 1,2,3, not '1;2'."),
        ("walk --seeds 9999999999", "--seeds: a seed is a whole number from 0 to 2**32 - 1."),
        (f"walk --seeds {MANY}", "--seeds: at most 64 seeds, not 65."),
    ):
        refused(run, arguments.split(), sentence)
    assert not list(Path().glob("*.webp"))
    assert not list(Path().glob("*.png"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("mix --scale 0", "--scale"),
        ("mix --scale 65", "--scale"),
        ("mix --layer fine", "--layer"),
        ("walk --frames 0", "--frames"),
        ("walk --frames 101", "--frames"),
        ("walk --scale 0", "--scale"),
    ],
)
def test_a_mistake_in_the_options_is_named(arguments, named, run):
    misused(run, arguments.split(), named)
