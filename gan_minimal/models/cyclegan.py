"""CycleGAN: translation between two heaps of images without pairs, there and back again.

Zhu, Park, Isola, Efros, "Unpaired Image-to-Image Translation using Cycle-Consistent Adversarial
Networks", 2017, arXiv:1703.10593. Code: junyanz/CycleGAN by the authors (BSD-2-Clause) and their
port to PyTorch, whose networks for 256 pixels and whose schedule the paper preset equals.

The paper has the learning rate "decay to zero" over the last 100 epochs; in the port, and here, the
last epoch still learns with 1/101 of the first one's rate. The paper uses the identity loss for
paintings only; the code has it on by default, and so has this file. The paper preset learns from
photographs `(a, b)`, a folder with the heaps `a` and `b`. Left out: their jitter (enlarge to 286
pixels, crop, mirror), which is a matter of the data.
"""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2017, "arxiv": "1703.10593", "code": "junyanz/CycleGAN", "licence": "BSD-2-Clause"}


# --8<-- [start:generator]
class Residual(nn.Module):
    """Two convolutions whose result is added to the input, so that doing nothing is easy."""

    def __init__(self, width: int) -> None:
        super().__init__()
        layers: list[nn.Module] = []
        for _ in range(2):  # the border is mirrored: zeros around the image would show as a frame
            layers += [nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width)]
        self.change = nn.Sequential(*layers[:3], nn.ReLU(inplace=True), *layers[3:])

    def forward(self, x: Tensor) -> Tensor:
        """Return `x` and what is to be changed of it."""
        return x + self.change(x)


class ResNet(nn.Sequential):
    """Images to images `(N, channels, H, W)` in [-1, 1] (section 7.2)."""

    def __init__(self, channels: int, width: int, halvings: int, blocks: int) -> None:
        widths = [width * 2**i for i in range(halvings + 1)]
        layers: list[nn.Module] = [nn.ReflectionPad2d(3), nn.Conv2d(channels, width, 7)]
        layers += [nn.InstanceNorm2d(width), nn.ReLU(inplace=True)]
        for narrow, wide in pairwise(widths):
            layers.append(nn.Conv2d(narrow, wide, 3, stride=2, padding=1))  # size / 2
            layers += [nn.InstanceNorm2d(wide), nn.ReLU(inplace=True)]
        layers += [Residual(widths[-1]) for _ in range(blocks)]
        for wide, narrow in pairwise(reversed(widths)):
            layers.append(nn.ConvTranspose2d(wide, narrow, 3, 2, padding=1, output_padding=1))  # x2
            layers += [nn.InstanceNorm2d(narrow), nn.ReLU(inplace=True)]
        super().__init__(*layers, nn.ReflectionPad2d(3), nn.Conv2d(width, channels, 7), nn.Tanh())


# --8<-- [end:generator]


class PatchGAN(nn.Sequential):
    """Images `(N, channels, H, W)` to one score for each patch: 1 means "real" (section 7.2).

    Three halvings see patches of 70x70 pixels, two see 34x34, one 16x16 and none 10x10.
    """

    def __init__(self, channels: int, width: int, halvings: int) -> None:
        widths = [width * min(2**i, 8) for i in range(halvings + 1)]
        layers: list[nn.Module] = [nn.Conv2d(channels, width, 4, 2, 1), nn.LeakyReLU(0.2)]
        for i, (narrow, wide) in enumerate(pairwise(widths), start=1):
            stride = 2 if i < halvings else 1
            layers += [nn.Conv2d(narrow, wide, 4, stride, padding=1), nn.InstanceNorm2d(wide)]
            layers += [nn.LeakyReLU(0.2)]
        super().__init__(*layers, nn.Conv2d(widths[-1], 1, 4, stride=1, padding=1))


# --8<-- [start:pool]
class ImagePool(nn.Module):
    """The last fakes: discriminators also see old ones, so that they do not forget (section 4).

    They are buffers: a run that is resumed has them again.
    """

    images: Tensor
    filled: Tensor

    def __init__(self, capacity: int, shape: tuple[int, int, int]) -> None:
        super().__init__()
        self.register_buffer("images", torch.zeros(capacity, *shape))
        self.register_buffer("filled", torch.tensor(0))

    @torch.no_grad()
    def swap(self, fakes: Tensor) -> Tensor:
        """Keep new fakes `(N, C, H, W)`; return each, or with probability 1/2 an old one for it."""
        shown = []
        for fake in fakes.to(self.images.dtype):
            filled = int(self.filled)
            if filled < len(self.images):
                self.images[filled] = fake
                self.filled += 1
            elif torch.rand(()) < 0.5:
                place = int(torch.randint(filled, ()))
                fake, self.images[place] = self.images[place].clone(), fake
            shown.append(fake)
        return torch.stack(shown)


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
        size: Height and width of the images: a multiple of `2**halvings`.
        channels: 3 for colour, 1 for grey.
        width: Channels of a generator's first layer; they double with every halving.
        halvings: Halvings of the image in a generator, and doublings behind its blocks.
        blocks: Residual blocks in a generator.
        patch_width: Channels of a discriminator's first layer.
        patch_halvings: Halvings in a discriminator; they set the size of its patches.
        pool: Fakes of each kind that are kept.
        lambda_cycle: Weight of the way there and back.
        lambda_identity: Weight of the identity loss, in units of `lambda_cycle`.
        lr: Learning rate of Adam for all players.
        betas: Decay rates of Adam's two moments.
        epoch: Rounds in an epoch, after each of which the learning rate may change.
        epochs: Epochs with the full learning rate, and those in which it falls.

    Raises:
        ValueError: If `size` is not a multiple of `2**halvings`.
    """

    example: ClassVar[tuple[int, ...]] = (3, 3)  # dimensions of an image of each heap
    recorded: ClassVar[tuple[str, ...]] = ("generators",)

    def __init__(
        self,
        size: int = 256,
        channels: int = 3,
        width: int = 64,
        halvings: int = 2,
        blocks: int = 9,
        patch_width: int = 64,
        patch_halvings: int = 3,
        pool: int = 50,
        lambda_cycle: float = 10.0,
        lambda_identity: float = 0.5,
        lr: float = 2e-4,
        betas: tuple[float, float] = (0.5, 0.999),
        epoch: int = 1334,
        epochs: tuple[int, int] = (100, 100),
    ) -> None:
        super().__init__()
        if size % 2**halvings:
            raise ValueError(f"size must be a multiple of {2**halvings}, not {size}")
        self.size, self.channels = size, channels
        self.lr, self.betas, self.epoch, self.epochs = lr, betas, epoch, epochs
        self.lambda_cycle, self.lambda_identity = lambda_cycle, lambda_identity
        ways, kinds, shape = ("a_to_b", "b_to_a"), ("a", "b"), (channels, size, size)
        generators = {way: ResNet(channels, width, halvings, blocks) for way in ways}
        judges = {kind: PatchGAN(channels, patch_width, patch_halvings) for kind in kinds}
        self.generators, self.discriminators = nn.ModuleDict(generators), nn.ModuleDict(judges)
        self.pool_a, self.pool_b = ImagePool(pool, shape), ImagePool(pool, shape)
        self.apply(init_weights)

    def optimizers(self) -> dict[str, Optimizer]:
        """One Adam for both generators, one for both discriminators."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, self.betas, fused=True)
            for name in ("generators", "discriminators")
        }

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Keep the learning rate, then lower it by equal steps, one an epoch (section 7.1)."""
        constant, falling = self.epochs
        late = max(0, step // self.epoch + 1 - constant)
        for group in [g for optimizer in optimizers.values() for g in optimizer.param_groups]:
            group["lr"] = self.lr * max(1 - late / (falling + 1), 0)

    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on images `(N, C, H, W)` of two kinds that do not belong together."""
        a, b = batch
        there, back = self.generators["a_to_b"], self.generators["b_to_a"]
        judge_a, judge_b = self.discriminators["a"], self.discriminators["b"]
        fake_b, fake_a = there(a), back(b)

        # squares in place of logarithms: the loss of LSGAN
        fooled = (judge_b(fake_b) - 1).square().mean() + (judge_a(fake_a) - 1).square().mean()
        cycle = F.l1_loss(back(fake_b), a) + F.l1_loss(there(fake_a), b)
        same = F.l1_loss(there(b), b) + F.l1_loss(back(a), a)  # the identity loss
        yield "generators", fooled + self.lambda_cycle * (cycle + self.lambda_identity * same)

        old_a, old_b = self.pool_a.swap(fake_a), self.pool_b.swap(fake_b)
        right = (judge_a(a) - 1).square().mean() + (judge_b(b) - 1).square().mean()
        wrong = judge_a(old_a).square().mean() + judge_b(old_b).square().mean()
        yield "discriminators", (right + wrong) / 2  # halved to slow them down (section 7.1)

    # --8<-- [end:step]

    @torch.no_grad()
    def translate(self, images: Tensor, back: bool = False) -> Tensor:
        """Translate images `(N, C, H, W)` in [-1, 1] from a to b, or back from b to a."""
        return self.generators["b_to_a" if back else "a_to_b"](images)


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
            "blocks": 3,
            "patch_width": 32,
            "patch_halvings": 1,
            "lambda_identity": 2.0,
            "lr": 3e-4,
            "epoch": 15,
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
