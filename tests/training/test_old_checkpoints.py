"""Checkpoints that other versions of torch have saved are resumed, and end where they should."""

import tomllib
from pathlib import Path

import pytest
import torch
from packaging.requirements import Requirement
from packaging.version import Version

from gan_minimal.training import checkpoint, loop
from tests.training import old_checkpoints as old

ROOT = Path(__file__).parents[2]
PATHS = sorted(old.FIXTURES.glob("*.pt"))


@pytest.fixture(scope="module")
def straight():
    """Return what the installed torch has learned without an interruption."""
    runs = {name: old.trained(name, old.END) for name in old.MODELS}
    return {name: run.sampler.state_dict() for name, run in runs.items()}


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_a_run_that_another_torch_has_begun_ends_as_one_of_its_own(path, straight):
    run, content, settings = loop.resume(path)
    assert (run.step, settings) == (old.SAVED, old.SETTINGS)

    loop.train(run, old.images(), settings, quiet=True)

    assert run.step == old.END
    ours, theirs = straight[content["name"]], run.sampler.state_dict()
    assert ours.keys() == theirs.keys()
    for key, weights in ours.items():
        # versions and processors round differently; a forgotten state is off by more than this
        torch.testing.assert_close(theirs[key], weights, rtol=1e-4, atol=1e-6, msg=key)


@pytest.mark.parametrize(
    ("name", "forgotten"),
    [
        ("gan", "random"),
        ("gan", "average"),
        ("dcgan", "random"),
        ("dcgan", "average"),
        ("dcgan", "optimizers"),
    ],
)
def test_a_forgotten_state_would_be_seen(name, forgotten, straight, tmp_path):
    """Hold the tolerance above to what it is for."""
    [path] = old.FIXTURES.glob(f"{name}-*-2.11.pt")
    content = checkpoint.load(path)
    fresh = loop.new(name, old.MODELS[name], old.SETTINGS)
    content[forgotten] = loop.contents(fresh, name, old.MODELS[name], old.SETTINGS)[forgotten]
    content.pop("format")
    checkpoint.save(tmp_path / "checkpoint.pt", content)

    run, _, settings = loop.resume(tmp_path / "checkpoint.pt")
    loop.train(run, old.images(), settings, quiet=True)

    ours, theirs = straight[name], run.sampler.state_dict()
    assert any(not torch.allclose(theirs[k], ours[k], rtol=1e-4, atol=1e-6) for k in ours)


def test_the_oldest_torch_that_is_supported_has_its_fixtures():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [torch_bounds] = [r for r in map(Requirement, project["dependencies"]) if r.name == "torch"]
    versions = {
        name: {Version(p.stem.split("-")[2]) for p in PATHS if p.stem.startswith(f"{name}-")}
        for name in old.MODELS
    }
    [oldest] = [Version(s.version) for s in torch_bounds.specifier if s.operator == ">="]

    for there in versions.values():
        assert min(there) == oldest
        assert all(version in torch_bounds.specifier for version in there)


def test_fixtures_are_small_and_made_by_the_script(tmp_path):
    written = old.write(tmp_path)

    assert {path.stem.split("-")[0] for path in written} == old.MODELS.keys()
    assert sum(path.stat().st_size for path in PATHS) < 100_000
    for path in written:
        [kept] = old.FIXTURES.glob(f"{path.stem.split('-')[0]}-*-2.11.pt")
        assert checkpoint.load(path).keys() == checkpoint.load(kept).keys()
