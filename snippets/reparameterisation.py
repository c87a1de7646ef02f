"""Two gradients of an average over random numbers: the same mean, not the same noise."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)
SAMPLES = 50_000

# How does E[|x|²] change with the mean m of the Gaussian N(m, I) that x is drawn from? With
# z ~ N(0, I) and x = m + z it is |m|² + d, so the slope in each coordinate is 2 m. Both estimators
# need nothing but samples; the loss could as well be what a decoder or a discriminator says.


def loss(x):
    return x.square().sum(1)


def pathwise(m, z):
    """Follow the sample: through x = m + z the slope of the loss at x is the slope in m."""
    x = (m + z).requires_grad_()
    [slope] = torch.autograd.grad(loss(x).sum(), x)
    return slope


def score(m, z, baseline=0.0):
    """Follow the probability: weight d log N(x; m, I) / dm = x - m with the loss of the sample."""
    x = m + z
    return (loss(x) - baseline)[:, None] * (x - m)


# For m = (1, ..., 1) the variances in one coordinate can be worked out: 4 for the pathwise
# gradient, whatever d is, and 4 d² + 14 d + 12 for the score.
print("        mean: pathwise   score    variance: pathwise    score   4d² + 14d + 12")
for d in (1, 4, 16, 64):
    m, z = torch.ones(d), torch.randn(SAMPLES, d)
    path, weighted = pathwise(m, z)[:, 0], score(m, z)[:, 0]
    print(
        f"d = {d:2} {path.mean():15.2f} {weighted.mean():7.2f}"
        f" {path.var():21.1f} {weighted.var():8.0f} {4 * d**2 + 14 * d + 12:10}"
    )

# The score never asks which way the loss slopes, only how large it is where the sample fell. To
# take a constant off the loss changes no mean and calms the noise, but the distance remains.
calmer = score(m, z, baseline=loss(m + z).mean())[:, 0]
print(f"with a baseline {calmer.mean():14.2f} {calmer.var():30.0f}   (d = 64)")

# What the pathwise gradient asks in return is a slope to follow. How often is x above 2? The share
# changes with m, by the density at that point, but every single sample sees a flat step.
z = torch.randn(SAMPLES)
truth = torch.distributions.Normal(1.0, 1.0).log_prob(torch.tensor(2.0)).exp()
above = (1 + z > 2).float()
print(f"\nslope of P(x > 2) at m = 1: {truth:.2f}, by the score {(above * z).mean():.2f}", end="")
print(", pathwise 0" if not above.requires_grad else "")
