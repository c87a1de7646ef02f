"""The best discriminator is p / (p + q), and what it earns is the Jensen-Shannon divergence."""

import math

import torch
import torch.nn.functional as F
from torch import nn
from torch.distributions import Normal

torch.manual_seed(0)
torch.set_num_threads(1)

# Data: two bumps. Fakes: one wide bump. Both densities are known, so theory can be checked.
x = torch.linspace(-10, 10, 4001, dtype=torch.double)
p = (Normal(-2, 0.5).log_prob(x).exp() + Normal(2, 0.5).log_prob(x).exp()) / 2
q = Normal(0, 2).log_prob(x).exp()


def integral(y):
    return torch.trapezoid(y, x).item()


def value(d):
    """E_p[log D] + E_q[log(1 - D)]: what the discriminator maximises."""
    return integral(torch.xlogy(p, d) + torch.xlogy(q, 1 - d))


best = p / (p + q)
middle = (p + q) / 2
divergence = integral(torch.xlogy(p, p / middle) + torch.xlogy(q, q / middle)) / 2

print(f"value of p/(p+q)            {value(best):.4f}")
print(f"2 JSD(p, q) - log 4         {2 * divergence - math.log(4):.4f}")
print(f"value of a D twice as sure  {value(best**2 / (best**2 + (1 - best) ** 2)):.4f}")
print(f"value of D = 1/2 everywhere {value(torch.full_like(x, 0.5)):.4f} (-log 4)\n")

# A network that sees nothing but samples of the two finds the same curve.
network = nn.Sequential(nn.Linear(1, 64), nn.Tanh(), nn.Linear(64, 64), nn.Tanh(), nn.Linear(64, 1))
optimizer = torch.optim.Adam(network.parameters(), 3e-3, fused=True)
for step in range(1000):
    optimizer.param_groups[0]["lr"] = 3e-3 * (1 - step / 1000)  # settle down at the end
    real = torch.randint(2, (256, 1)) * 4 - 2 + 0.5 * torch.randn(256, 1)
    fake = 2 * torch.randn(256, 1)
    loss = (F.softplus(-network(real)) + F.softplus(network(fake))).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()

trained = torch.sigmoid(network(x[:, None].float())[:, 0].double()).detach()
print("   x   p/(p+q)   trained")
for point in (-4.0, -2.0, 0.0, 1.0, 2.0, 3.0):
    i = (x - point).abs().argmin()
    print(f"{point:4.0f}  {best[i]:8.2f}  {trained[i]:8.2f}")
print(f"value of the trained D {value(trained):.3f}: never above that of p/(p+q)")
