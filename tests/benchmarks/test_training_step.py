"""One round of training: ours beside the textbook's and beside a matrix product, interleaved.

Before each of our rounds that pytest-benchmark times, one round of the textbook and one matrix
product are timed: whatever slows the machine down meanwhile slows all three.

The textbook's round is what tutorials write: float32; each player gets fakes of its own, detached
for the discriminator; `loss.backward()` computes every gradient that it reaches, so in the
generator's move also the discriminator's, which nobody uses; the optimiser as it comes. Both rounds
train networks of the same classes and sizes on the same batch.

The matrix product is computed by whichever is faster here: `torch.mm`, or the same product written
as a 1x1 convolution, which another library computes (twice as fast on some processors).
"""

import time
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.utils.flop_counter import FlopCounterMode

from gan_minimal import models
from gan_minimal.training import loop

PRODUCT = {"cpu": 2048, "cuda": 8192}  # a square matrix of this size keeps the device busy
SECONDS = 10  # about how long our rounds of one test take together


def textbook_round(
    model: nn.Module, optimizers: dict[str, Optimizer], real: Tensor, latent: int
) -> None:
    """One round as the tutorials of PyTorch and of d2l.ai write it."""
    ones, zeros = torch.ones(len(real)), torch.zeros(len(real))
    ones, zeros = ones.to(real.device), zeros.to(real.device)

    z = torch.randn(len(real), latent, device=real.device)
    fake = model.generator(z)
    optimizers["discriminator"].zero_grad()
    loss_real = F.binary_cross_entropy_with_logits(model.discriminator(real), ones)
    loss_fake = F.binary_cross_entropy_with_logits(model.discriminator(fake.detach()), zeros)
    loss = loss_real + loss_fake
    loss.backward()
    optimizers["discriminator"].step()

    z = torch.randn(len(real), latent, device=real.device)
    fake = model.generator(z)
    optimizers["generator"].zero_grad()
    loss = F.binary_cross_entropy_with_logits(model.discriminator(fake), ones)
    loss.backward()
    optimizers["generator"].step()


def as_it_comes(optimizer: Optimizer) -> Optimizer:
    """The same optimiser over the same parameters, without being told to fuse its kernels."""
    settings = optimizer.defaults | {"fused": None}
    return type(optimizer)(optimizer.param_groups[0]["params"], **settings)


def seconds(run: Callable[[], object], device: str) -> float:
    """Time one call, from an idle device to an idle device."""
    began = time.perf_counter()
    run()
    if device == "cuda":
        torch.cuda.synchronize()
    return time.perf_counter() - began


def fastest_product(size: int, kind: torch.dtype, device: str) -> Callable[[], Tensor]:
    """The product of two square matrices, in the way that is faster on this device."""
    left, right = torch.randn(2, size, size, device=device, dtype=kind)
    picture = left.view(1, -1, 32, size).permute(0, 3, 1, 2)  # a row of `left` is a pixel
    kernel = right.t().reshape(size, size, 1, 1)
    ways = (partial(torch.mm, left, right), partial(F.conv2d, picture, kernel))
    return min(ways, key=lambda way: min(seconds(way, device) for _ in range(5)))


@pytest.mark.parametrize("preset", ["tiny", pytest.param("paper", marks=pytest.mark.slow)])
@pytest.mark.parametrize("name", ["gan", "dcgan"])
def test_training_step(
    benchmark: Any, note: Any, name: str, preset: str, device: str, precision: str
) -> None:
    choice = models.preset(name, preset)
    asked = {"device": device, "precision": precision}
    if not benchmark.enabled:  # an ordinary test: what is not timed may be small
        asked["batch"] = 4
    settings = loop.Settings(**(choice["train"] | asked))
    run = loop.new(name, choice["model"], settings)
    textbook = models.build(name, **choice["model"]).to(device)
    optimizers = {player: as_it_comes(o) for player, o in textbook.optimizers().items()}
    shape = run.model.sample(1).shape[1:]
    run.model.train()
    real = torch.rand(settings.batch, *shape, device=device) * 2 - 1

    def ours() -> None:
        for _player, _loss in loop.play(run, (real,), settings):
            pass
        if device == "cuda":
            torch.cuda.synchronize()

    theirs = partial(textbook_round, textbook, optimizers, real, textbook.latent)
    size = PRODUCT[device] if benchmark.enabled else 64
    product = fastest_product(size, getattr(torch, precision), device)
    times: dict[str, list[float]] = {"textbook": [], "product": []}

    def before_each_of_ours() -> None:
        times["textbook"].append(seconds(theirs, device))
        times["product"].append(seconds(product, device))

    operations = {}
    for who, one_round in (("ours", ours), ("textbook", theirs)):
        with FlopCounterMode(display=False) as counter:
            one_round()
        operations[who] = counter.get_total_flops()
    rounds = round(min(max(SECONDS / seconds(ours, device), 5), 200)) if benchmark.enabled else 1
    for _ in range(2 if benchmark.enabled else 0):
        before_each_of_ours()
        ours()
    times["textbook"].clear()
    times["product"].clear()
    benchmark.pedantic(ours, setup=before_each_of_ours, rounds=rounds)

    note(
        device,
        kind="training step",
        model=name,
        preset=preset,
        precision=precision,
        batch=settings.batch,
        operations=operations,
        product_operations=2 * size**3,
        times=times,
    )
    # The same game by two ways of writing it: ours leaves out work, and never adds any.
    assert 0 < operations["ours"] < operations["textbook"]
    assert all(p.isfinite().all() for p in run.model.parameters())
