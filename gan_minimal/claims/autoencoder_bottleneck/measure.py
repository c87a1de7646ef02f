"""What does a narrow layer cost, and what does it find when everything is linear?"""

import torch
from torch import Tensor

from gan_minimal import data
from gan_minimal.claims import Claim, Statement, Values, above, at_most, both, device, in_parallel
from gan_minimal.models.autoencoder import Autoencoder
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (10, 11, 12)  # others than those with which the settings were tried
CODES = (2, 8, 32)
LINEAR = 8  # length of the code of the linear autoencoder
ROUNDS = 3000


def begin(
    code: int, linear: bool, seed: int, where: str
) -> tuple[loop.Run[Autoencoder], loop.Settings]:
    """Build an autoencoder with one hidden layer on each side of the code, or with none."""
    settings = loop.Settings(
        data="faces16", batch=256, steps=ROUNDS, seed=seed, ema=0.99, device=where
    )
    torch.manual_seed(seed)
    model = Autoencoder(
        size=16,
        channels=3,
        hidden=() if linear else (256,),
        code=code,
        binary=False,
        lr=1e-2 if linear else 2e-3,
    )
    return loop.start(model, settings), settings


def trained(code: int, linear: bool, seed: int) -> tuple[float, float]:
    """Train an autoencoder; return its error and its angle to PCA.

    Returns:
        Squared error of a number of the test split, and the largest angle in degrees between the
        space that the decoder's last layer spans and that of as many principal axes (for a linear
        one; else 0).
    """
    run, settings = begin(code, linear, seed, device())
    loop.train(run, data.load(settings.data), settings, quiet=True)
    model = run.sampler.cpu().eval()
    test = data.tensors("faces16", "test")[0]
    error = (model.reconstruct(test) - test).square().mean().item()
    if not linear:
        return error, 0.0
    weights: Tensor = model.get_parameter("decoder.0.weight").detach()
    cosines = torch.linalg.svdvals(torch.linalg.qr(weights).Q.T @ axes(code)[0])
    return error, torch.rad2deg(cosines.clamp(max=1).arccos()).max().item()


def axes(length: int) -> tuple[Tensor, Tensor]:
    """Return the first principal axes of the training split, `(768, length)`, and its mean."""
    faces = data.tensors("faces16", "train")[0].flatten(1)
    return torch.linalg.eigh(torch.cov(faces.T)).eigenvectors[:, -length:], faces.mean(0)


def pca_error(length: int) -> float:
    """Squared error of a number of the test split after PCA to `length` and back."""
    principal, mean = axes(length)
    test = data.tensors("faces16", "test")[0].flatten(1)
    copies = mean + (test - mean) @ principal @ principal.T
    return (copies.clamp(-1, 1) - test).square().mean().item()  # clipped as the networks' are


def measure() -> Values:
    """Train three of each length of code, and three linear ones."""
    calls = [(code, False, seed) for code in CODES for seed in SEEDS]
    results = in_parallel(trained, calls + [(LINEAR, True, seed) for seed in SEEDS])
    errors = [error for error, _ in results]
    values = {f"error_{code}": errors[3 * i : 3 * i + 3] for i, code in enumerate(CODES)}
    values |= {f"pca_{code}": [pca_error(code)] * len(SEEDS) for code in CODES}
    return values | {
        f"linear_{LINEAR}": errors[-3:],
        "angle": [angle for _, angle in results[-3:]],
    }


def falls(values: Values) -> list[float]:
    """Say by how much the error falls at the step to a longer code where it falls least."""
    short, middle, long = (values[f"error_{code}"] for code in CODES)
    return both(above(short, middle), above(middle, long))


def opening() -> list[float]:
    """Return the losses of each autoencoder's first rounds."""
    kinds = [*((code, False) for code in CODES), (LINEAR, True)]
    return [loss for kind in kinds for loss in first_losses(*begin(*kind, SEEDS[0], "cpu"))]


CLAIM = Claim(
    __file__,
    place="lecture.md#autoencoder",
    family="autoencoders",
    measure=measure,
    statements=(
        Statement("longer", falls, ours=True),
        Statement("linear", lambda values: at_most(values["angle"], 10), ours=True),
    ),
    opening=opening,
    plot=tuple(f"{kind}_{code}" for code in CODES for kind in ("error", "pca")),
)
