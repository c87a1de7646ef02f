"""The progress bar, and the two signals that stop a run."""

import signal
import threading

import pytest

from gan_minimal.training.loss_log import Losses
from gan_minimal.training.progress import interruption, progress_bar

SIGNALS = (signal.SIGINT, signal.SIGTERM)


@pytest.mark.parametrize("number", SIGNALS)
def test_the_first_signal_is_noted_and_the_second_does_what_it_always_did(number):
    second = []
    before = signal.signal(number, lambda *_: second.append(True))
    try:
        with interruption() as interrupted:
            assert not interrupted()
            signal.raise_signal(number)
            assert interrupted()
            assert not second
            signal.raise_signal(number)
            assert second
    finally:
        signal.signal(number, before)


def test_ctrl_c_twice_leaves_at_once():
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
