"""How tests compare what two checkpoints hold."""

from typing import Any

import torch


def same(x: Any, y: Any) -> bool:
    """Say whether two contents of checkpoints are equal to the bit."""
    if isinstance(x, dict):
        return isinstance(y, dict) and x.keys() == y.keys() and all(same(x[k], y[k]) for k in x)
    if isinstance(x, list):
        return len(x) == len(y) and all(map(same, x, y))
    return torch.equal(x, y) if isinstance(x, torch.Tensor) else x == y
