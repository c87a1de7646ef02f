"""Transposed convolutions: how large the result is, and how often each pixel is written."""

import torch
from torch import nn
from torch.nn.functional import conv_transpose2d

torch.set_num_threads(1)

# A transposed convolution writes a k x k patch for every input pixel, s pixels apart, and crops
# p pixels off every side: out = (in - 1) s - 2 p + k.
print("in  kernel  stride  padding  out   (in-1)s - 2p + k")
for size, kernel, stride, padding in [(1, 4, 1, 0), (4, 4, 2, 1), (8, 4, 2, 1), (8, 3, 2, 1)]:
    layer = nn.ConvTranspose2d(1, 1, kernel, stride, padding)
    out = layer(torch.zeros(1, 1, size, size)).shape[-1]
    formula = (size - 1) * stride - 2 * padding + kernel
    print(f"{size:2} {kernel:6} {stride:7} {padding:8} {out:5} {formula:11}")

# With ones everywhere the layer counts: how many patches cover each pixel?
for kernel in (4, 3):
    ones = torch.ones(1, 1, 4, 4)
    weight = torch.ones(1, 1, kernel, kernel)
    counts = conv_transpose2d(ones, weight, stride=2, padding=1)[0, 0].int()
    print(f"\nkernel {kernel}, stride 2: patches over each pixel")
    for row in counts.tolist():
        print(" ".join(f"{count}" for count in row))

# Divisible kernel: all equal inside the border. Otherwise a checkerboard is there before the
# first weight is learned, and training has to work against it.

# It is the mirror image of a convolution: the same weights, used in the other direction.
torch.manual_seed(0)
down = nn.Conv2d(2, 3, 4, stride=2, padding=1, bias=False).double()
x = torch.randn(1, 2, 8, 8, dtype=torch.double)
y = torch.randn(1, 3, 4, 4, dtype=torch.double)
up = conv_transpose2d(y, down.weight, stride=2, padding=1)
print(f"\n<conv(x), y> = {(down(x) * y).sum():.6f}")
print(f"<x, up(y)>   = {(x * up).sum():.6f}: the same number")
back = conv_transpose2d(down(x), down.weight, stride=2, padding=1)
print(f"|up(conv(x)) - x| / |x| = {(back - x).norm() / x.norm():.2f}: not x again")
