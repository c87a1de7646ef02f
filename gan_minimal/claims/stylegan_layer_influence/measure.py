"""How much does the style of one layer change what the other layers of StyleGAN put out?"""

import torch
from torch import Tensor

from gan_minimal import zoo
from gan_minimal.claims import Claim, Statement, Values, above, both
from gan_minimal.editing import stylegan
from gan_minimal.models.stylegan import StyleGAN

SEEDS = (10, 11, 12, 13, 14)  # of five sets of faces
PAIRS = 500


@torch.no_grad()
def outputs(model: StyleGAN, styles: Tensor, noise: list[Tensor]) -> list[Tensor]:
    """Return what each layer puts out when faces are drawn, `(N, C, h, w)` each.

    Args:
        model: A trained model.
        styles: A style for each layer, `(N, L, style)`.
        noise: A map for each layer.
    """
    found: list[Tensor] = []
    hooks = [
        layer.register_forward_hook(lambda _layer, _given, output: found.append(output))
        for layer in model.generator.layers
    ]
    model.draw(styles, noise)
    for hook in hooks:
        hook.remove()
    return found


@torch.no_grad()
def influence(model: StyleGAN, seed: int) -> Tensor:
    """Swap the style of one layer at a time between faces, with the same noise.

    Returns:
        How much each layer's output (columns) changes when the style of one layer (rows) becomes
        that of another face, `(L, L)`. 1: as much as if all styles had become the other face's.
    """
    layers = len(model.generator.layers)
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        w = model.generator.mapping(model.noise(2 * PAIRS))[:, None].repeat(1, layers, 1)
        noise = model.generator.noise(PAIRS)
    own, others = w.chunk(2)
    before, other = outputs(model, own, noise), outputs(model, others, noise)
    found = torch.zeros(layers, layers)
    for swapped in range(layers):
        mixed = own.clone()
        mixed[:, swapped] = others[:, swapped]
        for i, after in enumerate(outputs(model, mixed, noise)):
            change, all_of_it = ((x - before[i]).square().mean().sqrt() for x in (after, other[i]))
            found[swapped, i] = change / all_of_it
    return found


def scores(model: StyleGAN, seed: int) -> dict[str, float]:
    """Return the mean influence of a style of each group on one other layer.

    `coarse` and so on count all other layers, those before it too, which cannot change;
    `coarse_after` counts the layers that follow, of which the last layer has none.
    """
    found = influence(model, seed)
    layers = len(found)
    other = 1 - torch.eye(layers)
    means: dict[str, float] = {}
    for which in stylegan.GROUPS:
        rows = stylegan.group(model, which)
        means[which] = ((found * other)[rows].sum() / other[rows].sum()).item()
        following = torch.ones(layers, layers).triu(1)[rows]
        means[f"{which}_after"] = ((found[rows] * following).sum() / following.sum()).item()
    return means


def measure() -> Values:
    """Swap styles in five sets of faces of the recorded network."""
    model = zoo.load("stylegan", StyleGAN)
    found = [scores(model, seed) for seed in SEEDS]
    return {name: [each[name] for each in found] for name in found[0]}


def opening() -> list[float]:
    """Return the influences in the first set of faces."""
    return list(scores(zoo.load("stylegan", StyleGAN), SEEDS[0]).values())


def falls_after(values: Values) -> list[float]:
    """Say by how much the influence on one following layer falls, where it falls least."""
    coarse, middle, fine = (values[f"{which}_after"] for which in stylegan.GROUPS)
    return both(above(coarse, middle), above(middle, fine))


CLAIM = Claim(
    __file__,
    place="answers/stylegan-style-order.md#stylegan-style-order",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("coarse", lambda values: above(values["coarse"], values["middle"])),
        Statement("middle", lambda values: above(values["middle"], values["fine"])),
        Statement("after", falls_after, ours=True),
    ),
    opening=opening,
    plot=("coarse", "middle", "fine", "coarse_after", "middle_after", "fine_after"),
)
