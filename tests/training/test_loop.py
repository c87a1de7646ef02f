"""The loop: its mathematics against hand-computed updates, determinism, and going on."""

import itertools
import math
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import ClassVar

import pytest
import torch
from torch import Tensor, nn
from torch.optim import SGD
from torch.utils.data import TensorDataset

from gan_minimal import data, models
from gan_minimal.errors import TrainingDiverged, UserError
from gan_minimal.models import sampling
from gan_minimal.training import checkpoint, loop
from gan_minimal.training.loop import Run, Settings
from gan_minimal.training.progress import TOGETHER

SMALL = {"size": 16, "channels": 3, "latent": 4, "hidden": 16, "units": 4}  # arguments of `gan`
TINY = {"size": 16, "width": 4, "latent": 4}  # arguments of `dcgan`


class Duel(nn.Module):
    """Two players of one number each: D(x) = d x, G(z) = g z with z = 3."""

    def __init__(self) -> None:
        super().__init__()
        self.d, self.g = nn.Parameter(torch.tensor(1.0)), nn.Parameter(torch.tensor(2.0))

    def optimizers(self):
        return {"critic": SGD([self.d], lr=0.1), "generator": SGD([self.g], lr=0.1)}

    def step(self, batch: tuple[Tensor]) -> Iterator[tuple[str, Tensor]]:
        fake = 3 * self.g
        yield "critic", self.d * fake - self.d * batch[0].mean()
        yield "generator", -self.d * fake


def duel(**settings) -> tuple[Run, Settings]:
    chosen = Settings(**({"data": "", "batch": 2, "steps": 10} | settings))
    return loop.start(Duel(), chosen), chosen


REAL = (torch.tensor([0.5, 1.5]),)  # mean 1


def test_a_round_is_what_one_computes_by_hand():
    run, settings = duel()

    moves = [(player, loss.item()) for player, loss in loop.play(run, REAL, settings)]

    # The critic's gradient is 3 g - 1 = 5, so d becomes 1 - 0.1 x 5 = 0.5. The same fakes are
    # then judged by the moved critic: gradient -3 d = -1.5, so g becomes 2 + 0.1 x 1.5 = 2.15.
    assert moves == [("critic", pytest.approx(6 - 1)), ("generator", pytest.approx(-0.5 * 6))]
    assert run.model.d.item() == pytest.approx(0.5)
    assert run.model.g.item() == pytest.approx(2.15)
    assert run.step == 1


def test_only_the_player_that_moves_gets_gradients():
    run, settings = duel()
    moves = loop.play(run, REAL, settings)

    next(moves)
    assert (run.model.d.grad.item(), run.model.g.grad) == (pytest.approx(5), None)
    next(moves)
    assert run.model.d.grad.item() == pytest.approx(5)
    assert run.model.g.grad.item() == pytest.approx(-1.5)


def test_what_stands_after_a_yield_runs_after_the_move():
    class Clipped(Duel):
        def step(self, batch):
            yield "critic", self.d * (3 * self.g - 1)
            with torch.no_grad():
                self.d.clamp_(-0.2, 0.2)
            yield "generator", -self.d * 3 * self.g

    settings = Settings(data="", batch=1, steps=1)
    run = loop.start(Clipped(), settings)

    losses = dict(loop.play(run, REAL, settings))

    assert run.model.d.item() == pytest.approx(0.2)
    assert losses["generator"].item() == pytest.approx(-0.2 * 6)


def test_the_average_follows_its_formula_and_is_what_is_sampled():
    run, settings = duel(ema=0.9)
    weights = []
    for _ in range(4):
        for _ in loop.play(run, REAL, settings):
            pass
        weights.append(run.model.g.item())

    expected = weights[0]  # the average begins where the weights are after the first round
    for weight in weights[1:]:
        expected = 0.9 * expected + 0.1 * weight
    assert run.sampler.g.item() == pytest.approx(expected)
    run.average.module.train()
    assert run.sampler.training  # asking for it changes nothing
    assert run.model.training


def test_the_average_has_the_statistics_of_batch_normalisation_too():
    settings = Settings(data="", batch=4, steps=1, ema=0.5)
    run = loop.new("dcgan", TINY, settings)
    means = []
    for _ in range(2):
        for _ in loop.play(run, (torch.randn(4, 3, 16, 16),), settings):
            pass
        means.append(run.model.generator[2].running_mean.clone())

    assert torch.allclose(run.sampler.generator[2].running_mean, (means[0] + means[1]) / 2)


def test_the_average_has_the_whole_numbers_of_the_model():
    """Regression: PyTorch rounds the average of 1, 2, 3 down to 1 in every round."""
    settings = Settings(data="", batch=4, steps=1, ema=0.9)
    run = loop.new("dcgan", TINY, settings)
    assert run.sampler.generator[2].num_batches_tracked.item() == 0

    for rounds in (1, 2, 3):
        run.model.train()
        for _ in loop.play(run, (torch.randn(4, 3, 16, 16),), settings):
            pass
        assert run.sampler.generator[2].num_batches_tracked.item() == rounds


def test_without_average_the_model_itself_is_sampled():
    run, _ = duel()

    assert run.sampler is run.model


def test_schedule_is_called_before_each_round_with_the_rounds_played():
    calls = []

    class Scheduled(Duel):
        def schedule(self, step, optimizers):
            calls.append(step)
            optimizers["critic"].param_groups[0]["lr"] = 0.0

    settings = Settings(data="", batch=1, steps=3)
    run = loop.start(Scheduled(), settings)
    loop.train(run, TensorDataset(torch.zeros(4)), settings, quiet=True)

    assert calls == [0, 1, 2]
    assert run.model.d.item() == 1  # the schedule stopped the critic before its first move


@pytest.mark.parametrize(
    ("precision", "fast", "within"),
    [("float32", True, False), ("bfloat16", True, True), ("bfloat16", False, False)],
)
def test_autocast_is_active_in_forward_passes_only(precision, fast, within, monkeypatch):
    monkeypatch.setattr(loop, "has_bfloat16", lambda device: fast)
    seen = {}

    class Watched(nn.Module):
        def __init__(self):
            super().__init__()
            self.linear = nn.Linear(4, 1)

        def optimizers(self):
            return {"player": SGD(self.parameters(), 0.1)}

        def step(self, batch):
            y = self.linear(batch[0])
            seen["forward"] = torch.is_autocast_enabled("cpu")
            seen["type"] = y.dtype
            y.register_hook(lambda _: seen.update(backward=torch.is_autocast_enabled("cpu")))
            yield "player", y.float().mean()
            seen["after"] = torch.is_autocast_enabled("cpu")

    settings = Settings(data="", batch=2, steps=1, precision=precision)
    run = loop.start(Watched(), settings)
    for _ in loop.play(run, (torch.randn(2, 4),), settings):
        assert not torch.is_autocast_enabled("cpu")

    kind = torch.bfloat16 if within else torch.float32
    assert loop.computed_in(settings) == str(kind).removeprefix("torch.")
    assert seen == {"forward": within, "type": kind, "backward": False, "after": within}
    assert run.model.linear.weight.dtype == torch.float32
    assert run.model.linear.weight.grad.dtype == torch.float32


# Determinism and going on


def saved(path: Path) -> dict:
    """What a checkpoint holds, as `train.contents` gave it."""
    content = checkpoint.load(path)
    del content["format"]
    return content


def differences(one, other, path=""):
    """Where two nested values differ in a single bit."""
    if isinstance(one, Tensor):
        same = one.dtype == other.dtype and torch.equal(one, other)
        return [] if same else [path]
    if isinstance(one, dict):
        if one.keys() != other.keys():
            return [f"{path} {one.keys() ^ other.keys()}"]
        return [d for key in one for d in differences(one[key], other[key], f"{path}/{key}")]
    if isinstance(one, list | tuple):
        pairs = zip(one, other, strict=True)
        return [d for i, (a, b) in enumerate(pairs) for d in differences(a, b, f"{path}/{i}")]
    return [] if one == other else [path]


def trained(name: str, arguments: dict, settings: Settings, stop: int | None = None) -> dict:
    """Train to the end, or be interrupted after round `stop`; return what a checkpoint holds."""
    run = loop.new(name, arguments, settings)

    def watch(run):
        if run.step == stop:
            signal.raise_signal(signal.SIGTERM)

    loop.train(run, data.load(settings.data), settings, watch=watch, quiet=True)
    return loop.contents(run, name, arguments, settings)


CASES = [
    pytest.param("gan", SMALL, {}, id="gan"),
    pytest.param("dcgan", TINY, {"precision": "bfloat16", "ema": 0.99}, id="dcgan"),
]


@pytest.mark.parametrize(("name", "arguments", "how"), CASES)
@pytest.mark.slow
def test_the_same_seed_gives_the_same_bits_and_another_seed_others(name, arguments, how):
    first, again, other = (
        trained(name, arguments, Settings("faces16", batch=8, steps=12, seed=seed, **how))
        for seed in (5, 5, 6)
    )

    assert differences(first, again) == []
    changed = differences(first["model"], other["model"])
    weights = [key for key in first["model"] if key.endswith("weight")]
    assert set(changed) >= {f"/{key}" for key in weights}


@pytest.mark.parametrize(("name", "arguments", "how"), CASES)
@pytest.mark.slow
def test_an_interrupted_run_ends_with_the_same_bits(name, arguments, how, tmp_path):
    settings = Settings("faces16", batch=8, steps=2 * loop.WINDOW + 5, seed=5, **how)
    straight = trained(name, arguments, settings)
    assert straight["losses"]["step"] == [loop.WINDOW, 2 * loop.WINDOW]
    stop = loop.WINDOW + 7  # in the middle of a window

    interrupted = trained(name, arguments, settings, stop=stop)
    assert interrupted["step"] == stop
    checkpoint.save(tmp_path / "checkpoint.pt", interrupted)
    torch.manual_seed(99)  # whatever happened in between
    run, content, settings = loop.resume(tmp_path / "checkpoint.pt")
    loop.train(run, data.load(settings.data), settings, quiet=True)

    resumed = loop.contents(run, content["name"], content["arguments"], settings)
    assert differences(straight, resumed) == []


@pytest.mark.slow
def test_a_run_can_go_on_beyond_its_end():
    short = Settings("faces16", batch=8, steps=60, seed=5)
    run = loop.new("gan", SMALL, short)
    loop.train(run, data.load("faces16"), short, quiet=True)
    long = Settings("faces16", batch=8, steps=80, seed=5)
    loop.train(run, data.load("faces16"), long, quiet=True)

    assert differences(trained("gan", SMALL, long), loop.contents(run, "gan", SMALL, long)) == []


def test_checkpoints_are_saved_on_time_at_the_end_and_when_interrupted():
    saved = []

    def stop_at(step):
        return lambda run: signal.raise_signal(signal.SIGINT) if run.step == step else None

    run, settings = duel(steps=10, save_every=4)
    data_set = TensorDataset(torch.zeros(4))
    loop.train(run, data_set, settings, lambda run: saved.append(run.step), stop_at(6), True)
    assert saved == [4, 6]
    loop.train(run, data_set, settings, lambda run: saved.append(run.step), quiet=True)
    assert saved == [4, 6, 8, 10]


def test_a_run_that_is_interrupted_before_its_first_round_is_saved_too(monkeypatch):
    """The command says "saved" and how to go on: then there must be something."""
    saved = []
    run, settings = duel()
    monkeypatch.setattr(
        loop, "progress_bar", lambda *_: signal.raise_signal(signal.SIGINT) or Bar()
    )

    loop.train(run, TensorDataset(torch.zeros(4)), settings, lambda run: saved.append(run.step))

    assert saved == [0]


class Bar:
    """A progress bar that nobody sees."""

    def __enter__(self):
        return lambda step: None

    def __exit__(self, *_):
        pass


# What cannot be trained


class Doomed(Duel):
    """Its generator's loss is not finite from a given round on."""

    value: ClassVar[float] = math.nan

    def __init__(self, doom: int) -> None:
        super().__init__()
        self.doom, self.rounds = doom, itertools.count()

    def step(self, batch):
        fate = self.value if next(self.rounds) >= self.doom else 0
        yield "critic", self.d * batch[0].mean()
        yield "generator", self.g * 0 + fate


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_not_finite_stops_the_run_before_it_is_saved(value, monkeypatch):
    monkeypatch.setattr(Doomed, "value", value)
    saved = []
    settings = Settings(data="", batch=1, steps=500, save_every=10)
    run = loop.start(Doomed(37), settings)

    with pytest.raises(TrainingDiverged, match=f"loss of the generator is {value} in round 38"):
        loop.train(
            run,
            TensorDataset(torch.zeros(4)),
            settings,
            lambda run: saved.append(run.step),
            quiet=True,
        )

    assert saved == [10, 20, 30]


def test_a_run_that_diverges_in_its_last_rounds_is_not_saved():
    settings = Settings(data="", batch=1, steps=7)
    saved = []

    with pytest.raises(TrainingDiverged, match="round 6"):
        loop.train(
            loop.start(Doomed(5), settings),
            TensorDataset(torch.zeros(4)),
            settings,
            saved.append,
            quiet=True,
        )

    assert saved == []


def test_weights_that_are_not_finite_are_not_saved_although_the_losses_were():
    """The gradient of a finite loss can be infinite: the next round would show it."""

    class Root(Duel):
        def step(self, batch):
            yield "critic", (0 * self.d).sqrt()  # 0, with a gradient of 0 times infinity
            yield "generator", 0 * self.g

    settings = Settings(data="", batch=1, steps=1)
    saved = []

    with pytest.raises(TrainingDiverged, match="weights of the critic are not finite"):
        loop.train(
            loop.start(Root(), settings),
            TensorDataset(torch.zeros(4)),
            settings,
            saved.append,
            quiet=True,
        )

    assert saved == []


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"batch": 0}, "must be at least 1"),
        ({"steps": 0}, "must be at least 1"),
        ({"save_every": -5}, "must be at least 1"),
        ({"precision": "float16"}, "float32 or bfloat16, not 'float16'"),
        ({"ema": 1.0}, "from 0 to below 1, not 1.0"),
        ({"ema": -0.1}, "from 0 to below 1"),
        ({"seed": -1}, "from 0 to 2"),
        ({"seed": 2**32}, "from 0 to 2"),
        ({"device": "gpu"}, "no device 'gpu': use cpu, cuda or mps"),
        ({"device": "meta"}, "This machine has no device 'meta'; --device cpu always works"),
    ],
)
def test_settings_that_cannot_be_trained_are_refused_in_a_sentence(change, sentence):
    with pytest.raises(UserError, match=sentence):
        Settings(**({"data": "faces16", "batch": 8, "steps": 10} | change))


@pytest.mark.parametrize(
    ("device", "there"),
    [("cuda", torch.cuda.is_available()), ("mps", torch.backends.mps.is_available())],
)
def test_a_device_that_is_not_there_is_refused(device, there):
    if there:
        loop.check_device(device)
    else:
        with pytest.raises(UserError, match=f"no device '{device}'"):
            loop.check_device(device)


def test_a_batch_larger_than_the_data_is_refused():
    run, settings = duel(batch=5)

    with pytest.raises(UserError, match="use --batch 4 or less"):
        loop.train(run, TensorDataset(torch.zeros(4)), settings, quiet=True)


# Real processes. This one trains a small model under the name of a real one, so that the command
# can go on with it; it saves often and says when it has.
OFTEN = Settings("faces16", 8, 240, seed=5, precision="bfloat16", ema=0.99, save_every=4)


def attempt(path: Path, told: Connection) -> None:
    torch.set_num_threads(1)
    run = loop.resume(path)[0] if path.exists() else loop.new("dcgan", TINY, OFTEN)

    def save(run):
        checkpoint.save(path, loop.contents(run, "dcgan", TINY, OFTEN))
        told.send(run.step)

    loop.train(run, data.load("faces16"), OFTEN, save, quiet=True)


@pytest.mark.slow
def test_a_run_that_is_killed_again_and_again_ends_with_the_same_bits(tmp_path, fresh_process):
    path = tmp_path / "checkpoint.pt"
    told, telling = fresh_process.Pipe(duplex=False)

    for wait in (0.0, 0.013, 0.031):  # seconds after a few checkpoints
        process = fresh_process.Process(target=attempt, args=(path, telling))
        process.start()
        done = [told.recv() for _ in range(5)][-1]
        time.sleep(wait)
        process.kill()
        process.join()
        while told.poll():
            done = told.recv()
        assert process.exitcode == -signal.SIGKILL
        assert done < OFTEN.steps, "nothing was left to do: it was not killed in the middle"
    process = fresh_process.Process(target=attempt, args=(path, telling))
    process.start()
    process.join()
    assert process.exitcode == 0

    assert differences(trained("dcgan", TINY, OFTEN), saved(path)) == []


def begun(process: subprocess.Popen) -> None:
    """Wait until a training process handles SIGTERM, which it does from its first round on."""
    status = Path(f"/proc/{process.pid}/status")
    if not status.exists():  # not on Linux
        time.sleep(15)
        return
    while process.poll() is None:
        [caught] = [
            line
            for line in status.read_text(encoding="utf-8").splitlines()
            if line.startswith("SigCgt")
        ]
        if int(caught.split()[1], 16) >> (signal.SIGTERM - 1) & 1:
            time.sleep(0.3)
            return
        time.sleep(0.05)
    raise AssertionError("the process ended before it began to train")


def command(*arguments: str, folder: Path, **options) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "gan_minimal", *arguments],
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
        encoding="utf-8",
    )


@pytest.mark.slow
@pytest.mark.parametrize("numbers", [[signal.SIGINT] * 3, [signal.SIGTERM]], ids=["INT", "TERM"])
def test_a_stopped_command_saves_and_says_how_to_go_on(numbers, tmp_path):
    """Also when Ctrl-C is pressed several times, as people do."""
    process = command("train", "gan", "--steps", "100000", "--out", "runs/mine", folder=tmp_path)
    begun(process)
    for number in numbers:
        process.send_signal(number)
        time.sleep(0.02)
    _, error = process.communicate()

    assert process.returncode == 130
    assert "Traceback" not in error
    assert "Stopping: it saves after this round." in error
    assert "Go on with: gan-minimal resume runs/mine" in error
    _, content, settings = loop.resume(tmp_path / "runs/mine/checkpoint.pt")
    assert 0 < content["step"] < settings.steps == 100_000


@pytest.mark.slow
def test_the_command_that_goes_on_ends_with_the_same_bits_as_a_run_never_stopped(tmp_path):
    preset = models.preset("gan")
    settings = Settings(**preset["train"] | {"steps": 60})
    stopped = trained("gan", preset["model"], settings, stop=20)
    (tmp_path / "run").mkdir()
    checkpoint.save(tmp_path / "run/checkpoint.pt", stopped)

    going_on = command("resume", "run", folder=tmp_path)
    output, error = going_on.communicate()

    assert going_on.returncode == 0, error
    assert "Finished: run/checkpoint.pt" in output
    straight = trained("gan", preset["model"], settings)
    assert stopped["step"] == 20
    ended = saved(tmp_path / "run/checkpoint.pt")
    assert differences(straight | {"data": ended["data"]}, ended) == []


@pytest.mark.slow
def test_signals_that_reach_the_workers_too_do_not_spoil_the_checkpoint(tmp_path):
    """Ctrl-C in a terminal, or SIGTERM of a service manager, goes to the whole process group."""
    from PIL import Image

    for i in range(40):
        Image.new("RGB", (20, 20), (6 * i, 100, 100)).save(tmp_path / f"{i}.png")
    process = command(
        *("train", "dcgan", "--data", str(tmp_path), "--batch", "4", "--out", "run"),
        folder=tmp_path,
        start_new_session=True,
    )
    begun(process)
    os.killpg(process.pid, signal.SIGTERM)
    _, error = process.communicate()

    assert process.returncode == 130, error
    assert "Traceback" not in error
    assert loop.resume(tmp_path / "run/checkpoint.pt")[1]["step"] > 0


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "openpty"), reason="this system has no terminals of its own")
def test_a_run_whose_terminal_is_closed_is_saved(tmp_path):
    terminal, end = os.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "gan_minimal", "train", "gan", "--steps", "100000", "--out", "run"],
        cwd=tmp_path,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdin=end,
        stdout=end,
        stderr=end,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGHUP, signal.SIG_DFL),  # also below `nohup`
    )
    os.close(end)
    begun(process)
    os.close(terminal)  # from now on to write to it is an error
    process.send_signal(signal.SIGHUP)

    assert process.wait() == 130
    assert loop.resume(tmp_path / "run/checkpoint.pt")[1]["step"] > 0


def test_a_run_is_saved_every_minute_however_rarely_else(monkeypatch):
    run, settings = duel(save_every=1000)
    clock = itertools.count(step=25)  # seconds: a round takes 25, and a look at the clock after it
    monkeypatch.setattr(loop.time, "monotonic", lambda: float(next(clock)))
    saved = []

    examples = TensorDataset(torch.ones(8))
    loop.train(run, examples, settings, save=lambda run: saved.append(run.step), quiet=True)

    assert saved == [3, 6, 9, 10]


def test_an_error_of_the_data_leaves_a_checkpoint():
    run, settings = duel(steps=50, batch=2)
    saved = []

    with pytest.raises(UserError, match="unplugged"):
        loop.train(run, Failing(), settings, save=lambda run: saved.append(run.step), quiet=True)
    assert saved == [run.step]
    assert run.step > 0


def test_an_error_within_a_round_is_not_saved():
    run, settings = duel(steps=50, batch=2)
    saved, round_of = [], run.model.step

    def step(batch):
        yield from round_of(batch)
        if run.step == 5:
            raise RuntimeError("in the middle")

    run.model.step = step
    with pytest.raises(RuntimeError, match="in the middle"):
        loop.train(run, TensorDataset(torch.zeros(4)), settings, lambda run: saved.append(run.step))
    assert saved == []


class Failing(torch.utils.data.Dataset):
    """Examples on a disk that is unplugged after the first few."""

    def __init__(self) -> None:
        self.left = 7

    def __len__(self) -> int:
        return 100

    def __getitem__(self, i: int) -> tuple[Tensor]:
        self.left -= 1
        if self.left < 0:
            raise OSError("unplugged")
        return (torch.tensor(0.0),)


@pytest.mark.slow
def test_a_later_signal_ends_the_process_at_once(tmp_path):
    script = """
import time
from gan_minimal import data
from gan_minimal.training import loop
settings = loop.Settings("faces16", batch=8, steps=1000)
run = loop.new("dcgan", {"size": 16, "width": 4, "latent": 4}, settings)
def watch(run):
    print("round", flush=True)
    while True:  # a round that never ends
        time.sleep(0.05)
loop.train(run, data.load("faces16"), settings, lambda run: print("saved"), watch, quiet=True)
"""
    with subprocess.Popen(
        [sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        assert process.stdout.readline() == "round\n"
        process.terminate()
        time.sleep(TOGETHER + 0.5)
        assert process.poll() is None  # the first one waits for the end of the round
        process.terminate()
        rest = process.stdout.read()

    assert process.returncode == -signal.SIGTERM
    assert "saved" not in rest


@pytest.mark.gpu
@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
@pytest.mark.parametrize("name", ["dcgan", "pggan", "stylegan"])
def test_a_run_on_the_gpu_goes_on_on_the_cpu(name, precision, tmp_path):
    arguments = TINY if name == "dcgan" else models.preset(name, "tiny")["model"] | {"rounds": 40}
    settings = Settings("faces16", 64, 60, precision=precision, ema=0.9, device="cuda")
    run = loop.new(name, arguments, settings)  # what grows is fading in at round 60
    loop.train(run, data.load("faces16"), settings, quiet=True)
    assert next(run.model.parameters()).device.type == "cuda"
    drawn = sampling.sample(run.sampler, 4, seed=0)
    assert drawn.device.type == "cuda"
    checkpoint.save(tmp_path / "checkpoint.pt", loop.contents(run, name, arguments, settings))

    for device in ("cuda", "cpu"):
        run, _, settings = loop.resume(tmp_path / "checkpoint.pt", device)
        assert settings.device == device
        longer = Settings("faces16", 64, 80, precision=precision, ema=0.9, device=device)
        loop.train(run, data.load("faces16"), longer, quiet=True)
        assert run.step == 80
        assert all(p.isfinite().all() for p in run.model.parameters())
