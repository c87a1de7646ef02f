"""The pictures that show what a model is there for."""

import numpy as np
import pytest
import torch

from gan_minimal import data, models, zoo
from gan_minimal.data.hangul32 import held_out
from gan_minimal.errors import UserError
from gan_minimal.images import grid
from gan_minimal.publishing import pictures
from gan_minimal.scoring import single_photo
from gan_minimal.training import loop


@pytest.fixture(scope="module")
def cgan():
    return zoo.load("cgan")


def test_a_word_is_written_in_one_hand_for_each_row(cgan):
    drawn = pictures.write(cgan, "안녕", n=3)

    assert drawn.shape == (3, 2, 1, 32, 32)
    assert drawn.abs().max() <= 1
    torch.testing.assert_close(drawn[:, 1], pictures.write(cgan, "녕", n=3)[:, 0])
    assert not torch.equal(drawn[0], drawn[1])
    assert not torch.equal(drawn, pictures.write(cgan, "안녕", n=3, seed=1))


def test_writing_leaves_the_random_numbers_as_they_were(cgan):
    before = torch.get_rng_state()

    pictures.write(cgan, "가", n=1)

    assert torch.equal(before, torch.get_rng_state())


def test_spaces_are_paper_and_other_characters_are_refused(cgan):
    assert (pictures.write(cgan, "가 나", n=2)[:, 1] == 1).all()
    with pytest.raises(UserError, match="'a' is not a Korean syllable"):
        pictures.write(cgan, "가a", n=1)


def test_hands_show_syllables_of_training_and_held_out_ones(cgan):
    held = sorted(held_out())[:: 235 // pictures.UNSEEN][: pictures.UNSEEN]
    assert not set(pictures.SEEN) & held_out()
    assert len(held) == pictures.UNSEEN

    picture = np.asarray(pictures.hands(cgan)["hands.webp"])

    rows = len(pictures.SEEN) + pictures.UNSEEN
    assert picture.shape == (rows * 33 - 1, 8 * 33 - 1, 3)
    first = np.asarray(grid(pictures.write(cgan, pictures.SEEN[0], 8)[:, 0], columns=8))
    assert np.array_equal(picture[:32], first)  # a syllable a row, a hand a column


def test_wall_of_faces_fills_the_home_page():
    torch.manual_seed(0)
    model = models.build("dcgan", **models.preset("dcgan")["model"])

    (wall,) = pictures.wall(model).values()

    assert wall.size == (640, 128)
    assert len(wall.getcolors(1000)) <= 128
    assert loop.sample(model, 1, seed=0).shape == (1, 3, 16, 16)


@pytest.mark.parametrize("name", ["autoencoder", "vae"])
def test_faces_stand_above_their_reconstructions_and_become_one_another(name):
    torch.manual_seed(0)
    model = models.build(name, **models.preset(name)["model"]).eval()
    faces = data.load("faces16", "test").tensors[0][:16]
    copies = model.reconstruct(faces)

    made = {file: np.asarray(picture) for file, picture in pictures.MORE[name](model).items()}

    shown = np.asarray(grid(torch.cat([faces[:8], copies[:8], faces[8:], copies[8:]]), columns=8))
    assert np.array_equal(made["reconstructions.webp"], shown)
    walks = made["interpolation.webp"]
    assert walks.shape == (6 * 17 - 1, 9 * 17 - 1, 3)
    # a walk begins with a real face and its reconstruction, and ends with another's
    real, copied = (np.asarray(grid(pair[:2], columns=2)) for pair in (faces, copies))
    assert np.array_equal(walks[:16, :16], real[:, :16])
    assert np.array_equal(walks[:16, -16:], real[:, 17:])
    assert np.abs(walks[:16, 17:33].astype(int) - copied[:, :16]).max() <= 1
    assert np.abs(walks[:16, -33:-17].astype(int) - copied[:, 17:]).max() <= 1


@pytest.fixture
def scenes():
    """A narrow model of the built-in photograph that draws something, without training."""
    torch.manual_seed(0)
    model = models.build("singan", **models.preset("singan")["model"] | {"width": 4})
    for generator in model.generators:
        generator.amplitude.fill_(0.2)
    return model.eval()


def test_scenes_of_a_photograph_show_what_a_model_can_do(scenes):
    made = pictures.scenes(scenes)

    high, wide = scenes.size
    animation = made.pop("animation.webp")
    assert len(animation) == 24
    assert {frame.size for frame in animation} == {(wide, high)}
    assert made["wide.webp"].size == (2 * wide, high)
    assert made["high.webp"].size == (wide, high * 3 // 2)
    assert made["scales.webp"].size == (3 * wide + 2, 3 * high + 2)
    for name in ("edited.webp", "painted.webp"):
        assert made[name].size == (2 * wide + 1, high)
    assert made["enlarged.webp"].size == (2 * 3 * (wide // 3) + 1, 3 * (high - high // 2))
    again = pictures.scenes(scenes)
    assert all(np.array_equal(picture, again[name]) for name, picture in made.items())


def test_photographs_stand_in_rows_of_two(scenes):
    assert pictures.columns(scenes) == 2
    assert pictures.shown(scenes, "photo").shape == (4, 3, *scenes.size)
    assert pictures.columns(torch.nn.Linear(1, 1)) == 8
    assert pictures.quality(scenes)
    assert pictures.quality(torch.nn.Linear(1, 1)) is None


def test_a_second_rocket_is_pasted_where_the_mask_is(scenes):
    photo = single_photo.photograph(scenes, "photo")

    edited, mask = pictures.edit(photo), pictures.pasted(photo)

    changed = (edited != photo).any(dim=1, keepdim=True)
    assert (mask[changed] == 1).all()
    assert 0 < changed.float().mean() < mask.mean() < 0.15
    top, here, there, wide = pictures.places(photo)
    assert here + wide <= there
    bright = photo.mean(dim=1)[0, top:-8]  # the rocket is the brightest thing in the sky
    assert here <= bright.mean(dim=0).argmax() < here + wide


def test_a_painting_has_few_colours(scenes):
    painted = pictures.painting(single_photo.photograph(scenes, "photo"))

    assert painted.shape == (1, 3, *scenes.size)
    assert painted.abs().max() <= 1
    assert len(painted[0].flatten(1).unique(dim=1).T) == 6


def test_styles_are_shown_mixed_truncated_with_noise_and_on_the_way():
    torch.manual_seed(0)
    preset = models.preset("stylegan")["model"] | {"rounds": 0}
    model = models.build("stylegan", **preset).eval()

    made = pictures.styled(model)

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


def test_other_models_have_no_styles_to_show():
    with pytest.raises(UserError, match="no styles"):
        pictures.styled(models.build("gan", **models.preset("gan")["model"]))
