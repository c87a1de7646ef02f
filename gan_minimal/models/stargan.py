"""StarGAN: one generator that translates among many domains.

Choi, Choi, Kim, Ha, Kim, Choo, "StarGAN: Unified Generative Adversarial Networks for Multi-Domain
Image-to-Image Translation", 2017, arXiv:1711.09020. Code: yunjey/stargan by the authors (MIT),
whose networks for CelebA at 128 pixels the paper preset equals.

The paper lets the learning rate fall to zero over its second half, and so does this file; by a slip
the authors' code ends at 0.999 of the first rate. Its instance normalisation also gathers running
statistics, which its own scripts never use. The identity loss is CycleGAN's: the paper has none.
Left out: two data sets at once with mask vectors (section 3.2), and mirroring at random.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2017, "arxiv": "1711.09020", "code": "yunjey/stargan", "licence": "MIT"}


# --8<-- [start:generator]
def normed(layer: nn.Conv2d | nn.ConvTranspose2d) -> list[nn.Module]:
    """Return a layer with the normalisation and the ReLU behind it."""
    return [layer, nn.InstanceNorm2d(layer.out_channels, affine=True), nn.ReLU(inplace=True)]


class Residual(nn.Module):
    """Two convolutions whose result is added to the input, so that doing nothing is easy."""

    def __init__(self, width: int) -> None:
        super().__init__()
        first, second = (nn.Conv2d(width, width, 3, padding=1, bias=False) for _ in range(2))
        self.change = nn.Sequential(*normed(first), *normed(second)[:-1])

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` and what is to be changed of it."""
        return x + self.change(x)


class Generator(nn.Module):
    """Images and the domains they shall be in to images `(N, 3, H, W)` (section 7.2).

    Borders are padded with zeros. Mirrored ones would hide the labels: a plane of one value stays
    one after the first convolution, and the normalisation behind it subtracts it.
    """

    def __init__(self, domains: int, width: int, halvings: int, blocks: int) -> None:
        super().__init__()
        layers = normed(nn.Conv2d(3 + domains, width, 7, padding=3, bias=False))
        for _ in range(halvings):
            layers += normed(nn.Conv2d(width, 2 * width, 4, 2, 1, bias=False))  # size / 2
            width *= 2
        layers += [Residual(width) for _ in range(blocks)]
        for _ in range(halvings):
            layers += normed(nn.ConvTranspose2d(width, width // 2, 4, 2, 1, bias=False))  # x2
            width //= 2
        self.layers = nn.Sequential(
            *layers, nn.Conv2d(width, 3, 7, padding=3, bias=False), nn.Tanh()
        )

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Translate images `(N, 3, H, W)` to the domains of labels `(N, domains)`, each 0 or 1."""
        # every entry becomes a plane of its value, so that it is told to every pixel
        planes = labels[:, :, None, None].expand(-1, -1, *images.shape[2:])
        return self.layers(torch.cat([images, planes], dim=1))


# --8<-- [end:generator]


# --8<-- [start:discriminator]
class Discriminator(nn.Module):
    """Images to a score for each patch, and to the logits of their domains (section 7.2)."""

    def __init__(self, size: int, domains: int, width: int, halvings: int) -> None:
        super().__init__()
        widths = [3, *(width * 2**i for i in range(halvings))]
        layers: list[nn.Module] = []
        for narrow, wide in pairwise(widths):
            layers.append(nn.Conv2d(narrow, wide, 4, 2, 1))  # size / 2
            layers.append(nn.LeakyReLU(0.01, inplace=True))
        self.body = nn.Sequential(*layers)
        self.source = nn.Conv2d(widths[-1], 1, 3, padding=1, bias=False)
        self.domains = nn.Conv2d(widths[-1], domains, size // 2**halvings, bias=False)  # to 1x1

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores `(N, 1, h, w)`, higher for real, and logits `(N, domains)`."""
        features = self.body(images)
        return self.source(features), self.domains(features).flatten(1)


# --8<-- [end:discriminator]


# --8<-- [start:losses]
def classification_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy of all domains of an image, in nats; a mean over images."""
    return F.binary_cross_entropy_with_logits(logits, labels, reduction="sum") / len(labels)


def gradient_penalty(discriminator: Discriminator, real: Tensor, fake: Tensor) -> Tensor:
    """Return the mean of `(slope - 1)²` between real and fake images `(N, 3, H, W)` (section 4)."""
    alpha = torch.rand(len(real), 1, 1, 1, device=real.device)  # one for each image
    mixed = (fake + alpha * (real - fake)).requires_grad_()
    scores, _ = discriminator(mixed)
    (gradient,) = torch.autograd.grad(scores.sum(), mixed, create_graph=True)
    slope = torch.linalg.vector_norm(gradient, dim=(1, 2, 3))
    return (slope - 1).square().mean()


# --8<-- [end:losses]


# --8<-- [start:model]
class StarGAN(nn.Module):
    """Both players and one round of their game (section 3).

    Args:
        size: Height and width of the images: a multiple of both networks' smallest scale.
        domains: Entries of a label, each 0 or 1; several may be 1.
        width: Channels of the generator's first layer; they double with every halving.
        halvings: Halvings of the image in the generator, and doublings behind its blocks.
        blocks: Residual blocks in the generator.
        judge_width: Channels of the discriminator's first layer; they double with every halving.
        judge_halvings: Halvings of the image in the discriminator.
        lambda_cls: Weight of the classification loss.
        lambda_rec: Weight of the way there and back.
        lambda_identity: Weight of leaving an image alone that is told its own label.
        penalty: Weight of the gradient penalty.
        n_critic: Moves of the discriminator in a round, and minibatches in a batch.
        lr: Learning rate of Adam for both players.
        rounds: Rounds with the full learning rate, and those in which it falls to zero.

    Raises:
        ValueError: If `size` is no such multiple.
    """

    example: ClassVar[tuple[int, ...]] = (3, 1)  # dimensions of image and label
    recorded: ClassVar[tuple[str, ...]] = ("generator", "discriminator")

    def __init__(
        self,
        size: int = 128,
        domains: int = 5,
        width: int = 64,
        halvings: int = 2,
        blocks: int = 6,
        judge_width: int = 64,
        judge_halvings: int = 6,
        lambda_cls: float = 1.0,
        lambda_rec: float = 10.0,
        lambda_identity: float = 0.0,
        penalty: float = 10.0,
        n_critic: int = 5,
        lr: float = 1e-4,
        rounds: tuple[int, int] = (20_000, 20_000),
    ) -> None:
        super().__init__()
        smallest = 2 ** max(halvings, judge_halvings)
        if size % smallest:
            raise ValueError(f"size must be a multiple of {smallest}, not {size}")
        self.size, self.channels = size, 3
        self.lambda_cls, self.lambda_rec = lambda_cls, lambda_rec
        self.lambda_identity, self.penalty = lambda_identity, penalty
        self.n_critic, self.lr, self.rounds = n_critic, lr, rounds
        self.generator = Generator(domains, width, halvings, blocks)
        self.discriminator = Discriminator(size, domains, judge_width, judge_halvings)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for each player."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, (0.5, 0.999), fused=True)
            for name in ("discriminator", "generator")
        }

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Keep the learning rate, then lower it evenly so that it ends at zero (section 5)."""
        factor = min(1.0, max(0, sum(self.rounds) - step) / self.rounds[1])
        for group in [g for optimizer in optimizers.values() for g in optimizer.param_groups]:
            group["lr"] = self.lr * factor

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, 3, H, W)` and their labels `(N, domains)`.

        A batch holds `n_critic` minibatches, a fresh one for every move of the discriminator.

        Raises:
            ValueError: If there are fewer images than minibatches.
        """
        if len(batch[0]) < self.n_critic:
            raise ValueError(f"{len(batch[0])} images are not enough for {self.n_critic} moves")
        for real, labels in zip(*(x.tensor_split(self.n_critic) for x in batch), strict=True):
            wanted = labels[torch.randperm(len(labels), device=labels.device)]  # others' labels
            with torch.no_grad():  # the generator does not move now
                fake = self.generator(real, wanted)
            score_real, logits = self.discriminator(real)
            critic = self.discriminator(fake)[0].mean() - score_real.mean()
            critic = critic + self.penalty * gradient_penalty(self.discriminator, real, fake)
            yield "discriminator", critic + self.lambda_cls * classification_loss(logits, labels)

        fake = self.generator(real, wanted)
        scores, logits = self.discriminator(fake)
        loss = self.lambda_cls * classification_loss(logits, wanted) - scores.mean()
        loss = loss + self.lambda_rec * F.l1_loss(self.generator(fake, labels), real)
        if self.lambda_identity:
            loss = loss + self.lambda_identity * F.l1_loss(self.generator(real, labels), real)
        yield "generator", loss

    # --8<-- [end:step]

    @torch.no_grad()
    def read(self, images: Tensor) -> Tensor:
        """Return the labels `(N, domains)` of zeros and ones that are read off images."""
        return (self.discriminator(images)[1] > 0).float()

    @torch.no_grad()
    def translate(self, images: Tensor, labels: Tensor) -> Tensor:
        """Translate images `(N, 3, H, W)` in [-1, 1] to the domains of labels `(N, domains)`."""
        return self.generator(images, labels)


# --8<-- [end:model]


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": {"size": 16, "domains": 11, "width": 32, "halvings": 0, "blocks": 5}
        | {"judge_width": 40, "judge_halvings": 3}
        | {"lambda_cls": 0.5, "lambda_rec": 2.0, "lambda_identity": 5.0}
        | {"n_critic": 3, "lr": 1e-3, "rounds": (4000, 4000)},
        "train": {
            "data": "faces16-domains",
            "batch": 3 * 16,
            "steps": 8000,
            "precision": "bfloat16",
            "ema": 0.995,
        },
    },
    # 200,000 moves of the discriminator on minibatches of 16, and a fifth as many of the generator.
    "paper": {"model": {}, "train": {"data": "celeba-domains", "batch": 5 * 16, "steps": 40_000}},
}
# --8<-- [end:presets]
