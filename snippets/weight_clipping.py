"""What clipping the weights does to a critic's slopes, against a penalty on the slopes."""

import math

import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits
STEPS, WIDTH = 400, 32


def ring(radius, n):
    """Draw n points of a circle in the plane."""
    angle = 2 * math.pi * torch.rand(n)
    return radius * torch.stack((angle.cos(), angle.sin()), 1)


def slopes(critic, x):
    x = x.detach().requires_grad_()
    return torch.autograd.grad(critic(x).sum(), x, create_graph=True)[0].norm(dim=1)


def train(depth, clip):
    """Return a critic that was clipped to [-clip, clip] after every move, or else penalised."""
    torch.manual_seed(0)
    layers = []
    for i in range(depth):
        layers += [nn.Linear(WIDTH if i else 2, WIDTH), nn.LeakyReLU(0.2)]
    critic = nn.Sequential(*layers, nn.Linear(WIDTH, 1))
    optimizer = torch.optim.RMSprop(critic.parameters(), 2e-3)
    for step in range(STEPS):
        optimizer.param_groups[0]["lr"] = 2e-3 * (1 - step / STEPS)
        real, fake = ring(2, 128), ring(1, 128)
        loss = critic(fake).mean() - critic(real).mean()
        if not clip:
            between = torch.lerp(real, fake, torch.rand(128, 1))
            loss += 10 * (slopes(critic, between) - 1).square().mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        if clip:
            nn.utils.vector_to_parameters(weights(critic).clamp(-clip, clip), critic.parameters())
    return critic


def weights(critic):
    return nn.utils.parameters_to_vector(critic.parameters()).detach()


# Real points lie on a circle of radius 2, fakes on one of radius 1. All fakes have to move outwards
# by 1, so the Wasserstein distance is 1, and the best critic is |x|: a cone, with slope 1.
print("layers   critic      steepest slope   distance it sees   weights at ±c")
for depth, clip in [(d, c) for d in (2, 4) for c in (0.01, 0.1, 0.3, 0)]:
    critic, real, fake = train(depth, clip), ring(2, 5000), ring(1, 5000)
    steepest = slopes(critic, torch.lerp(real, fake, torch.rand(5000, 1))).max().item()
    # Divided by its steepest slope a critic is 1-Lipschitz, so what it then sees is at most 1.
    seen = (critic(real).mean() - critic(fake).mean()).item() / steepest
    stuck = 100 * (weights(critic).abs() > 0.999 * clip).float().mean()
    name, share = (f"c = {clip}", f"{stuck:.0f} %") if clip else ("penalised", "-")
    print(f"{depth:4}     {name:12} 10^{math.log10(steepest):4.1f} {seen:18.2f} {share:>17}")
