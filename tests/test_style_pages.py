"""What the pages on PGGAN and StyleGAN say of the recordings is so."""

import pytest
import torch

from gan_minimal import claims, models, styles, zoo
from gan_minimal.data.faces import ATTRIBUTES
from gan_minimal.evaluate import shares
from gan_minimal.models.stylegan import StyleGAN
from gan_minimal.models.stylegan_networks import Mapping


def scores(name: str, kind: str = "value") -> dict[str, float]:
    return {metric: score[kind] for metric, score in zoo.read(name)["metrics"].items()}


def near(name: str, player: str, step: int) -> float:
    """The recorded loss of a player at a round."""
    losses = zoo.read(name)["losses"]
    return dict(zip(losses["step"], losses[player], strict=True))[step]


# PGGAN


def test_pggan_stands_between_wgan_gp_and_dcgan():
    found, floor = scores("pggan"), scores("pggan", "floor")

    assert found["fid"] / floor["fid"] == pytest.approx(6.5, abs=0.2)
    assert scores("dcgan")["fid"] < found["fid"] < scores("wgan_gp")["fid"]


def test_hair_and_skin_are_the_farthest_off_and_twins_rare():
    found, floor = scores("pggan"), scores("pggan", "floor")
    histograms = sorted((v, name) for name, v in found.items() if name.startswith("tv_"))

    assert {name for _, name in histograms[-2:]} == {"tv_hair_color", "tv_skin"}
    assert floor["tv_skin"] == max(v for name, v in floor.items() if name.startswith("tv_"))
    assert found["twins"] < floor["twins"]


def test_curves_start_off_anew_when_a_fade_begins():
    model = models.build("pggan", **models.preset("pggan")["model"])
    assert [model.growth(step)[1] < 1 for step in (500, 501, 999, 1000)] == [False, True, True, 0]
    assert [model.growth(step)[1] < 1 for step in (1500, 1501, 1999, 2000)] == [0, True, True, 0]

    for before, after in ((550, 1000), (1550, 2000)):
        assert near("pggan", "discriminator", after) < near("pggan", "discriminator", before)
        assert near("pggan", "generator", after) > near("pggan", "generator", before)
    assert near("pggan", "discriminator", 10_000) > near("pggan", "discriminator", 2000)
    assert near("pggan", "generator", 10_000) < near("pggan", "generator", 2000)


# StyleGAN


def test_stylegan_misses_its_aims_by_what_the_page_says():
    found, floor = scores("stylegan"), scores("stylegan", "floor")

    assert 6 < found["fid"] / floor["fid"] < 6.5  # aimed at 4
    assert scores("dcgan")["fid"] < found["fid"] < scores("pggan")["fid"]
    assert found["fid"] > 0.9 * scores("pggan")["fid"]
    off = {name for name, v in found.items() if name.startswith("tv_") and v > 0.1}
    assert off == {"tv_hair_color"}
    assert 3.5 < found["twins"] / floor["twins"] < 5


def test_stylegan_draws_red_and_green_hair_too_rarely_and_dark_blond_too_often():
    real, drawn = shares(zoo.load("stylegan"), "hair_color")
    ratio = {
        name: b / a for name, a, b in zip(ATTRIBUTES["hair_color"].values, real, drawn, strict=True)
    }

    assert 0.4 < ratio["red"] < 0.6
    assert 0.4 < ratio["green"] < 0.6
    assert max(ratio, key=ratio.__getitem__) == "dark_blonde"


def test_the_curves_of_stylegan_are_nearly_flat_after_growth():
    model = models.build("stylegan", **models.preset("stylegan")["model"])
    assert [model.growth(step) for step in (400, 800)] == [(1, 1.0), (2, 1.0)]
    assert model.falls == (8000, 24_000)

    losses = zoo.read("stylegan")["losses"]
    small, early, late = (losses["step"].index(step) for step in (450, 1200, 8550))
    discriminator, generator = losses["discriminator"], losses["generator"]
    assert discriminator[0] < 1.3 < 1.36 < discriminator[small] < 1.386
    assert discriminator[early] < discriminator[small] - 0.05
    assert generator[early] > generator[small] + 0.05
    assert max(generator[early:]) - min(generator[early:]) < 0.1
    assert 1.386 - 0.3 < discriminator[-1] < discriminator[late] < 1.386 - 0.05


def change(model: StyleGAN, which: str) -> float:
    """How much images change with the styles of one group."""
    mixed = styles.mix(model, range(8), range(8, 16), which)
    return (mixed[1:, 1:] - mixed[1:, :1]).square().mean().sqrt().item()


def test_noise_is_hardly_used_and_styles_change_more_the_earlier():
    model = zoo.load("stylegan")
    assert isinstance(model, StyleGAN)

    drawn = styles.noises(model, range(100, 106), 4)[:, 1:5]
    assert drawn.std(dim=1).mean() < 0.02

    assert change(model, "coarse") > change(model, "middle") > change(model, "fine")


def test_before_learning_the_fine_styles_change_most():
    torch.manual_seed(0)
    settings = models.preset("stylegan")["model"] | {"rounds": 0, "depth": 2}
    model = models.build("stylegan", **settings).eval()
    assert isinstance(model, StyleGAN)

    assert change(model, "fine") > max(change(model, "coarse"), change(model, "middle"))


def test_a_mapping_that_is_deep_for_its_width_leaves_few_directions():
    torch.manual_seed(0)

    def directions(width: int, depth: int) -> float:
        with torch.no_grad():
            w = Mapping(width, width, depth=depth)(torch.randn(4096, width))
        spread = torch.linalg.eigvalsh(w.T.cov())
        return (spread.sum() ** 2 / spread.square().sum()).item()

    assert 60 < directions(512, 8) < 80
    assert directions(64, 8) < 10
    assert 20 < directions(64, 2) < 30


def test_fine_styles_carry_the_colours_and_middle_ones_the_shapes():
    record = claims.read(claims.get("stylegan-early-layers"))
    assert record is not None
    found = record["values"]

    colours = zip(*(found[f"colour_{which}"] for which in styles.GROUPS), strict=True)
    assert all(coarse < middle < fine for coarse, middle, fine in colours)
    for kind in ("shape_{}", "{}"):
        changed = zip(*(found[kind.format(which)] for which in styles.GROUPS), strict=True)
        assert all(middle > max(coarse, fine) for coarse, middle, fine in changed)
    assert all(a < b for a, b in zip(found["coarse"], found["fine"], strict=True))


def test_w_is_straighter_than_z_but_a_mapping_does_not_bring_faces_nearer():
    record = claims.read(claims.get("stylegan-mapping"))
    assert record is not None
    found = record["values"]

    for what in ("path", "separability"):
        pairs = zip(found[f"{what}_w"], found[f"{what}_z"], strict=True)
        assert all(w < 0.8 * z for w, z in pairs)
    nearer = [a < b for a, b in zip(found["distance_with"], found["distance_without"], strict=True)]
    assert sum(nearer) == 1


def test_hangul_is_learned_and_comes_nearer_its_floor_than_faces_do():
    record = claims.read(claims.get("stylegan-not-only-faces"))
    assert record is not None
    found = record["values"]

    pairs = zip(found["hangul_distance"], found["hangul_untrained"], strict=True)
    assert all(0.1 * before < after < before / 3 for after, before in pairs)
    assert max(found["hangul"]) < min(found["faces"])
    assert found["faces_varies"] < found["hangul_varies"]


def test_at_this_size_growing_does_not_pay():
    record = claims.read(claims.get("pggan-growth"))
    assert record is not None
    found = record["values"]

    assert min(found["growing"]) > max(found["full"])
    assert min(found["growing_half"]) > max(found["full_half"])
    assert set(found["needed"]) == {1.0}


def test_the_reader_is_sure_of_fewer_than_half_of_the_hangul_that_stylegan_draws():
    scores = zoo.read("stylegan_hangul")["metrics"]

    assert 0.3 < scores["sure"]["value"] < 0.5
    assert scores["sure"]["floor"] > 0.99
