"""Domains of faces, and the exact picture of every edit."""

from pathlib import Path

import numpy as np
import pytest
import torch

from gan_minimal import data
from gan_minimal.data import build, domains, faces16, snapshot
from gan_minimal.data.torchvision_sets import CelebA
from gan_minimal.errors import UserError


@pytest.mark.parametrize(("split", "count"), [("train", 8192), ("test", 2048)])
def test_a_label_says_what_a_face_shows(split, count):
    images, labels = data.load("faces16-domains", split).tensors
    known = faces16.load_faces(split)

    assert images.shape == (count, 3, 16, 16)
    assert labels.shape == (count, 11)
    assert labels.dtype == torch.float32
    assert torch.equal(labels[:, :8].argmax(dim=1), known.attributes["hair_color"])
    assert (labels[:, :8].sum(dim=1) == 1).all()
    for column, name in ((8, "glasses"), (9, "hat"), (10, "mouth")):
        assert torch.equal(labels[:, column].long(), known.attributes[name])


def test_other_splits_are_refused():
    with pytest.raises(UserError, match="train and test, not 'valid'"):
        data.load("faces16-domains", "valid")


# Edits


def test_the_stored_edits_are_drawn_again():
    stored = snapshot.arrays("faces16-edits.npz")
    options = faces16.load_faces("test").options

    assert stored["indices"].shape == (domains.EDITED, 11, 16, 16)
    for i in range(0, domains.EDITED, 16):
        for j, change in enumerate(domains.changes(options[i])):
            drawn = faces16.render(faces16.edit(options[i], **change))
            assert np.array_equal(drawn, stored["palette"][stored["indices"][i, j].astype(int)])


def test_edits_are_built_as_they_are_stored(tmp_path, monkeypatch):
    before = snapshot.arrays("faces16-edits.npz")
    (tmp_path / "faces16.npz").write_bytes(snapshot.read("faces16.npz"))
    (tmp_path / "SHA256SUMS").write_bytes((snapshot.FOLDER / "SHA256SUMS").read_bytes())
    monkeypatch.setattr(snapshot, "FOLDER", tmp_path)
    monkeypatch.setattr(domains, "EDITED", 2)

    build.build_edits()

    after = snapshot.arrays("faces16-edits.npz")
    pictures = [x["palette"][x["indices"][:2].astype(int)] for x in (before, after)]
    assert np.array_equal(*pictures)


def test_an_edit_changes_what_it_names_and_nothing_else():
    known = domains.edits()

    for column, name in enumerate(domains.FACE_DOMAINS):
        attribute = "hair_color" if column < 8 else name
        wanted = known.attributes[attribute][:, column]
        now = faces16.load_faces("test").attributes
        if column < 8:
            assert (wanted == column).all()
        else:
            assert torch.equal(wanted, 1 - now[name][: domains.EDITED])
        for other in now.keys() - {attribute}:
            kept = known.attributes[other][:, column]
            assert torch.equal(kept, now[other][: domains.EDITED]), (name, other)


def test_labels_targets_and_faces_of_edits_belong_together():
    known = domains.edits()

    colour = known.labels[:, :8].argmax(dim=1)
    itself = torch.arange(domains.EDITED)
    assert torch.equal(known.targets[itself, colour], known.images)  # the colour that it has
    assert torch.equal(known.wanted[itself, colour], known.labels)
    assert (known.wanted[:, :, :8].sum(dim=2) == 1).all()
    flipped = (known.wanted[:, 8:] - known.labels[:, None]).abs()
    assert torch.equal(flipped, torch.eye(11)[8:].expand_as(flipped))
    changed = (known.targets != known.images[:, None]).flatten(2).any(dim=2)
    assert changed.sum() == domains.EDITED * 10  # every edit but one to the colour that it has


# CelebA


@pytest.fixture
def celeba(monkeypatch) -> list[str]:
    """CelebA with two tiny pictures."""
    names = ["Smiling", "Young", "Male", "Black_Hair", "Blond_Hair", "Brown_Hair"]

    def opened(self, split, size, root):
        self.size, self.paths = size, [Path("a"), Path("b")]
        self.attribute_names = names
        self.attributes = torch.tensor([[1, 1, 0, 0, 1, 0], [0, 0, 1, 1, 0, 0]])

    monkeypatch.setattr(CelebA, "__init__", opened)
    monkeypatch.setattr(CelebA, "__getitem__", lambda self, i: (torch.zeros(3, *[self.size] * 2),))
    return names


@pytest.mark.usefixtures("celeba")
def test_celeba_has_the_five_domains_of_the_paper():
    dataset = data.load("celeba-domains")

    assert len(dataset) == 2
    image, label = dataset[0]
    assert image.shape == (3, 128, 128)
    assert label.tolist() == [0, 1, 0, 0, 1]
    assert dataset[1][1].tolist() == [1, 0, 0, 1, 0]
    assert data.load("celeba-domains", size=64)[0][0].shape == (3, 64, 64)


def test_celeba_that_is_not_there_is_said_to_be(tmp_path):
    with pytest.raises(UserError, match="download it with `gan-minimal data celeba --download`"):
        data.load("celeba-domains", root=tmp_path)


# Words


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("blond hair,glasses", {**dict.fromkeys(range(8), 0.0), 0: 1.0, 8: 1.0}),
        (" Green  hair ", {**dict.fromkeys(range(8), 0.0), 7: 1.0}),
        ("금발, 안경", {**dict.fromkeys(range(8), 0.0), 0: 1.0, 8: 1.0}),
        ("짙은 금발", {**dict.fromkeys(range(8), 0.0), 1: 1.0}),
        ("파란색 머리,모자 없음", {**dict.fromkeys(range(8), 0.0), 5: 1.0, 9: 0.0}),
        ("no glasses,happy", {8: 0.0, 10: 1.0}),
        ("슬픈 입,모자", {10: 0.0, 9: 1.0}),
    ],
)
def test_wishes_are_understood_in_both_languages(text, wanted):
    assert domains.asked(text, domains.face_phrases()) == wanted


def test_wishes_for_photographs_are_those_of_the_paper():
    assert domains.asked("blond hair,old", domains.celeba_phrases()) == {0: 0, 1: 1, 2: 0, 4: 0}
    assert domains.asked("검은 머리,여성", domains.celeba_phrases()) == {0: 1, 1: 0, 2: 0, 3: 0}


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("blnd hair", "Nothing is known of 'blnd hair': did you mean 'blond hair'"),
        ("안 경", "Nothing is known of '안 경': did you mean '안경'"),
        ("beard", "Nothing is known of 'beard'"),
        ("", "Nothing is known of ''"),
        ("hat,,glasses", "Nothing is known of ''"),
    ],
)
def test_wishes_that_are_not_understood_are_named(text, sentence):
    with pytest.raises(UserError, match=sentence):
        domains.asked(text, domains.face_phrases())
