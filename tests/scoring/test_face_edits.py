"""Edits are scored against the exact pictures: perfect ones, none at all, and careless ones."""

from collections.abc import Iterator

import pytest
import torch
from torch import nn

from gan_minimal import models
from gan_minimal.data import domains
from gan_minimal.editing import stargan
from gan_minimal.publishing import pictures, tables, words
from gan_minimal.scoring import face_edits
from gan_minimal.scoring.evaluate import evaluate


@pytest.fixture(scope="module")
def fewer() -> Iterator[None]:
    """Every kind of edit, but of a quarter of the faces."""
    known = domains.edits()
    few = domains.Edits(
        images=known.images[:64],
        labels=known.labels[:64],
        wanted=known.wanted[:64],
        targets=known.targets[:64],
        attributes={name: values[:64] for name, values in known.attributes.items()},
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(face_edits, "edits", lambda: few)
        yield


class Editor(nn.Module):
    """Looks its answers up, leaves faces as they are, or darkens everything besides."""

    def __init__(self, way: str) -> None:
        super().__init__()
        self.nothing = nn.Parameter(torch.zeros(()))
        self.way, self.known = way, domains.edits()

    def translate(self, images: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        if self.way == "nothing":
            return images
        known = self.known
        found = []
        for image, label in zip(images, labels, strict=True):
            i = (known.images == image).flatten(1).all(dim=1).nonzero()[0, 0]
            j = (known.wanted[i] == label).all(dim=1).nonzero()[0, 0]
            found.append(known.targets[i, j])
        exact = torch.stack(found)
        return exact if self.way == "exact" else exact - 0.1


@pytest.fixture(scope="module")
def scores(fewer: None) -> dict[str, face_edits.Scores]:
    return {
        way: evaluate(Editor(way), "faces16-domains") for way in ("exact", "nothing", "careless")
    }


def test_exact_edits_score_as_well_as_there_is(scores):
    for kind in face_edits.KINDS:
        exact = scores["exact"]
        assert exact[f"reached_{kind}"]["value"] == exact[f"reached_{kind}"]["floor"] > 0.95
        assert exact[f"off_{kind}"]["value"] == 0 < exact[f"off_{kind}"]["floor"]
        assert exact[f"kept_{kind}"]["value"] > 0.95
        assert exact[f"outside_{kind}"]["value"] == 0


def test_doing_nothing_reaches_nothing_and_keeps_everything(scores):
    for kind in face_edits.KINDS:
        nothing = scores["nothing"]
        assert nothing[f"reached_{kind}"]["value"] < 0.05
        assert nothing[f"off_{kind}"]["value"] == nothing[f"off_{kind}"]["floor"]
        assert nothing[f"kept_{kind}"]["value"] > 0.95
        assert nothing[f"outside_{kind}"]["value"] == 0


def test_what_changes_besides_is_seen(scores):
    for kind in face_edits.KINDS:
        careless = scores["careless"]
        assert careless[f"off_{kind}"]["value"] == pytest.approx(0.1, abs=1e-3)
        assert careless[f"outside_{kind}"]["value"] == pytest.approx(0.1, abs=1e-3)


def test_means_come_first_and_are_means(scores):
    for way in scores.values():
        assert list(way)[:5] == [*tables.EDITED, "untouched"]
        assert way["untouched"] == scores["nothing"]["off"]
        for what in tables.EDITED:
            each = [way[f"{what}_{kind}"]["value"] for kind in face_edits.KINDS]
            assert way[what]["value"] == pytest.approx(sum(each) / len(each), rel=1e-3, abs=1e-6)


def test_every_edit_of_the_data_is_of_one_kind():
    known = domains.edits()
    seen = torch.zeros(known.wanted.shape[:2], dtype=torch.long)
    for kind, column, chosen in face_edits.cases(known):
        assert kind in face_edits.KINDS
        seen[chosen, column] += 1

    # all but the hair colour that a face has
    assert torch.equal(seen, torch.cat([1 - known.labels[:, :8].long(), seen[:, 8:]], dim=1))
    assert (seen[:, 8:] == 1).all()


def test_the_table_of_edits_has_a_row_for_each_kind_in_both_languages(scores):
    record = {
        **{"name": "stargan", "seed": 0, "steps": 1, "metrics": scores["exact"]},
        "environment": {
            **{"torch": "2", "python": "3", "processor": "p", "threads": 1, "date": "2026-11-25"}
        },
    }
    korean, english = (tables.edits(record, language) for language in ("ko", "en"))

    assert english.count("\n|") == korean.count("\n|") == len(face_edits.KINDS) + 1
    assert "| glasses on | " in english
    assert "| 안경 쓰기 | " in korean
    row = next(line for line in english.splitlines() if line.startswith("| red hair | "))
    assert [cell.strip() for cell in row.split("|")[2:5]] == ["1.000", "1.000", "0.000"]
    assert "| 짙은 금발 | " in korean
    assert "| 파란색 머리 | " in korean
    assert tables.edits(record | {"metrics": {"fid": {"value": 1}}}, "en") == ""
    means = tables.metrics(record, "en")
    assert "| Edited attribute read as asked | 0.99" in means
    assert "glasses" not in means
    for metric in scores["exact"]:
        titles = {language: words.title(metric, language) for language in ("ko", "en")}
        assert titles["ko"] != titles["en"]
    assert words.title("reached_hat_no", "en") == "Edited attribute read as asked: hat off"


# Pictures


def test_rows_show_faces_edits_and_exact_pictures_in_turn():
    rows = pictures.drawn(Editor("exact"), "faces16-domains", 16).unflatten(0, (-1, 8))

    assert len(rows) == 6
    assert torch.equal(rows[1::3], rows[2::3])
    assert not torch.equal(rows[0::3], rows[1::3])
    _, how, _ = domains.questions(16)
    assert len(how["labels"].unique(dim=0)) > 8  # of many kinds


def test_all_edits_of_a_face_stand_in_a_row_above_the_exact_ones():
    made = stargan.all_edits(Editor("exact"))

    [picture] = made.values()
    assert list(made) == ["edits.webp"]
    assert picture.size == (12 * 17 - 1, 12 * 17 - 1)


@pytest.mark.usefixtures("fewer")
def test_the_scores_of_a_fresh_model_come_out_again():
    torch.manual_seed(0)
    narrow = {"width": 8, "residual_blocks": 1}
    model = models.build("stargan", **models.preset("stargan")["model"] | narrow)

    first = evaluate(model, "faces16-domains")
    torch.randn(3)

    assert evaluate(model, "faces16-domains") == first
