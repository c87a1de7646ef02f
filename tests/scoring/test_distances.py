"""Distances against closed forms and an independent implementation, and what they are good for."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torchmetrics.image.fid import FrechetInceptionDistance
from torchmetrics.image.kid import KernelInceptionDistance

from gan_minimal import data, zoo
from gan_minimal.data.faces16 import load_faces
from gan_minimal.data.pixels import to_unit
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.scoring import distances, readings
from gan_minimal.scoring.distances import frechet_distance, kernel_distance, total_variation


def with_moments(mean: float, std: float, n: int = 6) -> torch.Tensor:
    """Numbers `(n, 1)` with exactly this mean and (unbiased) standard deviation."""
    signs = torch.tensor([1.0, -1.0]).repeat(n // 2)[:, None]
    return mean + std * signs * math.sqrt((n - 1) / n)


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ((0, 1), (3, 2), 10),  # 3² + (2 - 1)²
        ((0, 1), (0, 1), 0),
        ((5, 2), (5, 4), 4),
        ((-1, 3), (1, 3), 4),
        ((0, 0), (2, 1), 5),  # a single point has no spread
    ],
)
def test_frechet_distance_of_normal_distributions_on_a_line(one, other, distance):
    x, y = with_moments(*one), with_moments(*other, n=10)

    assert frechet_distance(x, y) == pytest.approx(distance, abs=1e-5)
    assert frechet_distance(y, x) == pytest.approx(distance, abs=1e-5)


def whitened(n: int, dimensions: int) -> torch.Tensor:
    """Features with mean 0 and the identity as covariance, exactly."""
    x = torch.randn(n, dimensions, dtype=torch.float64)
    x -= x.mean(0)
    return x @ torch.linalg.inv(torch.linalg.cholesky(torch.cov(x.T))).T


def test_frechet_distance_of_normal_distributions_in_space():
    x, y = whitened(200, 8), whitened(300, 8)

    assert frechet_distance(x, y) == pytest.approx(0, abs=1e-9)
    assert frechet_distance(x, y + 1) == pytest.approx(8)  # one for each dimension
    assert frechet_distance(x, 2 * y) == pytest.approx(8)  # 1 + 4 - 2 x 2 for each dimension


def test_frechet_distance_of_many_features_shifted_by_one():
    """As in the unit test of pytorch-fid: as many as there are features."""
    x = torch.randn(64, 512, dtype=torch.float64)

    assert frechet_distance(x, x + 1) == pytest.approx(512, rel=1e-6)


def test_frechet_distance_works_with_fewer_examples_than_features():
    """Where the usual formula ends in "Imaginary component": the covariances have no full rank."""
    x = torch.randn(10, 50)
    flat = torch.cat([torch.randn(10, 5), torch.zeros(10, 45)], dim=1)

    assert frechet_distance(x, x) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(x, x + 2) == pytest.approx(200, rel=1e-5)
    assert math.isfinite(frechet_distance(x, flat))
    assert frechet_distance(torch.zeros(3, 4), torch.zeros(5, 4)) == 0


@pytest.mark.parametrize(
    ("x", "y"),
    [((5,), (5,)), ((5, 3), (5, 4)), ((1, 3), (5, 3)), ((5, 3), (0, 3)), ((2, 2, 2),) * 2],
)
def test_frechet_distance_refuses_what_is_no_two_sets_of_features(x, y):
    with pytest.raises(ValueError, match="two sets"):
        frechet_distance(torch.zeros(x), torch.zeros(y))


class Flat(nn.Module):
    """Passes features on to torchmetrics, which expects a network and images."""

    num_features = 12

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x.float().flatten(1)[:, : self.num_features]


@pytest.fixture
def features() -> tuple[torch.Tensor, torch.Tensor]:
    mix = torch.randn(12, 12)
    return torch.randn(400, 12) @ mix, torch.randn(400, 12).exp() @ mix + 0.3


def test_frechet_distance_agrees_with_torchmetrics(features):
    oracle = FrechetInceptionDistance(feature=Flat())
    oracle.set_dtype(torch.float64)
    for x, real in zip(features, (True, False), strict=True):
        oracle.update(x, real=real)

    assert frechet_distance(*features) == pytest.approx(oracle.compute().item(), rel=1e-4)


@pytest.mark.filterwarnings("ignore:Metric `Kernel Inception Distance` will save")
def test_kernel_distance_agrees_with_torchmetrics(features):
    oracle = KernelInceptionDistance(feature=Flat(), subsets=1, subset_size=len(features[0]))
    for x, real in zip(features, (True, False), strict=True):
        oracle.update(x, real=real)

    assert kernel_distance(*features) == pytest.approx(oracle.compute()[0].item(), rel=1e-4)


def test_kernel_distance_of_equal_distributions_is_zero_on_average():
    """Also with few examples, where the Fréchet distance is far from zero."""
    values = torch.tensor(
        [kernel_distance(torch.randn(20, 4), torch.randn(30, 4)) for _ in range(400)]
    )

    error = values.std() / len(values) ** 0.5
    assert values.min() < 0 < values.max()
    assert abs(values.mean()) < 4 * error
    assert frechet_distance(torch.randn(20, 4), torch.randn(30, 4)) > 0.05


def test_kernel_distance_computed_by_hand():
    x, y = torch.tensor([[0.0], [1.0]]), torch.tensor([[1.0], [2.0]])

    # (xy + 1)³: within x 1, within y 27, across 1, 1, 8, 27
    assert kernel_distance(x, y) == pytest.approx(1 + 27 - 2 * (1 + 1 + 8 + 27) / 4)


@pytest.mark.parametrize(
    ("x", "y", "distance"),
    [
        ([0, 1, 2], [2, 1, 0], 0),
        ([0, 0], [1, 1, 1], 1),
        ([0, 0, 0, 1], [0, 1], 0.25),
        ([0, 1], [2, 3], 1),
        ([0, 1], [0, 2], 0.5),
    ],
)
def test_total_variation_of_histograms(x, y, distance):
    assert total_variation(torch.tensor(x), torch.tensor(y), 4) == pytest.approx(distance)


@given(st.lists(st.integers(0, 5), min_size=1), st.lists(st.integers(0, 5), min_size=1))
def test_total_variation_is_a_distance(x, y):
    x, y = torch.tensor(x), torch.tensor(y)
    distance = total_variation(x, y, 6)

    assert 0 <= distance <= 1 + 1e-6
    assert distance == pytest.approx(total_variation(y, x, 6))
    assert total_variation(x, x, 6) == 0
    # the largest difference that any set of values can have
    shares = [(x == v).float().mean() - (y == v).float().mean() for v in range(6)]
    assert distance == pytest.approx(sum(max(s.item(), 0) for s in shares), abs=1e-5)


def test_near_duplicates_are_images_that_are_nearly_there_already():
    """Of five images two are equal and one is 0.1 away from them: three of five have a twin."""
    far = torch.randn(5, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    far[1] = far[0]
    far[2] = far[0] + 0.1

    assert distances.near_duplicates(far) == pytest.approx(0.6)
    assert distances.near_duplicates(far, within=0.05) == pytest.approx(0.4)
    assert distances.near_duplicates(far[2:]) == 0
    assert distances.have_near_duplicates(far[[0, 3]], others=far[1:3]).tolist() == [True, False]


def test_faces_that_all_look_alike_are_all_near_duplicates():
    faces = data.tensors("faces16", "test")[0][:300]
    few = faces[:10].repeat(30, 1, 1, 1)

    assert distances.near_duplicates(faces) < 0.03
    assert distances.near_duplicates(few) == 1


def test_a_batch_more_or_less_does_not_change_the_judgement():
    judge = AttributeClassifier({"shape": 3}, size=8, width=4, features=6).eval()
    images = torch.randn(7, 3, 8, 8)

    features, read = readings.read(judge, images, batch=3)

    assert torch.allclose(features, judge.features(images), atol=1e-6)
    assert torch.equal(read["shape"], judge.read(images)["shape"])


def test_accuracy_is_the_share_that_is_read_as_labelled():
    judge = AttributeClassifier({"shape": 3}, size=8, width=4, features=6).eval()
    images = torch.randn(8, 3, 8, 8)
    wanted = judge.read(images)["shape"]
    wanted[:2] = (wanted[:2] + 1) % 3

    assert readings.accuracy(judge, images, {"shape": wanted}) == {"shape": 0.75}


@pytest.fixture(scope="module")
def judge() -> AttributeClassifier:
    return zoo.load("attributes")


@pytest.fixture(scope="module")
def faces() -> torch.Tensor:
    """A thousand real faces, to be damaged."""
    return data.tensors("faces16", "test")[0][1024:]


@pytest.fixture(scope="module")
def features_of_others(judge) -> tuple[torch.Tensor, torch.Tensor]:
    """The features of a thousand other real faces, and of a thousand more for the floor."""
    others = data.tensors("faces16", "test")[0][:1024], data.tensors("faces16", "train")[0][:1024]
    return tuple(readings.read(judge, images)[0] for images in others)


def blurred(images: torch.Tensor, times: int) -> torch.Tensor:
    for _ in range(times):
        padded = nn.functional.pad(images, (1, 1, 1, 1), mode="replicate")
        images = 0.5 * images + 0.5 * nn.functional.avg_pool2d(padded, 3, stride=1)
    return images


def dropped(images: torch.Tensor, colours: int) -> torch.Tensor:
    """Faces without the hair colours from `colours` on: the rest stands in for them."""
    kept = images[load_faces("test").attributes["hair_color"][1024:] < colours]
    return kept.repeat(-(-1024 // len(kept)), 1, 1, 1)[:1024]


DAMAGE = {
    "noise": lambda x, grade: (x + 0.25 * grade * torch.randn_like(x)).clamp(-1, 1),
    "blur": blurred,
    "dropped modes": lambda x, grade: dropped(x, (11, 7, 4, 1)[grade]),
}


@pytest.mark.parametrize("kind", DAMAGE)
@pytest.mark.slow
def test_graded_damage_of_real_faces_ranks_in_order(kind, judge, faces, features_of_others):
    real, more_real = features_of_others
    graded = [readings.read(judge, DAMAGE[kind](faces, grade))[0] for grade in range(4)]

    for distance in (frechet_distance, kernel_distance):
        floor = distance(more_real, real)
        values = [distance(features, real) for features in graded]
        assert values == sorted(values)
        assert values[0] < 2 * abs(floor) + 0.01  # no damage
        assert values[1] > 2 * abs(floor)  # the least damage is seen


@pytest.mark.slow
def test_scores_stand_beside_their_floor(judge, faces):
    """Here with dropped modes: they are seen in the histogram that they belong to."""
    real, more_real = (data.tensors("faces16", split)[0][:1024] for split in ("test", "train"))

    scores = readings.compare(judge, dropped(faces, 4), real, more_real)

    assert scores.keys() == {"fid", "kid"} | {f"tv_{name}" for name in judge.classes}
    assert scores["fid"]["value"] > 2 * scores["fid"]["floor"] > 0
    assert scores["kid"]["value"] > 2 * abs(scores["kid"]["floor"])
    missing = (load_faces("test").attributes["hair_color"][:1024] >= 4).double().mean().item()
    assert scores["tv_hair_color"]["value"] == pytest.approx(missing, abs=0.05)
    for name in judge.classes:
        assert scores[f"tv_{name}"]["floor"] < 0.1
    for name in judge.classes.keys() - {"hair_color"}:
        assert scores[f"tv_{name}"]["value"] < 0.15


@pytest.mark.slow
def test_real_faces_are_at_the_floor(judge, faces):
    real = data.tensors("faces16", "test")[0][:1024]

    scores = readings.compare(judge, real, real, faces)

    assert scores["fid"]["value"] == pytest.approx(0, abs=1e-6)
    assert all(scores[f"tv_{name}"]["value"] == 0 for name in judge.classes)


def test_classifier_reads_what_is_drawn(judge):
    """Well enough that a difference of histograms is one of the images, not of the classifier."""
    faces = load_faces("test")

    shares = readings.accuracy(judge, to_unit(faces.images), faces.attributes)

    recorded = zoo.read("attributes")["metrics"]
    for name, share in shares.items():
        assert share >= (0.95 if name == "hair_color" else 0.98), name
        assert share == pytest.approx(recorded[f"accuracy_{name}"]["value"], abs=0.002)
