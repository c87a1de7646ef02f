"""SinGAN: a pyramid of small GANs that learns from one photograph.

Shaham, Dekel, Michaeli, "SinGAN: Learning a Generative Model from a Single Natural Image", 2019,
arXiv:1905.01164. Code: tamarott/SinGAN by the authors (MIT), whose sizes, networks and schedule the
paper preset equals.

Their code moves the generator three times on one fake, through weights that have changed since it
was drawn. PyTorch refuses that since 1.5 ("modified by an inplace operation"; a fused Adam hides
it). Detaching the fake hides the critic's opinion; one move for three is another schedule. Here, as
in their issue #148, the same noise is drawn again for each move. z* is drawn once, as in the paper,
not in every round of the coarsest scale. Left out: special trainings for paint, video, resolution.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2019, "arxiv": "1905.01164", "code": "tamarott/SinGAN", "licence": "MIT"}
Size = tuple[int, int]  # height and width in pixels


# --8<-- [start:pyramid]
def pyramid(photo: Size, coarsest: int, longest: int, factor: float = 0.75) -> list[Size]:
    """Return the size of every scale, the coarsest first, by the formula of the authors' code.

    The factor asked for gives way to one that leads to `coarsest` pixels on the shorter side in
    whole steps. Raises ValueError if that side, once reduced, has no more pixels than those.
    """
    reduction = min(longest / max(photo), 1)
    finest = [math.ceil(side * reduction) for side in photo]
    if min(finest) <= coarsest:
        raise ValueError(f"{finest[1]}x{finest[0]} pixels are too few: both must exceed {coarsest}")
    # both rounded up: a large photograph may get a scale less than the same one reduced beforehand
    steps = math.ceil(math.log(coarsest / min(photo), factor)) + 1
    steps -= math.ceil(math.log(reduction, factor))
    factor = math.pow(coarsest / min(finest), 1 / steps)
    # rounded up again: where a float has it 25.000000000000004, for 188x250 pixels say, it is 26
    ratios = [math.pow(factor, steps - i) for i in range(steps + 1)]
    return [(math.ceil(finest[0] * r), math.ceil(finest[1] * r)) for r in ratios]


def resize(images: Tensor, size: Size) -> Tensor:
    """Scale images bicubically, smoothed when they shrink, and keep them in [-1, 1]."""
    if images.shape[2:] != size:
        images = F.interpolate(images, size, mode="bicubic", antialias=True)
    return images.clamp(-1, 1)


# --8<-- [end:pyramid]
# --8<-- [start:networks]
def blocks(width: int, outputs: int) -> list[nn.Module]:
    """Five 3x3 convolutions without padding: each output sees 11x11 pixels (section 2.1)."""
    layers: list[nn.Module] = []
    for inputs in (3, width, width, width):
        layers += [nn.Conv2d(inputs, width, 3), nn.BatchNorm2d(width), nn.LeakyReLU(0.2)]
    layers.append(nn.Conv2d(width, outputs, 3))
    for layer in layers:
        if isinstance(layer, nn.Conv2d | nn.BatchNorm2d):
            nn.init.normal_(layer.weight, float(isinstance(layer, nn.BatchNorm2d)), 0.02)
    return layers


class Generator(nn.Module):
    """Adds to the image from the scale below what it lacks at this one (equation 3)."""

    def __init__(self, width: int, residual: bool) -> None:
        super().__init__()
        self.change, self.residual = nn.Sequential(*blocks(width, 3)), residual
        self.register_buffer("amplitude", torch.zeros(()))  # zero until its scale begins

    def forward(self, noise: Tensor, below: Tensor) -> Tensor:
        """Draw images from `noise` of deviation 1 and images from below, `(N, 3, H, W)` each."""
        # zeros around it all, once for all layers: they also tell how far the border is
        x = F.pad(self.get_buffer("amplitude") * noise + below, (5, 5, 5, 5))
        change = self.change(x).tanh()
        return below + change if self.residual else change


class Discriminator(nn.Sequential):
    """Images `(N, 3, H, W)` to a score for each of their patches, `(N, 1, H - 10, W - 10)`."""

    def __init__(self, width: int) -> None:
        super().__init__(*blocks(width, 1))  # normalised over one image: no other one has a say


def gradient_penalty(critic: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """Return the mean of `(slope - 1)²` over the pixels of an image between `real` and `fake`.

    In WGAN-GP an image has one slope. Here, as in the authors' code, each pixel has one, over its
    colours, of the sum of all patches' scores: so that 0.1 of it weighs the same at every size.
    """
    mixed = torch.lerp(real, fake, torch.rand((), device=real.device)).requires_grad_()
    (slope,) = torch.autograd.grad(critic(mixed).sum(), mixed, create_graph=True)
    return (torch.linalg.vector_norm(slope, dim=1) - 1).square().mean()


# --8<-- [end:networks]
# --8<-- [start:setup]
class SinGAN(nn.Module):
    """One GAN a scale, trained from coarse to fine (section 2).

    Args:
        photo: Height and width of the photograph, before it is reduced.
        longest: Longer side of the finest scale, at most.
        coarsest: Shorter side of the coarsest scale.
        factor: Size of a scale relative to the next finer one, about; see `pyramid`.
        width: Channels of hidden layers; they double every four scales, up to 128.
        rounds: Rounds of each scale; the last fifth has a tenth of the learning rate.
        moves: Moves of each player in a round.
        penalty: Weight of the gradient penalty, the paper's lambda.
        alpha: Weight of the reconstruction.
        noise: Amplitude of a scale's noise, relative to what the scales below it miss.
        residual: Whether generators add to the image from below or replace it.
        lr: Learning rate of Adam for both players.

    Raises:
        ValueError: If the photograph is too small or too slim, see `pyramid`.
    """

    channels: ClassVar[int] = 3
    recorded: ClassVar[tuple[str, ...]] = ("generators",)

    def __init__(
        self,
        photo: Size = (167, 250),
        longest: int = 250,
        coarsest: int = 25,
        factor: float = 0.75,
        width: int = 32,
        rounds: int = 2000,
        moves: int = 3,
        penalty: float = 0.1,
        alpha: float = 10.0,
        noise: float = 0.1,
        residual: bool = True,
        lr: float = 5e-4,
    ) -> None:
        super().__init__()
        self.sizes = pyramid((photo[0], photo[1]), coarsest, longest, factor)
        self.size, self.scale, self.rounds, self.moves = self.sizes[-1], 0, rounds, moves
        self.penalty, self.alpha, self.noise, self.lr = penalty, alpha, noise, lr
        self.widths = [min(width * 2 ** (i // 4), 128) for i in range(len(self.sizes))]
        self.generators = nn.ModuleList(Generator(w, residual) for w in self.widths)
        self.discriminators = nn.ModuleList(Discriminator(w) for w in self.widths)
        self.generators.register_buffer("anchor", torch.randn(1, 1, *self.sizes[0]))  # z*

    def optimizers(self) -> dict[str, Optimizer]:
        """One Adam for each player; it leaves the scales alone that have no gradient."""
        return {
            name: Adam(getattr(self, f"{name}s").parameters(), self.lr, (0.5, 0.999), fused=True)
            for name in ("discriminator", "generator")
        }

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Go on to the next scale after `rounds` rounds; learn slower after 80 % of them."""
        self.scale = min(step // self.rounds, len(self.sizes) - 1)
        late = step - self.scale * self.rounds >= 0.8 * self.rounds
        for group in [g for optimizer in optimizers.values() for g in optimizer.param_groups]:
            group["lr"] = self.lr * (0.1 if late else 1)
        self.generators[: self.scale].eval()  # finished: from now on they only draw

    # --8<-- [end:setup]
    # --8<-- [start:draw]
    def random(self, n: int, sizes: Sequence[Size], first: int = 0) -> list[Tensor]:
        """Draw noise `(n, 3, h, w)` for scales from `first` on; the coarsest one's is grey."""
        shapes = [(n, 3 if scale else 1, *size) for scale, size in enumerate(sizes, first)]
        device = next(self.parameters()).device
        return [torch.randn(shape, device=device).expand(-1, 3, -1, -1) for shape in shapes]

    def fixed(self, scales: int) -> list[Tensor]:
        """Return the noise (z*, 0, ..., 0) of the first scales (section 2.2)."""
        z = self.generators.get_buffer("anchor").expand(-1, 3, -1, -1)
        return [z, *(z.new_zeros(1, 3, *size) for size in self.sizes[1:])][:scales]

    def climb(self, noise: Sequence[Tensor], below: Tensor | None = None, first: int = 0) -> Tensor:
        """Draw scale after scale, from `first` on, one for each noise; `below` may be any size."""
        images = next(self.parameters()).new_zeros(1, 3, 1, 1) if below is None else below
        for z, generator in zip(noise, self.generators[first:], strict=False):
            images = generator(z, resize(images, (z.shape[2], z.shape[3])).expand_as(z))
        return images

    @torch.no_grad()
    def sample(
        self, n: int, size: Size | None = None, first: int = 0, below: Tensor | None = None
    ) -> Tensor:
        """Draw `n` images `(n, 3, H, W)` in [-1, 1].

        Args:
            n: Number of images.
            size: Height and width, by default those of the finest scale.
            first: The first scale with noise, 0 being the coarsest.
            below: Images `(n or 1, 3, h, w)` to begin with, by default the reconstruction.
        """
        high, wide = (b / a for a, b in zip(self.size, size or self.size, strict=True))
        sizes = [(max(1, round(h * high)), max(1, round(w * wide))) for h, w in self.sizes]
        begun = sum(bool(generator.amplitude) for generator in self.generators)
        below = self.climb(self.fixed(min(first, begun))) if below is None else below
        images = self.climb(self.random(n, sizes[first:begun], first), below, first)
        return resize(images, sizes[-1]).expand(n, -1, -1, -1)

    # --8<-- [end:draw]
    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round of the current scale on a photograph `(1, 3, H, W)` (section 2.2)."""
        scale, size = self.scale, self.sizes[self.scale]
        generator, critic = self.generators[scale], self.discriminators[scale]
        real = resize(batch[0], size)
        *fixed, still = self.fixed(scale + 1)
        *random, noise = self.random(self.moves, self.sizes[: scale + 1])
        with torch.no_grad():  # the scales below do not move any more
            anchored = resize(self.climb(fixed), size)
            below = resize(self.climb(random), size).expand_as(noise)
            if not generator.amplitude:
                self.begin(scale, anchored, real)

        for z, image in zip(noise.split(1), below.split(1), strict=True):
            with torch.no_grad():
                fake = generator(z, image)
            distance = critic(real).mean() - critic(fake).mean()
            yield "discriminator", self.penalty * gradient_penalty(critic, real, fake) - distance

        for _ in range(self.moves):  # the last fake, drawn again by the generator that has moved
            missed = F.mse_loss(generator(still, anchored), real)
            yield "generator", self.alpha * missed - critic(generator(z, image)).mean()

    def begin(self, scale: int, anchored: Tensor, real: Tensor) -> None:
        """Begin a scale: with the weights of the one below, and noise for what those below miss."""
        if scale and self.widths[scale] == self.widths[scale - 1]:
            for networks in (self.generators, self.discriminators):
                networks[scale].load_state_dict(networks[scale - 1].state_dict())
        amplitude = self.noise * F.mse_loss(anchored, real).sqrt() if scale else torch.ones(())
        self.generators[scale].get_buffer("amplitude").copy_(amplitude)

    # --8<-- [end:step]


# --8<-- [start:presets]
SCENE = {"coarsest": 16, "factor": 0.65}  # of 16 pixels 11 are seen at once: towers stand upright
FAST = {"data": "photo", "batch": 1, "precision": "bfloat16"}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {"model": SCENE | {"longest": 128, "rounds": 250}, "train": FAST | {"steps": 6 * 250}},
    "long": {"model": SCENE | {"longest": 128}, "train": FAST | {"steps": 6 * 2000}},
    "paper": {"model": {}, "train": {"data": "photo", "batch": 1, "steps": 9 * 2000}},
}
# --8<-- [end:presets]
