"""How often does training collapse, with the loss of GANs and with that of WGAN-GP?"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import torch
from torch import Tensor, nn

from gan_minimal import data
from gan_minimal.claims import Claim, Statement, Values, at_most, below, device, in_parallel
from gan_minimal.errors import TrainingDiverged
from gan_minimal.models import sampling
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.models.dcgan import DCGAN
from gan_minimal.models.wgan_gp import WGANGP
from gan_minimal.scoring import readings
from gan_minimal.scoring.evaluate import SAMPLES
from gan_minimal.training import loop
from gan_minimal.training.fingerprint import first_losses

SEEDS = (0, 1, 2)
LOSSES = ("gan", "wgan_gp")
ROUNDS, LOOKS = 1500, 15  # the samples are looked at every 100 rounds
COLLAPSED = 0.5  # total variation of the shares of hair colours or of skin colours


def keep(_game: WGANGP) -> None:
    """Leave the networks as they are: convolutions without any normalisation."""


def thin(game: WGANGP) -> None:
    """Give the generator an eighth of its channels."""
    game.generator = WGANGP(16, 3, game.latent, width=4).generator


def saturating(game: WGANGP) -> None:
    """Put tanh in the place of every ReLU and LeakyReLU."""
    for network in (game.generator, game.critic):
        for i, layer in enumerate(network):
            if isinstance(layer, nn.ReLU | nn.LeakyReLU):
                network[i] = nn.Tanh()


def flat(game: WGANGP) -> None:
    """Draw with fully connected layers."""
    widths = (game.latent, 512, 512, 512)
    hidden = [nn.Sequential(nn.Linear(*pair), nn.ReLU()) for pair in pairwise(widths)]
    unlike: Any = game  # its generator gets another class
    unlike.generator = nn.Sequential(
        *hidden, nn.Linear(512, 3 * 16 * 16), nn.Unflatten(1, (3, 16, 16)), nn.Tanh()
    )


HANDICAPS: tuple[Callable[[WGANGP], None], ...] = (keep, thin, saturating, flat)


def build(loss: str, handicap: Callable[[WGANGP], None], seed: int) -> WGANGP | DCGAN:
    """Return a game with one of `LOSSES`; its networks and optimiser do not depend on which."""
    torch.manual_seed(seed)
    game = WGANGP(size=16, channels=3, latent=64, width=32, lr=5e-4)
    handicap(game)
    if loss == "wgan_gp":
        return game
    gan: Any = DCGAN(size=16, latent=game.latent, width=1, lr=game.lr, betas=game.betas)
    gan.generator, gan.discriminator = game.generator, game.critic
    return gan


def set_up(loss: str, seed: int) -> loop.Settings:
    """Return the settings of one game: a minibatch of 64 for each move of the judge."""
    return loop.Settings("faces16", batch=64 if loss == "gan" else 5 * 64, steps=ROUNDS, seed=seed)


def look(classifier: AttributeClassifier, drawn: Tensor) -> tuple[float, bool]:
    """Return the Fréchet distance of faces to the test split, and whether they have collapsed."""
    real = data.tensors("faces16", "test")[0][:SAMPLES]
    scores = readings.compare(classifier, drawn, real, real)
    colours = (scores["tv_hair_color"]["value"], scores["tv_skin"]["value"])
    return scores["fid"]["value"], max(colours) > COLLAPSED


def play(loss: str, handicap: Callable[[WGANGP], None], seed: int) -> tuple[bool, float]:
    """Train one game; return whether it has collapsed, and the rank correlation over its course.

    The correlation is that of the distance of the samples and minus the loss of the player who
    judges, which should fall together if the loss is to tell how good the samples are.
    """
    classifier = readings.classifier("attributes")
    settings = replace(set_up(loss, seed), device=device())
    run = loop.start(build(loss, handicap, seed), settings)
    distances: list[float] = []
    collapsed = False

    def watch(run: loop.Run[Any]) -> None:
        nonlocal collapsed
        if run.step % (ROUNDS // LOOKS) == 0:
            drawn = sampling.sample(run.model, SAMPLES, seed=1).cpu()
            run.model.train()
            distance, collapsed = look(classifier, drawn)
            distances.append(distance)

    try:
        loop.train(run, data.load(settings.data), settings, watch=watch, quiet=True)
    except TrainingDiverged:
        return True, 0.0
    judge = run.losses.players["discriminator" if loss == "gan" else "critic"]
    windows = len(judge) // LOOKS
    return collapsed, rank_correlation(distances, [-x for x in judge[windows - 1 :: windows]])


def rank_correlation(x: Sequence[float], y: Sequence[float]) -> float:
    """Spearman's rank correlation of two lists without ties, from -1 to 1."""
    ranks = torch.tensor([x, y], dtype=torch.float64).argsort().argsort().double()
    return torch.corrcoef(ranks)[0, 1].item()


def measure() -> Values:
    """Play every game with every handicap."""
    values: dict[str, list[float]] = {}
    for loss in LOSSES:
        calls = [(loss, handicap, seed) for seed in SEEDS for handicap in HANDICAPS]
        games = dict(zip(calls, in_parallel(play, calls), strict=True))
        values[f"{loss}_collapsed"] = [
            sum(games[loss, handicap, seed][0] for handicap in HANDICAPS) / len(HANDICAPS)
            for seed in SEEDS
        ]
        values[f"{loss}_correlation"] = [games[loss, keep, seed][1] for seed in SEEDS]
    return values


def collapses_less(values: Values) -> list[float]:
    """Say by how much smaller a share of WGAN-GP's runs collapses; not at all if all are equal."""
    wgan, gan = values["wgan_gp_collapsed"], values["gan_collapsed"]
    return at_most(wgan, gan) if sum(wgan) < sum(gan) else below(wgan, gan)


def opening() -> list[float]:
    """Return the losses of the first round of every game."""
    numbers = []
    for loss in LOSSES:
        settings = set_up(loss, SEEDS[0])
        for handicap in HANDICAPS:
            run = loop.start(build(loss, handicap, SEEDS[0]), settings)
            numbers += first_losses(run, settings, rounds=1)
    return numbers


CLAIM = Claim(
    __file__,
    place="lecture.md#wgan",
    family="gan-family",
    measure=measure,
    statements=(Statement("collapses", collapses_less),),
    opening=opening,
    plot=tuple(f"{loss}_{what}" for what in ("collapsed", "correlation") for loss in LOSSES),
)
