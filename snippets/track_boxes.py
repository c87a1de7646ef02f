"""Detect squares in noisy frames and follow them: Kalman filter, Hungarian method from SciPy."""

import numpy as np
import torch
from scipy.ndimage import center_of_mass, label
from scipy.optimize import linear_sum_assignment

F, H = np.eye(4) + np.eye(4, k=2), np.eye(2, 4)  # a place moves by its speed; places are seen
Q, R = np.diag([0.0, 0.0, 1e-4, 1e-4]), 0.2 * np.eye(2)  # how speeds drift, how sight errs


def moved(state, cov):
    return F @ state, F @ cov @ F.T + Q


def corrected(state, cov, seen):
    gain = cov @ H.T @ np.linalg.inv(H @ cov @ H.T + R)
    return state + gain @ (seen - H @ state), cov - gain @ H @ cov


def follow(seed, kalman):
    """Three squares cross in 41 frames: how many keep their own track, and the tracks drawn."""
    dice, drawn = np.random.default_rng(seed), torch.zeros(3, 48, 48)
    ways = dice.uniform(0, 6.3) + np.arange(3) * dice.uniform(0.6, 2, 3)
    speeds = dice.uniform(0.7, 1, (3, 1)) * np.stack([np.sin(ways), np.cos(ways)], axis=1)
    tracks = [(np.r_[24 - 20 * speed, 0, 0], np.eye(4)) for speed in speeds]
    for t in range(41):
        places, frame = 24 + speeds * (t - 20), dice.normal(0, 0.1, (48, 48))
        for y, x in places.round().astype(int):
            frame[y - 1 : y + 2, x - 1 : x + 2] += 1
        spots, n = label(frame > 0.5)  # detection: what hangs together, and its middle
        seen = center_of_mass(frame, spots, range(1, n + 1))
        tracks = [moved(*track) for track in tracks] if kalman else tracks
        far = [[np.hypot(*(H @ state - place)) for place in seen] for state, _ in tracks]
        for i, k in zip(*linear_sum_assignment(far), strict=True):
            tracks[i] = corrected(*tracks[i], seen[k]) if kalman else (np.r_[seen[k], 0, 0], 0)
            drawn[(i, *(H @ tracks[i][0]).round().astype(int))] = 1
    off = [np.hypot(*(H @ state - place)) for (state, _), place in zip(tracks, places, strict=True)]
    return sum(distance < 3 for distance in off), drawn


print("three squares that cross, 41 frames: still on their own track")
for name, kalman in ("matched to the last place", False), ("to the predicted place", True):
    print(f"  {name:28}{sum(follow(seed, kalman)[0] for seed in range(100)) / 3:3.0f} %")
PICTURES = torch.stack([follow(14, False)[1], follow(14, True)[1]]) * 2 - 1
