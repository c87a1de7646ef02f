"""What is measured of a model depends on its data; the rest is refused."""

import pytest
import torch
from torch import nn

from gan_minimal import evaluate as scoring
from gan_minimal import models
from gan_minimal.errors import UserError
from gan_minimal.evaluate import evaluate, images_of


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


def test_images_of_another_size_are_refused():
    model = models.build("dcgan", size=32, width=4, latent=4)

    with pytest.raises(UserError, match="reads faces of 16x16 pixels, and the model draws 32x32"):
        evaluate(model, "faces16")
