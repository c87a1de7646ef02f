"""StyleCLIP's first way in small: a latent point moves until it matches a text, on a leash."""

import math

import torch
import torch.nn.functional as F

torch.manual_seed(0)
torch.set_num_threads(1)
STYLE, PIXELS, JOINT, ROUNDS = 128, 256, 16, 300

# All three are linear here and never learn, so that the right answer can be computed.
generator = torch.randn(STYLE, PIXELS) / STYLE**0.5
clip = torch.randn(PIXELS, JOINT) / PIXELS**0.5  # sees 16 things in an image of 256 pixels
text, start = torch.randn(JOINT), torch.randn(STYLE)


def cosine(w):
    return F.cosine_similarity(w @ generator @ clip, text, dim=0)


def ramp(played):
    """The learning rate's share: it rises for 5 % of the rounds and falls for the last 25 %."""
    falling = min(1.0, (1 - played) / 0.25)
    return min(1.0, played / 0.05) * (1 - math.cos(math.pi * falling)) / 2


def edited(l2, reduce=torch.sum):
    """Move a copy of `start`: nothing else is a parameter."""
    w = start.clone().requires_grad_()
    adam = torch.optim.Adam([w], 0.1)
    for step in range(ROUNDS):
        adam.param_groups[0]["lr"] = 0.1 * ramp(step / ROUNDS)
        adam.zero_grad()
        (1 - cosine(w) + l2 * reduce((w - start) ** 2)).backward()
        adam.step()
    return w.detach()


# The nearest point that matches perfectly: what CLIP sees is s · text, for the best s above 0.
seen = torch.linalg.pinv(generator @ clip)
there, here = text @ seen, start @ generator @ clip @ seen
nearest = start + there * (there @ here / there.square().sum()).clamp(min=0) - here

unseen = torch.eye(STYLE) - generator @ clip @ seen  # keeps of a way what CLIP is blind to


def row(name, w):
    way = w - start
    print(f"{name:24} {cosine(w):6.3f} {way.norm():10.2f} {(way @ unseen).norm():15.2f}")


print("leash                    cosine   distance   of it unseen by CLIP")
row("at the start", start)
row("none", edited(0.0))
row("0.008, mean, not sum", edited(0.008, torch.mean))
for l2 in (0.0005, 0.008, 0.03, 0.1):
    row(f"{l2}", edited(l2))
row("nearest perfect match", nearest)
