"""WGAN-GP: a penalty on the critic's slopes in place of clipped weights.

Gulrajani, Ahmed, Arjovsky, Dumoulin, Courville, "Improved Training of Wasserstein GANs", 2017,
arXiv:1704.00028. Code: igul222/improved_wgan_training by the authors (MIT), whose networks for
MNIST and whose initialisation the paper preset equals.

The networks have 1,554,177 and 1,030,145 parameters. A PyTorch port that many have copied,
caogang/wgan-gp, gives the generator's last layer 8x8 kernels in place of 5x5 and has 1,556,673. The
authors' script for MNIST has pixels in [0, 1] and ends in a sigmoid; here, as in their scripts for
photographs, they are in [-1, 1] and it is tanh. Where a convolution halves an even size, TensorFlow
pads one pixel before and two after, this file two on both sides, which is a shift by one pixel.
Left out: the residual networks of section 5.
"""

import math
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {
    "year": 2017,
    "arxiv": "1704.00028",
    "code": "igul222/improved_wgan_training",
    "reference_licence": "MIT",
}


def feature_map_sizes(size: int) -> list[int]:
    """Halve `size`, rounding up, until 4 or less is left: 28, 14, 7, 4."""
    sizes = [size]
    while sizes[-1] > 4:
        sizes.append((sizes[-1] + 1) // 2)
    return sizes


# --8<-- [start:generator]
class Generator(nn.Sequential):
    """Latent vectors `(N, latent)` to images `(N, channels, size, size)` in [-1, 1].

    Args:
        size: Height and width of the image, 5 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of a latent vector.
        width: Channels of the last hidden layer; each layer before it has twice as many.
    """

    def __init__(self, size: int, channels: int, latent: int, width: int) -> None:
        sizes = feature_map_sizes(size)
        widths = [channels, *(width * 2**i for i in range(len(sizes) - 1))]
        layers: list[nn.Module] = [
            nn.Linear(latent, widths[-1] * sizes[-1] ** 2),
            nn.Unflatten(1, (widths[-1], sizes[-1], sizes[-1])),
        ]
        scales = list(zip(pairwise(widths), pairwise(sizes), strict=True))
        for (outputs, inputs), (large, small) in reversed(scales):
            # twice the size, or one pixel less: what the authors' code crops from 8x8 to 7x7
            extra = large - 2 * small + 1
            layers += [
                nn.ReLU(inplace=True),
                nn.ConvTranspose2d(inputs, outputs, 5, stride=2, padding=2, output_padding=extra),
            ]
        super().__init__(*layers, nn.Tanh())


# --8<-- [end:generator]


# --8<-- [start:critic]
class Critic(nn.Sequential):
    """Images `(N, channels, size, size)` to one score each, `(N,)`: the higher, the more real.

    Without batch normalisation: it would make the score of one image depend on the others of its
    minibatch, and the penalty is about the slope at each image by itself (section 4).
    """

    def __init__(self, size: int, channels: int, width: int) -> None:
        sizes = feature_map_sizes(size)
        widths = [channels, *(width * 2**i for i in range(len(sizes) - 1))]
        layers: list[nn.Module] = []
        for inputs, outputs in pairwise(widths):
            layers += [
                nn.Conv2d(inputs, outputs, 5, stride=2, padding=2),  # half the size, rounded up
                nn.LeakyReLU(0.2, inplace=True),
            ]
        layers += [
            nn.Flatten(),
            nn.Linear(widths[-1] * sizes[-1] ** 2, 1),
            nn.Flatten(0),  # (N, 1) to (N,)
        ]
        super().__init__(*layers)


# --8<-- [end:critic]


# --8<-- [start:init]
def init_weights(layer: nn.Module) -> None:
    """He's uniform initialisation for convolutions, Glorot's for linear layers; biases are zero.

    With a stride of 2, one of four pixels of the finer side is met by each tap of the kernel. The
    authors' code counts that, and averages the widths of both sides.
    """
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d):
        coarse, fine, *kernel = layer.weight.shape  # in a transposed convolution too
        fan = math.prod(kernel) * (fine + coarse / 4) / 2
        limit = math.sqrt(3) * math.sqrt(2 / fan)  # of a uniform distribution with this deviation
        nn.init.uniform_(layer.weight, -limit, limit)
    elif isinstance(layer, nn.Linear):
        nn.init.xavier_uniform_(layer.weight)
    if isinstance(layer, nn.Conv2d | nn.ConvTranspose2d | nn.Linear) and layer.bias is not None:
        nn.init.zeros_(layer.bias)


# --8<-- [end:init]


# --8<-- [start:penalty]
def gradient_penalty(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """Return the mean of `(slope - 1)²` at points between real and fake images (section 4).

    Args:
        critic: Scores images `(N, C, H, W)`, each by itself.
        real: Real images `(N, C, H, W)`.
        fake: As many fakes, without a graph.
    """
    # The paper's epsilon, alpha in its authors' code: one for each image, not for each pixel. As in
    # the code it is the share of the fake image, in the paper that of the real one.
    alpha = torch.rand(len(real), 1, 1, 1, device=real.device)
    interpolated = (real + alpha * (fake - real)).requires_grad_()
    scores = critic(interpolated)  # (N,)
    # create_graph: the critic is going to minimise a function of this gradient
    (gradient,) = torch.autograd.grad(scores.sum(), interpolated, create_graph=True)
    # over all pixels and colours; like the images it is in float32 under bfloat16 autocast too
    slopes = torch.linalg.vector_norm(gradient, dim=(1, 2, 3))  # (N,)
    return (slopes - 1).square().mean()


# --8<-- [end:penalty]


# --8<-- [start:model]
# --8<-- [start:setup]
class WGANGP(nn.Module):
    """Both players and one round of their game (algorithm 1).

    Args:
        size: Height and width of the images, 5 or more.
        channels: 1 for grey, 3 for colour.
        latent: Length of the latent vector `z`.
        width: Channels of the layer next to the image; they double with every halving of the size.
        lr: Learning rate of Adam for both players.
        betas: Decay rates of Adam's two moments.
        lambda_gp: Weight of the gradient penalty, the paper's lambda.
        n_critic: Moves of the critic in a round, and minibatches in a batch.

    Raises:
        ValueError: If `size` is less than 5.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        latent: int = 128,
        width: int = 64,
        lr: float = 1e-4,
        betas: tuple[float, float] = (0.5, 0.9),
        lambda_gp: float = 10.0,
        n_critic: int = 5,
    ) -> None:
        super().__init__()
        if size < 5:
            raise ValueError(f"size must be at least 5, not {size}")
        self.size, self.channels, self.latent = size, channels, latent
        self.lr, self.betas = lr, betas
        self.lambda_gp, self.n_critic = lambda_gp, n_critic
        self.generator = Generator(size, channels, latent, width)
        self.critic = Critic(size, channels, width)
        self.apply(init_weights)

    @property
    def batch_multiple(self) -> int:
        """A fresh minibatch for every move of the critic."""
        return self.n_critic

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for each player: without clipping, momentum does no harm."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, self.betas, fused=True)
            for name in ("critic", "generator")
        }

    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)` from the standard normal distribution."""
        return torch.randn(n, self.latent, device=next(self.parameters()).device)

    # --8<-- [end:setup]

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)` in [-1, 1].

        A batch holds `n_critic` minibatches, a fresh one for every move of the critic (line 4).

        Yields:
            Each player's loss. Minus the critic's estimates the Wasserstein distance, less the
            penalty.

        Raises:
            ValueError: If there are fewer images than minibatches, or they are of another shape.
        """
        (images,) = batch
        if images.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(images.shape[1:])} but must be {shape}")
        if len(images) < self.n_critic:
            raise ValueError(f"{len(images)} images are not enough for {self.n_critic} minibatches")
        for real in images.tensor_split(self.n_critic):
            with torch.no_grad():  # the generator does not move now
                fake = self.generator(self.noise(len(real)))
            distance = self.critic(real).mean() - self.critic(fake).mean()
            penalty = gradient_penalty(self.critic, real, fake)
            yield "critic", self.lambda_gp * penalty - distance

        yield "generator", -self.critic(self.generator(self.noise(len(real)))).mean()

    # --8<-- [end:step]

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1]."""
        return self.generator(self.noise(n))


# --8<-- [end:model]


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": {"size": 16, "channels": 3, "width": 48, "latent": 64, "lr": 3e-3},
        "train": {
            "data": "faces16",
            "batch": 5 * 64,
            "steps": 4000,
            "precision": "bfloat16",
            "ema": 0.99,
        },
    },
    # The authors' minibatch of 50 for each of 5 moves.
    "paper": {
        "model": {},
        "train": {"data": "mnist", "batch": 5 * 50, "steps": 200_000},
    },
}
# --8<-- [end:presets]
