"""How SinGAN's smallest scale can know above from below: the zeros around the picture tell."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits
SIDE = 25  # the shorter side of SinGAN's smallest image


class Convolutions(nn.Module):
    """Five layers of 3x3, as a generator of SinGAN has: each pixel sees 11x11 of the noise."""

    def __init__(self, mode):
        super().__init__()
        self.mode = mode
        channels = (1, 16, 16, 16, 16, 1)
        self.layers = nn.ModuleList(nn.Conv2d(i, o, 3) for i, o in pairwise(channels))

    def forward(self, noise):
        x = noise
        for layer in self.layers:
            x = layer(F.pad(x, (1, 1, 1, 1), mode=self.mode))
            if layer is not self.layers[-1]:
                x = F.leaky_relu(x, 0.2)
        return x


# The task: sky above (1), ground below (-1), out of nothing but noise.
target = torch.linspace(1, -1, SIDE).sign().view(1, 1, SIDE, 1).expand(1, 1, SIDE, SIDE)
print("painted rightly, by rows from the edge:   0     2     4     5     8")
pictures = []
for mode in ("constant", "circular"):
    torch.manual_seed(0)
    network = Convolutions(mode)
    adam = torch.optim.Adam(network.parameters(), 2e-3)
    for _ in range(150):
        adam.zero_grad()
        F.mse_loss(network(torch.randn(4, 1, SIDE, SIDE)), target.expand(4, -1, -1, -1)).backward()
        adam.step()
    with torch.no_grad():
        drawn = network(torch.randn(50, 1, SIDE, SIDE))
    right = (drawn.sign() == target).float().mean((0, 1, 3))
    right = (right + right.flip(0)) / 2  # above and below together
    name = "zeros around" if mode == "constant" else "no edge at all"
    print(f"{name:35}", "".join(f"{100 * right[row]:4.0f} %" for row in (0, 2, 4, 5, 8)))
    pictures += [drawn[0], drawn[1]]
PICTURES = torch.stack(pictures).expand(-1, 3, -1, -1)  # two of each, drawn on the page
