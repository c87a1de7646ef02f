"""SinGAN's anchor: one fixed noise that has to give the photograph back. What is it good for?"""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits

# A photograph of one dimension: a dark ground, a slope, one bright tower.
photo = torch.linspace(-0.6, 0.2, 48)
photo[:10], photo[30:34] = -0.9, 0.9
photo = photo.expand(1, 1, 48)


def network(outputs_tanh):
    layers = []
    for inputs in (1, 24, 24):
        layers += [nn.Conv1d(inputs, 24, 3), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers, nn.Conv1d(24, 1, 3), nn.Tanh() if outputs_tanh else nn.Identity())


def penalty(critic, real, fake):
    x = torch.lerp(real, fake, torch.rand(())).requires_grad_()
    [slope] = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return (slope.abs() - 1).square().mean()


def train(alpha, rounds=400):
    torch.manual_seed(0)
    generator, critic, anchor = network(True), network(False), torch.randn(1, 1, 48)
    players = [torch.optim.Adam(n.parameters(), 1e-3, (0.5, 0.999)) for n in (critic, generator)]

    def draw(noise):
        return generator(F.pad(noise, (4, 4)))  # zeros tell where the border is

    for _ in range(rounds):
        noise = torch.randn(1, 1, 48)
        fake = draw(noise).detach()
        loss = critic(fake).mean() - critic(photo).mean() + 0.1 * penalty(critic, photo, fake)
        players[0].zero_grad()
        loss.backward()
        players[0].step()
        loss = alpha * F.mse_loss(draw(anchor), photo) - critic(draw(noise)).mean()
        players[1].zero_grad()
        loss.backward()
        players[1].step()
    with torch.no_grad():
        samples = draw(torch.randn(200, 1, 48))
        near = draw(anchor + 0.1 * torch.randn(200, 1, 48))
        return draw(anchor), samples, near


print("alpha   error of    spread of   error of samples   error around z*")
print("        z* (RMSE)   samples     (RMSE)             (RMSE)")
for alpha in (0.0, 1.0, 10.0, 100.0):
    back, samples, near = train(alpha)
    errors = [(images - photo).square().mean().sqrt().item() for images in (back, samples, near)]
    spread = samples.std(dim=0).mean()
    print(f"{alpha:5.0f} {errors[0]:11.3f} {spread:11.3f} {errors[1]:12.3f} {errors[2]:18.3f}")
