"""What is measured of edits of faces, where the exact right picture of every edit is known."""

import torch
from torch import Tensor

from gan_minimal.data import DataSet
from gan_minimal.data.domains import COLORS, FACE_DOMAINS, Edits, edits
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.models.protocol import DomainTranslator
from gan_minimal.models.sampling import translate
from gan_minimal.scoring import readings
from gan_minimal.scoring.readings import Scores

KINDS = (*COLORS, *(f"{name}_{value}" for name in ("glasses", "hat") for value in ("yes", "no")))
KINDS += ("mouth_happy", "mouth_sad")
"""The edits that are told apart: to each hair colour, and each switch turned on and off."""


def score_edits(model: DomainTranslator, row: DataSet) -> Scores:
    """Score a translation among the domains of faces16 by the exact right answers.

    For each of `KINDS`, over the faces that it changes: does the classifier read the wanted value
    off the result, beside how often it does off the exact pictures? How far is the result from the
    exact picture, beside how far the face was before? How many of the other attributes' readings
    stay, and by how much do pixels change that the exact edit leaves alone?
    """
    known = edits()
    n, kinds = known.wanted.shape[:2]
    faces = known.images.repeat_interleave(kinds, 0)
    drawn = translate(model, faces, seed=1, labels=known.wanted.flatten(0, 1))
    return summary(scored(known, drawn.unflatten(0, (n, kinds)), row.classifier))


def scored(known: Edits, drawn: Tensor, classifier: str) -> Scores:
    """Return the scores of each kind, see `score_edits`.

    Args:
        known: The edits and their right answers.
        drawn: What was made of them, `(N, 11, 3, 16, 16)`.
        classifier: The recorded run that reads them.
    """
    reader = readings.classifier(classifier)
    read, exact = (
        {name: x.view(drawn.shape[:2]) for name, x in readings.read(reader, images)[1].items()}
        for images in (drawn.flatten(0, 1), known.targets.flatten(0, 1))
    )
    before = known.images[:, None].expand_as(known.targets)
    error, copying, moved = (
        (x - y).abs() for x, y in ((drawn, known.targets), (before, known.targets), (drawn, before))
    )
    same = (known.targets == before).all(dim=2, keepdim=True).expand_as(moved)
    scores: Scores = {}
    for kind, column, chosen in cases(known):
        attribute = "hair_color" if column < len(COLORS) else FACE_DOMAINS[column]
        wanted = known.attributes[attribute][chosen, column]
        others = [name for name in read if name != attribute]
        kept = [
            read[name][chosen, column] == known.attributes[name][chosen, column] for name in others
        ]
        scores |= {
            f"reached_{kind}": {
                "value": share(read[attribute][chosen, column] == wanted),
                "floor": share(exact[attribute][chosen, column] == wanted),
            },
            f"off_{kind}": {
                "value": error[chosen, column].mean().item(),
                "floor": copying[chosen, column].mean().item(),
            },
            f"kept_{kind}": {"value": share(torch.stack(kept))},
            f"outside_{kind}": {"value": moved[chosen, column][same[chosen, column]].mean().item()},
        }
    return scores


def cases(known: Edits) -> list[tuple[str, int, Tensor]]:
    """Return each of `KINDS` with its column among the edits and the faces that it changes."""
    rows = []
    for column, name in enumerate(FACE_DOMAINS):
        if name in COLORS:
            rows.append((name, column, known.labels[:, column] == 0))
            continue
        for value in (1, 0):
            kind = f"{name}_{ATTRIBUTES[name].values[value]}"
            rows.append((kind, column, known.labels[:, column] != value))
    return rows


def share(hits: Tensor) -> float:
    """Return the share of hits."""
    return hits.double().mean().item()


def summary(scores: Scores) -> Scores:
    """Put means over all kinds of edits in front, and that of leaving faces as they are."""

    def mean(what: str, key: str = "value") -> dict[str, float]:
        rows = [score[key] for name, score in scores.items() if name.startswith(f"{what}_")]
        return {"value": sum(rows) / len(rows)}

    means = {what: mean(what) for what in ("reached", "off", "kept", "outside")}
    return means | {"untouched": mean("off", "floor")} | scores
