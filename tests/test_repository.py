"""What holds the repository together: commands, versions, licences and the way imports run."""

import ast
import re
import statistics
import subprocess
import sys
import time
import tomllib
import zipfile
from collections import defaultdict
from importlib.metadata import version as installed_version
from pathlib import Path

import pytest
import typer
import yaml
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

import gan_minimal
from gan_minimal import cli

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
GUIDES = ["README.md", "CONTRIBUTING.md", "docs/ko/contribute.md", "docs/en/contribute.md"]
MODULES = sorted((ROOT / "gan_minimal").rglob("*.py"))

# The brackets keep these patterns from finding themselves.
FORBIDDEN = re.compile(
    r"(py[p]i|pythonh[o]sted|npm[j]s|deb[i]an)\.(org|com)"
    r"|/w[o]rk/|/[o]pt/(wheels|py[p]i)|/r[o]ot/|/h[o]me/\w+/"
)
LARGEST = 1_100_000  # bytes


def tracked() -> list[Path]:
    """All files that belong to the repository, or will once they are added."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(
        listing, cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    if run.returncode:
        pytest.skip("this copy is not a Git repository")
    return [path for name in run.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def commands(text: str) -> list[str]:
    """The lines of all console blocks of a Markdown text."""
    blocks = re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    return [line.strip() for block in blocks for line in block.splitlines() if line.strip()]


def imported(path: Path) -> set[str]:
    """The names of all modules that a Python file imports, also those inside functions."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path.name} has a relative import"
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


@pytest.mark.parametrize("guide", GUIDES)
def test_guides_name_commands_that_exist(guide):
    targets = set(
        re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    )
    subcommands = typer.main.get_command(cli.app).commands

    lines = commands((ROOT / guide).read_text(encoding="utf-8"))

    assert lines
    for line in lines:
        words = line.split()
        if words[0] == "make":
            assert words[1] in targets, line
        if Path(words[0].replace("\\", "/")).name == "gan-minimal":
            assert words[1] in subcommands, line
        if words[1:2] == ["-m"] and words[2].startswith(("hooks.", "tests.", "gan_minimal.")):
            assert ROOT.joinpath(*words[2].split(".")).with_suffix(".py").is_file(), line


@pytest.mark.parametrize("guide", GUIDES[:2])
def test_guides_link_to_files_that_exist(guide):
    links = re.findall(r"\]\(([^)#:]+)\)", (ROOT / guide).read_text(encoding="utf-8"))

    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_make_without_a_target_lists_what_there_is():
    shown = subprocess.run(
        ["make"], cwd=ROOT, capture_output=True, text=True, check=True, encoding="utf-8"
    ).stdout

    phony = re.search(
        r"^\.PHONY: help (.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert re.findall(r"^make (\S+)", shown, re.MULTILINE) == phony.group(1).split()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_ask_for_no_more_than_they_need(workflow):
    content = yaml.safe_load(workflow.read_text(encoding="utf-8"))

    assert content["permissions"] == {"contents": "read"}
    assert "concurrency" in content
    for job in content["jobs"].values():
        assert "timeout-minutes" in job
        for step in job["steps"]:
            assert re.fullmatch(r"actions/[a-z-]+@v\d+", step.get("uses", "actions/checkout@v0"))


def test_pull_requests_are_tested_on_every_version_of_python_that_is_declared():
    content = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text(encoding="utf-8"))
    tested = content["jobs"]["test"]["strategy"]["matrix"]["python"]

    prefix = "Programming Language :: Python :: 3."
    declared = [c for c in PROJECT["project"]["classifiers"] if c.startswith(prefix)]
    assert tested == [c.rpartition(" ")[2] for c in declared]
    assert PROJECT["project"]["requires-python"] == f">={tested[0]}"


def test_gpu_runner_is_asked_for_by_its_labels():
    content = yaml.safe_load((ROOT / ".github/workflows/gpu.yml").read_text(encoding="utf-8"))

    assert content["jobs"]["gpu"]["runs-on"] == ["self-hosted", "linux", "gpu"]
    assert content[True].keys() == {"schedule", "workflow_dispatch", "pull_request"}  # "on" is true


def test_dependencies_have_bounds_on_both_sides_and_hold_here():
    groups = PROJECT["dependency-groups"].values()
    named = [entry for group in groups for entry in group if isinstance(entry, str)]
    extras = PROJECT["project"]["optional-dependencies"].values()
    named += PROJECT["project"]["dependencies"] + [entry for extra in extras for entry in extra]

    for requirement in map(Requirement, named):
        if requirement.name == "gan-minimal":
            continue
        operators = {specifier.operator for specifier in requirement.specifier}
        assert operators in ({">=", "<"}, {"=="}), requirement
        assert requirement.specifier.contains(installed_version(requirement.name)), requirement


def test_one_version_everywhere():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["version"] == gan_minimal.__version__ == installed_version("gan-minimal")


def test_citation_has_what_the_format_requires():
    citation = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))

    assert citation["cff-version"] == "1.2.0"
    assert {"message", "title", "authors", "license"} <= citation.keys()
    assert citation["authors"] == [{"name": "The GAN Notes authors"}]
    texts = {path.stem for path in (ROOT / "LICENSES").iterdir()}
    assert set(citation["license"]) == texts - {"LicenseRef-Public-Domain"}


def test_no_tracked_file_is_large():
    assert [f"{p}: {p.stat().st_size}" for p in tracked() if p.stat().st_size > LARGEST] == []


def test_no_file_names_a_registry_or_a_path_of_somebodys_machine():
    found = []
    for path in tracked():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:  # a picture, weights or data
            continue
        found += [f"{path}: {match.group()}" for match in FORBIDDEN.finditer(text)]

    assert found == []


# Each package may import those below it, and no other.
LAYERS = (
    {"__main__"},
    {"cli"},
    {"publishing"},
    {"claims"},
    {"editing"},
    {"scoring"},
    {"zoo"},
    {"training"},
    {"data"},
    {"models"},
    {"images"},
    {"files"},
    {"errors"},
)
LONGEST_MODEL = 350  # lines


def room(module: str) -> str:
    """The package, or the file beside the packages, in which a module of the project lies."""
    return [*module.split("."), "__init__"][1]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_run_one_way(path):
    own = room(".".join(path.relative_to(ROOT).with_suffix("").parts))
    height = next((i for i, rooms in enumerate(LAYERS) if own in rooms), None)
    used = {room(name) for name in imported(path) if name.split(".")[0] == "gan_minimal"}
    used -= {own, "__init__"}

    if own == "__init__":  # the two functions of the package import what they need when called
        return
    assert height is not None, f"{path.name} lies in no room of the house"
    assert used <= set().union(*LAYERS[height + 1 :])


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.parent.name == "models" and path.name != "__init__.py"],
    ids=lambda path: path.stem,
)
def test_a_model_file_imports_torch_and_its_siblings_only(path):
    names = imported(path)
    siblings = {name for name in names if name.startswith("gan_minimal.models.")}

    assert {name.split(".")[0] for name in names - siblings} <= {"torch", *sys.stdlib_module_names}
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_MODEL


def test_code_is_written_once():
    """Under 1.5 % of the lines stand in a block of six or more that another file has too.

    Model files are left out: each has to stand alone.
    """
    files = {}
    modules = [path for path in MODULES if path.parent.name != "models"]
    for path in modules + sorted((ROOT / "snippets").glob("*.py")):
        lines = [" ".join(line.split()) for line in path.read_text(encoding="utf-8").splitlines()]
        files[path] = [line for line in lines if len(line) > 3 and not line.startswith("#")]
    places = defaultdict(list)
    for path, lines in files.items():
        for start in range(len(lines) - 5):
            places[tuple(lines[start : start + 6])].append((path, start))

    copied = {
        (path, start + i)
        for found in places.values()
        if len({path for path, _ in found}) > 1
        for path, start in found
        for i in range(6)
    }
    assert len(copied) < 0.015 * sum(map(len, files.values())), sorted({p for p, _ in copied})


@pytest.mark.parametrize("module", ["gan_minimal", "gan_minimal.cli", "gan_minimal.models"])
def test_import_does_not_load_torch(module):
    code = f"import sys, {module}; sys.exit('torch' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_help_appears_within_half_a_second():
    command = [Path(sys.executable).with_name("gan-minimal"), "--help"]
    times = []
    for _ in range(5):
        began = time.perf_counter()
        shown = subprocess.run(
            command, capture_output=True, text=True, check=True, encoding="utf-8"
        ).stdout
        times.append(time.perf_counter() - began)

    assert "sample" in shown
    assert statistics.median(times) < 0.5


@pytest.mark.slow
def test_wheel_holds_the_data_and_the_recorded_runs(tmp_path):
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)

    [wheel] = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        packed = set(archive.namelist())
        metadata = next(name for name in packed if name.endswith(".dist-info/METADATA"))
        described = archive.read(metadata).decode()
    data = {".npz", ".json", ".safetensors", ".webp", ".png", ".md", ".toml"}
    kept = [p for p in tracked() if (ROOT / "gan_minimal") in p.parents and p.suffix in data]
    assert kept
    assert {str(p.relative_to(ROOT)) for p in kept} <= packed
    assert {name.split("/")[0].split("-")[0] for name in packed} == {"gan_minimal"}
    assert SpecifierSet(PROJECT["project"]["requires-python"]) == SpecifierSet(
        re.search(r"^Requires-Python: (.*)$", described, re.MULTILINE).group(1)
    )
    assert sum(name.rpartition("/")[2] in ("MIT.txt", "CC0-1.0.txt") for name in packed) == 2
