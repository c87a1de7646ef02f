"""How a CLIP is scored: the right caption among those of all held-out faces."""

import pytest
import torch

from gan_minimal import data, zoo
from gan_minimal.data import captions
from gan_minimal.data.faces16 import ATTRIBUTES, attributes_of, load_faces
from gan_minimal.models.clip import CLIP
from gan_minimal.scoring import clip_retrieval

IMAGE = {"size": 16, "patch_size": 4, "vision_width": 16, "vision_layers": 1}
TEXT = {
    "vocab_size": 131,
    "context_length": 40,
    "transformer_width": 16,
    "transformer_layers": 1,
}
ROW = data.find("faces16-captions")
SMALL = IMAGE | TEXT | {"embed_dim": 8, "head_width": 8}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, str]]:
    """The attributes of all held-out faces."""
    return [attributes_of(face) for face in load_faces("test").options]


def test_faces_with_the_same_attributes_share_a_caption(rows):
    offered = clip_retrieval.distinct(rows)

    assert offered[0] == rows[0]
    assert len({tuple(face.values()) for face in rows}) == len(offered) < len(rows)
    assert all(face in offered for face in rows)


@pytest.mark.parametrize("language", captions.LANGUAGES)
def test_captions_to_choose_from_differ_and_are_the_same_every_time(language, rows):
    offered = clip_retrieval.distinct(rows)

    sentences = clip_retrieval.candidates(offered, language)

    assert len(set(sentences)) == len(offered)
    assert sentences == clip_retrieval.candidates(offered, language)
    assert all(captions.tokenize(sentence)[1] == [] for sentence in sentences)


def test_the_nearest_sentence_is_found_whatever_the_lengths():
    torch.manual_seed(0)
    model = CLIP(**SMALL).eval()
    images = torch.rand(5, 3, 16, 16) * 2 - 1
    sentences = ["안경", "a hat", "긴 머리"]

    found = clip_retrieval.found(model, images, sentences)

    cosines = model.logits(images, captions.tokens_of(sentences))
    assert torch.equal(found, cosines.argmax(dim=1))
    with torch.no_grad():
        model.text.text_projection.weight *= 10
    assert torch.equal(clip_retrieval.found(model, images, sentences), found)


def scored(monkeypatch: pytest.MonkeyPatch, choice: torch.Tensor) -> dict[str, float]:
    """The scores of a model that chooses these captions."""
    monkeypatch.setattr(clip_retrieval, "found", lambda *_: choice)
    return {name: each["value"] for name, each in clip_retrieval.score(CLIP(**SMALL), ROW).items()}


def test_who_finds_every_caption_has_full_marks(rows, monkeypatch):
    offered = clip_retrieval.distinct(rows)
    own = torch.tensor([offered.index(face) for face in rows])

    scores = scored(monkeypatch, own)

    assert scores.pop("offered") == len(offered)
    names = [f"{kind}_{x}" for kind in ("top1", "unseen") for x in captions.LANGUAGES]
    assert scores == dict.fromkeys((*names, *(f"right_{x}" for x in ATTRIBUTES)), 1.0)


def test_who_always_chooses_the_same_caption_is_right_as_often_as_it_is_so(rows, monkeypatch):
    scores = scored(monkeypatch, torch.zeros(len(rows), dtype=torch.long))

    first = rows[0]
    assert scores["top1_ko"] == scores["top1_en"] == sum(x == first for x in rows) / len(rows)
    assert scores["unseen_ko"] == captions.unseen(first)
    for name in ATTRIBUTES:
        share = sum(x[name] == first[name] for x in rows) / len(rows)
        assert scores[f"right_{name}"] == pytest.approx(share)


@pytest.mark.parametrize("language", captions.LANGUAGES)
def test_the_recorded_clip_finds_three_of_four_captions(language):
    assert zoo.read("clip")["metrics"][f"top1_{language}"]["value"] >= 0.75
