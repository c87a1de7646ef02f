"""How near drawn faces are to those of faces16, by the attribute classifier."""

import torch

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
    real = data.tensors(row.name, "test")[0][:SAMPLES]
    drawn = sample(model, SAMPLES, seed=1)
    if drawn.shape[1:] != real.shape[1:]:
        raise UserError(
            f"The classifier reads faces of {real.shape[3]}x{real.shape[2]} pixels, and the model "
            f"draws {drawn.shape[3]}x{drawn.shape[2]}."
        )
    classifier = readings.classifier(row.classifier)
    scores = readings.compare(classifier, drawn, real, data.tensors(row.name)[0])
    if isinstance(model, Growing):  # such models compare the images of a minibatch for this
        scores["near_duplicates"] = {
            "value": near_duplicates(drawn),
            "floor": near_duplicates(real),
        }
    return scores


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
