"""One photograph of one's own: as it is, reduced, laid on white, or refused with a sentence."""

import pytest
import torch
from PIL import Image

from gan_minimal import data
from gan_minimal.data import single_photo
from gan_minimal.errors import UserError


@pytest.fixture
def photo(tmp_path):
    path = tmp_path / "photo.png"
    image = Image.new("RGB", (40, 30), (255, 0, 0))
    image.paste((0, 0, 255), (20, 0, 40, 30))
    image.save(path)
    return path


def test_an_image_file_is_a_data_set_of_one_example(photo):
    dataset = data.load(photo)

    assert len(dataset) == 1
    (image,) = dataset[0]
    assert image.shape == (3, 30, 40)
    assert image[:, 0, 0].tolist() == [1, -1, -1]
    assert image[:, 0, 39].tolist() == [-1, -1, 1]
    assert torch.equal(data.load(str(photo), size=40)[0][0], image)
    assert torch.equal(data.load(photo, size=100)[0][0], image)  # it is never enlarged
    assert single_photo.size_of(photo) == (30, 40)


@pytest.mark.parametrize(("size", "shape"), [(20, (15, 20)), (30, (23, 30)), (7, (6, 7))])
def test_large_photographs_are_reduced_with_their_sides_rounded_up(photo, size, shape):
    (image,) = data.load(photo, size=size)[0]

    assert image.shape[1:] == shape
    assert image.abs().max() <= 1
    assert image[0, :, 0].mean() > 0.9
    assert image[2, :, -1].mean() > 0.9


def test_photographs_of_a_camera_are_reduced_to_250_pixels(tmp_path):
    Image.new("RGB", (1000, 601)).save(tmp_path / "large.jpg")

    assert data.load(tmp_path / "large.jpg")[0][0].shape == (3, 151, 250)
    assert data.load(tmp_path / "large.jpg", size=300)[0][0].shape == (3, 181, 300)
    assert single_photo.reduced(tmp_path / "large.jpg").shape == (1, 3, 601, 1000)


def test_photographs_stand_upright(tmp_path):
    image = Image.new("RGB", (40, 30))
    exif = image.getexif()
    exif[0x0112] = 6  # turned by a quarter
    image.save(tmp_path / "turned.jpg", exif=exif)

    assert single_photo.size_of(tmp_path / "turned.jpg") == (40, 30)


def test_transparency_is_laid_on_white_and_told(tmp_path):
    path = tmp_path / "clear.png"
    Image.new("RGBA", (30, 30), (0, 0, 0, 0)).save(path)

    assert (data.load(path)[0][0] == 1).all()
    assert single_photo.notes(path) == ["transparent, laid on white"]


def test_notes_are_empty_for_plain_photographs(photo):
    assert single_photo.notes(photo) == []


@pytest.mark.parametrize(
    ("name", "sentence"), [("no.png", "There is no data set or folder"), ("bad.png", "cannot be")]
)
def test_files_that_are_no_images_are_refused(name, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "bad.png").write_text("something else", encoding="utf-8")

    with pytest.raises(UserError, match=sentence):
        data.load(name)


def test_there_is_nothing_to_test_on(photo):
    with pytest.raises(UserError, match="has the one split train, not 'test'"):
        data.load(photo, "test")


def test_other_files_are_still_no_folders(tmp_path):
    (tmp_path / "file.txt").write_text("x", encoding="utf-8")

    with pytest.raises(UserError, match="is a file, not a folder"):
        data.load(tmp_path / "file.txt")


def test_edited_pictures_take_the_size_of_the_photograph(photo):
    assert single_photo.shaped(photo, (15, 20)).shape == (1, 3, 15, 20)
    assert single_photo.shaped(photo, (30, 40))[0, 0, 0, 0] == 1
    assert single_photo.shaped(photo, (31, 40)).shape == (
        1,
        3,
        31,
        40,
    )  # rounding is no other shape
    with pytest.raises(UserError, match=r"40x30 pixels, but .* of the shape 40x40: keep that"):
        single_photo.shaped(photo, (40, 40))
