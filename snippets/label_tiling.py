"""A label tiled into planes: how far it reaches, and how two harmless layers hide it together."""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits

KEEP, NEGATE = torch.eye(2)  # what is asked for: the picture as it is, or its negative


def tiled(images, label):
    """Lay a plane of its value for each entry of the label behind the images."""
    return torch.cat((images, label[:, None, None].expand(len(images), 2, *images.shape[2:])), 1)


def pictures(n, size=16):  # random blobs, in [-1, 1]
    return F.interpolate(torch.rand(n, 1, size // 4, size // 4) * 2 - 1, size=size, mode="bilinear")


def both(network, x):
    """Ask for either, in one batch as in training."""
    return network(torch.cat((tiled(x, KEEP), tiled(x, NEGATE))))


def change(layer, size):
    """How far the other label moves the output, in standard deviations: border and centre."""
    with torch.no_grad():
        a, b = both(layer, pictures(8, size)).chunk(2)
    moved = (a - b).abs() / a.std()
    inside = F.pad(torch.ones(size - 6, size - 6), (3, 3, 3, 3)) > 0  # no padding within reach
    return moved[..., ~inside].mean(), moved[..., inside].mean()


def error(layer):
    """The error of a small network that begins with this layer, after training on both tasks."""
    network = nn.Sequential(layer, nn.ReLU(), nn.Conv2d(16, 16, 1), nn.ReLU(), nn.Conv2d(16, 1, 1))
    adam = torch.optim.Adam(network.parameters(), 1e-2, fused=True)
    for x in [*(pictures(8) for _ in range(120)), pictures(200)]:
        loss = F.l1_loss(both(network, x), torch.cat((x, -x)))
        adam.zero_grad()
        loss.backward()
        adam.step()
    return loss.item()  # on the last ones, not learned from yet


print("the convolution's             moved, 16 pixels    moved, 128 pixels")
print("borders  behind it            border    centre    border    centre     error")
for borders, name, *then in (
    ("zeros", "instance norm", nn.InstanceNorm2d(16)),
    ("reflect", "instance norm", nn.InstanceNorm2d(16)),
    ("reflect", "nothing"),
    ("reflect", "batch norm", nn.BatchNorm2d(16)),
    ("reflect", "ReLU, instance norm", nn.ReLU(), nn.InstanceNorm2d(16)),
):
    torch.manual_seed(0)
    layer = nn.Sequential(nn.Conv2d(3, 16, 7, padding=3, padding_mode=borders, bias=False), *then)
    values = [*change(layer, 16), *change(layer, 128), error(layer)]
    print(f"{borders:8} {name:19}" + "".join(f"{value:8.2f}  " for value in values).rstrip())
print(f"always grey, for want of a label: {pictures(999).abs().mean():40.2f}")
