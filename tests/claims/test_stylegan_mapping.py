"""What the claims about StyleGAN's spaces and domains measure is measured rightly."""

import math

import pytest
import torch

from gan_minimal import models
from gan_minimal.claims import _helpers
from gan_minimal.claims.stylegan_crisp import measure as crisp
from gan_minimal.claims.stylegan_mapping import measure as mapping
from gan_minimal.claims.stylegan_not_only_faces import measure as domains
from gan_minimal.editing import stylegan
from gan_minimal.models.stylegan import PIXEL_ART
from gan_minimal.scoring.hangul import some


def build(**changes):
    torch.manual_seed(0)
    preset = models.preset("stylegan")["model"] | {"rounds": 0}
    return models.build("stylegan", **preset | changes).eval()


@pytest.fixture
def in_two_rounds(monkeypatch):
    """Train for two rounds, in this process."""
    monkeypatch.setattr(_helpers, "STYLEGAN_ROUNDS", 2)
    monkeypatch.setattr("os.cpu_count", lambda: 1)


def test_the_path_length_of_a_linear_map_is_the_squared_length_of_its_way():
    a, b, weights = (
        torch.randn(shape, dtype=torch.float64) for shape in ((50, 4), (50, 4), (4, 9))
    )
    places = torch.rand(50, 1, dtype=torch.float64)

    found = mapping.path_length(lambda t: torch.lerp(a, b, t) @ weights, places)

    assert found == pytest.approx(((b - a) @ weights).square().sum(1).mean().item(), rel=1e-6)


def test_a_quarter_of_a_circle_is_walked_at_its_length():
    a, b = torch.eye(3, dtype=torch.float64)[:2].repeat_interleave(20, 0).chunk(2)
    places = torch.rand(20, 1, dtype=torch.float64)

    found = mapping.path_length(lambda t: 3 * stylegan.arc(5 * a, 7 * b, t), places)

    assert found == pytest.approx((3 * math.pi / 2) ** 2, rel=1e-6)


def test_steps_on_a_way_are_short_enough_and_not_yet_noise(monkeypatch):
    monkeypatch.setattr(mapping, "PAIRS", 100)
    found = mapping.path_lengths(build())
    monkeypatch.setattr(mapping, "STEP", 3e-5)

    assert mapping.path_lengths(build()) == pytest.approx(found, rel=0.02)


def test_without_a_mapping_a_style_is_the_latent_on_its_sphere(monkeypatch):
    monkeypatch.setattr(mapping, "FACES", 8)
    model = build(**mapping.changes(mapped=False))

    z, w, read = mapping.read_faces(model)

    assert list(model.generator.mapping.parameters()) == []
    assert torch.allclose(w, z * z.shape[1] ** 0.5, atol=1e-4)
    assert read.keys() == {"hair_length", "glasses", "hat", "beard", "mouth"}
    assert mapping.changes(mapped=True) == {}


@pytest.mark.slow
def test_the_mapping_measures_what_it_labels(monkeypatch, in_two_rounds):
    monkeypatch.setattr(mapping, "PAIRS", 8)
    monkeypatch.setattr(mapping, "FACES", 200)

    values = mapping.measure()

    assert values.keys() == mapping.CLAIM.words("en").labels.keys()
    assert {len(each) for each in values.values()} == {3}
    assert min(values["path_without"]) > 0
    assert min(values["separability_w"]) >= 1
    assert mapping.opening() == mapping.opening()


def test_what_never_changes_lowers_the_share_of_a_pixels_variance():
    noise = torch.randn(400, 1, 4, 4)
    half = noise.clone()
    half[:, :, :2] = 0.0  # the same in all images

    assert domains.variance_share(noise) == pytest.approx(1, abs=0.01)
    assert domains.variance_share(half) == pytest.approx(1, abs=0.01)  # no less beside its own mean
    half[:, :, :2] = 1.0
    assert domains.variance_share(half) == pytest.approx(0.5 / (0.5 + 0.25), abs=0.03)
    assert domains.variance_share(noise[:1].expand(9, -1, -1, -1)) == pytest.approx(0, abs=1e-12)


def test_real_images_of_both_domains_are_at_their_floors():
    floors = {name: domains.distance(name) for name in domains.SETS}

    assert all(0 < floor < 2 for floor in floors.values())
    assert domains.images("hangul", "test").shape == (1175, 1, 16, 16)
    assert domains.images("faces", "test").shape == (2048, 3, 16, 16)


def test_before_it_learns_a_network_is_far_from_hangul_and_draws_with_all_layers():
    model = _helpers.untrained_stylegan(10, "hangul32", channels=1)

    assert model.sample(2).shape == (2, 1, 16, 16)
    assert model.growth(int(model.generator.rounds_played)) == (2, 1.0)
    assert domains.untrained(10) > 5 * domains.distance("hangul")


def test_features_of_hangul_do_not_depend_on_the_number_of_channels():
    glyphs = domains.images("hangul", "test")[:4]

    found = _helpers.hangul_features(glyphs.repeat(1, 3, 1, 1))

    assert torch.allclose(found, _helpers.hangul_features(glyphs), atol=1e-5)


def test_images_are_picked_at_random_once_each_and_the_same_every_time():
    images = torch.arange(30.0)[:, None, None, None]

    picked = some(images, 10)

    assert len(set(picked.flatten().tolist())) == 10
    assert torch.equal(picked, some(images, 10))
    assert not torch.equal(picked, some(images, 10, seed=1))
    assert len(some(images, 100)) == 30


@pytest.mark.slow
def test_domains_measure_what_they_label(in_two_rounds):
    values = domains.measure()

    assert values.keys() == domains.CLAIM.words("en").labels.keys()
    assert {len(each) for each in values.values()} == {3}
    assert values["faces"][1] == values["faces_distance"][1] / values["faces_floor"][1]
    assert len(domains.opening()) == 8
    assert domains.opening() == domains.opening()


@pytest.mark.slow
def test_networks_that_smooth_and_that_do_not_begin_with_the_same_weights(in_two_rounds):
    smooth, sharp = (_helpers.stylegan_run(10, **each)[0].model for each in ({}, PIXEL_ART))
    values = crisp.measure()

    assert all(
        torch.equal(x, y) for x, y in zip(smooth.parameters(), sharp.parameters(), strict=True)
    )
    assert smooth.gamma == sharp.gamma == 10
    assert values.keys() == crisp.CLAIM.words("en").labels.keys()
    assert {len(each) for each in values.values()} == {3}
    assert set(values["smooth"]).isdisjoint(values["crisp"])
    assert len(crisp.opening()) == 8
    assert crisp.opening() == crisp.opening()
