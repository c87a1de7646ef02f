"""How near drawn faces and characters are to those of the data, by the classifier that reads it."""

import torch
from torch import Tensor

from gan_minimal import data
from gan_minimal.data import DataSet
from gan_minimal.errors import UserError
from gan_minimal.models.protocol import Growing, Sampler
from gan_minimal.models.sampling import sample
from gan_minimal.scoring import readings
from gan_minimal.scoring.distances import near_duplicates
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.scoring.readings import Scores


def score(model: Sampler, row: DataSet) -> Scores:
    """Compare drawn faces with the test split.

    Args:
        model: What draws, in evaluation mode.
        row: What is known of the data.

    Raises:
        UserError: If the model draws images of another size.
    """
    drawn, real = drawn_and_real(model, row)
    scores = compare(drawn, real, row)
    if isinstance(model, Growing):  # such models compare the images of a minibatch for this
        scores |= duplicates(drawn, real)
    return scores


def score_characters(model: Sampler, row: DataSet) -> Scores:
    """Score drawn characters as `score` does faces, and say how many resemble another one."""
    drawn, real = drawn_and_real(model, row)
    return compare(drawn, real, row) | duplicates(drawn, real)


def drawn_and_real(model: Sampler, row: DataSet) -> tuple[Tensor, Tensor]:
    """Return `SAMPLES` drawn images and as many of the test split.

    Raises:
        UserError: If the model draws images of another size.
    """
    real = data.tensors(row.name, "test")[0][:SAMPLES]
    drawn = sample(model, SAMPLES, seed=1)
    if drawn.shape[1:] != real.shape[1:]:
        raise UserError(
            f"The classifier reads images of {real.shape[3]}x{real.shape[2]} pixels, and the model "
            f"draws {drawn.shape[3]}x{drawn.shape[2]}."
        )
    return drawn, real


def compare(drawn: Tensor, real: Tensor, row: DataSet) -> Scores:
    """Compare images by what the classifier of their data makes of them; the floor is of data."""
    classifier = readings.classifier(row.classifier)
    return readings.compare(classifier, drawn, real, data.tensors(row.name)[0])


def duplicates(drawn: Tensor, real: Tensor) -> Scores:
    """Say how many drawn images have a near duplicate among them, and how many real ones."""
    value, floor = near_duplicates(drawn), near_duplicates(real)
    return {"near_duplicates": {"value": value, "floor": floor}}


def shares(model: Sampler, dataset: str, attribute: str) -> tuple[list[float], list[float]]:
    """Return how often each value of an attribute occurs in the data and in drawn images.

    It counts what `score` compares: the classifier's readings of the test split and of as many
    drawn images.

    Args:
        model: A trained model, in evaluation mode.
        dataset: Name of the data.
        attribute: One that the classifier of the data reads.

    Returns:
        Two lists of shares that add up to 1, in the order of the attribute's values.
    """
    row = data.find(dataset)
    classifier = readings.classifier(row.classifier)
    pictures = data.tensors(row.name, "test")[0][:SAMPLES], sample(model, SAMPLES, seed=1)
    real, drawn = (
        torch.bincount(
            readings.read(classifier, images)[1][attribute],
            minlength=classifier.classes[attribute],
        )
        for images in pictures
    )
    return (real / real.sum()).tolist(), (drawn / drawn.sum()).tolist()
