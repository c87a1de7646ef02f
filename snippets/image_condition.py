"""The same task with and without the condition: what is told, and what is learned along with it."""

from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits
COLOURS = torch.tensor([[1.0, 0.3, -1.0], [-1.0, 0.3, 1.0], [-1.0, 0.3, -1.0]])


def pairs(n):
    """A plan that says where, and a picture of it in one of three colours that it does not name."""
    corner, place = torch.randint(6, (2, n, 1)), torch.arange(10)
    rows, columns = ((place >= c) & (place < c + 5) for c in corner)
    plan = (rows[:, :, None] & columns[:, None]).double()[:, None]
    return 2 * plan - 1, plan * (COLOURS[torch.randint(3, (n,))][..., None, None] + 1) - 1


def network(inside, outside):
    steps = pairwise((inside, 16, 16, 16, outside))
    layers = [m for i, o in steps for m in (nn.Conv2d(i, o, 3, 1, 1), nn.LeakyReLU(0.2))]
    return nn.Sequential(*layers[:-1])


def draw(generator, plan):
    noise = torch.randn(len(plan), 3, 1, 1).expand(-1, -1, 10, 10)
    return generator(torch.cat([plan, noise], 1)).tanh()


print("                    pixels in their place    colours used: warm, cool, neither")
pictures = []
for name, told, adversarial in (("L1", 1, 0), ("L1 and GAN", 1, 1), ("no plan, both", 0, 1)):
    torch.manual_seed(0)
    generator, discriminator = network(4, 3), network(4, 4)
    players = [*generator.parameters()], [*discriminator.parameters()]
    adam = torch.optim.Adam(players[0] + players[1], 2e-3, (0.5, 0.9))
    for _ in range(300):
        plan, picture = pairs(32)
        plan = plan * told - (1 - told)  # an empty one if it is not told, for both players
        fake = draw(generator, plan)
        seen = [discriminator(torch.cat([plan, x], 1)).mean((1, 2, 3)) for x in (picture, fake)]
        against = (F.softplus(-seen[0]) + F.softplus(seen[1])).mean()
        loss = F.l1_loss(fake, picture) + adversarial * F.softplus(-seen[1]).mean()
        adam.zero_grad()
        loss.backward(inputs=players[0], retain_graph=True)
        against.backward(inputs=players[1])
        adam.step()
    torch.manual_seed(1)
    plan, _ = pairs(500)
    fake = draw(generator, plan * told - (1 - told)).detach()
    inside = fake[:, 1:2] > -0.35
    right = 100 * (inside == (plan > 0)).float().mean()
    mean = (fake * inside).sum((2, 3)) / inside.sum((2, 3)).clamp(min=1)
    kinds = torch.cdist(mean, COLOURS).argmin(1).bincount(minlength=3) / 5
    print(f"{name:16} {right:14.0f} %          ", *(f"{n:6.0f} %" for n in kinds))
    pictures += [fake[:3]]
PICTURES = torch.cat([plan[:3].expand(-1, 3, -1, -1), *pictures])  # three of each
