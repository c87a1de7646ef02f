"""What the skips of a U-Net are for: the same network with and without them."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits


class UNet(nn.Module):
    """Three halvings and back; a skip puts what the encoder saw beside what comes up."""

    def __init__(self, skips):
        super().__init__()
        self.skips, widths = skips, [1, 8, 16, 16]
        self.down = nn.ModuleList(nn.Conv2d(i, o, 4, 2, padding=1) for i, o in pairwise(widths))
        self.up = nn.ModuleList(
            nn.ConvTranspose2d(i * (2 if skips and i != o else 1), o, 4, stride=2, padding=1)
            for i, o in ((16, 16), (16, 8), (8, 1))
        )

    def forward(self, x, broken=False):
        seen = []
        for layer in self.down:
            x = F.leaky_relu(layer(x), 0.2)
            seen.append(x)
        x = seen.pop() * (not broken)  # `broken`: nothing gets through the innermost layer
        for layer in self.up:
            x = layer(x)
            if seen and self.skips:
                x = torch.cat((seen.pop(), F.relu(x)), 1)
            elif layer is not self.up[-1]:
                x = F.relu(x)
        return x


def images(n):
    """Rectangles of random place, size and grey: what is where is all there is to know."""
    edges, place = torch.rand(n, 2, 2).sort(dim=2).values * 16, torch.arange(16)
    inside = (place >= edges[..., :1]) & (place < edges[..., 1:])
    return (inside[:, 0, :, None] & inside[:, 1, None, :])[:, None] * (0.5 + torch.rand(n, 1, 1, 1))


print("task: give back the negative of a picture        error on new pictures (L1)")
for skips in (False, True):
    torch.manual_seed(0)
    network, test = UNet(skips), images(500)
    adam = torch.optim.Adam(network.parameters(), 5e-3)
    for _ in range(600):
        x = images(32)
        adam.zero_grad()
        F.l1_loss(network(x), 1 - x).backward()
        adam.step()
    name = "with skips" if skips else "without skips"
    weights = sum(p.numel() for p in network.parameters())
    with torch.no_grad():
        errors = [F.l1_loss(network(test, broken), 1 - test).item() for broken in (False, True)]
    print(f"{name:14} {weights:6,} weights: whole {errors[0]:.3f}   bottleneck cut {errors[1]:.3f}")
