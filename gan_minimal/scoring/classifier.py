"""How often a classifier reads images it has never seen as they are labelled."""

from gan_minimal import data
from gan_minimal.data import DataSet
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.scoring.readings import Scores, accuracy


def score(model: AttributeClassifier, row: DataSet) -> Scores:
    """Measure the accuracy of a classifier on the test split, by the attribute's name."""
    images, *labels = data.tensors(row.name, "test")
    wanted = dict(zip(model.heads, labels, strict=True))
    shares = accuracy(model, images, wanted)
    return {f"accuracy_{name}": {"value": share} for name, share in shares.items()}
