"""The losses of a run: kept on the device, read once a window, checked for NaN and infinity."""

import math
from dataclasses import dataclass, field

import torch
from torch import Tensor

from gan_minimal.errors import TrainingDiverged


@dataclass
class Losses:
    """The mean loss of each player over windows of rounds.

    Attributes:
        step: The last round of each window.
        players: For each player, the mean loss of each window.
        window: The losses of the window that is still open.
    """

    step: list[int] = field(default_factory=list)
    players: dict[str, list[float]] = field(default_factory=dict)
    window: dict[str, list[float]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with nothing to check."""
        self._unread: list[tuple[int, str, Tensor]] = []

    def note(self, step: int, player: str, loss: Tensor) -> None:
        """Keep one loss without waiting for the device to compute it."""
        self._unread.append((step, player, loss))

    def check(self) -> None:
        """Read the losses noted since the last check.

        Raises:
            TrainingDiverged: If one of them is not finite.
        """
        unread, self._unread = self._unread, []
        if not unread:
            return
        values = torch.stack([loss.float() for _, _, loss in unread]).tolist()
        for (step, player, _), value in zip(unread, values, strict=True):
            if not math.isfinite(value):
                raise TrainingDiverged(
                    f"The loss of the {player} is {value} in round {step + 1:,}."
                )
            self.window.setdefault(player, []).append(value)

    def close_window(self, step: int) -> None:
        """Append the means of the window that ends with round `step`.

        Raises:
            TrainingDiverged: If a loss of the window is not finite.
        """
        self.check()
        self.step.append(step)
        for player, values in self.window.items():
            self.players.setdefault(player, []).append(math.fsum(values) / len(values))
        self.window = {}
