"""Faces that follow sentences: where they begin, how they go, and what a CLIP has to understand."""

import pytest
import torch
from torch import Tensor

from gan_minimal import models, zoo
from gan_minimal.data import captions, domains
from gan_minimal.editing import styleclip, stylegan
from gan_minimal.errors import UserError
from gan_minimal.models import sampling
from gan_minimal.models.styleclip import PRESETS
from gan_minimal.models.stylegan import StyleGAN

TINY = {"latent": 8, "style": 8, "fmap_base": 64, "fmap_max": 8, "rounds": 0}


@pytest.fixture
def model() -> StyleGAN:
    """Six layers at 16x16 whose noise can be seen, without training."""
    torch.manual_seed(0)
    made = models.build("stylegan", size=16, **TINY)
    for layer in made.generator.layers:
        torch.nn.init.constant_(layer.noise_strength, 0.2)
    with torch.no_grad():
        made.generator.w_avg.copy_(made.generator.mapping(made.noise(500)).mean(0))
    return made.eval()


class Pixels:
    """A CLIP whose points are the pixels themselves: a sentence names the seed of a face."""

    def __init__(self, model: StyleGAN) -> None:
        self.model, self.looks = model, 0

    def encode_text(self, sentences: list[str]) -> Tensor:
        return torch.cat([sampling.sample(self.model, 1, int(seed)) for seed in sentences]).flatten(
            1
        )

    def encode_image(self, images: Tensor) -> Tensor:
        self.looks += 1
        return images.flatten(1)


@pytest.fixture
def judge(model) -> Pixels:
    return Pixels(model)


# Where faces begin


def test_a_seed_is_its_face_seven_tenths_from_the_average(model):
    w, noise = styleclip.seeded(model, 7)

    assert w.shape == (1, 6, 8)
    assert torch.equal(w, w[:, :1].expand(-1, 6, -1))
    drawn = model.draw(w, noise).clamp(-1, 1)
    assert torch.allclose(drawn, stylegan.truncate(model, [7], [0.7])[0], atol=1e-5)
    own, noise = styleclip.seeded(model, 7, psi=1.0)
    drawn = model.draw(own, noise).clamp(-1, 1)
    assert torch.allclose(drawn, sampling.sample(model, 1, 7), atol=1e-5)
    assert torch.allclose(w - model.generator.w_avg, 0.7 * (own - model.generator.w_avg), atol=1e-6)
    assert not w.requires_grad


@pytest.mark.slow
def test_a_picture_is_drawn_again_without_noise(model):
    still = [torch.zeros_like(each) for each in model.generator.noise(2)]
    with torch.no_grad():
        pictures = model.draw(model.generator.mapping(model.noise(2)), still)
        average = model.draw(model.generator.w_avg[None], [each[:1] for each in still])

    w, noise = styleclip.inverted(model, pictures)

    assert w.shape == (2, 6, 8)
    assert not w.requires_grad
    assert [each.shape for each in noise] == [each.shape for each in still]
    assert not any(each.any() for each in noise)
    before = (average - pictures).square().mean(dim=(1, 2, 3))
    after = (model.draw(w, noise) - pictures).square().mean(dim=(1, 2, 3))
    assert (after < before / 10).all()


# How they go


@pytest.mark.parametrize("frames", [2, 5, 8])
@pytest.mark.slow
def test_the_way_begins_with_the_face_and_has_as_many_frames_as_asked_for(frames, model, judge):
    (edited,) = styleclip.edit(model, judge, ["3"], *styleclip.seeded(model, 7), frames=frames)

    assert edited.way.shape == (frames, 3, 16, 16)
    face = stylegan.truncate(model, [7], [0.7])[0]
    assert torch.allclose(edited.way[:1], face.clamp(-1, 1), atol=1e-5)
    assert edited.way.abs().max() <= 1


@pytest.mark.slow
def test_a_face_comes_nearer_to_its_sentence(model, judge):
    (edited,) = styleclip.edit(model, judge, ["3"], *styleclip.seeded(model, 7))

    (aim,) = judge.encode_text(["3"])
    cosines = torch.cosine_similarity(edited.way.flatten(1), aim[None], dim=1)
    assert edited.before == pytest.approx(cosines[0].item(), abs=1e-5)
    assert edited.after == pytest.approx(cosines[-1].item(), abs=1e-5)
    assert edited.after > edited.before + 0.2
    assert cosines[3] > cosines[0] + 0.1


@pytest.mark.slow
def test_frames_lie_at_equal_distances_of_the_way(model, judge):
    few, many = (
        styleclip.edit(model, judge, ["3"], *styleclip.seeded(model, 7), frames=frames)[0]
        for frames in (3, 5)
    )

    assert torch.allclose(few.way, many.way[::2], atol=1e-5)


@pytest.mark.slow
def test_every_face_follows_its_own_sentence(model, judge):
    seeded = [styleclip.seeded(model, seed) for seed in (7, 8)]
    w = torch.cat([each for each, _ in seeded])
    noise = [torch.cat(maps) for maps in zip(*(maps for _, maps in seeded), strict=True)]

    together = styleclip.edit(model, judge, ["3", "4"], w, noise)

    for i, sentence in enumerate(("3", "4")):
        (alone,) = styleclip.edit(model, judge, [sentence], *seeded[i])
        assert together[i].after == pytest.approx(alone.after, abs=0.01)
        assert together[i].before == pytest.approx(alone.before, abs=1e-5)


def test_more_beginnings_never_end_farther_from_the_text(model, judge, monkeypatch):
    ends = []
    for starts in (1, 4):
        free = PRESETS["tiny"] | {"model": {"rounds": 40, "lambda_l2": 0.0}, "starts": starts}
        monkeypatch.setitem(PRESETS, "other", free)
        ends.append(
            styleclip.edit(model, judge, ["3"], *styleclip.seeded(model, 7), preset="other")[0]
        )

    assert ends[1].after >= ends[0].after - 1e-6


@pytest.mark.slow
def test_the_way_is_straight_and_ends_at_the_best_game(model, judge):
    w, noise = styleclip.seeded(model, 7)

    (edited,) = styleclip.edit(model, judge, ["3"], w, noise, frames=3)

    moved = styleclip.best_offsets(
        model, judge, judge.encode_text(["3"]), w, noise, PRESETS["tiny"]
    )
    middle = model.draw(w + moved / 2, noise).clamp(-1, 1)
    assert moved.shape == (1, 1, 8)  # all layers move together
    assert torch.allclose(edited.way[1:2], middle, atol=1e-4)


@pytest.mark.slow
def test_an_edit_is_the_same_every_time_and_changes_no_network(model, judge):
    before = {name: value.clone() for name, value in model.state_dict().items()}
    given, noise = styleclip.seeded(model, 7)
    kept = given.clone()

    (one,) = styleclip.edit(model, judge, ["3"], given, noise)
    torch.randn(5)
    (other,) = styleclip.edit(model, judge, ["3"], given, noise)

    assert torch.equal(one.way, other.way)
    assert torch.equal(given, kept)
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(p.grad is None for p in model.parameters())


@pytest.mark.parametrize(("preset", "rounds"), [("tiny", 100), ("paper", 300)])
@pytest.mark.slow
def test_a_preset_says_for_how_many_rounds(preset, rounds, model, judge):
    styleclip.edit(model, judge, ["3"], *styleclip.seeded(model, 7), preset=preset)

    assert judge.looks == rounds + 3  # and at all ends of games, at the first and the last face


@pytest.mark.slow
def test_the_published_leash_keeps_a_face_nearer(model, judge, monkeypatch):
    moved = []
    for l2 in (0.008, 0.1):
        other = PRESETS["paper"] | {"model": {"rounds": 100, "lambda_l2": l2}}
        monkeypatch.setitem(PRESETS, "other", other)
        way = styleclip.edit(model, judge, ["3"], *styleclip.seeded(model, 7), preset="other")[
            0
        ].way
        moved.append((way[-1] - way[0]).square().mean())

    assert moved[1] < moved[0]


# What a sentence may say


@pytest.mark.parametrize(
    ("sentence", "complaint"),
    [
        ("purple hair", "has never seen 'purple': it knows hair and its colours, glasses, hats"),
        ("a face with glases", r"never seen 'glases': .* Did you mean glasses\?"),
        ("모쟈 쓴 왕", r"never seen '모쟈', '왕'"),
        ("short hiar and a berad", r"'hiar', 'berad': .* Did you mean hair, beard\?"),
        ("", "--text is a description of a face, such as '파란 머리에 안경'"),
        (" ,. !", "--text is a description of a face"),
        ("안경 " * 39, "--text is too long: 41 pieces, at most 40"),
    ],
)
def test_sentences_that_cannot_be_understood_are_refused(sentence, complaint):
    with pytest.raises(UserError, match=complaint):
        styleclip.check_words(sentence)


def test_a_word_that_is_like_no_other_gets_no_hint():
    with pytest.raises(UserError) as refused:
        styleclip.check_words("xylophone")

    assert str(refused.value).endswith("in Korean and in English.")


@pytest.mark.parametrize("sentence", ["안경", "A face.", "안경 " * 38, "긴머리에 안경쓴 사람"])
def test_sentences_of_known_words_are_accepted(sentence):
    styleclip.check_words(sentence)


# What has changed


def test_changes_are_said_by_attribute():
    """Read off the stored pictures of exact edits by the recorded classifier."""
    known = domains.edits()
    without, wearing = ((known.labels[:, 8] == worn).nonzero()[0].item() for worn in (0, 1))
    brown = known.labels[:, 3].nonzero()[0].item()

    put_on = torch.stack([known.images[without], known.targets[without, 8]])
    taken_off = torch.stack([known.images[wearing], known.targets[wearing, 8]])
    dyed = torch.stack([known.images[brown], known.targets[brown, 5]])

    assert styleclip.changes(put_on) == ["glasses: no glasses -> with glasses"]
    assert styleclip.changes(taken_off) == ["glasses: with glasses -> no glasses"]
    assert styleclip.changes(dyed) == ["hair colour: brown -> blue"]
    assert styleclip.changes(put_on[[0, 1, 0]]) == []  # only the ends count


# The recorded runs


def test_the_small_clip_refuses_any_sentence_that_it_does_not_know():
    judge = styleclip.SmallCLIP()

    assert judge.encode_text(["안경", "a hat"]).shape == (2, 64)
    assert not judge.encode_text(["안경"]).requires_grad
    with pytest.raises(UserError, match="never seen 'crown'"):
        judge.encode_text(["안경", "a crown"])


@pytest.mark.parametrize("language", captions.LANGUAGES)
def test_the_small_clip_knows_hair_colours_in_both_languages(language):
    """Of a face in all eight colours the picture nearest to a colour's name has that colour."""
    korean = ("금발", "짙은 금발", "연갈색", "갈색", "검은", "파란", "빨간", "초록")
    english = ("blonde", "dark blonde", "light brown", "brown", "black", "blue", "red", "green")
    judge = styleclip.SmallCLIP()
    pictures = domains.edits().targets[:64, :8]
    named = [f"{x} 머리" for x in korean] if language == "ko" else [f"{x} hair" for x in english]

    with torch.no_grad():
        seen = judge.encode_image(pictures.flatten(0, 1)).unflatten(0, (64, 8))
        cosines = torch.cosine_similarity(seen[:, :, None], judge.encode_text(named), dim=3)

    assert cosines.mean(dim=0).argmax(dim=0).tolist() == list(range(8))


@pytest.mark.parametrize("sentence", ["파란 머리에 안경", "blue hair and glasses"])
@pytest.mark.slow
def test_a_recorded_face_comes_nearer_to_a_sentence(sentence):
    model = stylegan.stylegan(zoo.load("stylegan"), "stylegan")

    (edited,) = styleclip.edit(
        model, styleclip.SmallCLIP(), [sentence], *styleclip.seeded(model, 7)
    )

    assert edited.after > edited.before
    assert styleclip.changes(edited.way)
