"""Pictures: every pixel stays what it is."""

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gan_minimal import images
from gan_minimal.data.pixels import to_unit


def grey(*values: int) -> torch.Tensor:
    """One 2x2 image for each grey value, in [-1, 1]."""
    return to_unit(torch.tensor(values)).reshape(-1, 1, 1, 1).expand(-1, 3, 2, 2)


def test_all_256_values_survive_the_way_to_a_tensor_and_back():
    values = torch.arange(256, dtype=torch.uint8).reshape(1, 1, 16, 16)

    pixels = images.to_pixels(to_unit(values))

    assert np.array_equal(pixels[0, :, :, 0], values[0, 0].numpy())
    assert pixels.shape == (1, 16, 16, 3)  # grey becomes three equal channels
    assert np.array_equal(pixels[..., 0], pixels[..., 2])


def test_values_outside_the_range_are_clipped():
    pixels = images.to_pixels(torch.tensor([-9.0, -1.001, 1.001, 9.0]).reshape(4, 1, 1, 1))

    assert pixels[:, 0, 0, 0].tolist() == [0, 0, 255, 255]


def test_tensors_in_training_can_be_shown():
    drawn = torch.zeros(1, 3, 2, 2, dtype=torch.bfloat16, requires_grad=True)

    assert images.to_pixels(drawn).tolist() == np.full((1, 2, 2, 3), 128).tolist()


def test_grid_lays_images_out_in_rows_on_white():
    picture = images.grid(grey(10, 20, 30, 40, 50), columns=3, gap=1)

    pixels = np.asarray(picture)
    assert picture.size == (3 * 2 + 2, 2 * 2 + 1)
    assert pixels[0, ::3, 0].tolist() == [10, 20, 30]
    assert pixels[3, ::3, 0].tolist() == [40, 50, 255]  # the last place stays empty
    assert (pixels[2] == 255).all()
    assert (pixels[:, 2] == 255).all()


@given(
    n=st.integers(1, 9), columns=st.integers(1, 5), gap=st.integers(0, 3), scale=st.integers(1, 4)
)
def test_enlarging_a_grid_repeats_its_pixels(n, columns, gap, scale):
    drawn = torch.rand(n, 3, 2, 3) * 2 - 1

    small = np.asarray(images.grid(drawn, columns, gap))
    large = np.asarray(images.grid(drawn, columns, gap, scale))

    rows = -(-n // columns)
    assert small.shape == (rows * (2 + gap) - gap, columns * (3 + gap) - gap, 3)
    assert np.array_equal(large, small.repeat(scale, 0).repeat(scale, 1))


@pytest.mark.parametrize("ending", [".png", ".webp"])
def test_pictures_are_written_without_loss_and_the_same_every_time(ending, tmp_path):
    picture = images.grid(torch.rand(4, 3, 16, 16) * 2 - 1, columns=2)
    one, two = tmp_path / f"one{ending}", tmp_path / "new" / f"two{ending}"

    images.save(picture, one)
    images.save(picture, two)

    with Image.open(one) as written:
        assert np.array_equal(np.asarray(written.convert("RGB")), np.asarray(picture))
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize("name", ["faces.jpg", "faces", "faces.png.tar"])
def test_other_endings_are_refused(name, tmp_path):
    with pytest.raises(ValueError, match=r"ends neither with \.png nor with \.webp"):
        images.save(Image.new("RGB", (2, 2)), tmp_path / name)


def frames(n: int) -> list[Image.Image]:
    noise = torch.rand(n, 3, 48, 48, generator=torch.Generator().manual_seed(0)) * 2 - 1
    return [images.grid(each[None], 1) for each in noise]


def read(path) -> list[np.ndarray]:
    with Image.open(path) as animation:
        shown = []
        for i in range(animation.n_frames):
            animation.seek(i)
            shown.append(np.asarray(animation.convert("RGB")).astype(int))
        return shown


def test_animation_that_fits_has_all_its_frames(tmp_path):
    images.save_animation(frames(5), tmp_path / "a.webp", limit=1_000_000)

    shown = read(tmp_path / "a.webp")
    assert len(shown) == 5
    with Image.open(tmp_path / "a.webp") as animation:
        assert animation.info["loop"] == 0


def test_animation_leaves_frames_out_until_it_is_small_enough(tmp_path):
    images.save_animation(frames(16), tmp_path / "all.webp", limit=1_000_000)
    images.save_animation(frames(16), tmp_path / "few.webp", limit=12_000)

    assert (tmp_path / "all.webp").stat().st_size > 24_000
    assert (tmp_path / "few.webp").stat().st_size <= 12_000
    shown = read(tmp_path / "few.webp")
    assert 2 <= len(shown) < 16
    for i, place in ((0, 0), (-1, -1)):  # the first and the last frame are always there
        original = np.asarray(frames(16)[place]).astype(int)
        assert abs(shown[i] - original).mean() < 60


def test_animation_that_cannot_fit_is_refused_and_nothing_is_written(tmp_path):
    with pytest.raises(ValueError, match="does not fit into 300 bytes"):
        images.save_animation(frames(8), tmp_path / "a.webp", limit=300)

    assert list(tmp_path.iterdir()) == []


def test_photographs_may_be_coded_with_loss(tmp_path):
    picture = Image.effect_noise((64, 64), 50).convert("RGB")

    images.save(picture, tmp_path / "whole.webp")
    images.save(picture, tmp_path / "lossy.webp", quality=90)

    sizes = [(tmp_path / name).stat().st_size for name in ("whole.webp", "lossy.webp")]
    assert sizes[1] < sizes[0]
    off = np.asarray(Image.open(tmp_path / "lossy.webp")).astype(int) - np.asarray(picture)
    assert 0 < abs(off).mean() < 20
