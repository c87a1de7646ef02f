"""Does it help to change images where the discriminator sees them, if there are few of them?"""

from collections.abc import Callable
from copy import deepcopy

from torch import Tensor
from torch.utils.data import TensorDataset

from gan_minimal import data, models
from gan_minimal.claims import Claim, Statement, Values, above, below, device, in_parallel
from gan_minimal.claims._helpers import distance_of_faces
from gan_minimal.models import sampling
from gan_minimal.models.dcgan import DCGAN
from gan_minimal.scoring import distances
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.scoring.hangul import some
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)
FEW = (100, 1000)
LENGTHS = (2000, 6000)  # rounds; few images may be learned by heart before the longer one ends
LOOK_EVERY = 500
POLICY = "color,translation,cutout"  # all of DiffAugment's, as in the paper


def faces(number: int, seed: int) -> Tensor:
    """Pick so many faces of the training split, `(number, 3, 16, 16)`."""
    return some(data.tensors("faces16", "train")[0], number, seed)


def begun(
    seed: int, augmented: bool, rounds: int, where: str = "cpu"
) -> tuple[loop.Run[DCGAN], loop.Settings]:
    """Return a new run of DCGAN's tiny preset, whose rate falls over the last two thirds."""
    preset = models.preset("dcgan")
    changed = {"seed": seed, "steps": rounds, "ema": 0.99, "device": where}
    augment = {"augment": POLICY if augmented else ""}
    settings = loop.Settings(**preset["train"] | changed | augment)
    return loop.begin(
        DCGAN, preset["model"] | {"lr_decay": (rounds // 3, rounds)}, settings
    ), settings


def looked_at(run: loop.Run[DCGAN], settings: loop.Settings, few: Tensor) -> list[float]:
    """Train on few faces; return the distance of what is drawn, every 500 rounds."""
    looks: list[float] = []

    def look(run: loop.Run[DCGAN]) -> None:
        if run.step % LOOK_EVERY == 0:
            looks.append(distance_of_faces(deepcopy(run.sampler).cpu()))

    loop.train(run, TensorDataset(few), settings, watch=look, quiet=True)
    return looks


def scores(number: int, augmented: bool, seed: int) -> dict[str, float]:
    """Train for both lengths; return the best look, and how the longer training went and ended."""
    few = faces(number, seed)
    looks = []
    for rounds in LENGTHS:
        run, settings = begun(seed, augmented, rounds, device())
        looks.append(looked_at(run, settings, few))
    drawn = sampling.sample(run.sampler.cpu().eval(), SAMPLES, seed=1)
    return {
        "best": min(map(min, looks)),
        "lowest": min(looks[-1]),
        "last": looks[-1][-1],
        "copies": distances.have_near_duplicates(drawn, few).double().mean().item(),
    }


def measure() -> Values:
    """Train three of each, with few images and with more, plain and augmented."""
    calls = [(n, augmented, seed) for n in FEW for augmented in (False, True) for seed in SEEDS]
    found = in_parallel(scores, calls)
    values: dict[str, list[float]] = {}
    for (number, augmented, _), each in zip(calls, found, strict=True):
        for name, value in each.items():
            key = f"{name}_{'augmented' if augmented else 'plain'}_{number}"
            values.setdefault(key, []).append(value)
    return values


def opening() -> list[float]:
    """Return the losses of the first rounds, plain and augmented, with the fewest images."""
    few = TensorDataset(faces(FEW[0], SEEDS[0]))
    return [
        loss
        for augmented in (False, True)
        for loss in first_losses(*begun(SEEDS[0], augmented, LENGTHS[0]), dataset=few)
    ]


def nearer(number: int) -> Callable[[Values], list[float]]:
    """Return the margins of augmented images below plain ones, each at its best, seed by seed."""
    return lambda values: below(values[f"best_augmented_{number}"], values[f"best_plain_{number}"])


CLAIM = Claim(
    __file__,
    place="guides/own-images.md#few",
    family="gan-family",
    measure=measure,
    statements=(
        Statement("hundred", nearer(FEW[0]), ours=True),
        Statement("thousand", nearer(FEW[1]), ours=True),
        Statement(
            "rises",
            lambda values: above(
                values["last_plain_100"], [1.5 * least for least in values["lowest_plain_100"]]
            ),
            ours=True,
        ),
    ),
    opening=opening,
    plot=("best_plain_100", "best_augmented_100", "best_plain_1000", "best_augmented_1000"),
)
