"""Makes the snapshots of the built-in data again: `python -m gan_minimal.data.build NAME`.

Needs the extra `data` (`pip install 'gan-minimal[data]'`), whose versions are pinned: another
version of the style or of a font may draw something else. `snapshots/README.md` says where the
two fonts and the photograph come from that are given by path.
"""

import argparse
import hashlib
import io
import random
import zipfile
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from gan_minimal.data import domains, faces16, hangul32, snapshot, voxel64
from gan_minimal.errors import UserError

FACES = 10_240
# Colours that stay apart, whatever light or shade is laid over them: which part a pixel is.
PAINT = {
    "accessories": "#ffff00",
    "clothing": "#0000ff",
    "eyes": "#00ffff",
    "glasses": "#ff00ff",
    "hair": "#ff0000",
    "hat": "#00ff00",
    "mouth": "#000000",
    "skin": "#808080",
}
# 24 of the 45 hair styles of the original are short; ten of them are left, so each counts more.
SHORT_WEIGHT = 2.4
PROBABILITY = {"accessories": 10, "beard": 20, "glasses": 30, "hat": 20}


def write(name: str, **arrays: NDArray[np.generic]) -> None:
    """Write arrays as an `.npz` file that `numpy.load` reads, LZMA-packed, without dates."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_LZMA) as archive:
        for key, array in arrays.items():
            member = io.BytesIO()
            np.save(member, array, allow_pickle=False)
            info = zipfile.ZipInfo(f"{key}.npy", (1980, 1, 1, 0, 0, 0))
            info.compress_type = zipfile.ZIP_LZMA
            archive.writestr(info, member.getvalue())
    write_bytes(name, content.getvalue())


def write_bytes(name: str, content: bytes) -> None:
    """Write a snapshot file and bring `SHA256SUMS` up to date."""
    (snapshot.FOLDER / name).write_bytes(content)
    kept = snapshot.sums() if (snapshot.FOLDER / "SHA256SUMS").exists() else {}
    kept[name] = hashlib.sha256(content).hexdigest()
    lines = [f"{digest}  {file}\n" for file, digest in sorted(kept.items())]
    (snapshot.FOLDER / "SHA256SUMS").write_text("".join(lines), encoding="ascii")
    print(f"{name}: {len(content):,} bytes")


def measure_hair() -> NDArray[np.uint8]:
    """Return how many pixels of each hair style each hat leaves visible (hair styles, hats)."""
    face = next(drawn(None))
    table = np.zeros((len(faces16.PARTS["hair"]), len(faces16.PARTS["hat"])), dtype=np.uint8)
    for i, hair in enumerate(faces16.PARTS["hair"]):
        for j, hat in enumerate(faces16.PARTS["hat"]):
            face |= {"hairVariant": hair, "hatVariant": hat, "hatProbability": 100}
            face |= {"beardProbability": 0}
            pictures = [faces16.render({**face, "hairColor": color}) for color in ("#f00", "#0f0")]
            table[i, j] = (pictures[0] != pictures[1]).any(axis=2).sum()
    return table


def drawn(visible: NDArray[np.uint8] | None) -> Iterator[faces16.Options]:
    """Yield the faces of the seeds "0", "1", ... without end, repetitions included.

    Args:
        visible: The table of `measure_hair`; without it hats are left as they are drawn.
    """
    from dicebear import Avatar

    choices: dict[str, object] = {
        f"{part}Variant": {
            variant: SHORT_WEIGHT if variant in faces16.SHORT else 1 for variant in variants
        }
        for part, variants in faces16.PARTS.items()
    }
    choices["hairColor"] = list(faces16.COLORS["hair"])
    always = {f"{part}Probability": 100 for part in faces16.OPTIONAL}
    natural = {f"{part}Probability": PROBABILITY[part] for part in faces16.OPTIONAL}
    seed = 0
    while True:
        base = choices | {"seed": str(seed)}
        chosen = Avatar(faces16.style(), base | always).to_json()["options"]
        # Each choice has its own random numbers: what is worn does not depend on the variants.
        worn = Avatar(faces16.style(), natural | {"seed": str(seed)}).to_json()["options"]
        face: faces16.Options = {
            f"{part}Variant": chosen[f"{part}Variant"] for part in faces16.PARTS
        }
        for part in faces16.OPTIONAL:
            face[f"{part}Probability"] = 100 if f"{part}Variant" in worn else 0
        for name in faces16.COLORS:
            face[f"{name}Color"] = chosen[f"{name}Color"][0]
        if visible is not None:
            hair, hat = str(face["hairVariant"]), str(face["hatVariant"])
            face["hatVariant"] = faces16.fitting(hair, hat, "hat", visible)
        yield face
        seed += 1


def distinct(count: int, visible: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], ...]:
    """Draw the first `count` faces that differ from all before them in at least one pixel.

    Returns:
        The pictures (count, 16, 16, 3) and the codes (count, 20).
    """
    pictures: dict[bytes, NDArray[np.uint8]] = {}
    codes = []
    for face in drawn(visible):
        picture = faces16.render(face)
        if pictures.setdefault(picture.tobytes(), picture) is picture:
            codes.append(faces16.encode(face))
        if len(codes) == count:
            break
    return np.stack(list(pictures.values())), np.stack(codes)


def regions(face: faces16.Options) -> NDArray[np.uint8]:
    """Say of every pixel of a face what it belongs to, by drawing the face in colours of `PAINT`.

    Returns:
        Array (16, 16) of indices into `faces.REGIONS`.
    """
    painted = faces16.render(face | {f"{part}Color": color for part, color in PAINT.items()})
    tones: list[tuple[str, tuple[float, ...]]] = [
        ("paper", (255, 255, 255)),
        ("beard", (204, 0, 0)),  # drawn in the colour of the hair, a shade darker
    ]
    for part, color in PAINT.items():
        tone = np.array(list(bytes.fromhex(color[1:])), dtype=float)
        lights = (0, 0.3, 0.5) if part != "mouth" else (0, 0.2)  # white laid over it
        tones += [(part, tuple(tone + light * (255 - tone))) for light in lights]
    distances = np.square(painted[:, :, None] - np.array([tone for _, tone in tones])).sum(axis=3)
    index = np.array([list(faces16.REGIONS).index(part) for part, _ in tones], dtype=np.uint8)
    return index[distances.argmin(axis=2)]


def build_regions() -> None:
    """Draw the label maps of faces16, in its order, and write their snapshot."""
    codes = snapshot.arrays("faces16.npz")["codes"].astype(np.uint8)
    write(
        "faces16-regions.npz",
        regions=np.stack([regions(face) for face in faces16.FaceOptions(codes)]),
    )


def build_edits() -> None:
    """Draw every edit of the first faces of the test split, and write their snapshot."""
    edited = faces16.load_faces("test").options[: domains.EDITED]
    pictures = np.stack(
        [
            np.stack(
                [faces16.render(faces16.edit(face, **change)) for change in domains.changes(face)]
            )
            for face in edited
        ]
    )
    palette, indices = packed(pictures)
    write("faces16-edits.npz", indices=indices, palette=palette)


def packed(pictures: NDArray[np.uint8]) -> tuple[NDArray[np.uint8], NDArray[np.generic]]:
    """Return the colours of pictures (..., 3), and which of them each pixel has (...)."""
    palette, indices = np.unique(pictures.reshape(-1, 3), axis=0, return_inverse=True)
    kind = np.uint8 if len(palette) <= 256 else np.uint16
    return palette, indices.reshape(pictures.shape[:-1]).astype(kind)


def build_faces() -> None:
    """Draw faces16 and write its snapshot."""
    visible = measure_hair()
    pictures, codes = distinct(FACES, visible)
    palette, indices = packed(pictures)
    write(
        "faces16.npz",
        indices=indices,
        palette=palette,
        codes=codes,
        hair_visible=visible,
    )


def glyph(path: Path, syllable: str, size: int) -> NDArray[np.uint8]:
    """Draw a syllable four times too large, centre it by its ink and reduce it to 32x32.

    Args:
        path: Font file.
        syllable: What to draw.
        size: Font size in pixels of the small picture; glyphs that would not fit into 30 by 30
            pixels are drawn as large as fits.

    Returns:
        Array (32, 32) of 16 greys: 0 ink, 15 paper.
    """
    size *= 4
    picture, box = _ink(path, syllable, size)
    while max(box[2] - box[0], box[3] - box[1]) > 120:
        size -= 1
        picture, box = _ink(path, syllable, size)
    left, top = (box[0] + box[2]) // 2 - 64, (box[1] + box[3]) // 2 - 64
    cell = picture.crop((left, top, left + 128, top + 128)).reduce(4)
    return np.round(np.asarray(cell) / 17).astype(np.uint8)


def _ink(path: Path, syllable: str, size: int) -> tuple[Image.Image, tuple[int, int, int, int]]:
    picture = Image.new("L", (384, 384), 255)
    ImageDraw.Draw(picture).text((128, 128), syllable, font=_font(path, size), fill=0)
    box = picture.point([255] * 240 + [0] * 16).getbbox()
    if box is None:
        raise UserError(f"The font {path} has no glyph for {syllable}.")
    return picture, box


@cache
def _font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    # The basic layout needs no library that may be missing, and one syllable needs no shaping.
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)


def packaged_fonts() -> dict[str, Path]:
    """Return the files of the three fonts that come with the extra `data`."""
    import pylopdf_fonts_ko

    # Found without importing it: importing would load matplotlib and change its settings.
    nanum = find_spec("koreanize_matplotlib")
    if nanum is None or nanum.origin is None:
        raise UserError("Drawing glyphs needs more packages: pip install 'gan-minimal[data]'.")
    return {
        "noto-sans": Path(pylopdf_fonts_ko.sans_path()),
        "noto-serif": Path(pylopdf_fonts_ko.serif_path()),
        "nanum-gothic": Path(nanum.origin).parent / "fonts" / "NanumGothicExtraBold.ttf",
    }


def build_hangul(brush: Path | None, pen: Path | None) -> None:
    """Draw hangul32 and write a snapshot for every font whose file is known."""
    paths = packaged_fonts()
    paths |= {"nanum-brush": brush} if brush else {}
    paths |= {"nanum-pen": pen} if pen else {}
    for name, path in paths.items():
        size = hangul32.FONTS[name].size
        glyphs = np.stack([glyph(path, syllable, size) for syllable in hangul32.syllables()])
        write(f"hangul32-{name}.npz", glyphs=glyphs)


def characters() -> Iterator[voxel64.Character]:
    """Yield characters without end, repetitions included: each part for itself, by its weights."""
    rng = random.Random(0)
    while True:
        yield {
            name: rng.choices(part.values, part.weights)[0] for name, part in voxel64.PARTS.items()
        }


def build_characters() -> None:
    """Draw voxel64 and write its sheets and codes; a picture that was there before is left out."""
    pictures: dict[bytes, NDArray[np.uint8]] = {}
    codes = []
    on_a_sheet = voxel64.ROWS * voxel64.COLUMNS
    for character in characters():
        picture = voxel64.render(character)
        if pictures.setdefault(picture.tobytes(), picture) is picture:
            codes.append(voxel64.encode(character))
        if len(codes) == on_a_sheet * len(voxel64.SHEETS):
            break
    drawn = np.stack(list(pictures.values()))
    tiled = drawn.reshape(len(voxel64.SHEETS), voxel64.ROWS, voxel64.COLUMNS, *drawn.shape[1:])
    for name, tiles in zip(voxel64.SHEETS, tiled, strict=True):
        content = io.BytesIO()
        sheet = np.concatenate(np.concatenate(tiles, axis=1), axis=1)
        Image.fromarray(sheet).save(content, "WEBP", lossless=True, quality=100, method=6)
        write_bytes(name, content.getvalue())
    write("voxel64.npz", codes=np.stack(codes))


def build_photo(path: Path) -> None:
    """Reduce the photograph to 250 by 167 pixels and write it without loss."""
    with Image.open(path) as image:
        small = image.convert("RGB").resize((250, 167), Image.Resampling.LANCZOS)
    content = io.BytesIO()
    small.save(content, "PNG", optimize=True)
    write_bytes("photo.png", content.getvalue())


def main() -> None:
    """Build what the command line names."""
    parser = argparse.ArgumentParser(prog="python -m gan_minimal.data.build", description=__doc__)
    parser.add_argument("name", choices=("faces16", "hangul32", "voxel64", "photo"))
    parser.add_argument("--brush", type=Path, help="font file of Nanum Brush Script")
    parser.add_argument("--pen", type=Path, help="font file of Nanum Pen Script")
    parser.add_argument("--photo", type=Path, help="rocket.jpg of scikit-image")
    given = parser.parse_args()
    if given.name == "faces16":
        build_faces()
        build_regions()
        build_edits()
    elif given.name == "hangul32":
        build_hangul(given.brush, given.pen)
    elif given.name == "voxel64":
        build_characters()
    elif given.photo is None:
        parser.error("the photograph needs --photo")
    else:
        build_photo(given.photo)


if __name__ == "__main__":
    main()
