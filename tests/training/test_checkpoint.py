"""Files are written whole or not at all, and damaged or foreign ones are refused in a sentence."""

import math
import pickle
import random
import re
from pathlib import Path

import pytest
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from torch import nn

from gan_minimal import models
from gan_minimal.errors import UserError
from gan_minimal.training import checkpoint
from tests.training.comparing import same

CONTENT = {
    "name": "gan",
    "step": 12,
    "losses": {"step": [50, 100], "players": {"critic": [0.5, 0.25]}},
    "model": {"weight": torch.arange(6.0).reshape(2, 3), "count": torch.tensor(3)},
    "average": None,
}


@pytest.fixture(scope="module")
def checkpoint_bytes(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("checkpoint") / "checkpoint.pt"
    checkpoint.save(path, CONTENT)
    return path.read_bytes()


@pytest.fixture(scope="module")
def weights_bytes(tmp_path_factory) -> bytes:
    path = tmp_path_factory.mktemp("weights") / "model.safetensors"
    checkpoint.save_weights(path, CONTENT["model"])
    return path.read_bytes()


@pytest.fixture(scope="module")
def damaged(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("damaged") / "file"


def test_what_is_saved_is_loaded(tmp_path):
    path = tmp_path / "new" / "folder" / "checkpoint.pt"

    checkpoint.save(path, CONTENT)
    loaded = checkpoint.load(path)

    assert torch.equal(loaded["model"]["weight"], CONTENT["model"]["weight"])
    plain = {"name", "step", "losses", "average"}
    assert {key: loaded[key] for key in plain} == {key: CONTENT[key] for key in plain}


@given(share=st.floats(0, 1, exclude_max=True))
@example(share=0.0)
def test_a_checkpoint_truncated_at_any_byte_is_refused(checkpoint_bytes, damaged, share):
    damaged.write_bytes(checkpoint_bytes[: int(share * len(checkpoint_bytes))])

    with pytest.raises(UserError, match="is not a whole checkpoint of this version"):
        checkpoint.load(damaged)


@given(share=st.floats(0, 1, exclude_max=True), removed=st.integers(1, 5000))
def test_a_checkpoint_that_lacks_bytes_anywhere_is_refused(
    checkpoint_bytes, damaged, share, removed
):
    place = int(share * len(checkpoint_bytes))
    damaged.write_bytes(checkpoint_bytes[:place] + checkpoint_bytes[place + removed :])

    with pytest.raises(UserError, match="is not a whole checkpoint of this version"):
        checkpoint.load(damaged)


@given(share=st.floats(0, 1, exclude_max=True), removed=st.integers(1, 500))
def test_weights_that_lack_bytes_anywhere_are_refused(weights_bytes, damaged, share, removed):
    place = int(share * len(weights_bytes))
    damaged.write_bytes(weights_bytes[:place] + weights_bytes[place + removed :])

    with pytest.raises(UserError, match="is not a whole file of weights"):
        checkpoint.load_weights(damaged)


@given(share=st.floats(0, 1, exclude_max=True))
@example(share=0.0)
def test_weights_truncated_at_any_byte_are_refused(weights_bytes, damaged, share):
    damaged.write_bytes(weights_bytes[: int(share * len(weights_bytes))])

    with pytest.raises(UserError, match="is not a whole file of weights"):
        checkpoint.load_weights(damaged)


@given(content=st.binary(max_size=300))
@example(content=b"r")  # the beginning of a pickle's opcode
@example(content=b"q")
def test_a_file_of_anything_is_refused(damaged, content):
    damaged.write_bytes(content)

    for read in (checkpoint.load, checkpoint.load_weights):
        with pytest.raises(UserError, match=re.escape(str(damaged))):
            read(damaged)


class Trap:
    """Makes a folder when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self):
        return Path.mkdir, (self.path,)


@pytest.mark.filterwarnings("ignore:Detected pickle protocol")
@pytest.mark.parametrize(
    "write",
    [
        lambda content, path: torch.save(content, path),
        lambda content, path: torch.save(content, path, _use_new_zipfile_serialization=False),
        lambda content, path: path.write_bytes(pickle.dumps(content)),
    ],
    ids=["zip", "before torch 1.6", "plain pickle"],
)
def test_code_in_a_checkpoint_is_refused_and_not_run(write, tmp_path):
    sprung, path = tmp_path / "sprung", tmp_path / "checkpoint.pt"
    write({"format": checkpoint.FORMAT, "model": Trap(sprung)}, path)

    with pytest.raises(UserError, match="is not a whole checkpoint"):
        checkpoint.load(path)

    assert not sprung.exists()


@pytest.mark.parametrize(
    "content", [{"format": 0, "step": 1}, {"step": 1}, torch.zeros(3), [1, 2], None]
)
def test_another_format_is_refused(content, tmp_path):
    torch.save(content, tmp_path / "checkpoint.pt")

    with pytest.raises(UserError, match="not a whole checkpoint of this version"):
        checkpoint.load(tmp_path / "checkpoint.pt")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(UserError, match=r"There is no checkpoint .*nowhere\.pt"):
        checkpoint.load(tmp_path / "nowhere.pt")
    with pytest.raises(UserError, match=r"There are no weights .*nowhere\.safetensors"):
        checkpoint.load_weights(tmp_path / "nowhere.safetensors")
    with pytest.raises(UserError, match="There is no checkpoint"):
        checkpoint.load(tmp_path)  # a folder


@pytest.mark.parametrize("size", [1, 4096], ids=["a bit is flipped", "a page is zeroed"])
def test_a_checkpoint_damaged_anywhere_is_refused_or_the_same(size, tmp_path):
    """What lies between the entries of the file may change: nobody reads it."""
    path, rng = tmp_path / "checkpoint.pt", random.Random(5)
    checkpoint.save(path, CONTENT | {"model": {"weight": torch.rand(200, 200)}})
    whole, wanted = path.read_bytes(), checkpoint.load(path)
    refused = 0

    for _ in range(150):
        content, place = bytearray(whole), rng.randrange(len(whole))
        content[place : place + size] = (
            bytes([content[place] ^ 1 << rng.randrange(8)]) if size == 1 else bytes(size)
        )
        path.write_bytes(content[: len(whole)])
        try:
            assert same(checkpoint.load(path), wanted)
        except UserError:
            refused += 1

    assert refused > 140


@pytest.mark.parametrize("place", ["model", "losses"])
def test_a_checkpoint_with_a_number_that_is_not_finite_is_refused(place, tmp_path):
    path = tmp_path / "checkpoint.pt"
    worse = {"model": {"weight": torch.tensor([1.0, math.nan])}, "losses": {"x": [math.inf]}}
    checkpoint.save(path, CONTENT | {place: worse[place]})

    with pytest.raises(UserError, match="is not a whole checkpoint"):
        checkpoint.load(path)


def test_the_checkpoint_before_the_last_is_kept_and_named_when_the_last_is_damaged(tmp_path):
    path = tmp_path / "checkpoint.pt"
    for step in (10, 20):
        checkpoint.save(path, CONTENT | {"step": step})
    path.write_bytes(path.read_bytes()[:-30])

    with pytest.raises(UserError, match=r"`gan-minimal resume .*checkpoint-before\.pt` goes on"):
        checkpoint.load(path)
    assert checkpoint.load(checkpoint.before(path))["step"] == 10


def test_a_file_that_may_not_be_read_is_not_called_damaged(tmp_path, monkeypatch):
    checkpoint.save(tmp_path / "checkpoint.pt", CONTENT)

    def refuse(*_, **__):
        raise PermissionError("Permission denied")

    monkeypatch.setattr(torch, "load", refuse)

    with pytest.raises(PermissionError):
        checkpoint.load(tmp_path / "checkpoint.pt")


def test_weights_are_stored_in_half_precision_and_counts_exactly(tmp_path):
    path = tmp_path / "model.safetensors"
    weights = {"weight": torch.randn(3, 5).T, "count": torch.tensor(2**40 + 1)}  # not contiguous

    checkpoint.save_weights(path, weights)
    loaded = checkpoint.load_weights(path)

    assert loaded["weight"].dtype == torch.float32
    assert torch.equal(loaded["weight"], weights["weight"].half().float())
    assert loaded["count"] == 2**40 + 1


def test_weights_fit_only_their_own_model():
    module, other = nn.Linear(2, 3), nn.Linear(3, 2)
    before = module.weight.clone()

    with pytest.raises(UserError, match=r"file is of another size: 'weight' is \(2, 3\) there"):
        checkpoint.put_weights(module, other.state_dict(), "file")
    with pytest.raises(UserError, match="of another model: it lacks tensor 'bias'"):
        checkpoint.put_weights(module, {"weight": module.weight}, "file")
    with pytest.raises(UserError, match="of another model: it has an unknown tensor 'more'"):
        checkpoint.put_weights(module, {**module.state_dict(), "more": torch.zeros(1)}, "file")
    assert torch.equal(module.weight, before)

    checkpoint.put_weights(module, nn.Linear(2, 3).state_dict(), "file")
    assert not torch.equal(module.weight, before)


def test_weights_of_gan_are_no_weights_of_dcgan():
    gan = models.build("gan", **models.preset("gan")["model"])
    dcgan = models.build("dcgan", **models.preset("dcgan")["model"])

    with pytest.raises(UserError, match="of another model"):
        checkpoint.put_weights(dcgan, gan.state_dict(), "file")
