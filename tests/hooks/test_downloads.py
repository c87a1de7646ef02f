"""What a reader downloads from the site is a file that runs, wherever it is put."""

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest
from PIL import Image

from gan_minimal import models
from hooks.downloads import ROOT, runnable

# Each file is run as a program that can import nothing but torch, Pillow and the standard library.
RUN = """
import runpy, sys, traceback
from importlib.abc import MetaPathFinder
from pathlib import Path

class Refusing(MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("gan_minimal", "torchvision", "hooks", "tests"):
            raise ImportError(f"{name} is not there")

sys.meta_path.insert(0, Refusing())
for line in Path("calls.txt").read_text().splitlines():
    sys.argv = line.split()
    print("===", sys.argv[0])
    try:
        runpy.run_path(sys.argv[0], run_name="__main__")
    except SystemExit as end:
        print(end)
    if Path("samples.png").exists():
        Path("samples.png").rename(sys.argv[0] + ".png")
"""


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return {name: runnable(ROOT / "gan_minimal/models", name) for name in models.names()}


def run(folder: Path, files: dict[str, str], calls: list[str]) -> dict[str, str]:
    """Run the files in an empty folder, in one process; return what each call prints."""
    for name, code in files.items():
        (folder / f"{name}.py").write_text(code, encoding="utf-8")
    (folder / "calls.txt").write_text("\n".join(calls), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-I", "-c", RUN],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    printed = done.stdout.split("=== ")[1:]
    return {calls[i]: text.split("\n", 1)[1] for i, text in enumerate(printed)}


@pytest.mark.slow
def test_every_model_trains_on_drawn_shapes_without_anything_else(tmp_path, files):
    calls = [f"{name}.py --steps 2" + " --batch 16" * (name != "singan") for name in files]

    printed = run(tmp_path, files, calls)

    for call, name in zip(calls, files, strict=True):
        assert "images of" in printed[call]
        assert "round 2: " in printed[call]
        players = models.build(name, **next(iter(models.get(name).PRESETS.values()))["model"])
        assert all(player in printed[call] for player in players.optimizers()), printed[call]
        sheet = tmp_path / f"{name}.py.png"
        assert sheet.exists() == (name not in ("classifier", "clip"))
        if sheet.exists():
            with Image.open(sheet) as picture:
                assert len(picture.convert("RGB").getcolors(2**24)) > 20
    assert (tmp_path / "weights.pt").is_file()


@pytest.mark.slow
def test_a_folder_of_images_is_learnt_from(tmp_path, files):
    for kind in ("a", "b"):
        (tmp_path / "photos" / kind).mkdir(parents=True)
        for i in range(5):
            colour = (40 * i, 100, 200 if kind == "a" else 0)
            Image.new("RGB", (50, 40), colour).save(tmp_path / f"photos/{kind}/{i}.jpg")
    (tmp_path / "photos" / "notes.txt").write_text("no image", encoding="utf-8")
    chosen = {name: files[name] for name in ("dcgan", "cgan", "pix2pix", "cyclegan", "singan")}

    one = "singan.py photos/a/0.jpg --steps 1"
    own = "dcgan.py photos --steps 1 --batch 4 --set size=8 channels=1 lr_decay=None"
    calls = [f"{name}.py photos --steps 1 --batch 4" for name in chosen if name != "singan"]
    printed = run(tmp_path, chosen, [*calls, one, own, "dcgan.py nowhere", "dcgan.py calls.txt"])

    assert "10 images of 3 x 16 x 16" in printed[calls[0]]
    assert "10 images of 1 x 28 x 28" in printed[calls[1]]
    assert "5 images of 1 x 32 x 32" in printed[calls[2]]
    assert "5 images of 1 x 32 x 32" in printed[calls[3]]
    assert "1 images of 3 x" in printed[one]
    assert "10 images of 1 x 8 x 8" in printed[own]
    for nothing in ("dcgan.py nowhere", "dcgan.py calls.txt"):
        assert "There are no images such as .png or .jpg in" in printed[nothing]


@pytest.mark.slow
def test_pairs_without_a_partner_are_refused(tmp_path, files):
    for name in ("a/1.png", "a/2.png", "b/2.png", "b/3.png"):
        (tmp_path / "photos" / name).parent.mkdir(parents=True, exist_ok=True)
        Image.new("RGB", (9, 9)).save(tmp_path / "photos" / name)

    call = "pix2pix.py photos --steps 1"
    printed = run(tmp_path, {"pix2pix": files["pix2pix"]}, [call])

    assert "the same names in both" in printed[call]


def test_the_code_stands_alone_and_in_good_order(files):
    for name, code in files.items():
        roots = {
            (node.module if isinstance(node, ast.ImportFrom) else node.names[0].name).split(".")[0]
            for node in ast.walk(ast.parse(code))
            if isinstance(node, ast.Import | ast.ImportFrom)
        }
        assert roots <= {"torch", "PIL", *sys.stdlib_module_names}, name
        assert "8<--" not in code
        check = [sys.executable, "-m", "ruff", "check", "--select", "E,F,I,B", "-"]
        done = subprocess.run(check, cwd=ROOT, input=code, encoding="utf-8", capture_output=True)
        assert done.returncode == 0, done.stdout


def test_stylegan_takes_what_it_needs_of_pggan_and_no_more(files):
    code = files["stylegan"]

    assert "class ProgressiveGrowing" in code
    assert "class PGGAN" not in code
    assert code.count("class Generator") == 1


def test_names_that_would_be_defined_twice_are_refused(tmp_path):
    (tmp_path / "a.py").write_text('"""A."""\n\nx = 1\n', encoding="utf-8")
    text = '"""B."""\n\nfrom gan_minimal.models.a import x\n\nx = 2\n'
    (tmp_path / "b.py").write_text(text, encoding="utf-8")

    with pytest.raises(ValueError, match=r"b\.py would define x twice"):
        runnable(tmp_path, "b")
