"""Anomaly detection by reconstruction: what was never learned comes out badly, or so one hopes."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits


def discs(n):
    """What is normal: one disc of random place and size, `(n, 256)` in [0, 1]."""
    y, x = (torch.arange(16.0).view(s) - 4 - 7 * torch.rand(n, 1, 1) for s in ((16, 1), (1, 16)))
    return (2.5 + torch.rand(n, 1, 1) - (x**2 + y**2).sqrt() + 0.5).clamp(0, 1).flatten(1)


def scratched(n):
    """Discs with a dark line through a random row."""
    x = discs(n).view(n, 16, 16)
    x[torch.arange(n), torch.randint(5, 11, (n,))] = 0
    return x.flatten(1)


strange = {
    "two discs": lambda n: torch.maximum(discs(n), discs(n)),
    "scratched": scratched,
    "noise": lambda n: (torch.rand(n, 256) < 0.1).double(),
    "half as bright": lambda n: discs(n) / 2,
}
sizes = (256, 64, 6, 64, 256)  # six numbers: more than place and size need
network = nn.Sequential(*(m for i, o in pairwise(sizes) for m in (nn.Linear(i, o), nn.ReLU())))[:-1]
network[3] = nn.Identity()  # the code itself is not bent
adam = torch.optim.Adam(network.parameters(), 2e-3)
for _ in range(1000):
    x = discs(64)
    adam.zero_grad()
    F.mse_loss(network(x), x).backward()
    adam.step()
torch.set_grad_enabled(False)  # from here on nothing is learned


def errors(x):
    return (network(x) - x).square().mean(1)


normal, limit = errors(discs(1000)), errors(discs(1000)).quantile(0.95)
print("kind              error    caught   told from normal (AUC)")
print(f"{'normal':15} {normal.mean():7.4f} {100 * (normal > limit).float().mean():7.0f} %")
shown = [discs(1)]
for name, draw in strange.items():
    error = errors(draw(1000))
    auc = (error[:, None] > normal).float().mean()
    caught = 100 * (error > limit).float().mean()
    print(f"{name:15} {error.mean():7.4f} {caught:7.0f} % {auc:12.2f}")
    shown.append(draw(1))
pairs = [y.view(1, 16, 16).expand(1, 3, 16, 16) for x in shown for y in (x, network(x))]
PICTURES = torch.cat(pairs) * 2 - 1  # each input beside its reconstruction, drawn on the page
