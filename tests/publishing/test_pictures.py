"""Pictures are laid out as the data asks, and each recorded run has those of its row."""

import pytest
import torch

from gan_minimal import models, zoo
from gan_minimal.publishing import pictures


def test_photographs_stand_in_rows_of_two_and_are_kept_with_loss():
    torch.manual_seed(0)
    model = models.build("singan", **models.preset("singan")["model"] | {"width": 4}).eval()

    assert pictures.shown(model, "photo").shape == (4, 3, *model.size)
    assert pictures.columns("photo") == 2
    assert pictures.quality("photo")
    assert pictures.columns("faces16") == 8
    assert pictures.quality("faces16") is None


def test_larger_pixel_art_is_shown_in_fewer_pictures_and_kept_with_little_loss():
    torch.manual_seed(0)
    model = models.build("dcgan", size=64, width=4).eval()

    assert pictures.shown(model, "voxel64").shape == (25, 3, 64, 64)
    assert pictures.columns("voxel64") == 5
    assert pictures.quality("photo") > pictures.quality("voxel64") > 80
    assert (pictures.scale("voxel64"), pictures.scale("faces16")) == (1, 2)


def test_what_neither_draws_nor_translates_has_no_pictures():
    classifier = zoo.load("attributes")

    assert not pictures.draws(classifier)
    assert pictures.more("attributes", classifier) == {}
    with pytest.raises(TypeError, match="has no pictures"):
        pictures.drawn(classifier, "faces16", 8)


def test_a_run_has_the_pictures_that_its_row_names():
    torch.manual_seed(0)
    model = models.build("dcgan", **models.preset("dcgan")["model"])

    assert list(pictures.more("dcgan", model)) == ["wall.webp"]


@pytest.mark.parametrize("run", [run for row in models.MODELS.values() for run in row.pictures])
def test_pictures_are_named_for_runs_that_there_are(run):
    assert run in models.runs()
