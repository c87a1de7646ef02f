"""Translations are scored against the true targets: perfect ones, copies and grey ones."""

import pytest
import torch
from torch import nn

from gan_minimal import data, models
from gan_minimal.data import faces16
from gan_minimal.data.pairs import hangul_questions
from gan_minimal.editing import cyclegan
from gan_minimal.publishing import pictures, tables, words
from gan_minimal.scoring import translation
from gan_minimal.scoring.evaluate import evaluate


class Translator(nn.Module):
    """Looks its answers up, or leaves the input as it is."""

    directions = ("there", "back")

    def __init__(self, dataset: str, perfect: bool) -> None:
        super().__init__()
        self.nothing = nn.Parameter(torch.zeros(()))
        self.perfect = perfect
        self.pairs = data.load(dataset, "test").tensors

    def translate(self, images: torch.Tensor, direction: str = "there") -> torch.Tensor:
        if not self.perfect:
            return images
        known, answers = self.pairs if direction == "there" else reversed(self.pairs)
        places = (images.flatten(1)[:, None] == known.flatten(1)[None]).all(dim=2)
        return answers[places.float().argmax(dim=1)]


@pytest.mark.slow
@pytest.mark.parametrize("dataset", ["hangul32-pairs", "hangul32-unpaired"])
def test_true_targets_score_as_well_as_there_is(dataset):
    scores = evaluate(Translator(dataset, perfect=True), dataset)

    fonts = ["nanum-brush"] + ["noto-sans"] * (dataset == "hangul32-unpaired")
    for font in fonts:
        assert scores[f"read_{font}"]["value"] == scores[f"read_{font}"]["floor"] > 0.95
        assert scores[f"hand_{font}"]["value"] > 0.95
        assert scores[f"error_{font}"]["value"] == scores[f"relative_{font}"]["value"] == 0
    cycles = [score["value"] for name, score in scores.items() if name.startswith("cycle_")]
    assert cycles == [0, 0] * (dataset == "hangul32-unpaired")
    assert scores["copy"]["value"] == pytest.approx(0.4753, abs=1e-3)


@pytest.mark.slow
def test_copies_are_read_but_are_not_of_the_hand():
    scores = evaluate(Translator("hangul32-unpaired", perfect=False), "hangul32-unpaired")

    for font in ("nanum-brush", "noto-sans"):
        assert scores[f"read_{font}"]["value"] > 0.95
        assert scores[f"hand_{font}"]["value"] < 0.05
        assert scores[f"relative_{font}"]["value"] == pytest.approx(1)
        assert scores[f"error_{font}"]["value"] == scores["copy"]["value"]


class Painter(Translator):
    """Paints every face right, or all of them in the median colour."""

    def translate(self, images: torch.Tensor) -> torch.Tensor:
        maps, targets = self.pairs
        assert torch.equal(images, maps)
        return targets if self.perfect else targets.median(dim=0, keepdim=True)[0].expand_as(maps)


@pytest.mark.slow
def test_painted_faces_are_scored_by_what_the_map_shows_and_by_their_colours():
    right, grey = (
        evaluate(Painter("faces16-labelmap", perfect), "faces16-labelmap")
        for perfect in (True, False)
    )

    assert right["error_face"]["value"] == 0
    assert grey["error_face"]["value"] > 0.1
    for name in ("hair_color", "skin"):
        assert right[f"tv_{name}"]["value"] == 0
        assert grey[f"tv_{name}"]["value"] > 0.5  # of all colours it has one
    for region in ("hair", "skin"):
        assert right[f"spread_{region}"]["value"] == right[f"spread_{region}"]["floor"] > 0.1
        assert grey[f"spread_{region}"]["value"] < 0.6 * grey[f"spread_{region}"]["floor"]
    assert all(right[f"accuracy_{name}"]["value"] == 1 for name in translation.KEPT)
    assert grey["accuracy_mouth"]["value"] < 0.9


def test_the_colour_of_a_region_is_the_mean_over_its_pixels():
    maps = faces16.label_maps("test")[:4].float() / 127.5 - 1
    images = torch.zeros(4, 3, 16, 16)
    hair = torch.tensor(list(bytes.fromhex(faces16.REGIONS["hair"][0][1:]))) / 127.5 - 1
    inside = (maps - hair[:, None, None]).abs().amax(1, keepdim=True) < 1e-3
    images = torch.where(inside, torch.tensor([0.5, -0.5, 0.25])[:, None, None], images)

    measured = translation.colours(images, maps, "hair")

    torch.testing.assert_close(measured, torch.tensor([[0.5, -0.5, 0.25]]).expand(4, 3))
    assert len(translation.colours(images, torch.ones_like(maps), "hair")) == 0


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "which"), [("pix2pix", "tiny"), ("pix2pix", "faces"), ("cyclegan", "tiny")]
)
def test_every_score_has_a_name_in_both_languages_and_comes_out_again(name, which):
    preset = models.preset(name, which)
    torch.manual_seed(0)
    model = models.build(name, **preset["model"] | {"width": 4})

    scores = evaluate(model, preset["train"]["data"])

    for metric in scores:
        titles = {language: words.title(metric, language) for language in ("ko", "en")}
        assert titles["ko"] != titles["en"]
    torch.randn(3)
    assert evaluate(model, preset["train"]["data"]) == scores


def test_a_table_leaves_the_floor_empty_where_there_is_none():
    record = {
        "name": "pix2pix",
        "seed": 0,
        "steps": 1,
        "environment": {
            **{"torch": "2", "python": "3", "processor": "p", "threads": 1, "date": "2026-11-23"}
        },
        "metrics": {
            "read_nanum-brush": {"value": 0.9, "floor": 0.98, "tolerance": 0.02},
            "error_nanum-brush": {"value": 0.2, "tolerance": 0.01},
        },
    }

    table = tables.metrics(record, "en").splitlines()

    assert table[2] == "| All letters read: Nanum Brush Script | 0.900 | 0.980 |  | ±0.02 |"
    assert table[3] == "| L1 error to the target: Nanum Brush Script | 0.200 |  |  | ±0.01 |"


# Pictures


def test_rows_show_input_translation_and_target_in_turn():
    model = Translator("hangul32-pairs", perfect=True)
    inputs, _, targets = hangul_questions(16)

    rows = pictures.drawn(model, "hangul32-pairs", 16).unflatten(0, (-1, 8))

    assert torch.equal(rows[0::3].flatten(0, 1), inputs)
    assert torch.equal(rows[1::3].flatten(0, 1), targets)
    assert torch.equal(rows[2::3].flatten(0, 1), targets)
    assert pictures.draws(model)
    assert len(pictures.shown(model, "hangul32-pairs")) == 3 * 32
    assert not pictures.draws(nn.Linear(1, 1))


def test_a_round_trip_is_shown_in_both_directions():
    model = Translator("hangul32-unpaired", perfect=True)

    made = cyclegan.round_trip(model)

    assert list(made) == ["cycle-a.webp", "cycle-b.webp"]
    assert {picture.size for picture in made.values()} == {(8 * 33 - 1, 6 * 33 - 1)}
