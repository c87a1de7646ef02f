"""A folder of images: everything legal is read, everything else is named before training."""

import io
import struct
import warnings
import zlib
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gan_minimal.data import load
from gan_minimal.data.folder import ImageNotice, listing, picture, to_rgb, white_of
from gan_minimal.data.folder import header as header_of
from gan_minimal.data.own_images import open_folder
from gan_minimal.errors import UserError

RNG = np.random.default_rng(0)


def save(
    path: Path, mode: str = "RGB", size: tuple[int, int] = (40, 40), **options: object
) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    image = Image.fromarray(RNG.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))
    image.convert(mode).save(path, **options)
    return path


def test_images_are_square_tensors_in_the_order_of_their_names(tmp_path: Path):
    save(tmp_path / "b.png", size=(60, 40))
    save(tmp_path / "a.jpg", size=(40, 70))
    save(tmp_path / "다람쥐 사진" / "도토리.webp")
    data = load(tmp_path, size=32)
    assert [path.name for path in data.paths[0]] == ["a.jpg", "b.png", "도토리.webp"]
    for (image,) in (data[i] for i in range(len(data))):
        assert image.shape == (3, 32, 32)
        assert image.dtype == torch.float32
        assert image.min() >= -1
        assert image.max() <= 1


def test_what_is_no_image_is_ignored(tmp_path: Path):
    save(tmp_path / "one.PNG")
    save(tmp_path / ".hidden.png")
    save(tmp_path / ".cache" / "two.png")
    (tmp_path / "labels.csv").write_text("a,b", encoding="utf-8")
    (tmp_path / "album.png").mkdir()
    found = listing(tmp_path)
    assert [path.name for path in found.images] == ["one.PNG"]
    assert found.other == {".csv": 1}


def test_subfolders_are_splits(tmp_path: Path):
    save(tmp_path / "train" / "a.png")
    save(tmp_path / "test" / "b.png")
    assert [p.name for p in open_folder(tmp_path, "train", 32).paths[0]] == ["a.png"]
    assert [p.name for p in open_folder(tmp_path, "test", 32).paths[0]] == ["b.png"]


def test_a_missing_split_is_named(tmp_path: Path):
    save(tmp_path / "a.png")
    assert len(open_folder(tmp_path, "train", 32)) == 1
    with pytest.raises(UserError, match="no subfolder 'test'"):
        open_folder(tmp_path, "test", 32)


def test_missing_and_empty_folders_have_their_sentences(tmp_path: Path):
    with pytest.raises(UserError, match="There is no folder"):
        load(tmp_path / "nothing")
    with pytest.raises(UserError, match="has no images"):
        load(tmp_path)
    (tmp_path / "a.txt").write_text("no image", encoding="utf-8")
    with pytest.raises(UserError, match="is a file, not a folder"):
        load(tmp_path / "a.txt")


def test_broken_files_are_left_out_and_named(tmp_path: Path):
    save(tmp_path / "good.png")
    (tmp_path / "cut.jpg").write_bytes(save(tmp_path / "whole.jpg").read_bytes()[:400])
    (tmp_path / "empty.png").touch()
    (tmp_path / "text.webp").write_text("not an image", encoding="utf-8")
    content = bytearray((tmp_path / "good.png").read_bytes())
    content[len(content) // 2] ^= 0xFF
    (tmp_path / "flipped.png").write_bytes(content)
    with pytest.warns(ImageNotice, match="4 left out: .*cannot be read as an image") as notices:
        data = open_folder(tmp_path, "train", 32)
    for name in ("cut.jpg", "empty.png", "text.webp", "flipped.png"):
        assert name in str(notices[0].message)
    assert [path.name for path in data.paths[0]] == ["good.png", "whole.jpg"]
    assert len(data) == 2


def test_many_broken_files_make_one_sentence(tmp_path: Path):
    for i in range(9):
        (tmp_path / f"{i}.png").touch()
    with pytest.raises(UserError, match=r"0\.png cannot.*8 more.*: 1\.png, 2\.png, 3\.png, \.\.\."):
        open_folder(tmp_path, "train", 32)


def test_an_unreadable_file_is_named_with_the_reason(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    path = save(tmp_path / "locked.png")

    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Image, "open", refuse)
    with pytest.raises(UserError, match=r"locked\.png.*Permission denied"):
        open_folder(tmp_path, "train", 32)
    with pytest.raises(UserError, match=r"locked\.png cannot be read"):
        picture(path, 32)


def test_small_images_are_named_with_a_size_that_works(tmp_path: Path):
    save(tmp_path / "small.png", size=(50, 12))
    with pytest.raises(UserError, match=r"small\.png is too small \(50x12.*32x32.*at most 12"):
        open_folder(tmp_path, "train", 32)
    assert len(open_folder(tmp_path, "train", 12)) == 1


@pytest.mark.parametrize(("side", "extent"), [(9000, "9000x9000"), (60_000, "hundreds of")])
def test_huge_images_are_refused_without_decoding_them(tmp_path: Path, side: int, extent: str):
    def chunk(kind: bytes, content: bytes) -> bytes:
        body = kind + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    content = chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    (tmp_path / "huge.png").write_bytes(b"\x89PNG\r\n\x1a\n" + header + content)
    with pytest.raises(UserError, match=rf"huge\.png is too large \({extent}"):
        open_folder(tmp_path, "train", 32)


def test_one_notice_names_an_example_of_each_conversion(tmp_path: Path):
    save(tmp_path / "colour.png")
    save(tmp_path / "grey1.png", "L")
    save(tmp_path / "grey2.png", "LA", size=(40, 40))
    save(tmp_path / "palette.png", "P")
    save(tmp_path / "print.jpg", "CMYK")
    save(tmp_path / "clear.png", "RGBA")
    Image.fromarray(np.full((40, 40), 40_000, dtype=np.uint16)).save(tmp_path / "deep.png")
    frames = [Image.new("RGB", (40, 40), colour) for colour in ("red", "blue")]
    frames[0].save(tmp_path / "moving.webp", save_all=True, append_images=frames[1:])
    with pytest.warns(ImageNotice) as notices:
        data = open_folder(tmp_path, "train", 32)
    assert len(notices) == 1
    text = str(notices[0].message)
    for words in (
        *("1 grey", "grey1.png", "2 transparent", "clear.png", "1 with a palette", "palette.png"),
        *("1 in CMYK colours", "print.jpg", "deep.png", "moving.webp", "frames"),
    ):
        assert words in text
    assert "/colour.png" not in text
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert all(data[i][0].shape == (3, 32, 32) for i in range(len(data)))


@given(
    mode=st.sampled_from(["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "I;16", "I", "F"]),
    kind=st.sampled_from(["PNG", "JPEG", "WEBP", "BMP", "GIF", "TIFF", "PPM"]),
    width=st.integers(1, 70),
    height=st.integers(1, 70),
)
def test_every_image_that_can_be_saved_can_be_read(mode: str, kind: str, width: int, height: int):
    values = np.random.default_rng(0).integers(0, 256, (height, width, 4), dtype=np.uint8)
    image = Image.fromarray(values)
    if mode == "I;16":
        image = Image.fromarray(values[..., 0].astype(np.uint16) * 257)
    else:
        image = image.convert("RGB").convert(mode)
    content = io.BytesIO()
    try:
        image.save(content, kind)
    except (OSError, KeyError, ValueError):
        return  # the format does not have this mode
    with Image.open(content) as stored:
        rgb = to_rgb(stored)
    assert rgb.mode == "RGB"
    assert rgb.size == (width, height)


def test_transparent_pixels_become_white():
    clear = Image.new("RGBA", (8, 8), (255, 0, 0, 0))
    assert to_rgb(clear).getpixel((0, 0)) == (255, 255, 255)
    half = Image.new("RGBA", (8, 8), (0, 0, 0, 128))
    assert to_rgb(half).getpixel((0, 0)) == (127, 127, 127)
    palette = Image.new("P", (8, 8), 3)
    palette.info["transparency"] = 3
    assert to_rgb(palette).getpixel((0, 0)) == (255, 255, 255)


@pytest.mark.parametrize(
    ("values", "grey"),
    [
        (np.full((4, 4), 65_535, dtype=np.uint16), 255),
        (np.full((4, 4), 32_896, dtype=np.uint16), 128),
        (np.full((4, 4), 200, dtype=np.int32), 200),
        (np.full((4, 4), 51_400, dtype=np.int32), 200),
        (np.full((4, 4), 0.5, dtype=np.float32), 128),
        (np.full((4, 4), 200.4, dtype=np.float32), 200),
        (np.full((4, 4), np.nan, dtype=np.float32), 0),
    ],
)
def test_deep_images_keep_their_brightness(values: np.ndarray, grey: int):
    assert to_rgb(Image.fromarray(values)).getpixel((0, 0)) == (grey, grey, grey)


def test_photographs_are_turned_upright(tmp_path: Path):
    image = Image.new("RGB", (64, 32), "white")
    image.paste("black", (0, 0, 32, 32))
    exif = Image.Exif()
    exif[0x0112] = 6  # the camera was turned: left is up
    image.save(tmp_path / "turned.png", exif=exif)
    upright = picture(tmp_path / "turned.png", 32)
    assert upright[:, :12].mean() < -0.9
    assert upright[:, -12:].mean() > 0.9


def test_the_middle_is_kept(tmp_path: Path):
    image = Image.new("RGB", (90, 30), "black")
    image.paste("white", (30, 0, 60, 30))
    image.save(tmp_path / "wide.png")
    assert (picture(tmp_path / "wide.png", 30) == 1).all()
    assert (picture(tmp_path / "wide.png", 10, crop=20) == 1).all()


def test_greys_of_twelve_bits_in_files_of_sixteen_are_stretched(tmp_path: Path):
    for i, value in enumerate((0, 1000, 4095)):
        Image.fromarray(np.full((16, 16), value, dtype=np.uint16)).save(tmp_path / f"{i}.png")

    with pytest.warns(ImageNotice, match="with more than 8 bits"):
        data = open_folder(tmp_path, "train", 16)

    assert white_of([header_of(path) for path in data.paths[0]]) == 4095
    shades = [round((data[i][0].mean().item() + 1) * 127.5) for i in range(3)]
    assert shades == [0, 62, 255]


@pytest.mark.parametrize(
    ("values", "span"),
    [
        (np.linspace(0, 1000, 1600, dtype=np.float32), "from 0 to 1000"),
        (np.linspace(-1, 1, 1600, dtype=np.float32), "from -1 to 1"),
        (np.linspace(-500, 500, 1600, dtype=np.int32), "from -500 to 500"),
    ],
)
def test_numbers_that_are_no_greys_are_refused_and_not_cut_off(values, span, tmp_path: Path):
    Image.fromarray(values.reshape(40, 40)).save(tmp_path / "a.tif")

    with pytest.raises(UserError, match=f"has values {span}; known are"):
        open_folder(tmp_path, "train", 32)


def test_a_class_called_train_is_a_class(tmp_path: Path):
    for name in ("car", "plane", "train"):
        save(tmp_path / name / "a.png")

    assert len(open_folder(tmp_path, "train", 32)) == 3
    with pytest.raises(UserError, match="no subfolder 'test'"):
        open_folder(tmp_path, "test", 32)


def test_val_is_a_name_of_the_test_split(tmp_path: Path):
    for name in ("train", "val"):
        save(tmp_path / name / f"{name}.png")

    assert [p.name for p in open_folder(tmp_path, "test", 32).paths[0]] == ["val.png"]


@pytest.mark.parametrize("names", [("Train", "Test"), ("TRAIN", "Val"), ("train", "Validation")])
def test_splits_are_splits_whatever_the_case_of_their_letters(names, tmp_path: Path):
    for name in names:
        save(tmp_path / name / f"{name}.png")

    for split, name in zip(("train", "test"), names, strict=True):
        assert [p.stem for p in open_folder(tmp_path, split, 32).paths[0]] == [name]


def test_a_split_without_the_one_for_training_is_told(tmp_path: Path):
    save(tmp_path / "Test" / "a.png")

    assert (
        "there is no train beside Test: all are used" in open_folder(tmp_path, "train", 32).report
    )


def test_an_image_counts_once_however_many_links_lead_to_it(tmp_path: Path):
    save(tmp_path / "photos" / "z" / "a.png")
    save(tmp_path / "elsewhere" / "b.png")
    try:
        (tmp_path / "photos" / "again.png").symlink_to(tmp_path / "photos" / "z" / "a.png")
        (tmp_path / "photos" / "a").symlink_to(tmp_path / "photos" / "z")
        (tmp_path / "photos" / "round.png").symlink_to("round.png")
        (tmp_path / "photos" / "b").symlink_to(tmp_path / "elsewhere")
    except OSError:
        pytest.skip("links need a permission here")

    with pytest.warns(ImageNotice) as told:
        data = open_folder(tmp_path / "photos", "train", 32)

    found = [path.relative_to(tmp_path / "photos").as_posix() for path in data.paths[0]]
    assert found == ["b/b.png", "z/a.png"]
    notice = str(told[0].message)
    assert "again.png, which is a link to an image that is here already" in notice
    assert "round.png, which is a link that leads nowhere" in notice
    assert f"1 reached through links, such as {tmp_path / 'photos/b/b.png'}" in notice


def test_links_are_followed_but_not_in_circles(tmp_path: Path):
    save(tmp_path / "elsewhere" / "a.png")
    (tmp_path / "photos").mkdir()
    try:
        (tmp_path / "photos" / "linked").symlink_to(tmp_path / "elsewhere")
        (tmp_path / "elsewhere" / "back").symlink_to(tmp_path / "photos")
        (tmp_path / "photos" / "gone.png").symlink_to(tmp_path / "nowhere.png")
    except OSError:
        pytest.skip("links need a permission here")

    with pytest.warns(ImageNotice, match=r"gone\.png, which is a link that leads nowhere"):
        data = open_folder(tmp_path / "photos", "train", 32)

    assert [path.name for path in data.paths[0]] == ["a.png"]


def test_heic_is_named_where_it_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("gan_minimal.data.folder.reads_heic", lambda: False)
    (tmp_path / "IMG_0001.HEIC").write_bytes(b"\0\0\0\x18ftypheic")
    with pytest.raises(UserError, match=r"IMG_0001\.HEIC is HEIC: install pillow-heif"):
        open_folder(tmp_path, "train", 32)

    save(tmp_path / "a.png")
    with pytest.warns(ImageNotice, match=r"1 left out: .*IMG_0001\.HEIC"):
        assert len(open_folder(tmp_path, "train", 32)) == 1


def test_heic_is_read_where_it_can_be(tmp_path: Path):
    pytest.importorskip("pillow_heif").register_heif_opener()
    save(tmp_path / "IMG_0001.HEIC", format="HEIF")

    data = open_folder(tmp_path, "train", 32)

    assert [path.name for path in data.paths[0]] == ["IMG_0001.HEIC"]
    assert data[0][0].shape == (3, 32, 32)


def test_an_archive_has_to_be_unpacked(tmp_path: Path):
    (tmp_path / "images.zip").touch()
    with pytest.raises(UserError, match="is a file, not a folder of images: unpack it"):
        load(tmp_path / "images.zip")
