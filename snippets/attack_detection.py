"""An attack on a classifier, caught by reconstruction, until the attacker knows of the defence."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


def shapes(n):
    """Discs (0) and rings (1) of random place and size, `(n, 256)` in [0, 1], and which it is."""
    y, x = (torch.arange(16.0).view(s) - 5 - 5 * torch.rand(n, 1, 1) for s in ((16, 1), (1, 16)))
    r, kind = (x**2 + y**2).sqrt() - 3 - torch.rand(n, 1, 1), torch.randint(0, 2, (n,))
    away = torch.where(kind.view(n, 1, 1) == 1, (r + 0.5).abs() - 0.5, r)
    return (0.5 - away).clamp(0, 1).flatten(1), kind


def network(*sizes):
    layers = [m for i, o in pairwise(sizes) for m in (nn.Linear(i, o), nn.ReLU())]
    return nn.Sequential(*layers[:-1])


classifier, autoencoder = network(256, 64, 2), network(256, 128, 16, 128, 256)
adam = torch.optim.Adam([*classifier.parameters(), *autoencoder.parameters()], 2e-3)
for _ in range(500):
    x, kind = shapes(64)
    adam.zero_grad()
    (F.cross_entropy(classifier(x), kind) + F.mse_loss(autoencoder(x), x)).backward()
    adam.step()


def error(x):
    return (autoencoder(x) - x).square().mean(1)


def attack(x, kind, fear, reach=0.25):
    """Up the loss within `reach` of each pixel; `fear` weighs what goes beyond the limit."""
    new = x.clone()
    for _ in range(60):
        betrayed = (error(new.requires_grad_()) - limit).clamp(min=0)
        loss = F.cross_entropy(classifier(new), kind, reduction="none") - fear * betrayed
        (slope,) = torch.autograd.grad(loss.sum(), new)
        new = (new.detach() + 0.01 * slope.sign()).clamp(x - reach, x + reach).clamp(0, 1)
    return new


limit, (x, kind) = error(shapes(1000)[0]).quantile(0.95).item(), shapes(1000)
ways = {"as it is": x, "attacked": attack(x, kind, 0), "by one who knows": attack(x, kind, 1000)}
print("picture             wrong   caught   wrong and not caught   wrong when reconstructed")
for name, seen in ways.items():
    wrong, still = (classifier(y).argmax(1) != kind for y in (seen, autoencoder(seen)))
    found = (wrong, caught := error(seen) > limit, wrong & ~caught, still)
    shares = [each.double().mean() for each in found]
    print("{:16}{:9.0%}{:9.0%}{:15.0%}{:21.0%}".format(name, *shares))
rows = [y for seen in ways.values() for y in (seen[:1], autoencoder(seen[:1]).detach())]
PICTURES = torch.cat(rows).view(-1, 1, 16, 16).expand(-1, 3, -1, -1) * 2 - 1
