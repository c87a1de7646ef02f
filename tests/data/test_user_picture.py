"""A person's own picture becomes what a model has learnt from, whatever it is drawn with."""

from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image, ImageOps

from gan_minimal import data
from gan_minimal.data import built_in, faces16
from gan_minimal.data.user_picture import prepare
from gan_minimal.errors import UserError


def printed(i: int = 40) -> Image.Image:
    """A printed syllable of the data, enlarged."""
    values = data.load("hangul32-pairs", "test").tensors[0][i, 0]
    grey = ((values + 1) * 127.5).round().byte().numpy()
    return Image.fromarray(grey).resize((320, 320), Image.Resampling.BICUBIC)


def glyph(path: Path) -> torch.Tensor:
    return prepare(path, data.find("hangul32-pairs"), 32, 1)


def transparent(image: Image.Image) -> Image.Image:
    ink = Image.new("RGBA", image.size, "black")
    ink.putalpha(ImageOps.invert(image))
    return ink


def moved(image: Image.Image) -> Image.Image:
    """The same on a larger sheet, not in its middle."""
    sheet = Image.new("L", (900, 500), 255)
    sheet.paste(image, (500, 30))
    return sheet


@pytest.mark.parametrize(
    "drawn",
    [
        lambda image: image,
        lambda image: image.convert("RGB"),
        ImageOps.invert,
        transparent,
        moved,
        lambda image: image.point(lambda grey: 90 + grey // 3),  # pencil on grey paper
        lambda image: image.resize((60, 60)),
    ],
)
def test_a_syllable_is_found_however_it_is_drawn(drawn, tmp_path):
    drawn(printed()).save(tmp_path / "own.png")
    printed().save(tmp_path / "plain.png")

    own, plain = glyph(tmp_path / "own.png"), glyph(tmp_path / "plain.png")

    assert own.shape == (1, 1, 32, 32)
    assert own.dtype == torch.float32
    assert (own - plain).abs().mean() < 0.3 * (1 - plain).mean()


def test_a_syllable_of_the_data_comes_back_nearly_as_it_was(tmp_path):
    printed().save(tmp_path / "own.png")
    true = data.load("hangul32-pairs", "test").tensors[0][40:41]

    # it may be a pixel larger and lie a pixel beside
    own = glyph(tmp_path / "own.png")
    shifts = [own.roll((y, x), (2, 3)) for y in (-1, 0, 1) for x in (-1, 0, 1)]
    assert min((shifted - true).abs().mean().item() for shifted in shifts) < 0.2


@pytest.mark.parametrize(
    ("picture", "sentence"),
    [
        (Image.new("L", (50, 50), 255), "is blank: expected is one Korean syllable"),
        (Image.new("L", (50, 50), 0), "is blank"),
        (ImageOps.expand(Image.new("L", (40, 40), 0), 5, 255), "an area rather than strokes"),
        (ImageOps.expand(Image.new("L", (80, 8), 0), 5, 255), "80 pixels wide and 8 high"),
        (ImageOps.expand(Image.new("L", (4, 4), 0), 5, 255), "4 pixels wide and 4 high"),
    ],
)
def test_what_is_no_syllable_is_refused_with_what_is_wanted(picture, sentence, tmp_path):
    picture.save(tmp_path / "own.png")

    with pytest.raises(UserError, match=sentence):
        glyph(tmp_path / "own.png")


def test_a_label_map_may_be_enlarged_and_a_little_off(tmp_path):
    values = faces16.label_maps("test")[3].permute(1, 2, 0).numpy()
    large = Image.fromarray(values).resize((160, 160), Image.Resampling.NEAREST)
    noise = np.random.default_rng(0).integers(-9, 10, (160, 160, 3))
    blurred = np.clip(np.asarray(large).astype(int) + noise, 0, 255).astype(np.uint8)
    Image.fromarray(blurred).save(tmp_path / "map.png")

    own = prepare(tmp_path / "map.png", data.find("faces16-labelmap"), 16, 3)

    assert torch.equal(own[0], data.load("faces16-labelmap", "test")[3][0])


def test_a_picture_that_is_no_label_map_is_told_the_colours(tmp_path):
    Image.new("RGB", (64, 64), "#00ff00").save(tmp_path / "own.png")

    with pytest.raises(UserError, match=r"no label map: expected .* #3b5dc9 hair"):
        prepare(tmp_path / "own.png", data.find("faces16-labelmap"), 16, 3)


@pytest.mark.parametrize("scale", [1, 4, 10])
def test_a_pixel_art_face_may_be_enlarged(scale, tmp_path):
    values = faces16.load_faces("test").images[7].permute(1, 2, 0).numpy()
    small = Image.fromarray(values)
    small.resize((16 * scale, 16 * scale), Image.Resampling.NEAREST).save(tmp_path / "own.png")

    own = prepare(tmp_path / "own.png", data.find("faces16-domains"), 16, 3)

    assert torch.equal(own[0], data.load("faces16-domains", "test")[7][0])


@pytest.mark.parametrize(
    "picture",
    [
        Image.new("RGB", (64, 64), "white"),  # nobody there
        Image.new("RGB", (64, 64), "#8d5524"),  # no white around it
        Image.fromarray(built_in.photo()[0].permute(1, 2, 0).numpy()),  # no large pixels
        Image.fromarray(faces16.load_faces("test").images[7].permute(1, 2, 0).numpy()).resize(
            (160, 160), Image.Resampling.BICUBIC
        ),
    ],
)
def test_what_is_no_pixel_art_face_is_refused_with_what_is_wanted(picture, tmp_path):
    picture.save(tmp_path / "own.png")

    with pytest.raises(UserError, match=r"no pixel-art face: expected is a face of 16x16 pixels"):
        prepare(tmp_path / "own.png", data.find("faces16-domains"), 16, 3)


def test_photographs_are_cut_to_their_middle(tmp_path):
    Image.new("RGB", (300, 200), "red").save(tmp_path / "own.jpg")

    own = prepare(tmp_path / "own.jpg", data.find("./photos"), 64, 3)

    assert own.shape == (1, 3, 64, 64)
    assert own[:, 0].min() > 0.9


def test_files_that_are_no_images_are_named(tmp_path):
    (tmp_path / "text.png").write_text("no picture", encoding="utf-8")

    with pytest.raises(UserError, match="cannot be read as an image"):
        glyph(tmp_path / "text.png")
    with pytest.raises(UserError, match="There is no file"):
        glyph(tmp_path / "nothing.png")


def test_huge_files_are_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("gan_minimal.data.user_picture.MAX_PIXELS", 100)
    printed().save(tmp_path / "own.png")

    with pytest.raises(UserError, match="too large: at most 100 pixels"):
        glyph(tmp_path / "own.png")
