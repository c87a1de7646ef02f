"""Things are found and counted where they are, and fine structure is told from its absence."""

import pytest
import torch

from gan_minimal.claims.singan_more_objects import measure
from gan_minimal.models.singan import resize


def test_things_are_apart_and_have_contrast(photo):
    found = measure.things(photo)

    assert found.shape == (measure.PATCHES, 3, 11, 11)
    assert found.std(dim=(1, 2, 3)).min() > 0.5 * photo.std()
    places = {tuple(patch.flatten().tolist()) for patch in found}
    assert len(places) == measure.PATCHES


def test_things_are_counted_where_they_are(photo):
    wanted = measure.things(photo)
    alone = measure.count(photo, wanted)

    assert alone >= 1  # each is found at least where it was taken from
    twice = measure.count(torch.cat([photo, photo], dim=3), wanted)
    assert twice == pytest.approx(2 * alone, rel=0.15)
    height, width = photo.shape[2:]
    assert measure.count(resize(photo, (height, 2 * width)), wanted) < 0.7 * twice
    assert measure.count(torch.randn_like(photo), wanted) < 0.1
    assert measure.count(0.5 * photo + 0.2, wanted) == alone  # whatever brightness and contrast


def test_sharper_images_have_more_fine_structure(photo):
    height, width = photo.shape[2:]
    soft = resize(resize(photo, (height // 2, width // 2)), (height, width))

    assert measure.sharpness(photo) > 2 * measure.sharpness(soft)


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small, short_singan):
    measured_small(measure, SAMPLES=4)
