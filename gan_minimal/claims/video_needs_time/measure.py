"""Which way does a thing move: what tells it, and what cannot?"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_minimal.claims import Claim, Statement, Values, at_least, at_most, in_parallel

SEEDS = (10, 11, 12, 13, 14)  # of clips and weights; others than those of the first trials
FRAMES, SIDE, THING = 6, 12, 3  # a thing of 3x3 pixels in a round world of 12x12
STEPS = torch.tensor([[0, -1], [0, 1], [-1, 0], [1, 0]])  # left, right, up, down
NOISE = 0.3  # standard deviation; the thing is 1, all else 0
ROUNDS, BATCH, TESTED = 1500, 32, 2000
WATCHERS = ("frame", "mean", "convolution", "lstm")


def clips(n: int) -> tuple[Tensor, Tensor]:
    """Draw clips `(n, FRAMES, SIDE, SIDE)` and which way their thing moves, `(n,)`."""
    ways = torch.randint(len(STEPS), (n,))
    starts = torch.randint(SIDE, (n, 1, 2))
    corners = starts + STEPS[ways][:, None] * torch.arange(FRAMES)[:, None]  # (n, FRAMES, 2)
    inside = (torch.arange(SIDE) - corners[..., None]) % SIDE < THING  # (n, FRAMES, 2, SIDE)
    things = (inside[:, :, 0, :, None] & inside[:, :, 1, None]).float()
    return things + NOISE * torch.randn_like(things), ways


class Watcher(nn.Module):
    """Looks at clips with two convolutions, in one of the `WATCHERS`' ways."""

    def __init__(self, how: str, width: int = 16) -> None:
        super().__init__()
        self.how = how
        conv = nn.Conv3d if how == "convolution" else nn.Conv2d
        self.conv = nn.Sequential(
            conv(1, width, 3, padding=1), nn.ReLU(), conv(width, width, 3), nn.ReLU()
        )
        if how == "lstm":
            self.lstm = nn.LSTM(2 * width * (SIDE - 2), width, batch_first=True)
        self.logits = nn.Linear(width, len(STEPS))

    def forward(self, clips: Tensor) -> Tensor:
        """Clips `(N, FRAMES, SIDE, SIDE)` to logits `(N, 4)`."""
        if self.how == "convolution":
            return self.logits(self.conv(clips[:, None]).amax((2, 3, 4)))
        maps = self.conv(clips.flatten(0, 1)[:, None]).unflatten(0, (-1, FRAMES))
        if self.how == "lstm":
            places = torch.cat([maps.amax(3), maps.amax(4)], dim=2)  # in each column and row
            return self.logits(self.lstm(places.flatten(2))[0][:, -1])
        found = maps.amax((3, 4))  # (N, FRAMES, width), for each frame by itself
        return self.logits(found[:, FRAMES // 2] if self.how == "frame" else found.mean(1))


def begin(how: str, seed: int) -> tuple[Watcher, torch.optim.Optimizer]:
    """Return a new watcher and its optimiser; seeds all that is drawn afterwards."""
    torch.manual_seed(seed)
    watcher = Watcher(how)
    return watcher, torch.optim.Adam(watcher.parameters(), lr=3e-3)


def learn(watcher: Watcher, adam: torch.optim.Optimizer) -> float:
    """Play one round on new clips, and return its loss."""
    x, ways = clips(BATCH)
    adam.zero_grad()
    loss = F.cross_entropy(watcher(x), ways)
    loss.backward()
    adam.step()
    return loss.item()


def learned(how: str, seed: int) -> float:
    """Train a watcher, and return the share of new clips whose way it tells."""
    watcher, adam = begin(how, seed)
    for _ in range(ROUNDS):
        learn(watcher, adam)
    torch.manual_seed(1000 + seed)  # the same clips for all
    x, ways = clips(TESTED)
    with torch.inference_mode():
        return (watcher(x).argmax(1) == ways).double().mean().item()


def tracked(seed: int) -> float:
    """Detect the thing in each frame, link the places, and return the share of ways told."""
    torch.manual_seed(1000 + seed)
    x, ways = clips(TESTED)
    around = F.pad(x.flatten(0, 1)[:, None], (0, THING - 1, 0, THING - 1), mode="circular")
    corners = F.avg_pool2d(around, THING, stride=1).flatten(1).argmax(1)  # the brightest 3x3
    corners = torch.stack([corners // SIDE, corners % SIDE], dim=1).unflatten(0, (-1, FRAMES))
    moved = (corners[:, 1:] - corners[:, :-1] + SIDE // 2) % SIDE - SIDE // 2
    votes = (moved[:, :, None] == STEPS).all(3).sum(1)  # (N, 4)
    return (votes.argmax(1) == ways).double().mean().item()


def measure() -> Values:
    """Train five of each watcher, and track in the same clips."""
    told = in_parallel(learned, [(how, seed) for how in WATCHERS for seed in SEEDS])
    parts = {how: told[i * len(SEEDS) : (i + 1) * len(SEEDS)] for i, how in enumerate(WATCHERS)}
    return parts | {"tracking": [tracked(seed) for seed in SEEDS]}


def opening() -> list[float]:
    """Return the first losses of each watcher, and what tracking finds."""
    losses = []
    for how in WATCHERS:
        watcher, adam = begin(how, SEEDS[0])
        losses += [learn(watcher, adam) for _ in range(3)]
    return [*losses, tracked(SEEDS[0])]


CLAIM = Claim(
    __file__,
    place="answers/video-recognition.md#video-recognition",
    family="video",
    measure=measure,
    statements=(
        Statement("convolution", lambda values: at_least(values["convolution"], 0.9)),
        Statement("lstm", lambda values: at_least(values["lstm"], 0.9)),
        Statement("frame", lambda values: at_most(values["frame"], 0.3), ours=True),
        Statement("mean", lambda values: at_most(values["mean"], 0.3), ours=True),
        Statement("tracking", lambda values: at_least(values["tracking"], 0.9), ours=True),
    ),
    opening=opening,
    plot=("frame", "mean", "convolution", "lstm", "tracking"),
)
