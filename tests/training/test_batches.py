"""The order of the data depends on the seed and the round alone."""

import multiprocessing
import os
import signal
import subprocess
import sys
from itertools import islice
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from torch.utils.data import Dataset, TensorDataset

from gan_minimal import data
from gan_minimal.errors import UserError
from gan_minimal.training.batches import Order, batches, fits


@given(
    examples=st.integers(1, 40),
    batch=st.integers(1, 12),
    seed=st.integers(0, 2**32 - 1),
    first=st.integers(0, 30),
)
def test_order_goes_on_from_any_round_as_if_it_had_never_stopped(examples, batch, seed, first):
    if examples < batch:
        with pytest.raises(UserError, match=f"use --batch {examples} or less"):
            Order(examples, batch, seed, first)
        return

    straight = list(islice(Order(examples, batch, seed, 0), first + 5))
    resumed = list(islice(Order(examples, batch, seed, first), 5))

    assert resumed == straight[first:]


@given(examples=st.integers(1, 40), batch=st.integers(1, 12), seed=st.integers(0, 2**32 - 1))
def test_an_epoch_shows_every_example_once_and_drops_what_fills_no_batch(examples, batch, seed):
    rounds = examples // batch
    if not rounds:
        return

    epochs = list(islice(Order(examples, batch, seed, 0), 2 * rounds))

    for epoch in (epochs[:rounds], epochs[rounds:]):
        shown = [index for indices in epoch for index in indices]
        assert len(shown) == len(set(shown)) == rounds * batch
        assert set(shown) <= set(range(examples))
        assert {len(indices) for indices in epoch} == {batch}


def test_epochs_and_seeds_have_orders_of_their_own():
    orders = [
        tuple(next(iter(Order(100, 100, seed, epoch)))) for seed in (0, 1) for epoch in (0, 1)
    ]

    assert len(set(orders)) == 4


def test_data_in_memory_comes_with_all_its_tensors():
    numbers = torch.arange(10)
    stream = batches(TensorDataset(numbers, numbers * 10), 4, 0, "cpu")

    for ones, tens in islice(stream, 5):
        assert len(ones) == 4
        assert torch.equal(ones * 10, tens)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Twelve 8x8 images, each of one grey of its own."""
    for i in range(12):
        Image.fromarray(np.full((8, 8, 3), i * 20, dtype=np.uint8)).save(tmp_path / f"{i:02}.png")
    return tmp_path


class OneByOne(Dataset):
    """Numbers that are read one by one, of which one cannot be read."""

    def __init__(self, dataset, broken: int | None = None):
        self.dataset, self.broken = dataset, broken

    def __len__(self) -> int:
        return len(self.dataset)

    def __getitem__(self, index: int):
        if index == self.broken:
            raise UserError("b.png cannot be read: remove it.")
        return self.dataset[index]


@pytest.mark.parametrize("one_by_one", [False, True])
def test_a_lazy_data_set_goes_on_at_the_right_batch(folder, one_by_one):
    """Worker processes read ahead: what they have read and nobody has seen must come again."""
    dataset = data.load(folder, size=8)
    if one_by_one:
        dataset = OneByOne(dataset)
    in_memory = TensorDataset(torch.stack([dataset[i][0] for i in range(len(dataset))]))

    straight = [images for (images,) in islice(batches(in_memory, 5, 3, "cpu"), 9)]
    lazy = [images for (images,) in islice(batches(dataset, 5, 3, "cpu"), 9)]
    resumed = [images for (images,) in islice(batches(dataset, 5, 3, "cpu", first=5), 4)]

    assert torch.equal(torch.stack(lazy), torch.stack(straight))
    assert torch.equal(torch.stack(resumed), torch.stack(straight[5:]))


def test_reading_leaves_the_global_random_numbers_alone(folder):
    state = torch.get_rng_state()

    for dataset in (data.load(folder, size=8), OneByOne(data.load(folder, size=8))):
        next(batches(dataset, 5, 3, "cpu"))
    next(batches(TensorDataset(torch.zeros(9, 1)), 5, 3, "cpu"))

    assert torch.equal(torch.get_rng_state(), state)


def test_an_error_in_a_worker_is_one_sentence_and_no_worker_is_left(folder):
    dataset = OneByOne(data.load(folder, size=8), broken=7)

    with pytest.raises(UserError, match=r"^b\.png cannot be read: remove it\.$"):
        list(islice(batches(dataset, 4, 0, "cpu", workers=2), 9))

    assert not multiprocessing.active_children()


def test_workers_end_with_whoever_reads(folder):
    stream = batches(OneByOne(data.load(folder, size=8)), 4, 0, "cpu", workers=2)
    next(stream)
    assert len(multiprocessing.active_children()) == 2

    stream.close()

    assert not multiprocessing.active_children()


class Dying(OneByOne):
    """Examples whose reader the system ends, as it does when memory is short."""

    def __getitem__(self, i):
        os.kill(os.getpid(), signal.SIGKILL)


@pytest.mark.slow
def test_a_worker_that_is_ended_by_the_system_is_a_sentence():
    stream = batches(Dying(TensorDataset(torch.zeros(9, 1))), 4, 0, "cpu", workers=2)

    with pytest.raises(UserError, match="A process that reads the images has ended"):
        next(stream)
    assert not multiprocessing.active_children()


@pytest.mark.slow
def test_a_program_ends_that_fails_while_workers_read(folder, tmp_path):
    """They ignore the signal with which Python ends them: it would wait for them for ever."""
    program = (
        "import torch\n"
        "from torch.utils.data import Dataset, TensorDataset\n"
        "from gan_minimal.training.batches import batches\n"
        "from tests.training.test_batches import OneByOne\n"
        "stream = batches(OneByOne(TensorDataset(torch.zeros(9, 1))), 4, 0, 'cpu', workers=2)\n"
        "next(stream)\n"
        "raise RuntimeError('something is wrong')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        encoding="utf-8",
        timeout=300,
    )

    assert done.returncode == 1
    assert "something is wrong" in done.stderr


def test_advice_is_a_batch_that_the_model_can_take():
    for examples, multiple, advice in ((17, 8, "use --batch 16"), (3, 5, "needs 5 or more")):
        with pytest.raises(UserError, match=advice):
            batches(TensorDataset(torch.zeros(examples, 1)), 64, 0, "cpu", multiple=multiple)


def test_fewer_examples_than_a_batch_are_refused_before_anything_is_read():
    with pytest.raises(UserError, match="The data has 3 examples, fewer than one batch of 4"):
        batches(TensorDataset(torch.zeros(3, 1)), 4, 0, "cpu")


def test_data_always_fits_where_the_memory_is_that_of_the_machine():
    assert fits((torch.zeros(3),), "cpu")


@pytest.mark.gpu
def test_data_that_fits_is_kept_on_the_device():
    numbers = torch.arange(10)
    assert fits((numbers,), "cuda")

    (batch,) = next(batches(TensorDataset(numbers), 4, 0, "cuda"))
    (expected,) = next(batches(TensorDataset(numbers), 4, 0, "cpu"))

    assert batch.device.type == "cuda"
    assert torch.equal(batch.cpu(), expected)
