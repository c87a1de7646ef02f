"""The committed data is whole, small, and refused when it is not whole."""

import shutil
from pathlib import Path

import pytest

from gan_minimal.data import hangul32, load, snapshot
from gan_minimal.data.faces16 import load_faces
from gan_minimal.errors import UserError


@pytest.fixture
def copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the snapshots that a test may damage."""
    folder = tmp_path / "snapshots"
    shutil.copytree(snapshot.FOLDER, folder)
    monkeypatch.setattr(snapshot, "FOLDER", folder)
    return folder


def test_every_file_has_its_sum_and_no_sum_lacks_its_file():
    files = {path.name for path in snapshot.FOLDER.iterdir()} - {"README.md", "SHA256SUMS"}
    assert files == set(snapshot.sums())
    assert {f"hangul32-{font}.npz" for font in hangul32.FONTS} <= files
    for name in files:
        assert snapshot.read(name)


def test_the_readme_names_every_source():
    text = (snapshot.FOLDER / "README.md").read_text(encoding="utf-8")
    for word in (
        "faces16",
        "hangul32",
        "voxel64",
        "photo",
        "CC0",
        "OFL",
        "public domain",
        "scikit-image",
    ):
        assert word in text


def test_snapshots_are_small():
    sizes = [path.stat().st_size for path in snapshot.FOLDER.iterdir()]
    assert max(sizes) < 1_300_000
    assert sum(sizes) < 8_000_000


@pytest.mark.parametrize("name", ["faces16.npz", "hangul32-nanum-pen.npz", "photo.png"])
def test_one_wrong_bit_is_refused(copied: Path, name: str):
    content = bytearray((copied / name).read_bytes())
    content[len(content) // 2] ^= 1
    (copied / name).write_bytes(content)
    with pytest.raises(UserError, match=f"{name} is damaged.*reinstall"):
        load(name.split(".")[0].split("-")[0])


def test_a_truncated_file_is_refused(copied: Path):
    content = (copied / "faces16.npz").read_bytes()
    (copied / "faces16.npz").write_bytes(content[:1000])
    with pytest.raises(UserError, match=r"faces16\.npz is damaged"):
        load_faces()


def test_a_missing_file_is_named(copied: Path):
    (copied / "photo.png").unlink()
    with pytest.raises(UserError, match=r"photo\.png is missing"):
        load("photo")


@pytest.mark.parametrize("content", [None, "nonsense\n"])
def test_a_missing_or_broken_list_of_sums_is_named(copied: Path, content: str | None):
    if content is None:
        (copied / "SHA256SUMS").unlink()
    else:
        (copied / "SHA256SUMS").write_text(content, encoding="utf-8")
    with pytest.raises(UserError, match="SHA256SUMS"):
        load("photo")
