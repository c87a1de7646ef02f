"""Faces stand above their copies, and become one another."""

import numpy as np
import pytest
import torch

from gan_minimal import data, models
from gan_minimal.editing.autoencoder import reconstructions
from gan_minimal.images import grid


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_faces_stand_above_their_reconstructions_and_become_one_another(name):
    torch.manual_seed(0)
    model = models.build(name, **models.preset(name)["model"]).eval()
    faces = data.load("faces16", "test").tensors[0][:16]
    copies = model.reconstruct(faces)

    made = {file: np.asarray(picture) for file, picture in reconstructions(model).items()}

    shown = np.asarray(grid(torch.cat([faces[:8], copies[:8], faces[8:], copies[8:]]), columns=8))
    assert np.array_equal(made["reconstructions.webp"], shown)
    walks = made["interpolation.webp"]
    assert walks.shape == (6 * 17 - 1, 9 * 17 - 1, 3)
    # a walk begins with a real face and its reconstruction, and ends with another's
    real, copied = (np.asarray(grid(pair[:2], columns=2)) for pair in (faces, copies))
    assert np.array_equal(walks[:16, :16], real[:, :16])
    assert np.array_equal(walks[:16, -16:], real[:, 17:])
    assert np.abs(walks[:16, 17:33].astype(int) - copied[:, :16]).max() <= 1
    assert np.abs(walks[:16, -33:-17].astype(int) - copied[:, 17:]).max() <= 1
