"""The one training loop: every model of the site is trained by `train`.

A model owns its players and tells one round of their game: `step(batch)` yields who moves and what
that player minimises. The loop does the rest: it computes that player's gradients (and no others),
moves it, averages weights, counts, shows progress, saves and resumes.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict, dataclass, field, fields
from functools import partial
from pathlib import Path
from typing import Any, Generic, TypeVar, cast

import torch
from torch import Tensor, nn
from torch.optim import Optimizer
from torch.optim.swa_utils import AveragedModel, get_ema_multi_avg_fn
from torch.utils.data import Dataset

from gan_minimal import models
from gan_minimal.errors import TrainingDiverged, UserError
from gan_minimal.models.protocol import Dividing, Game, Model, Scheduled
from gan_minimal.training import checkpoint, memory, restore
from gan_minimal.training.arguments import LARGEST, blamed, built, complaint, outline
from gan_minimal.training.augment import augmenting, mirrored
from gan_minimal.training.augment import check as check_augment
from gan_minimal.training.batches import batches
from gan_minimal.training.loss_log import Losses
from gan_minimal.training.machine import has_bfloat16
from gan_minimal.training.progress import interruption, progress_bar

T = TypeVar("T", bound=Game)

KINDS: dict[Any, str] = {
    int: "a whole number",
    float: "a number",
    str: "a name",
    bool: "true or false",
}
SAVE_SECONDS = 60  # what a power cut may cost
WINDOW = 50  # rounds over which losses are averaged, and between two looks at the device


@dataclass(frozen=True)
class Settings:
    """How to train; a preset's `"train"` gives these.

    Attributes:
        data: Name of a data set, or a folder of images.
        batch: Examples in a batch.
        steps: Rounds of the game.
        seed: Seed of the initial weights, of the noise and of the order of the data.
        device: `"cpu"`, `"cuda"`, `"cuda:1"` or `"mps"`.
        precision: `"float32"`, or `"bfloat16"` for autocast where the device is fast in it.
        ema: Decay of the running average of the weights; 0 for none.
        save_every: Rounds between two checkpoints.
        augment: What is changed in the images that the discriminator sees, such as
            `"color,translation,cutout"`; see `gan_minimal.training.augment`.
        mirror: Whether half of the examples are mirrored, left and right.
    """

    data: str
    batch: int
    steps: int
    seed: int = 0
    device: str = "cpu"
    precision: str = "float32"
    ema: float = 0.0
    save_every: int = 1000
    augment: str = ""
    mirror: bool = False

    def __post_init__(self) -> None:
        """Refuse what cannot be trained, in a sentence."""
        for each in fields(self):
            value = getattr(self, each.name)
            number = each.type is float and type(value) is int
            if type(value) is not each.type and not number:
                raise UserError(f"{each.name} is {KINDS[each.type]}, not {value!r}.")
        counts = (self.batch, self.steps, self.save_every)
        if min(counts) < 1 or max(counts) > LARGEST:
            raise UserError("batch, steps and save_every must be at least 1, and below 2**31.")
        if not 0 <= self.seed < 2**32:
            raise UserError(f"seed is a whole number from 0 to 2**32 - 1, not {self.seed}.")
        if self.precision not in ("float32", "bfloat16"):
            raise UserError(f"precision is float32 or bfloat16, not {self.precision!r}.")
        if not 0 <= self.ema < 1:
            raise UserError(f"ema is a decay from 0 to below 1, not {self.ema}.")
        check_augment(self.augment)
        check_device(self.device)


def check_device(name: str) -> None:
    """Refuse a device that this machine does not have.

    Raises:
        UserError: If torch does not know the device or cannot reach it.
    """
    try:
        device = torch.device(name)
    except RuntimeError:
        raise UserError(f"There is no device {name!r}: use cpu, cuda or mps.") from None
    count = {
        "cpu": 1,
        "cuda": torch.cuda.device_count(),
        "mps": int(torch.backends.mps.is_available()),
    }
    if (device.index or 0) >= count.get(device.type, 0):
        raise UserError(f"This machine has no device {name!r}; --device cpu always works.")


@dataclass
class Run(Generic[T]):
    """A training under way: all that a checkpoint holds."""

    model: T
    optimizers: dict[str, Optimizer]
    average: AveragedModel | None
    step: int = 0
    losses: Losses = field(default_factory=Losses)

    @property
    def sampler(self) -> T:
        """What draws: the averaged model if there is one, else the model itself."""
        return self.model if self.average is None else cast(T, self.average.module)


def new(name: str, arguments: dict[str, Any], settings: Settings) -> Run[Model]:
    """Build model `name` from the seed and prepare it for training.

    Args:
        name: One of `gan_minimal.models.names()`.
        arguments: Keyword arguments of the model's class.
        settings: How to train it.

    Raises:
        UserError: If the model cannot be built like that.
    """
    memory.check_weights(built(name, arguments), settings.device)
    return begin(partial(models.build, name), arguments, settings)


def begin(make: Callable[..., T], arguments: dict[str, Any], settings: Settings) -> Run[T]:
    """Build a model from the seed and prepare it for training.

    Args:
        make: The model's class, or another function that returns one.
        arguments: Its keyword arguments.
        settings: How to train it.
    """
    torch.manual_seed(settings.seed)
    return start(make(**arguments), settings)


def start(model: T, settings: Settings) -> Run[T]:
    """Put `model` on its device and make its optimisers and its average.

    Args:
        model: A fresh model, or another game.
        settings: How to train it.
    """
    # channels_last lets the CPU's and the GPU's convolutions skip a reordering of every tensor
    model.to(settings.device, memory_format=torch.channels_last)
    average = None
    if settings.ema:
        average = AveragedModel(
            cast(nn.Module, model), multi_avg_fn=averaging(settings.ema), use_buffers=True
        )
    return Run(model, model.optimizers(), average)


def averaging(decay: float) -> Callable[[Sequence[Tensor], Sequence[Tensor], Any], None]:
    """Return what moves averaged tensors towards the current ones, and copies whole numbers.

    PyTorch's function rounds averages of whole numbers down: with a decay of 0.999 a number below
    1,000 stays 0 for ever. A model that counts (how far it has grown, say) means the number itself.

    Args:
        decay: Share that an average keeps in each round.
    """
    average = get_ema_multi_avg_fn(decay)

    @torch.no_grad()
    def move(averaged: Sequence[Tensor], current: Sequence[Tensor], rounds: Any) -> None:
        if averaged[0].is_floating_point():  # they come in groups of one type
            average(averaged, current, rounds)
        else:
            for mean, value in zip(averaged, current, strict=True):
                mean.copy_(value)

    return move


# --8<-- [start:round]
def play(run: Run[Any], batch: Any, settings: Settings) -> Iterator[tuple[str, Tensor]]:
    """Play one round: let every player that `model.step` names make its move.

    Yields:
        The player and its loss (detached, a scalar on the device), after each move.
    """
    if isinstance(run.model, Scheduled):
        run.model.schedule(run.step, run.optimizers)
    moves = run.model.step(mirrored(batch) if settings.mirror else batch)
    while True:
        with autocast(settings), augmenting(run.model, settings.augment):
            move = next(moves, None)
        if move is None:
            break
        player, loss = move
        optimizer = run.optimizers[player]
        optimizer.zero_grad(set_to_none=True)
        loss.backward(inputs=[p for group in optimizer.param_groups for p in group["params"]])
        optimizer.step()
        yield player, loss.detach()
    if run.average is not None:
        run.average.update_parameters(cast(nn.Module, run.model))
    run.step += 1


# --8<-- [end:round]


def autocast(settings: Settings) -> torch.autocast:
    """Return the context in which forward passes run in bfloat16 where that is safe, and fast."""
    device = torch.device(settings.device).type
    return torch.autocast(device, torch.bfloat16, enabled=computed_in(settings) == "bfloat16")


def computed_in(settings: Settings) -> str:
    """Return the precision in which a run is really computed: bfloat16 only where it is fast."""
    fast = has_bfloat16(torch.device(settings.device).type)
    return settings.precision if fast else "float32"


def train(
    run: Run[T],
    dataset: Dataset[tuple[Tensor, ...]],
    settings: Settings,
    save: Callable[[Run[T]], None] | None = None,
    watch: Callable[[Run[T]], None] | None = None,
    quiet: bool = False,
    workers: int | None = None,
) -> Run[T]:
    """Play rounds until `settings.steps` have been played, or until Ctrl-C, SIGTERM or SIGHUP.

    Args:
        run: A new run (`new`, `start`) or one read from a checkpoint (`resume`).
        dataset: Examples `(image, ...)`; what a batch holds is up to the model.
        settings: How to train.
        save: Called every `settings.save_every` rounds and every minute, at the end, when
            interrupted, and before an error is raised that comes between two rounds.
        watch: Called after every round.
        quiet: Show no progress bar.
        workers: Processes that read data which does not lie in memory.

    Returns:
        The same run; `run.step < settings.steps` says that it was interrupted.

    Raises:
        TrainingDiverged: If a loss is not finite, or the weights it led to; nothing is saved
            after that.
        UserError: If the data has fewer examples than one batch, or the model cannot take its
            batches.
    """
    multiple = run.model.batch_multiple if isinstance(run.model, Dividing) else 1
    stream = batches(
        *(dataset, settings.batch, settings.seed, settings.device, run.step, multiple, workers)
    )
    run.model.train()
    with (
        closing(stream),
        refused(settings.batch, multiple),
        interruption() as interrupted,
        progress_bar(run.step, settings.steps, run.losses, quiet) as advance,
    ):
        saved, whole = time.monotonic(), True
        try:
            while run.step < settings.steps and not interrupted():
                batch = next(stream)
                whole = False  # within a round nobody could go on from it
                for player, loss in play(run, batch, settings):
                    run.losses.note(run.step, player, loss)
                whole = True
                if run.step % WINDOW == 0:
                    run.losses.close_window(run.step)
                advance(run.step)
                late = time.monotonic() - saved > SAVE_SECONDS
                if save is not None and (late or run.step % settings.save_every == 0):
                    check_finite(run)
                    save(run)
                    saved = time.monotonic()
                if watch is not None:
                    watch(run)
        except TrainingDiverged:
            raise
        except Exception:
            if save is not None and whole and run.step:
                with suppress(Exception):  # the error that came first is the one that is told
                    check_finite(run)
                    save(run)
            raise
        check_finite(run)
        advance(run.step)
        if save is not None and (run.step == 0 or run.step % settings.save_every):
            save(run)
    return run


def fault(
    error: Exception,
    name: str,
    arguments: dict[str, Any],
    settings: Settings,
    dataset: Dataset[Any],
    step: int,
) -> UserError | None:
    """Return a sentence about the argument that an error in a round comes from.

    Args:
        error: What went wrong.
        name: The model.
        arguments: Its arguments.
        settings: How it is trained.
        dataset: What it learns from.
        step: Rounds that had been played.

    Returns:
        None if the round goes wrong with other arguments, too.
    """

    def works(arguments: dict[str, Any]) -> None:
        run = start(models.build(name, **arguments), settings)
        run.step = step
        stream = batches(
            *(dataset, settings.batch, settings.seed, settings.device, step), workers=0
        )
        with closing(stream):
            for _ in play(run, next(stream), settings):
                pass

    return blamed(name, arguments, error, works)


@contextmanager
def refused(batch: int, multiple: int) -> Iterator[None]:
    """Say what batches a model takes where it has refused one.

    Raises:
        UserError: In place of a ValueError.
    """
    try:
        yield
    except UserError:
        raise
    except ValueError as error:
        advice = f": use --batch {max(1, batch // multiple) * multiple}" if multiple > 1 else ""
        raise UserError(f"The model cannot learn from this batch, {error}{advice}.") from error


def check_finite(run: Run[Any]) -> None:
    """Refuse to go on from losses or weights that are not finite: a checkpoint must be good.

    Raises:
        TrainingDiverged: Naming the round and the player.
    """
    run.losses.check()
    for player, optimizer in run.optimizers.items():
        for group in optimizer.param_groups:
            if not all(weights.isfinite().all() for weights in group["params"]):
                raise TrainingDiverged(
                    f"The weights of the {player} are not finite after round {run.step:,}."
                )


def contents(
    run: Run[Any],
    name: str,
    arguments: dict[str, Any],
    settings: Settings,
    data: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """Return all that a checkpoint must hold for the run to end with the same bits.

    `data` is what `gan_minimal.data.digest` says of the data, if it was asked.
    """
    learnt = {} if data is None else {"data": data}
    return {
        "name": name,
        "arguments": arguments,
        "settings": asdict(settings),
        "step": run.step,
        "model": run.model.state_dict(),
        "average": None if run.average is None else run.average.state_dict(),
        "optimizers": {player: o.state_dict() for player, o in run.optimizers.items()},
        "losses": asdict(run.losses),
        "random": restore.random_state(settings.device),
        **learnt,
    }


def resume(path: Path, device: str | None = None) -> tuple[Run[Model], dict[str, Any], Settings]:
    """Read a checkpoint and go back to where the run was.

    Args:
        path: A checkpoint that `gan-minimal train` wrote.
        device: Where to compute; by default where the run was, or on the CPU if this machine has
            no such device.

    Returns:
        The run, the checkpoint's content and its settings.

    Raises:
        UserError: If a value in the file is damaged, missing, or of another kind than it should be.
    """
    if device is not None:
        check_device(device)
    content = checkpoint.load(path)
    with checkpoint.refused(path):
        stored, arguments = content["settings"], content["arguments"]
        settings = Settings(**stored | {"device": device or reachable(stored["device"])})
        if complaint(content["name"], arguments):
            raise ValueError("arguments")
        # which takes no memory, however large the file says that it is
        checkpoint.check_weights(outline(content["name"], arguments), content["model"], path)
        run = new(content["name"], arguments, settings)
        checkpoint.put_weights(run.model, content["model"], path)
        if run.average is not None:
            checkpoint.put_weights(run.average, content["average"], path)
        for player, optimizer in run.optimizers.items():
            restore.put_optimizer(optimizer, content["optimizers"][player])
        run.step = restore.step_of(content, settings.steps)
        run.losses = restore.losses_of(content, run.step)
        if run.average is not None and not 0 <= run.average.n_averaged <= run.step:
            raise ValueError("average")
        restore.set_random_state(content["random"], settings.device)
        restore.check_data(content.get("data"))
    return run, content, settings


def reachable(device: str) -> str:
    """Return `device`, or the CPU on a machine that does not have it."""
    try:
        check_device(device)
    except UserError:
        return "cpu"
    return device
