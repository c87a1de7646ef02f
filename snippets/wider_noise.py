"""More objects or more pixels? The same layers, given wider noise or used once more at the end."""

import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)


def blur(x, radius):
    """A fixed convolution, for one that would be learned: it makes blobs out of noise."""
    taps = torch.exp(-((torch.arange(-4.0, 5.0) / radius) ** 2) / 2)
    taps = taps / taps.sum()
    x = F.conv2d(F.pad(x, (4, 4, 0, 0), "reflect"), taps.view(1, 1, 1, 9))
    return F.conv2d(F.pad(x, (0, 0, 4, 4), "reflect"), taps.view(1, 1, 9, 1))


def coarse(noise):
    """The smallest scale: it decides where things are."""
    return blur(noise, 2.0) * 5 - 1


def finer(x, scale=2):
    """A later scale: enlarges, and draws the edges anew, which is all that its few pixels show."""
    up = F.interpolate(x, scale_factor=scale, mode="bilinear", align_corners=False)
    return (3 * up).tanh()


def things(picture):
    """How many bright spots there are, counted by letting the largest number of each spread."""
    bright = (picture > 0).float()
    label = bright * torch.arange(1.0, bright.numel() + 1).view_as(bright)
    while True:
        spread = F.max_pool2d(label, 3, 1, 1) * bright
        if spread.equal(label):
            return len(label.unique()) - 1
        label = spread


def edge(picture):
    """How many pixels an edge takes from dark to bright, on average."""
    slopes = (picture[..., 1:] - picture[..., :-1]).abs()
    return (2 / slopes[slopes > 0.3]).mean().item()


noise = torch.randn(1, 1, 24, 24)
base = finer(coarse(noise))
ways = {
    "as it was learned": base,
    "other noise": finer(coarse(torch.randn(1, 1, 24, 24))),
    "noise twice as wide": finer(coarse(torch.cat([noise, torch.randn(1, 1, 24, 24)], 3))),
    "last scale once more": finer(base),
    "enlarged, no network": F.interpolate(base, scale_factor=2, mode="bilinear"),
}
print("                        size    things   pixels from dark to bright")
for name, picture in ways.items():
    h, w = picture.shape[2:]
    print(f"{name:20} {h:4} x {w:3} {things(picture):8} {edge(picture):12.1f}")
parts = [F.interpolate(ways[n], (48, 48)) for n in ("as it was learned", "other noise")]
