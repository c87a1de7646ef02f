"""A model is one file and one row, a data set one file and one row, a claim one folder.

The throwaway ones of `tests/house/added/` are put into a copy of the package, as CONTRIBUTING.md
says, and then taken through everything: training, recording, scores, tables, and a page.
"""

import contextlib
import io
import json
import os
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import BaseContext
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
ADDED = Path(__file__).parent / "added"
CONFIG = """
site_name: A copy
docs_dir: docs/{language}
site_dir: site/{language}
strict: true
exclude_docs: _generated/
theme: {{name: material, language: {language}}}
markdown_extensions:
  tables: {{}}
  attr_list: {{}}
  md_in_html: {{}}
  pymdownx.details: {{}}
  pymdownx.snippets: {{base_path: ["."], check_paths: true}}
"""
PAGE = """# Average

--8<-- "docs/{language}/_generated/average-badges.md"

--8<-- "docs/{language}/_generated/average-metrics.md"

--8<-- "docs/{language}/_generated/claim-dots-are-bright.md"

--8<-- "docs/{language}/_generated/outcome-dots-are-bright.md"
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the package with one more of each, and of the pages nothing but two empty trees."""
    copy = tmp_path_factory.mktemp("copy")
    package = copy / "gan_minimal"
    own = shutil.ignore_patterns("__pycache__", "zoo", "claims", "*.npz")
    shutil.copytree(ROOT / "gan_minimal", package, ignore=own)
    for kept in ("data/snapshots", "zoo", "claims"):
        shutil.copytree(
            ROOT / "gan_minimal" / kept,
            package / kept,
            ignore=lambda _folder, names: [n for n in names if not needed(n)],
            dirs_exist_ok=True,
        )
    for folder in ("models", "data", "claims"):
        shutil.copytree(ADDED / folder, package / folder, dirs_exist_ok=True)
    for edit in tomllib.loads((ADDED / "rows.toml").read_text(encoding="utf-8")).values():
        path = package / edit["file"]
        text = path.read_text(encoding="utf-8")
        assert text.count(f"{edit['after']}\n") == 1
        row = f"{edit['after']}\n{edit['row'].lstrip(chr(10))}\n"
        path.write_text(text.replace(f"{edit['after']}\n", row), encoding="utf-8")
    for language in ("ko", "en"):
        (copy / "docs" / language / "_generated").mkdir(parents=True)
    return copy


def needed(name: str) -> bool:
    """Say whether a file of the zoo, the claims or the snapshots goes into the copy."""
    return name.startswith(("_", "attributes.", "faces16.npz")) or name == "SHA256SUMS"


def at_home(folder: Path) -> None:
    """Work in a folder, and import from it before all others."""
    os.chdir(folder)
    sys.path.insert(0, str(folder))


def called(words: tuple[str, ...]) -> str:
    """Call `gan-minimal` as its users do, and return what it prints."""
    from gan_minimal.cli import app

    with contextlib.redirect_stdout(io.StringIO()) as printed:
        app(list(words), standalone_mode=False)
    return printed.getvalue()


@pytest.fixture(scope="module")
def command(copy: Path, fresh_process: BaseContext) -> Callable[..., str]:
    """Runs `gan-minimal` of the copy in a process of its own, and returns what it prints."""

    def run(*words: str) -> str:
        with ProcessPoolExecutor(1, fresh_process, at_home, (copy,)) as alone:
            return alone.submit(called, words).result()

    return run


@pytest.fixture(scope="module")
def record(copy: Path, command: Callable[..., str]) -> dict:
    """The recorded run of the model that was added."""
    command("record", "average")
    return json.loads((copy / "gan_minimal/zoo/average.json").read_text(encoding="utf-8"))


def test_they_are_listed(command):
    assert "average" in command("list")
    assert "dots" in command("data")
    assert "dots-are-bright" in command("claims")


def test_the_model_is_trained_on_the_data_and_resumed(command, copy):
    command("train", "average", "--steps", "60", "--out", "run")
    assert (copy / "run/samples.png").is_file()

    shown = command("resume", "run", "--steps", "120")

    assert "Finished" in shown


def test_the_model_is_recorded_scored_and_fresh(command, record, copy):
    assert record["settings"]["train"]["data"] == "dots"
    assert record["losses"]["pixels"][-1] < record["first_steps"][0]["pixels"]
    assert record["metrics"]["fid"]["value"] > record["metrics"]["fid"]["floor"] >= 0
    assert (copy / "docs/assets/runs/average/samples.webp").is_file()
    assert "average is fresh" in command("record", "average", "--check")
    assert "Fréchet distance" in command("evaluate", "average")


def test_the_claim_is_measured_and_holds(command, copy):
    shown = command("claims", "run", "dots-are-bright", "--record")
    assert "For every seed the difference is larger than 1. Holds." in shown

    kept = json.loads(
        (copy / "gan_minimal/claims/dots_are_bright/record.json").read_text(encoding="utf-8")
    )
    assert min(kept["values"]["contrast"]) > 1


@pytest.mark.usefixtures("record")
def test_a_page_shows_their_tables(command, copy):
    command("claims", "run", "dots-are-bright", "--record")
    command("tables")

    for language, said in (("ko", "점은 둘레보다 밝다."), ("en", "A dot is brighter")):
        page = copy / "docs" / language / "index.md"
        page.write_text(PAGE.format(language=language), encoding="utf-8")
        config = copy / f"mkdocs.{language}.yml"
        config.write_text(CONFIG.format(language=language), encoding="utf-8")
        build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "-f", str(config)]
        subprocess.run(build, cwd=copy, check=True, capture_output=True)
        shown = (copy / "site" / language / "index.html").read_text(encoding="utf-8")
        assert said in shown
        assert "gan-minimal record average" in shown
        assert shown.count("<table>") >= 2


@pytest.mark.parametrize("kind", ["model", "data"])
def test_the_guide_names_the_file_of_each_row(kind):
    """CONTRIBUTING.md tells people to do what this test does."""
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    row = tomllib.loads((ADDED / "rows.toml").read_text(encoding="utf-8"))[kind]

    assert f"`gan_minimal/{row['file']}`" in guide
    assert "tests/house/added" in guide
