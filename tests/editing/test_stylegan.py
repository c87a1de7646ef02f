"""What is done with styles: which layers change, which face is whose, where a way leads."""

import numpy as np
import pytest
import torch

from gan_minimal import models
from gan_minimal.editing import stylegan
from gan_minimal.errors import UserError
from gan_minimal.models import sampling
from gan_minimal.models.stylegan import StyleGAN

TINY = {"latent": 8, "style": 8, "fmap_base": 64, "fmap_max": 8, "rounds": 0}


@pytest.fixture
def model() -> StyleGAN:
    """Six layers at 16x16 whose noise can be seen, without training."""
    torch.manual_seed(0)
    made = models.build("stylegan", size=16, **TINY).eval()
    for layer in made.generator.layers:
        torch.nn.init.constant_(layer.noise_strength, 0.2)
    with torch.no_grad():
        made.generator.w_avg.copy_(made.generator.mapping(made.noise(500)).mean(0))
    return made


@pytest.mark.parametrize(
    ("size", "groups"),
    [
        (16, [range(0, 2), range(2, 4), range(4, 6)]),
        (32, [range(0, 2), range(2, 4), range(4, 8)]),
        (64, [range(0, 4), range(4, 8), range(8, 10)]),
        (1024, [range(0, 4), range(4, 8), range(8, 18)]),  # the paper's, figure 3
    ],
)
def test_groups_of_styles_are_those_of_the_paper(size, groups):
    with torch.device("meta"):
        model = models.build("stylegan", size=size, **TINY | {"fmap_base": 8 * size})

    layers = range(len(model.generator.layers))
    found = [layers[stylegan.group(model, which)] for which in stylegan.GROUPS]

    assert found == groups


def test_a_seed_is_the_face_that_is_drawn_with_it(model):
    drawn = torch.cat([sampling.sample(model, 1, seed) for seed in (7, 8)])

    mixed = stylegan.mix(model, [7], [8], "fine")
    way = stylegan.walk(model, [8, 7], 3)

    assert torch.allclose(mixed[1, 0], drawn[0], atol=1e-4)
    assert torch.allclose(mixed[0, 1], drawn[1], atol=1e-4)
    assert torch.allclose(way[0], drawn[1], atol=1e-4)
    assert torch.allclose(stylegan.truncate(model, [7, 8], [0.5, 1])[:, 1], drawn, atol=1e-4)


def test_drawing_by_seeds_leaves_the_global_random_numbers_alone(model):
    torch.manual_seed(3)
    expected = torch.rand(1)
    torch.manual_seed(3)

    stylegan.mix(model, [7], [8], "fine")
    stylegan.noises(model, [1], 2)

    assert torch.equal(torch.rand(1), expected)


def test_a_face_mixed_with_itself_stays_itself(model):
    for which in stylegan.GROUPS:
        mixed = stylegan.mix(model, [3], [3, 4], which)

        assert torch.allclose(mixed[1, 1], mixed[1, 0], atol=1e-5)
        assert not torch.allclose(mixed[1, 2], mixed[1, 0], atol=0.05)


def test_mixing_changes_the_styles_of_its_layers_only(model):
    seen: dict[int, list[torch.Tensor]] = {}
    for i, layer in enumerate(model.generator.layers):
        layer.register_forward_pre_hook(
            lambda _, given, i=i: seen.setdefault(i, []).append(given[1])
        )

    stylegan.mix(model, [1], [2, 3], "middle")

    for i, (faces, mixed) in seen.items():
        source, *others = faces
        expected = others if i in (2, 3) else [source, source]
        assert torch.equal(mixed, torch.stack(expected)), i


def test_the_matrix_has_a_white_corner_and_a_row_for_every_source(model):
    drawn = stylegan.mix(model, [1, 2], [3, 4, 5], "coarse")

    assert drawn.shape == (3, 4, 3, 16, 16)
    assert (drawn[0, 0] == 1).all()
    assert drawn.abs().max() <= 1


def test_without_any_of_itself_every_face_has_the_average_style(model):
    for layer in model.generator.layers:
        torch.nn.init.zeros_(layer.noise_strength)

    drawn = stylegan.truncate(model, [1, 2], [0, 1, -1])

    assert torch.allclose(drawn[0, 0], drawn[1, 0], atol=1e-5)
    assert not torch.allclose(drawn[0, 1], drawn[1, 1], atol=0.05)
    assert not torch.allclose(drawn[0, 2], drawn[0, 1], atol=0.05)


def test_a_walk_goes_straight_in_w_and_on_the_sphere_in_z(model):
    seen = []
    model.generator.layers[0].register_forward_pre_hook(lambda _, given: seen.append(given[1][0]))
    stylegan.walk(model, [1, 2], 4)
    latents = []
    model.generator.mapping.register_forward_pre_hook(lambda _, given: latents.append(given[0]))

    stylegan.walk(model, [1, 2], 4, "z")

    a, half, b = seen[0], seen[2], seen[4]
    assert torch.allclose(half, (a + b) / 2, atol=1e-5)
    assert torch.allclose(seen[6], half, atol=1e-5)  # on the way back
    ways = torch.cat(latents)
    assert torch.allclose(ways.norm(dim=1), torch.ones(8), atol=1e-5)
    steps = (ways[:4] * ways[1:5]).sum(dim=1).acos()
    assert torch.allclose(steps, steps[:1].expand(4), atol=1e-3)
    ends = [seen[0], seen[8]]  # both begin with the same face
    assert torch.allclose(*ends, atol=1e-4)


def test_a_walk_between_equal_faces_stands_still(model):
    way = stylegan.walk(model, [5, 5], 3, "z")

    assert torch.allclose(way, way[:1].expand_as(way), atol=1e-5)


def test_noise_is_shown_by_what_it_changes(model):
    shown = stylegan.noises(model, [1, 2], 3)

    assert shown.shape == (2, 5, 3, 16, 16)
    assert not torch.allclose(shown[:, 1], shown[:, 2], atol=0.02)
    assert shown[:, 4].max() == 1
    for layer in model.generator.layers:
        torch.nn.init.zeros_(layer.noise_strength)
    still = stylegan.noises(model, [1, 2], 3)
    assert torch.equal(still[:, 0], still[:, 1])
    assert (still[:, 4] == -1).all()


def test_other_models_have_no_styles():
    with pytest.raises(UserError, match="dcgan has no styles to mix or to walk along; stylegan"):
        stylegan.stylegan(torch.nn.Identity(), "dcgan")


def test_unknown_groups_are_refused(model):
    with pytest.raises(UserError, match="--layers is coarse, middle or fine, not 'deep'"):
        stylegan.group(model, "deep")


def test_styles_are_shown_mixed_truncated_with_noise_and_on_the_way():
    torch.manual_seed(0)
    preset = models.preset("stylegan")["model"] | {"rounds": 0}
    model = models.build("stylegan", **preset).eval()

    made = stylegan.styled(model)

    mixed = {f"mixing-{which}.webp" for which in ("coarse", "middle", "fine")}
    assert made.keys() == mixed | {
        "truncation.webp",
        "noise.webp",
        "interpolation.webp",
        "walk.webp",
    }
    for name in mixed:  # four faces get the styles of six
        assert made[name].size == (7 * 17 - 1, 5 * 17 - 1)
    assert made["truncation.webp"].size == (6 * 17 - 1, 6 * 17 - 1)
    assert made["noise.webp"].size == (6 * 17 - 1, 6 * 17 - 1)
    ways = np.asarray(made["interpolation.webp"]).astype(int)
    assert ways.shape == (4 * 17 - 1, 9 * 17 - 1, 3)
    for one, other in ((0, 17), (34, 51)):  # from the same face to the same face, in z and in w
        for column in (0, 8):
            where = slice(column * 17, column * 17 + 16)
            assert np.abs(ways[one : one + 16, where] - ways[other : other + 16, where]).max() <= 1
    assert len(made["walk.webp"]) == 5 * 8
