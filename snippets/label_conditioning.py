"""A condition for a GAN: who has to be told, and how to put it so that new pairs work too."""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)

# Points in the plane, in 4 x 4 cells. The condition is a pair: which row, which column. Four of
# the 16 pairs never occur in training, though each row and each column does.
cells = torch.cartesian_prod(torch.arange(4), torch.arange(4))
unseen = torch.tensor([(0, 1), (1, 3), (2, 0), (3, 2)])
seen = cells[~(cells[:, None] == unseen).all(2).any(1)]

WAYS = {  # of telling a network which pair is asked for
    "nothing": lambda pairs: torch.zeros(len(pairs), 0),
    # 16 names that have nothing in common
    "one label": lambda pairs: F.one_hot(4 * pairs[:, 0] + pairs[:, 1], 16).float(),
    # 4 + 4: the parts that pairs are made of
    "two labels": lambda pairs: F.one_hot(pairs, 4).flatten(1).float(),
}


def network(inputs, outputs):
    layers = [nn.Linear(inputs, 64), nn.ReLU(), nn.Linear(64, 64), nn.ReLU()]
    return nn.Sequential(*layers, nn.Linear(64, outputs))


def told(network, x, label):
    return network(torch.cat((x, label), 1))  # conditioning is no more than this


def train(for_g, for_d, rounds=500):
    """Return a generator; for_g and for_d turn pairs into what each player is told."""
    torch.manual_seed(0)
    g, d = (network(2 + f(seen).shape[1], n) for f, n in ((for_g, 2), (for_d, 1)))
    moves = [torch.optim.Adam(p.parameters(), 2e-3, (0.5, 0.99), fused=True) for p in (d, g)]
    for step in range(rounds):
        pairs = seen[torch.randint(len(seen), (256,))]
        real = 2.0 * pairs - 3 + 0.2 * torch.randn(256, 2)  # a small cloud in the cell
        fake = told(g, torch.randn(256, 2), for_g(pairs))
        for move, sign, x in zip(moves, (1, -1), (fake.detach(), fake), strict=True):
            loss = F.softplus(sign * told(d, x, for_d(pairs)))
            if sign == 1:  # the discriminator's move
                loss = loss + F.softplus(-told(d, real, for_d(pairs)))
            move.param_groups[0]["lr"] = 2e-3 * (1 - step / rounds)
            move.zero_grad()
            loss.mean().backward()
            move.step()
    return g


print("share of points in the cell that was asked for, in % (chance: 6)")
print("the generator is told   the discriminator   pairs seen   pairs never seen")
for of_g, of_d in (("two labels", "nothing"), ("one label",) * 2, ("two labels",) * 2):
    g, shares = train(WAYS[of_g], WAYS[of_d]), []
    for asked in (seen.repeat(500, 1), unseen.repeat(500, 1)):
        x = told(g, torch.randn(len(asked), 2), WAYS[of_g](asked))
        shares.append(100 * (((x + 3) / 2).round() == asked).all(1).float().mean())
    print(f"{of_g:23} {of_d:16} {shares[0]:9.0f} {shares[1]:16.0f}")
