"""The losses and samples of a run for TensorBoard, which comes with the extra `tensorboard`."""

from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from gan_minimal.errors import UserError
from gan_minimal.training.loss_log import Losses


def summary_writer() -> Any:
    """Return the class that writes events.

    Raises:
        UserError: If TensorBoard is not installed.
    """
    try:
        from torch.utils.tensorboard import SummaryWriter
    except ImportError:
        raise UserError(
            "TensorBoard is not installed: `pip install 'gan-minimal[tensorboard]'` installs it, "
            "and without --tensorboard losses and samples are written all the same."
        ) from None
    return SummaryWriter


class Events:
    """The events of a run, in a folder that TensorBoard reads."""

    def __init__(self, folder: Path, step: int) -> None:
        """Begin to write, or go on.

        Args:
            folder: Where the events lie.
            step: Rounds that have been played. What was written of later ones, by a process that
                was killed, is dropped by TensorBoard.

        Raises:
            UserError: If TensorBoard is not installed.
        """
        begun = folder.exists()
        self.told = step if begun else 0
        self.writer = summary_writer()(str(folder), purge_step=step + 1 if begun else None)

    def losses(self, losses: Losses) -> None:
        """Write the mean losses of the windows that have been closed since the last call."""
        for i, step in enumerate(losses.step):
            if step > self.told:
                for player, means in losses.players.items():
                    self.writer.add_scalar(f"loss/{player}", means[i], step)
                self.told = step
        self.writer.flush()

    def samples(self, step: int, picture: Path) -> None:
        """Write a sheet of samples, which lies in a file already."""
        with Image.open(picture) as sheet:
            pixels = np.asarray(sheet.convert("RGB"))
        self.writer.add_image("samples", pixels, step, dataformats="HWC")

    def close(self) -> None:
        """Write what is left to write."""
        self.writer.close()
