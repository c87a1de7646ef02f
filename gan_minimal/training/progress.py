"""What a person sees and does while a run goes on: a progress bar, and Ctrl-C."""

import math
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from types import FrameType

from rich.console import Console
from rich.progress import BarColumn, Progress, ProgressColumn, Task, TextColumn
from rich.text import Text

from gan_minimal.training.loss_log import Losses

TOGETHER = 2.0  # seconds in which several signals are one: nobody presses Ctrl-C once
LINES, REFRESHED = 10.0, 0.1  # seconds between two lines, and between two looks of a bar
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
    """Show rounds, rate, losses and time left; gives the function that is told of each round.

    In a terminal it is a bar; elsewhere a line now and then, and one at the end.
    """
    console = Console(stderr=True)
    columns = (
        TextColumn("{task.completed:,.0f} / {task.total:,.0f}"),
        BarColumn(),
        TextColumn("{task.fields[note]}"),
        Left(),
    )
    began = time.perf_counter()
    lines = not console.is_terminal
    seldom = Seldom(LINES if lines else REFRESHED)
    with Progress(*columns, console=console, disable=quiet or lines) as bar:
        task = bar.add_task("", total=steps, completed=first, note="")

        def advance(step: int) -> None:
            if quiet or not seldom.now(step == steps):
                return
            rate = (step - first) / (time.perf_counter() - began)
            if not lines:
                bar.update(task, completed=step, note=f"{rate:.3g} steps/s  {latest(losses)}")
                return
            losses.check()
            left = told((steps - step) / rate if rate else None)
            say(f"{step:,} / {steps:,}  {rate:.3g} steps/s  {latest(losses)}  {left} left")

        yield advance


class Left(ProgressColumn):
    """The time that is left, in a bar."""

    def render(self, task: Task) -> Text:
        """Return it as `told` says it."""
        return Text(told(task.time_remaining))


def told(seconds: float | None) -> str:
    """Return a time as people say it: `0:01:30`, `12 days`, `1,200 years`; `?` if nobody knows."""
    if seconds is None or not math.isfinite(seconds):
        return "?"
    days, years = round(seconds / 86400), round(seconds / 86400 / 365.25)
    if years >= 2:
        return f"{years:,} years" if years < 10**6 else "more than a million years"
    return f"{days} days" if days >= 2 else str(timedelta(seconds=round(seconds)))


class Seldom:
    """Says whether it is time to show something again: at first, every so often, and at the end."""

    def __init__(self, seconds: float) -> None:
        """Show something every `seconds`."""
        self.seconds, self.shown, self.ended = seconds, -math.inf, False

    def now(self, at_the_end: bool) -> bool:
        """Say whether it is time; the end is shown once."""
        late = time.monotonic() - self.shown >= self.seconds
        if self.ended or not (late or at_the_end):
            return False
        self.shown, self.ended = time.monotonic(), at_the_end
        return True


def latest(losses: Losses) -> str:
    """Return the last mean of each player's loss, or those of the window that is still open."""
    means = {name: mean[-1] for name, mean in losses.players.items()}
    means = means or {name: math.fsum(each) / len(each) for name, each in losses.window.items()}
    return "  ".join(f"{name} {mean:.3f}" for name, mean in means.items())


def say(line: str) -> None:
    """Write a line beside the output, and at once."""
    print(line, file=sys.stderr, flush=True)


def counting(what: str) -> Callable[[int, int], None]:
    """Return a function that is told how many of how many are done, and shows it.

    Args:
        what: What is being done, such as "reducing".
    """
    columns = (
        TextColumn("{task.description} {task.completed:,.0f} / {task.total:,.0f}"),
        BarColumn(),
        Left(),
    )
    bar = Progress(*columns, console=Console(stderr=True))
    seldom = Seldom(LINES)

    def tell(done: int, total: int) -> None:
        nonlocal seldom
        begins = done == 1 or not bar.task_ids
        if begins:
            for task in bar.task_ids:
                bar.remove_task(task)
            bar.add_task(what, total=total)
            seldom = Seldom(LINES)
        if not bar.console.is_terminal:
            if seldom.now(done == total):
                say(f"{what} {done:,} / {total:,}")
            return
        if begins:
            bar.start()
        bar.update(bar.task_ids[0], completed=done)
        if done == total:
            bar.stop()

    return tell
