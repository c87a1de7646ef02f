"""Why aligned faces are easy: what never moves need not be learned."""

import torch

torch.manual_seed(0)
torch.set_num_threads(1)
SIDE, N = 24, 2000
PLACE = torch.arange(float(SIDE)) - SIDE / 2 + 0.5


def between(low, high):
    return low + (high - low) * torch.rand(N, 1, 1)


def faces(shift, turn, grow):
    """Two eyes, a mouth and a head, `(N, 24, 24)`, in three measures that vary alike in all sets.

    shift: pixels off the middle at most; turn: radians; grow: how much larger or smaller, in logs.
    """
    y, x = (PLACE.view(s) + between(-shift, shift) for s in ((1, SIDE, 1), (1, 1, SIDE)))
    angle, size = between(-turn, turn), between(-grow, grow).exp()
    y, x = (
        (angle.cos() * y - angle.sin() * x) / size,
        (angle.sin() * y + angle.cos() * x) / size,
    )
    apart, smile, long = between(2, 4), between(0, 0.15), between(6, 8)  # what makes a face its own
    eyes = sum(torch.exp(-((y + 2) ** 2 + (x - side * apart) ** 2) / 2) for side in (-1, 1))
    mouth = torch.exp(-((y - 4 + smile * x**2) ** 2) / 1.5 - (x / 4) ** 4)
    head = torch.sigmoid(4 * (1 - (y / long) ** 2 - (x / 6) ** 2))
    return 2 * (head - 0.7 * eyes - 0.6 * mouth) - 1


def directions(images, share):
    """How many principal axes hold `share` of the variance."""
    variance = torch.linalg.svdvals(images.flatten(1) - images.flatten(1).mean(0)).square()
    return int((variance.cumsum(0) / variance.sum() < share).sum()) + 1


sets = {
    "eyes in place": faces(0, 0, 0),
    "up to 1 pixel off": faces(1, 0, 0),
    "up to 4 pixels off": faces(4, 0, 0),
    "and turned, and sized": faces(4, 0.5, 0.3),
}
print("                         directions for 90 %   99 % of what varies    pixels that hardly do")
for name, images in sets.items():
    still = (images.std(0) < 0.05).float().mean()
    counts = [directions(images, share) for share in (0.9, 0.99)]
    print(f"{name:24} {counts[0]:19} {counts[1]:6} {100 * still:34.0f} %")
PICTURES = torch.cat([x[:3] for x in sets.values()])[:, None].expand(-1, 3, -1, -1)
