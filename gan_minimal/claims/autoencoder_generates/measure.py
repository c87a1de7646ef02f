"""Does a decoder alone draw faces, and are they new?"""

from typing import Any

import torch
from torch import Tensor

from gan_minimal import data, models
from gan_minimal.claims import Claim, Statement, Values, above, at_least, both, device, in_parallel
from gan_minimal.models import sampling
from gan_minimal.scoring import readings
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than those with which the settings were tried
NAMES = ("autoencoder", "vae")
ROUNDS = 6000
SURE = 0.8  # probability from which an attribute counts as readable


def begin(name: str, seed: int, where: str) -> tuple[loop.Run[Any], loop.Settings]:
    """Prepare a tiny preset with another seed and fewer rounds."""
    preset = models.preset(name)
    settings = loop.Settings(**preset["train"] | {"seed": seed, "steps": ROUNDS, "device": where})
    return loop.new(name, preset["model"], settings), settings


def readable(images: Tensor) -> float:
    """Share of images in which the classifier is sure of all seven attributes."""
    judge = readings.classifier("attributes")
    with torch.inference_mode():
        chances = [logits.softmax(1).amax(1) for logits in judge(images).values()]
    return (torch.stack(chances).amin(0) >= SURE).double().mean().item()


def nearest(images: Tensor) -> Tensor:
    """Distance of each image to the nearest of the training split, `(N,)`."""
    known = data.tensors("faces16", "train")[0].flatten(1)
    return torch.cdist(images.flatten(1), known).amin(1)


def trained(name: str, seed: int) -> tuple[float, float, float]:
    """Train a model and look at what its decoder draws.

    Returns:
        The share of readable faces, the share of new ones, and the mean distance to the nearest
        training image. A face is new if it is farther from every training image than 95 % of the
        model's own copies of training images are from theirs: what was learnt by heart is drawn as
        such a copy.
    """
    run, settings = begin(name, seed, device())
    loop.train(run, data.load(settings.data), settings, quiet=True)
    model = run.sampler.cpu().eval()
    known = data.tensors("faces16", "train")[0]
    copies: Tensor = model.reconstruct(known)
    error = (copies - known).flatten(1).norm(dim=1)
    drawn = sampling.sample(model, SAMPLES, seed=seed)
    away = nearest(drawn)
    new = (away > error.quantile(0.95)).double().mean().item()
    return readable(drawn), new, away.mean().item()


def measure() -> Values:
    """Train three of each; compare with real faces and with pixels that do not belong together."""
    results = in_parallel(trained, [(name, seed) for name in NAMES for seed in SEEDS])
    values: dict[str, list[float]] = {}
    for i, name in enumerate(NAMES):
        of_this = results[3 * i : 3 * i + 3]
        for j, what in enumerate(("readable", "new", "nearest")):
            values[f"{name}_{what}"] = [result[j] for result in of_this]
    real = data.tensors("faces16", "test")[0][:SAMPLES]
    values["real_readable"] = [readable(real)] * len(SEEDS)
    values["real_nearest"] = [nearest(real).mean().item()] * len(SEEDS)
    values["scrambled_readable"] = []
    for seed in SEEDS:
        order = torch.rand(real.shape, generator=torch.Generator().manual_seed(seed)).argsort(0)
        values["scrambled_readable"].append(readable(real.gather(0, order)))
    return values


def ordered(values: Values) -> list[float]:
    """Say by how much more faces are readable than scrambled ones."""
    most = max(values["scrambled_readable"])
    return both(*(above(values[f"{name}_readable"], most) for name in NAMES))


def half(values: Values) -> float:
    """Return half the share of real faces that are readable."""
    return 0.5 * max(values["real_readable"])


def like_real(values: Values) -> list[float]:
    """Say by how much the share of readable faces is above half that of real ones."""
    return both(*(at_least(values[f"{name}_readable"], half(values)) for name in NAMES))


def new(values: Values) -> list[float]:
    """Say by how much the share of new faces is above 90 %."""
    return both(*(at_least(values[f"{name}_new"], 0.9) for name in NAMES))


def opening() -> list[float]:
    """Return the losses of each model's first rounds."""
    return [loss for name in NAMES for loss in first_losses(*begin(name, SEEDS[0], "cpu"))]


CLAIM = Claim(
    __file__,
    place="lecture.md#autoencoder",
    family="autoencoders",
    measure=measure,
    statements=(
        Statement("ordered", ordered),
        Statement("readable", like_real, ours=True),
        Statement("new", new),
    ),
    opening=opening,
    plot=("autoencoder_readable", "vae_readable", "real_readable", "scrambled_readable"),
    limits=lambda values: {f"{name}_readable": half(values) for name in NAMES},
)
