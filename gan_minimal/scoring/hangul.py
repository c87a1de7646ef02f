"""How well models write Hangul, by the reader of jamo, and how well that one reads."""

import torch
from torch import Tensor

from gan_minimal import data
from gan_minimal.data import DataSet
from gan_minimal.data.hangul32 import FONTS, load_hangul
from gan_minimal.data.registry import LETTERS
from gan_minimal.errors import UserError
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.models.protocol import Conditional, Sampler
from gan_minimal.models.sampling import sample, seeded
from gan_minimal.scoring import classifier, readings
from gan_minimal.scoring.distances import near_duplicates, total_variation
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.scoring.readings import Scores, read, read_rightly


def score_reader(model: AttributeClassifier, row: DataSet) -> Scores:
    """Measure the reader of Hangul on syllables it has never seen, also font by font."""
    images, *labels, fonts = data.tensors(row.name, "test")
    right = read_rightly(model, images, torch.stack(labels, dim=1))
    shares = {
        f"font_{font}": {"value": right[fonts == i].double().mean().item()}
        for i, font in enumerate(FONTS)
    }
    return classifier.score(model, row) | shares


def score_syllables(model: Conditional, row: DataSet) -> Scores:
    """Read what a model of Hangul writes when it is asked twice, with different noise.

    Syllables of training and held-out ones: are all letters read as asked? Over both: does other
    noise change the writing (the font), does it keep the letters, and are all fonts used alike?
    """
    reader = readings.classifier(row.classifier)
    scores: Scores = {}
    pairs = []
    for name, split in (("seen", "train"), ("unseen", "test")):
        labels = letters_of(split)
        draws = [drawn_as(model, labels, seed) for seed in (1, 2)]
        right = torch.cat([read_rightly(reader, images, labels) for images in draws])
        scores[f"read_{name}"] = {"value": right.double().mean().item()}
        found = [read(reader, images)[1] for images in draws]
        pairs.append({x: torch.stack([each[x] for each in found]) for x in found[0]})
    first, again = ({x: torch.cat([p[x][i] for p in pairs]) for x in pairs[0]} for i in (0, 1))
    same = {x: first[x] == again[x] for x in first}
    fonts = torch.cat([first["hand"], again["hand"]])
    scores["hand_changes"] = {"value": 1 - same["hand"].double().mean().item()}
    kept = torch.stack([same[x] for x in LETTERS]).all(dim=0)
    scores["letters_kept"] = {"value": kept.double().mean().item()}
    scores["tv_hand"] = {"value": total_variation(fonts, torch.arange(len(FONTS)), len(FONTS))}
    return scores


def score_glyphs(model: Sampler, row: DataSet) -> Scores:
    """Compare drawn syllables, of any kind and font, with the test split of hangul32.

    Beside the distances, the histograms of letters and fonts, and near duplicates: how many are
    read for sure, each of the three letters with a probability of more than a half?

    Raises:
        UserError: If the model draws images of another size, or in colour.
    """
    reader = readings.classifier(row.classifier)
    drawn = sample(model, SAMPLES, seed=1)
    real, more = (some(data.tensors(row.name, split)[0]) for split in ("test", "train"))
    if drawn.shape[1:] != real.shape[1:]:
        raise UserError(
            f"The reader of Hangul takes grey images of {real.shape[3]}x{real.shape[2]} pixels: "
            f"the model draws {drawn.shape[3]}x{drawn.shape[2]} in {drawn.shape[1]} channels."
        )
    scores = readings.compare(reader, drawn, real, more)
    scores["sure"] = {"value": sure(reader, drawn), "floor": sure(reader, real)}
    scores["near_duplicates"] = {"value": near_duplicates(drawn), "floor": near_duplicates(real)}
    return scores


def sure(reader: AttributeClassifier, images: Tensor) -> float:
    """Return the share of glyphs each of whose letters has a probability of more than a half."""
    logits = reader.logits(read(reader, images)[0])
    likeliest = [logits[letter].softmax(dim=1).amax(dim=1) for letter in LETTERS]
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


def drawn_as(model: Conditional, labels: Tensor, seed: int) -> Tensor:
    """Draw one image for each row of `labels` with the random numbers of `seed`."""
    with seeded(seed):
        return model.eval().sample(len(labels), labels)
