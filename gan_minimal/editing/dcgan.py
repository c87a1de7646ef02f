"""The wall of faces on the home page."""

from PIL import Image

from gan_minimal import images
from gan_minimal.images import Pictures
from gan_minimal.models.protocol import Sampler
from gan_minimal.models.sampling import sample


def wall(model: Sampler) -> Pictures:
    """Draw the wall of faces on the home page."""
    faces = images.grid(sample(model, 320, seed=0), columns=40, gap=0)
    light = faces.quantize(128, dither=Image.Dither.NONE)  # a third of the bytes
    return {"wall.webp": light.convert("RGB")}
