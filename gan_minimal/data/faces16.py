"""faces16: 10,240 pixel-art faces whose attributes are known and can be changed exactly.

The faces are drawn by the style "Pixel Art" of DiceBear (CC0 1.0), natively at 16x16 pixels, from
named parts and colours. A face is a dictionary of DiceBear's own options; `edit` changes only the
attributes it is asked to change and `render` draws the result, so every edit has a right answer.

Four decisions keep the attributes readable in the picture:

- Beards are drawn opaque, a shade darker than the hair. The original draws them through a
  luminance mask in the hair's colour, which makes dark beards all but invisible.
- Hair styles that no hat leaves visible are left out, and a hat is never combined with a hair
  style of which it leaves fewer than `MIN_HAIR` pixels: the hair colour can always be seen.
- Of the original's eleven hair colours, three reddish browns are left out: they differ from brown
  by 10 to 20 of 255 and can be told apart in numbers, but not in a picture.
- Glasses, hats and beards are more frequent than in the original (30, 20 and 20 in 100).

A face also says which glasses, hat, beard and earrings it *would* wear, so that adding them
is as determined as taking them off.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, overload

import numpy as np
from numpy.typing import NDArray

from gan_minimal.data import snapshot
from gan_minimal.errors import UserError

if TYPE_CHECKING:
    import torch

Options = dict[str, str | int]
"""A face: `<part>Variant`, `<part>Color` and, for parts that may be absent, `<part>Probability`
(0 or 100), as DiceBear names them."""

MIN_HAIR = 4
"""The fewest pixels of hair (of 256) that a hat leaves visible."""
TRAIN = 8192
"""The first `TRAIN` of the stored faces are the training split, the rest the test split."""


def _numbered(prefix: str, *numbers: int) -> tuple[str, ...]:
    return tuple(f"{prefix}{number:02d}" for number in numbers)


LONG = _numbered("long", *range(1, 22))
SHORT = _numbered("short", 1, 2, 6, 11, 13, 14, 15, 17, 18, 22)
HAPPY = _numbered("happy", *range(1, 14))
SAD = _numbered("sad", *range(1, 11))

# The order is that of the codes in the snapshot: never change it without building it again.
PARTS: dict[str, tuple[str, ...]] = {
    "accessories": _numbered("variant", 1, 2, 3, 4),
    "beard": _numbered("variant", 1, 2, 3, 5, 6, 7, 8),
    "clothes": _numbered("variant", *range(1, 24)),
    "eyes": _numbered("variant", *range(1, 13)),
    "glasses": _numbered("dark", *range(1, 8)) + _numbered("light", *range(1, 8)),
    "hair": LONG + SHORT,
    "hat": _numbered("variant", *range(1, 11)),
    "mouth": HAPPY + SAD,
}
OPTIONAL = ("accessories", "beard", "glasses", "hat")
COLORS: dict[str, tuple[str, ...]] = {
    "accessories": ("#daa520", "#ffd700", "#fafad2", "#d3d3d3", "#a9a9a9"),
    "clothing": (
        *("#5bc0de", "#428bca", "#03396c", "#88d8b0", "#44c585", "#00b159"),
        *("#ff6f69", "#d11141", "#ae0001", "#ffeead", "#ffd969", "#ffc425"),
    ),
    "eyes": ("#76778b", "#697b94", "#647b90", "#5b7c8b", "#588387", "#876658"),
    "glasses": ("#4b4b4b", "#323232", "#191919", "#43677d", "#5f705c", "#a04b5d"),
    "hair": (
        *("#cab188", "#a78961", "#83623b", "#603a14"),
        *("#28150a", "#009bbd", "#bd1700", "#91cb15"),
    ),
    "hat": ("#2e1e05", "#2663a3", "#989789", "#3d8a6b", "#cc6192", "#614f8a", "#a62116"),
    "mouth": ("#d29985", "#c98276", "#e35d6a", "#de0f0d"),
    "skin": (
        *("#ffdbac", "#f5cfa0", "#eac393", "#e0b687"),
        *("#cb9e6e", "#b68655", "#a26d3d", "#8d5524"),
    ),
}


REGIONS: dict[str, tuple[str, str, str]] = {
    "paper": ("#ffffff", "바탕", "background"),
    "skin": ("#e8a87c", "피부", "skin"),
    "hair": ("#3b5dc9", "머리카락", "hair"),
    "beard": ("#8b5fbf", "수염", "beard"),
    "clothing": ("#2e8b57", "옷", "clothes"),
    "hat": ("#f2c14e", "모자", "hat"),
    "glasses": ("#1d2130", "안경", "glasses"),
    "eyes": ("#41d9e6", "눈", "eyes"),
    "mouth": ("#d7263d", "입", "mouth"),
    "accessories": ("#9aa0a6", "귀걸이", "earrings"),
}
"""What a pixel of a face can belong to: its colour on a label map, Korean and English names. The
colours name regions and say nothing about the colours of the face."""


@dataclass(frozen=True)
class Attribute:
    """One thing that is known of every face, with its names for readers.

    Attributes:
        values: The keys of its values, in the order of the class indices.
        ko: Korean name of the attribute.
        en: English name of the attribute.
        ko_values: Korean names of the values, in the same order.
        en_values: English names of the values, in the same order.
    """

    values: tuple[str, ...]
    ko: str
    en: str
    ko_values: tuple[str, ...]
    en_values: tuple[str, ...]


def _yes_no(ko: str, en: str) -> Attribute:
    return Attribute(
        ("no", "yes"), ko, en, (f"{ko} 없음", f"{ko} 있음"), (f"no {en}", f"with {en}")
    )


ATTRIBUTES: dict[str, Attribute] = {
    "hair_color": Attribute(
        (
            *("blonde", "dark_blonde", "light_brown", "brown"),
            *("black", "blue", "red", "green"),
        ),
        "머리색",
        "hair colour",
        (
            *("금발", "짙은 금발", "연갈색", "갈색"),
            *("검은색", "파란색", "빨간색", "초록색"),
        ),
        (
            *("blonde", "dark blonde", "light brown", "brown"),
            *("black", "blue", "red", "green"),
        ),
    ),
    "hair_length": Attribute(
        ("short", "long"), "머리 길이", "hair length", ("짧은 머리", "긴 머리"), ("short", "long")
    ),
    "glasses": _yes_no("안경", "glasses"),
    "hat": _yes_no("모자", "hat"),
    "beard": _yes_no("수염", "beard"),
    "mouth": Attribute(
        ("sad", "happy"), "입 모양", "mouth", ("슬픈 입", "웃는 입"), ("sad", "happy")
    ),
    "skin": Attribute(
        tuple(f"tone{i}" for i in range(1, 9)),
        "피부색",
        "skin tone",
        ("1단계(가장 밝음)", *(f"{i}단계" for i in range(2, 8)), "8단계(가장 어두움)"),
        ("tone 1 (lightest)", *(f"tone {i}" for i in range(2, 8)), "tone 8 (darkest)"),
    ),
}


def attributes_of(options: Mapping[str, str | int]) -> dict[str, str]:
    """Return the value of every attribute of the face `options`."""

    def worn(part: str) -> str:
        return "yes" if options[f"{part}Probability"] else "no"

    return {
        "hair_color": ATTRIBUTES["hair_color"].values[
            COLORS["hair"].index(str(options["hairColor"]))
        ],
        "hair_length": "long" if options["hairVariant"] in LONG else "short",
        "glasses": worn("glasses"),
        "hat": worn("hat"),
        "beard": worn("beard"),
        "mouth": "happy" if options["mouthVariant"] in HAPPY else "sad",
        "skin": ATTRIBUTES["skin"].values[COLORS["skin"].index(str(options["skinColor"]))],
    }


@cache
def hair_visible() -> NDArray[np.uint8]:
    """Return how many pixels of hair each hat leaves, as measured when the snapshot was built.

    Returns:
        Array (hair styles, hats) in the order of `PARTS`.
    """
    return snapshot.arrays("faces16.npz")["hair_visible"].astype(np.uint8)


def fitting(hair: str, hat: str, wanted: str, visible: NDArray[np.uint8] | None = None) -> str:
    """Return `hat` or `hair`, or the substitute that leaves enough hair to see.

    Args:
        hair: Hair variant.
        hat: Hat variant.
        wanted: `"hat"` to keep the hair and choose a hat, `"long"` or `"short"` to keep the hat
            and choose a hair style of that length.
        visible: The table of `hair_visible`; by default that of the snapshot.

    Returns:
        The given variant where it fits, otherwise the one that takes its place, always the same.
    """
    table = hair_visible() if visible is None else visible
    hats, hairs = PARTS["hat"], PARTS["hair"]
    if wanted == "hat":
        given, pool = hat, hats
        kept = [hats[i] for i in np.flatnonzero(table[hairs.index(hair)] >= MIN_HAIR)]
    else:
        given, pool = hair, hairs
        lengths = LONG if wanted == "long" else SHORT
        fits = np.flatnonzero(table[:, hats.index(hat)] >= MIN_HAIR)
        kept = [hairs[i] for i in fits if hairs[i] in lengths]
    return given if given in kept else kept[pool.index(given) % len(kept)]


def edit(options: Mapping[str, str | int], **changes: str) -> Options:
    """Change attributes of a face and nothing else.

    Args:
        options: The face, as `load_faces(...).options[i]` gives it.
        **changes: New values by attribute, such as `hair_color="blonde", glasses="yes"`. A value
            that the face already has changes nothing.

    Returns:
        The options of the changed face; the argument is left as it is. New hair or a new mouth is
        one of many of its kind, always the same one for the same face.

    Raises:
        UserError: If there is no such attribute or value.
    """
    for name, value in changes.items():
        if name not in ATTRIBUTES:
            raise UserError(
                f"A face has no attribute {name!r}; there are: {', '.join(ATTRIBUTES)}."
            )
        if value not in ATTRIBUTES[name].values:
            raise UserError(
                f"{name} cannot be {value!r}; it is one of: {', '.join(ATTRIBUTES[name].values)}."
            )
    edited = dict(options)
    now = attributes_of(options)
    wanted = {name: value for name, value in changes.items() if value != now[name]}
    for name, part in (("hair_color", "hair"), ("skin", "skin")):
        if name in wanted:
            index = ATTRIBUTES[name].values.index(wanted[name])
            edited[f"{part}Color"] = COLORS[part][index]
    if "mouth" in wanted:
        kind = HAPPY if wanted["mouth"] == "happy" else SAD
        edited["mouthVariant"] = kind[
            PARTS["mouth"].index(str(options["mouthVariant"])) % len(kind)
        ]
    for part in ("glasses", "hat", "beard"):
        if part in wanted:
            edited[f"{part}Probability"] = 100 if wanted[part] == "yes" else 0
    if "hair_length" in wanted:
        hair, hat = str(options["hairVariant"]), str(options["hatVariant"])
        edited["hairVariant"] = fitting(hair, hat, wanted["hair_length"])
    return edited


class FaceOptions(Sequence[Options]):
    """The options of many faces, decoded from their codes when they are asked for."""

    def __init__(self, codes: NDArray[np.uint8]) -> None:
        self.codes = codes

    def __len__(self) -> int:
        return len(self.codes)

    @overload
    def __getitem__(self, index: int) -> Options: ...
    @overload
    def __getitem__(self, index: slice) -> "FaceOptions": ...
    def __getitem__(self, index: int | slice) -> "Options | FaceOptions":
        if isinstance(index, slice):
            return FaceOptions(self.codes[index])
        return decode(self.codes[index])


def encode(options: Mapping[str, str | int]) -> NDArray[np.uint8]:
    """Return the code of a face: one byte for every part, optional part and colour, (20,)."""
    variants = [PARTS[part].index(str(options[f"{part}Variant"])) for part in PARTS]
    worn = [int(bool(options[f"{part}Probability"])) for part in OPTIONAL]
    colors = [COLORS[name].index(str(options[f"{name}Color"])) for name in COLORS]
    return np.array(variants + worn + colors, dtype=np.uint8)


def decode(code: NDArray[np.uint8]) -> Options:
    """Return the options of the face with this code; the inverse of `encode`."""
    numbers = [int(number) for number in code]
    options: Options = {}
    for part, number in zip(PARTS, numbers, strict=False):
        options[f"{part}Variant"] = PARTS[part][number]
    for part, number in zip(OPTIONAL, numbers[len(PARTS) :], strict=False):
        options[f"{part}Probability"] = 100 * number
    for name, number in zip(COLORS, numbers[len(PARTS) + len(OPTIONAL) :], strict=True):
        options[f"{name}Color"] = COLORS[name][number]
    return options


@dataclass(frozen=True)
class Faces:
    """Faces with all that is known of them.

    Attributes:
        images: uint8 tensor (N, 3, 16, 16), RGB.
        attributes: For every name in `ATTRIBUTES` the int64 class indices (N,).
        options: The DiceBear options of every face, for `edit` and `render`.
    """

    images: "torch.Tensor"
    attributes: "dict[str, torch.Tensor]"
    options: FaceOptions


def load_faces(split: str = "train") -> Faces:
    """Return the built-in faces with their attributes.

    Args:
        split: `"train"` (8,192 faces) or `"test"` (2,048 others).

    Raises:
        UserError: If the split is unknown or the snapshot is damaged.
    """
    import torch

    if split not in ("train", "test"):
        raise UserError(f"faces16 has the splits train and test, not {split!r}.")
    stored = snapshot.arrays("faces16.npz")
    part = slice(None, TRAIN) if split == "train" else slice(TRAIN, None)
    colors = stored["palette"][stored["indices"][part].astype(np.int64)]
    options = FaceOptions(stored["codes"][part].astype(np.uint8))
    rows = [attributes_of(face) for face in options]
    attributes = {
        name: torch.tensor([attribute.values.index(row[name]) for row in rows])
        for name, attribute in ATTRIBUTES.items()
    }
    images = torch.from_numpy(np.ascontiguousarray(colors.transpose(0, 3, 1, 2)))
    return Faces(images, attributes, options)


def label_maps(split: str = "train") -> "torch.Tensor":
    """Return the label map of every face: which region each pixel belongs to, and no colour of it.

    Args:
        split: `"train"` or `"test"`; the maps are in the order of `load_faces`.

    Returns:
        uint8 tensor (N, 3, 16, 16) in the colours of `REGIONS`.

    Raises:
        UserError: If the split is unknown or the snapshot is damaged.
    """
    import torch

    if split not in ("train", "test"):
        raise UserError(f"faces16 has the splits train and test, not {split!r}.")
    part = slice(None, TRAIN) if split == "train" else slice(TRAIN, None)
    regions = snapshot.arrays("faces16-regions.npz")["regions"][part].astype(np.int64)
    colors = np.array([list(bytes.fromhex(c[1:])) for c, *_ in REGIONS.values()], dtype=np.uint8)
    return torch.from_numpy(np.ascontiguousarray(colors[regions].transpose(0, 3, 1, 2)))


@cache
def style() -> Any:
    """Return DiceBear's style "Pixel Art" with opaque beards (see the top of this file).

    Raises:
        UserError: If the packages of the extra `data` are not installed.
    """
    try:
        from dicebear import Style
    except ImportError as error:
        raise UserError(
            "Drawing faces needs a few more packages: pip install 'gan-minimal[data]'."
        ) from error
    definition = json.loads(
        (files("dicebear_styles") / "pixel-art.json").read_text(encoding="utf-8")
    )
    for variant in definition["components"]["beard"]["variants"].values():
        for element in variant["elements"]:
            if element["name"] == "mask":
                for shape in element["children"]:
                    shape["attributes"]["fill"] = "white"
            elif element["name"] == "g":
                element["children"][1]["attributes"] |= {"fill": "black", "fill-opacity": ".2"}
    return Style(definition)


def render(options: Mapping[str, str | int]) -> NDArray[np.uint8]:
    """Draw the face `options` exactly as the snapshot has it.

    Returns:
        Array (16, 16, 3), RGB.

    Raises:
        UserError: If the packages of the extra `data` are not installed.
    """
    drawing_style = style()
    import resvg_py
    from dicebear import Avatar
    from PIL import Image

    # Nothing is left to chance in complete options, so the seed does not matter.
    svg = Avatar(drawing_style, {"seed": "0", **options}).to_string()
    png = resvg_py.svg_to_bytes(
        svg_string=svg,
        width=16,
        background="#fff",
        skip_system_fonts=True,
        shape_rendering="crisp_edges",
    )
    return np.asarray(Image.open(io.BytesIO(bytes(png))).convert("RGB"))
