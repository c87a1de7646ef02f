"""What claims share: small trainings, and the distance of what they draw."""

import torch
from torch import nn

from gan_minimal import data, metrics, train, zoo
from gan_minimal.evaluate import SAMPLES, images_of
from gan_minimal.models.singan import SinGAN

# Four scales of the built-in photograph, from 24x17 to 68x46 pixels, all of them equally wide
SCENE = {"longest": 68, "coarsest": 16, "factor": 0.65, "rounds": 200}


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


def scene(seed: int, where: str = "cpu", **changes: bool) -> tuple[train.Run, train.Settings]:
    """Prepare SinGAN for the built-in photograph, a little smaller than in its tiny preset.

    Args:
        seed: Seed of weights and noise.
        where: Device.
        changes: Other arguments of `SinGAN` than `SCENE`.
    """
    torch.manual_seed(seed)
    model = SinGAN(**SCENE, **changes)  # type: ignore[arg-type]
    rounds = model.rounds * len(model.sizes)
    settings = train.Settings("photo", batch=1, steps=rounds, seed=seed, device=where)
    return train.start(model, settings), settings


def trained_scene(seed: int, where: str, **changes: bool) -> SinGAN:
    """Train SinGAN as `scene` has prepared it; return it on the CPU and in evaluation mode."""
    model = trained(*scene(seed, where, **changes))
    assert isinstance(model, SinGAN)
    return model
