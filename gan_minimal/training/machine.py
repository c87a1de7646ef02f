"""What a measured number depends on besides the code: versions, the processor, the day."""

import platform
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import torch


def environment(device: str = "cpu") -> dict[str, Any]:
    """Return what a measured number depends on besides the code."""
    kind = torch.device(device).type
    return {
        "torch": torch.__version__.split("+")[0],
        "python": platform.python_version(),
        "device": kind,
        "processor": torch.cuda.get_device_name(device) if kind == "cuda" else processor(),
        "threads": torch.get_num_threads(),
        "date": datetime.now(UTC).date().isoformat(),
    }


def processor() -> str:
    """Return the name of this machine's processor, as far as it tells."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def has_bfloat16(device: str) -> bool:
    """Return whether a kind of device ("cpu", "cuda") has instructions for bfloat16.

    PyTorch computes in bfloat16 without them too, but on a processor with AVX2 alone a product of
    matrices then takes hundreds of times as long as in float32.
    """
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device == "cpu":  # PyTorch's own tests ask this
        known = torch.backends.mkldnn.is_available()
        return bool(known and torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return True
