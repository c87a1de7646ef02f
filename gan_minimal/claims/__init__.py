"""Claims: words of the notes, and what a small experiment says of them.

What is a definition is shown in the code and not judged. What can be tested becomes statements,
each with a rule of its own. Every claim has a folder here, and is found by its folder:

- `measure.py`: the measurement, and the rule of each statement.
- `ko.md` and `en.md`: the same in words, and readable names of the values.
- `rule.toml`: values for which every rule just holds, and changes that break it, for the tests.
- `record.json`: the values that were measured, which pages show.

Rules are fixed before the measurement; what fails is published as failing.
"""

import importlib
import multiprocessing
import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gan_minimal import files
from gan_minimal.claims._verdicts import (
    VERDICTS,
    Statement,
    Values,
    Verdict,
    above,
    at_least,
    at_most,
    below,
    both,
    judge,
    judge_all,
    rising,
    smallest_effect,
)
from gan_minimal.claims._words import Words, read_words
from gan_minimal.errors import UserError, nearest

__all__ = [
    "VERDICTS",
    "Claim",
    "Statement",
    "Values",
    "Verdict",
    "above",
    "at_least",
    "at_most",
    "below",
    "both",
    "judge",
    "judge_all",
    "rising",
    "smallest_effect",
]


FAMILIES = (
    "autoencoders",
    "gan-family",
    "image-to-image",
    "single-image",
    "growth-and-style",
    "metrics",
    "video",
)
"""Groups of claims, each with a page of its own, in their order."""

CHOSEN = "GAN_MINIMAL_DEVICE"  # a variable, which other processes get too
SHAPE = {
    "id": str,
    "opening": [float],
    "seconds": float,
    "environment": dict.fromkeys(("torch", "processor", "date"), str),
}
"""What every record of a claim holds beside its values."""


def _no_limits(_values: Values) -> Mapping[str, float]:
    return {}


@dataclass(frozen=True)
class Claim:
    """Words of the notes, how they are measured, and the statements that are judged.

    Attributes:
        file: The `__file__` of the module that measures it; words and record lie beside it.
        place: Where the notes say it: a page and a heading, such as `lecture.md#dcgan`.
        measure: Returns the values.
        family: The page on which it stands in full, `claims/<family>.md`; one of `FAMILIES`.
        statements: What can be tested, each with its rule.
        opening: Returns a few numbers with which the measurement begins; for a slow claim they
            stand in for the measurement when it is checked that today's code would repeat it.
            None for a fast claim, which is measured again as a whole.
        tolerance: How far a value may be off when it is measured again, relative.
        plot: Names of values that can be drawn on one axis, for a picture beside the table.
        limits: Returns the number at which a rule turns, for those of `plot` that have one.
    """

    file: str
    place: str
    measure: Callable[[], Values]
    statements: tuple[Statement, ...]
    family: str = FAMILIES[0]
    opening: Callable[[], Sequence[float]] | None = None
    tolerance: float = 0.05
    plot: tuple[str, ...] = ()
    limits: Callable[[Values], Mapping[str, float]] = _no_limits

    @property
    def folder(self) -> Path:
        """The folder of the claim."""
        return Path(self.file).parent

    @property
    def id(self) -> str:
        """Its name on pages and on the command line."""
        return self.folder.name.replace("_", "-")

    def words(self, language: str) -> Words:
        """Return the claim in words, in Korean (`ko`) or in English (`en`)."""
        return read_words(self.folder / f"{language}.md")

    def verdicts(self, values: Values) -> dict[str, Verdict]:
        """Return the verdict of each statement by its id."""
        return {each.id: judge(each.margins(values)) for each in self.statements}

    def verdict(self, values: Values) -> Verdict:
        """Return the verdict of all statements together."""
        return judge_all(list(self.verdicts(values).values()))

    def verdicts_of(self, values: Values, *, ours: bool) -> list[Verdict]:
        """Return the verdicts of the statements of the notes, or of ours.

        There is none of the notes where their words define something: that is not judged.
        """
        return [judge(s.margins(values)) for s in self.statements if s.ours is ours]


def names() -> list[str]:
    """Return the ids of all claims, sorted."""
    found = (path for root in __path__ for path in Path(root).glob("[!_]*/measure.py"))
    return sorted(path.parent.name.replace("_", "-") for path in found)


def get(name: str) -> Claim:
    """Return the claim with the id `name`.

    Raises:
        UserError: If there is none; the message names the nearest one.
    """
    if name not in names():
        raise UserError(f"There is no claim {name!r}: {nearest(name, names())}")
    return importlib.import_module(f"{__name__}.{name.replace('-', '_')}.measure").CLAIM


def claims() -> dict[str, Claim]:
    """Return all claims by their ids, family by family."""
    found = [get(name) for name in names()]
    found.sort(key=lambda claim: FAMILIES.index(claim.family))
    return {claim.id: claim for claim in found}


def compute_on(device: str | None) -> None:
    """Choose where claims are trained, in this process and those that it starts.

    Raises:
        UserError: If there is no such device.
    """
    from gan_minimal.training.loop import check_device

    if device is not None:
        check_device(device)
        os.environ[CHOSEN] = device


def device() -> str:
    """Return where claims are trained: as chosen, or on a GPU if there is one, else on the CPU."""
    import torch

    if CHOSEN in os.environ:
        return os.environ[CHOSEN]
    return "cuda" if torch.cuda.is_available() else "cpu"


def in_parallel(function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Return `function(*call)` for each of `calls`, as many at a time as there are cores.

    Each has one thread: networks as small as these lose more by waiting for each other's threads
    than they gain.

    Args:
        function: A function of a module, so that another process can import it.
        calls: The arguments of each call, such as a seed.
    """
    workers = min(os.cpu_count() or 1, len(calls))
    if workers < 2:
        return [function(*call) for call in calls]
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, context, initializer=_one_thread) as pool:
        return list(pool.map(function, *zip(*calls, strict=True)))


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def measure(claim: Claim) -> dict[str, Any]:
    """Measure a claim and return what is recorded of it."""
    from gan_minimal.training.machine import environment

    began = time.perf_counter()
    values = {name: [float(f"{v:.4g}") for v in seeds] for name, seeds in claim.measure().items()}
    return {
        "id": claim.id,
        "values": values,
        "opening": list(claim.opening()) if claim.opening else [],
        "seconds": round(time.perf_counter() - began, 1),
        "environment": environment(device()),
    }


def write(claim: Claim, record: dict[str, Any], folder: Path | None = None) -> None:
    """Keep what was measured, in the claim's folder or in another one."""
    files.write_record((folder or claim.folder) / "record.json", record)


def read(claim: Claim) -> dict[str, Any] | None:
    """Return what is recorded of a claim, or None if it was never measured.

    Raises:
        UserError: If the record is damaged, or of another claim.
    """
    files.finish(claim.folder)
    path = claim.folder / "record.json"
    if not path.exists():
        return None
    again = f"measure it again with `gan-minimal claims run {claim.id} --record`"
    names = {name: [float] for name in claim.words("en").labels}
    record = files.read_record(path, SHAPE | {"values": names}, again)
    if record["id"] != claim.id or not all(record["values"].values()):
        raise UserError(f"{path} is the record of another claim: {again}.")
    return record


def recorded(
    new: Mapping[str, dict[str, Any]] = MappingProxyType({}),
) -> list[tuple[Claim, dict[str, Any]]]:
    """Return every claim that was measured, with its record.

    Args:
        new: Records that are not in their places yet, by the ids of their claims.
    """
    pairs = ((claim, new.get(claim.id) or read(claim)) for claim in claims().values())
    return [(claim, record) for claim, record in pairs if record is not None]


def check(claim: Claim) -> list[str]:
    """Say in sentences what makes a claim's record stale; nothing if it is fresh."""
    record = read(claim)
    if record is None:
        return ["it was never measured"]
    if claim.opening is not None:
        now, then = {"opening": claim.opening()}, {"opening": record["opening"]}
        tolerance = 1e-3
    else:
        now, then = dict(claim.measure()), record["values"]
        tolerance = claim.tolerance
        verdicts = claim.verdicts(then)
        changed = [name for name, each in claim.verdicts(now).items() if each != verdicts[name]]
        if changed:
            return [f"the verdict of {', '.join(changed)} is another one today"]
    if now.keys() != then.keys():
        return ["other values are measured today"]
    return [
        f"{name} is {x:.4g} today, recorded: {y:.4g}"
        for name in then
        for x, y in zip(now[name], then[name], strict=True)
        if abs(x - y) > tolerance * abs(y)
    ]
