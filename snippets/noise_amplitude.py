"""How much noise each scale of SinGAN gets: a tenth of what the scales below it have missed."""

from itertools import pairwise

import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)
SIZES = [16, 20, 25, 32, 40, 50, 64]


def resize(image, size):
    return F.interpolate(image, (size, size), mode="bicubic", antialias=True)


def noise_amplitudes(image, draw):
    """For every scale but the coarsest: 0.1 times the RMSE of the image from below, enlarged."""
    amplitudes = [1.0]  # the coarsest scale has nothing but noise
    for below, size in pairwise(SIZES):
        enlarged = resize(draw(resize(image, below)), size)
        amplitudes.append(0.1 * F.mse_loss(enlarged, resize(image, size)).sqrt().item())
    return amplitudes


# Three images of equal contrast, with details of different sizes
y, x = torch.meshgrid(torch.arange(64.0), torch.arange(64.0), indexing="ij")
images = {
    "a slope": x + y,
    "large waves": (x / 5).sin() + (y / 6).sin(),
    "grass": torch.randn(64, 64),
}
images = {name: ((i - i.mean()) / i.std() / 2)[None, None] for name, i in images.items()}

# Generators that give every scale exactly: what is missed is only what the scale below cannot hold.
print("amplitude at size", "".join(f"{size:8}" for size in SIZES))
for name, image in images.items():
    row = noise_amplitudes(image, draw=lambda small: small)
    print(f"{name:17}", "".join(f"{amplitude:8.4f}" for amplitude in row))
print("A slope has nothing to add at any scale, grass most at the finest.\n")

# The bad work of a scale becomes noise for the next one, which may then redraw it.
print("waves, if every scale errs by")
for error in (0.0, 0.1, 0.3):
    row = noise_amplitudes(images["large waves"], lambda s, e=error: s + e * torch.randn_like(s))
    print(f"{error:17}", "".join(f"{amplitude:8.4f}" for amplitude in row))
