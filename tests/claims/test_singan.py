"""What the claims about SinGAN measure is measured rightly, on pictures whose answer is known."""

import pytest
import torch

from gan_minimal.claims._helpers import singan_run
from gan_minimal.claims.singan_coarse_places import measure as places
from gan_minimal.claims.singan_more_objects import measure as objects
from gan_minimal.claims.singan_one_image import measure as one
from gan_minimal.claims.singan_residual import measure as skip
from gan_minimal.models.singan import SinGAN, resize
from gan_minimal.scoring import single_photo


@pytest.fixture
def model() -> SinGAN:
    made = singan_run(0)[0].model.eval()
    for i, generator in enumerate(made.generators):
        generator.amplitude.fill_(0.1 if i else 1)
    return made


@pytest.fixture
def photo(model) -> torch.Tensor:
    return single_photo.photograph(model, "photo")


def test_other_phases_keep_mean_colours_and_spectrum_alone(photo):
    drawn = one.other_phases(photo, 3, seed=0)

    assert drawn.shape == (3, 3, *photo.shape[2:])
    assert torch.allclose(drawn.mean(dim=(2, 3)), photo.mean(dim=(2, 3)).expand(3, -1), atol=1e-5)
    sizes = torch.fft.rfft2(drawn).abs()
    assert torch.allclose(sizes, torch.fft.rfft2(photo).abs().expand(3, -1, -1, -1), atol=0.05)
    mirrored = single_photo.patch_distance(photo.flip(3), photo)
    assert single_photo.patch_distance(drawn, photo).min() > 2 * mirrored
    assert torch.equal(drawn, one.other_phases(photo, 3, seed=0))


def test_images_differ_by_the_noise_of_one_scale_only(model):
    seen = []
    for generator in model.generators:
        generator.register_forward_pre_hook(lambda _, given: seen.append(given[0]))

    layout, detail = places.scattered(model, 2)

    alike = [bool((noise == noise[:1]).all()) for noise in seen]
    assert alike == [True, True, False, True]
    assert torch.equal(seen[0][:1], model.z_rec(1)[0])
    assert not seen[1].any()
    assert layout > 0
    assert detail > 0


def test_without_noise_nothing_scatters(model):
    model.generators[3].amplitude.zero_()

    assert max(places.scattered(model, 3)) == pytest.approx(0, abs=1e-6)


def test_things_are_apart_and_have_contrast(photo):
    found = objects.things(photo)

    assert found.shape == (objects.PATCHES, 3, 11, 11)
    assert found.std(dim=(1, 2, 3)).min() > 0.5 * photo.std()
    places = {tuple(patch.flatten().tolist()) for patch in found}
    assert len(places) == objects.PATCHES


def test_things_are_counted_where_they_are(photo):
    wanted = objects.things(photo)
    alone = objects.count(photo, wanted)

    assert alone >= 1  # each is found at least where it was taken from
    twice = objects.count(torch.cat([photo, photo], dim=3), wanted)
    assert twice == pytest.approx(2 * alone, rel=0.15)
    height, width = photo.shape[2:]
    assert objects.count(resize(photo, (height, 2 * width)), wanted) < 0.7 * twice
    assert objects.count(torch.randn_like(photo), wanted) < 0.1
    assert objects.count(0.5 * photo + 0.2, wanted) == alone  # whatever brightness and contrast


def test_sharper_images_have_more_fine_structure(photo):
    height, width = photo.shape[2:]
    soft = resize(resize(photo, (height // 2, width // 2)), (height, width))

    assert objects.sharpness(photo) > 2 * objects.sharpness(soft)


@pytest.mark.slow
@pytest.mark.parametrize("claim", [one, places, objects, skip])
def test_claims_measure_what_they_label(claim, monkeypatch):
    monkeypatch.setattr(
        "gan_minimal.claims._helpers.SINGAN",
        {"max_size": 68, "min_size": 16, "rounds": 1, "width": 4, "scale_factor": 0.65},
    )
    monkeypatch.setattr(claim, "SAMPLES", 4, raising=False)
    monkeypatch.setattr("os.cpu_count", lambda: 1)

    values = claim.measure()

    assert values.keys() == claim.CLAIM.words("en").labels.keys()
    assert {len(each) for each in values.values()} == {3}
    assert claim.holds(values) in (True, False)
    again = claim.opening()
    assert claim.opening() == again


@pytest.mark.slow
def test_the_opening_tells_the_skip_from_its_absence():
    losses = skip.opening()

    with_skip, without = losses[:4], losses[4:]
    assert with_skip[:2] == pytest.approx(
        without[:2], rel=1e-9
    )  # at the coarsest scale there is nothing to add to
    assert with_skip[2:] != pytest.approx(without[2:], rel=1e-2)
