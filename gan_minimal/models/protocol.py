"""What a model must have, and what it may have: everything else in the house asks for this only.

A model is an `nn.Module` that satisfies `Model`. What not every model can do has a protocol of its
own here; a model states that it can by having the members, and whoever needs to know asks with
`isinstance`. No code outside `models/` asks which class a model is.
"""

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Protocol, Self, runtime_checkable

from torch import Tensor, nn
from torch.optim import Optimizer

Size = tuple[int, int]
"""Height and width in pixels."""


class Module(Protocol):
    """What is used of `nn.Module`."""

    training: bool

    def train(self, mode: bool = True) -> Self: ...  # noqa: D102
    def eval(self) -> Self: ...  # noqa: D102
    def cpu(self) -> Self: ...  # noqa: D102
    def double(self) -> Self: ...  # noqa: D102
    def to(self, *args: Any, **kwargs: Any) -> Self: ...  # noqa: D102
    def parameters(self, recurse: bool = True) -> Iterator[nn.Parameter]: ...  # noqa: D102
    def named_children(self) -> Iterator[tuple[str, nn.Module]]: ...  # noqa: D102
    def get_submodule(self, target: str) -> nn.Module: ...  # noqa: D102
    def state_dict(self) -> dict[str, Any]: ...  # noqa: D102
    def load_state_dict(self, state_dict: Mapping[str, Any]) -> Any: ...  # noqa: D102


class Game(Module, Protocol):
    """What the training loop asks for: players, and the story of one round."""

    def optimizers(self) -> dict[str, Optimizer]:
        """Return one optimiser for each player, by the player's name."""
        ...

    def step(self, batch: Any) -> Iterator[tuple[str, Tensor]]:
        """Tell one round: yield `(player, loss)` in the order of the paper's algorithm.

        The players may move by `loss.backward()` alone or only with the gradients of the one who
        moves, `loss.backward(inputs=...)`.

        Raises:
            ValueError: If the batch has not the shapes or the number of examples that the model
                learns from; its message is a sentence for whoever called.
        """
        ...


class Model(Game, Protocol):
    """What every model of the site has: a game that learns from data and can be recorded."""

    recorded: ClassVar[tuple[str, ...]]
    """Names of the submodules whose weights a recorded run stores: what drawing needs."""

    @property
    def size(self) -> int | Size:
        """Pixels a side of the images it learns from; height and width of a single photograph."""
        ...

    @property
    def channels(self) -> int:
        """3 for colour, 1 for grey."""
        ...

    @property
    def example(self) -> tuple[int, ...]:
        """Number of dimensions of each tensor in an example: `(3,)` for an image alone."""
        ...


@runtime_checkable
class Scheduled(Module, Protocol):
    """A model whose learning rates, networks or counters change from round to round."""

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Prepare the round after `step` played ones."""
        ...


@runtime_checkable
class Dividing(Module, Protocol):
    """A model that divides its batches, into minibatches or into groups that are compared."""

    @property
    def batch_multiple(self) -> int:
        """A batch of any multiple of this can be divided."""
        ...


@runtime_checkable
class Sampler(Module, Protocol):
    """A model that draws from noise."""

    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1]."""
        ...


@runtime_checkable
class Translator(Module, Protocol):
    """A model that translates images."""

    def translate(self, images: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Translate images `(N, C, H, W)` in [-1, 1]; what else it takes is up to the model."""
        ...


@runtime_checkable
class TwoWayTranslator(Module, Protocol):
    """A translator between two kinds of images, in either direction."""

    directions: ClassVar[tuple[str, str]]
    """What `direction` can be; the first one is the default."""

    def translate(self, images: Tensor, direction: str = ...) -> Tensor:
        """Translate images `(N, C, H, W)` in [-1, 1]."""
        ...


@runtime_checkable
class DomainTranslator(Module, Protocol):
    """A translator that is told the domains in which an image shall be."""

    domains: int
    """Length of a label of zeros and ones."""

    def translate(self, images: Tensor, labels: Tensor) -> Tensor:
        """Translate images `(N, C, H, W)` to the domains of labels `(N, domains)`."""
        ...

    def read(self, images: Tensor) -> Tensor:
        """Return the labels `(N, domains)` that are read off images."""
        ...


@runtime_checkable
class Conditional(Module, Protocol):
    """A model that draws what its labels say."""

    classes: tuple[int, ...]
    """Number of values of each label."""

    def sample(self, n: int, labels: Tensor | None = None) -> Tensor:
        """Draw `n` images of labels `(n, K)`, or of evenly drawn ones."""
        ...


@runtime_checkable
class ImageTextModel(Module, Protocol):
    """A model that brings images and texts into one space."""

    visual: nn.Module
    """Images `(N, C, H, W)` to features `(N, D)`."""
    text: nn.Module
    """Tokens `(N, L)` to features `(N, D)`."""


@runtime_checkable
class Growing(Module, Protocol):
    """A model whose networks grow while it is trained."""

    def growth(self, step: int) -> tuple[int, float]:
        """Return the highest stage after `step` rounds, and its share in the image, up to 1."""
        ...


@runtime_checkable
class Pyramid(Module, Protocol):
    """A model that learns from a single photograph, scale by scale.

    Its class takes the height and width of the photograph as `photo`, and the rounds of each scale
    as `rounds`.
    """

    sizes: list[Size]
    """Height and width at every scale, the coarsest first."""
    rounds: int
    """Rounds of each scale."""

    def sample(
        self, n: int, size: Size | None = None, first: int = 0, previous: Tensor | None = None
    ) -> Tensor:
        """Draw `n` images of any size, from scale `first` on."""
        ...
