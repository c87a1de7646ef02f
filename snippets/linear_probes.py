"""What does a frozen layer hold? Linear probes read it; switching off tells whether it is used."""

from itertools import accumulate

import torch
from torch import nn

torch.set_default_dtype(torch.float64)  # so that every processor prints the same digits
torch.manual_seed(0)


def images(n):
    """Red or blue squares and discs, left or right; `(n, 3, 16, 16)` and the three answers."""
    answers = torch.randint(2, (n, 3))
    disc, blue, right = answers.T.view(3, n, 1, 1)
    y = torch.arange(16.0).view(1, 16, 1) - 4 - 7 * torch.rand(n, 1, 1)
    x = torch.arange(16.0) - 3.5 - 4 * torch.rand(n, 1, 1) - 5 * right
    edge = torch.where(disc == 1, (x**2 + y**2).sqrt() * 0.89, x.abs().maximum(y.abs()))  # one area
    picture = (edge < 3)[:, None] * torch.stack([1 - blue, 0.5 * blue**0, blue], 1)
    return picture + 0.1 * torch.randn(n, 3, 16, 16), answers


layers = nn.ModuleList(nn.Conv2d(i, o, 4, 2, 1) for i, o in ((3, 12), (12, 24), (24, 24)))
head = nn.Linear(24 * 4, 1)


def maps(x):
    """The picture, as layer 0, and what each layer makes of it, laid out flat."""
    return [y.flatten(1) for y in accumulate(layers, lambda y, f: f(y).relu(), initial=x)]


def probe(x, answers, ridge=0.1):
    """Linear readers of all answers at once, one column each, by ridge regression."""
    x = x - x.mean(0)
    inner = x.T @ x + ridge * len(x) * x.var(0).mean() * torch.eye(x.shape[1])
    return torch.linalg.solve(inner, x.T @ (2.0 * answers - 1))


def right(logits, answers):
    return (100 * ((logits > 0) == (answers > 0)).float().mean(0)).tolist()


adam = torch.optim.Adam([*layers.parameters(), *head.parameters()], 3e-3)
for _ in range(600):
    x, answers = images(64)
    adam.zero_grad()
    nn.BCEWithLogitsLoss()(head(maps(x)[-1])[:, 0], answers[:, 0].double()).backward()
    adam.step()
torch.set_grad_enabled(False)  # from here on everything is frozen
(seen, known), (new, asked) = images(4000), images(2000)
print("a linear probe reads         shape  colour   place")
for layer, (a, b) in enumerate(zip(maps(seen), maps(new), strict=True)):
    shares = right((b - a.mean(0)) @ probe(a, known), asked)
    print(f"  from layer {layer}          ", *(f"{share:5.0f} %" for share in shares))
last, axes = maps(new)[-1], probe(maps(seen)[-1], known)
print(f"the network tells shapes   {right(head(last)[:, 0], asked[:, 0]):6.0f} %, and without")
for name, axis in ("the probe's axis of shape", axes[:, 0]), ("its own last axis", head.weight[0]):
    cut = last - ((last - last.mean(0)) @ axis)[:, None] * axis / axis.square().sum()
    print(f"  {name:30} {right(head(cut)[:, 0], asked[:, 0]):6.0f} %")
