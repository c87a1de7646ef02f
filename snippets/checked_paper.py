"""A paper's algorithm made so that others can check it: which check finds which mistake."""

import inspect
from functools import partial

import torch

torch.set_default_dtype(torch.float64)
START = torch.tensor([1.0, -2.0, 3.0])
STEEP = torch.tensor([1.0, 10.0, 0.1])


def adam(slope, x, steps=50, lr=0.01, b1=0.9, b2=0.999, eps=1e-8):
    """Algorithm 1 of Kingma & Ba (2015): go down `slope` from x."""
    m = v = torch.zeros_like(x)
    for t in range(1, steps + 1):
        g = slope(x)
        m, v = b1 * m + (1 - b1) * g, b2 * v + (1 - b2) * g**2
        m_hat, v_hat = m / (1 - b1**t), v / (1 - b2**t)
        x = x - lr * m_hat / (v_hat.sqrt() + eps)
    return x


def bowl(x):
    return (STEEP * x**2).sum() / 2


def of_torch(slope, x, steps=50):
    x = x.clone()
    optimizer = torch.optim.Adam([x], lr=0.01)
    for _ in range(steps):
        x.grad = slope(x)
        optimizer.step()
    return x


down = torch.func.grad(bowl)
near = partial(torch.allclose, rtol=0, atol=1e-6)
HAND = 0.01 * START.sign()  # the first step, whatever the slope; half of it where the slope is eps
CHECKS = {
    "the loss falls": lambda f: bowl(f(down, START)) < bowl(START),
    "as torch does": lambda f: near(f(down, START), of_torch(down, START)),
    "slopes x 1000": lambda f: near(f(lambda x: 1000 * down(x), START), f(down, START)),
    "1st step": lambda f: near(f(down, START, 1), START - HAND),
    "tiny slope": lambda f: near(f(lambda x: 1e-8 * x.sign(), START, 1), START - HAND / 2),
}
MISTAKES = {  # each is one change in the text of `adam`
    "no mistake": ("", ""),
    "up, not down": ("x - lr", "x + lr"),
    "no bias correction": ("m / (1 - b1**t), v / (1 - b2**t)", "m, v"),
    "rates exchanged": ("b1=0.9, b2=0.999", "b1=0.999, b2=0.9"),
    "no square": ("g**2", "g.abs()"),
    "eps in the root": ("v_hat.sqrt() + eps", "(v_hat + eps).sqrt()"),
}
print(" " * 18, *(f"{check:>14}" for check in CHECKS))
for mistake, change in MISTAKES.items():
    exec(inspect.getsource(adam).replace(*change), there := {"torch": torch})
    found = ["-" if check(there["adam"]) else "found" for check in CHECKS.values()]
    print(f"{mistake:18}", *(f"{each:>14}" for each in found))
