"""A person's own folders of images, opened for what a model learns from, and what is told of them.

Images alone; images and their classes, which are subfolders; or two images in an example: pairs of
equal names in the subfolders `a` and `b`, pairs side by side in one image, or heaps without pairs
in `trainA` and `trainB`. What cannot be used is left out and named. Images are reduced once, see
`gan_minimal.data.reduced`.
"""

import warnings
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.utils.data import Dataset

from gan_minimal.data.folder import (
    SPLIT_NAMES,
    SPLITS,
    Header,
    ImageNotice,
    Listing,
    headers,
    listing,
    normal,
    split_of,
    white_of,
)
from gan_minimal.data.reduced import How, Progress, Reduced, reduced
from gan_minimal.errors import UserError
from gan_minimal.models.protocol import Model, TwoWayTranslator

FITTING = (64, 32, 16)  # sizes that are chosen without being asked for, the best one first
SMALLEST = 8  # pixels a side that models can learn from
ENOUGH = 0.95  # share of the images that have to be large enough for a size to be chosen
SIDES = ("a", "b")


@dataclass(frozen=True)
class Reading:
    """How a person's own images are read.

    Attributes:
        size: Height and width to which they are reduced; None for what fits most of them.
        channels: 3 for colour, 1 for grey; None for colour unless all images are grey.
        cache: Folder in which reduced images are kept; None keeps them in memory.
        workers: Images that are read at a time; None for what the machine has.
        progress: Told how far reducing is.
    """

    size: int | None = None
    channels: int | None = None
    cache: Path | None = None
    workers: int | None = None
    progress: Progress | None = None


class OwnImages(Dataset[tuple[Tensor, ...]]):
    """One or two images in an example, and what belongs to them.

    Attributes:
        sides: The reduced images of each place in an example; in heaps one side can be shorter
            and then begins again at its end.
        paths: The files of each side.
        files: The name of each file in the folder, and its sum.
        labels: Tensors whose first dimension counts the examples.
        classes: Names of the classes, if the subfolders are classes.
        size: Height and width in pixels.
        channels: 3 for colour, 1 for grey.
        report: What was found and what becomes of it, in lines.
        remarkable: Whether something was left out or converted.
    """

    def __init__(
        self,
        sides: Sequence[Reduced],
        paths: Sequence[Sequence[Path]],
        report: "Report",
        labels: tuple[Tensor, ...] = (),
        classes: tuple[str, ...] = (),
    ) -> None:
        """Put together what has been read."""
        self.sides, self.report = [side.pixels for side in sides], report.lines()
        self.remarkable = report.remarkable()
        self.paths = [list(each) for each in paths]
        self.files = [
            (normal(path.relative_to(report.folder).as_posix()), total)
            for each, side in zip(paths, sides, strict=True)
            for path, total in zip(each, side.sums, strict=True)
        ]
        self.labels, self.classes = labels, classes
        self.size, self.channels = self.sides[0].shape[2], self.sides[0].shape[3]

    def __len__(self) -> int:
        return max(len(side) for side in self.sides)

    def __getitem__(self, index: int) -> tuple[Tensor, ...]:
        if not 0 <= index < len(self):
            raise IndexError(index)
        return tuple(tensor[0] for tensor in self.batch([index]))

    def batch(self, indices: list[int]) -> tuple[Tensor, ...]:
        """Return several examples at once, the first dimension of each tensor counting them."""
        images = [
            torch.from_numpy(side[[i % len(side) for i in indices]])
            .permute(0, 3, 1, 2)
            .float()
            .div_(127.5)
            .sub_(1)
            for side in self.sides
        ]
        return *images, *(label[indices] for label in self.labels)


def open_folder(folder: Path, split: str, size: int | None) -> OwnImages:
    """Open a folder of images in colour, by default at 64 pixels; a notice tells what is left out.

    Raises:
        UserError: If there is no such folder, or no image in it that can be used.
    """
    return noticed(images(folder, split, Reading(size or 64, 3)))


def open_pairs(folder: Path, split: str, size: int | None) -> OwnImages:
    """Open a folder of pairs or of two heaps in colour, by default at 256 pixels.

    Raises:
        UserError: If an image of a pair has no partner, or as `open_folder`.
    """
    return noticed(pairs(folder, split, Reading(size or 256, 3)))


def noticed(opened: OwnImages) -> OwnImages:
    """Warn of what was found, unless all was used as it is."""
    if opened.remarkable:
        warnings.warn("\n".join(opened.report), ImageNotice, stacklevel=4)
    return opened


def open_for(
    model: Model, folder: Path, split: str = "train", reading: Reading = Reading()
) -> OwnImages:
    """Open a folder for what a model learns from: images, their classes, or pairs.

    Raises:
        UserError: If the model learns from something that a folder does not have, or as
            `open_folder`.
    """
    first, *rest = model.example
    if not rest:
        return images(folder, split, reading)
    if rest == [first]:
        return pairs(folder, split, reading, paired=not isinstance(model, TwoWayTranslator))
    if set(rest) <= {0, 1}:
        return labelled(folder, split, reading, one_hot=rest[0] == 1)
    raise UserError(f"This model learns from images with texts, which {folder} does not have.")


def holds_pairs(folder: Path) -> bool:
    """Say whether a folder is laid out as two sides, without looking at what lies in them."""
    inside = folder.iterdir() if folder.is_dir() else ()
    places = [folder, *(place for place in inside if place.name.lower() in SPLIT_NAMES)]
    for place in places:
        if place.is_dir():
            names = {
                path.name.lower()
                for path in place.iterdir()
                if path.is_dir() and not path.name.startswith(".")
            }
            if names == set(SIDES) or {"traina", "trainb"} <= names:
                return True
    return False


def images(folder: Path, split: str, reading: Reading) -> OwnImages:
    """Open all images of a folder and its subfolders; see `open_folder` for the errors."""
    whole = listing(folder)
    found = split_of(whole, split)
    (used,), report = usable([found], reading, folder, split)
    report.tell_splits(whole, found)
    return read([(found, used, "")], reading, report)


def labelled(folder: Path, split: str, reading: Reading, one_hot: bool = False) -> OwnImages:
    """Open images whose subfolders are their classes.

    Args:
        folder: Has a subfolder for each class, or splits that have them.
        split: `"train"` or `"test"`.
        reading: How to read them.
        one_hot: Whether a label is zeros and a one, and not a number.

    Raises:
        UserError: If there are not two classes or more, or as `open_folder`.
    """
    whole = listing(folder)
    found = split_of(whole, split)
    groups = sorted(found.groups(), key=normal)
    if len(groups) < 2 or "" in groups:
        beside = f", and {found.groups()[''][0]} lies beside them" if "" in groups else ""
        raise UserError(
            f"This model learns from classes, which are subfolders: {folder} needs two or more, "
            f"and no image beside them; it has {len(set(groups) - {''})}{beside}."
        )
    (used,), report = usable([found], reading, folder, split)
    report.tell_splits(whole, found)
    opened = read([(found, used, "")], reading, report)
    names = [path.relative_to(found.folder).parts[0] for path in opened.paths[0]]
    which = torch.tensor([groups.index(name) for name in names])
    label = F.one_hot(which, len(groups)).float() if one_hot else which
    counts = Counter(names)
    opened.report.append("classes: " + ", ".join(f"{g} ({counts[g]})" for g in groups))
    opened.labels, opened.classes = (label,), tuple(groups)
    return opened


def pairs(folder: Path, split: str, reading: Reading, paired: bool | None = None) -> OwnImages:
    """Open two images in an example.

    Args:
        folder: Has `a` and `b`, splits that have them, `trainA` and `trainB`, or images with both
            side by side.
        split: `"train"` or `"test"`.
        reading: How to read them.
        paired: Whether images have to belong together; None lets the names of the files say it.

    Raises:
        UserError: If an image of a pair has no partner or two, or as `open_folder`.
    """
    whole = listing(folder)
    heaps = two_sides(whole, [f"{name}{side}" for name in SPLITS[split] for side in SIDES])
    found = heaps or two_sides(split_of(whole, split), SIDES)
    if found is None:
        check_beside(split_of(whole, split))
        return side_by_side(whole, reading, folder, split)
    names = [
        {normal(path.relative_to(side.folder).with_suffix("").as_posix()): path for path in paths}
        for side, paths in ((each, each.images) for each in found)
    ]
    for side, known in zip(found, names, strict=True):
        if len(known) < len(side.images) and paired is not False and not heaps:
            twice = next(path for path in side.images if path not in known.values())
            raise UserError(f"{twice} has the name of another image but for its ending.")
    both = names[0].keys() & names[1].keys()
    belong = bool(both) and not heaps if paired is None else paired
    if belong:
        for side, known, other in zip(found, names, reversed(found), strict=True):
            alone = [known[name] for name in known if name not in both]
            if alone:
                more = f" ({len(alone) - 1} more have none)" if len(alone) > 1 else ""
                raise UserError(
                    f"{alone[0]} has no partner of the same name in {other.folder}{more}. Pairs "
                    "need one; cyclegan learns from images without pairs, in trainA and trainB."
                )
            side.images = [known[name] for name in sorted(known)]
    used, report = usable(found, reading, folder, split, belong)
    report.tell_rest(whole, [side.folder for side in found])
    counts = ", ".join(f"{len(n):,} in {s.folder.name}" for s, n in zip(found, used, strict=True))
    report.notes.append("pairs of equal names" if belong else f"without pairs: {counts}")
    sides = [(side, each, "") for side, each in zip(found, used, strict=True)]
    return read(sides, reading, report, belong)


def two_sides(found: Listing, names: Sequence[str]) -> list[Listing] | None:
    """Return the images of two subfolders, if all images lie in them (or in other splits' sides).

    Args:
        found: What lies in a folder.
        names: What the subfolders can be called, whatever the case of letters, in pairs.
    """
    groups = {normal(name).lower(): name for name in found.groups()}
    for a, b in zip(names[::2], names[1::2], strict=True):
        first, second = groups.get(a.lower()), groups.get(b.lower())
        if first is None or second is None or (len(groups) > 2 and len(a) == 1):
            continue
        return [
            Listing(
                found.folder / name,
                found.groups()[name],
                found.other,
                {p: why for p, why in found.ignored.items() if found.folder / name in p.parents},
            )
            for name in (first, second)
        ]
    return None


def check_beside(found: Listing) -> None:
    """Refuse a folder that has both sides of pairs, and something else that may not be there.

    Raises:
        UserError: Naming one of the other images.
    """
    groups = found.groups()
    others = [path for n, paths in groups.items() if n.lower() not in SIDES for path in paths]
    if others and {name.lower() for name in groups}.issuperset(SIDES):
        raise UserError(
            f"{found.folder} has pairs in a and b, and other images beside them, such as "
            f"{min(others)}: put those elsewhere."
        )


def side_by_side(whole: Listing, reading: Reading, folder: Path, split: str) -> OwnImages:
    """Open images with an input on the left and its target on the right, as facades has them.

    Raises:
        UserError: If there is no such image.
    """
    found = split_of(whole, split)
    (used,), report = usable([found], reading, folder, split, halves=True)
    report.tell_splits(whole, found)
    report.notes.append(
        "input and target side by side in each image: the left half and the right one"
    )
    return read([(found, used, "left"), (found, used, "right")], reading, report, belong=True)


def usable(
    found: list[Listing],
    reading: Reading,
    folder: Path,
    split: str,
    belong: bool = False,
    halves: bool = False,
) -> tuple[list[list[Header]], "Report"]:
    """Choose the images that can be used; the size that fits is noted in the report.

    Args:
        found: The images of each side.
        reading: How to read them.
        folder: What a person has named, for messages.
        split: Which split of it, for messages.
        belong: Whether the sides are pairs, so that one that is left out takes its partner along.
        halves: Whether each image is two, side by side.

    Raises:
        UserError: If none can be used.
    """
    report = Report(folder, split)
    for each in found:
        report.leave_out(each.ignored)
        report.other |= each.other
    known = [headers(each.images, reading.workers) for each in found]
    if halves:
        for header in known[0]:
            if not header.problem and abs(header.width / 2 / header.height - 1) > 0.1:
                header.problem = "is not twice as wide as high"
            header.width //= 2
    every = [header for side in known for header in side]
    size = reading.size or fitting(every)
    for header in every:
        if not header.problem and min(header.width, header.height) < size:
            header.problem = (
                f"is too small ({header.width}x{header.height} pixels, {size}x{size} are wanted)"
            )
    if belong:
        for one, other in zip(*known, strict=True):
            if bool(one.problem) != bool(other.problem):
                good = other if one.problem else one
                good.problem = "has a partner that cannot be used"
    report.leave_out({header.path: header.problem for header in every if header.problem})
    used = [[header for header in side if not header.problem] for side in known]
    if not all(used):
        raise UserError(nothing(folder, every, report, halves))
    report.size, report.headers = size, [header for side in used for header in side]
    report.channels = reading.channels or (1 if all(h.grey for h in report.headers) else 3)
    return used, report


def fitting(found: Sequence[Header]) -> int:
    """Return the best of the usual sizes for which nearly all images are large enough.

    Those that are too small for every size are left out anyway, and have no say.
    """
    every = (min(each.width, each.height) for each in found if not each.problem)
    sides = sorted(side for side in every if side >= FITTING[-1])
    if not sides:
        return FITTING[-1]
    lowest = sides[int(len(sides) * (1 - ENOUGH))]
    return next((size for size in FITTING if size <= lowest), FITTING[-1])


def nothing(folder: Path, every: Sequence[Header], report: "Report", halves: bool) -> str:
    """Return the sentence that says why no image of a folder can be used."""
    if halves and every:
        return (
            f"{folder} has no two images for an example. It needs the subfolders a and b, in which "
            "files of equal names are pairs; trainA and trainB, for images without pairs; or "
            "images in which the input stands left of its target."
        )
    if not report.ignored:
        return f"The folder {folder} has no images: it needs files such as .png, .jpg or .webp."
    small = [min(each.width, each.height) for each in every if "too small" in each.problem]
    (path, why), *others = report.ignored.items()
    names = ", ".join(each.name for each, _ in others[:3]) + (", ..." if len(others) > 3 else "")
    rest = f" (so must {len(others)} more be left out: {names})" if others else ""
    advice = f"; choose a size of at most {max(small)}" if max(small, default=0) >= SMALLEST else ""
    return f"No image of {folder} can be used: {path} {why}{rest}{advice}."


def read(
    sides: Sequence[tuple[Listing, list[Header], str]],
    reading: Reading,
    report: "Report",
    belong: bool = False,
) -> OwnImages:
    """Reduce the images of each side, and leave out those that turn out to be damaged.

    Args:
        sides: For each place in an example where its images lie, these, and which half of each.
        reading: How to read them.
        report: What is told.
        belong: Whether the images of both sides are pairs.

    Raises:
        UserError: If none is left.
    """
    white = white_of(report.headers)
    done = [
        reduced(
            used,
            found.folder,
            How(report.size, report.channels, white, half),
            reading.cache,
            reading.workers,
            reading.progress,
        )
        for found, used, half in sides
    ]
    for side, (_, used, _) in zip(done, sides, strict=True):
        report.leave_out({used[i].path: problem for i, problem in side.problems.items()})
    if belong:  # a damaged image takes its partner along
        both = set(done[0].used) & set(done[1].used)
        done = [side.only(both) for side in done]
    if not all(side.used for side in done):
        raise UserError(nothing(report.folder, [], report, halves=False))
    paths = [
        [used[i].path for i in side.used] for side, (_, used, _) in zip(done, sides, strict=True)
    ]
    kept = {path for each in paths for path in each}
    report.headers = [header for header in report.headers if header.path in kept]
    return OwnImages(done, paths, report)


def through_link(path: Path, folder: Path) -> bool:
    """Say whether a file in `folder` is a link, or lies in a folder that is one."""
    below = takewhile(lambda place: place != folder, path.parents)
    return path.is_symlink() or any(place.is_symlink() for place in below)


class Report:
    """What was found in a folder and what becomes of it."""

    def __init__(self, folder: Path, split: str) -> None:
        """Begin with nothing found."""
        self.folder, self.split = folder, split
        self.ignored: dict[Path, str] = {}
        self.other: Counter[str] = Counter()
        self.headers: list[Header] = []
        self.notes: list[str] = []
        self.size = self.channels = 0

    def tell_splits(self, whole: Listing, used: Listing) -> None:
        """Note which subfolder is the split, or which looks like one and is none."""
        groups = whole.groups()
        looks = [name for name in groups if name.lower() in SPLIT_NAMES]
        if used is not whole:
            self.notes.append(f"these are the ones in {used.folder.name}")
            self.tell_rest(whole, [used.folder])
        elif looks and len(looks) == len(groups):
            self.notes.append(f"there is no train beside {min(looks)}: all are used")
        elif looks:
            self.notes.append(
                f"{min(looks)} is one of several subfolders here, not a split: all are used"
            )

    def tell_rest(self, whole: Listing, used: list[Path]) -> None:
        """Note the subfolders with images of which none of `used` is a part."""
        rest = {}
        for name, paths in whole.groups().items():
            place = whole.folder / name
            within = any(name and place in (each, *each.parents) for each in used)
            if not within and place not in used:
                rest[name] = paths
        if rest:
            told = ", ".join(
                f"{name or 'beside them'} ({len(rest[name]):,})" for name in sorted(rest)
            )
            self.notes.append(f"not used now: {told}")

    def leave_out(self, files: dict[Path, str]) -> None:
        """Note files that are not used, and why."""
        self.ignored |= files

    def lines(self) -> list[str]:
        """Return what is told, the number of images first."""
        colour = "in colour" if self.channels == 3 else "in grey"
        told = [
            f"{self.folder}: {len(self.headers):,} images, reduced to {self.size}x{self.size} "
            f"pixels {colour}.",
            *self.notes,
        ]
        sides = [(header.width, header.height) for header in self.headers]
        small, large = (pick(sides, key=lambda side: side[0] * side[1]) for pick in (min, max))
        told.append(f"sizes from {small[0]}x{small[1]} to {large[0]}x{large[1]} pixels")
        for paths in self.by_reason().values():
            told.append(f"{len(paths):,} left out: {paths[0]}, which {self.ignored[paths[0]]}")
            if len(paths) > 1:
                rest = ", ".join(path.name for path in paths[1:4])
                told[-1] += f"; so {rest}" + (", ..." if len(paths) > 4 else "")
        linked = [header.path for header in self.headers if through_link(header.path, self.folder)]
        if linked:
            told.append(f"{len(linked):,} reached through links, such as {linked[0]}")
        if self.other:
            kinds = ", ".join(f"{n} {suffix}" for suffix, n in self.other.most_common(5))
            told.append(f"other files: {kinds}")
        kinds_of: dict[str, list[Path]] = {}
        for header in self.headers:
            for kind in header.conversions:
                kinds_of.setdefault(kind, []).append(header.path)
        for kind, paths in kinds_of.items():
            told.append(f"{len(paths):,} {kind}, such as {paths[0]}")
        return told

    def remarkable(self) -> bool:
        """Say whether something is not used as it is."""
        return bool(self.ignored or any(header.conversions for header in self.headers))

    def by_reason(self) -> dict[str, list[Path]]:
        """Return the files that are left out, by the reason."""
        reasons: dict[str, list[Path]] = {}
        for path, why in self.ignored.items():
            reasons.setdefault(why.split(" (")[0], []).append(path)
        return reasons
