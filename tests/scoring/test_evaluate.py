"""What is measured of a model depends on its data; the rest is refused."""

import pytest
import torch
import torchmetrics.image.fid
from PIL import Image
from torch import nn

from gan_minimal import data, models, zoo
from gan_minimal.data.hangul32 import compose, held_out, load_hangul
from gan_minimal.data.voxel64 import ATTRIBUTES
from gan_minimal.errors import UserError
from gan_minimal.scoring import evaluate as scoring
from gan_minimal.scoring import faces
from gan_minimal.scoring.distances import inception_distance
from gan_minimal.scoring.evaluate import evaluate
from gan_minimal.scoring.hangul import letters_of, some
from gan_minimal.scoring.readings import read_rightly

JAMO = "hangul32-jamo"


class Copier(nn.Module):
    """Draws real pictures: the best that a generator can do."""

    def __init__(self, dataset: str = "faces16") -> None:
        super().__init__()
        self.dataset = dataset

    def sample(self, n: int) -> torch.Tensor:
        return data.tensors(self.dataset, "train")[0][-n:]


@pytest.fixture
def fewer(monkeypatch):
    monkeypatch.setattr(scoring, "SAMPLES", 512)


@pytest.mark.usefixtures("fewer")
@pytest.mark.slow
def test_real_faces_score_at_the_floor_and_tolerances_allow_for_rounding():
    scores = evaluate(Copier(), "faces16")

    assert scores["fid"]["value"] < 2 * scores["fid"]["floor"]
    for name, score in scores.items():
        assert score.keys() == {"value", "floor", "tolerance"}, name
        expected = scoring.RELATIVE * abs(score["value"]) + scoring.ABSOLUTE
        assert score["tolerance"] == pytest.approx(expected, rel=1e-3)
        assert all(number == float(f"{number:.4g}") for number in score.values())


@pytest.mark.slow
@pytest.mark.usefixtures("fewer")
def test_real_characters_score_at_the_floor_and_repeated_ones_do_not(monkeypatch):
    monkeypatch.setattr(faces, "SAMPLES", 500)  # reading characters takes a while
    copier = Copier("voxel64")
    copied = evaluate(copier, "voxel64")
    monkeypatch.setattr(
        copier, "sample", lambda n: Copier("voxel64").sample(n)[:8].repeat(64, 1, 1, 1)
    )
    repeated = evaluate(copier, "voxel64")

    assert copied["fid"]["value"] < 1.5 * copied["fid"]["floor"]
    assert repeated["fid"]["value"] > 10 * repeated["fid"]["floor"]
    assert {name for name in copied if name.startswith("tv_")} == {f"tv_{x}" for x in ATTRIBUTES}
    assert max(copied[f"tv_{name}"]["value"] for name in ATTRIBUTES) < 0.12
    assert copied["near_duplicates"]["value"] < 0.05
    assert repeated["near_duplicates"] == copied["near_duplicates"] | {
        "value": 1,
        "tolerance": 0.025,
    }


class Scribe(nn.Module):
    """Writes each syllable as one of the fonts has it: the best that a CGAN of Hangul can do."""

    def __init__(self, fonts: int) -> None:
        super().__init__()
        glyphs = [load_hangul(split) for split in ("train", "test")]
        self.fonts = fonts
        self.images = torch.cat([g.images for g in glyphs]).float() / 127.5 - 1
        letters = [torch.stack([g.cho, g.jung, g.jong, g.font], dim=1) for g in glyphs]
        self.place = {tuple(row): i for i, row in enumerate(torch.cat(letters).tolist())}

    def sample(self, n: int, labels: torch.Tensor) -> torch.Tensor:
        fonts = torch.randint(self.fonts, (n,)).tolist()
        rows = zip(labels.tolist(), fonts, strict=True)
        return self.images[[self.place[*letters, font] for letters, font in rows]]


@pytest.mark.slow
@pytest.mark.parametrize(("fonts", "changes", "variation"), [(5, 0.8, 0.0), (1, 0.0, 0.8)])
def test_real_glyphs_are_read_and_their_hands_are_told_apart(fonts, changes, variation):
    scores = {name: score["value"] for name, score in evaluate(Scribe(fonts), JAMO).items()}

    assert min(scores["read_seen"], scores["read_unseen"]) >= 0.98
    assert scores["letters_kept"] >= 0.98
    assert scores["hand_changes"] == pytest.approx(changes, abs=0.05)
    assert scores["tv_hand"] == pytest.approx(variation, abs=0.05)


@pytest.mark.slow
def test_wrong_letters_are_not_read_as_asked():
    judge = zoo.load("jamo")
    labels = letters_of("test")
    images = Scribe(1).sample(len(labels), labels)
    other = labels.clone()
    other[:, 2] = (other[:, 2] + 1) % 28

    assert read_rightly(judge, images, labels).double().mean() >= 0.98
    assert not read_rightly(judge, images, other).any()


def test_as_many_syllables_of_training_as_held_out_ones_are_asked_for():
    seen, unseen = (
        {compose(*letters) for letters in letters_of(split).tolist()} for split in ("train", "test")
    )

    assert unseen == held_out()
    assert len(seen) == len(unseen)
    assert not seen & unseen


def test_the_reader_of_hangul_reads_every_font():
    """98 % of the syllables that it has never seen, in each of the five hands."""
    metrics = zoo.read("jamo")["metrics"]

    fonts = {name: score["value"] for name, score in metrics.items() if name.startswith("font_")}
    assert len(fonts) == 5
    assert min(fonts.values()) >= 0.98


@pytest.mark.usefixtures("fewer")
@pytest.mark.slow
def test_scoring_twice_gives_the_same():
    model = models.build("gan", **models.preset("gan")["model"])

    first = evaluate(model, "faces16")
    torch.randn(10)

    assert evaluate(model, "faces16") == first
    assert first["fid"]["value"] > 20 * first["fid"]["floor"]  # noise is no face


def test_data_that_nothing_is_measured_on_are_refused(tmp_path):
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    for side in ("a", "b"):
        Image.new("RGB", (16, 16)).save(tmp_path / side / "1.png")
    with pytest.raises(UserError, match=r"Nothing is measured on .*, but on faces16, .*folders"):
        evaluate(Copier(), str(tmp_path))


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
    test = data.tensors("faces16", "test")[0]
    real = (test[:: len(test) // scoring.SAMPLES] + 1) / 2  # from all over it
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

    with pytest.raises(UserError, match="reads images of 16x16 pixels, and the model draws 32x32"):
        evaluate(model, "faces16")


def test_images_are_picked_at_random_once_each_and_the_same_every_time():
    images = torch.arange(30.0)[:, None, None, None]

    picked = some(images, 10)

    assert len(set(picked.flatten().tolist())) == 10
    assert torch.equal(picked, some(images, 10))
    assert not torch.equal(picked, some(images, 10, seed=1))
    assert len(some(images, 100)) == 30
