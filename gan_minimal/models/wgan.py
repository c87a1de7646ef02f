"""WGAN: the discriminator becomes a critic that measures how far apart two distributions are.

Arjovsky, Chintala, Bottou, "Wasserstein GAN", 2017, arXiv:1701.07875. Code:
martinarjovsky/WassersteinGAN by the authors (BSD-3-Clause), whose DCGAN networks, optimiser and
schedule the paper preset equals.

The critic approximates the Wasserstein distance only as far as its slopes are bounded; here they
are, because each of its weights stays in a small box. The authors' code clips the weights *before*
each of the critic's moves, so that the generator learns from a critic that has just left the box.
This file clips *after* the move, as algorithm 1 says (lines 6 and 7). Left out: the fully connected
networks of section 4.2 (meaningful loss metric), since the point there is the loss and not them.
"""

from collections.abc import Iterator
from itertools import cycle, islice
from typing import Any, ClassVar

import torch
from torch import Tensor, nn
from torch.optim import Optimizer, RMSprop

PAPER = {
    "year": 2017,
    "arxiv": "1701.07875",
    "code": "martinarjovsky/WassersteinGAN",
    "reference_licence": "BSD-3-Clause",
}


# --8<-- [start:generator]
class Generator(nn.Sequential):
    """Latent vectors `(N, latent)` to images `(N, channels, size, size)` in [-1, 1]: DCGAN's.

    Args:
        size: Height and width of the image: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of a latent vector.
        width: Channels of the last hidden layer; each layer before it has twice as many.
    """

    def __init__(self, size: int, channels: int, latent: int, width: int) -> None:
        layers: list[nn.Module] = [nn.Unflatten(1, (latent, 1, 1))]
        inputs, stride, padding = latent, 1, 0  # the first layer: 1x1 -> 4x4
        for i in reversed(range(size.bit_length() - 3)):
            layers += [
                nn.ConvTranspose2d(inputs, width * 2**i, 4, stride, padding, bias=False),
                nn.BatchNorm2d(width * 2**i),
                nn.ReLU(inplace=True),
            ]
            inputs, stride, padding = width * 2**i, 2, 1  # all others: twice the size
        layers += [
            nn.ConvTranspose2d(width, channels, 4, stride=2, padding=1, bias=False),
            nn.Tanh(),
        ]
        super().__init__(*layers)


# --8<-- [end:generator]


# --8<-- [start:critic]
class Critic(nn.Sequential):
    """Images `(N, channels, size, size)` to one score each, `(N,)`: the higher, the more real.

    DCGAN's discriminator, whose output was a logit before; here it is not a probability in any
    form. Only differences of scores mean something.
    """

    def __init__(self, size: int, channels: int, width: int) -> None:
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width, 4, stride=2, padding=1, bias=False),  # size -> size / 2
            nn.LeakyReLU(0.2, inplace=True),
        ]
        while size > 8:
            layers += [
                nn.Conv2d(width, 2 * width, 4, stride=2, padding=1, bias=False),  # size / 2
                nn.BatchNorm2d(2 * width),
                nn.LeakyReLU(0.2, inplace=True),
            ]
            size, width = size // 2, 2 * width
        layers += [
            nn.Conv2d(width, 1, 4, bias=False),  # 4 -> 1
            nn.Flatten(0),  # (N, 1, 1, 1) to (N,)
        ]
        super().__init__(*layers)


# --8<-- [end:critic]


def init_weights(module: nn.Module) -> None:
    """Convolutions from N(0, 0.02); batch normalisation scales from N(1, 0.02), as in DCGAN."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d):
        nn.init.normal_(module.weight, 0.0, 0.02)
    elif isinstance(module, nn.BatchNorm2d):
        nn.init.normal_(module.weight, 1.0, 0.02)


# --8<-- [start:clip]
@torch.no_grad()
def clip_weights(network: nn.Module, clip: float) -> None:
    """Put every parameter back into [-clip, clip], also those of batch normalisation."""
    for parameter in network.parameters():
        parameter.clamp_(-clip, clip)


# --8<-- [end:clip]


# --8<-- [start:model]
# --8<-- [start:setup]
class WGAN(nn.Module):
    """Both players and one round of their game (algorithm 1).

    Args:
        size: Height and width of the images: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of the latent vector `z`.
        width: Channels of the layer next to the image; they double with every halving of the size.
        lr: Learning rate of RMSprop for both players.
        clip: Half the side of the box that holds the critic's weights.
        n_critic: Moves of the critic in a round, and minibatches in a batch.
        n_critic_long: Moves of the critic in each of the first 25 rounds and in every 500th, which
            the authors' code has and the paper does not mention.

    Raises:
        ValueError: If `size` is not a power of two of at least 8.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(
        self,
        size: int = 64,
        channels: int = 3,
        latent: int = 100,
        width: int = 64,
        lr: float = 5e-5,
        clip: float = 0.01,
        n_critic: int = 5,
        n_critic_long: int = 100,
    ) -> None:
        super().__init__()
        if size < 8 or size & (size - 1):
            raise ValueError(f"size must be a power of two of at least 8, not {size}")
        self.size, self.channels, self.latent = size, channels, latent
        self.lr, self.clip = lr, clip
        self.n_critic, self.n_critic_long = n_critic, n_critic_long
        self.moves = n_critic  # of the critic in the next round
        self.generator = Generator(size, channels, latent, width)
        self.critic = Critic(size, channels, width)
        self.apply(init_weights)
        clip_weights(self.critic, clip)

    @property
    def batch_multiple(self) -> int:
        """A fresh minibatch for every move of the critic."""
        return self.n_critic

    def optimizers(self) -> dict[str, Optimizer]:
        """RMSprop for each player: momentum made the authors' training unstable (section 4.2)."""
        return {
            name: RMSprop(getattr(self, name).parameters(), self.lr)
            for name in ("critic", "generator")
        }

    def schedule(self, step: int, _optimizers: dict[str, Optimizer]) -> None:
        """Let the critic make more moves in round `step`, counted from 0, if it is a long one."""
        long = step < 25 or step % 500 == 0
        self.moves = self.n_critic_long if long else self.n_critic

    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)` from the standard normal distribution."""
        return torch.randn(n, self.latent, device=next(self.parameters()).device)

    # --8<-- [end:setup]

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)` in [-1, 1].

        A batch holds `n_critic` minibatches, a fresh one for every move of the critic (line 3); a
        long round goes through them again and again.

        Yields:
            Each player's loss. Minus the critic's is its estimate of the Wasserstein distance, up
            to a factor that depends on the box.

        Raises:
            ValueError: If there are fewer images than minibatches, or they are of another shape.
        """
        (images,) = batch
        if images.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(images.shape[1:])} but must be {shape}")
        if len(images) < self.n_critic:
            raise ValueError(f"{len(images)} images are not enough for {self.n_critic} minibatches")
        minibatches = images.tensor_split(self.n_critic)
        for real in islice(cycle(minibatches), self.moves):
            with torch.no_grad():  # the generator does not move now
                fake = self.generator(self.noise(len(real)))
            yield "critic", self.critic(fake).mean() - self.critic(real).mean()
            # After the move, so that the generator too meets a critic whose slopes are bounded.
            clip_weights(self.critic, self.clip)

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
        "model": {"size": 16, "width": 64, "latent": 64, "lr": 5e-4, "n_critic_long": 5},
        "train": {
            "data": "faces16",
            "batch": 5 * 64,
            "steps": 6000,
            "precision": "bfloat16",
            "ema": 0.999,
        },
    },
    # The authors' minibatch of 64 for each of 5 moves, and their 25 epochs: CelebA's 202,599 faces,
    # in place of bedrooms, make 79,140 minibatches, of which 14,802 rounds, the long ones among
    # them, take 5 · 14,802 + 95 · (25 + 29).
    "paper": {
        "model": {},
        "train": {"data": "celeba", "batch": 5 * 64, "steps": 14_802},
    },
}
# --8<-- [end:presets]
