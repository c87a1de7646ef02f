"""A linear autoencoder finds the subspace of principal component analysis, not its axes."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
WIDTH, CODE = 20, 3

# Data in 20 dimensions that mostly vary in three directions; the rest is faint noise.
spread = torch.full((WIDTH,), 0.2)
spread[:CODE] = torch.tensor([3.0, 2.0, 1.5])
turn = torch.linalg.qr(torch.randn(WIDTH, WIDTH)).Q
x = torch.randn(2000, WIDTH) * spread @ turn.T
x = x - x.mean(0)  # both methods look at deviations from the mean

principal = torch.linalg.svd(x, full_matrices=False).Vh[:CODE].T  # (20, 3), orthonormal columns
best = (x - x @ principal @ principal.T).square().sum(1).mean().item()


def angles(a, b):
    """Principal angles between two subspaces, in degrees: 0 everywhere means the same subspace."""
    cosines = torch.linalg.svdvals(torch.linalg.qr(a).Q.T @ torch.linalg.qr(b).Q)
    return torch.rad2deg(torch.acos(cosines.clamp(max=1)))


encoder, decoder = nn.Linear(WIDTH, CODE, bias=False), nn.Linear(CODE, WIDTH, bias=False)
optimizer = torch.optim.Adam([*encoder.parameters(), *decoder.parameters()], 1e-2, fused=True)
print("step   error   largest principal angle")
for step in range(1501):
    optimizer.param_groups[0]["lr"] = 1e-2 * (1 - step / 1501)
    loss = (x - decoder(encoder(x))).square().sum(1).mean()
    if step in (0, 100, 300, 1500):
        print(f"{step:4} {loss:7.2f} {angles(decoder.weight.detach(), principal).max():15.1f}°")
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
print(f" PCA {best:7.2f}\n")

# Any invertible mix of the three codes, undone by the decoder, reconstructs just as well. So the
# subspace is found, but nothing makes the axes orthogonal or sorts them by variance.
code, scores = encoder(x).detach(), x @ principal
for name, c in (("PCA", scores), ("autoencoder", code)):
    correlations = c.T.corrcoef()[*torch.triu_indices(CODE, CODE, 1)].abs()
    print(f"largest correlation of two codes, {name:12} {correlations.max():.2f}")

# PCA of the reconstructions gives the axes back.
axes = torch.linalg.svd(decoder(code).detach(), full_matrices=False).Vh[:CODE]
match = (axes @ principal).diagonal().abs()
print("axes after PCA of the reconstructions, |cos|", *(f"{c:.3f}" for c in match))
