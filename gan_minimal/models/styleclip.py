"""StyleCLIP: the styles of a face are optimised until CLIP finds that it matches a sentence.

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

PAPER = {
    "year": 2021,
    "arxiv": "2103.17249",
    "code": "orpatashnik/StyleCLIP",
    "reference_licence": "MIT",
}

Function = Callable[[Tensor], Tensor]


# --8<-- [start:schedule]
def lr_ramp(step: int, rounds: int) -> float:
    """Return the share of the learning rate in round `step`: it rises for 5 %, falls for 25 %."""
    t = step / rounds
    ramp_up = min(1.0, t / 0.05)
    ramp_down = min(1.0, (1 - t) / 0.25)
    return ramp_up * (1 - math.cos(math.pi * ramp_down)) / 2


# --8<-- [end:schedule]
# --8<-- [start:model]
def d_clip(image_features: Tensor, text_features: Tensor) -> Tensor:
    """Return the paper's D_CLIP, 1 - cosine of features `(N, D)` and `(N or 1, D)`: `(N,)`."""
    return 1 - F.cosine_similarity(image_features, text_features, dim=1)


class StyleCLIP(nn.Module):
    """The game of one player: the styles `w` of faces, `w_s` in the beginning.

    Args:
        generator: Styles `(N, L, style)`, one for each layer, to images `(N, C, H, W)` in [-1, 1],
            with fixed noise.
        encode_image: Images to CLIP's features `(N, D)`.
        text_features: What each face shall become: CLIP's features `(N, D)`, or `(1, D)` for all.
        w_s: The styles of the faces, `(N, L, style)`.
        offset: `w - w_s` when the game begins: `(N, L, style)`, so that each layer has its own
            (W+), or `(N, 1, style)` for all layers together (W). By default 0, in W+.
        rounds: Rounds of the game.
        lr: Largest learning rate of Adam.
        lambda_l2: Weight of the square of the offset, summed over all its numbers.
    """

    w_s: Tensor
    text_features: Tensor

    def __init__(
        self,
        generator: Function,
        encode_image: Function,
        text_features: Tensor,
        w_s: Tensor,
        offset: Tensor | None = None,
        rounds: int = 300,
        lr: float = 0.1,
        lambda_l2: float = 0.008,
    ) -> None:
        super().__init__()
        self.generator, self.encode_image = generator, encode_image
        self.rounds, self.lr, self.lambda_l2 = rounds, lr, lambda_l2
        self.offset = nn.Parameter(torch.zeros_like(w_s) if offset is None else offset.clone())
        self.register_buffer("w_s", w_s.detach().clone())
        self.register_buffer("text_features", text_features.detach())

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for the offset."""
        return {"styles": Adam([self.offset], self.lr)}

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Let the learning rate rise and fall."""
        optimizers["styles"].param_groups[0]["lr"] = self.lr * lr_ramp(step, self.rounds)

    @property
    def w(self) -> Tensor:
        """The styles as they are now, `(N, L, style)`."""
        return self.w_s + self.offset

    def losses(self) -> Tensor:
        """Return D_CLIP(G(w), t) + λ_L2 · |w - w_s|² of each face, `(N,)` (equation 1)."""
        image_features = self.encode_image(self.generator(self.w))
        l2 = self.offset.square().sum(dim=(1, 2))
        return d_clip(image_features, self.text_features) + self.lambda_l2 * l2

    def step(self, batch: object = None) -> Iterator[tuple[str, Tensor]]:
        """Play one round; the loss is the sum over all faces, which know nothing of each other."""
        yield "styles", self.losses().sum()


# --8<-- [end:model]
# --8<-- [start:inversion]
class Inversion(nn.Module):
    """Looks for the styles that draw given images, so that any picture can be edited.

    The paper has an encoder do this in one go; here the styles are optimised, as above.

    Args:
        generator: Styles `(N, L, style)` to images `(N, C, H, W)`, with fixed noise.
        images: What shall be drawn, `(N, C, H, W)` in [-1, 1].
        w_avg: Where it begins: the average style, `(N, L, style)`.
        rounds: Rounds of the game.
        lr: Largest learning rate of Adam.
        lambda_l2: Weight of the mean squared distance from the average: styles that are far from
            any face of training can be drawn, but hardly edited.
    """

    w_avg: Tensor
    images: Tensor

    def __init__(
        self,
        generator: Function,
        images: Tensor,
        w_avg: Tensor,
        rounds: int = 500,
        lr: float = 0.1,
        lambda_l2: float = 0.001,
    ) -> None:
        super().__init__()
        self.generator, self.rounds, self.lr, self.lambda_l2 = generator, rounds, lr, lambda_l2
        self.w = nn.Parameter(w_avg.detach().clone())
        self.register_buffer("w_avg", w_avg.detach().clone())
        self.register_buffer("images", images)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for the styles."""
        return {"styles": Adam([self.w], self.lr)}

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Let the learning rate rise and fall."""
        optimizers["styles"].param_groups[0]["lr"] = self.lr * lr_ramp(step, self.rounds)

    def step(self, batch: object = None) -> Iterator[tuple[str, Tensor]]:
        """Play one round: the squared error of each image and what keeps its styles near."""
        error = (self.generator(self.w) - self.images).square().mean(dim=(1, 2, 3))
        l2 = (self.w - self.w_avg).square().mean(dim=(1, 2))
        yield "styles", (error + self.lambda_l2 * l2).sum()


# --8<-- [end:inversion]
# --8<-- [start:presets]
# "starts": games that begin at offsets of length `reach` times those of random faces, the first one
# at 0; the best is kept. "w_plus": whether each layer has an offset of its own.
PRESETS: dict[str, dict[str, Any]] = {
    "tiny": {
        "model": {"rounds": 100, "lambda_l2": 0.006},
        "starts": 6,
        "reach": 0.7,
        "w_plus": False,
    },
    "paper": {"model": {}, "starts": 1, "reach": 0.0, "w_plus": True},
}
# --8<-- [end:presets]
