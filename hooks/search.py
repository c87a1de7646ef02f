"""Lets the search find Korean words with any particle, written together or apart, in either script.

The search knows no Korean: it would look for 판별자에게 and miss 판별자는. Its tokenizer splits at
a separator, in the index and in the query alike, so the particle at the end of a word is made part
of the separator. Which particle may follow depends on whether the syllable before it ends in a
consonant; asking for that keeps most nouns whole that merely look like they end in a particle
(전문가, 플레이). `KEEP` has the rest. What is left of a word has at least two letters.

What goes by several names is found by each of them: the names come from the headings of the Korean
glossary and from `docs/synonyms.txt`. A heading that has one of them is indexed under the others,
too, and a name of two words is split where somebody writes it as one (코딩테스트).
"""

import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.pages import Page

ROOT = Path(__file__).resolve().parent.parent
GLOSSARY = ROOT / "docs/ko/glossary.md"
SYNONYMS = ROOT / "docs/synonyms.txt"

AFTER_VOWEL = "가|는|를|와|라는|라고|나|란"
AFTER_CONSONANT = "이|은|을|과|이라는|이라고|이나|이란|으로|으로부터|으로써"
AFTER_ANY = (
    "의|에|도|만|로|로부터|로써|에서|에서는|에서의|에게|에게서|까지|부터|처럼|보다|마다|조차|"
    "이다|이며|하고|하는|하며|하지|한다|하다|하면|했다|합니다|된다|되는|되며|됐다|되지|시킨다|시키는"
)

# English words that say nothing; the search would look for every word that begins with "a".
SMALL = "a|an|the|of|to|in|on|for|and|or|is|are|be|do|does|how|what|which|with|by|it|its|from"

# Nouns that end in what looks like a particle.
KEEP = """
정확도 해상도 난이도 자유도 복잡도 유사도 선명도 재현도 완성도 신뢰도 민감도 충실도 중요도
만족도 선호도 가능도 학습속도 확률밀도 고양이 호랑이 어린이 되풀이 민주주의 재정의 매크로
마이크로 그대로 스스로
"""

# Every syllable without a final consonant: 가, 개, 갸, ... 히.
VOWEL = "".join(chr(code) for code in range(ord("가"), ord("힣") + 1, 28))

COMPOUND = re.compile(r"(?=\b([가-힣]{2,}) ([가-힣]+))")
HEADING = re.compile(r"^### (?P<names>.+?)(?: \((?P<more>.+)\))? \{ #", re.MULTILINE)


def groups(glossary: str, synonyms: str) -> list[list[str]]:
    """Return the names of each thing that has several.

    Args:
        glossary: The glossary: `### 판별자 (discriminator) { #discriminator }`.
        synonyms: Lines of names separated by ` = `; `#` begins a remark.
    """
    found: list[list[str]] = []
    of: dict[str, list[str]] = {}
    lines = [f"{h['names']}, {h['more'] or ''}".split(", ") for h in HEADING.finditer(glossary)]
    lines += [x.split(" = ") for x in synonyms.splitlines() if x and not x.startswith("#")]
    for names in lines:
        names = [name.strip() for name in names if name.strip()]
        group = next((of[name.lower()] for name in names if name.lower() in of), None)
        if group is None:
            found.append(group := [])
        for name in names:
            if name not in group:
                group.append(name)
            of.setdefault(name.lower(), group)
    return [group for group in found if len(group) > 1]


def other_names(title: str, things: list[list[str]]) -> list[str]:
    """Return what else the things that a heading names are called.

    Args:
        title: The heading.
        things: The names of each thing.
    """
    found: dict[str, None] = {}
    for names in things:
        if any(_as_word(name).search(title) for name in names):
            found |= dict.fromkeys(name for name in names if name not in title)
    return list(found)


@cache
def _as_word(name: str) -> re.Pattern[str]:
    """Return a pattern for a name that stands as a word, perhaps with a particle behind it.

    An abbreviation has to be written as it is: "is" is not the IS of the Inception score.
    """
    flags = re.NOFLAG if name.isupper() else re.IGNORECASE
    return re.compile(rf"(?<![\w-]){re.escape(name)}(?![A-Za-z0-9])", flags)


def weight(title: str) -> float:
    """Return how much more a heading counts: 1.5 for one word, down to 1 for many.

    The search does not look at the length of a text; but what only names a thing is about that
    thing. A question is long and yet about one thing, but there are three about StyleGAN, which
    shall not stand before its own page.

    Args:
        title: The heading; what is in parentheses is not counted.
    """
    words = re.sub(r"\(.*?\)", "", title).split()
    return 1.2 if title.endswith("?") else 1 + 0.5 / max(1, len(words))


def separator(things: list[list[str]]) -> str:
    """Return the regular expression at which the search splits text.

    It means the same to Python and to JavaScript, where the search runs.

    Args:
        things: The names of each thing; those of several Korean words are split where one word
            ends and the next begins.
    """
    kept = "".join(f"(?!(?<={word[:-1]}){word[-1]}(?![가-힣]))" for word in KEEP.split())
    particle = (
        f"(?<=[가-힣A-Za-z0-9]{{2}}){kept}"
        f"(?:(?<=[{VOWEL}A-Za-z0-9])(?:{AFTER_VOWEL})"
        f"|(?<![{VOWEL}])(?:{AFTER_CONSONANT})|{AFTER_ANY})(?![가-힣])"
    )
    small = "|".join(f"[{word[0].upper()}{word[0]}]{word[1:]}" for word in SMALL.split("|"))
    small = rf"(?<![\w가-힣-])(?:{small})(?![\w가-힣-])"
    ends = rf"""[\s\-,:;!=\[\]()"'`/.?·“”‘’「」]+|{small}|{particle}"""
    written = [name for names in things for name in names]
    pairs = sorted({pair for name in written for pair in COMPOUND.findall(name)})
    if not pairs:
        return ends
    # The two classes of letters in front spare nearly all places the long list behind them.
    before = "".join(sorted({first[-1] for first, _ in pairs}))
    after = "".join(sorted({second[0] for _, second in pairs}))
    seams = "|".join(f"(?<={first})(?={second})" for first, second in pairs)
    return f"{ends}|(?<=[{before}])(?=[{after}])(?:{seams})"


def on_config(config: "MkDocsConfig", **_: Any) -> None:
    """Give the search plugin the separator before it makes its index."""
    plugin: Any = config.plugins["material/search"]
    plugin.config.separator = separator(known())
    plugin.search_index.config["separator"] = separator(known())


def on_page_context(context: Any, page: "Page", config: "MkDocsConfig", **_: Any) -> None:
    """Index headings under their other names, too: in the place of tags, which nobody sees."""
    plugin: Any = config.plugins["material/search"]
    things = known()
    for entry in reversed(plugin.search_index.entries):
        if entry["location"].partition("#")[0] != page.url:
            break
        title = re.sub(r"<[^>]+>", "", entry["title"])
        entry["tags"] = other_names(title, things)
        entry["boost"] = entry.get("boost", 1) * weight(title)


@cache
def known() -> list[list[str]]:
    """Return the names of everything that the site has several names for."""
    return groups(GLOSSARY.read_text(encoding="utf-8"), SYNONYMS.read_text(encoding="utf-8"))
