"""PatchGAN: how many pixels one verdict sees, measured by gradient."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)


def patch_gan(downsamplings, width=64, channels=6, last_stride=1):
    """4x4 convolutions: as many downsamplings, one of `last_stride`, and one that gives logits."""
    widths = [channels, *(width * min(2**i, 8) for i in range(downsamplings + 1)), 1]
    strides = [2] * downsamplings + [last_stride, 1]
    layers = []
    for inputs, outputs, stride in zip(widths, widths[1:], strides, strict=False):
        layers += [nn.Conv2d(inputs, outputs, 4, stride, padding=1), nn.LeakyReLU(0.2)]
    return nn.Sequential(*layers[:-1])  # normalisation left out: it looks at the whole image


def receptive_field(network, channels=6, size=600):
    """Height of the patch that the verdict in the middle depends on: where its slope is not 0."""
    image = torch.zeros(1, channels, size, size, requires_grad=True)
    verdicts = network(image)
    middle = verdicts.shape[-1] // 2
    [slope] = torch.autograd.grad(verdicts[0, 0, middle, middle], image)
    rows = slope[0].abs().sum((0, 2)).nonzero()
    return int(rows.max() - rows.min()) + 1


print("halvings   sees pixels   by formula   verdicts at 256 px   weights")
for downsamplings in (1, 2, 3):
    network = patch_gan(downsamplings)
    formula = 1 + 3 + 3  # two layers of stride 1, each adds 3 pixels
    for _ in range(downsamplings):
        formula = 2 * formula + 2
    side = network(torch.zeros(1, 6, 256, 256)).shape[-1]
    weights = sum(p.numel() for p in network.parameters())
    field = receptive_field(patch_gan(downsamplings, width=2))
    print(f"{downsamplings:5} {field:13} {formula:12} {side:13} x {side} {weights:15,}")

# A popular mistake: the fourth layer halves too. It is no longer the 70x70 PatchGAN.
wrong = patch_gan(3, last_stride=2)
field, side = receptive_field(patch_gan(3, 2, last_stride=2)), wrong(torch.zeros(1, 6, 256, 256))
print(
    f"\nwith stride 2 in the fourth layer as well: {field} pixels, {side.shape[-1]} verdicts a side"
)

# A verdict is what the network says of that patch alone: cut it out and ask again.
network = patch_gan(3, width=4, channels=3).double()  # so that rounding is no difference
image = torch.randn(1, 3, 256, 256).double()
verdict = network(image)[0, 0, 15, 15]  # of rows and columns 8 * 15 - 23 = 97 to 166
cut = network(image[:, :, 72:192, 72:192])[0, 0, 6, 6]  # 8 * 9 = 72: nine verdicts further left
print(f"the same patch without its surroundings: the verdict differs by {abs(verdict - cut):.4f}")
for name, column in (("last pixel of the patch", 166), ("first pixel outside", 167)):
    other = image.clone()
    other[..., 120, column] += 1
    change = abs(network(other)[0, 0, 15, 15] - verdict)
    print(f"{name} changed: other verdict? {bool(change > 1e-12)}")
