"""Files of weights and checkpoints: written whole or not at all, read without running code."""

import contextlib
import errno
import math
import shutil
import zipfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any, cast

import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import Tensor

from gan_minimal.errors import UserError
from gan_minimal.files import write_whole
from gan_minimal.models.protocol import Module

FORMAT = 1


def save(path: Path, content: dict[str, Any]) -> None:
    """Write a checkpoint: tensors, numbers, strings, lists and dicts of them.

    The one that stood there before is kept as `before(path)`.
    """
    if path.exists():
        write_whole(before(path), lambda temporary: shutil.copyfile(path, temporary))
    write_whole(path, partial(_write, {"format": FORMAT, **content}))


def _write(content: dict[str, Any], path: Path) -> None:
    """Write with torch, which hides what the system says of a full disk behind an error of its own.

    Raises:
        OSError: If the file cannot be written.
    """
    try:
        with path.open("wb") as file:
            torch.save(content, file)
    except RuntimeError as error:
        if isinstance(error.__context__, OSError):
            raise error.__context__ from None
        raise


def size_of(content: Mapping[str, Any]) -> int:
    """Return about how many bytes a checkpoint takes once its optimisers have played a round."""
    moments = 2 * bytes_of(content["model"])  # Adam's
    return bytes_of(content) + max(0, moments - bytes_of(content["optimizers"])) + 2**20


def bytes_of(value: Any) -> int:
    """Return the bytes of all tensors in lists and dicts."""
    if isinstance(value, Tensor):
        return value.nbytes
    if isinstance(value, Mapping):
        return sum(bytes_of(each) for each in value.values())
    return sum(bytes_of(each) for each in value) if isinstance(value, list | tuple) else 0


def before(path: Path) -> Path:
    """Return where the checkpoint is kept that stood at `path` before the last one."""
    return path.with_name(f"{path.stem}-before{path.suffix}")


def load(path: Path, device: str = "cpu") -> dict[str, Any]:
    """Read a checkpoint that `save` wrote.

    Raises:
        UserError: If the file is missing, damaged in any bit, of another format, holds a number
            that is not finite, or anything but tensors and plain values (such a file is not opened
            further).
    """
    if not path.is_file():
        raise UserError(f"There is no checkpoint {path}.{earlier(path)}")
    try:
        with zipfile.ZipFile(path) as archive:  # torch does not look at the sums
            if archive.testzip() is not None:
                raise zipfile.BadZipFile
        content = torch.load(path, map_location=device, weights_only=True)
        known = isinstance(content, dict) and content.get("format") == FORMAT
        whole = known and finite(content)
    except OSError as error:
        if error.errno == errno.EINVAL:  # by its table, a file that lacks bytes began before itself
            raise not_whole(path) from None
        raise
    except Exception:  # there is no end to what torch and pickle raise for a damaged file
        raise not_whole(path) from None
    if not whole:
        raise not_whole(path)
    return cast(dict[str, Any], content)


def finite(value: Any) -> bool:
    """Say whether all numbers in tensors, lists and dicts are finite."""
    if isinstance(value, Tensor):
        return not value.is_floating_point() or bool(value.isfinite().all())
    if isinstance(value, Mapping):
        return all(finite(each) for each in value.values())
    if isinstance(value, list | tuple):
        return all(finite(each) for each in value)
    return not isinstance(value, float) or math.isfinite(value)


def not_whole(path: Path) -> UserError:
    """Return what is said of a damaged or foreign file in the place of a checkpoint."""
    return UserError(
        f"{path} is not a whole checkpoint of this version of the program.{earlier(path)}"
    )


def earlier(path: Path) -> str:
    """Name the checkpoint before this one, if there is one."""
    kept = before(path)
    if not kept.exists():
        return ""
    where = f'"{kept}"' if " " in str(kept) else str(kept)
    return f" The one before it is kept: `gan-minimal resume {where}` goes on from there."


@contextlib.contextmanager
def refused(path: Path) -> Iterator[None]:
    """Say that a file is no checkpoint where a value in it is missing or of another kind.

    Raises:
        UserError: In place of what Python or torch raises; one that does not name the file does.
    """
    try:
        yield
    except UserError as error:
        if str(path) in str(error):
            raise
        raise UserError(f"{path}: {error}{earlier(path)}") from None
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError):
        raise not_whole(path) from None


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
        UserError: If the file is missing, truncated or not safetensors, or a weight is not finite.
    """
    if not path.is_file():
        raise UserError(f"There are no weights {path}.")
    try:
        weights = safetensors.torch.load_file(path)
    except (SafetensorError, OSError):
        weights = None
    if weights is None or not finite(weights):
        raise UserError(f"{path} is not a whole file of weights.")
    return {
        name: tensor.float() if tensor.is_floating_point() else tensor
        for name, tensor in weights.items()
    }


def put_weights(module: Module, weights: Mapping[str, Tensor], source: Path | str) -> None:
    """Copy `weights` into `module`, all of them and nothing else.

    Raises:
        UserError: If a tensor is missing, left over, of another size or type; the message names it.
    """
    check_weights(module, weights, source)
    module.load_state_dict(weights)


def check_weights(module: Module, weights: Mapping[str, Tensor], source: Path | str) -> None:
    """Refuse weights that are not those of `module`, which may lie on the device `meta`.

    Raises:
        UserError: If a tensor is missing, left over, of another size or type; the message names it.
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
        if tensor.dtype != weights[name].dtype:
            raise UserError(
                f"{source} is of another kind: {name!r} is {weights[name].dtype} there and "
                f"{tensor.dtype} here."
            )
