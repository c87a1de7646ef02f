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
from gan_minimal.models.styleclip import lr_ramp
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import clip_retrieval, readings
from tests.pages.helpers import curve, metrics, says

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
    says(
        "models/styleclip",
        ko="어휘가 131개다. …줄기와 어미가 128개",
        en="its vocabulary is 131. There are 128 stems and endings",
    )
    says(
        "models/styleclip",
        ko="그런 얼굴 519장은 학습에 쓰지 않고",
        en="The 519 faces that have them are not used",
    )
    says(
        "models/styleclip",
        ko="떼어 둔 얼굴 2,048장의 정확한 설명을 모두 모으면 서로 다른 것이 1,018개다",
        en="The exact captions of 2,048 held-out faces come to 1,018 different ones",
    )
    own, _ = faces

    assert len(captions.vocabulary()[0]) == 128
    assert zoo.read("clip")["settings"]["model"]["vocab_size"] == 131
    training = [attributes_of(face) for face in load_faces("train").options]
    assert sum(captions.unseen(face) for face in training) == 519
    assert (len(own), len(clip_retrieval.distinct(own))) == (2048, 1018)


def test_words_that_are_refused_and_accepted():
    says(
        "models/styleclip",
        ko="'흑발', '노란', '여자'는 어느 설명에도 나오지 않았다",
        en="흑발 (black hair), 노란 (yellow) and 여자 (woman) are in no caption",
    )
    says(
        "models/styleclip",
        ko="긴머리, 머리긴 사람, 파랗고 긴 머리, 빨간 모자, not a hat",
        en="긴머리 (long hair, as one word), 머리긴 사람…파랗고 긴 머리…빨간 모자…not a hat",
    )
    says(
        "models/styleclip",
        ko="받아들이는 것은 첫째와 넷째다",
        en="The first and the fourth are accepted",
    )

    refused = ("흑발", "노란", "여자", "머리긴 사람", "파랗고 긴 머리", "not a hat")
    assert [text for text in refused if not captions.tokenize(text)[1]] == []
    accepted = ("긴머리", "빨간 모자", "파란", "안경쓴", "수염난")
    assert [text for text in accepted if captions.tokenize(text)[1]] == []


def test_the_captions_on_the_page_are_those_of_one_face(root, faces):
    own, _ = faces
    written = {text.replace("|", "") for text in captions.captions(own[0], 8, seed=0)}

    for language in ("ko", "en"):
        page = (root / f"docs/{language}/models/styleclip.md").read_text(encoding="utf-8")
        (block,) = re.findall(r"^```text\n(2 단계.*?)^```", page, re.MULTILINE | re.DOTALL)
        assert set(block.splitlines()) <= written


@pytest.mark.slow
def test_a_red_hat_is_taken_for_red_hair_and_a_hat(clip, faces):
    says(
        "models/styleclip",
        ko="가장 가까운 50장을 보면 거의 모두 빨간 머리에 모자를 썼고, 모자의 색은 제각각이다",
        en=(
            "nearly all of the 50 nearest to these words have red hair and a hat, and hats of all "
            "colours"
        ),
    )
    own, images = faces
    with torch.inference_mode():
        point = F.normalize(clip.text(captions.tokens_of(["빨간 모자"])), dim=1)
        cosines = F.normalize(clip.visual(images), dim=1) @ point[0]
    nearest = cosines.topk(50).indices.tolist()

    meant = [own[i]["hair_color"] == "red" and own[i]["hat"] == "yes" for i in nearest]
    hats = {load_faces("test").options[i]["hatColor"] for i in nearest}
    assert sum(meant) > 45
    assert len(hats) > 4


@pytest.mark.slow
def test_captions_are_found_but_for_green_hair_under_hats(clip, faces):
    says(
        "models/styleclip",
        ko=(
            "거의 모든 얼굴이 제 설명을 찾고, 두 언어의 차이는 작다. …가장 많이 틀리는 것은 "
            "머리색이다"
        ),
        en=(
            "Nearly all faces find their own caption, and the languages differ little. …What is "
            "wrong most often is the hair colour"
        ),
    )
    says(
        "models/styleclip",
        ko=(
            "틀린 것은 모두 초록 머리에 모자이고, 거의 다 초록 머리를 짙은 금발이나 연갈색으로 "
            "읽은 것이다"
        ),
        en=(
            "All mistakes are green hair with a hat, and in nearly all green is read as dark "
            "blonde or light brown"
        ),
    )
    own, images = faces
    found = metrics("clip")

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


@pytest.mark.slow
def test_noise_over_pixels_fools_clip_and_mostly_the_classifier_too(clip):
    says(
        "models/styleclip",
        ko="따로 배운 분류기까지 대부분 속는다",
        en="the classifier, trained separately, is mostly fooled, too",
    )
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
        (-F.cosine_similarity(clip.visual(pixels), point)).sum().backward()
        optimizer.step()
    moved = pixels.detach().clamp(-1, 1)

    with torch.no_grad():
        before, after = (F.cosine_similarity(clip.visual(x), point).mean() for x in (faces, moved))
    assert after > before + 0.2
    assert readings.read(judge, faces)[1]["glasses"].sum() == 0
    assert readings.read(judge, moved)[1]["glasses"].sum() >= 3


def test_the_curve_falls_steeply_and_then_slowly_and_not_to_zero():
    says(
        "models/styleclip",
        ko="256장 가운데서 찍으면 손실은 log 256 ≈ 5.55다",
        en="Guessing among 256 would cost log 256 ≈ 5.55",
    )
    says(
        "models/styleclip",
        ko=(
            "400라운드쯤까지 가파르게, 그 뒤로는 끝까지 천천히 내려간다. 그리고 0에서 멀찍이 "
            "떨어진 데서 멈춘다"
        ),
        en=(
            "falls steeply up to round 400 or so, and then slowly to the end. There it stays, well "
            "above 0"
        ),
    )
    losses = curve("clip", "encoders")

    assert losses[50] == pytest.approx(5.55, abs=0.2)
    assert losses[50] - losses[400] > 4 * (losses[400] - losses[3000])
    assert losses[3000] > 1


def test_how_far_steps_reach():
    says(
        "models/styleclip",
        ko="300라운드의 학습률을 다 더하면 25.5다",
        en="Added up over 300 rounds they come to 25.5",
    )
    assert sum(0.1 * lr_ramp(step, 300) for step in range(300)) == pytest.approx(25.5)
    assert sum(0.1 * lr_ramp(step, 100) for step in range(100)) == pytest.approx(8.5)
    assert lr_ramp(0, 300) == 0
