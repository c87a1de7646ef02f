"""The Fréchet distance of two Gaussians, the formula behind FID, in numbers one can check."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)


def frechet(mean_x, cov_x, mean_y, cov_y):
    """|m - n|² + tr(C + D - 2 (C D)^(1/2)), for symmetric positive C and D."""
    values, vectors = torch.linalg.eigh(cov_x)
    root = vectors @ torch.diag(values.clamp(min=0).sqrt()) @ vectors.T
    # C D is not symmetric, but C^(1/2) D C^(1/2) is, and it has the same eigenvalues.
    mixed = torch.linalg.eigvalsh(root @ cov_y @ root).clamp(min=0).sqrt().sum()
    return ((mean_x - mean_y).square().sum() + cov_x.trace() + cov_y.trace() - 2 * mixed).item()


def matrix(*rows):
    return torch.tensor(rows, dtype=torch.double)


zero, one = torch.zeros(2, dtype=torch.double), torch.eye(2, dtype=torch.double)

# In one dimension the formula is (m - n)² + (s - t)²: here 3² + (2 - 1)².
print("1-D, N(0, 1²) and N(3, 2²)  ", frechet(zero[:1], one[:1, :1], zero[:1] + 3, matrix([4.0])))

# It is a squared distance: the average squared path when one Gaussian is carried onto the other.
x, y = torch.randn(200_000).sort().values, (3 + 2 * torch.randn(200_000)).sort().values
print(f"the same by sorted samples   {(x - y).square().mean():.1f}")

print("2-D, N(0, I) and N(0, 4 I)  ", frechet(zero, one, zero, 4 * one))

# Correlations count: each coordinate alone has the same distribution in both.
leaning = [matrix([1.0, r], [r, 1.0]) for r in (0.8, -0.8)]
print(f"2-D, correlation 0.8 and -0.8 {frechet(zero, leaning[0], zero, leaning[1]):.2f}")

# Gaussians are all it sees: two spikes with the same mean and variance are at distance zero.
spikes = torch.randint(2, (200_000, 1)) * 2.0 - 1
mean, variance = spikes.mean(0).double(), spikes.T.cov().reshape(1, 1).double()
print(f"two spikes at ±1 and N(0, 1)  {frechet(zero[:1], one[:1, :1], mean, variance):.2f}\n")

# Of samples it is biased upwards: even two halves of the same data are apart. This is the floor.
print("samples   distance of two samples of the same 32-dimensional Gaussian")
for n in (100, 1000, 10_000):
    a, b = torch.randn(n, 32).double(), torch.randn(n, 32).double()
    print(f"{n:7}   {frechet(a.mean(0), a.T.cov(), b.mean(0), b.T.cov()):.2f}")
