"""The progress bar, and the two signals that stop a run."""

import io
import signal
import threading
import time

import pytest
import torch

from gan_minimal.training import progress
from gan_minimal.training.loss_log import Losses
from gan_minimal.training.progress import counting, interruption, progress_bar

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_is_noted_and_a_later_one_does_what_it_always_did(number, monkeypatch):
    monkeypatch.setattr(progress, "TOGETHER", 0.2)
    second = []
    before = signal.signal(number, lambda *_: second.append(True))
    try:
        with interruption() as interrupted:
            assert not interrupted()
            signal.raise_signal(number)
            assert interrupted()
            signal.raise_signal(number)  # nobody presses Ctrl-C once
            assert not second
            time.sleep(0.25)
            signal.raise_signal(number)
            assert second
    finally:
        signal.signal(number, before)


def test_ctrl_c_twice_leaves_at_once(monkeypatch):
    monkeypatch.setattr(progress, "TOGETHER", -1.0)

    def twice():
        with interruption():
            signal.raise_signal(signal.SIGINT)
            signal.raise_signal(signal.SIGINT)

    # as in a terminal; a shell starts what runs in its background without it
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            twice()
    finally:
        signal.signal(signal.SIGINT, before)


def test_handlers_are_put_back():
    before = [signal.getsignal(number) for number in SIGNALS]

    with interruption():
        assert [signal.getsignal(number) for number in SIGNALS] != before

    assert [signal.getsignal(number) for number in SIGNALS] == before


def test_training_works_in_a_thread_that_may_set_no_handlers():
    seen = []

    def use():
        with interruption() as interrupted:
            seen.append(interrupted())

    thread = threading.Thread(target=use)
    thread.start()
    thread.join()

    assert seen == [False]


def test_bar_shows_rounds_rate_and_losses(capsys):
    losses = Losses(players={"generator": [0.1, 0.6931]})

    with progress_bar(50, 200, losses, quiet=False) as advance:
        advance(150)

    shown = capsys.readouterr()
    assert "150 / 200" in shown.err
    assert "steps/s" in shown.err
    assert "generator 0.693" in shown.err
    assert not shown.out


def test_quiet_bar_shows_nothing(capsys):
    with progress_bar(0, 200, Losses(), quiet=True) as advance:
        advance(150)

    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize("encoding", ["utf-8", "cp949", "ascii"])
def test_without_a_terminal_there_is_a_line_now_and_then(encoding, monkeypatch):
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding)
    now = [100.0]
    monkeypatch.setattr("sys.stderr", stream)
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    monkeypatch.setattr(time, "perf_counter", lambda: now[0])
    losses = Losses()

    with progress_bar(1000, 1480, losses, quiet=False) as advance:
        for step in range(1001, 1481):  # a minute
            now[0] += 0.125
            losses.note(step, "generator", torch.tensor(step / 1000))
            advance(step)
        advance(1480)

    stream.flush()
    lines = stream.buffer.getvalue().decode().splitlines()
    assert len(lines) == 7
    assert lines[0] == "1,001 / 1,480  8 steps/s  generator 1.001  0:01:00 left"
    assert lines[3].startswith("1,241 / 1,480  8 steps/s  generator 1.")
    assert lines[3].endswith("0:00:30 left")
    assert lines[-1].startswith("1,480 / 1,480")
    assert lines[-1].endswith("0:00:00 left")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (None, "?"),
        (float("inf"), "?"),
        (0, "0:00:00"),
        (3661.4, "1:01:01"),
        (30 * 3600, "1 day, 6:00:00"),
        (86400 * 100, "100 days"),
        (86400 * 3653, "10 years"),
        (1e12, "31,688 years"),
        (1e300, "more than a million years"),
    ],
)
def test_time_is_told_however_much_is_left(seconds, said):
    assert progress.told(seconds) == said


def test_a_bar_in_a_terminal_tells_a_time_without_end(monkeypatch, capsys):
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "200")
    monkeypatch.setattr(progress.Task, "time_remaining", 1e18)

    with progress_bar(0, 10**9, Losses(), quiet=False) as advance:
        advance(1)

    assert "more than a million years" in capsys.readouterr().err


def test_counting_without_a_terminal_tells_the_end_of_each_heap(capsys):
    tell = counting("reducing")
    for total in (3, 2):
        for done in range(1, total + 1):
            tell(done, total)

    assert capsys.readouterr().err.splitlines() == [
        *("reducing 1 / 3", "reducing 3 / 3"),
        *("reducing 1 / 2", "reducing 2 / 2"),
    ]
