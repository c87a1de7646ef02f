"""What data there is: names, sizes, licences and descriptions, without importing torch."""

import difflib
import os
from dataclasses import dataclass
from pathlib import Path

from gan_minimal.data import snapshot
from gan_minimal.errors import UserError


@dataclass(frozen=True)
class Description:
    """What is known of a data set.

    Attributes:
        name: Name that `load` takes.
        count: Number of images, all splits together.
        size: Size of an image, such as `"16x16x3"` (height, width, channels).
        licence: Licence, as an SPDX identifier where there is one.
        source: Who made it and where it comes from.
        present: Whether it can be opened now.
        built_in: Whether it comes with the package; otherwise it is downloaded.
        ko: Korean description.
        en: English description.
    """

    name: str
    count: int
    size: str
    licence: str
    source: str
    present: bool
    built_in: bool
    ko: str
    en: str


# name: (count, size, licence, source, the folder or the files that hold it, ko, en)
_SETS: dict[str, tuple[int, str, str, str, tuple[str, ...], str, str]] = {
    "faces16": (
        10_240,
        "16x16x3",
        "CC0-1.0",
        "Pixel Art by DiceBear",
        ("faces16.npz", "faces16-regions.npz", "faces16-edits.npz"),
        "속성을 정확히 아는 16픽셀 얼굴 그림. 학습 8,192장, 시험 2,048장이다.",
        "Pixel-art faces with exactly known attributes; 8,192 to train on, 2,048 to test.",
    ),
    "hangul32": (
        11_750,
        "32x32x1",
        "OFL-1.1 (fonts)",
        "Noto Sans KR, Noto Serif KR, Nanum Gothic, Nanum Brush Script, Nanum Pen Script",
        tuple(
            f"hangul32-{font}.npz"
            for font in ("noto-sans", "noto-serif", "nanum-gothic", "nanum-brush", "nanum-pen")
        ),
        "글꼴 다섯 가지로 그린 한글 2,350자. 자모 번호가 함께 있다.",
        "2,350 Korean syllables in five fonts, with the letters they are composed of.",
    ),
    "photo": (
        1,
        "167x250x3",
        "public domain",
        "SpaceX, DSCOVR launch (2015), as in scikit-image",
        ("photo.png",),
        "사진 한 장으로 학습하는 모델을 위한 사진. 발사를 기다리는 로켓이다.",
        "One photograph for models that learn from a single image: a rocket before its launch.",
    ),
    "mnist": (
        70_000,
        "28x28x1",
        "CC-BY-SA-3.0",
        "Yann LeCun, Corinna Cortes and Christopher Burges",
        ("MNIST/raw",),
        "손으로 쓴 숫자. 학습 60,000장, 시험 10,000장이다.",
        "Handwritten digits; 60,000 to train on, 10,000 to test.",
    ),
    "fashion-mnist": (
        70_000,
        "28x28x1",
        "MIT",
        "Zalando Research",
        ("FashionMNIST/raw",),
        "옷과 신발 사진 열 종류. 학습 60,000장, 시험 10,000장이다.",
        "Pictures of ten kinds of clothes; 60,000 to train on, 10,000 to test.",
    ),
    "celeba": (
        202_599,
        "218x178x3",
        "non-commercial research only",
        "Multimedia Laboratory, The Chinese University of Hong Kong",
        ("celeba/img_align_celeba", "celeba/list_attr_celeba.txt"),
        "속성 40가지가 붙은 유명인 얼굴 사진. 비상업 연구에만 쓸 수 있다.",
        "Photographs of celebrities with 40 attributes, for non-commercial research only.",
    ),
}
BUILT_IN = ("faces16", "hangul32", "photo")


def names() -> list[str]:
    """Return the names that `load` and `describe` take."""
    return list(_SETS)


def root_folder() -> Path:
    """Return the folder of downloaded data: `gan-minimal` in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "gan-minimal"


def unknown(name: str) -> UserError:
    """Return the error that says which names there are and which one `name` resembles."""
    close = difflib.get_close_matches(name.lower(), names(), n=1)
    hint = f"; did you mean {close[0]}?" if close else "."
    return UserError(
        f"There is no data set or folder called {name!r}{hint} The sets are: {', '.join(names())}."
    )


def describe(name: str, root: str | Path | None = None) -> Description:
    """Return what is known of the data set `name`.

    Args:
        name: One of `names()`.
        root: Where downloaded data lies, by default `root_folder()`.

    Raises:
        UserError: If there is no such set.
    """
    if name not in _SETS:
        raise unknown(name)
    count, size, licence, source, files, ko, en = _SETS[name]
    built_in = name in BUILT_IN
    folder = snapshot.FOLDER if built_in else Path(root) if root else root_folder()
    present = all((folder / file).exists() for file in files)
    return Description(name, count, size, licence, source, present, built_in, ko, en)
