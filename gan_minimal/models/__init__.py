"""The models of the site: one file each, found here by name without importing torch."""

import difflib
import importlib
import inspect
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gan_minimal.errors import UserError

if TYPE_CHECKING:
    from torch import nn

# The model of each file: gan_minimal/models/<name>.py defines this class.
CLASSES = {
    "autoencoder": "Autoencoder",
    "vae": "VAE",
    "gan": "GAN",
    "dcgan": "DCGAN",
    "cgan": "CGAN",
    "wgan": "WGAN",
    "wgan_gp": "WGANGP",
    "pix2pix": "Pix2Pix",
    "cyclegan": "CycleGAN",
    "stargan": "StarGAN",
    "singan": "SinGAN",
    "pggan": "PGGAN",
    "stylegan": "StyleGAN",
    "clip": "CLIP",
    "attributes": "AttributeClassifier",
}
# Model files that are handed their networks, and the files whose function `networks` makes them.
NETWORKS = {"stylegan": "stylegan_networks"}


def names() -> list[str]:
    """Return the names of all models, in the order of the lecture."""
    return list(CLASSES)


def nearest(word: str, known: list[str]) -> str:
    """Return a sentence's tail that suggests what `word` was meant to be."""
    close = difflib.get_close_matches(word.lower(), known, n=1, cutoff=0.5)
    return f"did you mean {close[0]!r}?" if close else f"there are: {', '.join(known)}."


def get(name: str) -> ModuleType:
    """Return the module of model `name`, with its class and its `PRESETS`.

    Raises:
        UserError: If there is no such model; the message names the nearest one.
    """
    if name not in CLASSES:
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


def build(name: str, **arguments: Any) -> "nn.Module":
    """Return a new model `name`, its weights drawn from torch's global random numbers.

    Args:
        name: One of `names()`.
        arguments: Keyword arguments of the model's class, such as a preset's `"model"`.

    Raises:
        UserError: If there is no such model.
    """
    kind = getattr(get(name), CLASSES[name])
    networks: tuple[nn.Module, ...] = ()
    if name in NETWORKS:
        make = importlib.import_module(f"gan_minimal.models.{NETWORKS[name]}").networks
        given = [key for key in inspect.signature(make).parameters if key in arguments]
        networks = make(**{key: arguments.pop(key) for key in given})
    model: nn.Module = kind(*networks, **arguments)
    return model
