"""The distance of patches is zero for the photograph, and grows with damage that one sees."""

import pytest
import torch

from gan_minimal import data
from gan_minimal.models.singan import SinGAN, resize
from gan_minimal.publishing import words
from gan_minimal.scoring import single_photo
from gan_minimal.scoring.evaluate import evaluate


@pytest.fixture(scope="module")
def photo() -> torch.Tensor:
    return single_photo.photograph(SinGAN(max_size=96), "photo")


def distance(image: torch.Tensor, photo: torch.Tensor) -> float:
    return single_photo.patch_distance(image, photo).item()


def test_the_photograph_is_as_the_model_sees_it(photo):
    assert photo.shape == (1, 3, 65, 96)
    assert torch.equal(photo, resize(data.load("photo")[0][0][None], (65, 96)))


def test_bands_add_up_to_the_image(photo):
    first, second, rest = single_photo.bands(photo)

    again = first + resize(second + resize(rest, (32, 48)), (65, 96))
    assert (again - photo).abs().max() < 0.02  # but for what is cut off at 1
    assert first.std() < second.std() < rest.std()


def test_quantiles_are_those_of_the_patches_along_a_direction():
    image = torch.arange(81.0).reshape(1, 9, 9)
    pick = torch.zeros(1, 49)
    pick[0, 0] = 1  # the patch's first pixel

    found = single_photo.quantiles(image, pick)

    values = image[0, :3, :3].flatten()
    assert torch.allclose(found[0], values.quantile(torch.linspace(0, 1, single_photo.QUANTILES)))


def test_the_distance_of_brighter_images_is_how_much_brighter_they_are(monkeypatch):
    """In one band, along the direction of brightness, it is the shift, relative to the contrast."""
    monkeypatch.setattr(single_photo, "LEVELS", 1)
    monkeypatch.setattr(single_photo.F, "normalize", lambda x: torch.full_like(x, 1 / 49))
    photo = torch.rand(1, 1, 20, 20) - 0.5

    assert distance(photo + 0.25, photo) == pytest.approx(0.25 / photo.std().item(), rel=1e-4)


def test_what_is_seen_is_measured(photo):
    mirrored = distance(photo.flip(3), photo)
    blurred = distance(resize(resize(photo, (33, 48)), (65, 96)), photo)
    noisy = distance(photo + 0.05 * torch.randn_like(photo), photo)
    mixed = distance(photo.flatten(2)[..., torch.randperm(65 * 96)].view_as(photo), photo)

    assert distance(photo, photo) == 0
    assert 0 < mirrored < blurred < mixed
    assert mirrored < noisy < mixed
    assert distance(photo.roll(20, 3), photo) < blurred  # the same things elsewhere


def test_images_of_other_sizes_are_compared(photo):
    wide = torch.cat([photo, photo.flip(3)], dim=3)

    both = single_photo.patch_distance(torch.cat([photo, photo.flip(3)]), photo)

    assert both[0] == 0
    assert 0 < distance(wide, photo) < both[1] + 0.05


def test_diversity_is_the_spread_of_brightness_over_images():
    photo = torch.tensor([-1.0, 1.0]).repeat(8, 8)[None, None].expand(1, 3, 8, 16)
    images = torch.stack([torch.full((3, 8, 16), x) for x in (-1.0, 1.0)])

    expected = (2**0.5) / photo.mean(dim=1).std().item()
    assert single_photo.diversity(images, photo) == pytest.approx(expected)
    assert single_photo.diversity(images[:1].repeat(3, 1, 1, 1), photo) == 0


@pytest.fixture
def model() -> SinGAN:
    torch.manual_seed(0)
    return SinGAN(max_size=96, width=4).eval()


def test_scores_have_names_in_both_languages_and_come_out_again(model, monkeypatch):
    monkeypatch.setattr(single_photo, "SAMPLES", 4)
    scores = evaluate(model, "photo")

    assert scores.keys() == {"patches", "diversity", "reconstruction"}
    assert 0 < scores["patches"]["floor"] < scores["patches"]["value"]
    assert scores["diversity"]["value"] == 0  # nothing is trained: it draws grey
    for metric in scores:
        assert words.title(metric, "ko") != words.title(metric, "en")
    torch.randn(3)
    assert evaluate(model, "photo") == scores


def test_a_model_of_ones_own_photograph_is_measured_on_it(model, tmp_path, monkeypatch):
    from PIL import Image

    monkeypatch.setattr(single_photo, "SAMPLES", 4)
    path = tmp_path / "own.png"
    Image.effect_mandelbrot((96, 65), (-2, -1, 1, 1), 50).save(path)

    scores = evaluate(model, str(path))

    assert scores["reconstruction"]["value"] > 0.1
    assert scores["patches"] != evaluate(model, "photo")["patches"]
