"""Batches in an order that depends on the seed and the round alone, so that runs can be resumed."""

import atexit
import multiprocessing
import os
import signal
import time
from collections.abc import Generator
from multiprocessing.process import BaseProcess
from typing import Protocol, runtime_checkable

import torch
from torch import Tensor
from torch.utils.data import DataLoader, Dataset, Sampler, TensorDataset

from gan_minimal.errors import UserError

Batches = Generator[tuple[Tensor, ...], None, None]


@runtime_checkable
class InBatches(Protocol):
    """A data set that returns several examples at once, faster than one by one."""

    def batch(self, indices: list[int]) -> tuple[Tensor, ...]:
        """Return examples, the first dimension of each tensor counting them."""
        ...


class Order(Sampler[list[int]]):
    """The examples of each round, from round `first` on, without end.

    Every epoch is a new permutation drawn from `(seed, epoch)`, and its last, incomplete batch is
    dropped. Nothing has to be stored to find one's way back: round 12,345 has the same examples
    whether the run was interrupted or not.
    """

    def __init__(self, examples: int, batch: int, seed: int, first: int, multiple: int = 1) -> None:
        """Order `examples` examples, in batches of `batch`.

        Raises:
            UserError: If there are fewer; the message says which multiple of `multiple` will do.
        """
        if examples < batch:
            most = examples // multiple * multiple
            advice = f"use --batch {most} or less" if multiple == 1 else f"use --batch {most}"
            if not most:
                advice = f"this model needs {multiple} or more"
            raise UserError(
                f"The data has {examples} examples, fewer than one batch of {batch}: {advice}."
            )
        self.examples, self.batch, self.seed, self.first = examples, batch, seed, first

    def __iter__(self) -> Generator[list[int], None, None]:
        """Yield lists of `batch` indices for ever."""
        epoch, place = divmod(self.first, self.examples // self.batch)
        while True:
            generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
            permutation = torch.randperm(self.examples, generator=generator)
            rounds = permutation.split(self.batch)[: self.examples // self.batch]
            yield from (indices.tolist() for indices in rounds[place:])
            epoch, place = epoch + 1, 0


def batches(
    dataset: Dataset[tuple[Tensor, ...]],
    batch: int,
    seed: int,
    device: str,
    first: int = 0,
    multiple: int = 1,
    workers: int | None = None,
) -> Batches:
    """Return batches on `device` for ever, beginning with round `first`.

    A data set in memory is moved to the device once, if it takes at most half of what is free
    there; reduced images of a person's own are read as they are needed; anything else is read by
    worker processes ahead of time, which end when the generator is closed.

    Args:
        dataset: Examples `(image, ...)`; a `TensorDataset` counts as being in memory.
        batch: Examples in a batch.
        seed: Seed of the order.
        device: Where the batches shall be.
        first: Rounds that have been played already.
        multiple: What a batch of the model is a multiple of, for advice.
        workers: Worker processes; by default as many as the machine can use.

    Raises:
        UserError: If there are fewer examples than one batch.
    """
    order = Order(len(dataset), batch, seed, first, multiple)  # type: ignore[arg-type]  # a Dataset need not have a length
    if isinstance(dataset, TensorDataset):
        return from_memory(dataset.tensors, order, device)
    if isinstance(dataset, InBatches):
        return (tuple(x.to(device) for x in dataset.batch(indices)) for indices in order)
    return from_workers(dataset, order, device, workers)


def from_memory(tensors: tuple[Tensor, ...], order: Order, device: str) -> Batches:
    """Yield the batches of `order` from whole tensors."""
    if fits(tensors, device):
        tensors = tuple(tensor.to(device) for tensor in tensors)
    for indices in order:
        chosen = torch.tensor(indices, device=tensors[0].device)
        yield tuple(tensor[chosen].to(device) for tensor in tensors)


def from_workers(
    dataset: Dataset[tuple[Tensor, ...]], order: Order, device: str, workers: int | None
) -> Batches:
    """Yield the batches of `order`, read ahead of time by worker processes.

    Raises:
        UserError: If a worker does, cannot read a file, or was ended by somebody else.
    """
    loader = DataLoader(
        dataset,
        batch_sampler=order,
        num_workers=min(4, os.cpu_count() or 1) if workers is None else workers,
        pin_memory=device.startswith("cuda"),
        worker_init_fn=ignore_interrupts,
        generator=torch.Generator(),  # else the loader would draw from the global random numbers
    )
    before = set(multiprocessing.active_children())
    examples = iter(loader)
    workers_of_it = set(multiprocessing.active_children()) - before
    # Workers ignore the signal by which Python ends them at its own end, and it would then wait for
    # them for ever: whatever happens, they are ended before that.
    atexit.register(end, workers_of_it)
    try:
        while True:
            yield tuple(tensor.to(device, non_blocking=True) for tensor in next(examples))
    except (UserError, OSError) as error:  # the loader makes the worker's traceback its message
        raise UserError(str(error).strip().splitlines()[-1].partition(": ")[2]) from None
    except RuntimeError as error:
        if "DataLoader worker" not in str(error):
            raise
        raise UserError(
            "A process that reads the images has ended, most likely for want of memory: fewer of "
            "them need less, see --workers."
        ) from None
    finally:
        del examples  # asks them to end
        end(workers_of_it)
        atexit.unregister(end)


def end(workers: set[BaseProcess]) -> None:
    """End worker processes that do not end by themselves, all of them within a second."""
    until = time.monotonic() + 1
    for worker in workers:
        worker.join(max(0.0, until - time.monotonic()))
        worker.kill()
        worker.join()


def fits(tensors: tuple[Tensor, ...], device: str) -> bool:
    """Say whether `tensors` take at most half of the free memory of a CUDA device."""
    if not device.startswith("cuda"):
        return True
    free, _ = torch.cuda.mem_get_info(device)
    return sum(tensor.nbytes for tensor in tensors) <= free / 2


def ignore_interrupts(_worker: int) -> None:
    """Leave Ctrl-C and SIGTERM to the main process, which saves and then ends its workers.

    Terminals send Ctrl-C, and service managers SIGTERM, to all processes of a program at once.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
