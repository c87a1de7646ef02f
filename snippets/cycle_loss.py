"""What each loss of CycleGAN leaves open: all translations of four symbols, counted."""

from itertools import permutations, product

import torch

torch.manual_seed(0)
torch.set_num_threads(1)

# Two alphabets of four symbols, each symbol a small picture. b is a in another hand: the true
# translation sends symbol i to symbol i, but nobody tells: there are two heaps and no pairs.
a = torch.randn(4, 64)
b = a + 0.6 * torch.randn(4, 64) + 0.5  # the same shapes, another hand, and darker

there = list(product(range(4), repeat=4))  # G: where each symbol of a goes; all 256 of them
back = there  # F: where each symbol of b goes


def cycle(g, f):
    """Mean distance of a from F(G(a)) and of b from G(F(b))."""
    to_a = (a[[f[g[i]] for i in range(4)]] - a).abs().mean()
    return to_a + (b[[g[f[i]] for i in range(4)]] - b).abs().mean()


# The adversarial loss compares heaps: G(a) must be as b is, each symbol as often.
fooling = [g for g in there if sorted(g) == [0, 1, 2, 3]]
print(f"pairs of translations in all:              {len(there) * len(back):6}")
print(f"that fool both discriminators perfectly:   {len(fooling) ** 2:6}")
returning = [(g, f) for g in fooling for f in fooling if cycle(g, f) < 1e-6]
print(f"and come back to where they started:       {len(returning):6}")

# The cycle has ruled out what does not undo itself. All 24 that are left are perfect to it, and 23
# of them are wrong. Collapse it does see:
for name, g in (
    ("identity", (0, 1, 2, 3)),
    ("a shuffle", (2, 0, 3, 1)),
    ("collapse", (0, 0, 0, 0)),
):
    f = tuple(sorted(range(4), key=lambda i: g[i])) if len(set(g)) == 4 else (0, 0, 0, 0)
    print(f"  {name:9} cycle error {cycle(g, f):.3f}, symbols used {len(set(g))} of 4")

# Which one is found is decided by what is easy for the network: it starts near "change little",
# and the identity loss rewards that. Measured here: how far does G move a symbol?
moved = {g: (b[list(g)] - a).abs().mean().item() for g in permutations(range(4))}
best = sorted(moved, key=moved.get)
print("\nhow far the 24 move the pictures: the nearest three, and the farthest")
for g in (*best[:3], best[-1]):
    print(f"  {g}  {moved[g]:.3f}{'  the true one' if g == (0, 1, 2, 3) else ''}")
