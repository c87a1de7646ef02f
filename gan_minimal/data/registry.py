"""The one table of data sets: what there is, who opens it, and what is done with it.

A data set is a file in this package that opens it and a row here. Everything else asks the row: the
list of `gan-minimal data`, error messages, scores, readers of a person's own picture. Importing
this module imports neither torch nor torchvision, so functions stand here by name.
"""

import os
import pkgutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gan_minimal.data import snapshot
from gan_minimal.errors import UserError, nearest

if TYPE_CHECKING:
    from torch import Tensor
    from torch.utils.data import Dataset


@dataclass(frozen=True)
class DataSet:
    """What is known of a data set.

    Attributes:
        name: What `load` takes.
        count: Number of examples, all splits together; 0 if it depends on what a person gives.
        size: Height, width and channels of an image.
        opener: `module:function` in this package; it takes the folder of downloaded data (or the
            file or the folder that a person names), the split and the size.
        licence: Licence, as an SPDX identifier where there is one.
        source: Who made it and where it comes from.
        ko: Korean description.
        en: English description.
        example: Number of dimensions of each tensor in an example, as in a model's `example`.
        splits: Names of the splits.
        labels: Names of what is known of every image, in the order of an example or of a label.
        files: What has to be there: snapshots of a built-in set, else paths in the folder of
            downloaded data.
        torchvision: The class of torchvision that downloads it.
        classifier: The recorded run that reads its images.
        scorer: `module:function` of `gan_minimal.scoring` that scores models trained on it.
        reader: `module:function` in this package that reads a person's own picture for them.
        questions: `module:function` in this package that gives held-out inputs and their right
            answers, for models that translate.
        phrases: `module:function` in this package that says what can be asked for in words.
        photograph: Whether images are photographs, not pixel art.
    """

    name: str
    count: int
    size: tuple[int, int, int]
    opener: str
    licence: str
    source: str
    ko: str
    en: str
    example: tuple[int, ...] = (3,)
    splits: tuple[str, ...] = ("train", "test")
    labels: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    torchvision: str = ""
    classifier: str = ""
    scorer: str = ""
    reader: str = "user_picture:square"
    questions: str = ""
    phrases: str = ""
    photograph: bool = False

    @property
    def built_in(self) -> bool:
        """Whether it comes with the package; otherwise it is downloaded, or a person's own."""
        return bool(self.files) and not self.torchvision

    def present(self, root: Path) -> bool:
        """Say whether it can be opened now; downloaded data lies in the folder `root`."""
        folder = snapshot.FOLDER if self.built_in else root
        return all((folder / file).exists() for file in self.files)


FACES = DataSet(
    name="faces16",
    count=10_240,
    size=(16, 16, 3),
    opener="built_in:open_faces",
    licence="CC0-1.0",
    source="Pixel Art by DiceBear",
    ko="속성을 정확히 아는 16픽셀 얼굴 그림. 학습 8,192장, 테스트 2,048장이다.",
    en="Pixel-art faces with exactly known attributes; 8,192 to train on, 2,048 to test.",
    files=("faces16.npz",),
    classifier="attributes",
    scorer="faces:score",
    reader="user_picture:pixel_face",
)
HANGUL = DataSet(
    name="hangul32",
    count=11_750,
    size=(32, 32, 1),
    opener="built_in:open_glyphs",
    licence="OFL-1.1 (fonts)",
    source="Noto Sans KR, Noto Serif KR, Nanum Gothic, Nanum Brush Script, Nanum Pen Script",
    ko="글꼴 다섯 가지로 그린 한글 2,350자.",
    en="2,350 Korean syllables in five fonts.",
    files=tuple(
        f"hangul32-{font}.npz"
        for font in ("noto-sans", "noto-serif", "nanum-gothic", "nanum-brush", "nanum-pen")
    ),
    classifier="jamo",
    scorer="hangul:score_glyphs",
    reader="user_picture:glyph",
)
CHARACTERS = DataSet(
    name="voxel64",
    count=12_288,
    size=(64, 64, 3),
    opener="built_in:open_characters",
    licence="CC0-1.0",
    source="Voxel Art by DiceBear",
    ko="부분을 정확히 아는 64픽셀 캐릭터 그림. 학습 9,216장, 테스트 3,072장이다.",
    en="Characters of 64 pixels with exactly known parts; 9,216 to train on, 3,072 to test.",
    files=("voxel64.npz", *(f"voxel64-{i}.webp" for i in range(4))),
    classifier="voxel",
    scorer="faces:score_characters",
)
PHOTO = DataSet(
    name="photo",
    count=1,
    size=(167, 250, 3),
    opener="built_in:open_photo",
    licence="public domain",
    source="SpaceX, DSCOVR launch (2015), as in scikit-image",
    ko="사진 한 장으로 학습하는 모델을 위한 사진. 발사를 기다리는 로켓이다.",
    en="One photograph for models that learn from a single image: a rocket before its launch.",
    files=("photo.png",),
    scorer="single_photo:score",
    photograph=True,
)
MNIST = DataSet(
    name="mnist",
    count=70_000,
    size=(28, 28, 1),
    opener="torchvision_sets:open_mnist",
    licence="CC-BY-SA-3.0",
    source="Yann LeCun, Corinna Cortes and Christopher Burges",
    ko="손으로 쓴 숫자. 학습 60,000장, 테스트 10,000장이다.",
    en="Handwritten digits; 60,000 to train on, 10,000 to test.",
    files=tuple(
        f"MNIST/raw/{split}-{what}-ubyte"
        for split in ("train", "t10k")
        for what in ("images-idx3", "labels-idx1")
    ),
    torchvision="MNIST",
    scorer="untrained:score",
)
CELEBA = DataSet(
    name="celeba",
    count=202_599,
    size=(218, 178, 3),
    opener="torchvision_sets:open_celeba",
    licence="non-commercial research only",
    source="Multimedia Laboratory, The Chinese University of Hong Kong",
    ko="유명인의 얼굴 사진. 비상업 연구에만 쓸 수 있다.",
    en="Photographs of celebrities, for non-commercial research only.",
    splits=("train", "valid", "test"),
    files=("celeba/list_attr_celeba.txt", "celeba/img_align_celeba"),
    torchvision="CelebA",
    scorer="untrained:score",
    photograph=True,
)
LETTERS = ("initial", "medial", "final")
ATTRIBUTES = ("hair_color", "hair_length", "glasses", "hat", "beard", "mouth", "skin")
SEEN = (
    *("background", "skin", "top", "hair_color"),
    *("eyes", "glasses", "mouth", "beard", "outfit"),
)

ROWS = (
    FACES,
    replace(
        FACES,
        name="faces16-labels",
        opener="built_in:open_labelled_faces",
        ko="faces16과 얼굴마다의 일곱 가지 속성.",
        en="faces16 with the seven attributes of every face.",
        example=(3, *(0 for _ in ATTRIBUTES)),
        labels=ATTRIBUTES,
        scorer="classifier:score",
    ),
    replace(
        FACES,
        name="faces16-domains",
        opener="domains:open_faces",
        ko="faces16과 얼굴이 속하는 열한 도메인: 머리색 여덟 가지, 안경, 모자, 웃는 입.",
        en="faces16 with eleven domains: eight hair colours, glasses, a hat, a happy mouth.",
        example=(3, 1),
        labels=(
            *("blonde", "dark_blonde", "light_brown", "brown", "black", "blue", "red", "green"),
            *("glasses", "hat", "mouth"),
        ),
        files=("faces16.npz", "faces16-edits.npz"),
        scorer="face_edits:score_edits",
        questions="domains:questions",
        phrases="domains:face_phrases",
    ),
    replace(
        FACES,
        name="faces16-labelmap",
        opener="pairs:open_label_maps",
        ko="faces16의 얼굴마다 어느 픽셀이 무엇인지 보이는 지도와 그 얼굴.",
        en="The label map of every face of faces16, then the face.",
        example=(3, 3),
        files=("faces16.npz", "faces16-regions.npz"),
        scorer="translation:score_painted",
        reader="user_picture:label_map",
        questions="pairs:label_map_questions",
    ),
    replace(
        FACES,
        name="faces16-captions",
        opener="captions:open_captioned",
        ko="faces16과 얼굴마다의 설명 열여섯 개. 반은 한국어, 반은 영어다.",
        en="faces16 with sixteen captions of every face, half Korean and half English.",
        example=(3, 2),
        scorer="clip_retrieval:score",
    ),
    HANGUL,
    replace(
        HANGUL,
        name="hangul32-jamo",
        opener="built_in:open_letters",
        ko="hangul32와 글자마다의 초성, 중성, 종성.",
        en="hangul32 with the three letters of every syllable.",
        example=(3, 0, 0, 0),
        labels=LETTERS,
        scorer="hangul:score_syllables",
    ),
    replace(
        HANGUL,
        name="hangul32-labels",
        opener="built_in:open_letters_and_fonts",
        ko="hangul32와 글자마다의 초성, 중성, 종성, 글꼴.",
        en="hangul32 with the three letters and the font of every syllable.",
        example=(3, 0, 0, 0, 0),
        labels=(*LETTERS, "hand"),
        scorer="hangul:score_reader",
    ),
    replace(
        HANGUL,
        name="hangul32-pairs",
        count=2350,
        opener="pairs:open_hangul_pairs",
        ko="같은 글자의 인쇄체와 붓글씨 쌍.",
        en="Each syllable in print and in brush writing: true pairs.",
        example=(3, 3),
        files=("hangul32-noto-sans.npz", "hangul32-nanum-brush.npz"),
        scorer="translation:score_brush",
        questions="pairs:hangul_questions",
    ),
    replace(
        HANGUL,
        name="hangul32-unpaired",
        count=1292,
        opener="pairs:open_hangul_unpaired",
        ko="글자의 반은 인쇄체로, 다른 반은 붓글씨로. 학습에는 짝이 없다.",
        en="Half the syllables in print, the other half in brush writing: no pairs in training.",
        example=(3, 3),
        files=("hangul32-noto-sans.npz", "hangul32-nanum-brush.npz"),
        scorer="translation:score_round_trip",
        questions="pairs:hangul_questions",
    ),
    CHARACTERS,
    replace(
        CHARACTERS,
        name="voxel64-labels",
        opener="built_in:open_labelled_characters",
        ko="voxel64와 캐릭터마다의 아홉 가지 속성.",
        en="voxel64 with the nine attributes of every character.",
        example=(3, *(0 for _ in SEEN)),
        labels=SEEN,
        scorer="classifier:score",
    ),
    replace(
        CHARACTERS,
        name="voxel32",
        size=(32, 32, 3),
        opener="built_in:open_half_size_characters",
        ko="voxel64를 절반 크기로 줄인 그림.",
        en="voxel64 at half its size.",
        classifier="",
        scorer="untrained:score",
    ),
    PHOTO,
    MNIST,
    replace(
        MNIST,
        name="mnist-labels",
        opener="torchvision_sets:open_labelled_mnist",
        ko="MNIST와 그림마다의 숫자.",
        en="MNIST with the digit that each image shows.",
        example=(3, 0),
        labels=("digit",),
    ),
    replace(
        MNIST,
        name="fashion-mnist",
        opener="torchvision_sets:open_fashion_mnist",
        licence="MIT",
        source="Zalando Research",
        ko="옷과 신발 사진 열 종류. 학습 60,000장, 테스트 10,000장이다.",
        en="Pictures of ten kinds of clothes; 60,000 to train on, 10,000 to test.",
        files=tuple(file.replace("MNIST", "FashionMNIST") for file in MNIST.files),
        torchvision="FashionMNIST",
    ),
    CELEBA,
    replace(
        CELEBA,
        name="celeba-domains",
        opener="domains:open_celeba",
        ko="CelebA와 얼굴마다의 다섯 도메인: 검은 머리, 금발, 갈색 머리, 남성, 젊음.",
        en="CelebA with five domains: black, blond and brown hair, male, young.",
        example=(3, 1),
        labels=("Black_Hair", "Blond_Hair", "Brown_Hair", "Male", "Young"),
        phrases="domains:celeba_phrases",
    ),
)
SETS = {row.name: row for row in ROWS}
"""All sets that have a name, in the order in which they are listed."""

OWN_FOLDER = DataSet(
    name="",
    count=0,
    size=(0, 0, 3),
    opener="own_images:open_folder",
    licence="",
    source="",
    ko="그림 폴더.",
    en="A folder of images.",
    scorer="untrained:score",
    photograph=True,
)
OWN_PAIRS = replace(
    OWN_FOLDER,
    opener="own_images:open_pairs",
    ko="그림 쌍의 폴더.",
    en="A folder of pairs of images.",
    example=(3, 3),
    scorer="",
)
OWN_PHOTO = replace(
    OWN_FOLDER,
    opener="single_photo:open_file",
    ko="그림 파일 하나.",
    en="One image file.",
    splits=("train",),
    scorer=PHOTO.scorer,
)


def names() -> list[str]:
    """Return the names of all sets."""
    return list(SETS)


def root_folder() -> Path:
    """Return the folder of downloaded data: `gan-minimal` in the user's cache folder."""
    cache = os.environ.get("XDG_CACHE_HOME")
    return (Path(cache) if cache else Path.home() / ".cache") / "gan-minimal"


def find(name: str | Path) -> DataSet:
    """Return the row of a set, or that of a folder or an image file of a person's own.

    A folder that is called like a set is meant by `./mnist`.

    Raises:
        UserError: If there is neither; the message names the nearest set.
    """
    text = os.fspath(name)
    if text in SETS:
        return SETS[text]
    if not (isinstance(name, Path) or Path(text).exists() or "/" in text or os.sep in text):
        raise UserError(f"There is no data set or folder called {text!r}: {nearest(text, names())}")
    from gan_minimal.data.folder import is_image_file
    from gan_minimal.data.own_images import holds_pairs

    path = Path(text).expanduser()
    own = OWN_PHOTO if is_image_file(path) else OWN_PAIRS if holds_pairs(path) else OWN_FOLDER
    return replace(own, name=str(path))


def function(name: str) -> Callable[..., Any]:
    """Return the function of this package that a row names, such as `"pairs:open_folder"`."""
    found: Callable[..., Any] = pkgutil.resolve_name(f"gan_minimal.data.{name}")
    return found


def open_set(
    row: DataSet, split: str, size: int | None, root: Path
) -> "Dataset[tuple[Tensor, ...]]":
    """Open a data set; see `gan_minimal.data.load`.

    Raises:
        UserError: If there is no such split, or the data is not there or damaged.
    """
    if split not in row.splits:
        *most, last = row.splits
        splits = f"splits {', '.join(most)} and {last}" if most else f"one split {last}"
        raise UserError(f"{row.name} has the {splits}, not {split!r}.")
    own = SETS.get(row.name) is not row  # a folder may be called like a set
    where = Path(row.name) if own else root
    dataset: Dataset[tuple[Tensor, ...]] = function(row.opener)(where, split, size)
    return dataset
