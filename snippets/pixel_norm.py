"""PixelNorm (PGGAN): the channels at each pixel become a vector of length sqrt(C)."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


def pixel_norm(x, eps=1e-8):
    """Divide by the root mean square over channels; `x` is `(N, C, ...)`. Nothing is learned."""
    return x * (x.square().mean(dim=1, keepdim=True) + eps).rsqrt()


def show(x):
    return "(" + ", ".join(f"{value:.4f}" for value in x.flatten().tolist()) + ")"


pair = torch.tensor([[3.0, 4.0]])
print("(3, 4) becomes    ", show(pixel_norm(pair)), " length", f"{pixel_norm(pair).norm():.4f}")
print("100 times (3, 4)  ", show(pixel_norm(100 * pair)), " only the direction counts")
print("F.normalize gives ", show(F.normalize(pair)), " length 1.0000")
print("(0, 0) stays      ", show(pixel_norm(0 * pair)), " because of eps\n")

# Each pixel by itself: its neighbours and the other images of the batch do not count.
x = torch.randn(4, 8, 5, 5)
changed = x.clone()
changed[1:] = 0  # the other images
changed[0, :, 1:] = 9  # other pixels of the first image
same = torch.equal(pixel_norm(changed)[0, :, 0], pixel_norm(x)[0, :, 0])
print("a pixel is the same whatever the other pixels and images are:", same)

# The gradient has nothing along the vector itself: a longer or shorter one is no better.
pair.requires_grad_()
(gradient,) = torch.autograd.grad((pixel_norm(pair) * torch.tensor([[5.0, -1.0]])).sum(), pair)
print("gradient", show(gradient), " times (3, 4):", f"{(gradient * pair).sum().abs():.4f}\n")

# What it is for: sizes that would grow, or die away, from layer to layer.
print("size of the signal after     1 layer   4 layers   8 layers")
for excess in (0.5, 1.5):
    for name, norm in (("without", nn.Identity()), ("PixelNorm", pixel_norm)):
        signal, sizes = torch.randn(64, 32, 8, 8), []
        for _ in range(8):
            weights = excess * (2 / (32 * 9)) ** 0.5 * torch.randn(32, 32, 3, 3)
            signal = norm(F.relu(F.conv2d(F.pad(signal, [1] * 4, "circular"), weights)))
            sizes.append(signal.square().mean().sqrt().item())
        print(f"weights {excess} times, {name:9} {sizes[0]:9.3f} {sizes[3]:10.3f} {sizes[7]:10.3f}")

# The latent is normalised too: PGGAN's z are directions in 512 dimensions.
z = torch.randn(10_000, 512)
lengths, after = z.norm(dim=1), pixel_norm(z).norm(dim=1)
print(f"\nlength of z: {lengths.min():.1f} to {lengths.max():.1f}, normalised", end=" ")
print(f"{after.min():.2f} to {after.max():.2f}")
