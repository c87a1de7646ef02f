"""Trains the same DCGAN four times and prints losses, length and time side by side.

Needs the frameworks: `pip install lightning skorch fastai`. Time is that of one processor thread.
"""

import contextlib
import importlib
import importlib.metadata
import io
import time
import warnings
from pathlib import Path

import torch
from game import batches

WAYS = {"torch": "plain_torch"} | {n: f"with_{n}" for n in ("lightning", "skorch", "fastai")}
SHOWN = (1, 2, 3, 10)  # rounds


def lines_of_code(way):
    """How many lines of a file say something: without comments, docstrings and empty lines."""
    lines = Path(__file__).with_name(f"{way}.py").read_text(encoding="utf-8").splitlines()
    return sum(bool(line.strip()) and line.strip()[0] not in '#"' for line in lines)


def quietly(function, *arguments):
    """Call a function whose framework talks; return its value and the seconds it computed."""
    with contextlib.redirect_stderr(io.StringIO()), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        start = time.process_time()
        return function(*arguments), time.process_time() - start


def milliseconds(ways):
    """The time of a round of each: the least of five tries, taken in turns.

    What is done once, before the first round and after the last, cancels out.
    """
    least = {}
    for _ in range(5):
        for way, train in ways.items():
            for n in (10, 60):
                seconds = quietly(train, batches(n))[1]
                least[way, n] = min(seconds, least.get((way, n), seconds))
    return {way: 1000 * (least[way, 60] - least[way, 10]) / 50 for way in ways}


if __name__ == "__main__":
    torch.set_num_threads(1)
    ways = {way: quietly(importlib.import_module, way)[0].train for way in WAYS.values()}
    times = milliseconds(ways)
    rounds = "".join(f"{f'round {n}':>15}" for n in SHOWN)
    print(f"{'':18}{rounds}  lines  ms a round")
    for name, way in WAYS.items():
        losses, _ = quietly(ways[way], batches(max(SHOWN)))
        shown = "".join(f"{losses[n - 1][0]:9.3f} {losses[n - 1][1]:.3f}" for n in SHOWN)
        version = importlib.metadata.version(name).partition("+")[0]
        print(f"{f'{name} {version}':18}{shown}  {lines_of_code(way):5}{times[way]:12.1f}")
