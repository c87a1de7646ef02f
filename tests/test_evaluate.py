"""What is measured of a model depends on its data; the rest is refused."""

import pytest
import torch
import torchmetrics.image.fid
from torch import nn

from gan_minimal import evaluate as scoring
from gan_minimal import models
from gan_minimal.errors import UserError
from gan_minimal.evaluate import evaluate, images_of
from gan_minimal.metrics import inception_distance


class Copier(nn.Module):
    """Draws real faces: the best that a generator of faces can do."""

    def sample(self, n: int) -> torch.Tensor:
        return images_of("faces16", "train")[-n:]


@pytest.fixture
def fewer(monkeypatch):
    monkeypatch.setattr(scoring, "SAMPLES", 512)


@pytest.mark.usefixtures("fewer")
def test_real_faces_score_at_the_floor_and_tolerances_allow_for_rounding():
    scores = evaluate(Copier(), "faces16")

    assert scores["fid"]["value"] < 2 * scores["fid"]["floor"]
    for name, score in scores.items():
        assert score.keys() == {"value", "floor", "tolerance"}, name
        expected = scoring.RELATIVE * abs(score["value"]) + scoring.ABSOLUTE
        assert score["tolerance"] == pytest.approx(expected, rel=1e-3)
        assert all(number == float(f"{number:.4g}") for number in score.values())


@pytest.mark.usefixtures("fewer")
def test_scoring_twice_gives_the_same():
    model = models.build("gan", **models.preset("gan")["model"])

    first = evaluate(model, "faces16")
    torch.randn(10)

    assert evaluate(model, "faces16") == first
    assert first["fid"]["value"] > 20 * first["fid"]["floor"]  # noise is no face


def test_data_without_a_judge_is_refused():
    with pytest.raises(UserError, match=r"Nothing is measured on 'mnist': .* faces16"):
        evaluate(Copier(), "mnist")


class Inception:
    """Stands in for torchmetrics' distance, whose network has to be downloaded."""

    def __init__(self, feature: int, normalize: bool) -> None:
        assert (feature, normalize) == (2048, True)
        self.seen = {True: [], False: []}

    def update(self, images: torch.Tensor, real: bool) -> None:
        self.seen[real].append(images)

    def compute(self) -> torch.Tensor:
        real, drawn = (torch.cat(self.seen[kind]) for kind in (True, False))
        assert real.shape == drawn.shape == (scoring.SAMPLES, 3, 16, 16)
        assert drawn.min() >= 0  # torchmetrics wants images in [0, 1]
        assert drawn.max() == 1
        return (real - drawn).square().mean()


@pytest.mark.usefixtures("fewer")
def test_inception_gets_as_many_drawn_images_as_real_ones(monkeypatch):
    monkeypatch.setattr(torchmetrics.image.fid, "FrechetInceptionDistance", Inception)
    real = (images_of("faces16", "test")[: scoring.SAMPLES] + 1) / 2
    drawn = (Copier().sample(scoring.SAMPLES) + 1) / 2

    distance = scoring.inception(Copier(), "faces16")

    assert distance == pytest.approx((real - drawn).square().mean().item())


@pytest.mark.parametrize(
    ("error", "sentence"),
    [
        (ModuleNotFoundError("Torch-fidelity"), r"pip install 'gan-minimal\[inception\]'"),
        (OSError("<urlopen error>"), "weights of Inception-v3 could not be downloaded: <urlopen"),
    ],
)
def test_without_inception_there_is_a_sentence(error, sentence, monkeypatch):
    def fail(**_):
        raise error

    monkeypatch.setattr(torchmetrics.image.fid, "FrechetInceptionDistance", fail)

    with pytest.raises(UserError, match=sentence):
        inception_distance(torch.zeros(2, 3, 16, 16), torch.zeros(2, 3, 16, 16))


def test_what_draws_nothing_has_no_fid():
    with pytest.raises(UserError, match="Only a model that draws images has an FID"):
        scoring.inception(nn.Linear(1, 1), "faces16")


def test_images_of_another_size_are_refused():
    model = models.build("dcgan", size=32, width=4, latent=4)

    with pytest.raises(UserError, match="reads faces of 16x16 pixels, and the model draws 32x32"):
        evaluate(model, "faces16")
