"""The mapping network (StyleGAN): z is Gaussian, w may take on whatever shape the data have."""

from functools import partial
from itertools import pairwise

import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits
far = partial(torch.cdist, compute_mode="donot_use_mm_for_euclid_dist")  # 0 is 0, not rounded


def factors(n):
    """Beard and youth, each from -1 to 1: anything but bearded children (both above 0)."""
    x = 2 * torch.rand(2 * n, 2) - 1
    return x[(x <= 0).any(dim=1)][:n]


def network(*widths):
    layers = []
    for inputs, outputs in pairwise(widths):
        layers += [nn.Linear(inputs, outputs), nn.LeakyReLU(0.2)]
        nn.init.kaiming_normal_(layers[-2].weight, 0.2)
    return nn.Sequential(*layers[:-1])


def energy_distance(x, y):
    """0 only if both sets of points are spread alike; it takes a discriminator's place here."""
    within = sum(far(p, p).sum() / (len(p) * (len(p) - 1)) for p in (x, y))
    return 2 * far(x, y).mean() - within


def detour(draw, one, other):
    """By how many per cent the way from a picture to another is longer than straight."""
    way = draw(torch.lerp(one, other, torch.linspace(0, 1, 51)[:, None, None]))
    lengths = (way[1:] - way[:-1]).norm(dim=2).sum(dim=0)
    return (100 * (lengths.mean() / (way[-1] - way[0]).norm(dim=1).mean() - 1)).clamp(min=0)


print("mapping    synthesis   bearded    detour on the way      distance from the data")
print("                       children   in z       in w        (0: spread alike)")
for mapping_layers, synthesis_layers in ((0, 1), (0, 3), (8, 1), (8, 3)):
    torch.manual_seed(0)
    mapping = network(2, *[32] * 7, 2) if mapping_layers else nn.Identity()
    synthesis = network(2, *[64] * (synthesis_layers - 1), 2)
    both = nn.Sequential(mapping, synthesis)
    adam = torch.optim.Adam(both.parameters(), 2e-3)
    for step in range(500):
        adam.param_groups[0]["lr"] = 2e-3 * (1 - step / 500)
        adam.zero_grad()
        energy_distance(both(torch.randn(256, 2)), factors(256)).backward()
        adam.step()
    with torch.no_grad():
        z = torch.randn(2, 5000, 2)
        w, x = mapping(z), both(z[0])
        ways = detour(both, *z), detour(synthesis, *w)
        distance = energy_distance(x, factors(5000))
    share = 100 * (x > 0).all(dim=1).float().mean()
    print(f"{mapping_layers} layers   {synthesis_layers} layers {share:9.1f} %", end="")
    print("".join(f"{way:9.1f} %" for way in ways), f"{distance:15.3f}")
