"""Are dots brighter than what is around them?"""

from gan_minimal import data
from gan_minimal.claims import Claim, Statement, Values, above

SEEDS = (0, 1, 2)


def measure() -> Values:
    """Compare the brightest pixel of an image with the median one."""
    images = data.tensors("dots", "test")[0].flatten(1)
    contrast = (images.amax(dim=1) - images.median(dim=1).values).mean().item()
    return {"contrast": [contrast] * len(SEEDS)}


CLAIM = Claim(
    __file__,
    place="lecture.md#dots",
    measure=measure,
    statements=(Statement("brighter", lambda values: above(values["contrast"], 1)),),
    plot=("contrast",),
    limits=lambda _: {"contrast": 1},
)
