"""nn.BatchNorm2d(n, 0.8) does not set the momentum: it breaks the normalisation."""

import torch
from torch import nn

torch.manual_seed(0)
torch.set_num_threads(1)

norm = nn.BatchNorm2d(64, 0.8)
print(f"nn.BatchNorm2d(64, 0.8) has eps={norm.eps} and momentum={norm.momentum}\n")

# The second argument is eps, which is added to the variance. A layer whose input has the standard
# deviation s then gives s / sqrt(s² + 0.8) instead of 1: small signals stay small.
print("std of the input   eps=1e-5   eps=0.8   s / sqrt(s² + 0.8)")
for s in (0.05, 0.2, 1.0, 5.0):
    x = s * torch.randn(4096, 1)
    right, wrong = (nn.BatchNorm1d(1, eps)(x).std() for eps in (1e-5, 0.8))
    print(f"{s:10.2f} {right:16.2f} {wrong:9.2f} {s / (s * s + 0.8) ** 0.5:13.2f}")


def depth(eps, layers=6):
    """The standard deviation after a few layers with DCGAN's initial weights N(0, 0.02²)."""
    x = torch.randn(512, 256)
    for _ in range(layers):
        linear = nn.Linear(256, 256, bias=False)
        nn.init.normal_(linear.weight, 0, 0.02)
        x = nn.BatchNorm1d(256, eps)(linear(x)).relu()
    return x.std().item()


print(f"\nafter six layers with DCGAN's first weights: {depth(1e-5):.2f} and {depth(0.8):.6f}")

# The 0.8 was meant as Keras' momentum: keep 80 % of the old running average, take 20 % of the
# new batch. PyTorch counts the other way round, so this is momentum=0.2.
norm = nn.BatchNorm1d(1, momentum=0.2)
norm(torch.tensor([[9.0], [11.0]]))  # mean 10; the running mean starts at 0
print(f"running mean after one batch of mean 10, momentum=0.2: {norm.running_mean.item():.1f}")
