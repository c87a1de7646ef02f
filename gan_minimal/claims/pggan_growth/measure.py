"""Does it help to begin small, if growing and full-sized training may compute equally much?"""

from bisect import bisect_left
from copy import deepcopy
from dataclasses import replace
from itertools import accumulate

import torch
from torch.utils.flop_counter import FlopCounterMode

from gan_minimal import data, models
from gan_minimal.claims import Claim, Statement, Values, below, device, in_parallel
from gan_minimal.claims._helpers import distance_of_faces
from gan_minimal.models.pggan import PGGAN
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than the recorded run's
PHASE, ROUNDS = 300, 2700  # of the growing one: rounds of a phase, and in all
LOOKS = 8  # at the distance, at equal numbers of operations


def begun(seed: int, grows: bool, where: str = "cpu") -> tuple[loop.Run[PGGAN], loop.Settings]:
    """Return a new run of the tiny preset, growing or of full size from the start."""
    preset = models.preset("pggan")
    settings = loop.Settings(**preset["train"] | {"seed": seed, "steps": ROUNDS, "device": where})
    arguments = preset["model"] | {"rounds": PHASE if grows else 0}
    return loop.begin(PGGAN, arguments, settings), settings


@torch.no_grad()
def costs(grows: bool) -> list[float]:
    """Return the operations of all rounds up to each, in the forward passes of one image.

    It passes the generator once in a round and the discriminator four times: real, fake, in between
    and, for the generator, fake again. Backward passes cost in proportion.
    """
    model = begun(0, grows)[0].model
    counted: dict[tuple[int, bool], float] = {}
    for step in range(ROUNDS):
        stage, alpha = model.growth(step)
        if (stage, alpha < 1) not in counted:
            with FlopCounterMode(display=False) as counter:
                images = model.generator(model.noise(4), stage, alpha)
                for _ in range(4):
                    model.discriminator(images, stage, alpha)
            counted[stage, alpha < 1] = counter.get_total_flops() / len(images)
    rounds = (model.growth(step) for step in range(ROUNDS))
    return list(accumulate(counted[stage, alpha < 1] for stage, alpha in rounds))


def distances(seed: int, grows: bool, where: str, looks: list[int]) -> list[float]:
    """Train one, and return the Fréchet distance of its faces after each number of rounds."""
    run, settings = begun(seed, grows, where)
    found = []

    def look(run: loop.Run[PGGAN]) -> None:
        if run.step in looks:
            found.append(distance_of_faces(deepcopy(run.sampler).cpu()))

    settings = replace(settings, steps=looks[-1])
    loop.train(run, data.load(settings.data), settings, watch=look, quiet=True)
    return found


def measure() -> Values:
    """Train three of each, and look eight times at equal numbers of operations."""
    growing, full = costs(grows=True), costs(grows=False)
    budgets = [growing[-1] * i / LOOKS for i in range(1, LOOKS + 1)]
    looks = {
        grows: [bisect_left(each, budget) + 1 for budget in budgets]
        for grows, each in ((True, growing), (False, full))
    }
    calls = [(seed, grows, device(), looks[grows]) for grows in (True, False) for seed in SEEDS]
    found = in_parallel(distances, calls)
    pairs = list(zip(found[:3], found[3:], strict=True))
    batch = models.preset("pggan")["train"]["batch"]
    return {
        "growing": [one[-1] for one, _ in pairs],
        "full": [other[-1] for _, other in pairs],
        "growing_half": [one[LOOKS // 2 - 1] for one, _ in pairs],
        "full_half": [other[LOOKS // 2 - 1] for _, other in pairs],
        "needed": [
            sum(d > other[-1] for d in one[:-1]) / LOOKS + 1 / LOOKS for one, other in pairs
        ],
        "teraflops": [growing[-1] * batch / 1e12] * 3,
        "full_rounds": [float(looks[False][-1])] * 3,
    }


def opening() -> list[float]:
    """Return the losses of the first rounds, of 4x4 and of full size, and what both cost."""
    losses = [first_losses(*begun(SEEDS[0], grows)) for grows in (True, False)]
    return [*losses[0], *losses[1], costs(grows=True)[-1] / 1e9, costs(grows=False)[0] / 1e9]


CLAIM = Claim(
    __file__,
    place="lecture.md#pggan",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement(
            "nearer", lambda values: below(values["growing"], min(values["full"])), ours=True
        ),
    ),
    opening=opening,
    plot=("growing", "full", "growing_half", "full_half"),
    limits=lambda values: {"growing": min(values["full"])},
)
