"""What is measured of a trained model: the row of its data says which file here scores it."""

import pkgutil
from collections.abc import Callable

import torch
from torch import Tensor
from torch.utils.data import Dataset

from gan_minimal import data
from gan_minimal.errors import UserError
from gan_minimal.models.protocol import Model, Sampler
from gan_minimal.models.sampling import sample
from gan_minimal.scoring.distances import inception_distance
from gan_minimal.scoring.readings import Scores

SAMPLES = 1000  # images drawn and real images compared
RELATIVE, ABSOLUTE = 0.02, 0.005  # how far a score may be off when it is computed again


def evaluate(model: Model, dataset: str) -> Scores:
    """Score a trained model where it is; numbers that are recorded come from the CPU.

    Args:
        model: The model in evaluation mode.
        dataset: Name of the data it was trained on, or a person's own folder or image.

    Returns:
        For each metric its `"value"`, where it has one its real-vs-real `"floor"`, and the
        `"tolerance"` within which it must come out again.

    Raises:
        UserError: If nothing is measured on that data.
    """
    row = data.find(dataset)
    if not row.scorer:
        known = [name for name in data.names() if data.find(name).scorer]
        raise UserError(
            f"Nothing is measured on {dataset!r}, but on {', '.join(known)} and folders of images."
        )
    score: Callable[[Model, data.DataSet], Scores] = pkgutil.resolve_name(
        f"gan_minimal.scoring.{row.scorer}"
    )
    with torch.inference_mode():
        scores = score(model.eval(), row)
    for values in scores.values():
        values["tolerance"] = RELATIVE * abs(values["value"]) + ABSOLUTE
    return {
        metric: {kind: float(f"{number:.4g}") for kind, number in values.items()}
        for metric, values in scores.items()
    }


def inception(model: Model, dataset: str) -> float:
    """Return the FID of papers between `SAMPLES` drawn images and as many of the test split.

    Raises:
        UserError: If the model draws nothing or the data has no test split, or see
            `inception_distance`.
    """
    if not isinstance(model, Sampler):
        raise UserError("Only a model that draws images has an FID.")
    drawn = sample(model, SAMPLES, seed=1)
    test = data.load(dataset, "test", size=drawn.shape[-1])
    return inception_distance(drawn.expand(-1, 3, -1, -1), some_images(test, SAMPLES))


def some_images(dataset: Dataset[tuple[Tensor, ...]], most: int) -> Tensor:
    """Return images of a data set in colour, `(N, 3, H, W)`: all, or `most` from all over it.

    The first ones would not do: a folder is ordered by names, and its first class comes first.
    """
    count = len(dataset)  # type: ignore[arg-type]  # a Dataset need not have a length
    chosen = [i * count // min(most, count) for i in range(min(most, count))]
    return torch.stack([dataset[i][0] for i in chosen]).expand(-1, 3, -1, -1)
