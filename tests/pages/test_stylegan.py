"""What the pages on PGGAN and StyleGAN say of the recordings is so."""

import pytest
import torch

from gan_minimal import claims, data, models, zoo
from gan_minimal.claims.stylegan_early_layers import measure as stylegan_early_layers
from gan_minimal.data.faces16 import ATTRIBUTES
from gan_minimal.editing import stylegan
from gan_minimal.models import sampling
from gan_minimal.models.stylegan import MappingNetwork, StyleGAN
from gan_minimal.scoring import distances
from gan_minimal.scoring.faces import shares
from gan_minimal.scoring.hangul import some


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


def test_hair_and_skin_are_the_farthest_off_and_near_duplicates_rare():
    found, floor = scores("pggan"), scores("pggan", "floor")
    histograms = sorted((v, name) for name, v in found.items() if name.startswith("tv_"))

    assert {name for _, name in histograms[-2:]} == {"tv_hair_color", "tv_skin"}
    assert floor["tv_skin"] == max(v for name, v in floor.items() if name.startswith("tv_"))
    assert found["near_duplicates"] < floor["near_duplicates"]


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


def test_stylegan_reaches_its_aims_but_for_near_duplicates():
    found, floor = scores("stylegan"), scores("stylegan", "floor")

    assert found["fid"] < 4 * floor["fid"]
    assert all(v <= 0.1 for name, v in found.items() if name.startswith("tv_"))
    assert found["near_duplicates"] - floor["near_duplicates"] == pytest.approx(0.001)
    others = ("vae", "gan", "dcgan", "wgan", "wgan_gp", "pggan")
    assert found["fid"] < min(scores(name)["fid"] for name in others)


def test_near_duplicates_are_about_twice_as_frequent_as_in_the_data():
    drawn, real = (
        sampling.sample(zoo.load("stylegan"), 4000, 1),
        data.tensors("faces16", "train")[0],
    )

    assert (
        1.5 < distances.near_duplicates(drawn) / distances.near_duplicates(some(real, 4000)) < 2.5
    )


def test_stylegan_draws_blond_and_green_hair_a_little_too_rarely():
    real, drawn = shares(zoo.load("stylegan"), "hair_color")
    ratio = {
        name: b / a for name, a, b in zip(ATTRIBUTES["hair_color"].values, real, drawn, strict=True)
    }

    assert set(sorted(ratio, key=ratio.__getitem__)[:2]) == {"blonde", "green"}
    assert 0.6 < ratio["blonde"] < 0.8
    assert 0.6 < ratio["green"] < 0.8
    assert min(ratio[name] for name in ratio if name not in ("blonde", "green")) > 0.85


def test_the_curves_of_stylegan_are_nearly_flat_after_growth():
    model = models.build("stylegan", **models.preset("stylegan")["model"])
    assert [model.growth(step) for step in (400, 800)] == [(1, 1.0), (2, 1.0)]
    assert model.lr_decay == (10_000, 30_000)

    losses = zoo.read("stylegan")["losses"]
    small, early = (losses["step"].index(step) for step in (450, 1200))
    discriminator, generator = losses["discriminator"], losses["generator"]
    assert discriminator[0] > 1.43
    assert discriminator[small] == pytest.approx(1.386, abs=0.005)
    assert discriminator[early] < discriminator[small] - 0.03
    assert generator[early] > generator[small] + 0.04
    assert max(discriminator[early:]) - min(discriminator[early:]) < 0.02
    assert max(generator[early:]) - min(generator[early:]) < 0.03
    assert discriminator[-1] > 1.386 - 0.06
    assert generator[-1] < 0.693 + 0.06


def change(model: StyleGAN, which: str) -> float:
    """How much images change with the styles of one group."""
    mixed = stylegan.mix(model, range(8), range(8, 16), which)
    return (mixed[1:, 1:] - mixed[1:, :1]).square().mean().sqrt().item()


def test_noise_is_hardly_used():
    model = zoo.load("stylegan")
    assert isinstance(model, StyleGAN)

    drawn = stylegan.noises(model, range(100, 106), 4)[:, 1:5]
    assert drawn.std(dim=1).mean() < 0.005


def test_styles_of_the_recorded_model_carry_what_the_page_says(monkeypatch):
    model = zoo.load("stylegan")
    assert isinstance(model, StyleGAN)
    monkeypatch.setattr(stylegan_early_layers, "trained_stylegan", lambda *_, **__: model)

    found = stylegan_early_layers.scores(0)

    assert found["middle"] > found["coarse"] > 0.9 * found["middle"]
    assert found["fine"] < 0.7 * found["coarse"]
    assert found["shape_fine"] < 0.2 * min(found["shape_coarse"], found["shape_middle"])
    assert found["colour_fine"] > found["colour_middle"] > 1.5 * found["colour_coarse"]
    assert change(model, "middle") > change(model, "coarse") > 1.3 * change(model, "fine")


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
            w = MappingNetwork(width, width, depth)(torch.randn(4096, width))
        spread = torch.linalg.eigvalsh(w.T.cov())
        return (spread.sum() ** 2 / spread.square().sum()).item()

    assert 60 < directions(512, 8) < 80
    assert directions(64, 8) < 10
    assert 20 < directions(64, 2) < 30


def test_fine_styles_carry_the_colours_and_middle_ones_the_shapes():
    record = claims.read(claims.get("stylegan-early-layers"))
    assert record is not None
    found = record["values"]

    for which, least, most in (("coarse", 1.7, 2.7), ("middle", 1.7, 2.7), ("fine", 3.5, 5.6)):
        pairs = zip(found[f"colour_{which}"], found[f"shape_{which}"], strict=True)
        assert all(least < colour / shape < most for colour, shape in pairs)
    for kind in ("shape_{}", "{}"):
        changed = zip(*(found[kind.format(which)] for which in stylegan.GROUPS), strict=True)
        assert all(middle > max(coarse, fine) for coarse, middle, fine in changed)
    assert all(a < b for a, b in zip(found["coarse"], found["fine"], strict=True))


def test_coarse_styles_carry_the_shapes_and_fine_ones_the_colours_of_the_recorded_network():
    record = claims.read(claims.get("stylegan-shape-colour"))
    assert record is not None
    found = record["values"]

    for i in range(3):
        shape, colour = (
            {which: found[f"{kind}_{which}"][i] for which in stylegan.GROUPS}
            for kind in ("shape", "colour")
        )
        assert shape["middle"] > shape["coarse"] > 5 * shape["fine"]
        assert 1.8 < colour["fine"] / colour["coarse"] < 2.2
        assert colour["fine"] > colour["middle"] > 0.9 * colour["fine"]


def test_after_short_training_coarse_and_fine_styles_change_shapes_about_equally_often():
    record = claims.read(claims.get("stylegan-early-layers"))
    assert record is not None
    found = record["values"]

    pairs = list(zip(found["shape_coarse"], found["shape_fine"], strict=True))
    assert all(0.7 < coarse / fine < 1.4 for coarse, fine in pairs)


def test_w_is_straighter_than_z_but_a_mapping_does_not_bring_faces_nearer():
    record = claims.read(claims.get("stylegan-mapping"))
    assert record is not None
    found = record["values"]

    for what in ("path", "separability"):
        pairs = zip(found[f"{what}_w"], found[f"{what}_z"], strict=True)
        assert all(w < 0.8 * z for w, z in pairs)
    nearer = [a < b for a, b in zip(found["distance_with"], found["distance_without"], strict=True)]
    assert sum(nearer) == 1


def test_without_smoothing_the_distance_is_nearly_halved_and_near_duplicates_are_as_many():
    record = claims.read(claims.get("stylegan-crisp"))
    assert record is not None
    found = record["values"]

    assert all(x < 0.65 * y for x, y in zip(found["crisp"], found["smooth"], strict=True))
    assert max(found["crisp"]) - min(found["crisp"]) < 1
    fewer = [
        x < y for x, y in zip(found["crisp_duplicates"], found["smooth_duplicates"], strict=True)
    ]
    assert set(fewer) == {False, True}


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
