"""Kills a training at random moments, over and over, and looks at how it ends.

Each attempt is a process of its own, forked from one that has loaded the data and never trained.
SIGKILL cannot be caught: whatever the process was at, reading its checkpoint, in the middle of a
round, in the middle of writing, it is at no more.
"""

import multiprocessing
import signal
import time
from pathlib import Path
from random import Random
from typing import Any

import torch
from torch.utils.data import Dataset

from gan_minimal import data, files, models, zoo
from gan_minimal.training import checkpoint, loop
from gan_minimal.training.loop import Settings
from tests.training.comparing import same

ROUNDS, BATCH, SAVE_EVERY = 12, 8, 2  # cgan_conv takes batches of 8


UNRECORDED = {  # models of which no run is recorded, on data that is built in
    "cgan": (
        {"size": 32, "channels": 1, "classes": (19, 21, 28)},
        Settings("hangul32-jamo", batch=BATCH, steps=ROUNDS, save_every=SAVE_EVERY),
    )
}


def trainings() -> dict[str, tuple[dict[str, Any], Settings]]:
    """Return how each model is trained here: as its first recorded run is, but shorter."""
    found = dict(UNRECORDED)
    for name in zoo.names():
        record = zoo.read(name)
        if record["model"] not in found:
            preset = models.preset(record["model"], record["preset"])
            short = {"steps": ROUNDS, "save_every": SAVE_EVERY}
            short["batch"] = min(BATCH, preset["train"]["batch"])
            found[record["model"]] = (preset["model"], Settings(**preset["train"] | short))
    return found


def attempt(
    path: Path, name: str, arguments: dict[str, Any], settings: Settings, examples: Dataset[Any]
) -> None:
    """Train, or go on with what the checkpoint at `path` holds, to the end."""
    torch.set_num_threads(1)
    files.clear_temporary(path.parent)
    run = loop.resume(path)[0] if path.exists() else loop.new(name, arguments, settings)

    def save(run: loop.Run[Any]) -> None:
        checkpoint.save(path, loop.contents(run, name, arguments, settings))

    loop.train(run, examples, settings, save, quiet=True)


def kill(name: str, kills: int, rng: Random, folder: Path) -> dict[str, int]:
    """Kill the training of a model, and compare every run that reaches its end all the same.

    Args:
        name: The model.
        kills: How many processes to kill; runs are begun anew until so many have been, and the
            last one reaches its end.
        rng: Says when.
        folder: An empty folder.

    Returns:
        The kills, those that left a checkpoint to go on from, those that left a file half written,
        the runs that ended, and how many of these ended with other bits than an undisturbed run.
    """
    arguments, settings = trainings()[name]
    examples = data.load(settings.data)
    loop.new(name, arguments, settings)  # else each process begins with a second of imports
    forked = multiprocessing.get_context("fork")

    def started(path: Path) -> Any:
        process = forked.Process(target=attempt, args=(path, name, arguments, settings, examples))
        process.start()
        return process

    begun = time.monotonic()
    undisturbed = folder / "undisturbed" / "checkpoint.pt"
    finish(started(undisturbed))
    span = time.monotonic() - begun
    wanted = checkpoint.load(undisturbed)

    counts = {"kills": 0, "went on": 0, "half written": 0, "runs": 0, "different": 0}
    path = folder / "killed" / "checkpoint.pt"
    while counts["kills"] < kills or counts["runs"] == 0 or path.exists():
        process = started(path)
        if counts["kills"] < kills:
            process.join(rng.uniform(0, span))
            process.kill()
        process.join()
        if process.exitcode == -signal.SIGKILL:
            counts["kills"] += 1
            counts["went on"] += path.exists()
            counts["half written"] += any(path.parent.glob(".checkpoint*"))
        else:
            finish(process)
            counts["runs"] += 1
            counts["different"] += not same(checkpoint.load(path), wanted)
            path.unlink()
            checkpoint.before(path).unlink(missing_ok=True)
    return counts


def finish(process: Any) -> None:
    """Wait for a process, which must end without an error."""
    process.join()
    if process.exitcode:
        raise RuntimeError(f"a training ended with exit code {process.exitcode}")
