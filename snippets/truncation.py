"""The truncation trick (StyleGAN): pull w towards its average, at the price of variety."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
torch.set_grad_enabled(False)
LAYERS, WIDTH = 8, 64

# A StyleGAN with nothing but random weights: it knows no faces, but the arithmetic is the same.
network = nn.Sequential(nn.Linear(WIDTH, WIDTH), nn.SELU(), nn.Linear(WIDTH, WIDTH), nn.SELU())
styles = nn.ModuleList(nn.Linear(WIDTH, 2 * 16) for _ in range(LAYERS))
convolutions = nn.ModuleList(nn.Conv2d(16, 16, 3, padding=1) for _ in range(LAYERS))
constant, to_rgb = torch.randn(1, 16, 4, 4), nn.Conv2d(16, 3, 1)


def mapping(z):
    return network(z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt())  # PixelNorm first


def synthesis(w):
    """One w for each layer, `(N, LAYERS, WIDTH)`, to images: two layers each at 4 to 32 pixels."""
    x = constant.expand(len(w), -1, -1, -1)
    for i in range(LAYERS):
        x = F.interpolate(x, scale_factor=2) if i in (2, 4, 6) else x
        scale, shift = styles[i](w[:, i])[..., None, None].chunk(2, dim=1)
        x = F.instance_norm(F.leaky_relu(convolutions[i](x), 0.2)) * (scale + 1) + shift
    return to_rgb(x)


def truncate(w, average, psi, cutoff):
    """Leave the w of the first `cutoff` layers psi times their distance from the average."""
    return torch.where(torch.arange(LAYERS)[:, None] < cutoff, torch.lerp(average, w, psi), w)


# While training a running average is kept: in every round 0.5 % of it is that of the batch.
average = torch.zeros(WIDTH)
for _ in range(2000):
    average = torch.lerp(mapping(torch.randn(32, WIDTH)).mean(0), average, 0.995)
many, z = mapping(torch.randn(100_000, WIDTH)), torch.randn(512, WIDTH)
print(f"from the running average of w: a w {(many - average).norm(dim=1).mean():.2f},", end=" ")
print(f"the mean of 100,000 {(many.mean(0) - average).norm():.2f}\n")

print("psi   cutoff   w to the average, layers 1 to 8             image to      two images")
print("                                                           mean image    to each other")
w = mapping(z)[:, None].expand(-1, LAYERS, -1)
mean_image = synthesis(average.expand(1, LAYERS, -1))
for psi, cutoff in ((1.0, 8), (0.7, 8), (0.5, 8), (0.0, 8), (-1.0, 8), (0.7, 4), (0.0, 4)):
    pulled = truncate(w, average, psi, cutoff)
    images = synthesis(pulled)
    pairs = (images - mean_image, images[::2] - images[1::2])
    far, apart = (pair.square().mean((1, 2, 3)).sqrt().mean() for pair in pairs)
    layers = "".join(f"{distance:5.2f}" for distance in (pulled - average).norm(dim=2).mean(0))
    print(f"{psi:4} {cutoff:6}    {layers} {far:11.3f} {apart:12.3f}")
change = (mapping(0.5 * z) - mapping(z)).abs().max()
print(f"\nz pulled to half its length instead: w changes by {change:.4f}, for z is normalised")
