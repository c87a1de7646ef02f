"""What is measured of images that no classifier reads: noise, copies, folders of one's own."""

import pytest
import torch
from PIL import Image
from torch import nn

from gan_minimal import data
from gan_minimal.errors import UserError
from gan_minimal.scoring import untrained
from gan_minimal.scoring.evaluate import evaluate, some_images


class Drawing(nn.Module):
    """Draws the images it was given, one after the other and again from the start."""

    def __init__(self, images: torch.Tensor) -> None:
        super().__init__()
        self.images, self.drawn = images, 0

    def sample(self, n: int) -> torch.Tensor:
        first, self.drawn = self.drawn, self.drawn + n
        return self.images[[i % len(self.images) for i in range(first, first + n)]]


@pytest.fixture
def fewer(monkeypatch):
    monkeypatch.setattr(untrained, "SAMPLES", 200)


@pytest.fixture
def folder(tmp_path):
    """60 photographs of 16 pixels in train, 20 others in test."""
    images = ((data.tensors("faces16")[0][:80] + 1) * 127.5).byte().permute(0, 2, 3, 1).numpy()
    for i, image in enumerate(images):
        place = tmp_path / "photos" / ("train" if i < 60 else "test")
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(image).save(place / f"{i:03}.png")
    return tmp_path / "photos"


def test_the_network_is_the_same_everywhere_and_keeps_the_variance():
    kernels = untrained.kernels()

    assert [tuple(kernel.shape) for kernel in kernels] == [(32, 3, 3, 3), *[(32, 32, 3, 3)] * 3]
    assert kernels[0].flatten()[:3].tolist() == pytest.approx(
        [-0.30046, -0.30754, -0.06687], abs=1e-4
    )
    for kernel in kernels[1:]:
        assert kernel.var().item() * 32 * 9 == pytest.approx(2 / 1.04, rel=0.05)


def test_features_are_mean_and_deviation_of_every_channel():
    black = torch.full((2, 1, 16, 16), -1.0)
    seen = untrained.features(black).view(2, 4, 2, 32)

    assert torch.equal(seen[0], seen[1])
    first = untrained.kernels()[0].sum(dim=(1, 2, 3)) * -1
    expected = torch.nn.functional.leaky_relu(first, 0.2)
    assert torch.allclose(seen[0, 0, 0], expected, atol=1e-5)
    assert seen[0, :, 1].abs().max() < 1e-5  # an even image is even everywhere


@pytest.mark.parametrize("size", [4, 16, 100])
def test_images_of_all_sizes_and_greys_have_features(size):
    images = torch.rand(3, 1, size, size) * 2 - 1

    seen = untrained.features(images)

    assert seen.shape == (3, 256)
    assert torch.allclose(seen, untrained.features(images.expand(-1, 3, -1, -1)))
    assert seen.isfinite().all()


@pytest.mark.slow
@pytest.mark.usefixtures("fewer")
def test_copies_are_told_and_noise_is_far():
    row = data.find("faces16")
    learned = some_images(data.load("faces16"), 200)
    unseen = data.tensors("faces16", "test")[0][5::10][:200]  # others than those compared with
    drawings = learned, unseen, torch.randn(200, 3, 16, 16).clamp(-1, 1)
    copied, fresh, noise = (untrained.score(Drawing(images), row) for images in drawings)

    assert copied["copies"]["value"] == 1
    assert copied["untrained_fid"]["value"] == pytest.approx(copied["untrained_fid"]["floor"])
    assert fresh["copies"]["value"] < 0.2
    assert fresh["untrained_fid"]["value"] < 2 * fresh["untrained_fid"]["floor"]
    assert abs(fresh["untrained_kid"]["value"]) < 0.01
    assert noise["untrained_fid"]["value"] > 20 * noise["untrained_fid"]["floor"]
    assert noise["copies"]["value"] == 0


def test_a_folder_is_measured_by_its_test_images(folder):
    learned = data.load(folder, "train", 16)
    scores = evaluate(Drawing(torch.stack([learned[i][0] for i in range(60)])), str(folder))

    assert set(scores) == {"untrained_fid", "untrained_kid", "copies"}
    assert scores["copies"]["value"] == 1
    assert scores["copies"]["floor"] < 0.3


@pytest.mark.usefixtures("fewer")
def test_copies_are_found_wherever_they_lie_in_the_data():
    row, faces = data.find("faces16"), data.tensors("faces16")[0]

    scores = untrained.score(Drawing(faces[777:787]), row)

    assert scores["copies"]["value"] == 1


def test_images_from_all_over_a_folder_are_compared(tmp_path, monkeypatch):
    """Its first class alone would be far from both classes."""
    monkeypatch.setattr(untrained, "SAMPLES", 8)
    for kind, grey in (("black", 0), ("white", 255)):
        (tmp_path / kind).mkdir()
        for i in range(20):
            Image.new("RGB", (16, 16), (grey, grey, grey)).save(tmp_path / kind / f"{i}.png")

    drawing = Drawing(torch.stack([torch.full((3, 16, 16), x) for x in (-1.0, 1.0)]))

    scores = evaluate(drawing, str(tmp_path))
    assert scores["untrained_fid"]["value"] == pytest.approx(0, abs=1e-3)
    assert scores["copies"] == {"value": 1, "floor": 1, "tolerance": 0.025}


def test_all_are_drawn_though_in_batches(monkeypatch):
    asked = []
    model = Drawing(torch.zeros(1, 1, 4, 4))
    monkeypatch.setattr(model, "sample", lambda n: asked.append(n) or torch.zeros(n, 1, 4, 4))

    assert len(untrained.drawn_images(model, 120)) == 120
    assert asked == [50, 50, 20]


def test_a_folder_without_a_test_split_is_halved(folder):
    images = torch.rand(30, 1, 16, 16)

    scores = evaluate(Drawing(images), str(folder / "train"))

    assert scores["copies"]["value"] == 0
    assert scores["untrained_fid"]["value"] > 3 * scores["untrained_fid"]["floor"]


def test_what_translates_is_not_measured_so(folder):
    with pytest.raises(UserError, match="only models that draw images are measured"):
        evaluate(nn.Identity(), str(folder))
