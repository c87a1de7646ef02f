"""How a run begins: its first losses, by which it is recognised.

Adam divides by the size of gradients, also by that of tiny ones, so that rounding grows a
thousandfold and more in each round, and differently on every processor. In double precision it is
still far below anything that a change of the code does.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.utils.data import Dataset

from gan_minimal import data
from gan_minimal.models.protocol import Dividing
from gan_minimal.training import loop
from gan_minimal.training.batches import batches

SHARE = 8  # a part of the batch shows as well as the whole whether the code is the same


def first_rounds(
    run: loop.Run[Any],
    settings: loop.Settings,
    rounds: int,
    dataset: Dataset[tuple[Tensor, ...]] | None = None,
) -> list[dict[str, float]]:
    """Play the first rounds of a new run with an eighth of its batch, in double precision.

    Only one thread of the CPU computes.

    Args:
        run: A run that nobody has played yet, on the CPU.
        settings: How it is trained, but for its precision.
        rounds: How many rounds.
        dataset: Other examples than those of `settings.data`.

    Returns:
        For each round the loss of every player in its last move.
    """
    multiple = run.model.batch_multiple if isinstance(run.model, Dividing) else 1
    batch = max(settings.batch // SHARE // multiple, 1) * multiple
    settings = replace(settings, batch=batch, precision="float32", device="cpu")
    dataset = data.load(settings.data) if dataset is None else dataset
    stream = batches(dataset, settings.batch, settings.seed, "cpu")
    with double_precision():
        run.average = None  # it takes no part in the game
        run.model.double().train()
        return [
            {
                player: loss.item()
                for player, loss in loop.play(run, [as_double(x) for x in batch], settings)
            }
            for _, batch in zip(range(rounds), stream, strict=False)
        ]


def first_losses(
    run: loop.Run[Any],
    settings: loop.Settings,
    rounds: int = 2,
    dataset: Dataset[tuple[Tensor, ...]] | None = None,
) -> list[float]:
    """Return the losses of `first_rounds` one after the other."""
    played = first_rounds(run, settings, rounds, dataset)
    return [loss for each in played for loss in each.values()]


def as_double(x: Tensor) -> Tensor:
    """Return images in double precision, and labels as they are."""
    return x.double() if x.is_floating_point() else x


@contextmanager
def double_precision() -> Iterator[None]:
    """Draw noise in double precision and compute on one thread."""
    threads, kind = torch.get_num_threads(), torch.get_default_dtype()
    torch.set_num_threads(1)
    torch.set_default_dtype(torch.float64)
    try:
        yield
    finally:
        torch.set_num_threads(threads)
        torch.set_default_dtype(kind)
