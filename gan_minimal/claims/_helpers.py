"""What claims share: small trainings, and the distance of what they draw."""

from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

from gan_minimal import data
from gan_minimal.models import sampling
from gan_minimal.models.protocol import Game, Sampler
from gan_minimal.models.singan import SinGAN
from gan_minimal.models.stylegan import FAST, PACE, SMALL, StyleGAN
from gan_minimal.scoring import distances, readings
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.training import loop

# Four scales of the built-in photograph, from 24x17 to 68x46 pixels, all of them equally wide
SINGAN: dict[str, Any] = {"max_size": 68, "min_size": 16, "scale_factor": 0.65, "rounds": 200}
# What the presets of StyleGAN share, smoothing and with R1 as published, and rounds for a claim
STYLEGAN: dict[str, Any] = SMALL | PACE
STYLEGAN_SIZE, STYLEGAN_ROUNDS = SMALL["size"], 3000


T = TypeVar("T", bound=Game)


def trained_model(
    run: loop.Run[T], settings: loop.Settings, dataset: Dataset[tuple[Tensor, ...]] | None = None
) -> T:
    """Play all rounds of `run` and return what samples, on the CPU and in evaluation mode.

    Args:
        run: A new run.
        settings: How to train.
        dataset: Other examples than those of `settings.data`.
    """
    dataset = data.load(settings.data) if dataset is None else dataset
    loop.train(run, dataset, settings, quiet=True)
    return run.sampler.cpu().eval()


@torch.inference_mode()
def distance_of_faces(model: Sampler) -> float:
    """Return the Fréchet distance of drawn faces to the test split of faces16."""
    real = data.tensors("faces16", "test")[0][:SAMPLES]
    drawn = sampling.sample(model, SAMPLES, seed=1)
    return distances.frechet_distance(face_features(drawn), face_features(real))


def face_features(images: Tensor) -> Tensor:
    """Return what the attribute classifier sees in images `(N, 3, 16, 16)`, `(N, 64)`."""
    judge = readings.classifier("attributes")
    return readings.read(judge, images)[0]


def hangul_features(images: Tensor) -> Tensor:
    """Return what the reader of Hangul sees in images `(N, C, 16, 16)`, `(N, 64)`.

    It reads grey images of 32 pixels: the channels are averaged and the image is enlarged.
    """
    reader = readings.classifier("jamo")
    grey = images.mean(dim=1, keepdim=True)
    return readings.read(reader, F.interpolate(grey, scale_factor=2, mode="bilinear"))[0]


def stylegan_run(
    seed: int, where: str = "cpu", dataset: str = "faces16", **changes: Any
) -> tuple[loop.Run[StyleGAN], loop.Settings]:
    """Prepare a small StyleGAN for faces or glyphs of 16 pixels.

    Args:
        seed: Seed of weights, noise and the order of the data.
        where: Device.
        dataset: Name of the data.
        changes: Arguments of the networks beside or in place of `STYLEGAN`.
    """
    changed = {"data": dataset, "steps": STYLEGAN_ROUNDS, "seed": seed, "device": where}
    given: dict[str, Any] = FAST | changed
    settings = loop.Settings(**given)
    return loop.begin(StyleGAN, STYLEGAN | changes, settings), settings


def trained_stylegan(seed: int, where: str, dataset: str = "faces16", **changes: Any) -> StyleGAN:
    """Train what `stylegan_run` prepares; return it on the CPU and in evaluation mode."""
    run, settings = stylegan_run(seed, where, dataset, **changes)
    return trained_model(run, settings, data.load(dataset, size=STYLEGAN_SIZE))


def untrained_stylegan(seed: int, dataset: str = "faces16", **changes: Any) -> StyleGAN:
    """Return StyleGAN as `trained_stylegan` begins, but drawing with all its layers."""
    model = stylegan_run(seed, "cpu", dataset, **changes)[0].model
    model.generator.rounds_played.fill_(STYLEGAN_ROUNDS)
    return model.eval()


def singan_run(
    seed: int, where: str = "cpu", **changes: Any
) -> tuple[loop.Run[SinGAN], loop.Settings]:
    """Prepare SinGAN for the built-in photograph, a little smaller than in its tiny preset.

    Args:
        seed: Seed of weights and noise.
        where: Device.
        changes: Other arguments of `SinGAN` than `SINGAN`.
    """
    torch.manual_seed(seed)
    model = SinGAN(**SINGAN | changes)
    rounds = model.rounds * len(model.sizes)
    settings = loop.Settings("photo", batch=1, steps=rounds, seed=seed, device=where)
    return loop.start(model, settings), settings


def trained_singan(seed: int, where: str, **changes: Any) -> SinGAN:
    """Train what `singan_run` prepares; return it on the CPU and in evaluation mode."""
    return trained_model(*singan_run(seed, where, **changes))
