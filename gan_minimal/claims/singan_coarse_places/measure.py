"""Which scale's noise decides where things are, and which one's how they look?"""

import torch

from gan_minimal.claims import Claim, Statement, Values, at_least, below, device, in_parallel
from gan_minimal.claims._helpers import singan_run, trained_singan
from gan_minimal.models.singan import SinGAN, resize
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
SAMPLES = 32
SCALES = 4
MOST = 3.0  # times as much layout from the coarsest noise as from any other


@torch.no_grad()
def scattered(model: SinGAN, scale: int) -> tuple[float, float]:
    """Draw images that differ in the noise of one scale only.

    Args:
        model: A trained model.
        scale: The scale with noise; the others have that of the photograph.

    Returns:
        How much the layout varies over them, which is left when they are reduced to a quarter, and
        how much the detail does, which is not.
    """
    noise = [z.expand(SAMPLES, -1, -1, -1) for z in model.z_rec(len(model.sizes))]
    with torch.random.fork_rng():
        torch.manual_seed(0)
        noise[scale] = model.random_noise(SAMPLES, model.sizes[scale : scale + 1], scale)[0]
    images = model.generate(noise).clamp(-1, 1)
    height, width = model.size
    layout = resize(images, (height // 4, width // 4))
    detail = images - resize(layout, model.size)
    return layout.std(dim=0).mean().item(), detail.std(dim=0).mean().item()


def measured(seed: int, where: str) -> list[tuple[float, float]]:
    """Train on the photograph; return both spreads for the noise of each scale."""
    model = trained_singan(seed, where)
    assert len(model.sizes) == SCALES
    return [scattered(model, scale) for scale in range(SCALES)]


def measure() -> Values:
    """Train three."""
    results = in_parallel(measured, [(seed, device()) for seed in SEEDS])
    layouts = {f"layout_{i}": [each[i][0] for each in results] for i in range(SCALES)}
    return layouts | {
        f"share_{i}": [each[i][1] / (sum(each[i]) or 1) for each in results] for i in range(SCALES)
    }


def places(values: Values) -> list[float]:
    """Say by how much the coarsest noise scatters more than `MOST` times as any other scale's."""
    finer = zip(*(values[f"layout_{i}"] for i in range(1, SCALES)), strict=True)
    return at_least(values["layout_0"], [MOST * max(each) for each in finer])


def opening() -> list[float]:
    """Return the losses of the first rounds."""
    return first_losses(*singan_run(SEEDS[0]))


CLAIM = Claim(
    __file__,
    place="answers/singan-start.md#singan-start",
    family="single-image",
    measure=measure,
    statements=(
        Statement("places", places),
        Statement("detail", lambda values: below(values["share_0"], values[f"share_{SCALES - 1}"])),
    ),
    opening=opening,
    plot=tuple(f"layout_{i}" for i in range(SCALES)),
)
