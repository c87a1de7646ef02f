"""What tests of claims share: a claim of their own, and measurements made small."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from gan_minimal import claims
from gan_minimal.claims import Claim, Values
from tests.claims.small.measure import CLAIM


@pytest.fixture
def small(tmp_path) -> Claim:
    """The small claim, in a folder into which it can be recorded."""
    folder = shutil.copytree(Path(CLAIM.file).parent, tmp_path / "small")
    return replace(CLAIM, file=str(folder / "measure.py"))


@pytest.fixture
def measured_small(monkeypatch) -> Callable[..., Values]:
    """A function that measures a claim with smaller constants, in this process."""

    def measured(module: ModuleType, **constants: object) -> Values:
        for name, value in constants.items():
            monkeypatch.setattr(module, name, value)
        monkeypatch.setattr("os.cpu_count", lambda: 1)
        values = module.measure()
        claim = module.CLAIM
        assert values.keys() == claim.words("en").labels.keys()
        assert {len(each) for each in values.values()} == {3}
        assert claim.holds(values) in (True, False)
        if claim.opening is not None:
            assert claim.opening() == claim.opening()
        return values

    return measured


@pytest.fixture
def small_at_home(small, monkeypatch) -> Iterator[None]:
    """Let the folder of the small claim lie among those of the project."""
    monkeypatch.setattr(claims, "__path__", [*claims.__path__, str(small.folder.parent)])
    yield
    for name in [name for name in sys.modules if name.startswith("gan_minimal.claims.small")]:
        del sys.modules[name]
