"""The image pool of CycleGAN: how old are the fakes it shows, and what is it good for?"""

import random

import torch
import torch.nn.functional as F
from torch import nn

random.seed(0)
torch.set_num_threads(1)


class ImagePool:
    """Keeps 50 fakes; a new one is shown, or with probability 1/2 swapped for a random old one."""

    def __init__(self, pool_size=50):
        self.pool_size, self.images = pool_size, []

    def query(self, image):
        if len(self.images) < self.pool_size:
            self.images.append(image)
        elif random.random() < 0.5:
            place = random.randrange(self.pool_size)
            self.images[place], image = image, self.images[place]
        return image


# Let an image be the round in which it was drawn: then its age can be seen.
pool, rounds = ImagePool(), 100_000
ages = sorted([now - pool.query(now) for now in range(rounds)][1000:])
old = ages[ages.count(0) :]
print(f"new images among those shown: {100 * ages.count(0) / len(ages):.0f} %")
print("age of the others, in rounds:   mean   median   99 of 100 are below")
print(f"measured {sum(old) / len(old):27.0f} {old[len(old) // 2]:8} {old[99 * len(old) // 100]:12}")
# A place is taken with probability 1/2 · 1/50 in each round: waiting times are geometric.
print(f"by formula {1 / 0.01:25.0f} {0.693 / 0.01:8.0f} {4.605 / 0.01:12.0f}\n")

# A generator that wanders in a circle around the real points, one turn in 600 rounds.
for name, pool_size in (("the newest fakes only", 0), ("a pool of 50", 50)):
    torch.manual_seed(0)
    pool = ImagePool(pool_size)
    discriminator = nn.Sequential(
        nn.Linear(2, 32), nn.Tanh(), nn.Linear(32, 32), nn.Tanh(), nn.Linear(32, 1)
    )
    adam = torch.optim.Adam(discriminator.parameters(), 5e-3, (0.5, 0.999), fused=True)
    for now in range(2400):
        angle = torch.tensor(2 * torch.pi * now / 600)
        fake = 2 * torch.stack((angle.cos(), angle.sin())) + 0.1 * torch.randn(2)
        seen = pool.query(fake) if pool_size else fake
        logits = discriminator(torch.stack((0.3 * torch.randn(2), seen)))[:, 0]
        adam.zero_grad()
        F.softplus(logits * torch.tensor([-1.0, 1.0])).mean().backward()
        adam.step()
    turn = torch.linspace(0, 2 * torch.pi, 360)
    caught = (discriminator(2 * torch.stack((turn.cos(), turn.sin()), 1)) < 0).float().mean()
    print(f"{name:22} fakes of the whole last turn that are still caught: {100 * caught:3.0f} %")
