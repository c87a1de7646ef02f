"""The generator gets better and its loss does not fall: the judge has got better, too."""

import copy

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
SHOWN = (0, 50, 100, 200, 1000)


def data(n):
    """Draw n numbers: two bumps of equal height, around -2 and around 2."""
    return torch.randint(2, (n, 1)) * 4 - 2 + 0.5 * torch.randn(n, 1)


def network(inputs):
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1)
    )


def loss_of(generator, discriminator):
    """-log D(G(z)): what the generator minimises."""
    return F.softplus(-discriminator(generator(torch.randn(4096, 4)))).mean()


def distance(generator):
    """Wasserstein-1 distance to the data; on a line: sort both and compare one by one."""
    fake, real = generator(torch.randn(20_000, 4)), data(20_000)
    return (fake.sort(dim=0).values - real.sort(dim=0).values).abs().mean()


generator, discriminator = network(4), network(1)
move_g = torch.optim.Adam(generator.parameters(), 1e-3, betas=(0.5, 0.999), fused=True)
move_d = torch.optim.Adam(discriminator.parameters(), 1e-3, betas=(0.5, 0.999), fused=True)

players = {}  # what both looked like at some rounds
for step in range(SHOWN[-1] + 1):
    for optimizer in (move_d, move_g):
        optimizer.param_groups[0]["lr"] = 1e-3 * (1 - step / SHOWN[-1])
    real, fake = data(256), generator(torch.randn(256, 4))
    loss_d = F.softplus(-discriminator(real)) + F.softplus(discriminator(fake.detach()))
    move_d.zero_grad()
    loss_d.mean().backward()
    move_d.step()
    if step in SHOWN:
        players[step] = copy.deepcopy((generator, discriminator))
    move_g.zero_grad()
    F.softplus(-discriminator(fake)).mean().backward()
    move_g.step()

print("round   distance   its loss   before the judge of round 100")
judge = players[100][1]
with torch.no_grad():
    for step, (g, d) in players.items():
        print(f"{step:5} {distance(g):10.2f} {loss_of(g, d):10.2f} {loss_of(g, judge):15.2f}")
