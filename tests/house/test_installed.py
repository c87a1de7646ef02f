"""What is published can be installed where nothing of the repository is, and every command runs.

PyTorch and the other dependencies are those of this environment, which the new one can see behind
its own: to install them takes minutes, and is what the workflow `test` does. Nothing is fetched.
"""

import os
import subprocess
import sys
import sysconfig
import tarfile
import venv
from pathlib import Path

import pytest
import typer

from gan_minimal import cli

pytestmark = pytest.mark.nightly

ROOT = Path(__file__).parents[2]
PIP = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input"]

# In this order, since some use what others have made: words of the command and what is there
# afterwards, or what it says.
COMMANDS: list[tuple[str, str]] = [
    ("list", "dcgan"),
    ("data", "faces16"),
    ("sample gan --n 4 --out faces.png", "faces.png"),
    ("sample dcgan --n 1 --out face.png", "face.png"),
    ("translate stargan --input face.png --to glasses --out other.png", "other.png"),
    ("mix --sources 1,2 --styles 7 --layers coarse --out mix.png", "mix.png"),
    ("walk --seeds 1,2 --frames 2 --out walk.webp", "walk.webp"),
    ("edit --text 안경 --seed 7 --out edit.png", "edit.png"),
    ("enlarge --times 1.1 --out large.png", "large.png"),
    ("retouch --input large.png --start 5 --out retouched.png", "retouched.png"),
    ("animate --frames 2 --out motion.webp", "motion.webp"),
    ("train gan --steps 2 --out runs/mine", "runs/mine/checkpoint.pt"),
    ("resume runs/mine --steps 3", "runs/mine/checkpoint.pt"),
    ("sample runs/mine/checkpoint.pt --n 1 --out mine.png", "mine.png"),
    ("evaluate gan", "floor"),
    ("record gan --check", "fresh"),
    ("claims", "Holds"),
]
REFUSED = {"tables": "clone of the repository"}  # it writes the pages of the site


def installed(package: Path, folder: Path) -> Path:
    """Install a wheel or an archive of the source into a new environment; return its command."""
    venv.create(folder, with_pip=False)
    scripts = folder / ("Scripts" if os.name == "nt" else "bin")
    python = scripts / ("python.exe" if os.name == "nt" else "python")
    own = sysconfig.get_path("purelib", vars={"base": str(folder)})
    Path(own, "behind.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    offline = ["--no-index", "--no-deps", "--no-build-isolation", "--quiet"]
    subprocess.run([*PIP, "--python", python, "install", *offline, package], check=True)
    return scripts / "gan-minimal"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The wheel and the archive of the source, as they would be published."""
    folder = tmp_path_factory.mktemp("built")
    build = [sys.executable, "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run(build, cwd=ROOT, capture_output=True, check=True)
    return {path.suffix: path for path in folder.iterdir()}


def run(command: Path, words: str, folder: Path) -> tuple[int, str]:
    """Call the command in an empty folder, at a home where nothing is; return code and words."""
    hidden = {"PYTHONPATH", "VIRTUAL_ENV", "PYTHONHOME"}
    environment = {key: value for key, value in os.environ.items() if key not in hidden}
    done = subprocess.run(
        [command, *words.split()],
        cwd=folder,
        env=environment | {"HOME": str(folder), "XDG_CACHE_HOME": str(folder / "cache")},
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    return done.returncode, done.stdout + done.stderr


@pytest.mark.timeout(1800)
def test_every_command_of_the_wheel_runs_in_an_empty_environment(built, tmp_path):
    command = installed(built[".whl"], tmp_path / "environment")
    folder = tmp_path / "somewhere"
    folder.mkdir()
    python = command.with_name("python")
    where = [python, "-c", "import gan_minimal; print(gan_minimal.__file__)"]
    found = subprocess.run(
        where, cwd=folder, capture_output=True, text=True, encoding="utf-8", check=True
    ).stdout
    assert str(tmp_path / "environment") in found

    subcommands = set(typer.main.get_command(cli.app).commands)
    assert {words.split()[0] for words, _ in COMMANDS} | set(REFUSED) == subcommands
    for words, wanted in COMMANDS:
        code, said = run(command, words, folder)
        assert code == 0, f"{words}: {said}"
        assert (folder / wanted).is_file() or wanted in said, f"{words}: {said}"
    for words, sentence in REFUSED.items():
        code, said = run(command, words, folder)
        assert (code, sentence in said, "Traceback" in said) == (2, True, False), f"{words}: {said}"


@pytest.mark.timeout(1800)
def test_the_archive_of_the_source_installs_the_same_package(built, tmp_path):
    command = installed(built[".gz"], tmp_path / "environment")
    with tarfile.open(built[".gz"], encoding="utf-8") as archive:
        names = {name.partition("/")[2] for name in archive.getnames()}
    assert {"pyproject.toml", "README.md", "LICENSES/MIT.txt", "tests/conftest.py"} <= names
    assert not any(name.startswith((".venv", "site/", "build/", "runs/")) for name in names)

    code, said = run(command, "sample gan --n 4 --out faces.png", tmp_path)
    assert code == 0, said
    [package] = tmp_path.glob("environment/**/gan_minimal/__init__.py")
    there = {p.relative_to(package.parent) for p in package.parent.rglob("*") if p.is_file()}
    here = {p.relative_to(ROOT / "gan_minimal") for p in (ROOT / "gan_minimal").rglob("*.*")}
    assert {p for p in there ^ here if p.suffix not in {".pyc", ""}} == set()
