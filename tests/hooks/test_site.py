import subprocess
import zipfile
from pathlib import Path

import pytest

from hooks import server, site


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en").mkdir()
    (tmp_path / "index.html").write_text("처음", encoding="utf-8")
    (tmp_path / "404.html").write_text("없다", encoding="utf-8")
    (tmp_path / "en/404.html").write_text("nothing", encoding="utf-8")
    (tmp_path / "wall.webp").write_bytes(b"RIFF")
    return tmp_path


def test_a_built_site_is_served(folder, monkeypatch, capsys):
    def interrupt(self):
        raise KeyboardInterrupt

    monkeypatch.setattr(server.ThreadingHTTPServer, "serve_forever", interrupt)
    site.main(["serve", "--site", str(folder), "--port", "0"])
    (line,) = capsys.readouterr().out.strip().splitlines()
    assert line.startswith("Look at http://127.0.0.1:")


def test_serving_needs_a_built_site(tmp_path):
    with pytest.raises(SystemExit, match=r"python -m hooks\.site build"):
        site.main(["serve", "--site", str(tmp_path)])


def test_building_needs_mkdocs(tmp_path, monkeypatch):
    monkeypatch.setattr(site.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(SystemExit, match=r"--group site$"):
        site.build(tmp_path)
    with pytest.raises(SystemExit, match=r"--group site properdocs$"):
        site.build(tmp_path, builder="properdocs")


@pytest.mark.parametrize("builder", site.BUILDERS)
def test_korean_is_built_before_english_and_into_an_empty_folder(folder, monkeypatch, builder):
    calls = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        assert command[1:5] == ["-m", builder, "build", "--strict"]
        calls.append((command[command.index("-f") + 1], command[-1], options["env"]))
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(site.subprocess, "run", run)
    monkeypatch.setattr(site.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setenv("SITE_URL", "https://example.org/gan/")
    site.main(["build", "--site", str(folder), "--builder", builder])
    (korean, english) = calls
    assert korean[:2] == ("mkdocs.yml", str(folder))
    assert english[:2] == ("mkdocs.en.yml", str(folder / "en"))
    assert korean[2]["OFFLINE"] == "false"
    assert korean[2]["SITE_URL_EN"] == "https://example.org/gan/en/"
    assert not folder.exists()


def test_a_build_that_fails_says_why(tmp_path, monkeypatch, capsys):
    failed = subprocess.CompletedProcess([], 1, "INFO    -  Building\n", "WARNING -  Broken link\n")
    monkeypatch.setattr(site.subprocess, "run", lambda *args, **options: failed)
    monkeypatch.setattr(site.importlib.util, "find_spec", lambda name: name)
    with pytest.raises(SystemExit, match=r"mkdocs\.yml"):
        site.build(tmp_path / "site")
    assert capsys.readouterr().out == "WARNING -  Broken link\n"


def test_what_is_built_after_an_archive_offers_it(tmp_path, monkeypatch):
    offered = []

    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        Path(command[-1]).mkdir(exist_ok=True)
        offered.append(options["env"][site.MADE])
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(site.subprocess, "run", run)
    monkeypatch.setattr(site.importlib.util, "find_spec", lambda name: name)
    made = tmp_path / "notes.zip"
    folders = ["--archive", str(made), "--site", str(tmp_path / "site")]
    site.main(["archive", "build", *folders])
    site.main(["build", *folders])

    assert offered == ["", "", str(made), str(made), "", ""]  # two languages each


def test_an_archive_holds_the_site_its_server_and_what_to_do(tmp_path, monkeypatch, capsys):
    def run(command: list[str], **options: object) -> subprocess.CompletedProcess[bytes]:
        assert options["env"]["OFFLINE"] == "true"
        built = Path(command[-1])
        built.mkdir(exist_ok=True)
        (built / "index.html").write_text("home", encoding="utf-8")
        return subprocess.CompletedProcess(command, 0)

    monkeypatch.setattr(site.subprocess, "run", run)
    monkeypatch.setattr(site.importlib.util, "find_spec", lambda name: name)
    site.main(["archive", "--archive", str(tmp_path / "notes.zip")])

    assert str(tmp_path / "notes.zip") in capsys.readouterr().out
    with zipfile.ZipFile(tmp_path / "notes.zip") as archive:
        names = {name for name in archive.namelist() if not name.endswith("/")}
        assert names == {
            *("notes/index.html", "notes/en/index.html", "notes/serve.py", "notes/README.txt")
        }
        assert archive.read("notes/serve.py") == Path(server.__file__).read_bytes()
        told = archive.read("notes/README.txt").decode("utf-8-sig")
    assert "python serve.py" in told
    assert "실험실" in told
