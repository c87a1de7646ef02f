"""The line of the first page that installs the package works as it stands there."""

import os
import re
import subprocess
import sys
import threading

import pytest

from hooks.server import server
from tests.site.conftest import ADDRESS


@pytest.mark.parametrize("language", ["", "en/"])
def test_what_the_first_page_says_installs_the_package(folder, language, tmp_path):
    page = (folder / language / "index.html").read_text(encoding="utf-8")
    text = re.sub("<[^>]+>", "", page)
    [address] = re.findall(r"pip install (http\S+\.whl)", text)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "install", "--quiet"]
    with server(folder, port=0) as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        here = address.replace(ADDRESS, f"http://127.0.0.1:{running.server_port}/")
        target = ["--no-deps", "--no-index", "--target", str(tmp_path / "target")]
        done = subprocess.run([*pip, *target, here], capture_output=True, encoding="utf-8")
        running.shutdown()
    assert done.returncode == 0, done.stderr

    where = "import gan_minimal; print(gan_minimal.__file__)"
    for command, wanted in ((["-c", where], "target"), (["-m", "gan_minimal", "--help"], "train")):
        done = subprocess.run(
            [sys.executable, *command],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": str(tmp_path / "target")},
            capture_output=True,
            encoding="utf-8",
        )
        assert done.returncode == 0, done.stderr
        assert wanted in done.stdout
