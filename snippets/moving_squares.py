"""Which way does it move? One frame cannot say; 3-D convolution and LSTM see frames together."""

import torch
import torch.nn.functional as F
from torch import nn

torch.set_num_threads(1)
FRAMES, SIDE = 6, 12


def clips(n):
    """A square that moves left or right through a round world; `(n, FRAMES, SIDE, SIDE)`."""
    way, place = torch.randint(2, (n,)), torch.arange(SIDE)
    x, y = (torch.randint(SIDE, (n, 1, 1)) for _ in range(2))
    x = x + (2 * way - 1).view(n, 1, 1) * torch.arange(FRAMES).view(1, FRAMES, 1)
    rows, columns = ((place - start) % SIDE < 3 for start in (y, x))
    return (rows[..., None] & columns[:, :, None]).float(), way


def convolutions(kind):
    return nn.Sequential(kind(1, 8, 3, padding=1), nn.ReLU(), kind(8, 8, 3), nn.ReLU())


class Watcher(nn.Module):
    def __init__(self, how):
        super().__init__()
        self.how, kind = how, nn.Conv3d if how == "3-D convolution" else nn.Conv2d
        self.seen, self.told = convolutions(kind), nn.Linear(8, 2)
        if how == "LSTM":
            self.remembered = nn.LSTM(8 * 10, 8, batch_first=True)

    def forward(self, clip):
        if self.how == "3-D convolution":
            return self.told(self.seen(clip[:, None]).amax((2, 3, 4)))
        maps = self.seen(clip.flatten(0, 1)[:, None]).unflatten(0, (-1, FRAMES))
        if self.how == "LSTM":
            columns = maps.amax(3).flatten(2)  # what is seen in each column, frame by frame
            return self.told(self.remembered(columns)[0][:, -1])
        found = maps.amax((3, 4))  # for each frame, and in no order
        return self.told(found[:, 3] if self.how == "one frame" else found.mean(1))


torch.manual_seed(1)
test, answers = clips(2000)
print("left or right?           right      weights")
for how in ("one frame", "mean of all frames", "3-D convolution", "LSTM"):
    torch.manual_seed(0)
    network = Watcher(how)
    adam = torch.optim.Adam(network.parameters(), 1e-2)
    for _ in range(150):
        x, way = clips(32)
        adam.zero_grad()
        F.cross_entropy(network(x), way).backward()
        adam.step()
    right = (network(test).argmax(1) == answers).float().mean()
    weights = sum(p.numel() for p in network.parameters())
    print(f"{how:20} {100 * right:8.0f} % {weights:12,}")
shown = torch.cat([test[answers == way][0][:5] for way in (0, 1)])  # five frames of each
PICTURES = shown[:, None].expand(-1, 3, -1, -1) * 2 - 1
