"""Every claim says in both languages what was measured, and its record is fresh."""

import math
import pkgutil
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest
import torch

from gan_minimal import claims
from gan_minimal.claims import Claim
from gan_minimal.errors import UserError
from gan_minimal.publishing import tables
from tests.claims.small_claim import SMALL

DOCS = Path(__file__).parents[2] / "docs"
ALL = claims.claims()
HANGUL = re.compile("[가-힣]")


def texts(claim: Claim) -> list[tuple[str, str]]:
    return [claim.says, claim.measured, claim.rule, claim.explanation, *claim.labels.values()]


def test_every_claim_has_a_file_of_its_own_named_after_it():
    files = {module.name for module in pkgutil.iter_modules(claims.__path__)}

    assert {name for name in files if not name.startswith("_")} == {
        name.replace("-", "_") for name in ALL
    }
    assert {path.stem for path in claims.FOLDER.glob("*.json")} == set(ALL)


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_is_stated_in_both_languages(claim):
    for korean, english in texts(claim):
        assert HANGUL.search(korean), korean
        assert english
        assert not HANGUL.search(english), english


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_says_where_the_notes_say_it(claim):
    page, heading = claim.place.split("#")

    for language in ("ko", "en"):
        text = (DOCS / language / page).read_text(encoding="utf-8")
        assert re.search(rf"^#+ .*{{ #{heading}( \.\w+)? }}$", text, re.MULTILINE), language


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_claim_has_a_record_with_a_label_for_every_value(claim):
    record = claims.read(claim)

    assert record is not None, f"measure it with: gan-minimal claims run {claim.id} --record"
    assert record["id"] == claim.id
    assert record["values"].keys() == claim.labels.keys()
    assert {len(seeds) for seeds in record["values"].values()} == {3}  # a fair comparison
    assert all(math.isfinite(v) for seeds in record["values"].values() for v in seeds)
    assert bool(record["opening"]) == (claim.opening is not None)


@pytest.mark.slow
@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_record_of_a_claim_is_fresh(claim):
    """Fast ones are measured again as a whole, slow ones begin as they began."""
    complaints = claims.check(claim)

    repair = f"repair it with: gan-minimal claims run {claim.id} --record"
    assert not complaints, f"{claim.id} is stale: {'; '.join(complaints)}; {repair}"


@pytest.mark.parametrize("claim", ALL.values(), ids=ALL)
def test_pages_include_the_claim_as_recorded_today(claim):
    for language in ("ko", "en"):
        path = DOCS / language / "_generated" / f"claim-{claim.id}.md"

        assert path.read_text(encoding="utf-8") == tables.claim_box(
            claim, claims.read(claim), language
        ), f"write it with: gan-minimal claims run {claim.id} --record"


def test_pages_list_all_claims_with_their_verdicts():
    for language in ("ko", "en"):
        text = (DOCS / language / "_generated" / "claims.md").read_text(encoding="utf-8")

        assert text == tables.claim_list(claims.recorded(), language), "gan-minimal tables"
        assert text.count('class="verdict') == len(ALL)
        page = (DOCS / language / "claims.md").read_text(encoding="utf-8")
        for name in ALL:
            assert f"](#{name})" in text
            assert f"{{ #{name} }}" in page
            assert f'/claim-{name}.md"' in page


RULES = [
    (
        "curse-of-dimensionality",
        {
            "contrast_2": [50, 60],
            "contrast_768": [0.2, 6],
            "neighbours_2": [0.9, 0.9],
            "neighbours_768": [0.5, 0.7],
            "neighbours_pca": [0.71, 0.9],
        },
        {"contrast_768": [0.2, 6.1]},
        {"neighbours_pca": [0.69, 0.9]},
    ),
    (
        "autoencoder-bottleneck",
        {"error_2": [3, 3], "error_8": [2, 2], "error_32": [1, 1], "angle": [5, 10]},
        {"error_8": [2, 3]},
        {"angle": [5, 11]},
    ),
    (
        "autoencoder-generates",
        {
            "autoencoder_readable": [0.4, 0.5],
            "autoencoder_new": [0.9, 1],
            "vae_readable": [0.4, 0.5],
            "vae_new": [0.9, 1],
            "real_readable": [0.8, 0.8],
            "scrambled_readable": [0.1, 0.39],
        },
        {"vae_readable": [0.39, 0.5]},
        {"autoencoder_new": [0.89, 1]},
    ),
    (
        "autoencoder-blurry",
        {"vae": [0.8, 0.7], "dcgan": [1.19, 0.8]},
        {"vae": [0.81, 0.7]},
        {"dcgan": [1.21, 0.8]},
    ),
    (
        "gan-two-players",
        {
            "discriminator_error": [0.05, 0.01],
            "distance_before": [2, 2],
            "distance_after": [0.2, 0],
        },
        {"discriminator_error": [0.05, 0.06]},
        {"distance_after": [0.1, 0.21]},
    ),
    (
        "cgan-condition",
        {"read_seen": [0.9, 1.0], "read_unseen": [0.8, 0.9]},
        {"read_seen": [0.89, 1.0]},
        {"read_unseen": [0.9, 0.79]},
    ),
    (
        "dcgan-convolution",
        {"dcgan": [3.0, 4.9], "mlp": [5.0, 9.0]},
        {"dcgan": [3.0, 5.1]},
        {"mlp": [4.9, 9.0]},
    ),
    (
        "wgan-lipschitz",
        {
            "clipped_slope": [0.1, 1.0],
            "penalised_slope": [1.2, 1.0],
            "unconstrained_slope": [2.1, 9.0],
        },
        {"penalised_slope": [1.21, 1.0]},
        {"unconstrained_slope": [2.0, 9.0]},
    ),
    (
        "wgan-stable",
        {"gan_collapsed": [0.5, 0.25], "wgan_gp_collapsed": [0.25, 0.25]},
        {"wgan_gp_collapsed": [0.0, 0.5]},
        {"gan_collapsed": [0.25, 0.25]},
    ),
    (
        "wgan-gp-better",
        {"wgan": [5.0, 6.0], "wgan_gp": [3.0, 4.9]},
        {"wgan_gp": [3.0, 5.1]},
        {"wgan": [4.9, 6.0]},
    ),
    (
        "pix2pix-image-is-condition",
        {
            "pix2pix_error_face": [0.2, 0.25],
            "blind_error_face": [0.26, 0.3],
            "pix2pix_spread_hair": [0.2, 0.1],
            "l1_spread_hair": [0.19, 0.09],
            "pix2pix_spread_skin": [0.2, 0.1],
            "l1_spread_skin": [0.19, 0.09],
        },
        {"blind_error_face": [0.3, 0.24]},
        {"l1_spread_skin": [0.19, 0.11]},
    ),
    (
        "cyclegan-round-trip",
        {
            "cycle_with": [0.1, 0.12],
            "cycle_without": [0.13, 0.2],
            "error_with": [0.4, 0.42],
            "error_without": [0.43, 0.5],
        },
        {"cycle_without": [0.11, 0.2]},
        {"error_with": [0.4, 0.44]},
    ),
    (
        "stargan-one-network",
        {
            "reached_least": [0.95, 0.97],
            "off": [0.05, 0.06],
            "untouched": [0.08, 0.08],
            "parameters_one": [8.4, 8.4],
            "parameters_many": [637.0, 637.0],
        },
        {"reached_least": [0.95, 0.94]},
        {"off": [0.05, 0.09]},
    ),
    (
        "singan-one-image",
        {"samples": [0.2, 0.24], "texture": [0.5, 0.6], "diversity": [0.2, 0.5]},
        {"samples": [0.2, 0.25]},
        {"diversity": [0.19, 0.5]},
    ),
    (
        "singan-coarse-places",
        {
            "layout_0": [0.31, 0.61],
            "layout_1": [0.1, 0.2],
            "layout_2": [0.05, 0.01],
            "layout_3": [0.01, 0.01],
            "share_0": [0.2, 0.3],
            "share_3": [0.5, 0.31],
        },
        {"layout_2": [0.05, 0.21]},
        {"share_3": [0.5, 0.29]},
    ),
    (
        "singan-more-objects",
        {
            "same": [1.0, 0.8],
            "wide": [1.5, 1.7],
            "stretched": [1.1, 1.1],
            "bicubic": [0.01, 0.01],
            "enlarged": [0.012, 0.03],
            "off": [0.1, 0.05],
        },
        {"stretched": [1.5, 1.1]},
        {"enlarged": [0.0119, 0.03]},
    ),
    (
        "singan-residual",
        {"residual": [0.2, 0.24], "plain": [0.25, 0.4]},
        {"residual": [0.2, 0.25]},
        {"plain": [0.23, 0.4]},
    ),
    (
        "adain-style",
        {
            "off": [0.0, 0.01],
            "hand": [0.5, 0.9],
            "letters": [0.9, 0.5],
            "letters_copied": [0.0, 0.05],
        },
        {"letters": [0.9, 0.49]},
        {"hand": [0.49, 0.9]},
    ),
    (
        "pggan-growth",
        {"growing": [20, 24], "full": [25, 40]},
        {"growing": [20, 25]},
        {"full": [23, 40]},
    ),
    (
        "stylegan-mapping",
        {
            "path_w": [1.0, 2.0],
            "path_z": [2.0, 3.0],
            "separability_w": [2.0, 2.5],
            "separability_z": [3.0, 3.0],
            "distance_with": [10.0, 12.0],
            "distance_without": [11.0, 13.0],
        },
        {"path_z": [2.0, 2.0]},
        {"distance_without": [11.0, 11.5]},
    ),
    (
        "stylegan-crisp",
        {"crisp": [7.0, 9.0], "smooth": [8.0, 9.5]},
        {"crisp": [8.0, 9.0]},
        {"smooth": [8.0, 8.5]},
    ),
    (
        "stylegan-shape-colour",
        {
            "shape_coarse": [0.375, 0.3],
            "shape_fine": [0.25, 0.1],
            "colour_coarse": [0.5, 0.2],
            "colour_fine": [0.75, 0.6],
        },
        {"shape_fine": [0.26, 0.1]},
        {"colour_coarse": [0.51, 0.2]},
    ),
    (
        "stylegan-not-only-faces",
        {
            "faces": [5.0, 6.0],
            "hangul": [6.0, 7.0],
            "hangul_distance": [2.0, 2.0],
            "hangul_untrained": [21.0, 21.0],
            "faces_varies": [0.5, 0.5],
            "hangul_varies": [0.6, 0.6],
        },
        {"hangul_untrained": [21.0, 20.0]},
        {"faces": [5.0, 7.0]},
    ),
    (
        "freeze-transfer",
        {
            "maps_full": [10.0, 10.0],
            "maps_frozen": [10.5, 9.0],
            "hangul_full": [20.0, 20.0],
            "hangul_frozen": [20.0, 21.0],
        },
        {"maps_frozen": [10.6, 9.0]},
        {"hangul_frozen": [20.0, 21.1]},
    ),
    (
        "styleclip-text",
        {
            "single_ko": [0.7, 0.67],
            "single_en": [0.7, 0.9],
            "kept_ko": [0.75, 0.8],
            "kept_en": [0.8, 0.9],
        },
        {"single_ko": [0.7, 0.66]},
        {"kept_en": [0.74, 0.9]},
    ),
    (
        "stylegan-early-layers",
        {"coarse": [0.4, 0.5], "middle": [0.3, 0.45], "fine": [0.2, 0.4]},
        {"middle": [0.41, 0.45]},
        {"fine": [0.2, 0.46]},
    ),
]


def test_every_rule_is_tested():
    assert {name for name, *_ in RULES} == set(ALL)


@pytest.mark.parametrize(("name", "holding", "first", "second"), RULES)
def test_a_rule_can_hold_and_can_fail(name, holding, first, second):
    claim = claims.get(name)

    assert claim.holds(holding) is True
    assert claim.holds(holding | first) is False
    assert claim.holds(holding | second) is False


def test_a_mistyped_name_gets_the_nearest_one():
    with pytest.raises(UserError, match="'gan-two-player': did you mean 'gan-two-players'"):
        claims.get("gan-two-player")


# The machinery, on a claim that takes no time
SLOW = replace(SMALL, opening=lambda: [0.5, 0.25])


@pytest.fixture
def recorded(monkeypatch):
    """Let a claim's record be what is given."""

    def record(claim, **changes):
        content = claims.measure(claim) | changes
        monkeypatch.setattr(claims, "read", lambda _: content)

    return record


def test_calls_are_spread_over_the_cores_and_answered_in_their_order(monkeypatch):
    calls = [(2, 3), (3, 2), (10, 3)]
    answers = []
    for cores in (1, 4):  # one after the other here, or two processes at a time
        monkeypatch.setattr("os.cpu_count", lambda cores=cores: cores)
        answers.append(claims.spread(pow, calls))

    assert answers == [[8, 9, 1000]] * 2


def test_claims_are_trained_on_the_cpu_where_there_is_no_gpu(monkeypatch):
    for present, name in ((True, "cuda"), (False, "cpu")):
        monkeypatch.setattr(torch.cuda, "is_available", lambda present=present: present)
        assert claims.device() == name


def test_what_is_measured_is_rounded_and_kept_with_its_machine(tmp_path):
    record = claims.measure(SLOW)
    claims.write(record, tmp_path)

    assert record["values"] == {"size": [1.0, 1.234]}
    assert record["opening"] == [0.5, 0.25]
    assert record["environment"]["threads"] >= 1
    assert claims.read(SLOW, tmp_path) == record
    assert claims.read(replace(SMALL, id="other"), tmp_path) is None


@pytest.mark.parametrize("claim", [SMALL, SLOW])
def test_a_claim_that_measures_as_recorded_is_fresh(claim, recorded):
    recorded(claim)

    assert claims.check(claim) == []


def test_a_claim_that_was_never_measured_is_stale(monkeypatch):
    monkeypatch.setattr(claims, "read", lambda _: None)

    assert claims.check(SMALL) == ["it was never measured"]


@pytest.mark.parametrize(
    ("claim", "changes", "complaint"),
    [
        (SMALL, {"values": {"size": [1.0, 2.5]}}, "its verdict is another one today"),
        (SMALL, {"values": {"size": [1.0, 1.5]}}, "size is 1.234 today, recorded: 1.5"),
        (SMALL, {"values": {"size": [1.0, 1.2], "age": [1]}}, "other values are measured today"),
        (SLOW, {"opening": [0.5, 0.26]}, "opening is 0.25 today, recorded: 0.26"),
    ],
)
def test_a_claim_that_measures_otherwise_is_stale(claim, changes, complaint, recorded):
    recorded(claim, **changes)

    assert claims.check(claim) == [complaint]


def test_values_that_share_an_axis_are_drawn_with_a_dot_for_each_seed():
    assert tables.dot_plot(SMALL, {"size": [1.0, 2.0]}, "en") == ""
    drawn = replace(SMALL, plot=("size",))

    figure = tables.dot_plot(drawn, {"size": [1.0, 2.0]}, "ko")

    svg = ElementTree.fromstring(figure.strip()).find("svg")  # well-formed
    dots = [float(dot.get("cx")) for dot in svg.iter("circle")]
    assert dots == [430.0, 600.0]  # the axis runs from 0 at 260 to the largest value at 600
    assert [text.text for text in svg.iter("text")] == ["0", "2", "크기"]
    assert svg.find("title").text == SMALL.says[0]
    assert figure in tables.claim_box(
        drawn, claims.measure(drawn) | {"values": {"size": [1.0, 2.0]}}, "ko"
    )


def test_negative_values_begin_the_axis():
    drawn = replace(SMALL, plot=("size",))

    figure = tables.dot_plot(drawn, {"size": [-1.0, 1.0]}, "en")

    assert 'cx="260.0"' in figure
    assert 'cx="600.0"' in figure
    assert "M430.0 4" in figure  # zero stands between them


def test_the_box_on_a_page_shows_verdict_rule_and_values():
    record = claims.measure(SMALL)
    korean, english = (tables.claim_box(SMALL, record, language) for language in ("ko", "en"))

    assert '<span class="verdict holds">Holds</span>' in english
    assert "| Size | 1.117 | 1.000, 1.234 |" in english
    assert "`gan-minimal claims run small`" in english
    for part, (ko, en) in zip(("says", "rule"), (SMALL.says, SMALL.rule), strict=True):
        assert f"{tables.word(part, 'ko')}:** {ko}" in korean
        assert f"{tables.word(part, 'en')}:** {en}" in english
    failing = tables.claim_box(SMALL, record | {"values": {"size": [3.0, 3.0]}}, "ko")
    assert '<span class="verdict fails">이 규모에서는 성립하지 않음</span>' in failing
    assert "| 크기 | 3.000 |  |" in failing  # equal values are not listed one by one
