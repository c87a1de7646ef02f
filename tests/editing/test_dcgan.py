"""The home page has a wall of faces."""

import torch

from gan_minimal import models
from gan_minimal.editing import dcgan
from gan_minimal.models import sampling


def test_wall_of_faces_fills_the_home_page():
    torch.manual_seed(0)
    model = models.build("dcgan", **models.preset("dcgan")["model"])

    (wall,) = dcgan.wall(model).values()

    assert wall.size == (640, 128)
    assert len(wall.getcolors(1000)) <= 128
    assert sampling.sample(model, 1, seed=0).shape == (1, 3, 16, 16)
