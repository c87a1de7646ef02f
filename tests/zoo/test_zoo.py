"""Recorded runs are read from their files, and a damaged file is refused in a sentence."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest
import torch

import gan_minimal
from gan_minimal import cli, files, zoo
from gan_minimal.errors import UserError
from gan_minimal.training import checkpoint

MEBIBYTE = 2**20


@pytest.fixture
def own_zoo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the zoo that may be damaged."""
    shutil.copytree(zoo.FOLDER, tmp_path / "zoo")
    monkeypatch.setattr(zoo, "FOLDER", tmp_path / "zoo")
    return zoo.FOLDER


def test_a_recorded_model_draws_straight_away():
    images = gan_minimal.load("dcgan").sample(4)

    assert images.shape == (4, 3, 16, 16)
    assert images.abs().max() <= 1
    assert images.std() > 0.1


@pytest.mark.parametrize("name", zoo.names())
def test_weights_are_small_and_those_of_the_record(name):
    path = zoo.FOLDER / f"{name}.safetensors"

    most = 2 if zoo.read(name)["preset"] == "small" else 1  # small ones draw 64 pixels
    assert path.stat().st_size <= most * MEBIBYTE
    assert hashlib.sha256(path.read_bytes()).hexdigest() == zoo.read(name)["weights_sha256"]
    assert not zoo.load(name).training


@pytest.mark.parametrize("name", zoo.names())
def test_records_say_how_they_were_made(name):
    record = zoo.read(name)

    assert record["name"] == name
    assert record["steps"] == record["settings"]["train"]["steps"]
    assert record["seed"] == record["settings"]["train"]["seed"]
    where = {"torch", "python", "processor", "threads", "date"}
    assert where <= record["environment"].keys()
    assert len(record["first_steps"]) >= 3
    assert {len(values) for values in record["losses"].values()} == {len(record["losses"]["step"])}
    assert record["losses"]["step"][-1] == record["steps"]
    for score in record["metrics"].values():
        assert {"value", "tolerance"} <= score.keys()
        assert score["tolerance"] > 0
    model = zoo.load(name)
    counts = {part: sum(p.numel() for p in m.parameters()) for part, m in model.named_children()}
    assert record["parameters"] == counts


def test_a_mistyped_name_gets_the_nearest_one():
    with pytest.raises(UserError, match="no recorded run 'dcgn': did you mean 'dcgan'"):
        gan_minimal.load("dcgn")


def test_a_changed_byte_is_noticed(own_zoo):
    path = own_zoo / "dcgan.safetensors"
    content = bytearray(path.read_bytes())
    content[-1] ^= 1
    path.write_bytes(content)

    with pytest.raises(UserError, match="is damaged: install the package again"):
        zoo.load("dcgan")


def test_a_truncated_or_missing_file_is_noticed(own_zoo):
    path = own_zoo / "dcgan.safetensors"
    path.write_bytes(path.read_bytes()[:5000])
    with pytest.raises(UserError, match="not a whole file of weights"):
        zoo.load("dcgan")

    path.unlink()
    with pytest.raises(UserError, match="There are no weights"):
        zoo.load("dcgan")


def test_weights_of_another_run_are_noticed(own_zoo):
    shutil.copy(own_zoo / "gan.safetensors", own_zoo / "dcgan.safetensors")
    record = zoo.read("dcgan")
    zoo.write("dcgan", record | {"weights_sha256": zoo.read("gan")["weights_sha256"]})

    with pytest.raises(UserError, match="of another model"):
        zoo.load("dcgan")


def test_weights_of_another_size_are_noticed(own_zoo):
    record = zoo.read("dcgan")
    record["settings"]["model"]["width"] //= 2
    zoo.write("dcgan", record)

    with pytest.raises(UserError, match="of another size"):
        zoo.load("dcgan")


def test_only_what_sampling_needs_is_stored():
    stored = checkpoint.load_weights(zoo.FOLDER / "dcgan.safetensors")

    assert {name.split(".")[0] for name in stored} == {"generator"}


def test_records_are_written_as_they_are_read(own_zoo):
    before = (own_zoo / "dcgan.json").read_bytes()

    zoo.write("dcgan", json.loads(before))

    assert (own_zoo / "dcgan.json").read_bytes() == before


def test_loading_draws_the_same_whatever_was_drawn_before():
    first = zoo.load("dcgan").generator(torch.ones(1, 32))
    torch.randn(10)

    assert torch.equal(zoo.load("dcgan").generator(torch.ones(1, 32)), first)


@pytest.mark.parametrize(
    "command", ["list", "sample dcgan", "evaluate dcgan", "record dcgan --check"]
)
def test_a_damaged_record_is_a_sentence_in_every_command(command, own_zoo, capsys, monkeypatch):
    path = own_zoo / "dcgan.json"
    whole = path.read_bytes()
    for damaged in (whole[: len(whole) // 2], whole.replace(b"faces16", b"faces17"), b"[]"):
        path.write_bytes(damaged)
        monkeypatch.setattr("sys.argv", ["gan-minimal", *command.split()])

        with pytest.raises(SystemExit) as ended:
            cli.main()

        assert ended.value.code == 2
        [sentence] = capsys.readouterr().err.splitlines()
        assert f"{path} is damaged, or no record of this program" in sentence
        assert "git checkout -- gan_minimal/zoo" in sentence


def test_weights_that_are_not_finite_are_refused(own_zoo):
    path = own_zoo / "dcgan.safetensors"
    weights = {name: x * float("nan") for name, x in checkpoint.load_weights(path).items()}
    checkpoint.save_weights(path, weights)
    zoo.write("dcgan", zoo.read("dcgan") | {"weights_sha256": files.sum_of_file(path)})

    with pytest.raises(UserError, match="is not a whole file of weights"):
        zoo.load("dcgan")


def test_a_record_whose_model_cannot_be_built_is_refused(own_zoo):
    for settings in ({"size": "16"}, {"width": -3}, {"size": 17}, {"more": 1}):
        record = zoo.read("gan")
        zoo.write(
            "dcgan", zoo.read("dcgan") | {"settings": record["settings"] | {"model": settings}}
        )

        with pytest.raises(UserError, match=r"dcgan\.json is damaged"):
            zoo.load("dcgan")
