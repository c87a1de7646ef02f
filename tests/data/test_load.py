"""Data sets by name: built-in, downloaded, missing and damaged."""

import gzip
import struct
import subprocess
import sys
from pathlib import Path
from urllib.error import URLError

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from gan_minimal import data
from gan_minimal.data.faces16 import load_faces
from gan_minimal.data.hangul32 import load_hangul
from gan_minimal.data.pixels import resize
from gan_minimal.errors import UserError


def test_importing_the_module_imports_neither_torch_nor_torchvision():
    code = "import sys, gan_minimal.data as d; d.find('faces16'); print(*sys.modules)"
    modules = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True, encoding="utf-8"
    ).stdout.split()
    assert "torch" not in modules
    assert "torchvision" not in modules


@pytest.mark.parametrize(
    ("name", "split", "count", "shape"),
    [
        ("faces16", "train", 8192, (3, 16, 16)),
        ("faces16", "test", 2048, (3, 16, 16)),
        ("hangul32", "train", 10_575, (1, 32, 32)),
        ("hangul32", "test", 1175, (1, 32, 32)),
        ("photo", "train", 1, (3, 167, 250)),
        ("photo", "test", 1, (3, 167, 250)),
    ],
)
def test_built_in_sets(name: str, split: str, count: int, shape: tuple[int, ...]):
    dataset = data.load(name, split)
    assert len(dataset) == count
    (image,) = dataset[0]
    assert image.shape == shape
    assert image.dtype == torch.float32
    (images,) = dataset.tensors
    assert images.min() == -1
    assert images.max() == 1


def test_faces_with_their_labels():
    dataset = data.load("faces16-labels", "test")
    images, *labels = dataset.tensors
    assert torch.equal(images, data.load("faces16", "test").tensors[0])
    known = load_faces("test").attributes
    assert len(labels) == len(known)
    assert all(torch.equal(a, b) for a, b in zip(labels, known.values(), strict=True))


@pytest.mark.parametrize(
    ("name", "size", "shape"),
    [
        ("faces16", 32, (3, 32, 32)),
        ("faces16", 16, (3, 16, 16)),
        ("faces16", 8, (3, 8, 8)),
        ("hangul32", 28, (1, 28, 28)),
        ("photo", 125, (3, 84, 125)),
    ],
)
def test_any_size(name: str, size: int, shape: tuple[int, ...]):
    (image,) = data.load(name, "test", size=size)[0]
    assert image.shape == shape


def test_whole_multiples_repeat_pixels():
    (small,), (large,) = data.load("photo")[0], data.load("photo", size=1000)[0]
    assert torch.equal(large[:, 1::4, 2::4], small)
    assert torch.equal(large[:, ::4, ::4], small)


@given(st.integers(1, 40), st.integers(1, 40), st.integers(1, 90))
def test_resizing_keeps_flat_images_flat(height: int, width: int, size: int):
    small = resize(torch.full((2, 3, height, width), 77, dtype=torch.uint8), size)
    assert max(small.shape[2:]) == size
    assert (small == 77).all()


@pytest.mark.parametrize("name", data.names())
def test_every_set_is_described_in_both_languages(name: str, tmp_path: Path):
    row = data.find(name)
    assert row.name == name
    assert row.count > 0
    assert row.licence
    assert row.source
    assert row.ko.endswith(".")
    assert row.en.endswith(".")
    assert row.present(tmp_path) == row.built_in


def test_counts_are_those_of_the_data():
    for name in ("faces16", "hangul32"):
        both = sum(len(data.load(name, split)) for split in ("train", "test"))
        assert data.find(name).count == both
        (image,) = data.load(name)[0]
        channels, height, width = image.shape
        assert data.find(name).size == (height, width, channels)


@pytest.mark.parametrize("call", [data.load, data.find, data.download])
def test_a_mistyped_name_gets_the_nearest_one(call: object):
    with pytest.raises(UserError, match=r"'face16': did you mean 'faces16'\?"):
        call("face16")
    with pytest.raises(UserError, match="there are: faces16"):
        call("quixotic")


def test_wrong_splits_and_sizes_are_refused():
    with pytest.raises(UserError, match="splits train and test, not 'valid'"):
        data.load("hangul32", "valid")
    with pytest.raises(UserError, match="at least 1 pixel"):
        data.load("faces16", size=0)
    with pytest.raises(UserError, match="There is no folder"):
        data.load("./faces16")


def test_a_folder_called_like_a_set_is_meant_by_its_path(empty_folder: Path):
    (empty_folder / "faces16").mkdir()
    Image.new("RGB", (16, 16), "red").save(empty_folder / "faces16" / "a.png")

    assert len(data.load("./faces16", size=16)) == 1
    assert len(data.load("faces16")) == 8192


def test_downloads_go_to_the_cache_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert data.root_folder() == tmp_path / "gan-minimal"
    monkeypatch.delenv("XDG_CACHE_HOME")
    assert data.root_folder() == Path.home() / ".cache" / "gan-minimal"
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    with pytest.raises(UserError, match=str(tmp_path)):
        data.load("mnist")


@pytest.mark.parametrize("name", ["mnist", "fashion-mnist", "celeba"])
def test_what_is_not_downloaded_says_how(name: str, tmp_path: Path):
    with pytest.raises(UserError, match=f"`gan-minimal data {name} --download`"):
        data.load(name, root=tmp_path)


def _idx(path: Path, values: np.ndarray) -> None:
    """Write an array as MNIST's files are written."""
    path.parent.mkdir(parents=True, exist_ok=True)
    header = struct.pack(f">{values.ndim + 1}I", 0x0800 + values.ndim, *values.shape)
    path.write_bytes(header + values.tobytes())


@pytest.mark.parametrize(
    ("name", "folder"), [("mnist", "MNIST"), ("fashion-mnist", "FashionMNIST")]
)
def test_mnist_is_read_from_its_own_files(name: str, folder: str, tmp_path: Path):
    raw = tmp_path / folder / "raw"
    images = np.arange(2 * 28 * 28, dtype=np.uint8).reshape(2, 28, 28)
    for split in ("train", "t10k"):
        _idx(raw / f"{split}-images-idx3-ubyte", images)
        _idx(raw / f"{split}-labels-idx1-ubyte", np.array([3, 7], dtype=np.uint8))
    assert data.find(name).present(tmp_path)
    for split in ("train", "test"):
        (tensors,) = data.load(name, split, root=tmp_path).tensors
        assert tensors.shape == (2, 1, 28, 28)
        np.testing.assert_allclose(tensors[:, 0], images / 127.5 - 1, atol=1e-6)
    assert data.load(name, size=32, root=tmp_path)[0][0].shape == (1, 32, 32)
    (raw / "train-images-idx3-ubyte").write_bytes(b"\0\0\x08\x03 cut short")
    with pytest.raises(UserError, match=rf"damaged: delete the folder .*{folder}"):
        data.load(name, root=tmp_path)


def test_digits_come_with_what_they_show(tmp_path: Path):
    raw = tmp_path / "MNIST" / "raw"
    for split in ("train", "t10k"):
        _idx(raw / f"{split}-images-idx3-ubyte", np.zeros((2, 28, 28), dtype=np.uint8))
        _idx(raw / f"{split}-labels-idx1-ubyte", np.array([3, 7], dtype=np.uint8))

    images, digits = data.load("mnist-labels", root=tmp_path).tensors

    assert images.shape == (2, 1, 28, 28)
    assert digits.tolist() == [3, 7]
    with pytest.raises(UserError, match="`gan-minimal data mnist --download`"):
        data.load("mnist-labels", root=tmp_path / "nothing")


@pytest.mark.parametrize("split", ["train", "test"])
def test_syllables_come_with_their_letters_and_their_font(split: str):
    images, cho, jung, jong, font = data.load("hangul32-labels", split).tensors
    glyphs = load_hangul(split)

    assert torch.equal(images, glyphs.images.float() / 127.5 - 1)
    for column, expected in zip(
        (cho, jung, jong, font), (glyphs.cho, glyphs.jung, glyphs.jong, glyphs.font), strict=True
    ):
        assert torch.equal(column, expected)
    for one, other in zip(
        data.load("hangul32-jamo", split).tensors, (images, cho, jung, jong), strict=True
    ):
        assert torch.equal(one, other)


@pytest.fixture
def celeba(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Six pictures laid out like CelebA: two of each split."""
    from torchvision.datasets import CelebA

    # torchvision compares the lists with the sums of the real ones.
    monkeypatch.setattr(CelebA, "_check_integrity", lambda _: True)
    folder = tmp_path / "celeba"
    (folder / "img_align_celeba").mkdir(parents=True)
    names = [f"{i:06d}.jpg" for i in range(1, 7)]
    for name in names:
        image = Image.new("RGB", (178, 218), "white")
        image.paste("black", (0, 0, 178, 20))
        image.paste("black", (0, 198, 178, 218))
        image.save(folder / "img_align_celeba" / name)
    split = [f"{name} {i // 2}" for i, name in enumerate(names)]
    (folder / "list_eval_partition.txt").write_text("\n".join(split), encoding="utf-8")
    attributes = [f"{name} 1 -1" for name in names]
    (folder / "list_attr_celeba.txt").write_text(
        "\n".join(["6", "Smiling Young ", *attributes]), encoding="utf-8"
    )
    for extra, columns in (("identity_CelebA", 1), ("list_bbox_celeba", 4)):
        rows = [f"{name} " + " ".join(["1"] * columns) for name in names]
        head = [] if columns == 1 else ["6", "a b c d"]
        (folder / f"{extra}.txt").write_text("\n".join([*head, *rows]), encoding="utf-8")
    rows = [f"{name} " + " ".join(["1"] * 10) for name in names]
    text = "\n".join(["6", "a b c d e f g h i j", *rows])
    (folder / "list_landmarks_align_celeba.txt").write_text(text, encoding="utf-8")
    return tmp_path


def test_celeba_is_cut_to_the_middle_and_has_its_attributes(celeba: Path):
    assert data.find("celeba").present(celeba)
    for split in ("train", "valid", "test"):
        dataset = data.load("celeba", split, size=32, root=celeba)
        assert len(dataset) == 2
        (image,) = dataset[1]
        assert image.shape == (3, 32, 32)
        assert image[:, 2:-2].min() > 0.9  # the black bars above and below are cut off
        assert dataset.attribute_names == ["Smiling", "Young"]
        assert dataset.attributes.tolist() == [[1, 0], [1, 0]]
    assert data.load("celeba", root=celeba)[0][0].shape == (3, 64, 64)


def test_an_incomplete_celeba_is_named(celeba: Path):
    (celeba / "celeba" / "img_align_celeba" / "000002.jpg").unlink()
    with pytest.raises(UserError, match=r"incomplete, .*000002\.jpg is missing"):
        data.load("celeba", root=celeba)


def test_a_failed_download_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from torchvision.datasets import mnist

    def fail(*_: object, **__: object) -> None:
        raise URLError("Temporary failure in name resolution")

    monkeypatch.setattr(mnist, "download_and_extract_archive", fail)
    with pytest.raises(UserError, match=r"mnist could not be downloaded.*internet") as error:
        data.download("mnist", tmp_path)
    assert "\n" not in str(error.value)


def test_celeba_can_be_fetched_by_hand(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from torchvision.datasets import CelebA

    def fail(_: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(CelebA, "download", fail)
    with pytest.raises(UserError, match=r"RuntimeError.*put them into .*celeba"):
        data.download("celeba", tmp_path)


def test_celeba_names_the_package_that_fetches_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from torchvision.datasets import CelebA

    def fail(_: object) -> None:
        raise RuntimeError("To download files from GDrive, 'gdown' is required.")

    monkeypatch.setattr(CelebA, "download", fail)
    with pytest.raises(UserError, match=r"`pip install gdown`, and then `gan-minimal data celeba"):
        data.download("celeba", tmp_path)


def test_a_download_that_left_a_part_is_a_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    from torchvision.datasets import MNIST

    for split in ("train", "t10k"):
        for what, shape in (("images-idx3", (2, 28, 28)), ("labels-idx1", (2,))):
            path = tmp_path / "MNIST" / "raw" / f"{split}-{what}-ubyte"
            _idx(path, np.ones(shape, dtype=np.uint8))
    path.write_bytes(path.read_bytes()[:5])  # torchvision asks only whether it is there
    monkeypatch.setattr(MNIST, "download", lambda _: None)

    with pytest.raises(UserError, match=r"The files of mnist .* are damaged: delete the folder"):
        data.download("mnist", tmp_path)


def test_a_download_is_unpacked_where_load_finds_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    from torchvision.datasets import mnist

    def serve(_: str, download_root: str, filename: str, **__: object) -> None:
        shape = (3, 28, 28) if "images" in filename else (3,)
        target = Path(download_root) / filename.removesuffix(".gz")
        _idx(target, np.ones(shape, dtype=np.uint8))
        (Path(download_root) / filename).write_bytes(gzip.compress(target.read_bytes()))

    monkeypatch.setattr(mnist, "download_and_extract_archive", serve)
    root = tmp_path / "new" / "folder"
    assert data.download("mnist", root) == root
    assert len(data.load("mnist", root=root)) == 3


def test_built_in_sets_need_no_download():
    with pytest.raises(UserError, match="it comes with the package"):
        data.download("hangul32")


def test_a_torchvision_that_does_not_fit_is_explained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setitem(sys.modules, "torchvision", None)
    with pytest.raises(UserError, match="install torch and torchvision together"):
        data.load("mnist", root=tmp_path)
