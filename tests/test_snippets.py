"""Snippets are scripts that run anywhere torch is installed, and what they show is true.

tests/hooks checks that the outputs on the page are what the snippets print; so the numbers there
stand for the snippets' own and can be checked against closed forms without running anything.
"""

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import torch

ROOT = Path(__file__).parents[1]
SNIPPETS = sorted((ROOT / "snippets").glob("*.py"))


def printed(name: str, line: str) -> list[list[float]]:
    """The numbers of all lines of a snippet's output that match `line`."""
    text = (ROOT / f"docs/assets/snippets/{name}.txt").read_text(encoding="utf-8")
    found = [row for row in text.splitlines() if re.search(line, row)]
    return [[float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", row)] for row in found]


def namespace(name: str) -> dict:
    """What a snippet defines, after it has run."""
    return runpy.run_path(str(ROOT / f"snippets/{name}.py"))


def test_there_are_snippets():
    assert SNIPPETS


@pytest.mark.slow
@pytest.mark.parametrize("snippet", SNIPPETS, ids=lambda path: path.stem)
def test_a_snippet_runs_by_itself_within_half_a_minute(snippet, tmp_path):
    ran = subprocess.run(
        [sys.executable, "-I", str(snippet)],  # without this repository on the path
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout
    assert "Traceback" not in ran.stderr
    assert list(tmp_path.iterdir()) == []  # it leaves nothing behind


def test_both_gradients_have_the_mean_and_the_variance_that_theory_says():
    rows = printed("reparameterisation", r"^d =")

    assert len(rows) == 4
    for d, path, score, path_variance, score_variance, formula in rows:
        assert formula == 4 * d**2 + 14 * d + 12
        assert path_variance == pytest.approx(4, rel=0.05)
        assert score_variance == pytest.approx(formula, rel=0.1)
        assert path == pytest.approx(2, abs=4 * (path_variance / 50_000) ** 0.5 + 0.005)
        assert score == pytest.approx(2, abs=4 * (score_variance / 50_000) ** 0.5 + 0.005)
    [[mean, variance, d]] = printed("reparameterisation", "baseline")
    assert variance == pytest.approx(6 * d + 12, rel=0.1)
    assert mean == pytest.approx(2, abs=4 * (variance / 50_000) ** 0.5)


def test_the_linear_autoencoder_ends_in_the_subspace_of_pca_with_other_axes():
    *_, (_, error, angle) = printed("pca_autoencoder", "°$")
    [[best]] = printed("pca_autoencoder", r"^ PCA")
    (of_pca,), (of_codes,) = printed("pca_autoencoder", "correlation")

    assert error == best
    assert angle == 0
    assert of_pca == 0
    assert of_codes > 0.1


def test_contrast_falls_with_the_dimensions_that_the_data_use():
    independent = printed("distance_concentration", r"^ *\d+ +[\d.]+ +[\d.]+ +[\d.]+$")
    unfolded = printed("distance_concentration", r"^ *\d+ +[\d.]+$")

    for column in (1, 2):
        values = [row[column] for row in independent]
        assert values == sorted(values, reverse=True)
    gaussian = {d: value for d, _, value, _ in independent}
    for k, value in unfolded[1:]:  # in two dimensions the nearest point is a matter of luck
        assert value == pytest.approx(gaussian[k], rel=0.25)
    [[*_, noisy, _, reduced]] = printed("distance_concentration", "PCA")
    assert reduced > 10 * noisy


def test_the_penalty_of_a_linear_critic_is_its_closed_form():
    rows = printed("gradient_penalty", r"^\d\.\d ")

    assert [row[0] for row in rows] == [0.5, 1.0, 3.0]
    assert all(penalty == formula == (w - 1) ** 2 for w, penalty, formula, _ in rows)


def test_a_penalised_critic_sees_more_of_the_distance_than_a_clipped_one():
    rows = printed("weight_clipping", r"c = ")
    penalised = printed("weight_clipping", "penalised")

    for layers, _, exponent, seen in penalised:
        clipped = [row for row in rows if row[0] == layers]
        assert abs(exponent) <= 0.15  # the slope is near 1
        assert max(row[4] for row in clipped) < seen <= 1
    steepest = {(row[0], row[1]): row[3] for row in rows}
    assert steepest[4, 0.01] < steepest[2, 0.01] - 2  # each layer takes its share away ...
    assert steepest[4, 0.3] > steepest[2, 0.3] + 1  # ... or multiplies it


def test_a_condition_made_of_parts_reaches_pairs_never_seen():
    (ignored, _), (named, lost), (told, new) = printed("label_conditioning", "labels?  ")

    assert ignored < 20
    assert min(named, told, new) > 90
    assert lost < 10


@pytest.mark.slow
def test_principal_angles_of_known_subspaces():
    angles = namespace("pca_autoencoder")["angles"]
    a = torch.eye(3)[:, :2]
    turned = torch.tensor([[1.0, 0.0], [0.0, 0.5], [0.0, 3**0.5 / 2]])  # by 60° about the x axis

    assert angles(a, a @ torch.randn(2, 2)).max() < 0.1  # float32: the cosine is near 1
    assert angles(a, turned).tolist() == pytest.approx([0, 60], abs=0.1)


@pytest.mark.slow
def test_contrast_of_known_points():
    contrast = namespace("distance_concentration")["contrast"]

    points = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]])
    assert contrast(points, torch.zeros(1, 2)).item() == 2  # (3 - 1) / 1


@pytest.mark.slow
def test_the_penalty_takes_one_point_on_the_line_for_each_image():
    penalty = namespace("gradient_penalty")["gradient_penalty"]
    real, fake = torch.zeros(5, 3, 4, 4), torch.ones(5, 3, 4, 4)
    seen = []

    def critic(x):
        seen.append(x.detach())
        return 2 * x.flatten(1)[:, 0]

    assert penalty(critic, real, fake).item() == pytest.approx(1)  # (2 - 1)²
    [x] = seen
    assert (x.flatten(1).std(1) == 0).all()  # the same share of the way for every pixel
    assert len(x[:, 0, 0, 0].unique()) == 5  # another one for every image


def test_the_snippets_pyramid_is_the_models():
    from gan_minimal.models.singan import pyramid

    rows = printed("image_pyramid", r"^ *\d+ x \d+ +\d+ +0\.")

    assert len(rows) == 5
    for height, width, scales, factor, *heights in rows:
        sizes = pyramid((int(height), int(width)), 25, 250)
        assert [h for h, _ in sizes] == heights
        assert len(sizes) == scales
        finest = min(sizes[-1])
        assert factor == pytest.approx((25 / finest) ** (1 / (scales - 1)), abs=1e-4)


def test_noise_is_a_tenth_of_what_is_missed_and_grows_with_errors():
    slope, waves, grass = printed("noise_amplitude", "^(a slope|large waves|grass)")
    exact, *erring = printed("noise_amplitude", r"^ +0\.\d ")

    assert slope[0] == waves[0] == grass[0] == 1
    assert all(a < b < c for a, b, c in zip(slope[1:], waves[1:], grass[1:], strict=True))
    assert exact[1:] == waves
    for error, _, *amplitudes in erring:
        # a tenth of the error, less what enlarging smooths away
        assert all(0.06 * error < amplitude < 0.1 * error for amplitude in amplitudes)


def test_the_anchor_gives_the_photograph_back_and_leaves_the_samples_free():
    rows = printed("reconstruction_anchor", r"^ +\d+ +0\.")

    backs = [back for _, back, *_ in rows]
    assert backs == sorted(backs, reverse=True)
    assert backs[-1] < 0.1 * backs[0]
    assert min(spread for _, _, spread, *_ in rows) > 0.2
    for _, back, _, samples, near in rows:
        assert back <= near < samples
