"""For few images: mirrored examples, and differentiable augmentation (Zhao et al. 2020).

With few images a discriminator learns them by heart. If only real images were changed, the
generator would learn to draw changed ones. So both the real and the drawn ones are changed wherever
the discriminator sees them (figure 4), each image in its own way, and gradients reach the
generator through the change. To mirror images changes the data: the generator draws them, too.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_minimal.errors import UserError
from gan_minimal.models.protocol import Game, Sampler

JUDGES = ("discriminator", "critic")  # what the papers call the player who judges images


def mirrored(batch: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
    """Mirror a random half of the examples, left and right; only images `(N, C, H, W)` change."""
    turned = torch.rand(len(batch[0]), 1, 1, 1, device=batch[0].device) < 0.5
    return tuple(torch.where(turned, x.flip(3), x) if x.ndim == 4 else x for x in batch)


def color(x: Tensor) -> Tensor:
    """Change brightness, saturation and contrast of images `(N, C, H, W)`."""
    brightness, saturation, contrast = torch.rand(3, len(x), 1, 1, 1, device=x.device)
    x = x + brightness - 0.5
    grey = x.mean(dim=1, keepdim=True)
    x = torch.lerp(grey, x, 2 * saturation)
    mean = x.mean(dim=(1, 2, 3), keepdim=True)
    return torch.lerp(mean, x, contrast + 0.5)


def translation(x: Tensor) -> Tensor:
    """Move images `(N, C, H, W)` by up to an eighth of a side each way; what comes in is 0."""
    n, _, height, width = x.shape
    rows = moved(height, n, x.device)[:, None, :, None]  # (N, 1, H, 1)
    columns = moved(width, n, x.device)[:, None, None, :]  # (N, 1, 1, W)
    padded = F.pad(x, (1, 1, 1, 1))
    x = padded.gather(2, rows.expand(-1, x.shape[1], -1, width + 2))
    return x.gather(3, columns.expand(-1, x.shape[1], height, -1))


def moved(side: int, n: int, device: torch.device) -> Tensor:
    """Return for `n` images which line of the image padded by one comes to each place, `(n, side)`.

    Lines from beyond the border are the padding.
    """
    furthest = round(side / 8)
    shift = torch.randint(-furthest, furthest + 1, (n, 1), device=device)
    return (torch.arange(1, side + 1, device=device) + shift).clamp(0, side + 1)


def cutout(x: Tensor) -> Tensor:
    """Set a square of half a side to 0 in images `(N, C, H, W)`; it may reach beyond the border."""
    inside = [covered(side, len(x), x.device) for side in x.shape[2:]]
    hole = inside[0][:, None, :, None] & inside[1][:, None, None, :]  # (N, 1, H, W)
    return x.masked_fill(hole, 0)


def covered(side: int, n: int, device: torch.device) -> Tensor:
    """Return for `n` images which places half a side covers, its middle anywhere, `(n, side)`."""
    half = side // 2
    first = torch.randint(0, side + 1 - half % 2, (n, 1), device=device) - half // 2
    place = torch.arange(side, device=device)
    return (place >= first) & (place < first + half)


POLICIES: dict[str, Callable[[Tensor], Tensor]] = {
    "color": color,
    "translation": translation,
    "cutout": cutout,
}


def check(policy: str) -> None:
    """Refuse a policy that names something else than `POLICIES`, separated by commas.

    Raises:
        UserError: Naming what there is.
    """
    if policy and not set(policy.split(",")) <= POLICIES.keys():
        raise UserError(f"augment is {','.join(POLICIES)} or some of them, not {policy!r}.")


@contextmanager
def augmenting(model: Game, policy: str) -> Iterator[None]:
    """Show the model's discriminator nothing but changed images within this context.

    Args:
        model: One that draws from noise against a discriminator or critic of whole images.
        policy: Names of `POLICIES`, separated by commas; an empty one changes nothing.

    Raises:
        UserError: If the model is another one.
    """
    if not policy:
        yield
        return
    judges = [module for name, module in model.named_children() if name in JUDGES]
    if not isinstance(model, Sampler) or len(judges) != 1:
        raise UserError("augment is for models that draw from noise against a discriminator.")

    def change(_: nn.Module, given: tuple[Any, ...]) -> tuple[Any, ...]:
        images, *rest = given
        for name in policy.split(","):
            images = POLICIES[name](images)
        return (images, *rest)

    hook = judges[0].register_forward_pre_hook(change)
    try:
        yield
    finally:
        hook.remove()
