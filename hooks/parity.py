"""Compares the Korean and the English texts: `python -m hooks.parity [--stamp]`.

They are the pages in `docs/ko` and `docs/en`, and `ko.md` and `en.md` in the folder of each claim.
A translation has the same pages, headings and heading ids, included code, code blocks, pictures,
links, items of a claim and number of formulas as the original, and says which state of
the original it translates (`source_sha`). `--stamp` writes the present state into the English
texts: do that after you have brought them up to date.
"""

import argparse
import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from hooks import escape_unencodable

ROOT = Path(__file__).resolve().parent.parent

FRONT_MATTER = re.compile(r"\A---\n(.*?)\n---\n", re.DOTALL)
FENCE = re.compile(r"^ *(?P<marks>`{3,}|~{3,})(?P<info>[^\n`]*)$")
HEADING = re.compile(r"^(?P<marks>#{1,6}) +(?P<text>.+)$", re.MULTILINE)
ATTRIBUTES = re.compile(r"\{(?P<inside>[^{}]*)\}\s*$")
INCLUDE = re.compile(r'(?<!;)--8<-- +"([^"]+)"')
PICTURE = re.compile(r"!\[[^\]]*\]\(([^)\s]+)[^)]*\)")
LINK = re.compile(r"(?<!!)\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)[^)]*\)")
FORMULA = re.compile(r"\$\$[^$]+\$\$|(?<!\\)\$(?!\s)[^$]+?(?<!\s)\$")
LABEL = re.compile(r"^- `([\w -]+)`:", re.MULTILINE)
CODE = re.compile(r"`+[^`\n]+`+")
STAMP = re.compile(r'(?P<before>"?source_sha"?: "?)[0-9a-f]{12}')


@dataclass
class Facts:
    """What a page and its translation must have in common."""

    keys: set[str] = field(default_factory=set)
    headings: list[tuple[int, str, bool]] = field(default_factory=list)  # level, id, is a question
    includes: list[str] = field(default_factory=list)
    pictures: list[str] = field(default_factory=list)
    links: Counter[str] = field(default_factory=Counter)  # a translation may turn sentences round
    labels: list[str] = field(default_factory=list)  # of the items of a claim, by their keys
    code: list[str] = field(default_factory=list)
    formulas: int = 0


def markdown_facts(text: str) -> Facts:
    """Return the facts of a Markdown page."""
    front = FRONT_MATTER.match(text)
    keys = set(re.findall(r"^(\w+):", front[1], re.MULTILINE)) if front else set()
    prose, code = split_code(text[front.end() :] if front else text)
    facts = prose_facts(prose)
    facts.keys = keys - {"source_sha"}
    facts.includes += [path for block in code for path in INCLUDE.findall(block)]
    facts.includes = [path.replace("docs/en/", "docs/ko/") for path in facts.includes]
    facts.code = [INCLUDE.sub("", block) for block in code]
    return facts


def claim_facts(text: str) -> Facts:
    """Return the facts of a claim in words: those of a page, and the keys of its items."""
    facts = markdown_facts(text)
    facts.labels = LABEL.findall(text)
    return facts


def notebook_facts(text: str) -> Facts:
    """Return the facts of a notebook."""
    notebook = json.loads(text)
    cells = [(cell["cell_type"], "".join(cell["source"])) for cell in notebook["cells"]]
    prose = "\n\n".join(source for kind, source in cells if kind == "markdown")
    # Notebooks give ids to headings with an anchor that Jupyter does not show.
    facts = prose_facts(re.sub(r'<a id="([^"]+)"></a>', r"{ #\1 }", prose))
    facts.keys = set(notebook["metadata"].get("page", {})) - {"source_sha"}
    facts.code = [source for kind, source in cells if kind == "code"]
    return facts


FACTS = {".md": markdown_facts, ".ipynb": notebook_facts}


def split_code(text: str) -> tuple[str, list[str]]:
    """Split Markdown into its prose and its fenced blocks (information string and content)."""
    prose: list[str] = []
    blocks: list[str] = []
    opening = ""
    for line in text.split("\n"):
        fence = FENCE.match(line)
        if not opening and fence:
            opening = fence["marks"]
            blocks.append(fence["info"].strip())
        elif opening and fence and fence["marks"].startswith(opening) and not fence["info"]:
            opening = ""
        elif opening:
            blocks[-1] += "\n" + line.strip()
        else:
            prose.append(line)
    return "\n".join(prose), blocks


def prose_facts(prose: str) -> Facts:
    """Return the facts of Markdown without its fenced blocks."""
    facts = Facts(includes=INCLUDE.findall(prose))
    prose = CODE.sub("", prose)
    for heading in HEADING.finditer(prose):
        found = ATTRIBUTES.search(heading["text"])
        attributes = found["inside"].split() if found else []
        ids = [a[1:] for a in attributes if re.fullmatch(r"#[a-z0-9][a-z0-9-]*", a)]
        facts.headings.append((len(heading["marks"]), ids[0] if ids else "", ".faq" in attributes))
    facts.pictures = PICTURE.findall(prose)
    facts.links = Counter(url for url in LINK.findall(prose) if "://" not in url)
    facts.formulas = len(FORMULA.findall(prose))
    return facts


def compare(original: Facts, translation: Facts) -> list[str]:
    """Return in words how a translation departs from its original."""
    found = []
    for what, ours, theirs in (
        ("front matter", sorted(original.keys), sorted(translation.keys)),
        ("headings", original.headings, translation.headings),
        ("included files", original.includes, translation.includes),
        ("pictures", original.pictures, translation.pictures),
        ("links", sorted(original.links.elements()), sorted(translation.links.elements())),
        ("labels", original.labels, translation.labels),
        ("code blocks", original.code, translation.code),
        ("formulas", [original.formulas], [translation.formulas]),
    ):
        if ours != theirs:
            found.append(f"{what} differ: {_difference(ours, theirs)}")
    missing = [level for level, name, _ in original.headings if not name]
    if missing:
        found.append(f"{len(missing)} headings have no explicit ASCII id")
    names = [name for _, name, _ in original.headings if name]
    if len(set(names)) < len(names):
        twice = sorted(name for name, count in Counter(names).items() if count > 1)
        found.append(f"heading ids are used twice: {', '.join(twice)}")
    return found


def _difference(ours: Iterable[object], theirs: Iterable[object]) -> str:
    """Return the first thing in which two lists differ."""
    left, right = list(ours), list(theirs)
    for index, (one, other) in enumerate(zip(left, right, strict=False)):
        if one != other:
            return f"number {index + 1} is {one!r} in Korean and {other!r} in English"
    longer, language = (left, "Korean") if len(left) > len(right) else (right, "English")
    return f"only the {language} page has {longer[min(len(left), len(right))]!r}"


def digest(page: Path) -> str:
    """Return the stamp of a page: the first 12 hexadecimal digits of its SHA-256 sum."""
    return hashlib.sha256(page.read_bytes()).hexdigest()[:12]


def texts(root: Path) -> dict[str, tuple[Path, Path]]:
    """Return the Korean and the English file of each page and each claim, whether there or not."""
    ko, en = root / "docs" / "ko", root / "docs" / "en"
    pages = {path.relative_to(tree) for tree in (ko, en) for path in tree.rglob("*.*")}
    found = {page.as_posix(): (ko / page, en / page) for page in sorted(pages)}
    claims = {path.parent for path in root.glob("gan_minimal/claims/*/??.md")}
    return found | {f"claims/{c.name}": (c / "ko.md", c / "en.md") for c in sorted(claims)}


def translated(korean: Path, english: Path) -> bool:
    """Say whether both texts are there, and written by people."""
    written = korean.suffix in FACTS and korean.parent.name != "_generated"
    return written and korean.is_file() and english.is_file()


def check(root: Path) -> list[str]:
    """Return every departure of an English text from its Korean original, a line each."""
    problems = []
    for name, (korean, english) in texts(root).items():
        for path, language in ((english, "English"), (korean, "Korean")):
            if not path.is_file():
                problems.append(f"{name}: there is no {language} page")
        if not translated(korean, english):
            continue
        facts = claim_facts if korean.name == "ko.md" else FACTS[korean.suffix]
        original, translation = (p.read_text(encoding="utf-8") for p in (korean, english))
        problems += [f"{name}: {p}" for p in compare(facts(original), facts(translation))]
        stamp = STAMP.search(translation)
        if stamp is None:
            problems.append(f"{name}: the English page has no source_sha")
        elif not stamp[0].endswith(digest(korean)):
            problems.append(f"{name}: the Korean page has changed since it was translated")
    return problems


def stamp(root: Path) -> list[str]:
    """Write the state of the Korean texts into the English ones; return which were changed."""
    changed = []
    for name, (korean, english) in texts(root).items():
        if not translated(korean, english):
            continue
        text = english.read_text(encoding="utf-8")
        stamped = STAMP.sub(rf"\g<before>{digest(korean)}", text, count=1)
        if stamped != text:
            english.write_text(stamped, encoding="utf-8", newline="\n")
            changed.append(name)
    return changed


def main(arguments: list[str] | None = None) -> int:
    """Print what differs; the exit code says whether anything does."""
    escape_unencodable()
    parser = argparse.ArgumentParser(prog="python -m hooks.parity", description=__doc__)
    parser.add_argument("--stamp", action="store_true", help="mark the English pages as up to date")
    if parser.parse_args(arguments).stamp:
        for name in stamp(ROOT):
            print(f"stamped {name}")
    problems = check(ROOT)
    print("\n".join(problems) or "The Korean and the English texts agree.")
    return 1 if problems else 0


if __name__ == "__main__":
    raise SystemExit(main())
