"""Pictures of recorded runs: what stands for a model, how it came to that, and what it is for."""

import pkgutil

from torch import Tensor

from gan_minimal import data, models
from gan_minimal.data.registry import function
from gan_minimal.images import Pictures, in_turn
from gan_minimal.models.protocol import Model, Sampler, Translator
from gan_minimal.models.sampling import sample, translate


def draws(model: Model) -> bool:
    """Say whether there are pictures of what `model` has learnt: does it draw or translate?"""
    return isinstance(model, Sampler | Translator)


def columns(dataset: str) -> int:
    """Return how many of a model's pictures stand in a row: a phone shows so many."""
    if data.find(dataset).photograph:
        return 2
    return 8 if is_small(dataset) else 5


def is_small(dataset: str) -> bool:
    """Say whether its images are pixel art of a few pixels, of which each is seen."""
    row = data.find(dataset)
    return not row.photograph and max(row.size[:2]) < 64


def scale(dataset: str) -> int:
    """Return how often the pixels of an animation are repeated in both directions."""
    return 2 if is_small(dataset) else 1


def quality(dataset: str) -> int | None:
    """Return how well pictures are kept: small ones without loss (None), others nearly so."""
    if is_small(dataset):
        return None
    return 92 if data.find(dataset).photograph else 88


def shown(model: Model, dataset: str) -> Tensor:
    """Draw what stands for a model, see `drawn`.

    64 samples or 32 translations; 25 samples of larger pixel art; 4 photographs.
    """
    if data.find(dataset).photograph:
        return drawn(model, dataset, 4)
    if not is_small(dataset):
        return drawn(model, dataset, 25)
    return drawn(model, dataset, 64 if isinstance(model, Sampler) else 32)


def drawn(model: Model, dataset: str, n: int) -> Tensor:
    """Draw `n` images, or translate `n` held-out ones; the same whenever it is asked for.

    Args:
        model: A model that draws or translates.
        dataset: Name of the data it was trained on.
        n: Number of images, a multiple of 8.

    Returns:
        Images on the CPU for a grid of eight columns: `n` samples, or a row of inputs, a row of
        their translations and a row of the true targets in turn, three times `n`.

    Raises:
        TypeError: If the model neither draws nor translates.
    """
    if isinstance(model, Sampler):
        return sample(model, n, seed=0).cpu()
    if not isinstance(model, Translator):
        raise TypeError("a model without `sample` and `translate` has no pictures")
    inputs, how, targets = function(data.find(dataset).questions)(n)
    return in_turn(inputs, translate(model, inputs, 0, **how).cpu(), targets)


def more(run: str, model: Model) -> Pictures:
    """Draw what the model of a recorded run is there for, beside samples; often nothing.

    Args:
        run: Name of the recorded run, whose row in `gan_minimal.models` names the function.
        model: Its model.
    """
    named = [row.pictures[run] for row in models.MODELS.values() if run in row.pictures]
    found: Pictures = {}
    for name in named:
        found = {**found, **pkgutil.resolve_name(f"gan_minimal.editing.{name}")(model)}
    return found
