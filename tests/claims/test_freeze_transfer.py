"""The claim about frozen layers freezes what it says and probes what it says."""

from dataclasses import replace

import pytest
import torch
from torch.utils.data import TensorDataset

from gan_minimal import claims, models, zoo
from gan_minimal.claims.freeze_transfer import measure
from gan_minimal.scoring import probes
from gan_minimal.scoring.hangul import some
from gan_minimal.training import loop


@pytest.fixture
def narrow(monkeypatch):
    """Let the recorded StyleGAN be a narrow one, and everything take two rounds."""
    load = zoo.load

    def recorded(name, *kind):
        if name != "stylegan":
            return load(name, *kind)
        preset = models.preset("stylegan")["model"]
        return models.build("stylegan", **preset | {"fmap_base": 64, "fmap_max": 16}).eval()

    monkeypatch.setattr(zoo, "load", recorded)
    monkeypatch.setattr(measure, "JUDGED", 2)
    monkeypatch.setattr(measure, "ROUNDS", 2)


def moved(before, after):
    """Return the names of the weights that are not what they were."""
    now = dict(after.named_parameters())
    return {name for name, x in before.named_parameters() if not torch.equal(x, now[name])}


def test_the_discriminator_learns_alone(narrow):
    before = measure.begun(10)[0].model

    after, _ = measure.judged(10)

    names = moved(before, after)
    assert names
    assert all(name.startswith("discriminator.") for name in names)
    assert after.growth(0) == (after.last, 1.0)  # it begins at the full size, and stays


@pytest.mark.parametrize("frozen", [False, True])
def test_frozen_layers_do_not_move_and_all_others_do(narrow, frozen):
    model, settings = measure.judged(10)
    few = TensorDataset(some(measure.domain("hangul", "train"), measure.FEW))

    run = measure.tuning(model, settings, frozen)
    loop.train(run, few, settings, quiet=True)

    names = moved(model, run.model)
    lower = {n for n, _ in model.named_parameters() if n.startswith("discriminator.from_rgb.2.")}
    lower |= {n for n, _ in model.named_parameters() if n.startswith("discriminator.blocks.1.")}
    assert len(lower) == 6  # weights and biases of three convolutions
    assert lower & names == (set() if frozen else lower)
    free = ("blocks.0.", "final.", "score.")
    for part in (*(f"discriminator.{part}" for part in free), "generator.layers.5."):
        assert {n for n, _ in model.named_parameters() if n.startswith(part)} <= names
    assert all(p.requires_grad for p in model.parameters())  # a copy was tuned


def test_both_arms_begin_alike(narrow):
    model, settings = measure.judged(10)
    few = TensorDataset(some(measure.domain("maps", "train"), measure.FEW))
    settings = replace(settings, steps=1)
    first = []
    for frozen in (False, True):
        run = loop.train(measure.tuning(model, settings, frozen), few, settings, quiet=True)
        first.append(run.losses.window["discriminator"])

    assert first[0] == first[1]  # the same weights, images and noise


def test_domains_are_images_in_colours():
    for name, n in (("maps", 2048), ("hangul", 235)):
        images = measure.domain(name, "test")

        assert images.shape == (n, 3, 16, 16)
        assert images.max() == 1
        assert -1 <= images.min() < -0.7


def test_features_are_those_that_the_next_layer_sees(narrow):
    discriminator = measure.begun(10)[0].model.discriminator
    images = torch.randn(8, 3, 16, 16)

    found = probes.features(discriminator, images)

    assert tuple(found) == measure.DEPTHS
    assert [each.shape[1] // 16 for each in found.values()] == [8, 16, 16]
    last = found[4].reshape(8, -1, 4, 4)
    scores = discriminator.score(discriminator.final(last)).flatten()
    assert torch.allclose(scores, discriminator(images, 2), atol=1e-5)
    first = discriminator.from_rgb[-1](images)
    assert torch.allclose(found[16][0, 0], first[0, 0, :4, :4].mean(), atol=1e-6)


@pytest.mark.nightly
def test_it_measures_what_it_labels(narrow, measured_small):
    values = measured_small(measure)

    shares = [share for name in values if name[-2:] in ("16", "_8", "_4") for share in values[name]]
    assert len(shares) == (7 + 2) * 3 * 3  # each attribute, and their means after and before
    assert all(0 <= share <= 1 for share in shares)
    assert len(measure.opening()) == 12


def test_freezing_helps_with_brushed_hangul_and_not_always_with_maps():
    found = claims.read(measure.CLAIM)["values"]

    pairs = {
        name: zip(found[f"{name}_frozen"], found[f"{name}_full"], strict=True)
        for name in measure.FEATURES
    }
    assert all(frozen < 0.9 * full for frozen, full in pairs["hangul"])
    assert sorted(frozen > 1.05 * full for frozen, full in pairs["maps"]) == [False, True, True]


def test_probes_read_skin_best_at_full_size_and_mouths_only_further_down():
    found = claims.read(measure.CLAIM)["values"]

    for skin in zip(*(found[f"skin_{size}"] for size in measure.DEPTHS), strict=True):
        assert list(skin) == sorted(skin, reverse=True)
    mouths = zip(*(found[f"mouth_{size}"] for size in measure.DEPTHS), strict=True)
    assert all(eight > four > 0.9 for _, eight, four in mouths)
    guessing = zip(found["mouth_16"], found["mouth_common"], strict=True)
    assert all(abs(read - common) < 0.02 for read, common in guessing)
    for size in measure.DEPTHS:
        learned = zip(found[f"mean_{size}"], found[f"fresh_{size}"], strict=True)
        assert all(after - before < 0.03 for after, before in learned)
