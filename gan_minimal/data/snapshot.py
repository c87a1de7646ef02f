"""Reads the files of the built-in data and refuses damaged ones.

`snapshots/SHA256SUMS` holds the sum of every file; `snapshots/README.md` says where they come
from, under which licence, and how they are made again.
"""

import hashlib
import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from gan_minimal.errors import UserError

FOLDER = Path(__file__).parent / "snapshots"
_REPAIR = "reinstall gan-minimal, or in a clone run `git checkout -- gan_minimal/data/snapshots`"


def sums() -> dict[str, str]:
    """Return the recorded SHA-256 sum (hexadecimal) of every snapshot file, by file name.

    Raises:
        UserError: If the list of sums is missing.
    """
    try:
        lines = (FOLDER / "SHA256SUMS").read_text(encoding="ascii").splitlines()
        return {name: digest for digest, name in (line.split() for line in lines)}
    except (OSError, ValueError) as error:
        raise UserError(
            f"The list of checksums of the built-in data (SHA256SUMS) cannot be read: {_REPAIR}."
        ) from error


def read(name: str) -> bytes:
    """Return the content of the snapshot file `name` after checking its SHA-256 sum.

    Raises:
        UserError: If the file is missing, or differs from what was recorded by a single bit.
    """
    recorded = sums().get(name)
    try:
        content = (FOLDER / name).read_bytes()
    except OSError as error:
        raise UserError(f"The built-in data file {name} is missing: {_REPAIR}.") from error
    if hashlib.sha256(content).hexdigest() != recorded:
        raise UserError(
            f"The built-in data file {name} is damaged (its SHA-256 sum is not the recorded "
            f"one): {_REPAIR}."
        )
    return content


def arrays(name: str) -> dict[str, NDArray[np.generic]]:
    """Return the arrays of the snapshot `name`, an `.npz` file, by their names.

    Raises:
        UserError: If the file is missing or damaged.
    """
    with np.load(io.BytesIO(read(name)), allow_pickle=False) as file:
        return {key: file[key] for key in file.files}
