"""VAE: an autoencoder whose codes follow a distribution that one can draw from.

Kingma, Welling, "Auto-Encoding Variational Bayes", 2013, arXiv:1312.6114. Code: the "Basic VAE
Example" of pytorch/examples (BSD-3-Clause), whose network and optimiser the paper preset equals.

The paper itself has 500 hidden units with tanh for MNIST and Adagrad in batches of 100; ReLU, Adam
and 400 units are the example's. Left out: the second estimator of the bound, for priors without a
closed form (section 2.3), and the estimate of the likelihood by Hybrid Monte Carlo (appendix D).
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {
    "year": 2013,
    "arxiv": "1312.6114",
    "code": "pytorch/examples",
    "reference_licence": "BSD-3-Clause",
}


# --8<-- [start:networks]
def layers(sizes: Sequence[int]) -> list[nn.Module]:
    """Return linear layers of these sizes, with ReLU between them and none after the last."""
    made: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        made += [nn.Linear(inputs, outputs), nn.ReLU()]
    return made[:-1]


class Encoder(nn.Sequential):
    """Images `(N, channels, size, size)` to means and log variances `(N, 2 * latent)`."""

    def __init__(self, size: int, channels: int, hidden: Sequence[int], latent: int) -> None:
        super().__init__(nn.Flatten(), *layers([channels * size * size, *hidden, 2 * latent]))


class Decoder(nn.Sequential):
    """Latent vectors `(N, latent)` to pixels `(N, channels, size, size)`.

    The pixels are logits where each is ink or no ink, and colours in [-1, 1] otherwise.
    """

    def __init__(self, size: int, channels: int, hidden: Sequence[int], latent: int) -> None:
        sizes = [latent, *reversed(hidden), channels * size * size]
        super().__init__(*layers(sizes), nn.Unflatten(1, (channels, size, size)))


# --8<-- [end:networks]


# --8<-- [start:parts]
def reparameterize(mean: Tensor, log_variance: Tensor) -> Tensor:
    """Draw `z` from N(mean, variance), all `(N, latent)`, so that gradients reach both.

    The reparameterisation trick of section 2.4: the noise is drawn apart from the parameters, and
    what is left is a function of them that can be differentiated.
    """
    return mean + (log_variance / 2).exp() * torch.randn_like(mean)


def kl_divergence(mean: Tensor, log_variance: Tensor) -> Tensor:
    """KL divergence of N(mean, variance) from N(0, 1), summed over the latent: `(N,)` nats.

    The closed form of appendix B.
    """
    return (mean.square() + log_variance.exp() - 1 - log_variance).sum(1) / 2


# --8<-- [end:parts]


# --8<-- [start:model]
# --8<-- [start:setup]
class VAE(nn.Module):
    """Encoder and decoder, who are one player: together they raise the evidence lower bound.

    Args:
        size: Height and width of the images.
        channels: 1 for grey, 3 for colour.
        hidden: Widths of the encoder's hidden layers; the decoder has them in reverse.
        latent: Length of the latent vector `z`.
        sigma: Standard deviation of a pixel around what the decoder draws, on the scale of
            [-1, 1]: the larger, the less a deviation counts against the divergence of the codes.
            None for pixels that are ink or no ink with a probability (appendix C.1), for digits.
        lr: Learning rate of Adam.

    Raises:
        ValueError: If the latent or a hidden layer would be empty, or `sigma` is not above zero.
    """

    recorded: ClassVar[tuple[str, ...]] = ("encoder", "decoder")
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        hidden: Sequence[int] = (400,),
        latent: int = 20,
        sigma: float | None = None,
        lr: float = 1e-3,
    ) -> None:
        super().__init__()
        if min((*hidden, latent)) < 1:
            raise ValueError(f"every layer needs at least one unit, not {(*hidden, latent)}")
        if sigma is not None and sigma <= 0:
            raise ValueError(f"sigma must be above zero, not {sigma}")
        self.size, self.channels, self.latent = size, channels, latent
        self.sigma, self.lr = sigma, lr
        self.encoder = Encoder(size, channels, hidden, latent)
        self.decoder = Decoder(size, channels, hidden, latent)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for the only player."""
        return {"autoencoder": Adam(self.parameters(), self.lr, fused=True)}

    def encode(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Images `(N, C, H, W)` to the mean and the log variance of `z`, `(N, latent)` each."""
        mean, log_variance = self.encoder(images).chunk(2, dim=1)
        return mean, log_variance

    # --8<-- [end:setup]

    # --8<-- [start:step]
    def reconstruction_loss(self, outputs: Tensor, images: Tensor) -> Tensor:
        """Return -log p(x|z) of images `(N, C, H, W)`, summed over the pixels: `(N,)` nats.

        Args:
            outputs: What the decoder makes of `z`, `(N, C, H, W)`.
            images: The images `x` in [-1, 1].
        """
        if self.sigma is None:  # the outputs are logits
            targets = (images + 1) / 2
            losses = F.binary_cross_entropy_with_logits(outputs, targets, reduction="none")
        else:
            scaled = (images - outputs) / self.sigma
            losses = scaled.square() / 2 + math.log(self.sigma * math.sqrt(2 * math.pi))
        return losses.flatten(1).sum(1)

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Raise the evidence lower bound (ELBO) of images `(N, C, H, W)` in [-1, 1].

        Yields:
            The negative ELBO, in nats an image (equation 3).
        """
        (images,) = batch
        if images.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(images.shape[1:])} but must be {shape}")
        mean, log_variance = self.encode(images)
        outputs = self.decoder(reparameterize(mean, log_variance))
        # Both terms are sums: the mean over pixels would make the divergence weigh as many times
        # too much as there are pixels, and every code the same.
        negative_elbo = self.reconstruction_loss(outputs, images)
        negative_elbo = negative_elbo + kl_divergence(mean, log_variance)
        yield "autoencoder", negative_elbo.mean()

    # --8<-- [end:step]

    # --8<-- [start:use]
    def decode(self, z: Tensor) -> Tensor:
        """Latent vectors `(N, latent)` to mean images `(N, C, H, W)` in [-1, 1], without noise."""
        outputs: Tensor = self.decoder(z)
        if self.sigma is None:
            return 2 * torch.sigmoid(outputs) - 1
        return outputs.clamp(-1, 1)

    @torch.no_grad()
    def reconstruct(self, images: Tensor) -> Tensor:
        """Pass images `(N, C, H, W)` through the mean of their `z` and back."""
        return self.decode(self.encode(images)[0])

    @torch.no_grad()
    def interpolate(self, a: Tensor, b: Tensor, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` on the line from the mean `z` of `a` to that of `b`.

        Args:
            a: The first image, `(C, H, W)`; its reconstruction is the first of the result.
            b: The last image.
            n: Number of images, with both ends.
        """
        first, last = self.encode(torch.stack([a, b]))[0]
        t = torch.linspace(0, 1, n, device=a.device)[:, None]
        return self.decode(torch.lerp(first, last, t))  # (1, latent) and (n, 1) to (n, latent)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1]: the decoder alone, on `z` from N(0, I)."""
        return self.decode(torch.randn(n, self.latent, device=next(self.parameters()).device))

    # --8<-- [end:use]


# --8<-- [end:model]


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    # The colours of faces16 are not coins, so a Gaussian. Its sigma of the largest likelihood would
    # be about 0.1, the size of the errors; but in trials the codes then kept far from N(0, I), and
    # what was drawn from N(0, I) made poor faces. At 0.4 both terms are about equally large.
    "tiny": {
        "model": {
            "size": 16,
            "channels": 3,
            "latent": 64,
            "hidden": (256,),
            "sigma": 0.4,
            "lr": 2e-3,
        },
        "train": {"data": "faces16", "batch": 128, "steps": 25_000, "ema": 0.999},
    },
    # 60,000 images of MNIST in batches of 128, 10 epochs; grey pixels are read as probabilities.
    "paper": {
        "model": {},
        "train": {"data": "mnist", "batch": 128, "steps": 4_690},
    },
}
# --8<-- [end:presets]
