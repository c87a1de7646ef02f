"""Files are written whole or not at all, in UTF-8, on every system."""

import contextlib
import errno
import os
import subprocess
import sys
import unicodedata
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gan_minimal import files
from gan_minimal.errors import UserError

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


def test_what_a_killed_process_has_left_is_cleared_and_nothing_else(tmp_path):
    command = [sys.executable, "-c", HALF_WRITTEN, str(tmp_path / "log.csv")]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout.readline().strip() == b"half"
        process.kill()
    assert len(names(tmp_path)) == 1
    (tmp_path / ".notes-20261201").write_text("a person's own", encoding="utf-8")
    (tmp_path / f".notes-20261202{files.UNFINISHED}").mkdir()

    files.clear_temporary(tmp_path)

    assert names(tmp_path) == [".notes-20261201", f".notes-20261202{files.UNFINISHED}"]


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


KILLED = """
import os, shutil, signal, sys
from pathlib import Path
from gan_minimal import files

left = int(sys.argv[1])
def dying(real):
    def call(*arguments, **others):
        global left
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return real(*arguments, **others)
    return call
for owner, name in ((Path, "replace"), (Path, "rename"), (Path, "mkdir"), (shutil, "rmtree")):
    setattr(owner, name, dying(getattr(owner, name)))
os.unlink = dying(os.unlink)  # rmtree takes a folder away file by file

places = {"one": Path("home"), "two": Path("other")}
with files.exchange(Path("home"), "it", places) as new:
    for path in ("one/a", "one/b", "two/below/c"):
        files.write_text(new / path, "new")
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such signal")
def test_files_are_exchanged_together_whenever_the_process_is_killed(tmp_path):
    ours = ("home/a", "home/b", "other/below/c")
    seen = []
    for moment in range(100):
        for name in ours:
            files.write_text(tmp_path / name, "old")
        command = [sys.executable, "-c", KILLED, str(moment)]
        here = os.environ | {"PYTHONPATH": str(Path(__file__).parents[1])}
        ended = subprocess.run(command, cwd=tmp_path, env=here, check=False).returncode

        files.finish(tmp_path / "home")
        seen.append({(tmp_path / name).read_text(encoding="utf-8") for name in ours})
        assert len(seen[-1]) == 1, f"a mixture after {moment} operations"
        if ended == 0:
            break
    assert ended == 0
    assert seen[0] == {"old"}
    assert seen[-1] == {"new"}
    assert names(tmp_path / "home") == ["a", "b"]
    assert sorted(seen, key=str, reverse=True) == seen  # once new, it stays new


def test_an_error_leaves_the_files_as_they_were(tmp_path):
    files.write_text(tmp_path / "a", "old")

    def fail() -> None:
        with files.exchange(tmp_path, "it", {"x": tmp_path}) as new:
            files.write_text(new / "x" / "a", "new")
            raise OSError("full")

    with pytest.raises(OSError, match="full"):
        fail()

    assert names(tmp_path) == ["a"]
    assert (tmp_path / "a").read_text(encoding="utf-8") == "old"


RECORD = {"name": "생성자", "rounds": 3, "losses": {"critic": [0.5, 1.0]}, "more": [None]}
SHAPE = {"name": str, "rounds": int, "losses": {str: [float]}}


def test_a_record_comes_back_as_it_was_and_says_when_it_is_not(tmp_path):
    path = tmp_path / "record.json"
    files.write_record(path, RECORD)
    whole = path.read_bytes()
    assert files.read_record(path, SHAPE, "") == RECORD

    sum_at = whole.index(b'"sha256"')
    silent = set()
    for place in range(len(whole)):
        for bit in (1, 16):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
            with contextlib.suppress(UserError):
                found = files.read_record(path, SHAPE, "do this")
                assert {key: found[key] for key in RECORD} == RECORD
                silent.add(place)
    # nothing but spaces, and the name of the sum
    assert all(whole[place : place + 1].isspace() or place > sum_at for place in silent)
    assert len(silent) < 16


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", "[]", "null", "3", "{}", '"' + "x" * 99, "[" * 100_000, "9" * 5000),
        *('{"name": "a", "rounds": 3, "losses": {"critic": [NaN]}}', "\ufeff{}"),
        '{"name": "a", "rounds": true, "losses": {}}',
        '{"name": "a", "rounds": 3, "losses": {"critic": 1}}',
    ],
)
def test_another_file_in_the_place_of_a_record_is_a_sentence(text, tmp_path):
    path = tmp_path / "record.json"
    for encoding in ("utf-8", "utf-16"):
        path.write_bytes(text.encode(encoding))
        with pytest.raises(UserError, match=r"record\.json is damaged, or no record of this"):
            files.read_record(path, SHAPE, "do this")


def test_a_record_whose_sum_has_another_name_is_refused(tmp_path):
    """Or one flipped bit in that name would switch the check off."""
    files.write_json(tmp_path / "record.json", RECORD | {"sha257": "0" * 64})
    with pytest.raises(UserError, match="is damaged"):
        files.read_record(tmp_path / "record.json", SHAPE, "")


def test_a_place_where_nothing_can_be_written_is_found_before(tmp_path):
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(UserError, match=r"cannot be written to \(Not a directory\)"):
            files.check_room(place)
    files.check_room(tmp_path / "not" / "there")
    assert names(tmp_path) == ["file"]
    with pytest.raises(UserError, match="has no room for 3,814,697,265,625 MiB"):
        files.check_room(tmp_path, 10**18)


@pytest.mark.parametrize(("form", "other"), [("NFC", "NFD"), ("NFD", "NFC")])
def test_a_path_is_found_however_its_korean_name_is_spelled(form, other, tmp_path):
    there = tmp_path / unicodedata.normalize(form, "사진/고양이, 둘.png")
    there.parent.mkdir()
    there.touch()

    typed = tmp_path / unicodedata.normalize(other, "사진/고양이, 둘.png")
    assert files.spelled(typed).samefile(there)
    missing = typed.with_name("강아지.png")
    assert files.spelled(missing).name == missing.name
    assert files.spelled(Path("하나/둘")) == Path("하나/둘")


def test_a_folder_in_the_place_of_a_file_is_named_and_not_a_temporary_file(tmp_path):
    (tmp_path / "log.csv").mkdir()

    with pytest.raises(IsADirectoryError) as error:
        files.write_text(tmp_path / "log.csv", "x")

    assert error.value.filename == str(tmp_path / "log.csv")
    assert names(tmp_path) == ["log.csv"]
