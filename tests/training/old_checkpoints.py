"""Writes checkpoints with the installed torch: `python -m tests.training.old_checkpoints`.

The newest torch has to resume what the oldest supported one has saved. CONTRIBUTING.md says when
the fixtures are made again, and how.
"""

from dataclasses import replace
from pathlib import Path

import torch
from torch.utils.data import TensorDataset

from gan_minimal.training import checkpoint, loop
from gan_minimal.training.loop import Run, Settings

FIXTURES = Path(__file__).with_name("fixtures")
SAVED, END = 60, 90  # rounds
# One with a schedule, momentum and dropout, one with Adam and batch normalisation.
MODELS = {
    "gan": {"size": 8, "channels": 1, "latent": 2, "hidden": 2, "units": 1},
    "dcgan": {"size": 8, "channels": 1, "latent": 2, "width": 2},
}
SETTINGS = Settings("faces16", batch=8, steps=END, seed=1, ema=0.99)


def images() -> TensorDataset:
    """64 grey images of 8 pixels in [-1, 1], the same in every version of torch."""
    pixels = torch.arange(64 * 64) * 37 % 255
    return TensorDataset((pixels.reshape(64, 1, 8, 8) - 127) / 127)


def trained(name: str, rounds: int) -> Run:
    """Train a model for that many rounds."""
    run = loop.new(name, MODELS[name], SETTINGS)
    return loop.train(run, images(), replace(SETTINGS, steps=rounds), quiet=True)


def write(folder: Path) -> list[Path]:
    """Write a checkpoint of every model, named for the version of torch."""
    major, minor = torch.__version__.split(".")[:2]
    paths = []
    for name, arguments in MODELS.items():
        paths.append(folder / f"{name}-torch-{major}.{minor}.pt")
        content = loop.contents(trained(name, SAVED), name, arguments, SETTINGS)
        checkpoint.save(paths[-1], content)
    return paths


if __name__ == "__main__":
    for path in write(FIXTURES):
        print(f"{path.name}: {path.stat().st_size:,} bytes")
