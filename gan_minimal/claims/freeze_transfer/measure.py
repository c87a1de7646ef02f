"""Can lower layers of the discriminator be frozen in transfer, and what do its layers carry?"""

from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from itertools import islice

import torch
from torch import Tensor
from torch.utils.data import TensorDataset

from gan_minimal import data, models, zoo
from gan_minimal.claims import Claim, Statement, Values, at_most, device, in_parallel
from gan_minimal.claims._helpers import STYLEGAN_SIZE, face_features, hangul_features, trained_model
from gan_minimal.data.faces16 import label_maps
from gan_minimal.data.hangul32 import load_hangul
from gan_minimal.data.pixels import resize, to_unit
from gan_minimal.models import sampling
from gan_minimal.models.protocol import Sampler
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import distances
from gan_minimal.scoring.hangul import some
from gan_minimal.scoring.probes import probe_discriminator
from gan_minimal.training import loop
from gan_minimal.training.batches import batches
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
FEW = 100  # images to tune on
ROUNDS = 1000
JUDGED = 500  # rounds of the discriminator alone, before
FEATURES = {"maps": face_features, "hangul": hangul_features}
DEPTHS = (16, 8, 4)  # pixels a side of the discriminator's feature maps


def domain(name: str, split: str) -> Tensor:
    """Return all label maps of faces, or all brushed syllables, `(N, 3, 16, 16)` in [-1, 1]."""
    if name == "maps":
        return to_unit(label_maps(split))
    glyphs = load_hangul(split, fonts=("nanum-brush",)).images
    return to_unit(resize(glyphs, STYLEGAN_SIZE)).repeat(1, 3, 1, 1)


def begun(seed: int, where: str = "cpu") -> tuple[loop.Run[StyleGAN], loop.Settings]:
    """Prepare the recorded generator, which has grown, and a discriminator that knows nothing."""
    settings = loop.Settings(**models.preset("stylegan")["train"])
    settings = replace(settings, seed=seed, steps=ROUNDS, ema=0.99, device=where)
    torch.manual_seed(seed)
    model = zoo.load("stylegan", StyleGAN)
    model.rounds, model.lr_decay = 0, None  # no growth any more, and one learning rate
    return loop.start(model, settings), settings


def judged(seed: int, where: str = "cpu") -> tuple[StyleGAN, loop.Settings]:
    """Let the discriminator learn to tell real faces from the recorded generator's.

    A recorded run keeps the generator alone. The discriminator's move comes first in a round, and
    the rest of each round is not played.
    """
    run, settings = begun(seed, where)
    stream = batches(data.load(settings.data), settings.batch, seed, where)
    for batch in islice(stream, JUDGED):
        next(loop.play(run, batch, settings))
    return run.model, settings


def tuning(model: StyleGAN, settings: loop.Settings, frozen: bool) -> loop.Run[StyleGAN]:
    """Return a new run with a copy of `model`, perhaps with the lower layers frozen.

    Those are the layers next to the image, as in FreezeD (Mo, Cho and Shin 2020,
    arXiv:2002.10964): what takes its colours, and the block at its full size.
    """
    torch.manual_seed(settings.seed)
    model = deepcopy(model)
    if frozen:
        model.discriminator.from_rgb[-1].requires_grad_(False)
        model.discriminator.blocks[-1].requires_grad_(False)
    run = loop.start(model, settings)
    for optimizer in run.optimizers.values():
        (group,) = optimizer.param_groups
        group["params"] = [p for p in group["params"] if p.requires_grad]
    return run


@torch.inference_mode()
def distance(name: str, model: Sampler) -> float:
    """Return the Fréchet distance to held-out images of a domain, in multiples of its floor.

    The floor is the distance of as many images of the training split.
    """
    look = FEATURES[name]
    real = some(domain(name, "test"))
    others = some(domain(name, "train"), len(real))
    drawn = sampling.sample(model, len(real), seed=1)
    value, floor = (distances.frechet_distance(look(x), look(real)) for x in (drawn, others))
    return value / floor


def tuned(name: str, model: StyleGAN, settings: loop.Settings) -> dict[str, float]:
    """Tune all layers, and all but the frozen ones, on the same few images."""
    few = TensorDataset(some(domain(name, "train"), FEW, settings.seed))
    found = {
        f"{name}_{how}": distance(
            name, trained_model(tuning(model, settings, frozen), settings, few)
        )
        for how, frozen in (("full", False), ("frozen", True))
    }
    return found | {f"{name}_before": distance(name, deepcopy(model).cpu().eval())}


def scores(seed: int) -> dict[str, float]:
    """Probe a discriminator before it learns and after; tune for both domains from there."""
    before = probe_discriminator(begun(seed)[0].model.discriminator)
    model, settings = judged(seed, device())
    found = probe_discriminator(deepcopy(model.discriminator).cpu())
    found |= {f"fresh_{size}": before[f"mean_{size}"] for size in DEPTHS}
    for name in FEATURES:
        found |= tuned(name, model, settings)
    return found


def measure() -> Values:
    """Tune and probe with three seeds."""
    found = in_parallel(scores, [(seed,) for seed in SEEDS])
    return {name: [each[name] for each in found] for name in found[0]}


def no_worse(name: str) -> Callable[[Values], list[float]]:
    """Return the margins of frozen layers below 1.05 times the distance of tuning all."""
    return lambda values: at_most(
        values[f"{name}_frozen"], [1.05 * full for full in values[f"{name}_full"]]
    )


def opening() -> list[float]:
    """Return the losses of the first rounds: with faces, and tuning with each domain's images."""
    run, settings = begun(SEEDS[0])
    losses = first_losses(run, settings)
    for name in FEATURES:
        model = begun(SEEDS[0])[0].model
        few = TensorDataset(some(domain(name, "train"), FEW, SEEDS[0]))
        losses += first_losses(tuning(model, settings, True), settings, dataset=few)
    return losses


CLAIM = Claim(
    __file__,
    place="answers/stylegan-freezing.md#stylegan-freezing",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("maps", no_worse("maps"), ours=True),
        Statement("brush", no_worse("hangul"), ours=True),
    ),
    opening=opening,
    plot=("maps_full", "maps_frozen", "hangul_full", "hangul_frozen"),
)
