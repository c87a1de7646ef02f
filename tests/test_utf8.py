"""Every text is UTF-8, whatever the locale says and however little a terminal can show."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FILES = [
    path
    for folder in ("gan_minimal", "hooks", "snippets", "tests")
    for path in sorted((ROOT / folder).rglob("*.py"))
]
# An old terminal, and a Python that may not help itself.
ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
# Where code of ours leaves an encoding to the locale, it fails; that of others is not our subject.
STRICT = r"""
import sys, warnings
warnings.simplefilter("ignore", EncodingWarning)
warnings.filterwarnings("error", "", EncodingWarning, r"(gan_minimal|hooks|__main__)\b")
"""
# In one process, since half of its time goes into the import of torch.
COMMANDS = r"""
from pathlib import Path
from gan_minimal import cli, zoo
from gan_minimal.publishing import tables
from hooks import snippets

def command(*arguments):
    sys.argv = ["gan-minimal", *arguments]
    try:
        cli.main()
    except SystemExit as done:
        print("code", done.code)

command("list")
command("claims")
command("data")
command("sample", "cgan", "--n", "2", "--out", "two.png")
command("sample", "\uc5c6\ub2e4")
print("\ud55c")

tables.write(zoo.read("dcgan"), Path("docs"))

Path("snippets").mkdir()
Path("snippets/say.py").write_text("print('\ud55c')", encoding="utf-8")
snippets.write(Path("snippets"), Path("outputs"))
"""


def without_encoding(source: str) -> list[int]:
    """Return the lines where a text is read, written or piped in the encoding of the locale.

    Ruff's rule for this (PLW1514) overlooks `path.read_text()` if it cannot infer what `path` is.
    """
    lines = []
    for call in ast.walk(ast.parse(source)):
        if not isinstance(call, ast.Call):
            continue
        owner = getattr(getattr(call.func, "value", None), "id", "")
        named = {keyword.arg: keyword.value for keyword in call.keywords}
        match call.func:
            case ast.Name("open") | ast.Attribute(_, "open" | "fdopen"):
                modes = [
                    x.value for x in (*call.args, *named.values()) if isinstance(x, ast.Constant)
                ]
                other = owner == "Image" or "timeout" in named  # a picture, an address
                text = not other and not any("b" in str(mode) for mode in modes)
            case ast.Attribute(_, "read_text"):
                text = not call.args
            case ast.Attribute(_, "write_text"):
                text = len(call.args) < 2 and owner != "files"  # gan_minimal.files writes UTF-8
            case _:
                text = "text" in named or "universal_newlines" in named
        if text and "encoding" not in named:
            lines.append(call.lineno)
    return lines


def strictly(code: str, folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run `code` in a folder where the locale is ASCII; what it prints are bytes."""
    return subprocess.run(
        [sys.executable, "-X", "warn_default_encoding", "-c", STRICT + code],
        cwd=folder,
        env=os.environ | ASCII | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )


@pytest.mark.slow
def test_no_text_is_left_to_the_locale():
    found = {path: without_encoding(path.read_text(encoding="utf-8")) for path in FILES}

    assert {path: lines for path, lines in found.items() if lines} == {}


def test_what_is_left_to_the_locale_is_found():
    source = """
path.read_text()
path.write_text(text)
open(name)
open(name, "a", newline="")
path.open(mode="w")
run(command, text=True, capture_output=True)
path.read_text(encoding="utf-8")
path.read_text("utf-8")
path.write_text(text, "utf-8")
open(name, "rb")
path.open("rb")
run(command, text=True, encoding="utf-8")
Image.open(path)
"""
    assert without_encoding(source) == [2, 3, 4, 5, 6, 7]


def test_an_encoding_left_to_the_locale_is_an_error_in_these_tests(tmp_path):
    ran = strictly("open('file', 'w').close()", tmp_path)

    assert ran.returncode == 1
    assert b"EncodingWarning" in ran.stderr


@pytest.mark.slow
def test_commands_work_where_the_locale_is_ascii(tmp_path):
    ran = strictly(COMMANDS, tmp_path)

    assert ran.returncode == 0, ran.stderr
    for shown in (b"Fr\\xe9chet", b"adain-style", b"hangul32", b"\\ud55c"):
        assert shown in ran.stdout
    [error] = ran.stderr.splitlines()  # of the model that is not there
    assert error.startswith(b"gan-minimal: ")
    assert ran.stdout.count(b"code 0") == 4
    assert ran.stdout.count(b"code 2") == 1
    assert (tmp_path / "two.png").is_file()
    assert (tmp_path / "outputs/say.txt").read_bytes() == "한\n".encode()
    written = [path.relative_to(tmp_path) for path in (tmp_path / "docs").rglob("*.md")]
    assert written
    for path in written:
        assert (tmp_path / path).read_bytes() == (ROOT / path).read_bytes()


def test_steps_of_the_site_work_where_the_locale_is_ascii(tmp_path):
    ran = strictly("import hooks.parity as p; p.main([]); print('\\ud55c')", tmp_path)

    assert ran.returncode == 0  # whether the pages agree is the subject of another test
    assert ran.stderr == b""
    assert ran.stdout.strip().endswith(rb"\ud55c")
