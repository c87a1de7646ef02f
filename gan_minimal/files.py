"""Files that are written whole or not at all; text is UTF-8, whatever the locale says."""

import json
import os
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write` on a temporary file beside `path` and put it in place at once.

    Whoever reads `path` sees the old file or the new one, whenever the process is killed.

    Args:
        path: The file; folders that it lies in are made.
        write: Writes the content to the path that it is given.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}-")
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        with temporary.open("rb+") as file:  # Windows flushes only what is open for writing
            os.fsync(file.fileno())
        temporary.chmod(0o644)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def clear_temporary(folder: Path) -> None:
    """Remove what `write_whole` leaves in a folder when the process is killed in it."""
    for path in folder.glob(".?*-????????"):
        path.unlink(missing_ok=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all, and with its own ends of lines."""
    write_whole(path, partial(Path.write_bytes, data=text.encode()))


def read_json(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` to `path` as JSON, a line for each value, whole or not at all."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
