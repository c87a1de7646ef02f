"""Reads the words of a claim: `ko.md` and `en.md` in its folder."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from gan_minimal.errors import UserError

HEADING = re.compile(r"^## .+ \{ #([a-z-]+) \}$", re.MULTILINE)
ITEM = re.compile(r"- `([\w -]+)`: (.+)")
TEXTS, OPTIONAL = ("note", "measured", "number", "why"), ("shown",)
LISTS, OPTIONAL_LISTS = ("statements", "rules", "outcomes", "labels"), ("history",)


@dataclass(frozen=True)
class Words:
    """A claim in words; each is the section of that heading id, in Markdown.

    `{name}` stands for the recorded mean of a value, `{name:.0%}` for the same as a percentage:
    what is said of a result is filled in from the record and cannot disagree with it.

    Attributes:
        note: The words of the notes, or that they have none; one line.
        measured: What is measured, on which data, and what was held equal.
        number: The result in one number or two, for an overview.
        why: Why it came out as it did.
        shown: What is a definition, and where the code does it; empty if nothing is.
        statements: What can be tested, by the ids of the statements.
        rules: When each statement holds.
        outcomes: What was measured of each, in one sentence that takes no side.
        labels: Readable names of the values, in the order in which they are shown.
        history: Earlier verdicts, as `2026-11-26 fails`, and why there is another one now.
    """

    note: str
    measured: str
    number: str
    why: str
    shown: str
    statements: Mapping[str, str]
    rules: Mapping[str, str]
    outcomes: Mapping[str, str]
    labels: Mapping[str, str]
    history: Mapping[str, str]


def read_words(path: Path) -> Words:
    """Read one of the two languages of a claim.

    Raises:
        UserError: If a section is missing or empty, if an item is written in another way, or if
            statements, rules and outcomes are not those of the same ids.
    """
    _, *parts = HEADING.split(path.read_text(encoding="utf-8"))
    sections = dict(zip(parts[::2], map(str.strip, parts[1::2]), strict=True))
    for name in (*TEXTS, *LISTS):
        if not sections.get(name):
            raise UserError(f"{path}: there is no section `## ... {{ #{name} }}`, or it is empty.")
    texts = {name: sections.get(name, "") for name in (*TEXTS, *OPTIONAL)}
    lists = {name: _items(sections.get(name, ""), path) for name in (*LISTS, *OPTIONAL_LISTS)}
    for name in ("rules", "outcomes"):
        if list(lists[name]) != list(lists["statements"]):
            raise UserError(f"{path}: the ids under #{name} are not those under #statements.")
    return Words(
        note=" ".join(texts["note"].split()),  # it stands in a cell of a table
        measured=texts["measured"],
        number=texts["number"],
        why=texts["why"],
        shown=texts["shown"],
        statements=lists["statements"],
        rules=lists["rules"],
        outcomes=lists["outcomes"],
        labels=lists["labels"],
        history=lists["history"],
    )


def _items(section: str, path: Path) -> dict[str, str]:
    items = {}
    for line in section.splitlines():
        item = ITEM.fullmatch(line)
        if item is None:
            raise UserError(f'{path}: an item is written as "- `key`: words", not as {line!r}.')
        items[item[1]] = item[2]
    return items
