"""A record says what was measured where."""

from pathlib import Path

import torch

from gan_minimal.training import machine


def test_the_machine_is_described():
    where = machine.environment()

    assert where["torch"] == torch.__version__.split("+")[0]
    assert where["processor"]
    assert len(where["date"]) == len("2026-11-23")


def test_machines_without_proc_are_described_too(monkeypatch):
    monkeypatch.setattr(Path, "exists", lambda _: False)

    assert machine.processor()


def test_a_gpu_is_named_as_the_machine(monkeypatch):
    monkeypatch.setattr(torch.cuda, "get_device_name", lambda device: f"GPU of {device}")

    assert machine.environment("cuda:1")["processor"] == "GPU of cuda:1"
    assert [machine.environment(name)["device"] for name in ("cuda:1", "cpu")] == ["cuda", "cpu"]
