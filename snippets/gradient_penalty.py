"""The gradient penalty of WGAN-GP: which points, which norm, and a case to check it by hand."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


def gradient_penalty(critic, real, fake):
    """Mean of (|slope of the critic| - 1)² at random points between real and fake images."""
    alpha = torch.rand(len(real), 1, 1, 1)  # one for a whole image, not one for each pixel
    x = torch.lerp(real, fake, alpha).requires_grad_()
    # The sum does not mix the images: score i depends on image i alone. create_graph, because the
    # penalty is a loss itself: its gradient will be asked for, a derivative of this derivative.
    [slope] = torch.autograd.grad(critic(x).sum(), x, create_graph=True)
    return (slope.flatten(1).norm(dim=1) - 1).square().mean()  # over all pixels and channels


real, fake = torch.randn(2, 64, 3, 8, 8)

# A linear critic w·x has the slope w everywhere, so its penalty must be (|w| - 1)².
linear = nn.Sequential(nn.Flatten(), nn.Linear(3 * 8 * 8, 1, bias=False))
w = linear[1].weight
print("|w|   penalty   (|w| - 1)²   with the norm over channels only (dim=1)")
for length in (0.5, 1.0, 3.0):
    w.data *= length / w.norm()
    wrong = (w.view(1, 3, 8, 8).norm(dim=1) - 1).square().mean()
    print(f"{length} {gradient_penalty(linear, real, fake):9.4f} {(length - 1) ** 2:12.4f}", end="")
    print(f"{wrong:14.4f}")

# The slope of that penalty in w points along w: 2 (|w| - 1). Without create_graph there is none.
[back] = torch.autograd.grad(gradient_penalty(linear, real, fake), w)
print(f"its slope along w at |w| = 3: {(back * w).sum() / w.norm():.4f} = 2 (3 - 1)\n")

# With one alpha a pixel the points leave the line between the two images and fill a box.
line = (fake - real).flatten(1)
for name, shape in (("one alpha an image", (64, 1, 1, 1)), ("one alpha a pixel ", (64, 3, 8, 8))):
    offset = ((fake - real) * torch.rand(shape)).flatten(1)
    foot = line * (offset * line).sum(1, keepdim=True) / line.square().sum(1, keepdim=True)
    away = ((offset - foot).norm(dim=1) / line.norm(dim=1)).mean()
    print(f"{name}: off the line by {100 * away:.0f} % of its length")

# Batch normalisation lets one image's score depend on all others: "its slope" no longer exists.
for name, norm in (("no normalisation", nn.Identity()), ("BatchNorm", nn.BatchNorm1d(16))):
    critic = nn.Sequential(nn.Flatten(), nn.Linear(192, 16), norm, nn.ReLU(), nn.Linear(16, 1))
    x = real.clone().requires_grad_()
    [slope] = torch.autograd.grad(critic(x)[0].sum(), x)
    print(f"{name:18}: score 0 depends on {slope.flatten(1).any(1).sum():2} of 64 images")
