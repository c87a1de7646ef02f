"""A real CLIP by way of open_clip: any image has a point, and nobody needs the internet for a test.

Its weights are random here, so that nothing is downloaded; what it makes of faces is not tested.
"""

import socket
import sys
from collections.abc import Iterator
from typing import Any

import pytest
import torch

from gan_minimal import models
from gan_minimal.editing import styleclip
from gan_minimal.editing.openclip import OpenCLIP
from gan_minimal.errors import UserError
from gan_minimal.models.styleclip import PRESETS

TINY = {"latent": 8, "style": 8, "fmap_base": 64, "fmap_max": 8, "rounds": 0}


def refuse(*_: object, **__: object) -> None:
    raise OSError("the network is unreachable")


@pytest.fixture(autouse=True)
def offline(monkeypatch) -> None:
    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(scope="module")
def clip() -> Iterator[OpenCLIP]:
    """ViT-B-32 with random weights, made without a network."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", refuse)
        patch.setattr(socket, "getaddrinfo", refuse)
        torch.manual_seed(0)
        yield OpenCLIP("ViT-B-32", weights=None)


@pytest.mark.slow
def test_it_is_the_network_of_the_paper(clip):
    assert sum(p.numel() for p in clip.model.parameters()) == 151_277_313
    assert clip.size == 224
    assert clip.tokenizer.context_length == 77
    assert not clip.model.training
    assert not any(p.requires_grad for p in clip.model.parameters())


@pytest.mark.slow
@pytest.mark.parametrize("shape", [(2, 3, 16, 16), (1, 1, 64, 64), (1, 3, 300, 200)])
def test_images_of_any_size_have_points_grey_ones_too(shape, clip):
    with torch.no_grad():
        points = clip.encode_image(torch.rand(shape) * 2 - 1)

    assert points.shape == (shape[0], 512)
    assert points.isfinite().all()


@pytest.mark.slow
def test_images_are_brought_to_the_range_that_clip_knows(clip, monkeypatch):
    """White is (1 - mean) / deviation of the photographs that the authors trained with."""
    seen: list[torch.Tensor] = []
    monkeypatch.setattr(clip.model, "encode_image", lambda x: seen.append(x) or x[:, 0, 0])

    clip.encode_image(torch.ones(1, 1, 16, 16))
    clip.encode_image(-torch.ones(1, 3, 300, 300))

    white, black = (x[0, :, 100, 100].tolist() for x in seen)
    mean, deviation = (0.48145466, 0.4578275, 0.40821073), (0.26862954, 0.26130258, 0.27577711)
    pairs = list(zip(mean, deviation, strict=True))
    assert white == pytest.approx([(1 - m) / d for m, d in pairs], rel=1e-5)
    assert black == pytest.approx([-m / d for m, d in pairs], rel=1e-5)
    assert all(x.shape == (1, 3, 224, 224) for x in seen)


@pytest.mark.slow
def test_an_image_learns_which_way_to_go(clip):
    images = (torch.rand(2, 3, 16, 16) * 2 - 1).requires_grad_()

    clip.encode_image(images)[0].sum().backward()

    assert images.grad.isfinite().all()
    assert images.grad[0].any(dim=0).all()  # every pixel of its own
    assert not images.grad[1].any()


@pytest.mark.slow
def test_sentences_have_points(clip):
    points = clip.encode_text(["a face with glasses", "A face with glasses", "a dog"])

    assert points.shape == (3, 512)
    assert not points.requires_grad
    assert torch.allclose(points[0], points[1], atol=1e-4)  # upper case does not count
    assert not torch.allclose(points[0], points[2], atol=1e-2)


@pytest.mark.slow
def test_stylegan_is_edited_with_it(clip, monkeypatch):
    monkeypatch.setitem(PRESETS, "tiny", PRESETS["paper"] | {"model": {"rounds": 2}})
    model = models.build("stylegan", size=16, **TINY).eval()

    (edited,) = styleclip.edit(model, clip, ["a smile"], *styleclip.seeded(model, 7), frames=3)

    assert edited.way.shape == (3, 3, 16, 16)
    assert not torch.equal(edited.way[0], edited.way[2])
    assert -1 <= edited.before <= 1
    assert -1 <= edited.after <= 1


@pytest.mark.parametrize(
    ("name", "weights", "complaint"),
    [
        ("ViT-X", "openai", "open_clip has not got ViT-X with the weights 'openai' ("),
        ("ViT-X", None, "open_clip has not got ViT-X with the weights None ("),
        ("ViT-B-32", "none", "open_clip has not got ViT-B-32 with the weights 'none' ("),
    ],
)
def test_unknown_models_and_weights_are_refused_in_a_sentence(name, weights, complaint, capfd):
    with pytest.raises(UserError) as refused:
        OpenCLIP(name, weights)

    assert str(refused.value).startswith(complaint)
    assert len(str(refused.value)) < 250
    assert "\n" not in str(refused.value)
    assert capfd.readouterr().err == ""


def built_with(monkeypatch: pytest.MonkeyPatch, name: str, weights: str | None) -> dict[str, Any]:
    """What open_clip is asked for; it cannot download anything."""
    import open_clip

    asked: dict[str, Any] = {}

    def create(*_: object, **given: Any) -> None:
        asked.update(given)
        raise OSError("We could not connect.\nCheck your connection. Or try again")

    monkeypatch.setattr(open_clip, "create_model", create)
    with pytest.raises(UserError, match=r"\(We could not connect\)\. They are downloaded at"):
        OpenCLIP(name, weights)
    return asked


@pytest.mark.parametrize(
    ("name", "weights", "quick"),
    [
        ("ViT-B-32", "openai", True),  # open_clip would take the usual GELU, and only warn
        ("ViT-L-14", "openai", True),
        ("ViT-B-32", "laion2b_s34b_b79k", False),
        ("ViT-B-32", None, False),
    ],
)
def test_weights_get_the_activation_that_they_were_trained_with(name, weights, quick, monkeypatch):
    asked = built_with(monkeypatch, name, weights)

    assert asked == {"pretrained": weights, "force_quick_gelu": quick}


def test_the_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "open_clip", None)

    with pytest.raises(
        UserError, match=r"needs one more package: pip install 'gan-minimal\[clip\]'"
    ):
        OpenCLIP()
