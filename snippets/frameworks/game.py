"""What all four share: the two networks of a DCGAN, its losses, and the batches of the game."""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

LATENT, SIZE, BATCH = 32, 16, 64
ADAM = {"lr": 2e-4, "betas": (0.5, 0.999)}


def players():
    """The generator and the discriminator, always with the same first weights."""
    torch.manual_seed(0)
    generator = nn.Sequential(
        nn.Unflatten(1, (LATENT, 1, 1)),
        nn.ConvTranspose2d(LATENT, 64, 4, bias=False),  # 1 -> 4
        nn.BatchNorm2d(64),
        nn.ReLU(),
        nn.ConvTranspose2d(64, 32, 4, 2, 1, bias=False),  # 4 -> 8
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.ConvTranspose2d(32, 3, 4, 2, 1, bias=False),  # 8 -> 16
        nn.Tanh(),
    )
    discriminator = nn.Sequential(
        nn.Conv2d(3, 32, 4, 2, 1, bias=False),  # 16 -> 8
        nn.LeakyReLU(0.2),
        nn.Conv2d(32, 64, 4, 2, 1, bias=False),  # 8 -> 4
        nn.BatchNorm2d(64),
        nn.LeakyReLU(0.2),
        nn.Conv2d(64, 1, 4, bias=False),  # 4 -> 1
        nn.Flatten(0),
    )
    for parameter in (*generator.parameters(), *discriminator.parameters()):
        if parameter.dim() > 1:
            nn.init.normal_(parameter, 0.0, 0.02)
    return generator, discriminator


def loss_d(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


def loss_g(fake_logits: Tensor) -> Tensor:
    return F.softplus(-fake_logits).mean()


def batches(rounds):
    """Pairs of noise and images, a square of one colour on another: the same for everybody."""
    dice = torch.Generator().manual_seed(1)
    found = []
    for _ in range(rounds):
        colours = torch.rand(2, BATCH, 3, 1, 1, generator=dice) * 2 - 1
        images = colours[0].repeat(1, 1, SIZE, SIZE)
        images[:, :, 4:12, 4:12] = colours[1]
        found.append((torch.randn(BATCH, LATENT, generator=dice), images))
    return found
