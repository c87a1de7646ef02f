"""What a classifier reads off images, and scores that follow from it.

All feature distances here use features of this site's own small classifiers. They are **not** the
FID and KID of papers, which use Inception-v3 on photographs, and cannot be compared with them.
Every distance is therefore shown beside its floor: the same distance between two halves of real
data of the same size.
"""

import torch
from torch import Tensor

from gan_minimal import zoo
from gan_minimal.data.registry import LETTERS
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.scoring.distances import frechet_distance, kernel_distance, total_variation

Scores = dict[str, dict[str, float]]
"""For each metric its `"value"`, and where it has one its real-vs-real `"floor"`."""


def classifier(name: str) -> AttributeClassifier:
    """Return the recorded classifier `name`: that of a data set stands in its row.

    Raises:
        UserError: If there is no such run, or its weights are damaged.
    """
    return zoo.load(name, AttributeClassifier).to(memory_format=torch.channels_last)


@torch.no_grad()
def read(
    classifier: AttributeClassifier, images: Tensor, batch: int = 64
) -> tuple[Tensor, dict[str, Tensor]]:
    """Return the features `(N, D)` of images and what the classifier reads, `(N,)` each.

    Args:
        classifier: A trained classifier, in evaluation mode.
        images: `(N, C, H, W)` in [-1, 1].
        batch: Images at a time; few of them stay in the processor's cache.
    """
    features = torch.cat([classifier.features(piece) for piece in images.split(batch)])
    logits = classifier.logits(features)
    return features, {name: z.argmax(dim=1) for name, z in logits.items()}


def compare(
    classifier: AttributeClassifier, images: Tensor, real: Tensor, more_real: Tensor
) -> dict[str, dict[str, float]]:
    """Score images against real ones, and real ones against real ones: the floor.

    Args:
        classifier: What reads them, in evaluation mode.
        images: Images to score, `(N, C, H, W)` in [-1, 1].
        real: Real images that no model was trained on, `(M, C, H, W)`.
        more_real: Other real images; the first N of them set the floor.

    Returns:
        For `"fid"`, `"kid"` and `"tv_<attribute>"`, each a `"value"` and a `"floor"`.
    """
    features, readings = read(classifier, images)
    features_real, readings_real = read(classifier, real)
    features_more, readings_more = read(classifier, more_real[: len(images)])
    scores = {
        name: {
            "value": distance(features, features_real),
            "floor": distance(features_more, features_real),
        }
        for name, distance in (("fid", frechet_distance), ("kid", kernel_distance))
    }
    for name, values in readings.items():
        count = classifier.classes[name]
        scores[f"tv_{name}"] = {
            "value": total_variation(values, readings_real[name], count),
            "floor": total_variation(readings_more[name], readings_real[name], count),
        }
    return scores


def accuracy(
    classifier: AttributeClassifier, images: Tensor, labels: dict[str, Tensor]
) -> dict[str, float]:
    """Return the share of images `(N, C, H, W)` read as labelled, by the attribute's name.

    For images generated under a condition this is the conditional accuracy.
    """
    _, readings = read(classifier, images)
    return {
        name: (readings[name] == wanted).double().mean().item() for name, wanted in labels.items()
    }


def read_rightly(classifier: AttributeClassifier, images: Tensor, labels: Tensor) -> Tensor:
    """Say of each image of a syllable whether all its letters are read, `(N,)`.

    Args:
        classifier: The independent reader of Hangul.
        images: `(N, 1, 32, 32)` in [-1, 1].
        labels: Initial, medial and final of each, `(N, 3)`.
    """
    _, readings = read(classifier, images)
    letters = torch.stack([readings[letter] for letter in LETTERS], dim=1)
    return (letters == labels).all(dim=1)
