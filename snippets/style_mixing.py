"""Style mixing (StyleGAN): one w up to a crossover layer, another one from there on."""

import torch
import torch.nn.functional as F
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)
torch.set_grad_enabled(False)
LAYERS, WIDTH = 8, 32  # two layers each at 4, 8, 16 and 32 pixels

# Random weights, initialised as StyleGAN's are: a network that has not learned anything yet.
styles = nn.ModuleList(nn.Linear(WIDTH, 2 * WIDTH) for _ in range(LAYERS))
convolutions = nn.ModuleList(nn.Conv2d(WIDTH, WIDTH, 3, padding=1) for _ in range(LAYERS))
constant, to_rgb = torch.randn(1, WIDTH, 4, 4), nn.Conv2d(WIDTH, 3, 1)
for style, convolution in zip(styles, convolutions, strict=True):
    nn.init.normal_(style.weight, std=WIDTH**-0.5)
    nn.init.kaiming_normal_(convolution.weight, 0.2)


def synthesis(w):
    """One w for each layer, `(N, LAYERS, WIDTH)`, to images `(N, 3, 32, 32)`."""
    x = constant.expand(len(w), -1, -1, -1)
    for layer in range(LAYERS):
        x = F.interpolate(x, scale_factor=2, mode="bilinear") if layer in (2, 4, 6) else x
        scale, shift = styles[layer](w[:, layer])[..., None, None].chunk(2, dim=1)
        x = F.leaky_relu(convolutions[layer](x), 0.2)
        x = (scale + 1) * F.instance_norm(x, eps=1e-8) + shift
    return to_rgb(x)


def mixed(a, b, crossover):
    """The w of `a` in the layers before `crossover`, `b`'s from there on."""
    return torch.where(torch.arange(LAYERS)[:, None] < crossover, a[:, None], b[:, None])


def colours(images):
    return images.mean((2, 3))


def layout(images):
    small = F.avg_pool2d(images, 8)
    return (small - small.mean((2, 3), keepdim=True)).flatten(1)


a, b = torch.randn(2, 256, WIDTH)
ends = [synthesis(mixed(a, b, crossover)) for crossover in (LAYERS, 0)]  # all of a, all of b
print("layers of a, of b        colours like a's, b's        layout like a's, b's")
for crossover in range(LAYERS + 1):
    image, row = synthesis(mixed(a, b, crossover)), []
    for of in (colours, layout):
        mean = of(torch.cat(ends)).mean(0)  # likeness is 1 for the same, 0 for nothing in common
        row += [F.cosine_similarity(of(image) - mean, of(end) - mean).mean() for end in ends]
    print(f"{crossover:7} {LAYERS - crossover:7}  ", "".join(f"{value:14.2f}" for value in row))

for low, high in ((1, LAYERS), (0, LAYERS), (1, LAYERS + 1)):
    counts = torch.bincount(torch.randint(low, high, (8000,)), minlength=LAYERS + 1).tolist()
    print(f"8,000 times randint({low}, {high}): ", counts)
