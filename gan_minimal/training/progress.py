"""What a person sees and does while a run goes on: a progress bar, and Ctrl-C."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from gan_minimal.training.loss_log import Losses

TOGETHER = 2.0  # seconds in which several signals are one: nobody presses Ctrl-C once
STOPPING = "\nStopping: it saves after this round. Ctrl-C in two seconds leaves at once.\n"


@contextmanager
def interruption() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C, SIGTERM or the end of the terminal has come since.

    A signal that comes long after the first does what it always did: one can still leave at once.
    """
    came: list[float] = []
    numbers = [
        signal.SIGINT,
        signal.SIGTERM,
        *([signal.SIGHUP] if hasattr(signal, "SIGHUP") else []),
    ]
    before = {number: signal.getsignal(number) for number in numbers}
    before = {number: was for number, was in before.items() if was != signal.SIG_IGN}  # by nohup

    def note(number: int, _frame: FrameType | None) -> None:
        if number not in (signal.SIGINT, signal.SIGTERM):
            leave_terminal()
        if not came:
            came.append(time.monotonic())
            with suppress(OSError):
                os.write(2, STOPPING.encode())
        elif time.monotonic() - came[0] > TOGETHER:
            restore()
            signal.raise_signal(number)

    def restore() -> None:
        for number, handler in before.items():
            signal.signal(number, handler)

    if threading.current_thread() is threading.main_thread():  # only it may set handlers
        for number in before:
            signal.signal(number, note)
        try:
            yield lambda: bool(came)
        finally:
            restore()
    else:
        yield lambda: False


def leave_terminal() -> None:
    """Write to nowhere from now on: the terminal is closed, and to write there is an error."""
    with open(os.devnull, "r+b") as nowhere:
        for descriptor in (1, 2):
            os.dup2(nowhere.fileno(), descriptor)


@contextmanager
def progress_bar(
    first: int, steps: int, losses: Losses, quiet: bool
) -> Iterator[Callable[[int], None]]:
    """Show rounds, rate, losses and time left; gives the function that moves the bar to a round."""
    columns = (
        TextColumn("{task.completed:,.0f} / {task.total:,.0f}"),
        BarColumn(),
        TextColumn("{task.fields[note]}"),
        TimeRemainingColumn(compact=True),
    )
    began = time.perf_counter()
    with Progress(*columns, console=Console(stderr=True), disable=quiet) as bar:
        task = bar.add_task("", total=steps, completed=first, note="")

        def advance(step: int) -> None:
            rate = (step - first) / (time.perf_counter() - began)
            means = "  ".join(f"{name} {mean[-1]:.3f}" for name, mean in losses.players.items())
            bar.update(task, completed=step, note=f"{rate:.0f} steps/s  {means}")

        yield advance


def counting(what: str) -> Callable[[int, int], None]:
    """Return a function that is told how many of how many are done, and shows it.

    Args:
        what: What is being done, such as "reducing".
    """
    columns = (
        TextColumn("{task.description} {task.completed:,.0f} / {task.total:,.0f}"),
        BarColumn(),
        TimeRemainingColumn(compact=True),
    )
    bar = Progress(*columns, console=Console(stderr=True))

    def tell(done: int, total: int) -> None:
        if done == 1:
            for task in bar.task_ids:
                bar.remove_task(task)
            bar.add_task(what, total=total)
            bar.start()
        bar.update(bar.task_ids[0], completed=done)
        if done == total:
            bar.stop()

    return tell
