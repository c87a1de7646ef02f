"""Files are written whole or not at all, in UTF-8, on every system."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gan_minimal import files

KOREAN = "생성자와 판별자 × ½\n"
HALF_WRITTEN = """
import sys, time
from pathlib import Path
from gan_minimal.files import write_whole

def write(temporary):
    temporary.write_bytes(b"half of the n")
    print("half", flush=True)
    time.sleep(600)

write_whole(Path(sys.argv[1]), write)
"""


def names(folder: Path) -> list[str]:
    return sorted(entry.name for entry in folder.iterdir())


def test_the_old_file_stands_until_the_new_one_is_whole(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def write(temporary: Path) -> None:
        temporary.write_bytes(b"new")
        assert path.read_bytes() == b"old"
        assert temporary.parent == path.parent  # else it could not be put in place at once

    files.write_whole(path, write)

    assert path.read_bytes() == b"new"
    assert names(tmp_path) == ["file"]


def test_folders_that_are_not_there_are_made(tmp_path):
    files.write_text(tmp_path / "a" / "b" / "file", KOREAN)

    assert (tmp_path / "a/b/file").read_text(encoding="utf-8") == KOREAN


@pytest.mark.parametrize("error", [OSError("No space left on device"), KeyboardInterrupt()])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, error):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    def fail(temporary: Path) -> None:
        temporary.write_bytes(b"half of the n")
        raise error

    with pytest.raises(type(error)):
        files.write_whole(path, fail)

    assert path.read_bytes() == b"old"
    assert names(tmp_path) == ["file"]


def test_a_process_that_is_killed_while_it_writes_leaves_the_old_file(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"old")

    command = [sys.executable, "-c", HALF_WRITTEN, str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"half"
        process.kill()

    assert path.read_bytes() == b"old"
    files.write_text(path, "new")  # what the dead process has left is in nobody's way
    assert path.read_bytes() == b"new"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
@pytest.mark.parametrize("mask", [0o022, 0o077])
def test_others_may_read_what_was_written(tmp_path, mask):
    before = os.umask(mask)
    try:
        files.write_text(tmp_path / "file", "new")
    finally:
        os.umask(before)

    assert (tmp_path / "file").stat().st_mode & 0o777 == 0o644


def test_the_file_is_flushed_by_the_rule_of_windows(tmp_path, monkeypatch):
    """Windows flushes what is open for writing only; a file open for reading is a bad one."""
    fcntl = pytest.importorskip("fcntl")  # Windows itself needs no imitation
    flush, flushed = os.fsync, []

    def fsync(descriptor: int) -> None:
        if fcntl.fcntl(descriptor, fcntl.F_GETFL) & os.O_ACCMODE == os.O_RDONLY:
            raise OSError(errno.EBADF, "Bad file descriptor")
        flush(descriptor)
        flushed.append(os.fstat(descriptor).st_ino)

    monkeypatch.setattr(os, "fsync", fsync)
    with Path(__file__).open("rb") as reading, pytest.raises(OSError, match="Bad file"):
        os.fsync(reading.fileno())  # the imitation does what Windows does

    files.write_text(tmp_path / "file", "new")

    assert flushed == [(tmp_path / "file").stat().st_ino]  # and it was this file that was flushed


def test_text_is_utf_8_with_its_own_ends_of_lines(tmp_path):
    files.write_text(tmp_path / "file", KOREAN + "a\r\n")

    assert (tmp_path / "file").read_bytes() == (KOREAN + "a\r\n").encode("utf-8")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(content=st.dictionaries(st.text(), VALUES, max_size=4))
@pytest.mark.slow
def test_json_comes_back_as_it_was(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "round-trip.json"
    files.write_json(path, content)

    assert files.read_json(path) == content


def test_json_is_for_people_too(tmp_path):
    files.write_json(tmp_path / "file", {"text": "판별자", "values": [1, 2]})

    assert (tmp_path / "file").read_text(encoding="utf-8") == (
        '{\n "text": "판별자",\n "values": [\n  1,\n  2\n ]\n}\n'
    )
