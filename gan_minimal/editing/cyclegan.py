"""There and back again: what is left of images that are translated in both directions."""

from gan_minimal import images
from gan_minimal.data import tensors
from gan_minimal.images import Pictures, in_turn
from gan_minimal.models.protocol import TwoWayTranslator
from gan_minimal.models.sampling import translate

SHOWN = 16  # images of each kind


def round_trip(model: TwoWayTranslator) -> Pictures:
    """Translate print to brush writing and back to print, and the other way round."""
    drawn = {}
    for kind, first, direction in zip(
        "ab", tensors("hangul32-unpaired", "test"), model.directions, strict=True
    ):
        shown = first[:: len(first) // SHOWN][:SHOWN]
        (other,) = set(model.directions) - {direction}
        there = translate(model, shown, 0, direction=direction)
        again = translate(model, there, 0, direction=other)
        drawn[f"cycle-{kind}.webp"] = images.grid(in_turn(shown, there, again), columns=8)
    return drawn
