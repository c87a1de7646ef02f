"""What claims share: small trainings, and the distance of what they draw."""

import torch
from torch import nn

from gan_minimal import data, metrics, train, zoo
from gan_minimal.evaluate import SAMPLES, images_of


def trained(run: train.Run, settings: train.Settings) -> nn.Module:
    """Play all rounds of `run` and return what samples, on the CPU and in evaluation mode."""
    train.train(run, data.load(settings.data), settings, quiet=True)
    return run.sampler.cpu()


@torch.inference_mode()
def distance_of_faces(model: nn.Module) -> float:
    """Return the Fréchet distance of drawn faces to the test split of faces16."""
    judge = zoo.load("attributes")
    drawn = judge.features(train.sample(model, SAMPLES, seed=1))  # type: ignore[operator]
    real = judge.features(images_of("faces16", "test")[:SAMPLES])  # type: ignore[operator]
    return metrics.frechet_distance(drawn, real)
