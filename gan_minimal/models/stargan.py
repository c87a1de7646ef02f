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

PAPER = {"year": 2017, "arxiv": "1711.09020", "code": "yunjey/stargan", "reference_licence": "MIT"}


# --8<-- [start:generator]
def normalised(layer: nn.Conv2d | nn.ConvTranspose2d) -> list[nn.Module]:
    """Return a layer with the normalisation and the ReLU behind it."""
    return [layer, nn.InstanceNorm2d(layer.out_channels, affine=True), nn.ReLU(inplace=True)]


class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to the input, so that doing nothing is easy."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.InstanceNorm2d(width, affine=True),
            nn.ReLU(inplace=True),
            nn.Conv2d(width, width, 3, padding=1, bias=False),
            nn.InstanceNorm2d(width, affine=True),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` `(N, width, H, W)` and what is to be changed of it."""
        return x + self.residual(x)


class Generator(nn.Module):
    """Images and the domains they shall be in to images `(N, 3, H, W)` (section 7.2).

    Borders are padded with zeros. Mirrored ones would hide the labels: a plane of one value stays
    one after the first convolution, and the normalisation behind it subtracts it.

    Args:
        domains: Length of a label.
        width: Channels of the first layer; they double with every downsampling.
        downsamplings: Halvings of the size, and doublings behind the residual blocks.
        residual_blocks: Residual blocks at the smallest size.
    """

    def __init__(self, domains: int, width: int, downsamplings: int, residual_blocks: int) -> None:
        super().__init__()
        widths = [width * 2**i for i in range(downsamplings + 1)]
        layers = normalised(nn.Conv2d(3 + domains, width, 7, padding=3, bias=False))
        for narrow, wide in pairwise(widths):  # size / 2
            layers += normalised(nn.Conv2d(narrow, wide, 4, stride=2, padding=1, bias=False))
        layers += [ResidualBlock(widths[-1]) for _ in range(residual_blocks)]
        for wide, narrow in pairwise(reversed(widths)):  # x2
            upsampling = nn.ConvTranspose2d(wide, narrow, 4, stride=2, padding=1, bias=False)
            layers += normalised(upsampling)
        layers += [nn.Conv2d(width, 3, 7, padding=3, bias=False), nn.Tanh()]
        self.layers = nn.Sequential(*layers)

    def forward(self, images: Tensor, labels: Tensor) -> Tensor:
        """Translate images `(N, 3, H, W)` to the domains of labels `(N, domains)`, each 0 or 1."""
        # every entry becomes a plane of its value, so that it is told to every pixel
        planes = labels[:, :, None, None].expand(-1, -1, *images.shape[2:])  # (N, domains, H, W)
        return self.layers(torch.cat([images, planes], dim=1))


# --8<-- [end:generator]


# --8<-- [start:discriminator]
class Discriminator(nn.Module):
    """Images to a score for each patch (D_src), and to the logits of their domains (D_cls).

    Args:
        size: Height and width of the images (section 7.2).
        domains: Length of a label.
        width: Channels of the first layer; they double with every downsampling.
        downsamplings: Halvings of the size.
    """

    def __init__(self, size: int, domains: int, width: int, downsamplings: int) -> None:
        super().__init__()
        widths = [3, *(width * 2**i for i in range(downsamplings))]
        layers: list[nn.Module] = []
        for narrow, wide in pairwise(widths):
            layers.append(nn.Conv2d(narrow, wide, 4, stride=2, padding=1))  # size / 2
            layers.append(nn.LeakyReLU(0.01, inplace=True))
        self.body = nn.Sequential(*layers)
        self.src = nn.Conv2d(widths[-1], 1, 3, padding=1, bias=False)
        self.cls = nn.Conv2d(widths[-1], domains, size // 2**downsamplings, bias=False)  # to 1x1

    def forward(self, images: Tensor) -> tuple[Tensor, Tensor]:
        """Return scores `(N, 1, h, w)`, higher for real, and logits `(N, domains)`."""
        features = self.body(images)
        return self.src(features), self.cls(features).flatten(1)


# --8<-- [end:discriminator]


# --8<-- [start:losses]
def classification_loss(logits: Tensor, labels: Tensor) -> Tensor:
    """Return the cross-entropy of all domains of an image, in nats; a mean over images."""
    return F.binary_cross_entropy_with_logits(logits, labels, reduction="sum") / len(labels)


def gradient_penalty(discriminator: Discriminator, real: Tensor, fake: Tensor) -> Tensor:
    """Return the mean of `(slope - 1)²` between real and fake images `(N, 3, H, W)` (section 4)."""
    alpha = torch.rand(len(real), 1, 1, 1, device=real.device)  # the real image's share
    interpolated = (fake + alpha * (real - fake)).requires_grad_()
    scores, _ = discriminator(interpolated)
    (gradient,) = torch.autograd.grad(scores.sum(), interpolated, create_graph=True)
    slopes = torch.linalg.vector_norm(gradient, dim=(1, 2, 3))  # (N,)
    return (slopes - 1).square().mean()


# --8<-- [end:losses]


# --8<-- [start:model]
class StarGAN(nn.Module):
    """Both players and one round of their game (section 3).

    Args:
        size: Height and width of the images: a multiple of both networks' smallest scale.
        domains: Entries of a label, each 0 or 1; several may be 1.
        width: Channels of the generator's first layer; they double with every downsampling.
        downsamplings: Halvings of the size in the generator, and doublings behind its blocks.
        residual_blocks: Residual blocks in the generator.
        discriminator_width: Channels of the discriminator's first layer; they double with every
            downsampling.
        discriminator_downsamplings: Halvings of the size in the discriminator.
        lambda_cls: Weight of the domain classification loss.
        lambda_rec: Weight of the reconstruction loss: that of the way there and back.
        lambda_identity: Weight of leaving an image alone that is told its own label.
        lambda_gp: Weight of the gradient penalty.
        n_critic: Moves of the discriminator in a round, and minibatches in a batch.
        lr: Learning rate of Adam for both players.
        lr_decay: First and last round of the linear fall of the learning rate to zero.

    Raises:
        ValueError: If `size` is no such multiple.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator", "discriminator")
    example: ClassVar[tuple[int, ...]] = (3, 1)

    def __init__(
        self,
        size: int = 128,
        domains: int = 5,
        width: int = 64,
        downsamplings: int = 2,
        residual_blocks: int = 6,
        discriminator_width: int = 64,
        discriminator_downsamplings: int = 6,
        lambda_cls: float = 1.0,
        lambda_rec: float = 10.0,
        lambda_identity: float = 0.0,
        lambda_gp: float = 10.0,
        n_critic: int = 5,
        lr: float = 1e-4,
        lr_decay: tuple[int, int] = (20_000, 40_000),
    ) -> None:
        super().__init__()
        smallest = 2 ** max(downsamplings, discriminator_downsamplings)
        if size % smallest:
            raise ValueError(f"size must be a multiple of {smallest}, not {size}")
        self.size, self.channels, self.domains = size, 3, domains
        self.lambda_cls, self.lambda_rec = lambda_cls, lambda_rec
        self.lambda_identity, self.lambda_gp = lambda_identity, lambda_gp
        self.n_critic, self.lr, self.lr_decay = n_critic, lr, lr_decay
        self.generator = Generator(domains, width, downsamplings, residual_blocks)
        self.discriminator = Discriminator(
            size, domains, discriminator_width, discriminator_downsamplings
        )

    @property
    def batch_multiple(self) -> int:
        """A fresh minibatch for every move of the discriminator."""
        return self.n_critic

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam for each player."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, (0.5, 0.999), fused=True)
            for name in ("discriminator", "generator")
        }

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Keep the learning rate, then lower it evenly so that it ends at zero (section 5)."""
        first, last = self.lr_decay
        factor = min(1.0, max(0, last - step) / (last - first))
        for optimizer in optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = self.lr * factor

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, 3, H, W)` and their labels `(N, domains)`.

        A batch holds `n_critic` minibatches, a fresh one for every move of the discriminator.

        Yields:
            Each player's loss: the sum of its weighted terms (equations 5 and 6).

        Raises:
            ValueError: If there are fewer images than minibatches, or they are of another shape.
        """
        if batch[0].shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(batch[0].shape[1:])} but must be {shape}")
        if batch[1].shape != (len(batch[0]), self.domains):
            raise ValueError(f"labels are {tuple(batch[1].shape)} but must be (N, {self.domains})")
        images, labels = (x.tensor_split(self.n_critic) for x in batch)
        if not len(images[-1]):
            raise ValueError(f"{len(batch[0])} images are not enough for {self.n_critic} moves")
        for real, original_labels in zip(images, labels, strict=True):
            others = torch.randperm(len(original_labels), device=original_labels.device)
            target_labels = original_labels[others]
            with torch.no_grad():  # the generator does not move now
                fake = self.generator(real, target_labels)
            scores_real, logits = self.discriminator(real)
            scores_fake, _ = self.discriminator(fake)
            loss_adv = scores_fake.mean() - scores_real.mean()
            penalty = gradient_penalty(self.discriminator, real, fake)
            loss_cls = classification_loss(logits, original_labels)
            loss = loss_adv + self.lambda_gp * penalty + self.lambda_cls * loss_cls
            yield "discriminator", loss

        # the last minibatch once more, by the discriminator that has just moved
        fake = self.generator(real, target_labels)
        scores_fake, logits = self.discriminator(fake)
        loss_adv = -scores_fake.mean()
        loss_cls = classification_loss(logits, target_labels)
        loss_rec = F.l1_loss(self.generator(fake, original_labels), real)
        loss = self.lambda_cls * loss_cls + loss_adv + self.lambda_rec * loss_rec
        if self.lambda_identity:
            loss_identity = F.l1_loss(self.generator(real, original_labels), real)
            loss = loss + self.lambda_identity * loss_identity
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
        "model": {
            "size": 16,
            "domains": 11,
            "width": 32,
            "downsamplings": 0,
            "residual_blocks": 5,
            "discriminator_width": 40,
            "discriminator_downsamplings": 3,
            "lambda_cls": 0.5,
            "lambda_rec": 2.0,
            "lambda_identity": 5.0,
            "n_critic": 3,
            "lr": 1e-3,
            "lr_decay": (4000, 8000),
        },
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
