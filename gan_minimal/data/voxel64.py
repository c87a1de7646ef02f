"""voxel64: 12,288 characters of 64x64 pixels whose parts are known and can be changed exactly.

They are drawn by the style "Voxel Art" of DiceBear (CC0 1.0). A character says of every part, such
as the hat, which one it is; `voxel64.toml` has the parts and their names. `edit` changes the parts
that it is asked to change and `render` draws the result, so every edit has a right answer.

Four decisions keep what is seen readable:

- Of hair styles, clothes and colours that look nearly alike, such as twelve colours of hair, a few
  are used that can be told apart.
- Everybody has eyebrows, in the colour of the hair: it can be seen under a hat, too.
- Nobody is bald, and a character says which hair is under its hat: taking it off is determined.
- Hats, glasses and beards are frequent: 25, 30 and 30 in 100.
"""

import io
import json
import tomllib
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from gan_minimal.data import snapshot
from gan_minimal.data.faces16 import Attribute
from gan_minimal.errors import UserError, nearest

if TYPE_CHECKING:
    import torch

Character = dict[str, str]
"""For every part the key of its value."""

TRAIN = 9216
"""The first `TRAIN` characters are the training split, the rest the test split."""
SHEETS = tuple(f"voxel64-{i}.webp" for i in range(4))
"""Pictures of `ROWS` rows of `COLUMNS` characters, in order."""
ROWS, COLUMNS = 48, 64
SIDE = 64  # pixels


@dataclass(frozen=True)
class Part(Attribute):
    """An attribute that is drawn.

    Attributes:
        drawn: DiceBear's name or colour of each value; empty for none.
        weights: How often each value occurs in relation to the others.
    """

    drawn: tuple[str, ...]
    weights: tuple[int, ...]


def _part(row: dict[str, Any]) -> Part:
    def column(name: str, default: Any = None) -> tuple[Any, ...]:
        return tuple(value.get(name, default) for value in row["values"])

    names = column("key"), row["ko"], row["en"], column("ko"), column("en")
    return Part(*names, drawn=column("drawn"), weights=column("weight", 1))


_TEXT = Path(__file__).with_suffix(".toml").read_text(encoding="utf-8")
PARTS = {name: _part(row) for name, row in tomllib.loads(_TEXT).items()}
"""All parts of a character, in the order of its code."""


def _joined(one: Attribute, other: Attribute, left_out: int, ko: str, en: str) -> Attribute:
    """Return an attribute with the values of both, without the first `left_out` of the other."""
    return Attribute(
        one.values + other.values[left_out:],
        ko,
        en,
        one.ko_values + other.ko_values[left_out:],
        one.en_values + other.en_values[left_out:],
    )


_HIDDEN = Attribute(("hidden",), "", "", ("가려진 눈",), ("hidden",))
ATTRIBUTES: dict[str, Attribute] = {
    "background": PARTS["background"],
    "skin": PARTS["skin"],
    "top": _joined(PARTS["hair"], PARTS["hat"], 1, "머리와 모자", "hair or hat"),
    "hair_color": PARTS["hair_color"],
    "eyes": _joined(PARTS["eyes"], _HIDDEN, 0, "눈", "eyes"),
    "glasses": PARTS["glasses"],
    "mouth": PARTS["mouth"],
    "beard": PARTS["beard"],
    "outfit": PARTS["outfit"],
}
"""What can be seen of a character, and is read off a picture."""


def encode(character: Mapping[str, str]) -> NDArray[np.uint8]:
    """Return the code of a character: for each part the index of its value, `(18,)`.

    Raises:
        UserError: If a part is missing or unknown, or has no such value.
    """
    for name in character.keys() ^ PARTS.keys():
        kind = "has no part" if name in character else "lacks the part"
        raise UserError(f"A character {kind} {name!r}; its parts are: {', '.join(PARTS)}.")
    for name, part in PARTS.items():
        if character[name] not in part.values:
            raise UserError(
                f"{name} cannot be {character[name]!r}: "
                f"{nearest(character[name], list(part.values))}"
            )
    return np.array([p.values.index(character[name]) for name, p in PARTS.items()], dtype=np.uint8)


def decode(code: NDArray[np.uint8]) -> Character:
    """Return the character with this code; the inverse of `encode`."""
    return {name: part.values[int(i)] for (name, part), i in zip(PARTS.items(), code, strict=True)}


def edit(character: Mapping[str, str], **changes: str) -> Character:
    """Change parts of a character and nothing else; the argument is left as it is.

    Args:
        character: As `decode` gives it.
        **changes: New values by part, such as `hair_color="blonde", glasses="clear"`.

    Raises:
        UserError: If there is no such part or value.
    """
    edited = {**character, **changes}
    encode(edited)
    return edited


@dataclass(frozen=True)
class Characters:
    """Characters with all that is known of them.

    Attributes:
        images: uint8 tensor (N, 3, 64, 64), RGB.
        attributes: For every name in `ATTRIBUTES` the int64 class indices (N,).
        codes: uint8 array (N, 18), for `decode`.
    """

    images: "torch.Tensor"
    attributes: "dict[str, torch.Tensor]"
    codes: NDArray[np.uint8]


def load_characters(split: str = "train") -> Characters:
    """Return the built-in characters with their attributes.

    Args:
        split: `"train"` (9,216 characters) or `"test"` (3,072 others).

    Raises:
        UserError: If the split is unknown or the snapshot is damaged.
    """
    import torch

    if split not in ("train", "test"):
        raise UserError(f"voxel64 has the splits train and test, not {split!r}.")
    codes = snapshot.arrays("voxel64.npz")["codes"].astype(np.uint8)
    sheets, codes = (SHEETS[:3], codes[:TRAIN]) if split == "train" else (SHEETS[3:], codes[TRAIN:])
    with ThreadPoolExecutor() as pool:  # Pillow decodes several at a time
        images = torch.from_numpy(np.concatenate(list(pool.map(sheet, sheets))))
    attributes = {name: torch.from_numpy(index) for name, index in seen(codes).items()}
    return Characters(images, attributes, codes)


def sheet(name: str) -> NDArray[np.uint8]:
    """Return the characters of a sheet, `(ROWS * COLUMNS, 3, 64, 64)`."""
    with Image.open(io.BytesIO(snapshot.read(name))) as picture:
        pixels = np.asarray(picture.convert("RGB"))
    tiles = pixels.reshape(ROWS, SIDE, COLUMNS, SIDE, 3).transpose(0, 2, 4, 1, 3)
    return np.ascontiguousarray(tiles.reshape(-1, 3, SIDE, SIDE))


def seen(codes: NDArray[np.uint8]) -> dict[str, NDArray[np.int64]]:
    """Return the class indices `(N,)` of every attribute of characters with codes `(N, 18)`."""
    found = {name: column.astype(np.int64) for name, column in zip(PARTS, codes.T, strict=True)}
    hat = found["hat"]  # 0 is none
    found["top"] = np.where(hat > 0, len(PARTS["hair"].values) - 1 + hat, found["hair"])
    hidden = found["glasses"] == PARTS["glasses"].values.index("shades")
    found["eyes"] = np.where(hidden, len(PARTS["eyes"].values), found["eyes"])
    return {name: found[name] for name in ATTRIBUTES}


@cache
def style() -> Any:
    """Return DiceBear's style "Voxel Art".

    Raises:
        UserError: If the packages of the extra `data` are not installed.
    """
    try:
        from dicebear import Style
    except ImportError as error:
        raise UserError(
            "Drawing characters needs a few more packages: pip install 'gan-minimal[data]'."
        ) from error
    definition = (files("dicebear_styles") / "voxel-art.json").read_text(encoding="utf-8")
    return Style(json.loads(definition))


def render(character: Mapping[str, str]) -> NDArray[np.uint8]:
    """Draw a character exactly as the snapshot has it.

    Returns:
        Array (64, 64, 3), RGB.

    Raises:
        UserError: If a part or a value is unknown, or the extra `data` is not installed.
    """
    code = encode(character)
    drawing_style = style()
    import resvg_py
    from dicebear import Avatar

    drawn = {name: part.drawn[i] for (name, part), i in zip(PARTS.items(), code, strict=True)}
    options: dict[str, str | int] = {"seed": "0", "animationVariant": "none"}
    options |= {f"{name}Color": drawn[name] for name in ("background", "skin", "shirt")}
    options |= {f"{name}Color": drawn[name] for name in ("jacket", "pants", "shoes")}
    options |= {f"{name}Color": drawn[f"{name}_color"] for name in ("hair", "hat")}
    options |= {"topVariant": drawn["hat"] or drawn["hair"], "topProbability": 100}
    for name in ("outfit", "eyes", "eyebrows", "nose", "mouth", "glasses", "cheeks", "beard"):
        options |= {f"{name}Probability": 100 if drawn[name] else 0}
        if drawn[name]:
            options |= {f"{name}Variant": drawn[name]}
    svg = Avatar(drawing_style, options).to_string()
    png = resvg_py.svg_to_bytes(svg_string=svg, width=SIDE, skip_system_fonts=True)
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB"))
