"""StyleGAN: a latent that is unbent first, and then tells every layer its style.

Karras, Laine, Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks",
2019, arXiv:1812.04948. Code: NVlabs/stylegan by the authors, under a non-commercial licence, from
which nothing is taken here; the paper preset has its layers, counts and settings.

Growth, the discriminator and scaled weights are PGGAN's (arXiv:1710.10196). A growing network has a
`level`: 3 is 8x8 pixels, 3.25 a quarter of the way to 16x16. Left out: larger minibatches for
smaller images.
"""

import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

PAPER = {"year": 2019, "arxiv": "1812.04948", "code": "NVlabs/stylegan", "licence": "CC-BY-NC-4.0"}


# --8<-- [start:layers]
class Linear(nn.Linear):
    """Weights of variance 1, scaled when used; `slow` is a factor of its learning rate."""

    def __init__(self, inputs: int, outputs: int, gain: float = 2**0.5, slow: float = 1.0) -> None:
        super().__init__(inputs, outputs)
        nn.init.normal_(self.weight, std=1 / slow)
        nn.init.zeros_(self.bias)
        self.gain, self.slow = slow * gain / math.sqrt(inputs), slow

    def forward(self, x: Tensor) -> Tensor:
        """`(N, inputs)` to `(N, outputs)`."""
        return F.linear(x, self.weight * self.gain, self.bias * self.slow)


class Conv(nn.Conv2d):
    """A convolution with scaled weights; the image may be doubled before or halved after it.

    Nearest-neighbour doubling and then 3x3 is one transposed 4x4 convolution, 3x3 and then average
    pooling one 4x4 convolution, of four shifted copies of the kernel: 4/9 of the work.
    """

    def __init__(
        self,
        inputs: int,
        outputs: int,
        kernel: int = 3,
        gain: float = 2**0.5,
        bias: bool = True,
        resample: str = "",
    ) -> None:
        super().__init__(inputs, outputs, kernel, padding=kernel // 2, bias=bias)
        nn.init.normal_(self.weight)
        if self.bias is not None:
            nn.init.zeros_(self.bias)
        self.gain, self.resample = gain / math.sqrt(inputs * kernel**2), resample

    def forward(self, x: Tensor) -> Tensor:
        """`(N, inputs, H, W)` to `(N, outputs, H, W)`, or twice or half as high and wide."""
        weight = self.weight * self.gain
        if not self.resample:
            return F.conv2d(x, weight, self.bias, padding=self.padding)
        weight = F.avg_pool2d(weight, 2, stride=1, padding=1)  # 3x3 to 4x4
        if self.resample == "down":
            return F.conv2d(x, weight, self.bias, stride=2, padding=1)
        return F.conv_transpose2d(x, 4 * weight.transpose(0, 1).flip(2, 3), self.bias, 2, 1)


class Blur(nn.Module):
    """Smooth each channel with [1, 2, 1] / 4 along both axes; outside there are zeros."""

    def forward(self, x: Tensor) -> Tensor:
        """`(N, C, H, W)` to the same shape."""
        line = x.new_tensor([0.25, 0.5, 0.25])
        kernel = (line[:, None] * line).expand(x.shape[1], 1, 3, 3)
        return F.conv2d(x, kernel, padding=1, groups=x.shape[1])


# --8<-- [end:layers]
# --8<-- [start:mapping]
class Mapping(nn.Module):
    """Latents `(N, latent)` to styles `(N, style)` by eight layers (section 2)."""

    def __init__(self, latent: int, style: int, slow: float) -> None:
        super().__init__()
        widths = pairwise([latent, *[style] * 8])
        layers = [nn.Sequential(Linear(a, b, slow=slow), nn.LeakyReLU(0.2)) for a, b in widths]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        """Bring `z` to a mean square of 1, then map it."""
        z = z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt()
        w: Tensor = self.layers(z)
        return w


# --8<-- [end:mapping]
# --8<-- [start:style]
def adain(x: Tensor, style: Tensor) -> Tensor:
    """Give the channels of `x` `(N, C, H, W)` the spreads and means of `style` `(N, 2C)` (eq. 1).

    First they get mean 0 and (biased) variance 1; the scale is one more than the style says.
    """
    scale, shift = style[:, :, None, None].chunk(2, dim=1)
    return F.instance_norm(x.float(), eps=1e-8) * (scale + 1) + shift


class StyleLayer(nn.Module):
    """Convolution, noise, bias, LeakyReLU, style (figure 1b)."""

    def __init__(self, convolution: nn.Module, channels: int, style: int) -> None:
        super().__init__()
        self.convolution = convolution
        self.strength = nn.Parameter(torch.zeros(channels, 1, 1))  # of the noise, for each channel
        self.bias = nn.Parameter(torch.zeros(channels, 1, 1))
        self.style = Linear(style, 2 * channels, gain=1)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        """Images' features `(N, C, H, W)`, their styles `(N, style)` and noise `(N, 1, h, w)`."""
        x = self.convolution(x) + self.strength * noise + self.bias
        return adain(F.leaky_relu(x, 0.2), self.style(w))


# --8<-- [end:style]
# --8<-- [start:generator]
class Generator(nn.Module):
    """Styles to images: it begins from a constant, and no layer sees `z` (section 2)."""

    def __init__(
        self, widths: Sequence[int], channels: int, latent: int, style: int, slow: float
    ) -> None:
        super().__init__()
        self.mapping = Mapping(latent, style, slow)
        self.constant = nn.Parameter(torch.ones(1, widths[0], 4, 4))
        layers = [StyleLayer(nn.Identity(), widths[0], style)]
        layers += [StyleLayer(Conv(widths[0], widths[0], bias=False), widths[0], style)]
        for a, b in pairwise(widths):
            up = nn.Sequential(Conv(a, b, bias=False, resample="up"), Blur())
            layers += [StyleLayer(up, b, style), StyleLayer(Conv(b, b, bias=False), b, style)]
        self.layers = nn.ModuleList(layers)
        self.to_rgb = nn.ModuleList(Conv(width, channels, 1, gain=1) for width in widths)
        self.register_buffer("mean", torch.zeros(style))  # of w
        self.register_buffer("level", torch.tensor(len(widths) + 1.0))

    def noise(self, n: int) -> list[Tensor]:
        """Draw a map `(n, 1, h, w)` of normal noise for each layer, the same for its channels."""
        sizes = [4 * 2 ** (i // 2) for i in range(len(self.layers))]
        return [torch.randn(n, 1, size, size, device=self.constant.device) for size in sizes]

    def forward(self, styles: Tensor, noise: Sequence[Tensor] | None = None) -> Tensor:
        """Draw images of `2 ** ceil(level)` pixels a side.

        Args:
            styles: `(N, style)`, or `(N, L, style)`: one for each of the layers up to `level`.
            noise: A map for each layer; new ones by default.
        """
        level, noise = self.get_buffer("level").item(), noise or self.noise(len(styles))
        last = math.ceil(level) - 2
        x = before = self.constant.expand(len(styles), -1, -1, -1)
        for i in range(2 * last + 2):
            before = x if i == 2 * last else before
            x = self.layers[i](x, styles if styles.dim() == 2 else styles[:, i], noise[i])
        images = self.to_rgb[last](x)
        if level % 1:  # fading in: mix with the image of the level below
            small = F.interpolate(self.to_rgb[last - 1](before), scale_factor=2.0)
            images = torch.lerp(small, images, level % 1)
        return images


# --8<-- [end:generator]
# --8<-- [start:discriminator]
def minibatch_stddev(x: Tensor, group: int = 4) -> Tensor:
    """Append to `x` `(N, C, H, W)` a channel with the spread within groups (PGGAN, section 3).

    Images of a group stand N / `group` apart; a batch that cannot be divided so is one group.
    """
    group = group if len(x) % group == 0 else len(x)
    groups = x.float().unflatten(0, (group, -1))
    variance = (groups - groups.mean(dim=0)).square().mean(dim=0)  # biased, (N / group, C, H, W)
    spread = (variance + 1e-8).sqrt().mean(dim=(1, 2, 3), keepdim=True)
    return torch.cat([x, spread.repeat(group, 1, *x.shape[2:]).to(x.dtype)], dim=1)


class Discriminator(nn.Module):
    """Images to one logit each, `(N,)`, by halving them down to 4x4 (PGGAN, table 2)."""

    def __init__(self, widths: Sequence[int], channels: int) -> None:
        super().__init__()
        act = nn.LeakyReLU(0.2)
        self.from_rgb = nn.ModuleList(nn.Sequential(Conv(channels, w, 1), act) for w in widths)
        self.blocks = nn.ModuleList(
            nn.Sequential(Conv(b, b), act, Blur(), Conv(b, a, resample="down"), act)
            for a, b in pairwise(widths)
        )
        wide = widths[0]
        self.convolution = nn.Sequential(Conv(wide + 1, wide), act, nn.Flatten())
        self.last = nn.Sequential(Linear(16 * wide, wide), act, Linear(wide, 1, 1), nn.Flatten(0))

    def forward(self, images: Tensor, level: float) -> Tensor:
        """Judge images of `2 ** ceil(level)` pixels a side."""
        last = math.ceil(level) - 2
        x = self.from_rgb[last](images)
        for i in reversed(range(last)):
            x = self.blocks[i](x)
            if i == last - 1 and level % 1:  # fading in
                x = torch.lerp(self.from_rgb[i](F.avg_pool2d(images, 2)), x, level % 1)
        return self.last(self.convolution(minibatch_stddev(x)))


# --8<-- [end:discriminator]
# --8<-- [start:setup]
class StyleGAN(nn.Module):
    """Both players, growing, and one round of their game.

    Args:
        size: Height and width of finished images: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of `z`.
        style: Length of `w`.
        width: Twice the channels at 4x4; each doubling of the image halves them.
        most: Channels of a layer, at most.
        lr: Learning rate of Adam up to 64x64 pixels; from there it rises to three times as much.
        slow: Factor of the mapping network's learning rate.
        gamma: Weight of the penalty on slopes (R1).
        mixing: Share of images with two styles.
        first: Level to begin with.
        rounds: Rounds at each resolution, and again as many in which the next one fades in.

    Raises:
        ValueError: If `size` is not a power of two of at least 8.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        size: int = 1024,
        channels: int = 3,
        latent: int = 512,
        style: int = 512,
        width: int = 8192,
        most: int = 512,
        lr: float = 1e-3,
        slow: float = 0.01,
        gamma: float = 10.0,
        mixing: float = 0.9,
        first: int = 3,
        rounds: int = 18_750,
    ) -> None:
        super().__init__()
        if size < 8 or size & (size - 1):
            raise ValueError(f"size must be a power of two of at least 8, not {size}")
        self.size, self.latent, self.lr, self.gamma = size, latent, lr, gamma
        self.mixing, self.first, self.rounds = mixing, first, rounds
        widths = [min(width >> i, most) for i in range(1, size.bit_length() - 1)]
        self.generator = Generator(widths, channels, latent, style, slow)
        self.discriminator = Discriminator(widths, channels)

    def optimizers(self) -> dict[str, Optimizer]:
        """Adam without momentum for each player."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, (0.0, 0.99), fused=True)
            for name in ("discriminator", "generator")
        }

    def level(self, step: int) -> float:
        """Return the level of round `step`: a resolution stays, then the next one fades in."""
        phase, place = divmod(step / self.rounds, 2)
        return min(self.first + phase + max(0.0, place - 1), math.log2(self.size))

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Grow; forget Adam's averages where fading begins and ends, as the authors do."""
        now, before = self.level(step), self.level(max(0, step - 1))
        self.generator.get_buffer("level").fill_(now)
        faster = {7: 1.5, 8: 2.0, 9: 3.0, 10: 3.0}.get(math.ceil(now), 1.0)
        for optimizer in optimizers.values():
            optimizer.param_groups[0]["lr"] = self.lr * faster
            if (math.floor(now), math.ceil(now)) != (math.floor(before), math.ceil(before)):
                optimizer.state.clear()

    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)` from the standard normal distribution."""
        return torch.randn(n, self.latent, device=self.generator.constant.device)

    # --8<-- [end:setup]
    # --8<-- [start:step]
    def styles(self, n: int, layers: int) -> Tensor:
        """Draw `(n, layers, style)`; in a share of them another style takes over (section 3.1)."""
        one, other = self.generator.mapping(self.noise(2 * n)).float().chunk(2)
        self.generator.get_buffer("mean").lerp_(one.detach().mean(dim=0), 0.005)
        crossing = torch.randint(1, layers, (n, 1, 1), device=one.device)
        crossing[torch.rand(n, device=one.device) >= self.mixing] = layers
        earlier = torch.arange(layers, device=one.device)[:, None] < crossing
        return torch.where(earlier, one[:, None], other[:, None])

    def reduced(self, images: Tensor, level: float) -> Tensor:
        """Reduce real images `(N, C, size, size)` to a level; its finest detail may be faded."""
        images = F.avg_pool2d(images, self.size >> math.ceil(level))
        if level % 1:
            small = F.interpolate(F.avg_pool2d(images, 2), scale_factor=2.0)
            images = torch.lerp(small, images, level % 1)
        return images

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)`; yields each player's loss in nats."""
        level = self.generator.get_buffer("level").item()
        real = self.reduced(batch[0], level).requires_grad_()
        fake = self.generator(self.styles(len(real), 2 * math.ceil(level) - 2))

        logits = self.discriminator(real, level)
        (slope,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
        penalty = slope.square().sum(dim=(1, 2, 3)).mean()  # R1: half of it, times gamma
        loss = F.softplus(-logits).mean() + F.softplus(self.discriminator(fake, level)).mean()
        yield "discriminator", loss + self.gamma / 2 * penalty

        yield "generator", F.softplus(-self.discriminator(fake, level)).mean()

    # --8<-- [end:step]
    # --8<-- [start:sample]
    @torch.no_grad()
    def sample(self, n: int, psi: float = 1.0, cutoff: int = 8) -> Tensor:
        """Draw `n` images `(n, C, size, size)` in [-1, 1].

        Args:
            n: Number of images.
            psi: How far from the average a style is, 1 being as far as it comes (appendix B).
            cutoff: Number of layers, from the coarsest one, that `psi` is for.
        """
        styles = self.generator.mapping(self.noise(n))[:, None]
        styles = styles.repeat(1, len(self.generator.layers), 1)
        styles[:, :cutoff] = torch.lerp(self.generator.get_buffer("mean"), styles[:, :cutoff], psi)
        return F.interpolate(self.generator(styles), (self.size, self.size)).clamp(-1, 1)


# --8<-- [end:sample]
# --8<-- [start:presets]
SMALL = {"size": 16, "latent": 64, "style": 64, "width": 256, "most": 96, "rounds": 500}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": SMALL | {"lr": 2e-3, "slow": 0.1, "gamma": 0.2},
        "train": {
            "data": "faces16",
            "batch": 64,
            "steps": 20_000,
            "precision": "bfloat16",
            "ema": 0.999,
        },
    },
    # 25 million images (appendix C); the average's half-life is 10,000 images
    "paper": {
        "model": {},
        "train": {"data": "celeba", "batch": 32, "steps": 781_250, "ema": 0.5 ** (32 / 10_000)},
    },
}
# --8<-- [end:presets]
