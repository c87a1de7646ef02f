"""What a person sees and does while a run goes on: a progress bar, and Ctrl-C."""

import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

from gan_minimal.training.loss_log import Losses


@contextmanager
def interruption() -> Iterator[Callable[[], bool]]:
    """Give a function that says whether Ctrl-C or SIGTERM has come since.

    The second signal does what it always did: one can still leave at once.
    """
    came: list[int] = []
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}

    def note(number: int, _frame: FrameType | None) -> None:
        came.append(number)
        restore()

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
