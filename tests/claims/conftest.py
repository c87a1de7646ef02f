"""What tests of claims share: a claim of their own, and measurements made small."""

import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest
import torch

from gan_minimal import claims
from gan_minimal.claims import Claim, Values, _helpers
from gan_minimal.models.singan import SinGAN
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.scoring import single_photo
from tests.claims.small.measure import CLAIM


@pytest.fixture
def small(tmp_path) -> Claim:
    """The small claim, in a folder into which it can be recorded."""
    folder = shutil.copytree(Path(CLAIM.file).parent, tmp_path / "small")
    return replace(CLAIM, file=str(folder / "measure.py"))


@pytest.fixture
def measured_small(monkeypatch) -> Callable[..., Values]:
    """A function that measures a claim in this process, with smaller constants."""

    def measured(measure: ModuleType, **constants: object) -> Values:
        for name, value in constants.items():
            owners = [owner for owner in (measure, _helpers) if hasattr(owner, name)]
            assert owners, name
            for owner in owners:
                monkeypatch.setattr(owner, name, value)
        monkeypatch.setattr("os.cpu_count", lambda: 1)

        values = measure.measure()

        claim = measure.CLAIM
        assert values.keys() == claim.words("en").labels.keys()
        assert {len(each) for each in values.values()} == {len(measure.SEEDS)}
        assert claim.verdicts(values).keys() == claim.words("en").statements.keys()
        return values

    return measured


@pytest.fixture
def small_at_home(small, monkeypatch) -> Iterator[None]:
    """Let the folder of the small claim lie among those of the project."""
    monkeypatch.setattr(claims, "__path__", [*claims.__path__, str(small.folder.parent)])
    yield
    for name in [name for name in sys.modules if name.startswith("gan_minimal.claims.small")]:
        del sys.modules[name]


@pytest.fixture
def singan() -> SinGAN:
    """An untrained SinGAN of the built-in photograph that draws with all its noise."""
    model = _helpers.singan_run(0)[0].model.eval()
    for i, generator in enumerate(model.generators):
        generator.amplitude.fill_(0.1 if i else 1)
    return model


@pytest.fixture
def photo(singan) -> torch.Tensor:
    """The built-in photograph at the size of `singan`."""
    return single_photo.photograph(singan, "photo")


@pytest.fixture
def short_singan(monkeypatch) -> None:
    """Let each scale of a SinGAN be narrow, and take one round."""
    monkeypatch.setattr(_helpers, "SINGAN", _helpers.SINGAN | {"rounds": 1, "width": 4})


@pytest.fixture
def stylegan() -> StyleGAN:
    """A StyleGAN that has learned nothing and draws with all its layers."""
    return _helpers.untrained_stylegan(0)
