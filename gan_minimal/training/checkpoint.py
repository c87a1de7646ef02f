"""Files of weights and checkpoints: written whole or not at all, read without running code."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from gan_minimal.errors import UserError
from gan_minimal.files import write_whole
from gan_minimal.models.protocol import Module

FORMAT = 1


def save(path: Path, content: dict[str, Any]) -> None:
    """Write a checkpoint: tensors, numbers, strings, lists and dicts of them."""
    write_whole(path, lambda temporary: torch.save({"format": FORMAT, **content}, temporary))


def load(path: Path, device: str = "cpu") -> dict[str, Any]:
    """Read a checkpoint that `save` wrote.

    Raises:
        UserError: If the file is missing, truncated, of another format, or holds anything but
            tensors and plain values (such a file is not opened further).
    """
    if not path.is_file():
        raise UserError(f"There is no checkpoint {path}.")
    try:
        content = torch.load(path, map_location=device, weights_only=True)
    except OSError:
        raise
    except Exception:  # there is no end to what torch and pickle raise for a damaged file
        raise UserError(f"{path} is not a whole checkpoint of this program.") from None
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise UserError(f"{path} is not a checkpoint of this version of the program.")
    return content


def save_weights(path: Path, weights: Mapping[str, Tensor]) -> None:
    """Write weights in half precision as safetensors; whole numbers keep their type."""
    halves = {
        name: (tensor.half() if tensor.is_floating_point() else tensor).contiguous()
        for name, tensor in weights.items()
    }
    write_whole(path, lambda temporary: safetensors.torch.save_file(halves, temporary))


def load_weights(path: Path) -> dict[str, Tensor]:
    """Read weights as float32 tensors.

    Raises:
        UserError: If the file is missing, truncated or not safetensors.
    """
    if not path.is_file():
        raise UserError(f"There are no weights {path}.")
    try:
        weights = safetensors.torch.load_file(path)
    except (SafetensorError, OSError):
        raise UserError(f"{path} is not a whole file of weights.") from None
    return {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }


def put_weights(module: Module, weights: Mapping[str, Tensor], source: Path | str) -> None:
    """Copy `weights` into `module`, all of them and nothing else.

    Raises:
        UserError: If a tensor is missing, left over or of another size; the message names it.
    """
    own = module.state_dict()
    for name in own.keys() ^ weights.keys():
        kind = "lacks" if name in own else "has an unknown"
        raise UserError(f"{source} is of another model: it {kind} tensor {name!r}.")
    for name, tensor in own.items():
        if tensor.shape != weights[name].shape:
            raise UserError(
                f"{source} is of another size: {name!r} is {tuple(weights[name].shape)} there and "
                f"{tuple(tensor.shape)} here."
            )
    module.load_state_dict(weights)
