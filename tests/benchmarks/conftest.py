"""Benchmarks use every core, and keep with each number the machine it comes from."""

import os
import platform
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import torch

from gan_minimal.training.machine import has_bfloat16, processor


@pytest.fixture(params=["cpu", pytest.param("cuda", marks=pytest.mark.gpu)])
def device(request: pytest.FixtureRequest) -> str:
    """Each device in turn; without a GPU the second one is skipped with the reason."""
    return request.param


@pytest.fixture(params=["float32", "bfloat16"])
def precision(request: pytest.FixtureRequest, device: str) -> str:
    """Each precision of the forward passes in turn, if the device has it."""
    if request.param == "bfloat16" and not has_bfloat16(device):
        pytest.skip("this processor has no bfloat16")
    return request.param


@pytest.fixture(autouse=True)
def same_bits() -> Iterator[None]:
    """Stands in for the fixture of all other tests: the same seed, but every thread.

    On a GPU, matrix products of float32 may round to TF32, as PyTorch's convolutions do there
    anyway: otherwise the peak and what is compared with it would use different arithmetic.
    """
    torch.manual_seed(0)
    before = torch.get_float32_matmul_precision()
    if torch.cuda.is_available():
        torch.set_float32_matmul_precision("high")
    yield
    torch.set_float32_matmul_precision(before)


def machine(device: str) -> dict[str, Any]:
    """Describe what a number measured on `device` depends on."""
    on_gpu = device == "cuda"
    return {
        "device": device,
        "processor": torch.cuda.get_device_name() if on_gpu else processor(),
        "cores": torch.cuda.get_device_properties(0).multi_processor_count
        if on_gpu
        else os.cpu_count(),
        "threads": torch.get_num_threads(),
        "torch": torch.__version__.split("+")[0],
        "python": platform.python_version(),
        "date": datetime.now(UTC).date().isoformat(),
    }


@pytest.fixture
def note(benchmark: Any) -> Any:
    """A function that puts the machine and what else is given beside the timings of a test."""

    def note(device: str, **facts: Any) -> None:
        benchmark.extra_info.update(machine=machine(device), **facts)

    return note
