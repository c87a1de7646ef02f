"""The layers of StyleGAN: see `stylegan.py`, which this file belongs to."""

import math
from itertools import pairwise

import torch
import torch.nn.functional as F
from torch import Tensor, nn


# --8<-- [start:mapping]
class Linear(nn.Linear):
    """A linear layer whose weights are scaled when used; `slow` is a factor of its learning rate.

    Both make weights large and let them count less: Adam's steps are as long for large ones.
    """

    def __init__(self, inputs: int, outputs: int, gain: float = 2**0.5, slow: float = 1.0) -> None:
        super().__init__(inputs, outputs)
        self.scale, self.slow = slow * gain / math.sqrt(inputs), slow
        nn.init.normal_(self.weight, std=1 / slow)
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """`(N, inputs)` to `(N, outputs)`."""
        return F.linear(x, self.weight * self.scale, self.bias * self.slow)


class Mapping(nn.Module):
    """Latents `z` `(N, latent)` to styles `w` `(N, style)` by eight layers (section 2)."""

    def __init__(self, latent: int, style: int, slow: float) -> None:
        super().__init__()
        widths = pairwise([latent, *[style] * 8])
        layers = [nn.Sequential(Linear(a, b, slow=slow), nn.LeakyReLU(0.2)) for a, b in widths]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: Tensor) -> Tensor:
        """Bring `z` to a mean square of 1, then map it."""
        w: Tensor = self.layers(z * (z.square().mean(dim=1, keepdim=True) + 1e-8).rsqrt())
        return w


# --8<-- [end:mapping]
# --8<-- [start:style]
def adain(x: Tensor, style: Tensor) -> Tensor:
    """Give the channels of `x` `(N, C, H, W)` the spreads and means of `style` `(N, 2C)` (eq. 1).

    First they get mean 0 and (biased) variance 1; the scale is one more than the style says.
    """
    scale, shift = style[:, :, None, None].chunk(2, dim=1)
    return F.instance_norm(x, eps=1e-8) * (scale + 1) + shift


def blur(x: Tensor) -> Tensor:
    """Smooth each channel with [1, 2, 1] / 4 along both axes; outside there are zeros."""
    line = x.new_tensor([0.25, 0.5, 0.25])
    return F.conv2d(x, (line[:, None] * line).expand(x.shape[1], 1, 3, 3), None, 1, 1, 1, len(x[0]))


class StyleLayer(nn.Module):
    """Convolution, noise, bias, LeakyReLU, style (figure 1b).

    The first layer has no convolution: it gets the constant. If it doubles the image, repeating
    each pixel and 3x3 are one transposed 4x4 convolution of four shifted kernels.
    """

    def __init__(self, inputs: int, outputs: int, style: int, doubles: bool = False) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs, 3, 3)) if inputs else None
        self.scale, self.doubles = math.sqrt(2 / (9 * inputs or 1)), doubles
        self.strength = nn.Parameter(torch.zeros(outputs, 1, 1))  # of the noise, for each channel
        self.bias = nn.Parameter(torch.zeros(outputs, 1, 1))
        self.style = Linear(style, 2 * outputs, gain=1)

    def forward(self, x: Tensor, w: Tensor, noise: Tensor) -> Tensor:
        """Take features `(N, C, H, W)`, a style `(N, style)` and a map of noise `(N, 1, h, w)`."""
        if self.weight is not None:
            weight = self.weight * self.scale
            if self.doubles:
                weight = 4 * F.avg_pool2d(weight, 2, stride=1, padding=1).transpose(0, 1)
                x = blur(F.conv_transpose2d(x, weight.flip(2, 3), stride=2, padding=1))
            else:
                x = F.conv2d(x, weight, padding=1)
        x = F.leaky_relu(x + self.strength * noise + self.bias, 0.2)  # in float32 from here
        return adain(x, self.style(w))


# --8<-- [end:style]
