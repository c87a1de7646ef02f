"""What is measured of a trained model: which scores depends on the data it was trained on."""

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor, nn

from gan_minimal import data, metrics, train, zoo
from gan_minimal.errors import UserError
from gan_minimal.models.attributes import AttributeClassifier

Scores = dict[str, dict[str, float]]

SAMPLES = 1000  # images drawn and real images compared
RELATIVE, ABSOLUTE = 0.02, 0.005  # how far a score may be off when it is computed again


def score_faces(model: nn.Module) -> Scores:
    """Compare drawn faces with the test split of faces16, by the attribute classifier."""
    classifier = zoo.load("attributes")
    assert isinstance(classifier, AttributeClassifier)
    drawn, real = train.sample(model, SAMPLES, seed=1), images_of("faces16", "test")[:SAMPLES]
    if drawn.shape != real.shape:
        raise UserError(
            f"The classifier reads faces of {real.shape[3]}x{real.shape[2]} pixels, and the model "
            f"draws {drawn.shape[3]}x{drawn.shape[2]}."
        )
    return metrics.compare(
        classifier,
        drawn,
        real,
        images_of("faces16", "train"),
    )


def score_classifier(model: nn.Module) -> Scores:
    """Measure the accuracy of the attribute classifier on the test split of faces16."""
    assert isinstance(model, AttributeClassifier)
    images, *labels = data.load("faces16-labels", "test").tensors  # type: ignore[attr-defined]
    wanted = dict(zip(model.heads, labels, strict=True))
    shares = metrics.accuracy(model, images, wanted)
    return {f"accuracy_{name}": {"value": share} for name, share in shares.items()}


SCORES: dict[str, Callable[[nn.Module], Scores]] = {
    "faces16": score_faces,
    "faces16-labels": score_classifier,
}


def evaluate(model: nn.Module, dataset: str) -> Scores:
    """Score a trained model on the CPU.

    Args:
        model: The model in evaluation mode.
        dataset: Name of the data it was trained on.

    Returns:
        For each metric its `"value"`, where it has one its real-vs-real `"floor"`, and the
        `"tolerance"` within which it must come out again.

    Raises:
        UserError: If nothing is measured on that data.
    """
    if dataset not in SCORES:
        raise UserError(
            f"Nothing is measured on {dataset!r}: scores need a classifier, and there is one for "
            f"{', '.join(SCORES)}."
        )
    with torch.inference_mode():
        scores = SCORES[dataset](model.cpu().eval())
    for score in scores.values():
        score["tolerance"] = RELATIVE * abs(score["value"]) + ABSOLUTE
    return {
        metric: {kind: float(f"{number:.4g}") for kind, number in score.items()}
        for metric, score in scores.items()
    }


def images_of(dataset: str, split: str) -> Tensor:
    """Return all images of a built-in data set, `(N, C, H, W)` in [-1, 1]."""
    images: Tensor = data.load(dataset, split).tensors[0]  # type: ignore[attr-defined]
    return images


def inception(model: nn.Module, dataset: str) -> float:
    """Return the FID of papers between `SAMPLES` drawn images and as many of the test split.

    Raises:
        UserError: If the model draws nothing or the data has no test split, or see
            `metrics.inception_distance`.
    """
    if not hasattr(model, "sample"):
        raise UserError("Only a model that draws images has an FID.")
    drawn = train.sample(model, SAMPLES, seed=1)
    test: Any = data.load(dataset, "test", size=drawn.shape[-1])
    real = torch.stack([test[i][0] for i in range(min(SAMPLES, len(test)))])
    return metrics.inception_distance(drawn.expand(-1, 3, -1, -1), real.expand(-1, 3, -1, -1))
