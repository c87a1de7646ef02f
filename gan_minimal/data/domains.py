"""Images with labels of zeros and ones, one entry for each domain that an image can be in.

The domains of faces16 are its eight hair colours, glasses, a hat and a happy mouth, and every
change from one to another has a right answer, which is drawn and stored: see `edits`.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor
from torch.utils.data import Dataset, TensorDataset

from gan_minimal.data import snapshot
from gan_minimal.data.faces16 import ATTRIBUTES, Options, attributes_of, edit, load_faces
from gan_minimal.data.pairs import Questions
from gan_minimal.data.pixels import to_unit
from gan_minimal.data.registry import SETS
from gan_minimal.data.torchvision_sets import CelebA
from gan_minimal.errors import UserError, nearest

EDITED = 256
"""The first `EDITED` faces of the test split of faces16 are stored with all their edits."""

COLORS = ATTRIBUTES["hair_color"].values
SWITCHES = ("glasses", "hat", "mouth")  # attributes of two values, of which the second one is 1
FACE_DOMAINS = SETS["faces16-domains"].labels
CELEBA_DOMAINS = SETS["celeba-domains"].labels


def open_faces(_folder: Path, split: str, _size: int | None) -> TensorDataset:
    """Open faces16 with its labels `(11,)`, float32 zeros and ones, at the data's own size."""
    faces = load_faces(split)
    return TensorDataset(to_unit(faces.images), labels_of(faces.attributes))


def open_celeba(root: Path, split: str, size: int | None) -> "CelebADomains":
    """Open CelebA with the five domains of the StarGAN paper, by default at 128 pixels."""
    return CelebADomains(split, size or 128, root)


def labels_of(attributes: dict[str, Tensor]) -> Tensor:
    """Return the labels `(N, 11)` of faces with these attributes, see `Faces.attributes`."""
    colors = torch.nn.functional.one_hot(attributes["hair_color"], len(COLORS))
    switches = torch.stack([attributes[name] for name in SWITCHES], dim=1)
    return torch.cat([colors, switches], dim=1).float()


class CelebADomains(Dataset[tuple[Tensor, ...]]):
    """CelebA with the five domains of the StarGAN paper."""

    def __init__(self, split: str, size: int, root: Path) -> None:
        """Open what has been downloaded to `root`; see `CelebA` for the errors."""
        self.images = CelebA(split, size, root)
        columns = [self.images.attribute_names.index(name) for name in CELEBA_DOMAINS]
        self.labels = self.images.attributes[:, columns].float()

    def __len__(self) -> int:
        return len(self.images)

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        return *self.images[index], self.labels[index]


# Edits, with their right answers


def changes(face: Options) -> list[dict[str, str]]:
    """Return the eleven edits of a face, in the order of `FACE_DOMAINS`.

    One for each hair colour, of which one changes nothing, and one for each switch.
    """
    now = attributes_of(face)
    turned = [
        {name: next(value for value in ATTRIBUTES[name].values if value != now[name])}
        for name in SWITCHES
    ]
    return [*({"hair_color": color} for color in COLORS), *turned]


@dataclass(frozen=True)
class Edits:
    """Faces, what each shall become, and what it then looks like.

    Attributes:
        images: The faces as they are, `(N, 3, 16, 16)` in [-1, 1].
        labels: Their labels `(N, 11)`.
        wanted: The label after each edit, `(N, 11 edits, 11)`.
        targets: The exact pictures after each edit, `(N, 11 edits, 3, 16, 16)`.
        attributes: The attributes after each edit, by name, `(N, 11 edits)`.
    """

    images: Tensor
    labels: Tensor
    wanted: Tensor
    targets: Tensor
    attributes: dict[str, Tensor]


def edits() -> Edits:
    """Return the stored edits of the first `EDITED` faces of the test split.

    Raises:
        UserError: If a snapshot is damaged.
    """
    faces = load_faces("test")
    stored = snapshot.arrays("faces16-edits.npz")
    colors = stored["palette"][stored["indices"].astype(np.int64)]
    rows = [
        attributes_of(edit(face, **change))
        for face in faces.options[:EDITED]
        for change in changes(face)
    ]
    attributes = {
        name: torch.tensor([about.values.index(row[name]) for row in rows])
        for name, about in ATTRIBUTES.items()
    }
    return Edits(
        images=to_unit(faces.images[:EDITED]),
        labels=labels_of({name: known[:EDITED] for name, known in faces.attributes.items()}),
        wanted=labels_of(attributes).unflatten(0, (EDITED, -1)),
        targets=to_unit(torch.from_numpy(np.ascontiguousarray(np.moveaxis(colors, -1, 2)))),
        attributes={name: of.unflatten(0, (EDITED, -1)) for name, of in attributes.items()},
    )


def questions(n: int) -> Questions:
    """Return `n` held-out faces, the label that each shall get and its exact picture.

    The edits come in turn, hair colours and switches mixed.
    """
    known = edits()
    faces = torch.arange(n) * (len(known.images) // n)
    columns = torch.arange(n) * 3 % known.wanted.shape[1]
    labels = {"labels": known.wanted[faces, columns]}
    return known.images[faces], labels, known.targets[faces, columns]


# Edits in words

Phrases = dict[str, dict[int, float]]
"""What can be asked for, in both languages: entries of a label and their new values."""


def celeba_phrases() -> Phrases:
    """Return what can be asked for of a face of CelebA."""
    hair = {
        **{"black hair": 0, "검은 머리": 0, "blond hair": 1, "금발": 1},
        **{"brown hair": 2, "갈색 머리": 2},
    }
    known = {name: {i: float(i == entry) for i in range(3)} for name, entry in hair.items()}
    return known | {
        **{"male": {3: 1.0}, "남성": {3: 1.0}, "female": {3: 0.0}, "여성": {3: 0.0}},
        **{"young": {4: 1.0}, "젊은": {4: 1.0}, "old": {4: 0.0}, "나이 든": {4: 0.0}},
    }


def face_phrases() -> Phrases:
    """Return what can be asked for of a face of faces16."""
    known: Phrases = {}
    about = ATTRIBUTES["hair_color"]
    for i, (english, korean) in enumerate(zip(about.en_values, about.ko_values, strict=True)):
        one_hot = {j: float(i == j) for j in range(len(COLORS))}
        for word in (english, english.replace("blonde", "blond")):
            known |= {word: one_hot, f"{word} hair": one_hot}
        known |= {korean: one_hot, f"{korean} 머리": one_hot}
    for entry, name in enumerate(SWITCHES, start=len(COLORS)):
        about = ATTRIBUTES[name]
        for value in (0, 1):
            known |= {about.en_values[value]: {entry: float(value)}}
            known |= {about.ko_values[value]: {entry: float(value)}}
        known |= {about.en: {entry: 1.0}, about.ko: {entry: 1.0}} if name != "mouth" else {}
    return known


def asked(text: str, known: Phrases) -> dict[int, float]:
    """Return the entries of a label that a wish names, such as `"blond hair,glasses"`.

    Args:
        text: Phrases in Korean or English, separated by commas.
        known: What can be asked for.

    Raises:
        UserError: If a phrase is unknown; the message names the nearest one.
    """
    wanted: dict[int, float] = {}
    for phrase in text.split(","):
        words = " ".join(phrase.lower().split())
        if words not in known:
            raise UserError(f"Nothing is known of {words!r}: {nearest(words, list(known))}")
        wanted |= known[words]
    return wanted
