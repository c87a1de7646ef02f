"""What holds the repository together: commands, versions, licences and the way imports run."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections import defaultdict
from email import message_from_bytes
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

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

# What jobs may do besides reading the repository.
GRANTED = {
    ("site", "build"): {"contents": "read", "pages": "read"},
    ("site", "deploy"): {"pages": "write", "id-token": "write"},
    ("nightly", "tell"): {"issues": "write"},
}

ON_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it is a script for Linux's tools")

# The brackets keep these patterns from finding themselves.
FORBIDDEN = re.compile(
    r"(py[p]i|pythonh[o]sted|npm[j]s|deb[i]an)\.(org|com)"
    r"|/w[o]rk/|/[o]pt/(wheels|py[p]i)|/r[o]ot/|/h[o]me/\w+/"
)
LARGEST = 2**21  # bytes: two mebibytes


def tracked() -> list[Path]:
    """All files that belong to the repository, or will once they are added."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    run = subprocess.run(
        listing, cwd=ROOT, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    if run.returncode:
        pytest.skip("this copy is not a Git repository")
    return [path for name in run.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def workflow_of(name: str) -> dict[str, Any]:
    """Return the content of a workflow."""
    path = ROOT / ".github" / "workflows" / f"{name}.yml"
    return yaml.safe_load(path.read_text(encoding="utf-8"))


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


@pytest.mark.skipif(shutil.which("make") is None, reason="this machine has no make")
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
    content = workflow_of(workflow.stem)

    assert content["permissions"] == {"contents": "read"}
    assert "concurrency" in content
    for name, job in content["jobs"].items():
        assert "timeout-minutes" in job
        assert job.get("permissions") == GRANTED.get((workflow.stem, name))
        for step in job["steps"]:
            if "actions/checkout@" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_use_actions_as_they_were_when_somebody_looked_at_them(workflow):
    """A tag can be moved to other code, a commit cannot; its version stands behind it."""
    used = re.findall(r"^ *(?:- )?uses: *(.*)$", workflow.read_text(encoding="utf-8"), re.MULTILINE)

    assert used
    for line in used:
        assert re.fullmatch(r"actions/[a-z-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_workflows_put_nothing_of_strangers_into_a_script(workflow):
    """The title of an issue or the name of a branch could hold commands."""
    for job in workflow_of(workflow.stem)["jobs"].values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_every_action_has_one_version_in_all_workflows():
    text = "".join(path.read_text(encoding="utf-8") for path in WORKFLOWS)
    pinned = set(re.findall(r"uses: *(\S+)@(.*)", text))

    assert len(pinned) == len({action for action, _ in pinned})


def test_dependencies_are_looked_up_for_known_holes_every_night():
    content = workflow_of("nightly")

    assert "schedule" in content[True]  # "on" is true
    assert [s["run"] for s in content["jobs"]["audit"]["steps"] if "pip_audit" in s.get("run", "")]


def test_pull_requests_are_tested_on_every_version_of_python_that_is_declared():
    jobs = workflow_of("test")["jobs"]
    tested = jobs["test"]["strategy"]["matrix"]["python"]

    prefix = "Programming Language :: Python :: 3."
    declared = [c for c in PROJECT["project"]["classifiers"] if c.startswith(prefix)]
    assert tested == [c.rpartition(" ")[2] for c in declared]
    assert PROJECT["project"]["requires-python"] == f">={tested[0]}"
    # other systems have the oldest and the newest one
    assert jobs["systems"]["strategy"]["matrix"]["python"] == [tested[0], tested[-1]]


def test_windows_and_macos_are_tested_with_the_encoding_they_have():
    job = workflow_of("test")["jobs"]["systems"]

    assert job["strategy"]["matrix"]["system"] == ["windows-latest", "macos-latest"]
    assert "UTF8" not in yaml.safe_dump(job)
    assert job["steps"][-1]["run"] == 'python -m pytest -m "not slow" -v'


def test_a_second_builder_may_fail():
    assert workflow_of("test")["jobs"]["second-builder"]["continue-on-error"] is True


@ON_LINUX
def test_the_nightly_run_lifts_the_upper_bounds_of_the_package_and_no_others(tmp_path):
    steps = workflow_of("nightly")["jobs"]["newest"]["steps"]
    [lift] = [step["run"] for step in steps if step.get("run", "").startswith("sed")]
    shutil.copy(ROOT / "pyproject.toml", tmp_path)

    subprocess.run(["bash", "-ec", lift], cwd=tmp_path, check=True)

    lifted = tomllib.loads((tmp_path / "pyproject.toml").read_text(encoding="utf-8"))
    for before, after in zip(
        map(Requirement, PROJECT["project"]["dependencies"]),
        map(Requirement, lifted["project"].pop("dependencies")),
        strict=True,
    ):
        assert before.name == after.name
        assert after.specifier.contains("999")
        assert min(x.version for x in after.specifier) == min(x.version for x in before.specifier)
    rest = {key: value for key, value in PROJECT["project"].items() if key != "dependencies"}
    assert lifted == PROJECT | {"project": rest}


@ON_LINUX
@pytest.mark.parametrize("there", [True, False])
def test_a_nightly_failure_opens_one_issue(tmp_path, there):
    job = workflow_of("nightly")["jobs"]["tell"]
    (tmp_path / "gh").write_text(
        f'#!/bin/sh\nif [ "$2" = list ]; then echo {str(there).lower()}; fi\n'
        'if [ "$2" = create ]; then echo "$4"; fi\n',
        encoding="utf-8",
    )
    (tmp_path / "gh").chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "TITLE": "It fails", "BODY": ""}

    [step] = job["steps"]
    command = ["bash", "-ec", step["run"]]
    told = subprocess.run(command, env=environment, capture_output=True, check=True).stdout

    assert (job["needs"], job["if"].split(" ")[0]) == (["newest", "audit"], "failure()")
    assert told == (b"" if there else b"It fails\n")


def test_gpu_runner_is_asked_for_by_its_labels():
    content = workflow_of("gpu")

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


def test_one_address_of_the_repository():
    urls = PROJECT["project"]["urls"]
    source = urls["Source"]
    owner, name = source.split("/")[-2:]
    readme = PROJECT["tool"]["hatch"]["metadata"]["hooks"]["fancy-pypi-readme"]
    replacements = [each["replacement"] for each in readme["substitutions"]]

    assert urls == {
        "Homepage": f"https://{owner}.github.io/{name}/",
        "Documentation": f"https://{owner}.github.io/{name}/en/",
        "Source": f"https://github.com/{owner}/{name}",
        "Issues": f"{source}/issues",
        "Changelog": f"{source}/blob/main/CHANGELOG.md",
    }
    pictures, links = replacements
    assert pictures == rf"![\1]({source}/raw/main/\2)"
    assert links == rf"[\1]({source}/blob/main/\2)"
    texts = {".md", ".yml", ".html", ".xml", ".py", ".cff", ".toml", ".json"}
    named = [path for path in tracked() if path.suffix in texts and path.name != "pyproject.toml"]
    assert [p for p in named if f"{owner}/{name}" in p.read_text(encoding="utf-8")] == []


def test_the_changelog_has_this_version_or_says_that_it_is_not_out_yet():
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    newest, below = re.search(r"^## \[(.*?)\].*\n\n(.*)", text, re.MULTILINE).groups()

    version = gan_minimal.__version__
    assert newest == version or (newest == "Unreleased" and version in below)
    sections = set(re.findall(r"^### (.*)", text, re.MULTILINE))
    assert sections <= {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}


def test_the_readme_says_what_lies_where():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    packages = [p.parent for p in (ROOT / "gan_minimal").glob("*/__init__.py")]

    told = re.findall(r"^\| `(gan_minimal/\w+)/` \|", text, re.MULTILINE)
    assert sorted(told) == sorted(p.relative_to(ROOT).as_posix() for p in packages)


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


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> dict[str, bytes]:
    """Return the files of the package as it is published, by their names."""
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    [path] = folder.glob("*.whl")
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.mark.slow
def test_wheel_holds_what_the_package_needs_and_nothing_else(wheel):
    ours = {p.relative_to(ROOT) for p in tracked() if (ROOT / "gan_minimal") in p.parents}
    extra = {name for name in wheel if ".dist-info/" not in name} - {p.as_posix() for p in ours}

    assert {p.as_posix() for p in ours} <= wheel.keys()
    assert extra == set()
    assert {"gan_minimal/py.typed", "gan_minimal/zoo/dcgan.safetensors"} <= wheel.keys()
    assert {name.split("/")[0].split("-")[0] for name in wheel} == {"gan_minimal"}
    texts = {path.name for path in (ROOT / "LICENSES").iterdir()}
    assert {name.rpartition("/")[2] for name in wheel if "/licenses/" in name} == texts


@pytest.mark.slow
def test_wheel_describes_itself_to_a_package_index(wheel):
    [metadata] = [content for name, content in wheel.items() if name.endswith("/METADATA")]
    about = message_from_bytes(metadata)
    description = about.get_payload(decode=True).decode()
    source = PROJECT["project"]["urls"]["Source"]

    assert SpecifierSet(about["Requires-Python"]) == SpecifierSet(
        PROJECT["project"]["requires-python"]
    )
    texts = {path.stem for path in (ROOT / "LICENSES").iterdir()}
    assert set(about["License-Expression"].split(" AND ")) == texts
    assert about["Description-Content-Type"] == "text/markdown"
    targets = re.findall(r"\]\(([^)#][^)]*)\)", description)  # not those inside the page
    assert len(targets) > 5
    for target in targets:
        address, _, path = target.partition("/main/")
        assert address in (f"{source}/raw", f"{source}/blob")
        assert (ROOT / path).is_file()
    assert re.findall(r"!\[.*?\]\((.*?)\)", description)[0].startswith(f"{source}/raw/")
