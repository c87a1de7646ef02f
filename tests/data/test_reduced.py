"""Images of a person's own are reduced once, and again when a file or the way has changed."""

import os
from multiprocessing.context import BaseContext
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from gan_minimal.data import own_images, reduced
from gan_minimal.data.own_images import Reading
from gan_minimal.errors import UserError


@pytest.fixture
def photos(tmp_path: Path) -> Path:
    """Five images of 40x30 pixels, one of them broken."""
    folder = tmp_path / "photos"
    folder.mkdir()
    for i in range(4):
        pixels = np.random.default_rng(i).integers(0, 256, (30, 40, 3), dtype=np.uint8)
        Image.fromarray(pixels).save(folder / f"{i}.png")
    (folder / "broken.png").write_bytes((folder / "0.png").read_bytes()[:500])
    return folder


def opened(photos: Path, size: int | None = 16, **how: object) -> tuple[torch.Tensor, list[int]]:
    """All images of the folder, and how many were reduced for that."""
    told: list[int] = []
    reading = Reading(size, progress=lambda done, _: told.append(done), **how)
    dataset = own_images.images(photos, "train", reading)
    return dataset.batch(list(range(len(dataset))))[0], told


def test_images_are_reduced_once(photos, tmp_path):
    fresh, told = opened(photos, cache=tmp_path / "cache")
    again, nothing = opened(photos, cache=tmp_path / "cache")
    in_memory, _ = opened(photos)

    assert told == [1, 2, 3, 4, 5]
    assert nothing == []
    assert fresh.shape == (4, 3, 16, 16)
    assert torch.equal(fresh, again)
    assert torch.equal(fresh, in_memory)


def test_what_has_changed_is_reduced_again(photos, tmp_path):
    cache = tmp_path / "cache"
    before, _ = opened(photos, cache=cache)

    for change in (
        lambda: Image.new("RGB", (40, 30), "red").save(photos / "0.png"),
        lambda: (photos / "1.png").unlink(),
        lambda: Image.new("RGB", (40, 30), "blue").save(photos / "4.png"),
    ):
        change()
        after, told = opened(photos, cache=cache)
        assert told
        assert torch.equal(after, opened(photos)[0])
    assert not torch.equal(before, after)
    for other in ({"size": 8}, {"channels": 1}):
        assert opened(photos, cache=cache, **other)[1]
        assert not opened(photos, cache=cache, **other)[1]


def flip(path: Path) -> None:
    """Change one bit in the middle of a file."""
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(content)


def pipe(path: Path) -> None:
    """Put a pipe in the place of a file: whoever reads from it waits for ever."""
    path.unlink()
    os.mkfifo(path)


DAMAGES = {
    "half of it": lambda path: os.truncate(path, path.stat().st_size // 2),
    "a bit": flip,
    "zeros": lambda path: path.write_bytes(bytes(path.stat().st_size)),
    **({"a pipe": pipe} if hasattr(os, "mkfifo") else {}),
}


@pytest.mark.parametrize("ending", ["pixels", "json"])
@pytest.mark.parametrize("damage", DAMAGES.values(), ids=DAMAGES)
def test_a_damaged_file_in_the_cache_is_not_believed(damage, ending, photos, tmp_path):
    fresh, _ = opened(photos, cache=tmp_path)
    (kept,) = tmp_path.glob(f"*.{ending}")
    damage(kept)

    again, told = opened(photos, cache=tmp_path)

    assert told
    assert torch.equal(fresh, again)
    assert not opened(photos, cache=tmp_path)[1]


def both(photos: Path, cache: Path, results) -> None:
    """Open the folder in another process."""
    images, told = opened(photos, cache=cache)
    results.put((images.sum().item(), bool(told)))


@pytest.mark.slow
def test_programs_that_start_at_once_reduce_the_images_once(
    photos: Path, tmp_path: Path, fresh_process: BaseContext
):
    results = fresh_process.Queue()
    cache = tmp_path / "cache"
    programs = [fresh_process.Process(target=both, args=(photos, cache, results)) for _ in range(3)]
    for program in programs:
        program.start()
    found = [results.get(timeout=300) for _ in programs]
    for program in programs:
        program.join()

    assert len({total for total, _ in found}) == 1
    assert sum(reduced for _, reduced in found) == 1


def test_a_full_disk_has_its_sentence(photos, tmp_path, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(reduced, "write_whole", full)

    with pytest.raises(UserError, match=r"cannot be kept in .*No space left.*--no-cache"):
        opened(photos, cache=tmp_path / "cache")


def test_a_large_jpeg_is_reduced_as_faithfully_as_if_it_were_decoded_whole(tmp_path):
    x, y = np.meshgrid(np.linspace(0, 6, 1200), np.linspace(0, 4, 900))
    waves = np.stack([np.sin(x) * np.cos(y), np.cos(x), np.sin(y)], axis=2)
    Image.fromarray((127.5 + 127 * waves).astype(np.uint8)).save(tmp_path / "a.jpg", quality=95)
    with Image.open(tmp_path / "a.jpg") as image:
        image.save(tmp_path / "b.png")  # which is always decoded whole

    images, _ = opened(tmp_path, size=64)

    assert (images[0] - images[1]).abs().mean() < 0.01


@pytest.mark.parametrize(
    ("sides", "size"), [((640, 480), 64), ((63, 64), 32), ((24, 100), 16), ((9, 9), 16)]
)
def test_the_size_that_fits_is_chosen(tmp_path, sides, size):
    for i in range(3):
        Image.new("RGB", sides).save(tmp_path / f"{i}.png")
    if min(sides) < size:
        with pytest.raises(UserError, match="choose a size of at most 9"):
            opened(tmp_path, size=None)
        return

    assert opened(tmp_path, size=None)[0].shape == (3, 3, size, size)


def test_one_small_image_among_many_does_not_make_the_others_small(tmp_path):
    for i in range(30):
        Image.new("RGB", (70, 70)).save(tmp_path / f"{i}.png")
    Image.new("RGB", (20, 20)).save(tmp_path / "small.png")

    dataset = own_images.images(tmp_path, "train", Reading())

    assert (len(dataset), dataset.size) == (30, 64)
    assert any("small.png, which is too small (20x20" in line for line in dataset.report)


def test_what_is_too_small_for_every_size_has_no_say_in_it(tmp_path):
    for i in range(3):
        Image.new("RGB", (70, 70)).save(tmp_path / f"{i}.png")
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")
    Image.new("RGB", (3, 500)).save(tmp_path / "slim.png")

    dataset = own_images.images(tmp_path, "train", Reading())

    assert (len(dataset), dataset.size) == (3, 64)


def test_no_size_is_advised_that_no_model_takes(tmp_path):
    Image.new("RGB", (1, 1)).save(tmp_path / "dot.png")

    with pytest.raises(UserError, match=r"1x1 pixels, 16x16 are wanted\)\.$"):
        opened(tmp_path, size=None)


def test_images_are_grey_if_all_of_them_are(tmp_path):
    Image.new("L", (20, 20), 100).save(tmp_path / "a.png")
    assert own_images.images(tmp_path, "train", Reading()).channels == 1

    Image.new("RGB", (20, 20), "red").save(tmp_path / "b.png")
    dataset = own_images.images(tmp_path, "train", Reading())
    assert dataset.channels == 3
    assert dataset[0][0].shape == (3, 16, 16)
    grey = own_images.images(tmp_path, "train", Reading(channels=1))
    assert grey[1][0].shape == (1, 16, 16)
