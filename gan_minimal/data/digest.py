"""A sum of a data set's files, by which a run that goes on notices that they have changed."""

import hashlib
import json
from pathlib import Path
from typing import Any

from gan_minimal.data import snapshot
from gan_minimal.data.own_images import OwnImages
from gan_minimal.data.registry import SETS, DataSet, root_folder
from gan_minimal.files import sum_of_file


def digest(row: DataSet, dataset: Any) -> dict[str, Any]:
    """Return how many examples there are, and the SHA-256 sum of their files' names and sums.

    The files are summed up rather than the images, which another version of a decoder may read
    otherwise.

    Args:
        row: What is known of the data.
        dataset: The data, opened.
    """
    if isinstance(dataset, OwnImages):
        files = dataset.files
    elif row.built_in:
        known = snapshot.sums()
        files = [(name, known.get(name, "")) for name in row.files]
    elif row is SETS.get(row.name):
        files = [each for name in row.files for each in summed(root_folder(), name)]
    else:
        files = [("", sum_of_file(Path(row.name)))]  # one photograph, wherever it lies
    text = json.dumps(files)
    return {"examples": len(dataset), "sum": hashlib.sha256(text.encode()).hexdigest()}


def summed(folder: Path, name: str) -> list[tuple[str, str]]:
    """Return a file with its sum, or the files of a folder with their sizes: they are too many."""
    place = folder / name
    if not place.is_dir():
        return [(name, sum_of_file(place))]
    return sorted((path.name, str(path.stat().st_size)) for path in place.iterdir())
