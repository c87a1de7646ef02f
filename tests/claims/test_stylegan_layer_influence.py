"""The influence of a style on other layers is measured on the outputs of layers, one by one."""

import pytest
import torch

from gan_minimal.claims.stylegan_layer_influence import measure


@pytest.fixture
def found(stylegan, monkeypatch) -> torch.Tensor:
    """The influences of an untrained network on eight pairs of faces."""
    monkeypatch.setattr(measure, "PAIRS", 8)
    return measure.influence(stylegan, 0)


def test_no_style_changes_a_layer_before_its_own(found):
    assert torch.equal(found, found.triu())
    assert (found.triu() > 0).sum() == 6 * 7 / 2


def test_the_first_layer_is_changed_by_its_own_style_alone(found):
    assert found[0, 0] == pytest.approx(1)  # it begins from a constant


def test_the_last_style_changes_no_other_layer(stylegan, monkeypatch):
    influences = torch.arange(36.0).view(6, 6).triu()
    monkeypatch.setattr(measure, "influence", lambda _model, _seed: influences)

    scores = measure.scores(stylegan, 0)

    # layers 0 and 1: to the others 1 + 2 + 3 + 4 + 5 and 8 + 9 + 10 + 11, of five each
    assert scores["coarse"] == pytest.approx((15 + 38) / 10)
    assert scores["coarse_after"] == pytest.approx((15 + 38) / 9)
    assert scores["fine"] == pytest.approx(29 / 10)  # layer 4 to layer 5
    assert scores["fine_after"] == 29


def test_outputs_are_those_of_drawing_and_nothing_is_left_behind(stylegan):
    styles = torch.randn(2, 6, stylegan.generator.w_avg.numel())
    noise = stylegan.generator.noise(2)

    found = measure.outputs(stylegan, styles, noise)

    assert [each.shape[-1] for each in found] == [4, 4, 8, 8, 16, 16]
    drawn = stylegan.generator.to_rgb[-1](found[-1])
    assert torch.allclose(drawn, stylegan.draw(styles, noise), atol=1e-6)
    assert not any(layer._forward_hooks for layer in stylegan.generator.layers)


def test_it_measures_what_it_labels(measured_small):
    values = measured_small(measure, PAIRS=8)

    assert all(len(set(each)) > 1 for each in values.values())  # other faces each time
    assert all(0 <= value <= 2 for each in values.values() for value in each)
