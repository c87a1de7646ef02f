"""Eight heaps of data on a ring: one generator stays at a single heap, another finds them all."""

import math

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
MODES, SPREAD, ROUNDS = 8, 0.2, 200
angle = torch.arange(MODES) * 2 * math.pi / MODES
CENTRES = 2 * torch.stack([angle.cos(), angle.sin()], dim=1)


def data(n):
    """Draw n points (n, 2): a heap at random, and a point near its centre."""
    return CENTRES[torch.randint(MODES, (n,))] + SPREAD * torch.randn(n, 2)


def network(inputs, outputs):
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU(), nn.Linear(64, outputs)
    )


def modes(points):
    """Count the heaps that hold at least 1 % of the points, within three standard deviations."""
    distance, heap = torch.cdist(points, CENTRES).min(dim=1)
    found = torch.bincount(heap[distance < 3 * SPREAD], minlength=MODES)
    return (found >= 0.01 * len(points)).sum().item()


def play(seed, together):
    """Train a GAN whose discriminator judges `together` points at a time (PacGAN)."""
    torch.manual_seed(seed)
    generator, discriminator = network(8, 2), network(2 * together, 1)
    move_g = torch.optim.Adam(generator.parameters(), 2e-3, betas=(0.5, 0.99), fused=True)
    move_d = torch.optim.Adam(discriminator.parameters(), 2e-3, betas=(0.5, 0.99), fused=True)
    reached = []
    for step in range(ROUNDS):
        real, fake = (x.view(-1, 2 * together) for x in (data(64), generator(torch.randn(64, 8))))
        loss = F.softplus(-discriminator(real)) + F.softplus(discriminator(fake.detach()))
        move_d.zero_grad()
        loss.mean().backward()
        move_d.step()
        for _ in range(5):  # too many for one move of the discriminator: it invites collapse
            fake = generator(torch.randn(64, 8))
            loss = F.softplus(-discriminator(fake.view(-1, 2 * together))).mean()
            move_g.zero_grad()
            loss.backward()
            move_g.step()
        if step >= ROUNDS / 2 and step % 5 == 4:
            reached.append(modes(generator(torch.randn(1000, 8)).detach()))
    return torch.tensor(reached).median().item()  # at a single moment it may be between two heaps


print(f"heaps reached, of {MODES}      seed 0   seed 1   seed 2")
for together, name in ((1, "judged one by one"), (2, "judged in pairs")):
    print(f"{name:21}", *(f"{play(seed, together):8}" for seed in range(3)))
