"""Autoencoder: an exam whose question is its own answer.

Hinton, Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks", Science 313,
2006, doi:10.1126/science.1127647. Authors' code: mnistdeepauto (MATLAB; free to use, modify and
distribute with its notice), whose sizes, targets and number of epochs the paper preset has.

Left out: the restricted Boltzmann machines that pretrain each pair of layers, logistic hidden units
and conjugate gradients. With logistic units and random first weights so deep a network hardly
learns, which is what pretraining was for; with ReLU and Adam, both younger, it does without.
Added: sampling. The paper compresses and never draws; here a Gaussian is fitted to the codes.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {
    "year": 2006,
    "doi": "10.1126/science.1127647",
    "code": "mnistdeepauto",
    "reference_licence": "free with notice",
}


# --8<-- [start:networks]
def layers(sizes: Sequence[int]) -> list[nn.Module]:
    """Return linear layers of these sizes, with ReLU between them and none after the last."""
    made: list[nn.Module] = []
    for inputs, outputs in pairwise(sizes):
        made += [nn.Linear(inputs, outputs), nn.ReLU()]
    return made[:-1]


class Encoder(nn.Sequential):
    """Images `(N, channels, size, size)` to codes `(N, code)`, any real numbers (figure 1)."""

    def __init__(self, size: int, channels: int, hidden: Sequence[int], code: int) -> None:
        super().__init__(nn.Flatten(), *layers([channels * size * size, *hidden, code]))


class Decoder(nn.Sequential):
    """The encoder's mirror: codes `(N, code)` to pixels `(N, channels, size, size)` (figure 1).

    The pixels are logits where each is ink or no ink, and colours in [-1, 1] otherwise.
    """

    def __init__(self, size: int, channels: int, hidden: Sequence[int], code: int) -> None:
        sizes = [code, *reversed(hidden), channels * size * size]
        super().__init__(*layers(sizes), nn.Unflatten(1, (channels, size, size)))


# --8<-- [end:networks]


# --8<-- [start:codes]
class Codes(nn.Module):
    """The normal distribution of the codes, estimated while training goes on.

    Args:
        length: Length of a code.
        momentum: Weight of each batch in the running statistics, as in batch normalisation.
    """

    mean: Tensor
    covariance: Tensor

    def __init__(self, length: int, momentum: float = 0.01) -> None:
        super().__init__()
        self.momentum = momentum
        self.register_buffer("mean", torch.zeros(length))
        self.register_buffer("covariance", torch.eye(length))

    @torch.no_grad()
    def update(self, codes: Tensor) -> None:
        """Let codes `(N, length)` move the running mean and the running covariance."""
        codes = codes.to(self.mean)  # from bfloat16, if it was computed in that
        centred = codes - self.mean
        covariance = (centred.T @ centred / len(codes)).to(self.covariance)  # (length, length)
        self.mean.lerp_(codes.mean(0), self.momentum)
        self.covariance.lerp_(covariance, self.momentum)

    def sample(self, n: int) -> Tensor:
        """Draw `n` codes `(n, length)`."""
        # The symmetric root, unlike Cholesky's, also exists when rounding to half precision has
        # made a small eigenvalue negative, and it does not depend on the signs of eigenvectors.
        values, vectors = torch.linalg.eigh(self.covariance)
        root = vectors * values.clamp(min=0).sqrt() @ vectors.T
        return self.mean + torch.randn(n, len(self.mean), device=self.mean.device) @ root


# --8<-- [end:codes]


# --8<-- [start:model]
# --8<-- [start:setup]
class Autoencoder(nn.Module):
    """Encoder and decoder, who are one player: together they copy the image through the code.

    Without hidden layers and with `binary=False` it is linear, and finds the subspace of PCA.

    Args:
        size: Height and width of the images.
        channels: 1 for grey, 3 for colour.
        hidden: Widths of the encoder's hidden layers; the decoder has them in reverse.
        code: Length of the code; less than the pixels, or there is nothing to learn.
        binary: Pixels are ink or no ink: logistic outputs and cross-entropy, as the paper has it
            for digits. Else linear outputs and squared error, as it has it for faces.
        lr: Learning rate of Adam.

    Raises:
        ValueError: If the code or a hidden layer would be empty.
    """

    recorded: ClassVar[tuple[str, ...]] = ("encoder", "decoder", "codes")
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(
        self,
        size: int = 28,
        channels: int = 1,
        hidden: Sequence[int] = (1000, 500, 250),
        code: int = 30,
        binary: bool = True,
        lr: float = 1e-3,
    ) -> None:
        super().__init__()
        if min((*hidden, code)) < 1:
            raise ValueError(f"every layer needs at least one unit, not {(*hidden, code)}")
        self.size, self.channels, self.binary, self.lr = size, channels, binary, lr
        self.encoder = Encoder(size, channels, hidden, code)
        self.decoder = Decoder(size, channels, hidden, code)
        self.codes = Codes(code)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for the only player."""
        return {"autoencoder": Adam(self.parameters(), self.lr, fused=True)}

    # --8<-- [end:setup]

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Reconstruct images `(N, C, H, W)` in [-1, 1].

        Yields:
            The error of an image, summed over its pixels: nats of cross-entropy if `binary`, else
            squared differences.
        """
        (images,) = batch
        if images.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(images.shape[1:])} but must be {shape}")
        codes = self.encoder(images)
        if self.training:
            self.codes.update(codes.detach())
        outputs = self.decoder(codes)
        if self.binary:  # the outputs are logits
            targets = (images + 1) / 2
            error = F.binary_cross_entropy_with_logits(outputs, targets, reduction="sum")
        else:
            error = F.mse_loss(outputs, images, reduction="sum")
        yield "autoencoder", error / len(images)

    # --8<-- [end:step]

    # --8<-- [start:use]
    def decode(self, codes: Tensor) -> Tensor:
        """Codes `(N, code)` to images `(N, C, H, W)` in [-1, 1]."""
        outputs: Tensor = self.decoder(codes)
        if self.binary:
            return 2 * torch.sigmoid(outputs) - 1
        return outputs.clamp(-1, 1)

    @torch.no_grad()
    def reconstruct(self, images: Tensor) -> Tensor:
        """Pass images `(N, C, H, W)` through the code and back."""
        return self.decode(self.encoder(images))

    @torch.no_grad()
    def interpolate(self, a: Tensor, b: Tensor, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` on the line from the code of `a` to that of `b`.

        Args:
            a: The first image, `(C, H, W)`; its reconstruction is the first of the result.
            b: The last image.
            n: Number of images, with both ends.
        """
        first, last = self.encoder(torch.stack([a, b]))
        t = torch.linspace(0, 1, n, device=a.device)[:, None]
        return self.decode(torch.lerp(first, last, t))  # (1, code) and (n, 1) to (n, code)

    @torch.no_grad()
    def sample(self, n: int) -> Tensor:
        """Draw `n` images `(n, C, H, W)` in [-1, 1]: the decoder alone, on codes drawn anew."""
        return self.decode(self.codes.sample(n))

    # --8<-- [end:use]


# --8<-- [end:model]


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": {
            "size": 16,
            "channels": 3,
            "hidden": (256,),
            "code": 64,
            "binary": False,
            "lr": 2e-3,
        },
        "train": {"data": "faces16", "batch": 128, "steps": 25_000, "ema": 0.999},
    },
    # 60,000 images of MNIST in batches of 1,000, 200 epochs, as the authors fine-tune.
    "paper": {
        "model": {},
        "train": {"data": "mnist", "batch": 1000, "steps": 12_000},
    },
}
# --8<-- [end:presets]
