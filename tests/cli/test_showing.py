"""The commands `list` and `data`: what they show, and one sentence for every mistake."""

from pathlib import Path

import pytest

from gan_minimal import models, zoo
from tests.cli.helpers import refused


def test_list_shows_models_papers_and_records(run):
    code, shown, _ = run("list")

    assert code == 0
    for name in models.names():
        assert name in shown
    assert "2015, arXiv:1511.06434" in shown
    assert "tiny, paper" in shown
    fid = zoo.read("dcgan")["metrics"]["fid"]
    assert f"{fid['value']:.2f} ({fid['floor']:.2f})" in shown


def test_data_shows_what_is_there_and_how_to_get_the_rest(run):
    code, shown, _ = run("data")

    rows = {line.split("│")[1].strip(): line for line in shown.splitlines() if "│" in line}
    assert code == 0
    assert "yes" in rows["faces16"]
    assert "gan-minimal data mnist --download" in " ".join(shown.split())
    assert "celeba" in rows


def test_data_shows_one_set(run):
    _, shown, _ = run("data", "hangul32")

    assert "hangul32" in shown
    assert "faces16" not in shown


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("data fases16", "did you mean 'faces16'?"),
        ("data --download", "Say what to download"),
        ("data faces16 --download", "comes with the package"),
    ],
)
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments, sentence, run):
    Path("file.txt").write_text("something else", encoding="utf-8")

    refused(run, arguments.split(), sentence)
    assert not list(Path().rglob("*.pt"))
