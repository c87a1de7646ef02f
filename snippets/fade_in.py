"""Fading in a new layer (PGGAN): at alpha = 0 the grown network does what the small one did."""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits


class Generator(nn.Module):
    """Where a disc lies and how large it is, `(N, 3)`, to its picture: 8x8, once grown 16x16."""

    def __init__(self):
        super().__init__()
        self.start = nn.Linear(3, 16 * 4 * 4)
        self.old, self.new = (nn.Conv2d(16, 16, 3, padding=1) for _ in range(2))
        self.from_old, self.from_new = nn.Conv2d(16, 1, 1), nn.Conv2d(16, 1, 1)  # "toRGB"

    def forward(self, z, alpha=None):
        x = F.leaky_relu(self.start(z), 0.2).view(-1, 16, 4, 4)
        x = F.leaky_relu(self.old(F.interpolate(x, scale_factor=2)), 0.2)
        small = self.from_old(x)
        if alpha is None:
            return small
        x = F.leaky_relu(self.new(F.interpolate(x, scale_factor=2)), 0.2)
        return torch.lerp(F.interpolate(small, scale_factor=2), self.from_new(x), alpha)


def discs(z, size=16):
    y, x = torch.meshgrid(*[torch.linspace(-1, 1, size)] * 2, indexing="ij")
    cx, cy, r = (z * torch.tensor([0.5, 0.5, 0.2]) + torch.tensor([0, 0, 0.4])).T[..., None, None]
    return (8 * (r - ((x - cx) ** 2 + (y - cy) ** 2).sqrt())).sigmoid()[:, None]


def step(generator, adam, alpha):
    """Learn from the true picture, so that there is an error to read; return it and a gradient."""
    z = 2 * torch.rand(32, 3) - 1
    picture = discs(z) if alpha is not None else F.avg_pool2d(discs(z), 2)
    adam.zero_grad()
    loss = F.mse_loss(generator(z, alpha), picture)
    loss.backward()
    adam.step()
    return loss.sqrt().item(), generator.old.weight.grad.norm().item()


SHOWN = (0, 1, 5, 20, 50, 100, 250)
for fading in (200, 0):
    torch.manual_seed(0)
    generator = Generator()
    adam = torch.optim.Adam(generator.parameters(), 3e-3)
    for _ in range(500):
        step(generator, adam, None)
    z, alpha = 2 * torch.rand(500, 3) - 1, 0.0 if fading else 1.0
    jump = (generator(z, alpha) - F.interpolate(generator(z), scale_factor=2)).abs().max()
    rows = [step(generator, adam, min(1, i / fading) if fading else 1) for i in range(251)]
    print(f"faded in over {fading} steps" if fading else "switched on at once", end=": ")
    print(f"growing changes a pixel by {jump:.3f} at the most")
    print("  steps after growing     ", "".join(f"{i:7}" for i in SHOWN))
    print("  error of the picture    ", "".join(f"{rows[i][0]:7.3f}" for i in SHOWN))
    print("  gradient, an old layer's", "".join(f"{rows[i][1]:7.3f}" for i in SHOWN))
