"""Reads the words of a claim: `ko.md` and `en.md` in its folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gan_minimal.errors import UserError

HEADING = re.compile(r"^## .+ \{ #([a-z-]+) \}$", re.MULTILINE)
LABEL = re.compile(r"- `(\w+)`: (.+)")


@dataclass(frozen=True)
class Words:
    """A claim in words; each is the section of that heading id, in Markdown.

    Attributes:
        says: What the notes say, and what follows from it that can be measured; one line.
        measured: What is measured, on which data, and what was held equal.
        rule: When the claim holds.
        why: Why it came out as it did.
        labels: Readable names of the values, in the order in which they are shown.
    """

    says: str
    measured: str
    rule: str
    why: str
    labels: Mapping[str, str]


def read_words(path: Path) -> Words:
    """Read one of the two languages of a claim.

    Raises:
        UserError: If a section is missing or empty, or if a label is written in another way.
    """
    _, *parts = HEADING.split(path.read_text(encoding="utf-8"))
    sections = dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))
    for name in ("says", "measured", "rule", "why", "labels"):
        if not sections.get(name):
            raise UserError(f"{path}: there is no section `## ... {{ #{name} }}`, or it is empty.")
    labels = {}
    for line in sections["labels"].splitlines():
        label = LABEL.fullmatch(line)
        if label is None:
            raise UserError(f'{path}: a label is written as "- `key`: its name", not as {line!r}.')
        labels[label[1]] = label[2]
    says, measured, rule, why = (sections[name] for name in ("says", "measured", "rule", "why"))
    return Words(" ".join(says.split()), measured, rule, why, labels)
