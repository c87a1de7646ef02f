"""Few images: both sides begin alike and learn from the same ones."""

import pytest
import torch

from gan_minimal.claims.few_images import measure


def test_both_sides_begin_with_the_same_weights_and_learn_from_the_same_faces():
    (plain, settings), (augmented, changed) = (
        measure.begun(10, augment, rounds=6) for augment in (False, True)
    )

    assert all(
        torch.equal(x, y)
        for x, y in zip(plain.model.parameters(), augmented.model.parameters(), strict=True)
    )
    assert settings.augment == ""
    assert changed.augment == measure.POLICY
    assert plain.model.lr_decay == augmented.model.lr_decay == (2, 6)
    assert torch.equal(measure.faces(100, seed=10), measure.faces(100, seed=10))
    assert not torch.equal(measure.faces(100, seed=10), measure.faces(100, seed=11))


@pytest.mark.slow
def test_it_measures_what_it_labels(measured_small):
    values = measured_small(measure, LENGTHS=(1, 2), LOOK_EVERY=1, SAMPLES=100)

    assert {name.split("_")[0] for name in values} == {"best", "lowest", "last", "copies"}
    for side in ("plain_100", "augmented_100", "plain_1000", "augmented_1000"):
        for best, lowest, last in zip(
            *(values[f"{name}_{side}"] for name in ("best", "lowest", "last")), strict=True
        ):
            assert best <= lowest <= last
