"""Wherever a page leads to a measured claim, it says at once what came out, with the verdict."""

import re
from functools import cache
from posixpath import dirname, join, normpath

import pytest

from gan_minimal import claims
from tests.pages.helpers import DOCS, LANGUAGES

INCLUDE = re.compile(r'--8<-- "docs/\w\w/_generated/(claim|outcome)-([\w-]+)\.md"')
HEADING = re.compile(r"^ *(#{1,6}) .*\{ #([\w-]+)(?: \.\w+)? \}$")
LINK = re.compile(r"\]\(([\w./-]*)#([\w-]+)\)")


def pages(language: str) -> dict[str, str]:
    """The text of each page by its path below `docs/<language>`."""
    tree = DOCS / language
    paths = [path for path in tree.rglob("*.md") if path.parent.name != "_generated"]
    return {path.relative_to(tree).as_posix(): path.read_text(encoding="utf-8") for path in paths}


@cache
def homes(language: str) -> dict[tuple[str, str], str]:
    """The claim that stands under a heading, by page and heading id."""
    found = {}
    for page, text in pages(language).items():
        heading = ""
        for line in text.splitlines():
            heading = match[2] if (match := HEADING.match(line)) else heading
            include = INCLUDE.search(line)
            if include and include[1] == "claim":
                found[page, heading] = include[2]
    return found


def owed(page: str, text: str, language: str) -> list[tuple[str, set[str]]]:
    """The paragraphs that lead to claims on other pages, and whose outcomes do not follow."""
    blocks = re.split(r"\n[ \t]*\n", text)
    found = []
    for i, block in enumerate(blocks):
        targets = {
            (normpath(join(dirname(page), path)) if path else page, anchor)
            for path, anchor in LINK.findall(block)
        }
        led = {
            homes(language)[target]
            for target in targets & homes(language).keys()
            if target[0] != page
        }
        said = set()
        for after in blocks[i + 1 :]:
            included = INCLUDE.fullmatch(after.strip())
            if included is None:
                break
            said.add(included[2])
        if led - said:
            found.append((block, led - said))
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_to_a_claim_is_followed_by_its_outcome(language):
    found = [
        f"{page}: say what came out of {', '.join(sorted(missing))} after: {block.strip()[:80]}"
        for page, text in pages(language).items()
        if not page.startswith("claims/")
        for block, missing in owed(page, text, language)
    ]

    assert found == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_claim_has_a_home_to_which_links_can_lead(language):
    expected = {(f"claims/{claim.family}.md", name) for name, claim in claims.claims().items()}

    assert expected <= homes(language).keys()


def test_a_link_without_its_outcome_is_found():
    text = "A [claim](../claims/gan-family.md#wgan-stable).\n\nAnd more.\n"
    outcome = '--8<-- "docs/en/_generated/outcome-wgan-stable.md"'

    assert owed("models/new.md", text, "en") == [
        ("A [claim](../claims/gan-family.md#wgan-stable).", {"wgan-stable"})
    ]
    assert owed("models/new.md", text.replace("And", f"{outcome}\n\nAnd"), "en") == []
    assert owed("models/new.md", text.replace("more.", f"more.\n\n{outcome}"), "en") != []
    assert owed("models/wgan.md", "[here](#claim-stable)", "en") == []  # it stands on that page


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", ["index.md", "verification.md", "claims/index.md"])
def test_pages_that_lead_to_all_claims_say_how_many_hold(page, language):
    text = (DOCS / language / page).read_text(encoding="utf-8")

    assert f'--8<-- "docs/{language}/_generated/claims-counted.md"' in text
