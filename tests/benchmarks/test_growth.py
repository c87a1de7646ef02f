"""How the time of the worked problems grows with their input: ratios, not seconds.

Each problem is solved at four sizes in turns, so that whatever slows the machine down meanwhile
slows all four, and what is timed is processor time. `growth.py` makes the table of it.
"""

import importlib.util
import random
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

SNIPPETS = Path(__file__).parents[2] / "snippets"
SECONDS = 4  # about how long the rounds of one problem take together


def definitions() -> dict[str, Any]:
    """What `growth_of_work.py` defines, without what it prints."""
    names: dict[str, Any] = {}
    source = (SNIPPETS / "growth_of_work.py").read_text(encoding="utf-8")
    exec(source.split("\n\n\nfor n in")[0], names)
    return names


def exam(number: int) -> ModuleType:
    """One problem of the mock exam with its solution."""
    path = SNIPPETS / f"exam/problem_{number}.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    found = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(found)
    return found


def checkpoints(n: int) -> tuple[Any, ...]:
    numbers = random.Random(n).sample(range(1, 10 * n), n)
    return [f"run-{number % 7}-{number}" for number in numbers], 3


def picture(n: int) -> tuple[Any, ...]:
    side = random.Random(n)
    return (["".join(side.choices("AB", k=100)) for _ in range(n // 100)],)


def loads(n: int) -> tuple[Any, ...]:
    dice = random.Random(n)
    return [dice.randint(1, 1000) for _ in range(n)], 10


def network(n: int) -> tuple[Any, ...]:
    """No link leads to the last server, so that all others are visited before it is given up."""
    dice = random.Random(n)
    ends = [(a, a + 1) for a in range(1, n - 1)]
    ends += [tuple(dice.sample(range(1, n), 2)) for _ in range(2 * n)]
    return n, [[a, b, 2 * dice.randint(1, 500)] for a, b in ends], 2


def shown(name: str, *more: Any) -> Callable[[int], Callable[[], object]]:
    """What makes calls of a function of `growth_of_work.py`."""
    function = definitions()[name]
    return lambda n: lambda: function(n, *more)


def searches(n: int, wanted: int = 2000) -> Callable[[], object]:
    """Many searches in one range, as a single one is over too soon to be timed."""
    find = definitions()["find_by_halves"]
    places = [random.Random(n).randrange(n) for _ in range(wanted)]
    return lambda: [find(place, range(n)) for place in places]


def solving(number: int, given: Callable[[int], tuple[Any, ...]], n: int) -> Callable[[], object]:
    solution, arguments = exam(number).solution, given(n)
    return lambda: solution(*arguments)


# By name: four sizes, how the steps grow with n, and what makes a call for a size.
PROBLEMS: dict[str, tuple[tuple[int, ...], str, Callable[[int], Callable[[], object]]]] = {
    "stairs": ((18, 19, 20, 21), "1.618^n", shown("stairs")),
    "stairs_kept": ((500, 1000, 2000, 4000), "n", shown("stairs_kept")),
    "coins": ((5000, 10_000, 20_000, 40_000), "n", shown("coins_fewest", (1, 3, 4))),
    "halves": ((4096, 8192, 16_384, 32_768), "log n", searches),
    "checkpoints": ((5000, 10_000, 20_000, 40_000), "n log n", partial(solving, 1, checkpoints)),
    "regions": ((5000, 10_000, 20_000, 40_000), "n", partial(solving, 2, picture)),
    "split": ((5000, 10_000, 20_000, 40_000), "n log n", partial(solving, 3, loads)),
    "network": ((1000, 2000, 4000, 8000), "n log n", partial(solving, 4, network)),
}


def seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


@pytest.mark.benchmark(timer=time.process_time)
@pytest.mark.parametrize("name", PROBLEMS)
def test_growth(benchmark: Any, note: Any, name: str) -> None:
    sizes, steps, prepare = PROBLEMS[name]
    if not benchmark.enabled:  # an ordinary test: what is not timed may be small
        sizes = sizes[:1] * len(sizes)
    *smaller, largest = [prepare(n) for n in sizes]
    times: list[list[float]] = [[] for _ in smaller]

    def before() -> None:
        for call, taken in zip(smaller, times, strict=True):
            taken.append(seconds(call))

    once = seconds(largest) + sum(seconds(call) for call in smaller)
    rounds = round(min(max(SECONDS / once, 10), 200)) if benchmark.enabled else 1
    benchmark.pedantic(largest, setup=before, rounds=rounds)

    note("cpu", kind="growth", problem=name, sizes=sizes, steps=steps, times=times)
