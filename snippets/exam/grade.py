"""Grades a solution of the mock exam: `python grade.py 2 my_solution.py`.

The file to grade has a function `solution`. It is given the examples and further inputs, and must
return what the reference returns. Time is not limited here: hold a clock yourself.
"""

import random
import runpy
import sys
from copy import deepcopy
from pathlib import Path


def grade(number, path):
    """Return one line for each input: what went wrong, or that it is right."""
    reference = runpy.run_path(str(Path(__file__).with_name(f"problem_{number}.py")))
    try_out = runpy.run_path(str(path))["solution"]
    inputs = [given for given, _ in reference["EXAMPLES"]]
    inputs += reference["cases"](random.Random(0))
    lines = []
    for i, given in enumerate(inputs, 1):
        right = reference["solution"](*deepcopy(given))
        try:
            found = try_out(*deepcopy(given))
        except Exception as error:
            lines.append(f"input {i}: {type(error).__name__}")
            continue
        lines.append(f"input {i}: {'right' if found == right else 'wrong'}")
    return lines


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit("Say which problem, 1 to 4, and the file with your solution.")
    found = grade(sys.argv[1], sys.argv[2])
    print("\n".join(found))
    print(f"{sum(line.endswith('right') for line in found)} of {len(found)}")
