"""The models of the site: one file each, found here by name without importing torch."""

import importlib
from collections.abc import Mapping
from types import MappingProxyType, ModuleType
from typing import TYPE_CHECKING, Any, NamedTuple

from gan_minimal.errors import UserError, nearest

if TYPE_CHECKING:
    from gan_minimal.models.protocol import Model


class Row(NamedTuple):
    """A model.

    Attributes:
        kind: The class that `gan_minimal/models/<name>.py` defines.
        runs: Its recorded runs by name, and the preset of each.
        pictures: For a recorded run, `module:function` of `gan_minimal.editing` that draws what it
            is there for, beside samples.
        unit: Unit of its losses: "nat" where they are minus the logarithm of a probability.
        lr_rounds: Its arguments that say over which rounds its learning rate changes.
        growth_rounds: Those that say over which rounds it grows.
    """

    kind: str
    runs: Mapping[str, str] = MappingProxyType({})
    pictures: Mapping[str, str] = MappingProxyType({})
    unit: str = ""
    lr_rounds: tuple[str, ...] = ()
    growth_rounds: tuple[str, ...] = ()


MODELS = {
    # The classifiers come first: they read what the others draw.
    "classifier": Row(
        "AttributeClassifier",
        {"attributes": "tiny", "jamo": "jamo", "voxel": "voxel"},
        unit="nat",
        lr_rounds=("steps",),
    ),
    "autoencoder": Row(
        "Autoencoder", {"autoencoder": "tiny"}, {"autoencoder": "autoencoder:reconstructions"}
    ),
    "vae": Row("VAE", {"vae": "tiny"}, {"vae": "autoencoder:reconstructions"}, unit="nat"),
    "gan": Row("GAN", {"gan": "tiny"}, unit="nat"),
    "dcgan": Row(
        "DCGAN",
        {"dcgan": "tiny", "dcgan_small": "small"},
        {"dcgan": "dcgan:wall"},
        unit="nat",
        lr_rounds=("lr_decay",),
    ),
    "cgan": Row("CGAN", unit="nat", lr_rounds=("momentum_steps",)),
    "cgan_conv": Row("ConvCGAN", {"cgan": "tiny"}, {"cgan": "cgan:hands"}, unit="nat"),
    "wgan": Row("WGAN", {"wgan": "tiny"}),
    "wgan_gp": Row("WGANGP", {"wgan_gp": "tiny"}),
    "pix2pix": Row("Pix2Pix", {"pix2pix": "tiny", "pix2pix_faces": "faces"}, unit="nat"),
    "cyclegan": Row(
        "CycleGAN",
        {"cyclegan": "tiny"},
        {"cyclegan": "cyclegan:round_trip"},
        lr_rounds=("epoch_rounds",),
    ),
    "stargan": Row(
        "StarGAN", {"stargan": "tiny"}, {"stargan": "stargan:all_edits"}, lr_rounds=("lr_decay",)
    ),
    "singan": Row("SinGAN", {"singan": "tiny"}, {"singan": "singan:scenes"}),
    "pggan": Row("PGGAN", {"pggan": "tiny"}, growth_rounds=("rounds",)),
    "stylegan": Row(
        "StyleGAN",
        {"stylegan": "tiny", "stylegan_hangul": "hangul"},
        {"stylegan": "stylegan:styled"},
        unit="nat",
        lr_rounds=("lr_decay",),
        growth_rounds=("rounds",),
    ),
    "clip": Row(
        "CLIP",
        {"clip": "tiny"},
        {"clip": "styleclip:worded"},
        unit="nat",
        lr_rounds=("warmup", "rounds"),
    ),
}
"""The one table of models and their recorded runs, in the order in which they are recorded."""


def names() -> list[str]:
    """Return the names of all models, in the order of the lecture."""
    return list(MODELS)


def runs() -> dict[str, tuple[str, str]]:
    """Return the model and the preset of every recorded run, by the run's name."""
    return {run: (name, preset) for name, row in MODELS.items() for run, preset in row.runs.items()}


def get(name: str) -> ModuleType:
    """Return the module of model `name`, with its class and its `PRESETS`.

    Raises:
        UserError: If there is no such model; the message names the nearest one.
    """
    if name not in MODELS:
        raise UserError(f"There is no model {name!r}: {nearest(name, names())}")
    return importlib.import_module(f"gan_minimal.models.{name}")


def source(paper: dict[str, Any]) -> tuple[str, str]:
    """Return what a model file's `PAPER` is cited as, and its address."""
    if "doi" in paper:
        return f"doi:{paper['doi']}", f"https://doi.org/{paper['doi']}"
    return f"arXiv:{paper['arxiv']}", f"https://arxiv.org/abs/{paper['arxiv']}"


def preset(name: str, which: str = "tiny") -> dict[str, dict[str, Any]]:
    """Return a preset of model `name`: `{"model": keyword arguments, "train": settings}`.

    Raises:
        UserError: If there is no such model or preset.
    """
    presets: dict[str, dict[str, dict[str, Any]]] = get(name).PRESETS
    if which not in presets:
        raise UserError(f"Model {name!r} has no preset {which!r}: {nearest(which, list(presets))}")
    return presets[which]


def build(name: str, **arguments: Any) -> "Model":
    """Return a new model `name`, its weights drawn from torch's global random numbers.

    Args:
        name: One of `names()`.
        arguments: Keyword arguments of the model's class, such as a preset's `"model"`.

    Raises:
        UserError: If there is no such model.
    """
    model: Model = getattr(get(name), MODELS[name].kind)(**arguments)
    return model
