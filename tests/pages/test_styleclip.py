"""What the page on StyleCLIP says of captions and of the recorded CLIP is so."""

import re

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal import zoo
from gan_minimal.data import captions
from gan_minimal.data.faces16 import ATTRIBUTES, attributes_of, load_faces
from gan_minimal.data.pixels import to_unit
from gan_minimal.editing import styleclip
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.models.clip import CLIP
from gan_minimal.models.styleclip import ramp
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import clip_retrieval, readings

Face = dict[str, str]


@pytest.fixture(scope="module")
def faces() -> tuple[list[Face], Tensor]:
    """The held-out faces."""
    loaded = load_faces("test")
    return [attributes_of(face) for face in loaded.options], to_unit(loaded.images)


@pytest.fixture(scope="module")
def clip() -> CLIP:
    model = zoo.load("clip")
    assert isinstance(model, CLIP)
    return model


def test_counts_of_words_and_faces(faces):
    own, _ = faces

    assert len(captions.vocabulary()[0]) == 128
    assert zoo.read("clip")["settings"]["model"]["vocab_size"] == 131
    training = [attributes_of(face) for face in load_faces("train").options]
    assert sum(captions.unseen(face) for face in training) == 519
    assert (len(own), len(clip_retrieval.distinct(own))) == (2048, 1018)


@pytest.mark.parametrize("text", ["흑발", "노란", "여자", "파랗고", "머리긴", "not a hat"])
def test_words_that_are_refused(text):
    assert captions.tokenize(text)[1]


@pytest.mark.parametrize("text", ["긴머리", "파란", "안경쓴", "수염난", "빨간 모자"])
def test_words_that_are_accepted(text):
    assert not captions.tokenize(text)[1]


def test_the_captions_on_the_page_are_those_of_one_face(root, faces):
    own, _ = faces
    written = {text.replace("|", "") for text in captions.captions(own[0], 8, seed=0)}

    for language in ("ko", "en"):
        page = (root / f"docs/{language}/models/styleclip.md").read_text(encoding="utf-8")
        (block,) = re.findall(r"^```text\n(2 단계.*?)^```", page, re.MULTILINE | re.DOTALL)
        assert set(block.splitlines()) <= written


def test_a_red_hat_is_taken_for_red_hair_and_a_hat(clip, faces):
    own, images = faces
    with torch.inference_mode():
        point = F.normalize(clip.text(captions.tokens_of(["빨간 모자"])), dim=1)
        cosines = F.normalize(clip.image(images), dim=1) @ point[0]
    nearest = cosines.topk(50).indices.tolist()

    meant = [own[i]["hair_color"] == "red" and own[i]["hat"] == "yes" for i in nearest]
    hats = {load_faces("test").options[i]["hatColor"] for i in nearest}
    assert sum(meant) > 45
    assert len(hats) > 4


def test_captions_are_found_but_for_green_hair_under_hats(clip, faces):
    own, images = faces
    found = {name: score["value"] for name, score in zoo.read("clip")["metrics"].items()}

    assert abs(found["top1_ko"] - found["top1_en"]) < 0.02
    assert min(found["top1_ko"], found["top1_en"]) > 0.95
    right = {name: found[f"right_{name}"] for name in ATTRIBUTES}
    assert min(right, key=right.__getitem__) == "hair_color"
    assert right["skin"] > 0.99

    offered = clip_retrieval.distinct(own)
    for language in captions.LANGUAGES:
        assert found[f"unseen_{language}"] < found[f"top1_{language}"] - 0.05
        chosen = clip_retrieval.found(
            clip, images, clip_retrieval.candidates(offered, language)
        ).tolist()
        wrong = [
            (face, offered[i])
            for face, i in zip(own, chosen, strict=True)
            if captions.unseen(face) and offered[i] != face
        ]
        assert all(face["hair_color"] == "green" for face, _ in wrong)
        taken = [face["hair_color"] for _, face in wrong if face["hair_color"] != "green"]
        assert len(taken) > 0.9 * len(wrong)
        assert set(taken) == {"light_brown", "dark_blonde"}


def test_noise_over_pixels_fools_clip_and_mostly_the_classifier_too(clip):
    model, judge = zoo.load("stylegan"), zoo.load("attributes")
    assert isinstance(model, StyleGAN)
    assert isinstance(judge, AttributeClassifier)
    begun = [styleclip.seeded(model, seed) for seed in (0, 1, 3, 4, 12)]
    with torch.no_grad():
        point = clip.text(captions.tokens_of(["안경을 쓴 얼굴"]))
        faces = torch.cat([model.draw(w, noise).clamp(-1, 1) for w, noise in begun])
    pixels = faces.clone().requires_grad_()
    optimizer = torch.optim.Adam([pixels], 0.01)
    for _ in range(100):
        optimizer.zero_grad()
        (-F.cosine_similarity(clip.image(pixels), point)).sum().backward()
        optimizer.step()
    moved = pixels.detach().clamp(-1, 1)

    with torch.no_grad():
        before, after = (F.cosine_similarity(clip.image(x), point).mean() for x in (faces, moved))
    assert after > before + 0.2
    assert readings.read(judge, faces)[1]["glasses"].sum() == 0
    assert readings.read(judge, moved)[1]["glasses"].sum() >= 3


def test_the_curve_falls_steeply_and_then_slowly_and_not_to_zero():
    losses = zoo.read("clip")["losses"]
    curve = dict(zip(losses["step"], losses["encoders"], strict=True))

    assert curve[50] == pytest.approx(5.55, abs=0.2)
    assert curve[50] - curve[400] > 4 * (curve[400] - curve[3000])
    assert curve[3000] > 1


def test_how_far_steps_reach():
    assert sum(0.1 * ramp(step, 300) for step in range(300)) == pytest.approx(25.5)
    assert sum(0.1 * ramp(step, 100) for step in range(100)) == pytest.approx(8.5)
    assert ramp(0, 300) == 0
