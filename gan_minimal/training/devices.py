"""A model on a GPU, and what it is given from the memory of the machine."""

from typing import Any

import torch
from torch import Tensor
from torch.overrides import TorchFunctionMode
from torch.utils._pytree import tree_iter, tree_map

READ = (Tensor.numpy, Tensor.__array__)  # nobody else can read the memory of a GPU


class Together(TorchFunctionMode):
    """Brings tensors to one device where some lie on it and others on the CPU.

    Pictures, labels and noise of a seed come from the CPU. Whoever draws or scores need not know
    where the model is. What is changed in place stays where it is.
    """

    def __init__(self, device: str) -> None:
        """Bring tensors to `device`."""
        super().__init__()
        self.device = torch.device(device)

    def __torch_function__(
        self, function: Any, types: Any, args: Any = (), kwargs: Any = None
    ) -> Any:
        kwargs = kwargs or {}
        if function in READ:
            return function(args[0].detach().cpu(), *args[1:], **kwargs)
        name = getattr(function, "__name__", "")
        if name == "__set__":  # a module that is moved gets other values
            return function(*args, **kwargs)
        tensors = [x for x in tree_iter((args, kwargs)) if isinstance(x, Tensor)]
        if len({x.device.type for x in tensors}) > 1:
            in_place = name == "__setitem__" or (name.endswith("_") and not name.endswith("__"))
            there = args[0].device if in_place else self.device
            args, kwargs = tree_map(
                lambda x: x.to(there) if isinstance(x, Tensor) else x, (args, kwargs)
            )
        return function(*args, **kwargs)
