"""SinGAN: a pyramid of small GANs that learns from one photograph.

Shaham, Dekel, Michaeli, "SinGAN: Learning a Generative Model from a Single Natural Image", 2019,
arXiv:1905.01164. Code: tamarott/SinGAN by the authors (MIT), whose sizes, networks and schedule the
paper preset equals.

Their code takes three steps of the generator on one fake, through weights that have changed since
it was drawn. PyTorch refuses that since 1.5 ("modified by an inplace operation"; a fused Adam hides
it). If the fake is detached, the discriminator's gradient is lost; one step for three is another
schedule. Here, as in their issue #148, a fake is drawn from the same noise again for each step. z*
is drawn once, as in the paper, not in every round of the coarsest scale. Left out: special
trainings for paint, video, resolution.
"""

import math
from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2019, "arxiv": "1905.01164", "code": "tamarott/SinGAN", "reference_licence": "MIT"}
Size = tuple[int, int]  # height and width in pixels


# --8<-- [start:pyramid]
def pyramid(photo: Size, min_size: int, max_size: int, scale_factor: float = 0.75) -> list[Size]:
    """Return the size of every scale, the coarsest first, by the formula of the authors' code.

    Args:
        photo: Height and width of the photograph.
        min_size: Shorter side of the coarsest scale, in pixels.
        max_size: Longer side of the finest scale, at most, in pixels.
        scale_factor: Size of a scale relative to the next finer one. It gives way to one that leads
            to `min_size` pixels in whole steps.

    Raises:
        ValueError: If the shorter side, once reduced, has no more than `min_size` pixels, or there
            would be more scales than pixels.
    """
    reduction = min(max_size / max(photo), 1)
    finest = [math.ceil(side * reduction) for side in photo]
    if min(finest) <= min_size:
        raise ValueError(f"{finest[1]}x{finest[0]} pixels are too few: both must exceed {min_size}")
    # both rounded up: a large photograph may get a scale less than the same one reduced beforehand
    steps = math.ceil(math.log(min_size / min(photo), scale_factor)) + 1
    steps -= math.ceil(math.log(reduction, scale_factor))
    if steps > max(finest):
        raise ValueError(f"a scale of {scale_factor} of the next one is hardly smaller than it")
    scale_factor = math.pow(min_size / min(finest), 1 / steps)
    # rounded up again: where a float has it 25.000000000000004, for 188x250 pixels say, it is 26
    ratios = [math.pow(scale_factor, steps - i) for i in range(steps + 1)]
    return [(math.ceil(finest[0] * r), math.ceil(finest[1] * r)) for r in ratios]


def resize(images: Tensor, size: Size) -> Tensor:
    """Scale images bicubically, smoothed when they shrink, and keep them in [-1, 1]."""
    if images.shape[2:] != size:
        images = F.interpolate(images, size, mode="bicubic", antialias=True)
    return images.clamp(-1, 1)


# --8<-- [end:pyramid]
# --8<-- [start:networks]
def conv_blocks(width: int, outputs: int) -> list[nn.Module]:
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
    """Adds to the image of the previous, coarser scale what it lacks at this one (equation 3).

    Args:
        width: Channels of hidden layers.
        residual: Whether it adds to that image or replaces it.
    """

    amplitude: Tensor

    def __init__(self, width: int, residual: bool) -> None:
        super().__init__()
        self.body, self.residual = nn.Sequential(*conv_blocks(width, 3)), residual  # the paper's ψ
        self.register_buffer("amplitude", torch.zeros(()))  # σ; zero until its scale begins

    def forward(self, z: Tensor, previous: Tensor) -> Tensor:
        """Draw images `(N, 3, H, W)`.

        Args:
            z: Noise of deviation 1, `(N, 3, H, W)`.
            previous: Images of the previous scale, enlarged to `(N, 3, H, W)`.
        """
        # zeros around it all, once for all layers: they also tell how far the border is
        x = F.pad(self.amplitude * z + previous, (5, 5, 5, 5))  # (N, 3, H + 10, W + 10)
        residual: Tensor = self.body(x).tanh()  # (N, 3, H, W)
        return previous + residual if self.residual else residual


class Discriminator(nn.Sequential):
    """Images `(N, 3, H, W)` to a score for each of their patches, `(N, 1, H - 10, W - 10)`."""

    def __init__(self, width: int) -> None:
        super().__init__(*conv_blocks(width, 1))  # normalised over one image: no other one counts


def gradient_penalty(discriminator: nn.Module, real: Tensor, fake: Tensor) -> Tensor:
    """Return the mean of `(slope - 1)²` over the pixels of an image between `real` and `fake`.

    In WGAN-GP an image has one slope. Here, as in the authors' code, each pixel has one, over its
    colours, of the sum of all patches' scores: so that 0.1 of it weighs the same at every size.
    """
    alpha = torch.rand((), device=real.device)
    interpolated = torch.lerp(real, fake, alpha).requires_grad_()
    scores = discriminator(interpolated)
    (gradient,) = torch.autograd.grad(scores.sum(), interpolated, create_graph=True)
    slopes = torch.linalg.vector_norm(gradient, dim=1)  # (1, H, W)
    return (slopes - 1).square().mean()


# --8<-- [end:networks]
# --8<-- [start:setup]
class SinGAN(nn.Module):
    """One GAN a scale, trained from coarse to fine (section 2).

    Args:
        photo: Height and width of the photograph, before it is reduced.
        max_size: Longer side of the finest scale, at most.
        min_size: Shorter side of the coarsest scale.
        scale_factor: Size of a scale relative to the next finer one, about; see `pyramid`.
        width: Channels of hidden layers; they double every four scales, up to 128.
        rounds: Rounds of each scale; the last fifth has a tenth of the learning rate.
        discriminator_steps: Steps of the discriminator in a round.
        generator_steps: Steps of the generator in a round.
        lambda_gp: Weight of the gradient penalty.
        alpha: Weight of the reconstruction.
        noise_amp: Amplitude of a scale's noise, relative to what the coarser scales miss.
        residual: Whether generators add to the image of the previous scale or replace it.
        lr: Learning rate of Adam for both players.

    Raises:
        ValueError: If the photograph is too small or too slim, see `pyramid`.
    """

    channels: ClassVar[int] = 3
    recorded: ClassVar[tuple[str, ...]] = ("generators",)
    example: ClassVar[tuple[int, ...]] = (3,)

    def __init__(
        self,
        photo: Size = (167, 250),
        max_size: int = 250,
        min_size: int = 25,
        scale_factor: float = 0.75,
        width: int = 32,
        rounds: int = 2000,
        discriminator_steps: int = 3,
        generator_steps: int = 3,
        lambda_gp: float = 0.1,
        alpha: float = 10.0,
        noise_amp: float = 0.1,
        residual: bool = True,
        lr: float = 5e-4,
    ) -> None:
        super().__init__()
        self.sizes = pyramid((photo[0], photo[1]), min_size, max_size, scale_factor)
        self.size, self.scale, self.rounds = self.sizes[-1], 0, rounds
        self.discriminator_steps, self.generator_steps = discriminator_steps, generator_steps
        self.lambda_gp, self.alpha, self.noise_amp, self.lr = lambda_gp, alpha, noise_amp, lr
        self.widths = [min(width * 2 ** (i // 4), 128) for i in range(len(self.sizes))]
        self.generators = nn.ModuleList(Generator(w, residual) for w in self.widths)
        self.discriminators = nn.ModuleList(Discriminator(w) for w in self.widths)
        self.generators.register_buffer("z_star", torch.randn(1, 1, *self.sizes[0]))

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
    def random_noise(self, n: int, sizes: Sequence[Size], first: int = 0) -> list[Tensor]:
        """Draw noise `(n, 3, h, w)` for scales from `first` on; the coarsest one's is grey."""
        shapes = [(n, 3 if scale else 1, *size) for scale, size in enumerate(sizes, first)]
        device = next(self.parameters()).device
        return [torch.randn(shape, device=device).expand(-1, 3, -1, -1) for shape in shapes]

    def z_rec(self, scales: int) -> list[Tensor]:
        """Return the noise (z*, 0, ..., 0) of the first scales, `(1, 3, h, w)` (section 2.2)."""
        z_star = self.generators.get_buffer("z_star").expand(-1, 3, -1, -1)
        return [z_star, *(z_star.new_zeros(1, 3, *size) for size in self.sizes[1:])][:scales]

    def generate(
        self, noise: Sequence[Tensor], previous: Tensor | None = None, first: int = 0
    ) -> Tensor:
        """Draw scale after scale (equation 2).

        Args:
            noise: For each scale from `first` on `(n, 3, h, w)`.
            previous: Images of the scale before, `(n or 1, 3, any, any)`; by default there is none.
            first: Scale to begin with.

        Returns:
            Images of the last scale, `(n, 3, H, W)`.
        """
        images = next(self.parameters()).new_zeros(1, 3, 1, 1) if previous is None else previous
        for z, generator in zip(noise, self.generators[first:], strict=False):
            images = generator(z, resize(images, (z.shape[2], z.shape[3])).expand_as(z))
        return images

    @torch.no_grad()
    def sample(
        self, n: int, size: Size | None = None, first: int = 0, previous: Tensor | None = None
    ) -> Tensor:
        """Draw `n` images `(n, 3, H, W)` in [-1, 1].

        Args:
            n: Number of images.
            size: Height and width, by default those of the finest scale.
            first: The first scale with noise, 0 being the coarsest.
            previous: Images `(n or 1, 3, h, w)` to begin with, by default the reconstruction.
        """
        height, width = size or self.size
        high, wide = height / self.size[0], width / self.size[1]
        sizes = [(max(1, round(h * high)), max(1, round(w * wide))) for h, w in self.sizes]
        begun = sum(bool(generator.get_buffer("amplitude")) for generator in self.generators)
        if previous is None:
            previous = self.generate(self.z_rec(min(first, begun)))
        images = self.generate(self.random_noise(n, sizes[first:begun], first), previous, first)
        return resize(images, sizes[-1]).expand(n, -1, -1, -1)

    # --8<-- [end:draw]
    # --8<-- [start:step]
    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round of the current scale on a photograph `(1, 3, H, W)` (section 2.2)."""
        if batch[0].shape[:2] != (1, 3):
            raise ValueError(f"a photograph is (1, 3, H, W), not {tuple(batch[0].shape)}")
        scale, size = self.scale, self.sizes[self.scale]
        generator, discriminator = self.generators[scale], self.discriminators[scale]
        real = resize(batch[0], size)
        *coarser_rec, z_rec = self.z_rec(scale + 1)
        *coarser_noise, noise = self.random_noise(self.discriminator_steps, self.sizes[: scale + 1])
        with torch.no_grad():  # the coarser scales do not learn any more
            previous_rec = resize(self.generate(coarser_rec), size)
            previous = resize(self.generate(coarser_noise), size).expand_as(noise)
            if not generator.get_buffer("amplitude"):
                self.begin(scale, previous_rec, real)

        for z, image in zip(noise.split(1), previous.split(1), strict=True):
            with torch.no_grad():
                fake = generator(z, image)
            distance = discriminator(real).mean() - discriminator(fake).mean()
            penalty = gradient_penalty(discriminator, real, fake)
            yield "discriminator", self.lambda_gp * penalty - distance

        for _ in range(self.generator_steps):  # the last fake, drawn again after each step
            reconstruction = F.mse_loss(generator(z_rec, previous_rec), real)
            score = discriminator(generator(z, image)).mean()
            yield "generator", self.alpha * reconstruction - score

    def begin(self, scale: int, previous_rec: Tensor, real: Tensor) -> None:
        """Begin a scale, with the weights of the previous one and noise for what it misses.

        Args:
            scale: The scale.
            previous_rec: The reconstruction of the previous scale, enlarged, `(1, 3, H, W)`.
            real: The photograph, `(1, 3, H, W)`.
        """
        if scale and self.widths[scale] == self.widths[scale - 1]:
            for networks in (self.generators, self.discriminators):
                networks[scale].load_state_dict(networks[scale - 1].state_dict())
        rmse = F.mse_loss(previous_rec, real).sqrt()
        amplitude = self.noise_amp * rmse if scale else torch.ones(())
        self.generators[scale].get_buffer("amplitude").copy_(amplitude)

    # --8<-- [end:step]


# --8<-- [start:presets]
# Of 16 pixels 11 are seen at once: towers stand upright.
SCENE = {"min_size": 16, "scale_factor": 0.65}
FAST = {"data": "photo", "batch": 1, "precision": "bfloat16"}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {"model": SCENE | {"max_size": 128, "rounds": 250}, "train": FAST | {"steps": 6 * 250}},
    "long": {"model": SCENE | {"max_size": 128}, "train": FAST | {"steps": 6 * 2000}},
    "paper": {"model": {}, "train": {"data": "photo", "batch": 1, "steps": 9 * 2000}},
}
# --8<-- [end:presets]
