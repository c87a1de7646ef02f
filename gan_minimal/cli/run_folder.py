"""What a training leaves in its folder beside the checkpoint.

`settings.json` says how it is trained and how to go on, `log.csv` has the mean losses, `losses.png`
draws them, and `samples/` shows what was drawn from the same latent vectors after some rounds.
`tensorboard/` has losses and samples as events, for those who ask for them.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from filelock import FileLock, Timeout

from gan_minimal.cli.common import scale_of
from gan_minimal.errors import UserError
from gan_minimal.files import check_room, clear_temporary, write_json, write_text, write_whole

if TYPE_CHECKING:
    from torch.utils.data import Dataset

    from gan_minimal.models.protocol import Model
    from gan_minimal.training import loop
    from gan_minimal.training.events import Events

FILES = (
    *("checkpoint.pt", "checkpoint-before.pt", "settings.json"),
    *("log.csv", "losses.png", "samples.png"),
)
EARLY = (50, 100, 200, 400, 800)  # rounds after which there is something new to see


class RunFolder:
    """The folder of a run.

    Attributes:
        folder: Where it is.
        resuming: The command that goes on with the run.
        events: What writes for TensorBoard, while it does.
    """

    events: "Events | None" = None

    def __init__(
        self, folder: Path, name: str, arguments: dict[str, Any], settings: "loop.Settings"
    ) -> None:
        """Name the folder of a run; nothing is written yet."""
        self.folder, self.settings = folder, settings
        self.name, self.arguments = name, arguments
        where = f'"{folder}"' if " " in str(folder) else str(folder)
        self.resuming = f"gan-minimal resume {where}"

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep other trainings out of the folder; the lock ends with the process that holds it.

        Raises:
            UserError: If another training has it.
        """
        self.folder.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self.folder / ".lock", timeout=0)
        try:
            lock.acquire()
        except Timeout:
            raise UserError(
                f"Another training is writing into {self.folder}: wait for its end, or choose "
                "another folder with --out."
            ) from None
        try:
            clear_temporary(self.folder)
            yield
        finally:
            lock.release()

    @contextmanager
    def watched(self, step: int, asked: bool) -> Iterator[None]:
        """Write events for TensorBoard where that is asked for, or was when the run began.

        Args:
            step: Rounds that have been played.
            asked: Whether it is asked for now.

        Raises:
            UserError: If it is, and TensorBoard is not installed.
        """
        place = self.folder / "tensorboard"
        if asked or place.is_dir():
            from gan_minimal.training.events import Events

            try:
                self.events = Events(place, step)
            except UserError:
                if asked:
                    raise
                typer.echo(f"TensorBoard is not installed here: nothing is added to {place}.")
        try:
            yield
        finally:
            if self.events is not None:
                self.events.close()

    def begin(self, size: int) -> None:
        """Write how the run is trained.

        Args:
            size: Bytes of a checkpoint, of which there are up to three at a time.

        Raises:
            UserError: If there is no room for them, a file stands where samples shall lie, or a
                folder where a file shall.
        """
        samples = self.folder / "samples"
        if samples.exists() and not samples.is_dir():
            raise UserError(f"{samples} is a file, where samples shall lie: move it away.")
        for name in FILES:
            if (self.folder / name).is_dir():
                raise UserError(
                    f"{self.folder / name} is a folder, where a file shall lie: move it."
                )
        check_room(self.folder, size, 3)
        write_json(
            self.folder / "settings.json",
            {
                "model": self.name,
                "arguments": self.arguments,
                "settings": asdict(self.settings),
                "go_on": self.resuming,
            },
        )

    def log(self, run: "loop.Run[Model]") -> None:
        """Write the mean losses of each window of rounds, and draw them if matplotlib is there."""
        players = run.losses.players
        rows = [
            ",".join(["round", *players]),
            *(
                ",".join([str(step), *(f"{means[i]:.6g}" for means in players.values())])
                for i, step in enumerate(run.losses.step)
            ),
        ]
        write_text(self.folder / "log.csv", "\n".join(rows) + "\n")
        try:
            from matplotlib.figure import Figure
        except ImportError:  # it comes with the extra `record`
            return
        figure = Figure(figsize=(7, 4), layout="constrained")
        axes = figure.subplots()
        for player, means in players.items():
            axes.plot(run.losses.step, means, label=player, linewidth=1)
        axes.set_xlabel("round")
        axes.set_ylabel("mean loss")
        if players:
            axes.legend(frameon=False)
        write_whole(self.folder / "losses.png", lambda path: figure.savefig(path, format="png"))

    def watch(self, dataset: "Dataset[Any]") -> Callable[["loop.Run[Model]"], None]:
        """Return what is called after each round: it draws after some of them."""

        def look(run: "loop.Run[Model]") -> None:
            if run.step in EARLY or run.step % self.settings.save_every == 0:
                picture = self.folder / "samples" / f"{run.step:07}.png"
                if self.draw(run.sampler, dataset, picture) and self.events is not None:
                    self.events.samples(run.step, picture)

        return look

    def draw(self, model: "Model", dataset: "Dataset[Any]", picture: Path) -> bool:
        """Write what a model draws, or how it translates the first examples of training.

        Returns:
            Whether the model draws anything.
        """
        import torch

        from gan_minimal import images
        from gan_minimal.models import sampling
        from gan_minimal.models.protocol import DomainTranslator, Pyramid, Sampler, Translator

        one_photograph, seed = isinstance(model, Pyramid), self.settings.seed
        columns = 3 if one_photograph else 8
        if isinstance(model, Sampler):
            drawn = sampling.sample(model, 6 if one_photograph else 64, seed)
        elif isinstance(model, Translator):  # inputs of training, translations, targets
            columns = min(8, len(dataset))  # type: ignore[arg-type]  # every data set here has one
            inputs, targets = map(
                torch.stack, zip(*(dataset[i] for i in range(columns)), strict=True)
            )
            how = {}
            if isinstance(model, DomainTranslator):  # each shall become as the next one is
                how["labels"], targets = targets.roll(-1, 0), inputs.roll(-1, 0)
            translated = sampling.translate(model, inputs, seed, **how).cpu()
            drawn = torch.cat([inputs, translated, targets])
        else:
            return False
        images.save(images.grid(drawn, columns, scale=scale_of(drawn.shape[-1])), picture)
        return True
