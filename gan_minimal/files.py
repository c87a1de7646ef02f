"""Files that are written whole or not at all; text is UTF-8, whatever the locale says."""

import errno
import hashlib
import json
import math
import os
import shutil
import tempfile
import unicodedata
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import IO, Any

from gan_minimal.errors import UserError

SEAL = "sha256"  # the key of a record's own sum
FULL = {errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", errno.ENOSPC)}
UNFINISHED = ".unfinished"  # ends the names of files that are being written
PLACES = "places.json"  # of files that wait to be put in place together


def spelled(path: Path) -> Path:
    """Return a path as it is spelled where it lies.

    A Korean name can be written in two ways that look the same (NFC and NFD), and a name typed on
    one machine need not be the one that another has written.
    """
    here = Path(path.anchor)
    for part in path.parts[len(here.parts) :]:
        there = here / part
        if not there.exists() and not part.isascii() and here.is_dir():
            form = unicodedata.normalize("NFC", part)
            same = (p for p in here.iterdir() if unicodedata.normalize("NFC", p.name) == form)
            there = next(same, there)
        here = there
    return here


def write_whole(path: Path, write: Callable[[Path], object]) -> None:
    """Call `write` on a temporary file beside `path` and put it in place at once.

    Whoever reads `path` sees the old file or the new one, whenever the process is killed.

    Args:
        path: The file; folders that it lies in are made.
        write: Writes the content to the path that it is given.
    """
    if path.is_dir():  # found here: its place would be named by the temporary file's name
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(UNFINISHED, f".{path.name}-", path.parent)
    os.close(handle)
    temporary = Path(name)
    try:
        write(temporary)
        with temporary.open("rb+") as file:  # Windows flushes only what is open for writing
            os.fsync(file.fileno())
        with suppress(OSError):  # a stick may know no modes
            temporary.chmod(0o644)
        temporary.replace(path)
    except OSError as error:
        if error.filename is None:  # a full disk does not say where it is
            error.filename = str(path)
        raise
    finally:
        temporary.unlink(missing_ok=True)


def clear_temporary(folder: Path) -> None:
    """Remove what `write_whole` leaves in a folder when the process is killed in it."""
    for path in folder.glob(f".?*-????????{UNFINISHED}"):
        if not path.is_dir():
            path.unlink(missing_ok=True)


def check_room(folder: Path, size: int = 2**22, count: int = 4) -> None:
    """Refuse a place where files cannot be written, before the work is done that would fill them.

    Args:
        folder: Where they shall lie; it need not be there yet.
        size: Bytes of each.
        count: How many there are at a time.

    Raises:
        UserError: If nothing can be written there, or not so much.
    """
    there = next(place for place in (folder, *folder.absolute().parents) if place.exists())
    try:
        with ExitStack() as files:
            for _ in range(count):
                reserve(files.enter_context(tempfile.TemporaryFile(dir=there)), size)
    except OSError as error:
        if error.errno in FULL:
            raise UserError(
                f"{folder} has no room for {count * size / 2**20:,.0f} MiB ({error.strerror}): "
                "make room, or choose another place."
            ) from None
        raise UserError(
            f"{folder} cannot be written to ({error.strerror}): choose another place."
        ) from None


def reserve(file: IO[bytes], size: int) -> None:
    """Take room for a file without writing it, where the system can.

    Raises:
        OSError: If there is not as much.
    """
    if hasattr(os, "posix_fallocate"):
        try:
            os.posix_fallocate(file.fileno(), 0, size)
        except OSError as error:
            if error.errno in FULL:
                raise
    file.write(b"x")
    file.flush()


@contextmanager
def exchange(folder: Path, name: str, places: Mapping[str, Path]) -> Iterator[Path]:
    """Give an empty folder for new files, and put all of them in place at once in the end.

    Killed before the end, none of them is in place; killed later, `finish` puts the rest there. An
    error leaves everything as it was.

    Args:
        folder: Where the empty folder is made, beside what is read through `finish`.
        name: What is exchanged; nothing else of that name may be under way.
        places: For each subfolder that is written to, the folder in which its files belong.
    """
    finish(folder)
    new = folder / f".new-{name}"
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    try:
        yield new
        where = {key: os.path.relpath(place, folder) for key, place in places.items()}
        write_json(new / PLACES, where)
        new.rename(folder / f".ready-{name}")  # from here on it is done
    finally:
        shutil.rmtree(new, ignore_errors=True)
    finish(folder)


def finish(folder: Path) -> None:
    """Put files in place whose `exchange` was complete when its process was killed."""
    for ready in folder.glob(".ready-*"):
        with suppress(FileNotFoundError):  # another process is at it as well
            for key, place in read_json(ready / PLACES).items():
                for path in [path for path in (ready / key).rglob("*") if path.is_file()]:
                    where = folder / place / path.relative_to(ready / key)
                    where.parent.mkdir(parents=True, exist_ok=True)
                    path.replace(where)
        shutil.rmtree(ready, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write `text` to `path`, whole or not at all, and with its own ends of lines.

    Half a letter, as names of files can have, is written as JSON and Python write it.
    """
    write_whole(path, partial(Path.write_bytes, data=text.encode(errors="backslashreplace")))


def read_json(path: Path) -> dict[str, Any]:
    """Return the object that a JSON file holds."""
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def write_json(path: Path, content: dict[str, Any]) -> None:
    """Write `content` to `path` as JSON, a line for each value, whole or not at all."""
    write_text(path, json.dumps(content, indent=1, ensure_ascii=False) + "\n")


def write_record(path: Path, content: Mapping[str, Any]) -> None:
    """Write a record as JSON with a sum of all that it says, whole or not at all."""
    said = json.loads(json.dumps({key: each for key, each in content.items() if key != SEAL}))
    write_json(path, said | {SEAL: sum_of(said)})


def read_record(path: Path, shape: Any, repair: str) -> dict[str, Any]:
    """Read a record that `write_record` has written.

    Args:
        path: The file.
        shape: What it has to hold, see `has_shape`.
        repair: What to do about a damaged one, for the message.

    Raises:
        UserError: If it is damaged, or another file in its place.
    """
    try:
        content: Any = read_json(path)
    except (ValueError, RecursionError):
        content = None
    if has_shape(content, shape):
        said: dict[str, Any] = {key: value for key, value in content.items() if key != SEAL}
        if content.get(SEAL) == sum_of(said):
            return said
    raise UserError(f"{path} is damaged, or no record of this program: {repair}.")


def sum_of_file(path: Path) -> str:
    """Return the SHA-256 sum (hexadecimal) of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sum_of(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 sum (hexadecimal) of what a record says, however it is laid out."""
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def has_shape(value: Any, shape: Any) -> bool:
    """Say whether a value from a JSON file is what it should be.

    Args:
        value: The value.
        shape: `str` or `int`, or `float` for a finite number; `[shape]` for a list; `{str: shape}`
            for a dict with any keys; otherwise a dict with the keys that are needed.
    """
    if isinstance(shape, dict):
        if not isinstance(value, dict):
            return False
        if str in shape:
            return all(has_shape(each, shape[str]) for each in value.values())
        return all(key in value and has_shape(value[key], each) for key, each in shape.items())
    if isinstance(shape, list):
        return isinstance(value, list) and all(has_shape(each, shape[0]) for each in value)
    if shape is float:
        return type(value) in (int, float) and math.isfinite(value)
    return type(value) is shape
