"""Two networks play on a line: one makes numbers, the other tells them from the data's."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits


def data(n):
    """Draw n numbers: two bumps of equal height, around -2 and around 2."""
    return torch.randint(2, (n, 1)) * 4 - 2 + 0.5 * torch.randn(n, 1)


def network(inputs):
    return nn.Sequential(
        nn.Linear(inputs, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1)
    )


generator, discriminator = network(4), network(1)  # the discriminator gives a logit
before = generator(torch.randn(20_000, 4)).detach()

# 0.5 instead of Adam's usual 0.9: the opponent moves, so old gradients mislead.
move_g = torch.optim.Adam(generator.parameters(), 1e-3, betas=(0.5, 0.999), fused=True)
move_d = torch.optim.Adam(discriminator.parameters(), 1e-3, betas=(0.5, 0.999), fused=True)

for step in range(2000):
    for optimizer in (move_d, move_g):  # ever smaller moves: the players circle each other less
        optimizer.param_groups[0]["lr"] = 1e-3 * (1 - step / 2000)
    real, fake = data(256), generator(torch.randn(256, 4))

    # The discriminator minimises -log D(real) - log(1 - D(fake)). The fakes are detached: this
    # is not the generator's move, so nothing has to be computed inside it.
    loss_d = F.softplus(-discriminator(real)) + F.softplus(discriminator(fake.detach()))
    move_d.zero_grad()
    loss_d.mean().backward()
    move_d.step()

    # The generator minimises -log D(fake): the same fakes, and a discriminator that has moved on.
    loss_g = F.softplus(-discriminator(fake)).mean()
    move_g.zero_grad()
    loss_g.backward()
    move_g.step()

after, real = generator(torch.randn(20_000, 4)).detach(), data(20_000)
print("share of numbers in %      data   before training   after")
for left in range(-4, 4):
    shares = [((x >= left) & (x < left + 1)).float().mean() * 100 for x in (real, before, after)]
    print("from {:2d} to {:2d}          {:8.0f} {:12.0f} {:12.0f}".format(left, left + 1, *shares))
print(f"loss of the discriminator: {loss_d.mean():.2f} (2 log 2 = 1.39 when it can only guess)")
print(f"loss of the generator:     {loss_g:.2f} (  log 2 = 0.69 when it can only guess)")
