"""Equalised learning rate (PGGAN): scale the weights while running, not when they are drawn."""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
torch.manual_seed(1)
GAIN = 2**0.5  # He et al. 2015: makes up for what ReLU takes away
FAN_INS = (16, 9 * 512)  # of a 1x1 convolution of 16 channels, and of a 3x3 one of 512


class Linear(nn.Module):
    """Weights drawn from N(0, std²), and multiplied by `scale` whenever they are used."""

    def __init__(self, fan_in, std, scale, fan_out=64):
        super().__init__()
        torch.manual_seed(0)
        self.weight, self.scale = nn.Parameter(std * torch.randn(fan_out, fan_in)), scale

    def forward(self, x):
        return F.linear(x, self.weight * self.scale)


def he(fan_in):
    return GAIN / fan_in**0.5


WAYS = {
    "N(0, 0.02²)": lambda fan_in: Linear(fan_in, std=0.02, scale=1),
    "He's, when drawn": lambda fan_in: Linear(fan_in, std=he(fan_in), scale=1),
    "He's, when used": lambda fan_in: Linear(fan_in, std=1, scale=he(fan_in)),  # equalised
}


def relative_step(layer, x, kind, **options):
    """Make one step; return by what share of their size the weights have moved, in per cent."""
    before, optimizer = layer.weight.detach().clone(), kind([layer.weight], **options)
    F.mse_loss(layer(x), torch.randn(len(x), 64)).backward()
    optimizer.step()
    return 100 * ((layer.weight - before).norm() / before.norm()).item()


print("scale of a 3x3 convolution of 512 channels:", f"{he(9 * 512):.6f}\n")
print("weights             fan-in   size of the output   one step of Adam, of SGD, in per cent")
for name, way in WAYS.items():
    for fan_in in FAN_INS:
        x = torch.randn(256, fan_in)
        size = way(fan_in)(x).std().item()
        adam = relative_step(way(fan_in), x, torch.optim.Adam, lr=0.001, betas=(0.0, 0.99))
        sgd = relative_step(way(fan_in), x, torch.optim.SGD, lr=1.0)
        print(f"{name:18} {fan_in:7} {size:15.2f} {adam:20.2f} % {sgd:9.3f} %")

drawn, used, x = WAYS["He's, when drawn"](512), WAYS["He's, when used"](512), torch.randn(8, 512)
difference = (drawn(x) - used(x)).abs().max()
print("\nHe's, before any step: largest difference of the two outputs", f"{difference:.4f}")
