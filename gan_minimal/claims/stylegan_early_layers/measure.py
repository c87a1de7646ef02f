"""Do the styles of earlier, smaller layers decide more of an image than those of later ones?"""

import torch
from torch import Tensor

from gan_minimal.claims import Claim, Statement, Values, above, device, in_parallel
from gan_minimal.claims._helpers import stylegan_run, trained_stylegan
from gan_minimal.editing import stylegan
from gan_minimal.models.stylegan import PIXEL_ART, StyleGAN
from gan_minimal.scoring import readings
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
PAIRS = 500
LAYERS = 6
SHAPE = ("hair_length", "glasses", "hat", "beard", "mouth")
COLOUR = ("hair_color", "skin")


@torch.no_grad()
def swapped(model: StyleGAN, layers: slice, seed: int = 0) -> tuple[Tensor, Tensor]:
    """Draw faces before and after they get the styles of other faces in some layers.

    The noise stays the same. Both are `(PAIRS, C, H, W)`.
    """
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        w = model.generator.mapping(model.noise(2 * PAIRS))[:, None].repeat(1, LAYERS, 1)
        noise = model.generator.noise(PAIRS)
    own, others = w.chunk(2)
    mixed = own.clone()
    mixed[:, layers] = others[:, layers]
    return model.draw(own, noise).clamp(-1, 1), model.draw(mixed, noise).clamp(-1, 1)


def changed(before: Tensor, after: Tensor) -> dict[str, float]:
    """Return how often the classifier reads another shape, and how often another colour."""
    judge = readings.classifier("attributes")
    (_, first), (_, then) = (readings.read(judge, images) for images in (before, after))
    found = {}
    for kind, names in (("shape", SHAPE), ("colour", COLOUR)):
        shares = [(first[name] != then[name]).double().mean().item() for name in names]
        found[kind] = sum(shares) / len(shares)
    return found


def scores(seed: int) -> dict[str, float]:
    """Train one; measure what the style of each layer, and of each group of layers, changes."""
    model = trained_stylegan(seed, device(), **PIXEL_ART)
    found = {}
    for layer in range(LAYERS):
        before, after = swapped(model, slice(layer, layer + 1))
        found[f"layer_{layer}"] = (after - before).square().mean().sqrt().item()
    for which in stylegan.GROUPS:
        before, after = swapped(model, stylegan.group(model, which))
        found[which] = (after - before).square().mean().sqrt().item()
        found |= {f"{kind}_{which}": share for kind, share in changed(before, after).items()}
    return found


def measure() -> Values:
    """Train three."""
    found = in_parallel(scores, [(seed,) for seed in SEEDS])
    return {name: [each[name] for each in found] for name in found[0]}


def opening() -> list[float]:
    """Return the losses of the first rounds."""
    return first_losses(*stylegan_run(SEEDS[0], **PIXEL_ART))


CLAIM = Claim(
    __file__,
    place="answers/stylegan-style-order.md#stylegan-style-order",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("coarse", lambda values: above(values["coarse"], values["middle"]), ours=True),
        Statement("middle", lambda values: above(values["middle"], values["fine"]), ours=True),
    ),
    opening=opening,
    plot=("coarse", "middle", "fine"),
)
