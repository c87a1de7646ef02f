"""StyleGAN: a latent that is unbent first, and then tells every layer its style.

Karras, Laine, Aila, "A Style-Based Generator Architecture for Generative Adversarial Networks",
2018, arXiv:1812.04948. Code: NVlabs/stylegan by the authors (CC BY-NC 4.0), from which nothing is
taken but facts: sizes, numbers, the schedule.

The two networks come from `stylegan_networks.py`. As in the paper, all but the generator and the
loss is PGGAN's: the discriminator, but for its smoothing, the scaled weights and the growth, which
begins at 8x8 here. Left out: mirrored images and minibatches that change with the resolution.
"""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Adam, Optimizer

from gan_minimal.models.stylegan_networks import networks

PAPER = {"year": 2018, "arxiv": "1812.04948", "code": "NVlabs/stylegan", "licence": "CC BY-NC 4.0"}


# --8<-- [start:setup]
class StyleGAN(nn.Module):
    """Both players, their growth and one round of their game.

    Args:
        size: Height and width of finished images: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        latent: Length of `z`.
        style: Length of `w`.
        depth: Layers of the mapping network.
        slow: Factor of its learning rate.
        fmap_base: Feature maps at 2x2 pixels, if there were any; every doubling halves them.
        fmap_max: Feature maps of any layer, at most.
        crisp: For pixel art: nothing is smoothed, and the generator ends in a tanh.
        rounds: Rounds that a resolution settles, and that the next one fades in; 0: no growth.
        lr: Learning rate of Adam up to 64x64 pixels; from there it rises to three times as much.
        gamma: Weight of the penalty on slopes (R1).
        mixing: Share of images with two styles.
        falls: First and last round in which the learning rate falls to zero, if it does.
    """

    recorded: ClassVar[tuple[str, ...]] = ("generator",)

    def __init__(
        self,
        size: int = 1024,
        channels: int = 3,
        latent: int = 512,
        style: int = 512,
        depth: int = 8,
        slow: float = 0.01,
        fmap_base: int = 8192,
        fmap_max: int = 512,
        crisp: bool = False,
        rounds: int = 18_750,
        lr: float = 1e-3,
        gamma: float = 10.0,
        mixing: float = 0.9,
        falls: tuple[int, int] | None = None,
    ) -> None:
        super().__init__()
        self.generator, self.discriminator = networks(
            size, channels, latent, style, depth, slow, fmap_base, fmap_max, crisp
        )
        self.last = len(self.discriminator.blocks)  # doublings of 4x4
        self.size, self.channels, self.latent = size, channels, latent
        self.rounds, self.lr, self.falls = rounds, lr, falls
        self.gamma, self.mixing = gamma, mixing
        self.stage, self.alpha = self.growth(0)

    def optimizers(self) -> dict[str, Optimizer]:
        """One Adam for each player; layers that do not take part yet are left alone."""
        return {
            name: Adam(getattr(self, name).parameters(), self.lr, (0.0, 0.99), fused=True)
            for name in ("discriminator", "generator")
        }

    # --8<-- [end:setup]
    # --8<-- [start:growth]
    def growth(self, step: int) -> tuple[int, float]:
        """Return the highest stage after `step` rounds, and its share in the image, up to 1."""
        if step >= (self.last - 1) * 2 * self.rounds:
            return self.last, 1.0
        doubled, played = divmod(step, 2 * self.rounds)  # 8x8, the first, is stage 1
        alpha = max(0, played - self.rounds) / self.rounds
        return (doubled + 2, alpha) if alpha else (doubled + 1, 1.0)

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Grow; Adam begins anew whenever a fade begins or ends.

        Large images are learned faster, as the authors do with eight GPUs.
        """
        before, (self.stage, self.alpha) = self.growth(max(0, step - 1)), self.growth(step)
        self.generator.played.fill_(step)
        factor = {5: 1.5, 6: 2.0, 7: 3.0, 8: 3.0}.get(self.stage, 1.0)
        if self.falls is not None:
            first, last = self.falls
            factor *= min(1.0, max(0, last - step) / (last - first))
        for optimizer in optimizers.values():
            optimizer.param_groups[0]["lr"] = self.lr * factor
            if (before[0], before[1] < 1) != (self.stage, self.alpha < 1):
                optimizer.state.clear()

    def shrunk(self, images: Tensor) -> Tensor:
        """Bring real images to the current resolution, faded in like the generated ones."""
        shrunk = F.avg_pool2d(images, 2 ** (self.last - self.stage))
        if self.alpha == 1:
            return shrunk
        return torch.lerp(
            F.interpolate(F.avg_pool2d(shrunk, 2), scale_factor=2), shrunk, self.alpha
        )

    # --8<-- [end:growth]
    # --8<-- [start:step]
    def noise(self, n: int) -> Tensor:
        """Draw `n` latent vectors `(n, latent)`, which the mapping puts onto a sphere."""
        return torch.randn(n, self.latent, device=self.generator.constant.device)

    def styles(self, n: int) -> Tensor:
        """Draw `(n, L, style)`; in a share of them another style takes over (section 3.1)."""
        one, other = self.generator.mapping(self.noise(2 * n)).chunk(2)
        mean = self.generator.mean
        mean.lerp_(one.detach().to(mean.dtype).mean(dim=0), 0.005)
        layers = 2 * self.stage + 2
        crossing = torch.randint(1, layers, (n, 1, 1), device=one.device)
        crossing[torch.rand(n, device=one.device) >= self.mixing] = layers
        earlier = torch.arange(layers, device=one.device)[:, None] < crossing
        return torch.where(earlier, one[:, None], other[:, None])

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Play one round on real images `(N, C, H, W)`, N a multiple of 4; losses in nats."""
        stage, alpha = self.stage, self.alpha
        real = self.shrunk(batch[0]).requires_grad_()
        fake = self.generator(self.styles(len(real)), stage, alpha)

        logits = self.discriminator(real, stage, alpha)
        (slope,) = torch.autograd.grad(logits.sum(), real, create_graph=True)
        penalty = self.gamma / 2 * slope.square().sum(dim=(1, 2, 3)).mean()  # R1
        judged = F.softplus(self.discriminator(fake, stage, alpha)).mean()
        yield "discriminator", F.softplus(-logits).mean() + judged + penalty

        yield "generator", F.softplus(-self.discriminator(fake, stage, alpha)).mean()

    # --8<-- [end:step]
    # --8<-- [start:sample]
    def draw(self, styles: Tensor, noise: Sequence[Tensor] | None = None) -> Tensor:
        """Draw finished images `(N, C, size, size)`, enlarged while the network is growing."""
        now = self.growth(int(self.generator.played))
        return F.interpolate(self.generator(styles, *now, noise), self.size)

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
        styles[:, :cutoff] = torch.lerp(self.generator.mean, styles[:, :cutoff], psi)
        return self.draw(styles).clamp(-1, 1)


# --8<-- [end:sample]
# --8<-- [start:presets]
SMALL = {"size": 16, "latent": 64, "style": 64, "depth": 2, "fmap_base": 256, "fmap_max": 96}
PACE = {"rounds": 400, "lr": 8e-3, "mixing": 0.5}
FAST = {"data": "faces16", "batch": 64, "precision": "bfloat16", "ema": 0.999}
LARGE = {"data": "./ffhq", "batch": 32, "ema": 0.5 ** (32 / 10_000)}  # half-life: 10,000 images
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": SMALL | PACE | {"crisp": True, "gamma": 16, "falls": (10_000, 30_000)},
        "train": FAST | {"steps": 30_000},
    },
    "hangul": {
        "model": SMALL | PACE | {"size": 32, "channels": 1, "falls": (2000, 5000)},
        "train": FAST | {"data": "hangul32", "steps": 5000},
    },
    "paper": {"model": {}, "train": LARGE | {"steps": 781_250}},  # 25 million images
}
# --8<-- [end:presets]
