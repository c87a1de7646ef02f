"""Drawing 64 images, the random numbers and the copy back to the CPU included."""

from typing import Any

import pytest
import torch

from gan_minimal import models
from gan_minimal.models import sampling
from gan_minimal.training import loop

IMAGES = 64


@pytest.mark.parametrize("preset", ["tiny", "paper"])
@pytest.mark.parametrize("name", ["gan", "dcgan"])
def test_sampling(
    benchmark: Any, note: Any, name: str, preset: str, device: str, precision: str
) -> None:
    choice = models.preset(name, preset)
    asked = {"device": device, "precision": precision}
    settings = loop.Settings(**(choice["train"] | asked))
    model = models.build(name, **choice["model"]).to(device, memory_format=torch.channels_last)

    def draw() -> torch.Tensor:
        with loop.autocast(settings):
            return sampling.sample(model, IMAGES, seed=0).cpu()

    images = benchmark(draw)

    facts = {"model": name, "preset": preset, "precision": precision, "images": IMAGES}
    note(device, kind="sampling", **facts)
    assert len(images) == IMAGES
    assert images.abs().max() <= 1
