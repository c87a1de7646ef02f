"""Do coarse styles carry the shapes of a face, and fine ones its colours?"""

from collections.abc import Callable

from gan_minimal import zoo
from gan_minimal.claims import Claim, Statement, Values, at_least
from gan_minimal.claims.stylegan_early_layers import measure as early
from gan_minimal.editing import stylegan
from gan_minimal.models.stylegan import StyleGAN

SEEDS = (10, 11, 12)  # of three sets of faces
NAMES = tuple(f"{kind}_{which}" for kind in ("shape", "colour") for which in stylegan.GROUPS)


def scores(model: StyleGAN, seed: int) -> dict[str, float]:
    """Swap the styles of one set of faces; return how often shapes and colours change."""
    found: dict[str, float] = {}
    for which in stylegan.GROUPS:
        shares = early.changed(*early.swapped(model, stylegan.group(model, which), seed))
        found |= {f"{kind}_{which}": share for kind, share in shares.items()}
    return found


def measure() -> Values:
    """Swap styles in three sets of faces of the recorded network."""
    model = zoo.load("stylegan", StyleGAN)
    found = [scores(model, seed) for seed in SEEDS]
    return {name: [each[name] for each in found] for name in NAMES}


def more_often(more: str, less: str) -> Callable[[Values], list[float]]:
    """Return the margins of one share over 1.5 times another."""
    return lambda values: at_least(values[more], [1.5 * share for share in values[less]])


CLAIM = Claim(
    __file__,
    place="models/stylegan.md#mix",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("shapes", more_often("shape_coarse", "shape_fine"), ours=True),
        Statement("colours", more_often("colour_fine", "colour_coarse"), ours=True),
    ),
    plot=NAMES,
)
