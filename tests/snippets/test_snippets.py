"""Snippets are scripts that run anywhere torch is installed, and what they show is true.

Each is run once, in a process of its own, and must print and draw what its page shows; those that
take more than three seconds are run by night, and by day must be what they were when their page was
made. So the numbers on the page stand for the snippets' own, and the tests below check them
against closed forms without running anything.
"""

import ast
import json
import math
import os
import re
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor

import numpy as np
import pytest
import torch
from PIL import Image

from hooks import snippets

NAMES = sorted(path.stem for path in snippets.SNIPPETS.glob("*.py"))
# Training amplifies rounding; a game's shares are in per cent, a critic's slopes powers of ten.
CHAOTIC = {
    "label_tiling": 0.04,
    "two_player_game": 4.0,
    "label_conditioning": 4.0,
    "weight_clipping": 0.2,
    "mapping_network": 4.0,
    "image_condition": 20.0,
    "attack_detection": 10.0,
}
# What else a snippet imports: SciPy has the Hungarian method, and brings NumPy.
MORE = {"track_boxes": ("numpy", "scipy")}
LONG = {
    "adain",
    "attack_detection",
    "contrastive_loss",
    "denoising",
    "fade_in",
    "generator_loss_curve",
    "graded_damage",
    "image_condition",
    "image_pool",
    "label_conditioning",
    "label_tiling",
    "linear_probes",
    "mapping_network",
    "mode_collapse",
    "moving_squares",
    "reconstruction_anchor",
    "style_mixing",
    "truncation",
    "two_player_game",
    "unet_skip",
    "weight_clipping",
}


# A processor of 2013, for oneDNN, PyTorch and MKL; others take no notice of it.
OLDER = {
    "ONEDNN_MAX_CPU_ISA": "AVX2",
    "ATEN_CPU_CAPABILITY": "avx2",
    "MKL_CBWR": "COMPATIBLE",
    "OMP_NUM_THREADS": "2",
}


def text_of(name: str) -> str:
    return (snippets.SNIPPETS / f"{name}.py").read_text(encoding="utf-8")


def shown(name: str) -> str:
    """What the page shows of a snippet's output."""
    return (snippets.OUTPUTS / f"{name}.txt").read_text(encoding="utf-8")


def printed(name: str, line: str) -> list[list[float]]:
    """The numbers of all lines of a snippet's output that match `line`."""
    found = [row for row in shown(name).splitlines() if re.search(line, row)]
    return [[float(n) for n in re.findall(r"-?\d+(?:\.\d+)?", row)] for row in found]


def definitions(name: str) -> dict:
    """What a snippet imports and defines, without running it."""
    tree = ast.parse(text_of(name))
    kinds = ast.Import | ast.ImportFrom | ast.FunctionDef | ast.ClassDef
    tree.body = [node for node in tree.body if isinstance(node, kinds)]
    names: dict = {}
    exec(compile(tree, name, "exec"), names)
    return names


def test_every_snippet_is_the_one_whose_output_the_page_shows():
    known = json.loads((snippets.OUTPUTS / "sources.json").read_text(encoding="utf-8"))

    now = {name: snippets.source(snippets.SNIPPETS / f"{name}.py") for name in NAMES}
    assert now == known, "python -m hooks.snippets shows what they print now"


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [pytest.param(n, marks=[pytest.mark.nightly] if n in LONG else []) for n in NAMES],
)
def test_a_snippet_by_itself_prints_and_draws_what_the_page_shows(name, tmp_path, fresh_process):
    picture = snippets.OUTPUTS / f"{name}.webp"

    with ProcessPoolExecutor(1, fresh_process, os.chdir, (tmp_path,)) as alone:
        now, drawn = alone.submit(snippets.run, snippets.SNIPPETS / f"{name}.py").result()

    assert snippets.differences(now, shown(name), CHAOTIC.get(name, 0.02)) == []
    assert list(tmp_path.iterdir()) == []  # it leaves nothing behind
    assert (drawn is not None) == picture.exists()
    if drawn is not None:
        with Image.open(picture) as stored:
            pixels = np.asarray(stored, dtype=int)
        np.testing.assert_allclose(np.asarray(drawn, dtype=int), pixels, atol=4)  # of 255


@pytest.mark.nightly
@pytest.mark.parametrize("name", NAMES)
def test_an_older_processor_and_two_threads_print_the_same_digits(name):
    """Without the instructions of new processors, sums are made in another order."""
    code = (
        "import sys; from pathlib import Path; from hooks.snippets import run; "
        "sys.stdout.reconfigure(encoding='utf-8'); print(run(Path(sys.argv[1]))[0], end='')"
    )
    command = [sys.executable, "-c", code, str(snippets.SNIPPETS / f"{name}.py")]
    done = subprocess.run(
        command,
        cwd=snippets.ROOT,
        env=os.environ | OLDER,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )

    assert done.stdout == shown(name)


@pytest.mark.parametrize("name", NAMES)
def test_a_snippet_is_short_and_needs_nothing_but_torch(name):
    modules = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(ast.parse(text_of(name)))
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }

    assert len(text_of(name).splitlines()) <= 60
    assert {module.split(".")[0] for module in modules} <= {
        "torch",
        "torchvision",
        *sys.stdlib_module_names,
        *MORE.get(name, ()),
    }
    assert "print(" in text_of(name)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_every_snippet_is_in_the_gallery_with_its_output(root, language):
    pages = sorted((root / "docs" / language / "snippets").glob("*.md"))
    page = "".join(path.read_text(encoding="utf-8") for path in pages)

    assert sorted(re.findall(r'--8<-- "snippets/(\w+)\.py"', page)) == NAMES
    assert sorted(re.findall(r'--8<-- "docs/assets/snippets/(\w+)\.txt"', page)) == NAMES
    assert sorted(re.findall(r"code/snippets/(\w+)\.py", page)) == NAMES
    listed = re.findall(r"^\[.*\]\((\w+)\.md#([a-z-]+)\){ #\2 }$", page, re.MULTILINE)
    assert sorted(name.replace("-", "_") for _, name in listed) == NAMES


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


def test_principal_angles_of_known_subspaces():
    angles = definitions("pca_autoencoder")["angles"]
    a = torch.eye(3)[:, :2]
    turned = torch.tensor([[1.0, 0.0], [0.0, 0.5], [0.0, 3**0.5 / 2]])  # by 60° about the x axis

    assert angles(a, a @ torch.randn(2, 2)).max() < 0.1  # float32: the cosine is near 1
    assert angles(a, turned).tolist() == pytest.approx([0, 60], abs=0.1)


def test_contrast_of_known_points():
    contrast = definitions("distance_concentration")["contrast"]

    points = torch.tensor([[1.0, 0.0], [0.0, 2.0], [-3.0, 0.0]])
    assert contrast(points, torch.zeros(1, 2)).item() == 2  # (3 - 1) / 1


def test_the_penalty_takes_one_point_on_the_line_for_each_image():
    penalty = definitions("gradient_penalty")["gradient_penalty"]
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
    spreads = [spread for _, _, spread, *_ in rows]
    assert min(spreads) == spreads[0] > 0.2
    for _, back, _, samples, near in rows:
        assert back <= near < samples


def test_only_scaling_at_use_keeps_both_the_signal_and_adams_step():
    rows = printed("equalised_learning_rate", r" % .* %$")
    small, drawn, used = [[row[-3:] for row in rows[i : i + 2]] for i in (0, 2, 4)]
    [[*_, scale]] = printed("equalised_learning_rate", "^scale")

    assert scale == pytest.approx((2 / (9 * 512)) ** 0.5, abs=1e-6)  # 1 / 48
    for (size, _, _), fan_in in zip(small, (16, 4608), strict=True):
        assert size == pytest.approx(0.02 * fan_in**0.5, rel=0.1)
    for (size, step, _), fan_in in zip(drawn, (16, 4608), strict=True):
        assert size == pytest.approx(2**0.5, rel=0.05)
        # Adam's first step is the learning rate for every weight, whatever its size
        assert step == pytest.approx(0.1 / (2 / fan_in) ** 0.5, rel=0.05)
    for (size, step, _), (other, _, _) in zip(used, drawn, strict=True):
        assert size == other  # the same function
        assert step == pytest.approx(0.1, rel=0.05)
    assert used[0][2] > 20 * used[1][2]  # without Adam it sets layers apart
    [[same]] = printed("equalised_learning_rate", "^He's, before")
    assert same == 0


def test_pixel_norm_is_the_root_mean_square_over_channels():
    pixel_norm = definitions("pixel_norm")["pixel_norm"]
    x = torch.randn(2, 16, 3, 3)

    assert pixel_norm(torch.tensor([[3.0, 4.0]])).tolist() == [
        pytest.approx([0.8485281467437744, 1.1313709020614624])
    ]
    lengths = pixel_norm(x).norm(dim=1)
    torch.testing.assert_close(lengths, torch.full_like(lengths, 4.0))
    assert pixel_norm(torch.zeros(1, 4, 1, 1)).tolist() == torch.zeros(1, 4, 1, 1).tolist()


def test_pixel_norm_keeps_a_signal_that_would_grow_or_die():
    shrinking, kept, growing, kept_too = printed("pixel_norm", "^weights")

    assert kept[1:] == kept_too[1:] == [1, 1, 1]
    assert shrinking[-1] < 0.5**7
    assert growing[-1] > 1.5**7
    *_, [small, large, low, high] = printed("pixel_norm", "^length of z")
    assert small < 512**0.5 < large
    assert low == high == pytest.approx(512**0.5, abs=0.01)


def test_minibatch_stddev_is_the_official_one():
    layer = definitions("minibatch_stddev")["minibatch_stddev"]
    planes = torch.arange(8.0)[:, None, None, None].expand(-1, 3, 4, 4)

    x = layer(planes[[0, 0, 0, 0]])
    assert x.shape == (4, 4, 4, 4)
    torch.testing.assert_close(x[:, 3], torch.full((4, 4, 4), 1e-4))
    torch.testing.assert_close(layer(planes[:4])[:, 3], torch.full((4, 4, 4), 1.118034))
    # strided groups: 0 2 4 6 and, times ten, 1 3 5 7
    mixed = torch.where(torch.arange(8)[:, None, None, None] % 2 == 1, 10 * planes, planes)
    told = layer(mixed)[:, 3, 0, 0].tolist()
    assert told == pytest.approx([5**0.5, 10 * 5**0.5] * 4)


def test_minibatch_stddev_sees_a_collapse_to_few_kinds():
    rows = printed("minibatch_stddev", r" %$")

    found = re.findall(r"(\d\.\d{6}) = sqrt", shown("minibatch_stddev"))
    values = [float(value) for value in found]
    squares = [1e-8, 5 / 4, 5 / 3, 5, 5 / 4]
    assert values == pytest.approx([square**0.5 for square in squares], abs=1e-6)
    shares = {kinds: share for kinds, *_, share in rows}
    assert shares[16] == 10
    assert shares[1] == shares[2] == 100
    assert shares[8] < 50  # half of the kinds lost goes almost unnoticed
    means = [mean for _, mean, *_ in rows]
    assert means == sorted(means, reverse=True)


def test_fading_in_begins_where_the_small_network_was():
    (_, jump), (at_once,) = printed("fade_in", "changes a pixel")
    faded, switched = printed("fade_in", "error of the picture")
    gentle, sudden = printed("fade_in", "gradient")

    assert jump == 0
    assert at_once > 0.5
    assert switched[0] > 3 * faded[0]
    assert 5 * gentle[0] < sudden[0] < 20 * gentle[0]
    assert switched[-1] == pytest.approx(faded[-1], abs=0.005)  # in the end it was no shortcut


def test_adain_brings_the_styles_statistics_and_leaves_the_content():
    content, pixels, features, style = printed("adain", r"^(content|AdaIN|style)")
    [[of_pixels, of_features]] = printed("adain", "shuffled")

    assert pixels[0] == features[1] == style[0] == style[1] == 0
    assert min(content[0], content[1], pixels[1], features[0]) > 0.1
    assert min(pixels[2], features[2]) > 0.9 > 0.1 > style[2]  # likeness of the content
    assert of_pixels == 0 < of_features  # pixels' statistics know no places


def test_stylegans_style_has_a_one_in_its_scale():
    names = definitions("adain")
    x, zero = 3 * torch.randn(2, 4, 8, 8) + 1, torch.zeros(2, 4, 1, 1)

    plain = names["stylegan_style"](x, zero, zero)
    torch.testing.assert_close(plain, torch.nn.functional.instance_norm(x, eps=1e-8))
    mean, deviation = names["statistics"](names["stylegan_style"](x, zero - 3, zero + 5))
    torch.testing.assert_close(deviation, zero + 2)  # |y_s + 1|
    torch.testing.assert_close(mean, zero + 5)
    style = torch.randn(2, 4, 5, 5)
    torch.testing.assert_close(
        names["statistics"](names["adain"](x, style)), names["statistics"](style)
    )


def test_a_mapping_takes_the_bending_off_the_synthesis():
    linear, bent, mapped, free = printed("mapping_network", r"^\d layers")

    # numbers of layers, share of what does not exist, detours in z and w, distance from the data
    assert linear[2] > 2 * max(bent[2], mapped[2], free[2])
    assert linear[3] == linear[4] == mapped[4] == 0  # linear maps keep straight lines straight
    assert bent[3] == bent[4] > 10
    assert mapped[3] > 10
    assert 0 < free[4] < 0.7 * free[3]
    assert max(bent[5], mapped[5], free[5]) < 0.2 * linear[5]


def test_truncation_scales_the_distance_from_the_average():
    whole, *rows = printed("truncation", r"^ ?-?\d\.\d  ")

    for psi, cutoff, *layers, far, apart in rows:
        for i, distance in enumerate(layers):
            share = abs(psi) if i < cutoff else 1
            assert distance == pytest.approx(share * whole[2 + i], abs=0.01)
        if psi == -1:  # the other side of the average is as varied
            assert apart == pytest.approx(whole[-1], rel=0.05)
        else:
            assert apart < whole[-1]
            assert far < whole[-2]
    *_, (_, change) = [[0, *row] for row in printed("truncation", "^z pulled")]
    assert change == 0


def test_the_last_style_sets_the_colours_and_a_crossover_uses_both():
    rows = printed("style_mixing", r"^ +\d +\d ")
    good, low, high = printed("style_mixing", "^8,000")

    for of_a, of_b, *colours, like_a, like_b in rows:
        assert of_a + of_b == 8
        assert (colours[1] == 1) == (of_b > 0)
        assert (colours[0] == 1) == (of_b == 0)
        assert (like_a == 1, like_b == 1) == (of_b == 0, of_a == 0)
    layouts = [row[-2] for row in rows]
    assert layouts == sorted(layouts)
    counts = [row[-9:] for row in (good, low, high)]
    assert [row[0] == 0 for row in counts] == [True, False, True]
    assert [row[8] == 0 for row in counts] == [True, True, False]
    assert min(counts[0][1:8]) > 1000


def test_a_temperature_changes_the_loss_and_not_who_is_nearest():
    [[alike, n, chance]] = printed("contrastive_loss", "^all alike")
    rows = printed("contrastive_loss", r" % +\d+\.\d$")
    *fixed, learned = printed("contrastive_loss", r"^ +\d\.\d\d +\d\.\d\d +\d+\.\d %$")

    assert alike == chance == pytest.approx(math.log(n), abs=1e-3)
    assert len({share for *_, share, _ in rows}) == 1
    for t, loss, least, _, rivals in rows:
        assert least == pytest.approx(math.log1p((n - 1) * math.exp(-1 / t)), abs=1e-3)
        assert least < loss < chance
        assert 1 <= rivals < n
    assert rows[0][-1] > 0.9 * n
    assert rows[-1][-1] < 2
    high, middle, low = (share for *_, share in fixed)
    assert middle > max(high, low)
    assert 0.02 < learned[1] < learned[0] == 0.07
    assert learned[2] > max(high, low)


def test_a_loose_leash_leads_to_the_nearest_match():
    [[_, far, astray]] = printed("text_driven_optimisation", "^none")
    [[l2, mean, distance, _]] = printed("text_driven_optimisation", "mean, not sum")
    rows = printed("text_driven_optimisation", r"^0\.\d+ +0|^0\.\d+ +1")
    [[match, nearest, inside]] = printed("text_driven_optimisation", "^nearest")

    assert (l2, mean, match, inside) == (0.008, 1, 1, 0)
    assert far > 3 * nearest
    assert distance > 1.5 * nearest
    assert 0.3 * far < astray < 0.7 * far
    for values in zip(*(row[1:] for row in rows), strict=True):
        assert list(values) == sorted(values, reverse=True)
    loosest, official, *_, tightest = rows
    assert loosest[1] == 1
    assert nearest <= loosest[2] < 1.05 * nearest
    assert official[2] < nearest
    assert tightest[1] < 0.6


def test_the_snippets_contrastive_loss_and_ramp_are_the_models():
    from gan_minimal.models.styleclip import lr_ramp

    loss = definitions("contrastive_loss")["contrastive_loss"]
    images, texts = torch.tensor([[1.0, 0], [0, 2]]), torch.tensor([[3.0, 0], [0.3, 0.4]])
    missed = [math.log1p(math.exp(-gap)) for gap in (0.4, 0.8, 1.0, 0.2)]  # cosines 1 0.6, 0 0.8
    assert loss(images, texts, 1.0).item() == pytest.approx(sum(missed) / 4)
    share = definitions("text_driven_optimisation")["ramp"]
    assert [share(step / 300) for step in range(300)] == [lr_ramp(step, 300) for step in range(300)]


def test_the_work_grows_as_the_ways_of_solving_say():
    searches = printed("growth_of_work", "^the last of")
    right, wrong = re.findall(r"wrong for (\d+) of", shown("growth_of_work"))

    for line in shown("growth_of_work").replace(",", "").splitlines()[:3]:
        n, ways, same, defined, kept = map(int, re.findall(r"\d+", line))
        assert ways == same
        assert defined == 2 * ways - 1
        assert kept == n - 1
    assert [row[-1] for row in searches] == [10, 20]
    assert int(right) == 0 < int(wrong)
    names = definitions("growth_of_work")
    assert names["coins_greedy"](6, (1, 3, 4)) == 3
    assert names["coins_fewest"](6, (1, 3, 4)) == 2


def test_the_rating_is_that_of_the_help_page():
    text = text_of("ac_rating").split("print(")[0]
    names: dict = {}
    exec(text, names)
    rating, tier = names["rating"], names["tier"]

    assert rating([13] * 100) == 1300 + round(175 * (1 - 0.995**100)) == 1369
    assert rating([30] * 1169) == 3000 + 175  # the bonus is complete, as the help page says
    assert rating([30] * 1168) == 3000 + 174
    assert rating([], contributions=100) == 25
    assert [tier(points) for points in (0, 29, 30, 799, 800, 1600, 2199, 2200)] == [
        *("unrated", "unrated", "bronze 5", "silver 1"),
        *("gold 5", "platinum 5", "platinum 1", "diamond or above"),
    ]
    needed = dict(re.findall(r"^  of (\w+ \d) +(.+)$", shown("ac_rating"), re.MULTILINE))
    assert needed["gold 3"] == needed["gold 2"] == "no number is enough"
    assert 100 < int(needed["gold 1"]) < 200


def test_what_was_derived_is_found_in_every_other_way_and_the_slip_is_not():
    (hand,), (added,), (sampled,), (slip,) = (
        printed("derive_and_check", rf"^  {name} ")[0]
        for name in ("by hand", "by adding up", "by sampling", "with a slip")
    )
    slopes = [
        row[-2:] for row in printed("derive_and_check", r"autograd of|of the integral|on paper:")
    ]

    assert hand == added == pytest.approx(sampled, abs=0.01)
    assert abs(slip - hand) > 0.1
    right, wrong, measured, paper = slopes
    assert right == measured == paper != wrong
    assert "own check: True" in shown("derive_and_check")


def test_the_loss_alone_tells_little_and_no_single_check_tells_all():
    lines = shown("checked_paper").splitlines()
    checks = re.split(r" {2,}", lines[0].strip())
    found = {name: row.split() for name, row in ((x[:18].strip(), x[18:]) for x in lines[1:])}
    by_check = {
        check: {name for name, row in found.items() if row[i] == "found"}
        for i, check in enumerate(checks)
    }

    assert set().union(*by_check.values()) == found.keys() - {"no mistake"}
    assert len(found) == 6
    assert by_check["the loss falls"] == {"up, not down"}
    (missed,) = found.keys() - {"no mistake"} - by_check["as torch does"]
    assert [check for check in checks if missed in by_check[check]] == ["tiny slope"]


def test_the_count_from_the_table_is_that_of_the_network_and_of_the_model():
    from gan_minimal.models.dcgan import DCGAN, PRESETS

    rows = re.findall(
        r"^(the \w+.*?) {2,}([\d,]+) +([\d,]+)", shown("parameter_count"), re.MULTILINE
    )

    counts = {what: {int(n.replace(",", "")) for n in both} for what, *both in rows}
    assert all(len(both) == 1 for both in counts.values())
    with torch.device("meta"):
        model = DCGAN(**PRESETS["paper"]["model"])
    assert counts["the common port"] == {sum(p.numel() for p in model.generator.parameters())}


def test_a_tracker_of_forty_lines_keeps_apart_what_crosses():
    assert len([line for line in text_of("track_boxes").splitlines() if line]) <= 40
    (last,), (predicted,) = printed("track_boxes", r" %$")
    assert predicted > 95 > 3 * last


def test_the_filter_of_the_tracker_is_the_regression_on_what_was_seen():
    """Without drift, the last state is that of the line through all places by least squares."""
    names = definitions("track_boxes")
    F, H, R = np.eye(4) + np.eye(4, k=2), np.eye(2, 4), 0.2 * np.eye(2)
    names.update(F=F, H=H, R=R, Q=np.zeros((4, 4)))
    seen = np.random.default_rng(0).normal(size=(6, 2))

    track = (np.zeros(4), np.eye(4))
    for place in seen:
        track = names["corrected"](*names["moved"](*track), place)

    rows = np.concatenate([H @ np.linalg.matrix_power(F, t + 1) for t in range(6)])
    precision = np.eye(4) + rows.T @ rows / 0.2
    start = np.linalg.solve(precision, rows.T @ seen.reshape(-1) / 0.2)
    np.testing.assert_allclose(track[0], np.linalg.matrix_power(F, 6) @ start)


def test_only_what_sees_frames_in_order_can_tell_the_way():
    rows = re.findall(r"^(.+?) {2,}(\d+) %", shown("moving_squares"), re.MULTILINE)
    right = {name: int(share) for name, share in rows}

    assert max(right["one frame"], right["mean of all frames"]) < 55
    assert min(right["3-D convolution"], right["LSTM"]) > 95


def test_a_half_bright_disc_slips_through_and_noise_is_taken_away():
    rows = dict(
        re.findall(r"^([a-z ]+?) {2,}[\d.]+ +(\d+) %", shown("anomaly_detection"), re.MULTILINE)
    )
    assert int(rows["half as bright"]) == 0 < int(rows["normal"]) < 10
    assert min(int(rows[kind]) for kind in ("two discs", "scratched", "noise")) > 50

    clean, *noisy = printed("denoising", r"^ +\d\.\d ")
    assert clean[1] == 0 < clean[2] < clean[3]  # where there is no noise, a copy is best
    for _, alone, plain, denoiser in noisy:
        assert denoiser < plain < alone


def test_reconstruction_catches_an_attack_and_not_one_that_knows_of_it():
    clean, attacked, knowing = printed("attack_detection", r"%$")

    assert clean[0] == 0
    assert clean[1] < 10
    assert attacked[0] > 90
    assert attacked[1:3] == [100, 0]
    assert knowing[2] > 100 / 3
    assert knowing[1] < attacked[1]


def test_likelihoods_add_up_to_one_and_the_loss_comes_down_to_the_entropy():
    [[bars, every, least]] = printed("autoregressive_model", "least loss")
    rows = printed("autoregressive_model", r" %$")

    assert (bars, every) == (30, 2**16)
    assert least == pytest.approx(math.log(30), abs=1e-3)
    assert all(total == pytest.approx(1, abs=1e-3) for _, _, total, _ in rows)
    assert rows[0][-1] < 5 < 95 < rows[-1][-1]
    assert least <= rows[-1][1] < least + 0.02


def test_damage_is_seen_by_the_metrics_that_should_see_it():
    rows = re.findall(
        r"^(.+?) {2,}([\d.]+) +(-?[\d.]+) +(\d+) % +(\d+) %$", shown("graded_damage"), re.MULTILINE
    )
    scores = {name: [float(value) for value in values] for name, *values in rows}

    for metric in (0, 1):
        graded = [scores[name][metric] for name in scores if name.startswith("no")]
        assert graded == sorted(graded)
    none, lost, few = (scores[n] for n in ("none", "two kinds lost", "20 images only"))
    assert lost[2] > none[2] - 3  # what is drawn is fine ...
    assert lost[3] < none[3] - 5  # ... but not everything is
    assert few[2] > 80 > 5 > few[3]
    sizes = printed("graded_damage", r"^ +\d+ +[\d.]+ +-?[\d.]+$")
    assert [fid for _, fid, _ in sizes] == sorted((fid for _, fid, _ in sizes), reverse=True)
    assert max(kid for *_, kid in sizes) <= 0


def test_the_condition_tells_the_place_and_the_discriminator_the_colours():
    l1, both, none = printed("image_condition", r" %$")

    assert min(l1[1], both[1]) > 95 > 80 > none[0]  # after the 1 of L1
    assert sorted(l1[-3:]) == [0, 0, 100]
    assert min(both[-3:]) > 10


def test_a_pixel_knows_its_place_as_far_as_it_sees_the_border():
    zeros, circle = printed("padding_tells_place", r" %$")

    assert zeros[:2] == [100, 100]
    assert zeros[2] > 80
    assert all(45 < share < 55 for share in (*zeros[3:], *circle))


def test_wider_noise_adds_things_and_the_last_scale_only_size():
    rows = re.findall(
        r"^(.+?) {2,}(\d+) x +(\d+) +(\d+) +([\d.]+)$", shown("wider_noise"), re.MULTILINE
    )
    found = {name: [float(value) for value in values] for name, *values in rows}

    base, wider = found["as it was learned"], found["noise twice as wide"]
    again, enlarged = found["last scale once more"], found["enlarged, no network"]
    assert wider[2] > base[2]
    assert again[2] == enlarged[2] == base[2]
    assert again[0] == enlarged[0] == 2 * base[0]
    assert again[3] < enlarged[3]


def test_moving_the_same_faces_about_takes_more_directions():
    rows = printed("aligned_or_not", r" %$")

    for column in (-3, -2):
        counts = [row[column] for row in rows]
        assert counts == sorted(counts)
        assert counts[-1] > 5 * counts[0]
    still = [row[-1] for row in rows]
    assert still == sorted(still, reverse=True)


def test_probes_read_more_than_the_network_uses():
    rows = [row[-3:] for row in printed("linear_probes", "from layer")]
    [[told]] = printed("linear_probes", "tells shapes")
    [[without_probes]] = printed("linear_probes", "the probe's axis")
    [[without_own]] = printed("linear_probes", "its own last axis")

    shape, colour, place = zip(*rows, strict=True)
    assert shape[0] < 70 < 95 < shape[-1]
    assert colour[-1] < colour[0]
    assert min(place) > 95  # it is there, and nobody asked for it
    assert told > 95
    assert without_probes > told - 5
    assert without_own < 60
