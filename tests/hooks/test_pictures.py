import io
from pathlib import Path

import pytest
from PIL import Image

from hooks import pictures


@pytest.fixture
def grid(tmp_path: Path) -> Path:
    Image.new("RGB", (136, 40)).save(tmp_path / "samples.webp", lossless=True)
    return tmp_path / "samples.webp"


@pytest.fixture
def animation(tmp_path: Path) -> Path:
    frames = [Image.new("RGB", (16, 16), colour) for colour in ("red", "lime", "blue")]
    frames[0].save(
        tmp_path / "training.webp", save_all=True, append_images=frames[1:], lossless=True
    )
    return tmp_path / "training.webp"


def test_a_picture_gets_its_native_size(grid):
    content = pictures.with_sizes('<p><img alt="faces" src="a.webp" /></p>', lambda src: grid)
    assert content == '<p><img alt="faces" src="a.webp" width="136" height="40"></p>'


def test_pixel_art_gets_a_whole_multiple(grid):
    content = pictures.with_sizes('<img alt="" class="thumb x3" src="a.webp" />', lambda src: grid)
    assert 'width="408" height="120"' in content
    assert 'class="thumb pixel"' in content
    assert 'style="--w:136;--x:3"' in content


def test_names_that_contain_an_x_are_no_enlargement(grid):
    assert "pixel" not in pictures.element({"src": "a.webp", "class": "box x3d max3"}, grid, False)


def test_pictures_further_down_are_loaded_late(grid):
    content = pictures.with_sizes('<img src="a.webp">' * 3, lambda src: grid)
    assert content.count('loading="lazy"') == 1


def test_foreign_and_embedded_pictures_are_left_alone():
    content = '<img src="data:image/png;base64,AAAA" alt="x">'
    assert pictures.with_sizes(content, lambda src: None) == content


def test_an_svg_has_the_size_of_its_view_box(tmp_path):
    (tmp_path / "a.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 64 24"/>', encoding="utf-8"
    )
    assert pictures.size(tmp_path / "a.svg") == (64, 24)
    assert not pictures.is_animated(tmp_path / "a.svg")


def test_a_chart_comes_in_both_themes_and_the_hidden_one_is_not_loaded(tmp_path):
    for name in ("losses.svg", "losses-dark.svg"):
        (tmp_path / name).write_text(
            '<svg viewBox="0 0 520 380" xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8"
        )

    content = pictures.with_sizes(
        '<img alt="Loss" src="../runs/losses.svg" />', lambda src: tmp_path / "losses.svg"
    )

    assert content == (
        '<img alt="Loss" src="../runs/losses.svg#only-light" width="520" height="380" '
        'loading="lazy"><img alt="Loss" src="../runs/losses-dark.svg#only-dark" width="520" '
        'height="380" loading="lazy">'
    )


def test_an_svg_without_a_dark_version_stays_one_picture(tmp_path):
    (tmp_path / "mark.svg").write_text(
        '<svg viewBox="0 0 8 8" xmlns="http://www.w3.org/2000/svg"/>', encoding="utf-8"
    )

    content = pictures.with_sizes('<img alt="" src="mark.svg">', lambda src: tmp_path / "mark.svg")

    assert content == '<img alt="" src="mark.svg" width="8" height="8">'


def test_an_animation_offers_its_last_frame(animation):
    content = pictures.with_sizes('<img src="runs/training.webp">', lambda src: animation)
    assert 'srcset="runs/training-still.webp" media="(prefers-reduced-motion: reduce)"' in content
    with Image.open(io.BytesIO(pictures.still(animation))) as frame:
        assert frame.size == (16, 16)
        assert frame.convert("RGB").getpixel((0, 0)) == (0, 0, 255)


def test_a_still_picture_is_no_animation(grid):
    assert not pictures.is_animated(grid)


def test_a_diagram_is_drawn_at_its_size_and_its_links_work():
    content = pictures.with_diagrams(
        '<a href="#b"></a><svg class="diagram-svg narrow" viewBox="0 0 344 748" role="img">'
        '<a href="#gan"><text>GAN</text></a></svg>'
    )
    assert '<svg style="--w:344" width="344" height="748" class="diagram-svg narrow"' in content
    assert '<a href="#b"></a>' in content
    assert '<a xlink:href="#gan">' in content
