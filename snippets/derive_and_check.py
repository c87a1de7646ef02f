"""Derive by hand, check by autograd, check by a number: the KL term of the VAE."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)
m, s = (torch.tensor(v, dtype=torch.double, requires_grad=True) for v in (0.7, 0.4))


def by_hand(m, s):
    """KL(N(m, s²) ‖ N(0, 1)): the mean of log q - log p under q, worked out on paper."""
    return (m**2 + s**2 - 1) / 2 - s.log()


def with_a_slip(m, s):
    """The same, with s where s² belongs. It runs, and looks like a loss."""
    return (m**2 + s - 1) / 2 - s.log()


def by_sampling(m, s, n=1_000_000):
    """The definition itself, with no paper at all."""
    x = m + s * torch.randn(n, dtype=torch.double)
    q = -(((x - m) / s) ** 2) / 2 - s.log()
    return (q + x**2 / 2).mean()


def by_adding_up(m, s):
    """The definition as an integral, in narrow columns."""
    x = torch.linspace(-12, 12, 200_001, dtype=torch.double)
    q, p = torch.distributions.Normal(m, s), torch.distributions.Normal(0.0, 1.0)
    return torch.trapezoid(q.log_prob(x).exp() * (q.log_prob(x) - p.log_prob(x)), x)


print("the value at m = 0.7, s = 0.4")
for f in (by_hand, by_adding_up, by_sampling, with_a_slip):
    print(f"  {f.__name__.replace('_', ' '):14} {f(m, s).item():.4f}")

# On paper: the slope in m is m, that in s is s - 1/s.
step = 1e-5
print("the slopes                  in m      in s")
for f in (by_hand, with_a_slip):
    slopes = torch.autograd.grad(f(m, s), (m, s))
    name = f.__name__.replace("_", " ")
    print(f"  autograd of {name:12} {slopes[0]:.4f} {slopes[1]:9.4f}")
measured = [
    (by_adding_up(m + a, s + b) - by_adding_up(m - a, s - b)).item() / (2 * step)
    for a, b in ((step, 0), (0, step))
]
print(f"  small steps of the integral {measured[0]:.4f} {measured[1]:9.4f}")
print(f"  on paper: m, s - 1/s        {m.item():.4f} {(s - 1 / s).item():9.4f}")

# At the ends: no distance from itself, and more of it the narrower q becomes.
ends = [by_hand(*(torch.tensor(v) for v in pair)).item() for pair in ((0.0, 1.0), (0.0, 0.01))]
print(f"at m = 0, s = 1: {ends[0]:.4f}; at m = 0, s = 0.01: {ends[1]:.4f}")
print("torch's own check:", torch.autograd.gradcheck(by_hand, (m, s)))
