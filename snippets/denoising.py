"""Denoising: the same autoencoder, asked for what it is shown or for what it should have been."""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits


def rings(n):
    """Rings of random place and size, `(n, 1, 16, 16)` in [0, 1]."""
    grid = torch.stack(torch.meshgrid(*[torch.arange(16.0)] * 2, indexing="ij"))
    radius = (grid - 5 - 6 * torch.rand(n, 2, 1, 1)).square().sum(1, keepdim=True).sqrt()
    return (1.5 - (radius - 2.5 - 2 * torch.rand(n, 1, 1, 1)).abs()).clamp(0, 1)


def noisy(x, strength=0.4):
    return x + strength * torch.randn_like(x)


def trained(damage):
    torch.manual_seed(0)
    network = nn.Sequential(
        *(nn.Conv2d(1, 12, 4, 2, 1), nn.ReLU(), nn.Conv2d(12, 16, 4, 2, 1), nn.ReLU()),
        *(nn.Conv2d(16, 16, 3, 1, 1), nn.ReLU(), nn.ConvTranspose2d(16, 12, 4, 2, 1), nn.ReLU()),
        nn.ConvTranspose2d(12, 1, 4, 2, 1),
    )
    adam = torch.optim.Adam(network.parameters(), 3e-3)
    for _ in range(300):
        x = rings(32)
        adam.zero_grad()
        F.mse_loss(network(damage(x)), x).backward()
        adam.step()
    return network


plain, denoiser = trained(lambda x: x), trained(noisy)
torch.manual_seed(1)
clean = rings(500)
print("mean squared error to the clean picture, by the strength of the noise")
print("strength      left alone   autoencoder   denoising autoencoder")
with torch.no_grad():
    for strength in (0.0, 0.2, 0.4, 0.8):
        seen = noisy(clean, strength)
        found = [F.mse_loss(f(seen), clean) for f in (lambda x: x, plain, denoiser)]
        print(f"{strength:5} {found[0]:16.4f} {found[1]:12.4f} {found[2]:17.4f}")
    seen = noisy(clean[:2])
    columns = torch.stack([clean[:2], seen, plain(seen), denoiser(seen)], 1)
PICTURES = columns.flatten(0, 1).expand(-1, 3, -1, -1) * 2 - 1  # two of each, drawn on the page
