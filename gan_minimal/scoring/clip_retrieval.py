"""How well a CLIP finds the caption of a face that it has never seen."""

import random

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal.data import DataSet, captions
from gan_minimal.data.faces16 import ATTRIBUTES, attributes_of, load_faces
from gan_minimal.data.pixels import to_unit
from gan_minimal.models.protocol import ImageTextModel
from gan_minimal.scoring.readings import Scores


def distinct(faces: list[dict[str, str]]) -> list[dict[str, str]]:
    """Return the faces without those that have the attributes of an earlier one."""
    return list({tuple(face.values()): face for face in faces}.values())


def candidates(faces: list[dict[str, str]], language: str) -> list[str]:
    """Return an exact caption of each face, its words and their order drawn at random."""
    rng = random.Random(5)
    return [captions.exact_caption(face, language, rng) for face in faces]


def found(model: ImageTextModel, images: Tensor, sentences: list[str]) -> Tensor:
    """Return which sentence is nearest to each image `(N, C, H, W)`, `(N,)`."""
    tokens = captions.tokens_of(sentences)
    with torch.inference_mode():
        a, b = F.normalize(model.visual(images), dim=1), F.normalize(model.text(tokens), dim=1)
        return (a @ b.T).argmax(dim=1)


def score(model: ImageTextModel, _row: DataSet) -> Scores:
    """Let every held-out face look for its caption among the distinct ones of all of them.

    For each language the share that is found (`top1_*`), that of faces with combinations of
    attributes that no caption of training had (`unseen_*`), and over both languages how often each
    attribute of the caption found is right (`right_*`); and the number of captions (`offered`).
    """
    faces = load_faces("test")
    images = to_unit(faces.images)
    own = [attributes_of(face) for face in faces.options]
    offered = distinct(own)
    new = torch.tensor([captions.unseen(face) for face in own])
    scores: Scores = {"offered": {"value": len(offered)}}
    right: dict[str, list[float]] = {name: [] for name in ATTRIBUTES}
    for language in captions.LANGUAGES:
        chosen = [offered[i] for i in found(model, images, candidates(offered, language)).tolist()]
        hits = torch.tensor([a == b for a, b in zip(chosen, own, strict=True)]).double()
        scores[f"top1_{language}"] = {"value": hits.mean().item()}
        scores[f"unseen_{language}"] = {"value": hits[new].mean().item()}
        for name, shares in right.items():
            shares += [float(a[name] == b[name]) for a, b in zip(chosen, own, strict=True)]
    return scores | {
        f"right_{name}": {"value": sum(shares) / len(shares)} for name, shares in right.items()
    }
