"""What is measured of a trained model: which scores depends on the data it was trained on."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from gan_minimal import data, zoo
from gan_minimal.data.hangul32 import FONTS, load_hangul
from gan_minimal.errors import UserError
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.models.pggan import PGGAN
from gan_minimal.models.singan import SinGAN
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import clip_retrieval, distances, face_edits, single_photo, translation
from gan_minimal.scoring.distances import LETTERS, reads
from gan_minimal.training import loop

Scores = dict[str, dict[str, float]]

SAMPLES = 1000  # images drawn and real images compared
RELATIVE, ABSOLUTE = 0.02, 0.005  # how far a score may be off when it is computed again


def score_faces(model: nn.Module) -> Scores:
    """Compare drawn faces with the test split of faces16, by the attribute classifier."""
    classifier = zoo.load("attributes")
    assert isinstance(classifier, AttributeClassifier)
    drawn, real = loop.sample(model, SAMPLES, seed=1), images_of("faces16", "test")[:SAMPLES]
    if drawn.shape != real.shape:
        raise UserError(
            f"The classifier reads faces of {real.shape[3]}x{real.shape[2]} pixels, and the model "
            f"draws {drawn.shape[3]}x{drawn.shape[2]}."
        )
    scores = distances.compare(classifier, drawn, real, images_of("faces16", "train"))
    if isinstance(model, PGGAN | StyleGAN):  # they compare the images of a minibatch for this
        scores["twins"] = {"value": distances.twins(drawn), "floor": distances.twins(real)}
    return scores


def shares(model: nn.Module, attribute: str) -> tuple[list[float], list[float]]:
    """Return how often each value of a face's attribute occurs in the data and in drawn faces.

    It counts what `score_faces` compares: the classifier's readings of the test split of faces16
    and of as many drawn faces.

    Args:
        model: A trained model of faces16, in evaluation mode.
        attribute: One of `gan_minimal.data.faces16.ATTRIBUTES`.

    Returns:
        Two lists of shares that add up to 1, in the order of the attribute's values.
    """
    judge = zoo.load("attributes")
    assert isinstance(judge, AttributeClassifier)
    pictures = images_of("faces16", "test")[:SAMPLES], loop.sample(model, SAMPLES, seed=1)
    real, drawn = (
        torch.bincount(
            distances.judge(judge, images)[1][attribute], minlength=judge.classes[attribute]
        )
        for images in pictures
    )
    return (real / real.sum()).tolist(), (drawn / drawn.sum()).tolist()


def score_classifier(model: nn.Module, dataset: str = "faces16-labels") -> Scores:
    """Measure the accuracy of a classifier on the test split of its data."""
    assert isinstance(model, AttributeClassifier)
    images, *labels = data.load(dataset, "test").tensors  # type: ignore[attr-defined]
    wanted = dict(zip(model.heads, labels, strict=True))
    shares = distances.accuracy(model, images, wanted)
    return {f"accuracy_{name}": {"value": share} for name, share in shares.items()}


def score_jamo(model: nn.Module) -> Scores:
    """Measure the reader of Hangul on syllables it has never seen, also font by font."""
    assert isinstance(model, AttributeClassifier)
    images, *labels, fonts = data.load("hangul32-labels", "test").tensors  # type: ignore[attr-defined]
    right = reads(model, images, torch.stack(labels, dim=1))
    shares = {
        f"font_{font}": {"value": right[fonts == i].double().mean().item()}
        for i, font in enumerate(FONTS)
    }
    return score_classifier(model, "hangul32-labels") | shares


def score_syllables(model: nn.Module) -> Scores:
    """Read what a CGAN of Hangul writes when it is asked twice, with different noise.

    Syllables of training and held-out ones: are all letters read as asked? Over both: does other
    noise change the hand, does it keep the letters, and are all hands used alike?
    """
    judge = zoo.load("jamo")
    assert isinstance(judge, AttributeClassifier)
    scores: Scores = {}
    pairs = []
    for name, split in (("seen", "train"), ("unseen", "test")):
        labels = letters_of(split)
        draws = [drawn_as(model, labels, seed) for seed in (1, 2)]
        right = torch.cat([reads(judge, images, labels) for images in draws])
        scores[f"read_{name}"] = {"value": right.double().mean().item()}
        readings = [distances.judge(judge, images)[1] for images in draws]
        pairs.append({x: torch.stack([reading[x] for reading in readings]) for x in readings[0]})
    first, again = ({x: torch.cat([p[x][i] for p in pairs]) for x in pairs[0]} for i in (0, 1))
    same = {x: first[x] == again[x] for x in first}
    hands = torch.cat([first["hand"], again["hand"]])
    scores["hand_changes"] = {"value": 1 - same["hand"].double().mean().item()}
    kept = torch.stack([same[x] for x in LETTERS]).all(dim=0)
    scores["letters_kept"] = {"value": kept.double().mean().item()}
    scores["tv_hand"] = {
        "value": distances.total_variation(hands, torch.arange(len(FONTS)), len(FONTS))
    }
    return scores


def score_glyphs(model: nn.Module) -> Scores:
    """Compare drawn syllables, of any kind and hand, with the test split of hangul32.

    Beside the distances, the histograms of letters and hands, and near duplicates: how many are
    read for sure, each of the three letters with a probability of more than a half?
    """
    reader = zoo.load("jamo")
    assert isinstance(reader, AttributeClassifier)
    drawn = loop.sample(model, SAMPLES, seed=1)
    real, more = (some(images_of("hangul32", split)) for split in ("test", "train"))
    if drawn.shape[1:] != real.shape[1:]:
        raise UserError(
            f"The reader of Hangul takes grey images of {real.shape[3]}x{real.shape[2]} pixels: "
            f"the model draws {drawn.shape[3]}x{drawn.shape[2]} in {drawn.shape[1]} channels."
        )
    scores = distances.compare(reader, drawn, real, more)
    scores["sure"] = {"value": sure(reader, drawn), "floor": sure(reader, real)}
    scores["twins"] = {"value": distances.twins(drawn), "floor": distances.twins(real)}
    return scores


def sure(reader: AttributeClassifier, images: Tensor) -> float:
    """Return the share of glyphs each of whose letters has a probability of more than a half."""
    likeliest = [reader(images)[letter].softmax(dim=1).amax(dim=1) for letter in LETTERS]
    return (torch.stack(likeliest).amin(dim=0) > 0.5).double().mean().item()


def some(images: Tensor, n: int = SAMPLES, seed: int = 0) -> Tensor:
    """Pick `n` different ones of images `(N, C, H, W)` at random, or all if there are fewer."""
    order = torch.randperm(len(images), generator=torch.Generator().manual_seed(seed))
    return images[order[:n]]


def letters_of(split: str) -> Tensor:
    """Return the letters of every held-out syllable, or of as many of training, `(235, 3)`."""
    glyphs = load_hangul(split, fonts=("noto-sans",))
    labels = torch.stack([glyphs.cho, glyphs.jung, glyphs.jong], dim=1)
    return labels[:: len(labels) // 235][:235]


def drawn_as(model: nn.Module, labels: Tensor, seed: int) -> Tensor:
    """Draw one image for each row of `labels` with the random numbers of `seed`."""
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        images: Tensor = model.eval().sample(len(labels), labels)  # type: ignore[operator]
    return images


SCORES: dict[str, Callable[[nn.Module], Scores]] = {
    "faces16": score_faces,
    "faces16-labels": score_classifier,
    "hangul32-labels": score_jamo,
    "hangul32": score_glyphs,
    "hangul32-jamo": score_syllables,
    "hangul32-pairs": translation.score_brush,
    "hangul32-unpaired": translation.score_round_trip,
    "faces16-labelmap": translation.score_painted,
    "faces16-domains": face_edits.score_edits,
    "faces16-captions": clip_retrieval.score,
    "photo": partial(single_photo.score, dataset="photo"),
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
    if isinstance(model, SinGAN) and Path(dataset).is_file():  # a person's own photograph
        score: Callable[[nn.Module], Scores] = partial(single_photo.score, dataset=dataset)
    elif dataset in SCORES:
        score = SCORES[dataset]
    else:
        raise UserError(
            f"Nothing is measured on {dataset!r}: scores need a classifier, and there is one for "
            f"{', '.join(SCORES)}."
        )
    with torch.inference_mode():
        scores = score(model.cpu().eval())
    for values in scores.values():
        values["tolerance"] = RELATIVE * abs(values["value"]) + ABSOLUTE
    return {
        metric: {kind: float(f"{number:.4g}") for kind, number in values.items()}
        for metric, values in scores.items()
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
    drawn = loop.sample(model, SAMPLES, seed=1)
    test: Any = data.load(dataset, "test", size=drawn.shape[-1])
    real = torch.stack([test[i][0] for i in range(min(SAMPLES, len(test)))])
    return distances.inception_distance(drawn.expand(-1, 3, -1, -1), real.expand(-1, 3, -1, -1))
