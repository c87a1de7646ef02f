"""What TensorBoard reads of a run is what its loss log has, also of one that was gone on with."""

import sys
from pathlib import Path

import pytest
from PIL import Image

from gan_minimal.errors import UserError
from gan_minimal.training.events import Events
from gan_minimal.training.loss_log import Losses


def read(folder: Path) -> dict[str, list[tuple[int, float]]]:
    """What TensorBoard shows as losses: rounds and values by name."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    found = EventAccumulator(str(folder)).Reload()
    return {
        name: [(event.step, round(event.value, 6)) for event in found.Scalars(name)]
        for name in found.Tags()["scalars"]
    }


def losses(*steps: int) -> Losses:
    return Losses(list(steps), {"generator": [step / 100 for step in steps]})


def test_a_run_that_goes_on_from_an_earlier_checkpoint_has_every_window_once(tmp_path):
    first = Events(tmp_path / "events", 0)
    first.losses(losses(50))
    first.losses(losses(50, 100, 150))
    first.close()

    second = Events(tmp_path / "events", 100)  # the process was killed; its checkpoint is of 100
    second.losses(losses(50, 100, 150, 200))
    second.close()

    wanted = [(50, 0.5), (100, 1.0), (150, 1.5), (200, 2.0)]
    assert read(tmp_path / "events") == {"loss/generator": wanted}


def test_a_run_that_asks_for_events_when_it_goes_on_has_those_of_its_beginning(tmp_path):
    events = Events(tmp_path / "events", 100)
    events.losses(losses(50, 100, 150))
    events.close()

    assert [step for step, _ in read(tmp_path / "events")["loss/generator"]] == [50, 100, 150]


def test_a_sheet_of_samples_is_shown_at_its_round(tmp_path):
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    Image.new("L", (9, 5), 200).save(tmp_path / "sheet.png")
    events = Events(tmp_path / "events", 0)
    events.samples(50, tmp_path / "sheet.png")
    events.close()

    [image] = EventAccumulator(str(tmp_path / "events")).Reload().Images("samples")
    assert (image.step, image.width, image.height) == (50, 9, 5)


def test_without_tensorboard_there_is_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch.utils.tensorboard", None)

    with pytest.raises(UserError, match=r"pip install 'gan-minimal\[tensorboard\]'"):
        Events(tmp_path / "events", 0)
    assert not (tmp_path / "events").exists()
