"""CycleGAN: translation between two sets of images without pairs, there and back again.

Zhu, Park, Isola, Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks", 2017, arXiv:1703.10593. Code: junyanz/CycleGAN by the authors (BSD-2-Clause) and their
port to PyTorch, whose networks for 256 pixels and whose schedule the paper preset equals.

The paper has the learning rate "decay to zero" over the last 100 epochs; in the port, and here, the
last epoch still learns with 1/101 of the first one's rate. The paper uses the identity loss for
paintings only; the code has it on by default, and so has this file. The paper preset learns from
photographs `(a, b)`, a folder with the sets `a` and `b`. Left out: their jitter (enlarge to 286
pixels, crop, mirror), which is a matter of the data.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {
    "year": 2017,
    "arxiv": "1703.10593",
    "code": "junyanz/CycleGAN",
    "reference_licence": "BSD-2-Clause",
}


# --8<-- [start:generator]
class ResidualBlock(nn.Module):
    """Two convolutions whose result is added to the input, so that doing nothing is easy."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.residual = nn.Sequential(
            nn.ReflectionPad2d(1),  # zeros around the image would show as a frame
            nn.Conv2d(width, width, 3),
            nn.InstanceNorm2d(width),
            nn.ReLU(inplace=True),
            nn.ReflectionPad2d(1),
            nn.Conv2d(width, width, 3),
            nn.InstanceNorm2d(width),
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` `(N, width, H, W)` and what is to be changed of it."""
        return x + self.residual(x)


class ResNet(nn.Sequential):
    """Images to images `(N, channels, H, W)` in [-1, 1] (section 7.2).

    Args:
        channels: 3 for colour, 1 for grey.
        width: Channels of the first layer; they double with every downsampling.
        downsamplings: Halvings of the size, and doublings behind the residual blocks.
        residual_blocks: Residual blocks at the smallest size.
    """

    def __init__(self, channels: int, width: int, downsamplings: int, residual_blocks: int) -> None:
        widths = [width * 2**i for i in range(downsamplings + 1)]
        layers: list[nn.Module] = [
            nn.ReflectionPad2d(3),
            nn.Conv2d(channels, width, 7),
            nn.InstanceNorm2d(width),
            nn.ReLU(inplace=True),
        ]
        for narrow, wide in pairwise(widths):
            layers += [
                nn.Conv2d(narrow, wide, 3, stride=2, padding=1),  # size / 2
                nn.InstanceNorm2d(wide),
                nn.ReLU(inplace=True),
            ]
        layers += [ResidualBlock(widths[-1]) for _ in range(residual_blocks)]
        for wide, narrow in pairwise(reversed(widths)):
            layers += [
                nn.ConvTranspose2d(wide, narrow, 3, stride=2, padding=1, output_padding=1),  # x2
                nn.InstanceNorm2d(narrow),
                nn.ReLU(inplace=True),
            ]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh()]
        super().__init__(*layers)


# --8<-- [end:generator]


class PatchGAN(nn.Sequential):
    """Images `(N, channels, H, W)` to one score for each patch: 1 means "real" (section 7.2).

    Three downsamplings see patches of 70x70 pixels, two see 34x34, one 16x16 and none 10x10.
    """

    def __init__(self, channels: int, width: int, downsamplings: int) -> None:
        widths = [width * min(2**i, 8) for i in range(downsamplings + 1)]
        layers: list[nn.Module] = [
            nn.Conv2d(channels, width, 4, stride=2, padding=1),  # size / 2
            nn.LeakyReLU(0.2),
        ]
        for i, (narrow, wide) in enumerate(pairwise(widths), start=1):
            stride = 2 if i < downsamplings else 1
            layers += [
                nn.Conv2d(narrow, wide, 4, stride, padding=1),  # size / stride
                nn.InstanceNorm2d(wide),
                nn.LeakyReLU(0.2),
            ]
        super().__init__(*layers, nn.Conv2d(widths[-1], 1, 4, stride=1, padding=1))


# --8<-- [start:pool]
class ImagePool(nn.Module):
    """The last fakes: discriminators also see old ones, so that they do not forget (section 4).

    They are buffers: a run that is resumed has them again.

    Args:
        pool_size: Number of fakes that are kept; 0 for none.
        shape: Channels, height and width of a fake.
    """

    images: Tensor
    filled: Tensor

    def __init__(self, pool_size: int, shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.register_buffer("images", torch.zeros(pool_size, *shape))
        self.register_buffer("filled", torch.tensor(0))

    @torch.no_grad()
    def query(self, fakes: Tensor) -> Tensor:
        """Keep new fakes `(N, C, H, W)`; return each, or with probability 1/2 an old one for it."""
        returned = []
        for fake in fakes.to(self.images.dtype):
            filled = int(self.filled)
            if filled < len(self.images):
                self.images[filled] = fake
                self.filled += 1
            elif torch.rand(()) < 0.5:
                i = int(torch.randint(filled, ()))
                fake, self.images[i] = self.images[i].clone(), fake
            returned.append(fake)
        return torch.stack(returned)


# --8<-- [end:pool]


def init_weights(module: nn.Module) -> None:
    """Draw the weights of convolutions from N(0, 0.02); biases are 0 (section 7.1)."""
    if isinstance(module, nn.Conv2d | nn.ConvTranspose2d) and module.bias is not None:
        nn.init.normal_(module.weight, 0.0, 0.02)
        nn.init.zeros_(module.bias)


# --8<-- [start:model]
class CycleGAN(nn.Module):
    """Two generators, two discriminators and one round of their game (sections 3 and 4).

    Args:
        size: Height and width of the images: a multiple of `2**downsamplings`.
        channels: 3 for colour, 1 for grey.
        width: Channels of a generator's first layer; they double with every downsampling.
        downsamplings: Halvings of the size in a generator, and doublings behind its blocks.
        residual_blocks: Residual blocks in a generator.
        discriminator_width: Channels of a discriminator's first layer.
        discriminator_downsamplings: Halvings of the size in a discriminator; they set the size of
            its patches.
        pool_size: Fakes of each kind that are kept.
        lambda_cycle: Weight of the cycle consistency loss.
        lambda_identity: Weight of the identity loss, in units of `lambda_cycle`.
        lr: Learning rate of Adam for all players.
        betas: Decay rates of Adam's two moments.
        epoch_rounds: Rounds in an epoch, after each of which the learning rate may change.
        n_epochs: Epochs with the full learning rate.
        n_epochs_decay: Epochs behind them in which it falls.

    Raises:
        ValueError: If `size` is not a multiple of `2**downsamplings`.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generators",)
    example: ClassVar[tuple[int, ...]] = (3, 3)
    directions: ClassVar[tuple[str, str]] = ("a_to_b", "b_to_a")

    def __init__(
        self,
        size: int = 256,
        channels: int = 3,
        width: int = 64,
        downsamplings: int = 2,
        residual_blocks: int = 9,
        discriminator_width: int = 64,
        discriminator_downsamplings: int = 3,
        pool_size: int = 50,
        lambda_cycle: float = 10.0,
        lambda_identity: float = 0.5,
        lr: float = 2e-4,
        betas: tuple[float, float] = (0.5, 0.999),
        epoch_rounds: int = 1334,
        n_epochs: int = 100,
        n_epochs_decay: int = 100,
    ) -> None:
        super().__init__()
        if size % 2**downsamplings:
            raise ValueError(f"size must be a multiple of {2**downsamplings}, not {size}")
        self.size, self.channels = size, channels
        self.lambda_cycle, self.lambda_identity = lambda_cycle, lambda_identity
        self.lr, self.betas = lr, betas
        self.epoch_rounds = epoch_rounds
        self.n_epochs, self.n_epochs_decay = n_epochs, n_epochs_decay
        self.generators = nn.ModuleDict(
            {
                direction: ResNet(channels, width, downsamplings, residual_blocks)
                for direction in self.directions
            }
        )
        self.discriminators = nn.ModuleDict(
            {
                side: PatchGAN(channels, discriminator_width, discriminator_downsamplings)
                for side in ("a", "b")
            }
        )
        self.pool_a = ImagePool(pool_size, (channels, size, size))
        self.pool_b = ImagePool(pool_size, (channels, size, size))
        self.apply(init_weights)

    def optimizers(self) -> dict[str, Optimizer]:
        """One Adam for both generators, one for both discriminators."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, self.betas, fused=True)
            for name in ("generators", "discriminators")
        }

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Keep the learning rate, then lower it by equal steps, one an epoch (section 7.1)."""
        falling = max(0, step // self.epoch_rounds + 1 - self.n_epochs)  # epochs of the decay
        factor = max(1 - falling / (self.n_epochs_decay + 1), 0)
        for optimizer in optimizers.values():
            for group in optimizer.param_groups:
                group["lr"] = self.lr * factor

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on images `(N, C, H, W)` of two kinds that do not belong together.

        Yields:
            The loss of both generators, then that of both discriminators.
        """
        a, b = batch
        for images in (a, b):
            if images.shape[1:] != (shape := (self.channels, self.size, self.size)):
                raise ValueError(f"images are {tuple(images.shape[1:])} but must be {shape}")
        a_to_b, b_to_a = self.generators["a_to_b"], self.generators["b_to_a"]
        discriminator_a, discriminator_b = self.discriminators["a"], self.discriminators["b"]
        fake_b, fake_a = a_to_b(a), b_to_a(b)

        # squares in place of logarithms: the loss of LSGAN
        loss_gan = (discriminator_b(fake_b) - 1).square().mean()
        loss_gan = loss_gan + (discriminator_a(fake_a) - 1).square().mean()
        loss_cycle = F.l1_loss(b_to_a(fake_b), a) + F.l1_loss(a_to_b(fake_a), b)
        loss_identity = F.l1_loss(a_to_b(b), b) + F.l1_loss(b_to_a(a), a)
        weighted = self.lambda_cycle * (loss_cycle + self.lambda_identity * loss_identity)
        yield "generators", loss_gan + weighted

        pooled_a, pooled_b = self.pool_a.query(fake_a), self.pool_b.query(fake_b)
        loss_real = (discriminator_a(a) - 1).square().mean()
        loss_real = loss_real + (discriminator_b(b) - 1).square().mean()
        loss_fake = discriminator_a(pooled_a).square().mean()
        loss_fake = loss_fake + discriminator_b(pooled_b).square().mean()
        yield "discriminators", (loss_real + loss_fake) / 2  # to slow them down (section 7.1)

    # --8<-- [end:step]

    @torch.no_grad()
    def translate(self, images: Tensor, direction: str = "a_to_b") -> Tensor:
        """Translate images `(N, C, H, W)` in [-1, 1] in one of the `directions`.

        Raises:
            KeyError: If there is no such direction.
        """
        return self.generators[direction](images)


# --8<-- [end:model]


# --8<-- [start:presets]
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    # From print to brush and back; no syllable is seen in both. Small patches, much identity loss
    # and an early end: otherwise letters are exchanged for others, there and back.
    "tiny": {
        "model": {
            "size": 32,
            "channels": 1,
            "width": 14,
            "residual_blocks": 3,
            "discriminator_width": 32,
            "discriminator_downsamplings": 1,
            "lambda_identity": 2.0,
            "lr": 3e-4,
            "epoch_rounds": 15,
        },
        "train": {
            "data": "hangul32-unpaired",
            "batch": 8,
            "steps": 3000,
            "precision": "bfloat16",
            "ema": 0.995,
        },
    },
    # 200 epochs of horses and zebras: 1,067 and 1,334 photographs, one of each at a time.
    "paper": {"model": {}, "train": {"data": "./horse2zebra", "batch": 1, "steps": 266_800}},
}
# --8<-- [end:presets]
