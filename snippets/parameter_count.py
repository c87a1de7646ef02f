"""From a paper's figure to a number that a test can hold: counting DCGAN's generator."""

from itertools import pairwise

import torch
from torch import nn

# Radford et al. (2015), figure 1 and section 3: 100 numbers become 4x4 with 1,024 channels; then
# each step doubles the side and halves the channels, down to three colours. Batch normalization
# everywhere but at the output. The port that everyone runs has half the channels, and 4x4 kernels.
PAPER, PORT = ((100, 1024, 512, 256, 128, 3), 5), ((100, 512, 256, 128, 64, 3), 4)


def by_formula(channels, kernel):
    """Rows of (what, how many), from nothing but the table."""
    for step, (inside, outside) in enumerate(pairwise(channels)):
        side = kernel if step else 4  # the first step makes 4x4 out of a single pixel
        yield f"{inside:4} -> {outside:4}, {side}x{side}", inside * outside * side**2
        if outside != channels[-1]:
            yield f"normalization of {outside}", 2 * outside  # a scale and a shift for each channel


def as_network(channels, kernel):
    """The same, built: biases are left out where a normalization would take them away again."""
    layers: list[nn.Module] = []
    for step, (inside, outside) in enumerate(pairwise(channels)):
        doubling = (kernel, 2, (kernel - 1) // 2, kernel % 2)  # kernel, stride, padding, its rest
        how = doubling if step else (4, 1, 0, 0)
        layers.append(nn.ConvTranspose2d(inside, outside, *how, bias=False))
        if outside != channels[-1]:
            layers += [nn.BatchNorm2d(outside), nn.ReLU()]
    return nn.Sequential(*layers, nn.Tanh())


for what, count in by_formula(*PAPER):
    print(f"{what:24} {count:12,}")
print("\n                     by formula   as a network   makes pictures of")
for name, table in (("the paper's figure", PAPER), ("the common port", PORT)):
    with torch.device("meta"):  # shapes only: nothing is computed
        network = as_network(*table)
        shape = network(torch.empty(2, 100, 1, 1)).shape
    total = sum(count for _, count in by_formula(*table))
    built = sum(p.numel() for p in network.parameters())
    print(f"{name:20} {total:11,} {built:14,}   {tuple(shape[1:])}")

forgotten = sum(outside for outside in PAPER[0][1:])
print(
    f"with a bias in every layer it would be {forgotten:,} more: such a difference names its cause"
)
