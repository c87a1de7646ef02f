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


def test_bfloat16_is_used_where_the_processor_has_instructions_for_it(monkeypatch):
    kinds = "avx512_bf16", "avx512bw", "amx_bf16"
    info = Path("/proc/cpuinfo")
    if info.exists() and not any(kind in info.read_text(encoding="utf-8") for kind in kinds):
        assert not machine.has_bfloat16("cpu")
    monkeypatch.setattr(torch.backends.mkldnn, "is_available", lambda: False)
    assert not machine.has_bfloat16("cpu")
    monkeypatch.setattr(torch.cuda, "is_bf16_supported", lambda including_emulation: False)
    assert not machine.has_bfloat16("cuda")
    assert machine.has_bfloat16("mps")
