"""How much memory something needs, before it is tried: told by tensors without values.

On the device `meta` a computation takes no time and no memory, and every tensor still says how
large it would be.
"""

import copy
import weakref
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_iter

from gan_minimal.errors import UserError
from gan_minimal.models.protocol import Model

STATE = 4  # weights, gradients and Adam's two moments
SURE = 4096  # bytes for each byte of the images: no model here needs as much


class Peak(TorchDispatchMode):
    """Counts the bytes of tensors on `meta` that are made within it.

    Attributes:
        bytes: The most there were at a time.
    """

    def __init__(self) -> None:
        """Begin with nothing."""
        super().__init__()  # type: ignore[no-untyped-call]  # of torch
        self.bytes = self._now = 0
        self._known: set[int] = set()

    def __torch_dispatch__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        made = function(*args, **(kwargs or {}))
        for tensor in tree_iter(made):
            if isinstance(tensor, Tensor) and tensor.device.type == "meta":
                storage = tensor.untyped_storage()
                if storage._cdata not in self._known:
                    self._known.add(storage._cdata)
                    self._now += storage.nbytes()
                    self.bytes = max(self.bytes, self._now)
                    weakref.finalize(storage, self._gone, storage._cdata, storage.nbytes())
        return made

    def _gone(self, storage: int, size: int) -> None:
        self._known.discard(storage)
        self._now -= size


def check_weights(outline: Model, device: str) -> None:
    """Refuse a model whose training would not fit into memory even without images.

    Args:
        outline: The model, on the device `meta`.
        device: Where it will be.

    Raises:
        UserError: Saying how much is needed, and how much there is.
    """
    size = sum(weights.nbytes for weights in outline.parameters())
    check(STATE * size, device, "a smaller --size or --width needs less")


def check_round(model: Any, example: tuple[Tensor, ...], batch: int, device: str) -> None:
    """Refuse a round of training that would not fit into memory.

    Args:
        model: The model.
        example: What it learns from, one of them.
        batch: How many it is given at a time.
        device: Where it is trained.

    Raises:
        UserError: Saying how much is needed, and how much there is.
    """

    def play(outline: Any) -> None:
        optimizers = outline.optimizers()
        given = (torch.empty((batch, *x.shape), dtype=x.dtype, device="meta") for x in example)
        for player, loss in outline.train().step(tuple(given)):
            loss.backward(inputs=[p for g in optimizers[player].param_groups for p in g["params"]])

    images = batch * example[0].nbytes
    needed = estimate(play, model, images, device)
    check(needed, device, "a smaller --batch, --size or --width needs less")


def check_drawing(draw: Callable[[Any], object], model: Any, images: int, advice: str) -> None:
    """Refuse to draw what would not fit into memory.

    Args:
        draw: Draws with the model that it is given, which has no values.
        model: The model.
        images: Bytes of the images that are drawn.
        advice: What needs less.

    Raises:
        UserError: Saying how much is needed, and how much there is.
    """
    device = str(next(model.parameters()).device)
    check(estimate(torch.no_grad()(draw), model, images, device), device, advice)


def estimate(use: Callable[[Any], object], model: Any, images: int, device: str) -> int:
    """Return about how many bytes it takes to use a model; at least so many, if it cannot tell.

    Args:
        use: What is done with the model; what it does to this copy is forgotten.
        model: The model.
        images: Bytes of the images that are given or drawn: for few nothing is estimated.
        device: Where it will be done.
    """
    available = free(device)
    if available is None or images * SURE < available:
        return images
    outline = copy.deepcopy(model).to("meta")
    peak = Peak()
    with suppress(Exception), peak, torch.random.fork_rng():  # some need values on their way
        use(outline)
    return max(images, peak.bytes)


def check(needed: int, device: str, advice: str) -> None:
    """Refuse what needs more memory than there is.

    Raises:
        UserError: Saying how much is needed, and how much there is.
    """
    available = free(device)
    if available is not None and needed > available:
        raise UserError(
            f"This needs about {needed / 2**30:,.1f} GiB of memory, and {available / 2**30:,.1f} "
            f"GiB are free: {advice}."
        )


def free(device: str) -> int | None:
    """Return how many bytes can still be taken on a device, or None if it does not say."""
    if device.startswith("cuda"):
        return torch.cuda.mem_get_info(device)[0]
    if device.startswith("mps"):
        return None
    found = [read() for read in (of_the_machine, of_the_group, of_the_process)]
    return min((each for each in found if each is not None), default=None)


def of_the_machine() -> int | None:
    """Return what Linux says is available, swap included."""
    with suppress(OSError, ValueError, KeyError):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        pages = {line.split(":")[0]: int(line.split()[1]) * 1024 for line in lines}
        return pages["MemAvailable"] + pages["SwapFree"]
    return None


def of_the_group() -> int | None:
    """Return what is left of the limit of a container, or None without one."""
    folder = Path("/sys/fs/cgroup")
    with suppress(OSError, ValueError, KeyError):
        limit, used = (
            int((folder / f"memory.{name}").read_text(encoding="ascii"))
            for name in ("max", "current")
        )
        lines = (folder / "memory.stat").read_text(encoding="ascii").splitlines()
        stat = {line.split()[0]: int(line.split()[1]) for line in lines}
        return limit - used + stat["active_file"] + stat["inactive_file"]  # which can be had back
    return None


def of_the_process() -> int | None:
    """Return what is left of a limit of this process, as `ulimit -v` sets it."""
    with suppress(ImportError, OSError, ValueError):
        import resource

        limit, _ = resource.getrlimit(resource.RLIMIT_AS)
        if limit != resource.RLIM_INFINITY:
            pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
            return limit - pages * resource.getpagesize()
    return None
