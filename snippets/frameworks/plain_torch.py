"""DCGAN in plain PyTorch: the loop is yours, and so is the choice of what to compute."""

from game import ADAM, loss_d, loss_g, players
from torch.optim import Adam


def train(batches):
    generator, discriminator = players()
    optimizer_d = Adam(discriminator.parameters(), **ADAM)
    optimizer_g = Adam(generator.parameters(), **ADAM)
    losses = []
    for z, real in batches:
        fake = generator(z)

        d = loss_d(discriminator(real), discriminator(fake.detach()))
        optimizer_d.zero_grad()
        d.backward()
        optimizer_d.step()

        g = loss_g(discriminator(fake))
        optimizer_g.zero_grad()
        g.backward(inputs=list(generator.parameters()))
        optimizer_g.step()
        losses.append((d.item(), g.item()))
    return losses
