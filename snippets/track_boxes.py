"""Tracking by detection: predict by a Kalman filter, match by the Hungarian method. No library."""

import random


def hungarian(cost):
    """The pairs (row, column) of least total cost; no more rows than columns."""
    n, m = len(cost), len(cost[0])
    u, v, row_of, came = [0.0] * (n + 1), [0.0] * (m + 1), [0] * (m + 1), [0] * (m + 1)
    for row in range(1, n + 1):
        row_of[0], j, least, free = row, 0, [float("inf")] * (m + 1), set(range(1, m + 1))
        while row_of[j]:
            for k in free:
                reduced = cost[row_of[j] - 1][k - 1] - u[row_of[j]] - v[k]
                least[k], came[k] = min((least[k], came[k]), (reduced, j))
            step, j = min((least[k], k) for k in free)
            for k in {*range(m + 1)} - free:
                u[row_of[k]], v[k] = u[row_of[k]] + step, v[k] - step
            least = [value - step for value in least]
            free.remove(j)
        while j:
            row_of[j], j = row_of[came[j]], came[j]
    return [(row_of[k] - 1, k - 1) for k in range(1, m + 1) if row_of[k]]


class Kalman:
    """A place and a speed, as complex numbers; variances p and r of the two, covariance q."""

    def __init__(self, place):
        self.place, self.speed, self.p, self.q, self.r = place, 0j, 1.0, 0.0, 4.0

    def predict(self):
        self.place += self.speed
        self.p, self.q, self.r = self.p + 2 * self.q + self.r, self.q + self.r, self.r + 0.001

    def update(self, seen, noise=0.25):
        off, a, b = seen - self.place, self.p / (self.p + noise), self.q / (self.p + noise)
        self.place, self.speed = self.place + a * off, self.speed + b * off
        self.p, self.q, self.r = (1 - a) * self.p, (1 - a) * self.q, self.r - b * self.q


def kept(dice, predicting):
    """How many of three things, which cross, still have their own track after 40 frames."""
    lines = (0j, 1 + 1j), (26j, 1 + 0j), (40j, 1 - 1j)
    tracks, owner = [Kalman(start) for start, _ in lines], {}
    for t in range(1, 41):
        _ = [track.predict() for track in tracks if predicting]
        seen = lines[: 2 if 16 <= t < 24 else 3]  # the last one is behind something for a while
        boxes = [(i, a + t * b + 0.5 * dice.gauss(0, 1)) for i, (a, b) in enumerate(seen)]
        dice.shuffle(boxes)
        for row, k in hungarian([[abs(box - t.place) for t in tracks] for _, box in boxes]):
            owner[k], box = boxes[row]
            tracks[k].update(box) if predicting else setattr(tracks[k], "place", box)
    return sum(k == i for k, i in owner.items())


print("three things that cross, one of them hidden for 8 frames: still told apart")
for name, predicting in ("matched to the last place", False), ("to the predicted place", True):
    found = sum(kept(random.Random(seed), predicting) for seed in range(300))
    print(f"  {name:28} {found / 9:.0f} %")
