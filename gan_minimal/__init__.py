"""Minimal generative models that are really run, tested and measured.

`gan_minimal.load("dcgan").sample(16)` draws sixteen images from the weights that come with the
package, without internet.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gan_minimal.models.protocol import Model

__version__ = "0.1.0"


def load(name: str) -> "Model":
    """Return the recorded model `name` with its trained weights, ready to sample.

    Args:
        name: A recorded run, such as `"dcgan"` (`gan-minimal list` shows them all).

    Returns:
        The model in evaluation mode; `model.sample(n)` gives images `(n, C, H, W)` in [-1, 1].

    Raises:
        UserError: If there is no such recorded run, or its weights are damaged.
    """
    from gan_minimal import zoo  # imports torch, which takes seconds: only when it is needed

    return zoo.load(name)
