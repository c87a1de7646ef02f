"""The classifier: one feature vector, and logits for each attribute."""

import math
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import nn

from gan_minimal import data, models
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.training import loop

CLASSES = {"shape": 3, "colour": 2}


def test_preset_knows_the_attributes_of_the_data_in_their_order():
    classes = models.preset("classifier")["model"]["classes"]

    assert list(classes) == list(ATTRIBUTES)
    assert list(classes.values()) == [len(attribute.values) for attribute in ATTRIBUTES.values()]


def test_every_attribute_has_its_logits_and_the_likeliest_is_read():
    model = AttributeClassifier(CLASSES, size=8, width=4, features=6).eval()
    images = torch.randn(5, 3, 8, 8)

    logits = model(images)

    assert {name: z.shape for name, z in logits.items()} == {"shape": (5, 3), "colour": (5, 2)}
    assert model.features(images).shape == (5, 6)
    for name, read in model.read(images).items():
        assert torch.equal(read, logits[name].argmax(1))


@pytest.mark.parametrize(("size", "widths"), [(4, []), (8, [5]), (32, [5, 10, 20])])
def test_layers_widen_as_images_shrink_to_4x4(size, widths):
    model = AttributeClassifier(CLASSES, size=size, channels=1, width=5)

    convolutions = [layer for layer in model.body if isinstance(layer, nn.Conv2d)]
    channels = [(layer.in_channels, layer.out_channels) for layer in convolutions]
    expected = [[(a, b), (b, b)] for a, b in pairwise([1, *widths])]
    assert channels == [each for block in expected for each in block]
    (last,) = (layer for layer in model.body if isinstance(layer, nn.Linear))
    assert last.in_features == (widths or [1])[-1] * 4 * 4
    assert model.features(torch.zeros(2, 1, size, size)).shape == (2, 64)


def test_an_example_is_an_image_and_a_number_for_each_attribute():
    model = AttributeClassifier(CLASSES, size=8, width=4)
    images, shape, colour = torch.randn(2, 3, 8, 8), torch.tensor([0, 2]), torch.tensor([1, 0])

    assert model.example == (3, 0, 0) == tuple(x[0].dim() for x in (images, shape, colour))
    list(model.step((images, shape, colour)))  # one label more or less is refused
    with pytest.raises(ValueError, match="zip"):
        list(model.step((images, shape)))


def test_features_are_standardised_on_what_it_was_trained_on():
    model = AttributeClassifier(CLASSES, size=8, width=4, features=6)

    features = model.features(torch.randn(64, 3, 8, 8))

    assert features.mean(0).abs().max() < 1e-5
    assert torch.allclose(features.var(0, unbiased=False), torch.ones(6), atol=1e-3)


def test_loss_is_the_sum_of_the_attributes_losses():
    model = AttributeClassifier(CLASSES, size=8, width=4).eval()
    images, shape, colour = (
        torch.randn(4, 3, 8, 8),
        torch.tensor([0, 1, 2, 0]),
        torch.ones(4).long(),
    )

    [(player, loss)] = model.step((images, shape, colour))

    logits = model(images)
    expected = F.cross_entropy(logits["shape"], shape) + F.cross_entropy(logits["colour"], colour)
    assert player == "classifier"
    assert loss.item() == pytest.approx(expected.item())


@pytest.mark.parametrize(
    ("step", "share"), [(0, 0), (15, 0.5), (30, 1), (65, 0.5), (100, 0), (200, 0)]
)
def test_learning_rate_rises_and_falls_once(step, share):
    model = AttributeClassifier(CLASSES, size=8, width=4, lr=0.01, steps=100)
    optimizers = model.optimizers()

    model.schedule(step, optimizers)

    assert optimizers["classifier"].param_groups[0]["lr"] == pytest.approx(0.01 * share)


@pytest.mark.slow
def test_it_learns_what_it_is_shown():
    arguments = models.preset("classifier")["model"] | {"width": 8, "steps": 100}
    settings = loop.Settings(data="faces16-labels", batch=64, steps=100)
    run = loop.new("classifier", arguments, settings)

    loop.train(run, data.load(settings.data), settings, quiet=True)

    begins, ends = run.losses.players["classifier"]
    chance = sum(math.log(values) for values in arguments["classes"].values())
    assert begins < 1.1 * chance
    assert ends < 0.8 * begins
