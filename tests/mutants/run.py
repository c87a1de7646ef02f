"""Changes the code in small ways, one at a time, and counts which of them a test notices.

`python -m tests.mutants.run` in a copy of the repository: the files are changed where they are, and
put back. It needs `cosmic-ray`, which the other tests do not. CONTRIBUTING.md says more.
"""

import argparse
import os
import random
import shlex
import sys
from collections import defaultdict
from pathlib import Path

from cosmic_ray.commands.init import _all_work_items
from cosmic_ray.mutating import mutate_and_test
from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import MutationSpec, TestOutcome

PACKAGES = ("models", "training", "scoring")
TIMEOUT = 1200  # seconds: a mutant may run for ever
OPTIONS = ["-x", "-q", "-p", "no:cacheprovider", "-m", "not slow"]


def mutants(number: int, seed: int) -> list[MutationSpec]:
    """Draw places in functions, and for each a change, so that no place counts many times.

    What stands outside functions, such as presets, is left to the tests of recorded runs; `|` is
    left out since most of it is in annotations.
    """
    files = sorted(p for name in PACKAGES for p in Path("gan_minimal", name).glob("[!_]*.py"))
    places = defaultdict(list)
    for item in _all_work_items(files, {}):
        (mutation,) = item.mutations
        if mutation.definition_name and "BinaryOperator_BitOr" not in mutation.operator_name:
            places[str(mutation.module_path), mutation.start_pos].append(mutation)
    rng = random.Random(seed)
    chosen = rng.sample(sorted(places), min(number, len(places)))
    return [rng.choice(places[place]) for place in sorted(chosen)]


def tests_of(module: Path) -> list[list[str]]:
    """What to run for a module: the tests that are named for it, then those of its package."""
    folder = Path("tests", module.parent.name)
    own = sorted(str(path) for path in folder.glob(f"test_{module.stem}*.py"))
    return [own, [str(folder)]] if own else [[str(folder)]]


def command(paths: list[str]) -> str:
    return shlex.join([sys.executable, "-m", "pytest", *OPTIONS, *paths])


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.mutants.run", description=__doc__)
    parser.add_argument("--number", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    os.environ |= {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": str(Path.cwd())}
    drawn = mutants(options.number, options.seed)
    runs = {tuple(tests_of(mutant.module_path)[0]) for mutant in drawn}
    for paths in sorted(runs):
        outcome, output = run_tests(command(list(paths)), TIMEOUT)
        if outcome != TestOutcome.SURVIVED:  # of a mutant that changes nothing
            sys.exit(f"{' '.join(paths)} fails as it is:\n{output}")

    survived = 0
    for i, mutant in enumerate(drawn, 1):
        for paths in tests_of(mutant.module_path):
            result = mutate_and_test([mutant], command(paths), TIMEOUT)
            if result.is_killed:
                break
        survived += not result.is_killed
        what = "noticed" if result.is_killed else "survived"
        where = f"{mutant.module_path}:{mutant.start_pos[0]}"
        print(f"{i}/{len(drawn)} {what} {where}", flush=True)
        if not result.is_killed:
            print(result.diff, flush=True)
    print(f"{len(drawn) - survived} of {len(drawn)} mutants were noticed.")


if __name__ == "__main__":
    main()
