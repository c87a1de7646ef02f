"""Three ways to compute one player's gradients: the same numbers, not the same work."""

import torch
import torch.nn.functional as F
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

torch.manual_seed(0)
torch.set_num_threads(1)

generator = nn.Sequential(nn.Linear(64, 256), nn.ReLU(), nn.Linear(256, 256), nn.Tanh())
discriminator = nn.Sequential(nn.Linear(256, 256), nn.LeakyReLU(0.2), nn.Linear(256, 1))
real, z = torch.randn(32, 256), torch.randn(32, 64)


def backward(player, loss, **how):
    """Run the backward pass; return the player's gradients and the work in millions of FLOPs."""
    for network in (generator, discriminator):
        network.zero_grad(set_to_none=True)
    with FlopCounterMode(display=False) as counter:
        loss.backward(**how)
    gradients = torch.cat([p.grad.flatten() for p in player.parameters()])
    return gradients, counter.get_total_flops() / 1e6


def loss_d(fake):
    return (F.softplus(-discriminator(real)) + F.softplus(discriminator(fake))).mean()


def loss_g():
    return F.softplus(-discriminator(generator(z))).mean()


moves = {
    "discriminator": {
        # The fakes keep their history: the pass goes on through the generator, for nothing.
        "plain backward()": backward(discriminator, loss_d(generator(z))),
        "fake.detach()": backward(discriminator, loss_d(generator(z).detach())),
        # The same saving, and the fakes can still serve the generator's move afterwards.
        "backward(inputs=...)": backward(
            discriminator, loss_d(generator(z)), inputs=list(discriminator.parameters())
        ),
    },
    "generator": {
        # detach() cannot help here: the gradient has to pass through the discriminator. What is
        # not needed are the gradients of the discriminator's own weights.
        "plain backward()": backward(generator, loss_g()),
        "backward(inputs=...)": backward(generator, loss_g(), inputs=list(generator.parameters())),
    },
}

for player, ways in moves.items():
    print(f"the {player}'s move:")
    reference, most = ways["plain backward()"]
    for way, (gradients, work) in ways.items():
        same = "the same gradients" if torch.equal(gradients, reference) else "OTHER GRADIENTS"
        print(f"  {way:22}{work:6.1f} MFLOP  {100 * work / most:4.0f} %  {same}")
