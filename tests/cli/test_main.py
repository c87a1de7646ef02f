"""The command `gan-minimal` as a whole: its commands, their help, and the process itself."""

import re
import shlex
from pathlib import Path

import pytest
import typer

from gan_minimal import cli
from tests.cli.helpers import misused, process

README = Path(__file__).parents[2] / "README.md"


def commands(group=None, before=()):
    """Yield every command with the words that call it, `claims run` included."""
    group = group or typer.main.get_command(cli.app)
    for name, command in group.commands.items():
        yield (*before, name), command
        if hasattr(command, "commands"):
            yield from commands(command, (*before, name))


COMMANDS = dict(commands())


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_help_of_every_command_shows_an_example(command, run):
    code, shown, _ = run(*command, "--help")

    assert code == 0
    assert f"Example: gan-minimal {' '.join(command)}" in " ".join(shown.split())


def test_the_readme_calls_commands_with_options_that_they_have():
    """And it names every command: one that stands nowhere is found by nobody."""
    text = README.read_text(encoding="utf-8")
    blocks = "".join(re.findall(r"^```console\n(.*?)^```", text, re.MULTILINE | re.DOTALL))
    calls = [shlex.split(line)[1:] for line in blocks.splitlines() if "/gan-minimal " in line]

    assert calls
    for name, *arguments in calls:
        command = COMMANDS[name,]
        takes = {option for each in command.params for option in each.opts}
        assert {word for word in arguments if word.startswith("--")} - takes == set(), name
    named = {name for name, *_ in calls} | set(re.findall(r"`([a-z]+)`", text))
    assert {name for name, *_ in COMMANDS} - named == set()


def test_without_a_command_there_is_help(run):
    code, out, err = run()

    assert "sample" in out + err
    assert code in (0, 2)


def test_a_command_that_does_not_exist_is_named(run):
    misused(run, ["trian", "dcgan"], "No such command 'trian'")


def test_the_module_is_the_command(tmp_path):
    mistaken = process("sample", "dcgan", "--out", "faces.gif", folder=tmp_path)

    assert mistaken.returncode == 2
    assert mistaken.stderr == "gan-minimal: --out ends with .png or .webp, not '.gif'.\n"
