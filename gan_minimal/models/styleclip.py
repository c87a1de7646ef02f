"""StyleCLIP: a sentence moves the styles of a face until CLIP finds the face to match it.

Patashnik, Wu, Shechtman, Cohen-Or, Lischinski, "StyleCLIP: Text-Driven Manipulation of StyleGAN
Imagery", 2021, arXiv:2103.17249. Code: orpatashnik/StyleCLIP by the authors (MIT; the StyleGAN2
that it builds on has a licence of its own).

This is the first of the paper's three ways, latent optimisation (section 4): nothing is trained but
the styles of one face. StyleGAN and CLIP are handed over. Left out: the loss on the identity of
the person, which needs a network that recognises people (the code has it switched off, too), and
the other two ways, a trained mapper and directions in the space of styles.
"""

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2021, "arxiv": "2103.17249", "code": "orpatashnik/StyleCLIP", "licence": "MIT"}

Function = Callable[[Tensor], Tensor]


# --8<-- [start:schedule]
def ramp(step: int, rounds: int) -> float:
    """Return the share of the learning rate in round `step`: it rises for 5 %, falls for 25 %."""
    played = step / rounds
    falling = min(1.0, (1 - played) / 0.25)
    return min(1.0, played / 0.05) * (1 - math.cos(math.pi * falling)) / 2


# --8<-- [end:schedule]
# --8<-- [start:model]
class StyleCLIP(nn.Module):
    """The game of one player: how far the styles of faces move.

    Args:
        draw: Styles `(N, L, style)`, one for each layer, to images `(N, C, H, W)` in [-1, 1], with
            fixed noise.
        look: Images to points `(N, joint)` of CLIP's space.
        text: What each face shall become, `(N, joint)` in the same space, or one for all.
        styles: Those of the faces, `(N, L, style)`.
        move: How far they have moved when the game begins: `(N, L, style)`, so that each layer goes
            its own way (W+), or `(N, 1, style)` for all layers together (W). By default not at all,
            in W+.
        rounds: Rounds of the game.
        lr: Largest learning rate of Adam.
        l2: Weight of the square of the move, summed over all its numbers.
    """

    beginning: Tensor
    text: Tensor

    def __init__(
        self,
        draw: Function,
        look: Function,
        text: Tensor,
        styles: Tensor,
        move: Tensor | None = None,
        rounds: int = 300,
        lr: float = 0.1,
        l2: float = 0.008,
    ) -> None:
        super().__init__()
        self.draw, self.look = draw, look
        self.rounds, self.lr, self.l2 = rounds, lr, l2
        self.move = nn.Parameter(torch.zeros_like(styles) if move is None else move.clone())
        self.register_buffer("beginning", styles.detach().clone())
        self.register_buffer("text", text.detach())

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for the move."""
        return {"styles": Adam([self.move], self.lr)}

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Let the learning rate rise and fall."""
        optimizers["styles"].param_groups[0]["lr"] = self.lr * ramp(step, self.rounds)

    @property
    def styles(self) -> Tensor:
        """The styles as they are now, `(N, L, style)`."""
        return self.beginning + self.move

    def losses(self) -> Tensor:
        """Return 1 - cosine + l2 · |w - w₀|² of each face, `(N,)` (equation 1)."""
        points = self.look(self.draw(self.styles))
        cosine = F.cosine_similarity(points, self.text, dim=1)
        return 1 - cosine + self.l2 * self.move.square().sum(dim=(1, 2))

    def step(self, batch: object = None) -> Iterator[tuple[str, Tensor]]:
        """Play one round; the loss is the sum over all faces, which know nothing of each other."""
        yield "styles", self.losses().sum()


# --8<-- [end:model]
# --8<-- [start:inversion]
class Inversion(nn.Module):
    """Looks for the styles that draw given images, so that any picture can be edited.

    The paper has an encoder do this in one go; here the styles are moved, as above.

    Args:
        draw: Styles `(N, L, style)` to images `(N, C, H, W)`, with fixed noise.
        images: What shall be drawn, `(N, C, H, W)` in [-1, 1].
        styles: Where it begins: the average style, `(N, L, style)`.
        rounds: Rounds of the game.
        lr: Largest learning rate of Adam.
        l2: Weight of the mean squared distance from the beginning: styles that are far from any
            face of training can be drawn, but hardly edited.
    """

    beginning: Tensor
    images: Tensor

    def __init__(
        self,
        draw: Function,
        images: Tensor,
        styles: Tensor,
        rounds: int = 500,
        lr: float = 0.1,
        l2: float = 0.001,
    ) -> None:
        super().__init__()
        self.draw, self.rounds, self.lr, self.l2 = draw, rounds, lr, l2
        self.styles = nn.Parameter(styles.detach().clone())
        self.register_buffer("beginning", styles.detach().clone())
        self.register_buffer("images", images)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for the styles."""
        return {"styles": Adam([self.styles], self.lr)}

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Let the learning rate rise and fall."""
        optimizers["styles"].param_groups[0]["lr"] = self.lr * ramp(step, self.rounds)

    def step(self, batch: object = None) -> Iterator[tuple[str, Tensor]]:
        """Play one round: the squared error of each image and what keeps its styles near."""
        error = (self.draw(self.styles) - self.images).square().mean(dim=(1, 2, 3))
        moved = (self.styles - self.beginning).square().mean(dim=(1, 2))
        yield "styles", (error + self.l2 * moved).sum()


# --8<-- [end:inversion]
# --8<-- [start:presets]
# "starts": games that begin at moves of length `reach` times those of random faces, the first one
# at none; the best is kept. "layers": whether each layer goes its own way.
PRESETS: dict[str, dict[str, Any]] = {
    "tiny": {
        "model": {"rounds": 100, "l2": 0.006},
        "starts": 6,
        "reach": 0.7,
        "layers": False,
    },
    "paper": {"model": {}, "starts": 1, "reach": 0.0, "layers": True},
}
# --8<-- [end:presets]
