"""CLIP has the official sizes and settings, a symmetric loss, and reads its texts in order."""

import math
from itertools import pairwise

import pytest
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from gan_minimal import models, zoo
from gan_minimal.data import captions
from gan_minimal.data.faces16 import attributes_of, load_faces
from gan_minimal.data.pixels import to_unit
from gan_minimal.models.clip import CLIP, quick_gelu
from gan_minimal.training import checkpoint, fingerprint, loop

IMAGE = {"size": 8, "patch_size": 4, "vision_width": 16, "vision_layers": 1}
TEXT = {"vocab_size": 12, "context_length": 6, "transformer_width": 16, "transformer_layers": 2}
SMALL = IMAGE | TEXT | {"embed_dim": 8, "head_width": 8, "lr": 1e-2, "warmup": 2, "rounds": 10}
END = TEXT["vocab_size"] - 1
SETTINGS = loop.Settings(data="", batch=4, steps=10, ema=0.9)


def count(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


@pytest.fixture
def model() -> CLIP:
    torch.manual_seed(0)
    made = CLIP(**SMALL).eval()
    nn.init.normal_(made.text.positional_embedding)  # so that places are as different as words
    nn.init.normal_(made.text.token_embedding.weight)
    return made


@pytest.fixture
def batch() -> tuple[Tensor, Tensor]:
    """Four images, and three texts of four words for each."""
    generator = torch.Generator().manual_seed(7)
    texts = torch.randint(1, END, (4, 3, 6), generator=generator)
    texts[:, :, 4], texts[:, :, 5] = END, 0
    return torch.rand(4, 3, 8, 8, generator=generator) * 2 - 1, texts.to(torch.uint8)


@pytest.fixture(scope="module")
def paper() -> CLIP:
    with torch.device("meta"):
        return models.build("clip", **models.preset("clip", "paper")["model"])


# Sizes and settings


def test_text_blocks_begin_as_those_of_gpt_2_do():
    model = CLIP(**SMALL | {"transformer_width": 64, "transformer_layers": 2})

    for block in model.text.transformer.layers:
        for weight, std in (
            (block.self_attn.in_proj_weight, 64**-0.5),
            (block.self_attn.out_proj.weight, 64**-0.5 * 4**-0.5),
            (block.linear1.weight, 128**-0.5),
            (block.linear2.weight, 64**-0.5 * 4**-0.5),
        ):
            assert weight.std().item() == pytest.approx(std, rel=0.05)
            assert weight.abs().max() > 2.5 * std


def test_encoders_have_the_official_numbers_of_parameters(paper):
    assert count(paper) == 151_277_313
    assert count(paper.visual) == 87_849_216
    assert count(paper) - count(paper.visual) - count(paper.text) == 1  # the temperature


def test_encoders_have_the_official_shapes(paper):
    assert paper.visual.conv1.weight.shape == (768, 3, 32, 32)
    assert paper.visual.positional_embedding.shape == (7 * 7 + 1, 768)
    assert paper.text.positional_embedding.shape == (77, 512)
    assert paper.text.token_embedding.weight.shape == (49_408, 512)
    for encoder, heads in ((paper.visual, 12), (paper.text, 8)):
        assert len(encoder.transformer.layers) == 12
        for block in encoder.transformer.layers:
            assert block.self_attn.num_heads == heads
            assert block.norm_first
            assert block.activation is quick_gelu
            assert block.dropout.p == block.self_attn.dropout == 0
    for projection in (paper.visual.proj, paper.text.text_projection):
        assert projection.weight.shape[0] == 512
        assert projection.bias is None


def test_paper_preset_has_the_published_settings(paper):
    preset = models.preset("clip", "paper")["train"]
    optimizer = paper.optimizers()["encoders"]

    assert isinstance(optimizer, torch.optim.AdamW)
    assert optimizer.defaults["lr"] == 5e-4
    assert optimizer.defaults["betas"] == (0.9, 0.98)
    assert optimizer.defaults["eps"] == 1e-6
    assert preset["batch"] == 32_768
    assert preset["steps"] == paper.rounds == 32 * 400_000_000 // 32_768  # 32 epochs
    assert paper.warmup == 2000


def test_only_matrices_decay(paper):
    decays = {
        id(p): group["weight_decay"]
        for group in paper.optimizers()["encoders"].param_groups
        for p in group["params"]
    }

    for name, p in paper.named_parameters():
        kept = name.endswith("bias") or "norm" in name or ".ln_" in name or p.dim() < 2
        assert decays[id(p)] == (0 if kept else 0.2), name
    assert decays[id(paper.logit_scale)] == 0


def test_the_activation_is_the_one_that_clip_was_trained_with():
    x = torch.linspace(-4, 4, 33)

    assert torch.equal(quick_gelu(x), x * torch.sigmoid(1.702 * x))
    assert 0.015 < (quick_gelu(x) - F.gelu(x)).abs().max() < 0.021  # not the exact one


def test_temperature_begins_at_seven_hundredths():
    assert CLIP(**SMALL).logit_scale.exp().item() == pytest.approx(1 / 0.07)


def test_learning_rate_rises_evenly_and_falls_along_half_a_cosine(paper):
    optimizers = paper.optimizers()
    rates = {}
    for step in (0, 999, 1999, 2000, 196_312, 196_313, 390_624, 390_625, 400_000):
        paper.schedule(step, optimizers)
        (rates[step],) = {group["lr"] for group in optimizers["encoders"].param_groups}

    assert rates[0] == pytest.approx(5e-4 / 2000)
    assert rates[999] == pytest.approx(5e-4 / 2)
    assert rates[1999] == rates[2000] == 5e-4
    assert (rates[196_312] + rates[196_313]) / 2 == pytest.approx(5e-4 / 2)  # half-way
    assert 0 < rates[390_624] < 1e-13
    assert rates[390_625] == rates[400_000] == 0


# The loss


class Points(nn.Module):
    """An encoder that gives the same points whatever it is shown."""

    def __init__(self, *points: tuple[float, ...]) -> None:
        super().__init__()
        self.points = nn.Parameter(torch.tensor(points, dtype=torch.float32))

    def forward(self, _: Tensor) -> Tensor:
        return self.points


def loss_of(images: Points, texts: Points, scale: float) -> float:
    """The loss of one round in which cosines are multiplied by `scale`."""
    model = CLIP(**SMALL)
    model.visual, model.text = images, texts
    nn.init.constant_(model.logit_scale, math.log(scale))
    n = len(images.points)
    ((player, loss),) = model.step((torch.zeros(n, 3, 8, 8), torch.zeros(n, 1, 6).byte()))
    assert player == "encoders"
    return loss.item()


def test_the_loss_asks_for_the_text_of_each_image_and_for_the_image_of_each_text():
    """Cosines by hand: 1 and 0.6 for the first image, 0 and 0.8 for the second."""
    for scale in (1.0, 5.0):
        loss = loss_of(Points((1, 0), (0, 2)), Points((3, 0), (0.3, 0.4)), scale)

        missed = [math.log1p(math.exp(-scale * gap)) for gap in (0.4, 0.8, 1.0, 0.2)]
        assert loss == pytest.approx(sum(missed) / 4)


@pytest.mark.parametrize("n", [2, 3, 8])
def test_the_loss_is_that_of_guessing_where_nothing_can_be_told_apart(n):
    same = Points(*[(0.6, 0.8)] * n)

    assert loss_of(same, same, 10.0) == pytest.approx(math.log(n))


def test_pairs_that_match_perfectly_cost_what_the_temperature_leaves():
    corners = Points(*torch.eye(4).tolist())

    for scale in (1.0, 5.0):
        left = math.log1p(3 * math.exp(-scale))
        assert loss_of(corners, corners, scale) == pytest.approx(left, rel=1e-5)
    assert loss_of(corners, corners, 100.0) == 0


def test_lengths_of_points_do_not_matter(model, batch):
    images, texts = batch
    before = model.logits(images, texts[:, 0].long())

    with torch.no_grad():
        model.visual.proj.weight *= 7
        model.text.text_projection.weight *= 0.1

    assert torch.allclose(model.logits(images, texts[:, 0].long()), before, atol=1e-4)
    assert before.shape == (4, 4)
    assert model.logits(images, texts[:2, 0].long()).shape == (4, 2)


def test_the_temperature_stops_at_a_hundredth(batch):
    settings = loop.Settings(data="", batch=4, steps=5)
    run = loop.start(CLIP(**SMALL), settings)
    nn.init.constant_(run.model.logit_scale, 6.0)

    (_,) = loop.play(run, batch, settings)

    assert run.model.logit_scale.exp().item() == pytest.approx(100)


def test_one_of_an_images_own_texts_is_drawn(model):
    """Text k of image i consists of the word 1 + 3 i + k."""
    words = torch.arange(1, 10).reshape(3, 3, 1).expand(-1, -1, 6).byte()
    seen: list[Tensor] = []
    model.text.register_forward_pre_hook(lambda _, given: seen.append(given[0][:, 0]))

    for _ in range(40):
        list(model.step((torch.zeros(3, 3, 8, 8), words)))

    for image, drawn in enumerate(torch.stack(seen).T.tolist()):
        assert set(drawn) == {1 + 3 * image + k for k in range(3)}
    assert len({tuple(word % 3 for word in row.tolist()) for row in seen}) > 3  # each for itself


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_only_images_of_training_are_noisy(noise, paper):
    model, grey = CLIP(**SMALL | {"noise": noise}), torch.full((64, 3, 8, 8), 0.5)
    seen: list[Tensor] = []
    model.visual.register_forward_pre_hook(lambda _, given: seen.append(given[0]))

    list(model.step((grey, torch.ones(64, 1, 6).byte())))
    model.logits(grey, torch.ones(1, 6).long())

    assert seen[0].std().item() == pytest.approx(noise, rel=0.05)
    assert torch.equal(seen[1], grey)
    assert paper.noise == 0


# Texts and images


def points(model: CLIP, *texts: list[int]) -> Tensor:
    with torch.no_grad():
        return model.text(torch.tensor(texts))


def test_what_follows_the_end_of_a_text_is_not_read(model):
    padded, other = points(model, [1, 2, 3, END, 0, 0], [1, 2, 3, END, 7, 4])
    (short,) = points(model, [1, 2, 3, END])

    assert torch.equal(padded, other)
    assert torch.allclose(padded, short, atol=1e-6)


def test_the_order_of_words_and_every_word_matter(model):
    texts = [[1, 2, 3, END], [2, 1, 3, END], [1, 2, 4, END], [5, 2, 3, END]]

    one, *others = points(model, *texts)

    for other in others:
        assert not torch.allclose(one, other, atol=0.01)


def test_a_word_sees_only_those_before_it(model):
    seen: list[Tensor] = []
    model.text.transformer.register_forward_hook(lambda _, given, out: seen.append(out))

    points(model, [1, 2, 3, 4, END, 0], [1, 2, 3, 9, END, 0])

    (one, other) = seen[0]
    assert torch.equal(one[:3], other[:3])
    assert all(not torch.allclose(a, b, atol=0.01) for a, b in zip(one[3:], other[3:], strict=True))


def test_texts_do_not_know_of_each_other_nor_do_images(model, batch):
    images, texts = batch
    together = model.visual(images), model.text(texts[:, 0].long())
    alone = model.visual(images[2:3]), model.text(texts[2:3, 0].long())

    for many, one in zip(together, alone, strict=True):
        assert torch.allclose(many[2:3], one, atol=1e-5)


def test_an_image_is_more_than_the_sum_of_its_patches(model, batch):
    images, _ = batch
    turned = images.roll(4, dims=3)  # the left patches on the right

    assert not torch.allclose(model.visual(images), model.visual(turned), atol=0.01)


def test_grey_images_have_points_too():
    grey = CLIP(**SMALL | {"channels": 1})

    assert grey.visual(torch.zeros(2, 1, 8, 8)).shape == (2, 8)
    assert (grey.size, grey.channels) == (8, 1)


# Training


@pytest.mark.slow
def test_captions_of_a_few_faces_are_soon_known_by_heart():
    faces = load_faces("train")
    rows = [attributes_of(face) for face in faces.options[:8]]
    images = to_unit(faces.images[:8])
    # only exact ones, two in each language: others may be true of several faces
    written = [
        [captions.captions(row, 6, i)[k] for k in (0, 1, 4, 5)] for i, row in enumerate(rows)
    ]
    texts = torch.stack([captions.tokens_of(each) for each in written])
    vocabulary = models.preset("clip")["model"]["vocab_size"]
    arguments = SMALL | {"size": 16, "vocab_size": vocabulary, "context_length": captions.CONTEXT}
    settings = loop.Settings(data="", batch=8, steps=300)
    run = loop.start(CLIP(**arguments | {"warmup": 10, "rounds": 300}), settings)

    for _ in range(settings.steps):
        list(loop.play(run, (images, texts.byte()), settings))

    for k in range(4):
        found = run.sampler.logits(images, texts[:, k]).argmax(dim=1)
        assert found.tolist() == list(range(8))


@pytest.mark.slow
def test_nothing_is_rounded_to_float32_in_double_precision():
    """By its first losses in float64 a recorded run is recognised on every processor."""
    preset = models.preset("clip")
    settings = loop.Settings(**preset["train"] | {"batch": 8 * fingerprint.SHARE})

    (losses,) = fingerprint.first_rounds(loop.new("clip", preset["model"], settings), settings, 1)

    assert losses.keys() == {"encoders"}
    assert math.log(8) - 1 < losses["encoders"] < math.log(8) + 1.5
    for loss in losses.values():
        assert torch.tensor(loss, dtype=torch.float32).item() != loss


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_both_encoders_and_the_temperature_learn_in_either_precision(precision, batch):
    settings = loop.Settings(data="", batch=4, steps=5, precision=precision)
    run = loop.start(CLIP(**SMALL), settings)

    ((player, loss),) = loop.play(run, batch, settings)

    assert (player, loss.dtype) == ("encoders", torch.float32)
    for name, p in run.model.named_parameters():
        assert p.grad.isfinite().all(), name
        assert p.grad.any(), name


@pytest.mark.parametrize("stop", [1, 4])
def test_a_resumed_run_ends_with_the_same_bits(stop, batch, tmp_path):
    def played(run: loop.Run, rounds: int) -> list[float]:
        run.model.train()
        return [loss.item() for _ in range(rounds) for _, loss in loop.play(run, batch, SETTINGS)]

    run = loop.new("clip", SMALL, SETTINGS)
    whole = played(run, 6)
    parted = loop.new("clip", SMALL, SETTINGS)
    played(parted, stop)
    checkpoint.save(tmp_path / "c.pt", loop.contents(parted, "clip", SMALL, SETTINGS))
    torch.randn(5)

    resumed, _, _ = loop.resume(tmp_path / "c.pt")
    rest = played(resumed, 6 - stop)

    assert rest == whole[stop:]
    assert all(a != b for a, b in pairwise(whole))
    for one, other in ((run.model, resumed.model), (run.sampler, resumed.sampler)):
        for name, value in one.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name


# Presets


def test_tiny_preset_fits_its_captions_and_is_small():
    preset = models.preset("clip")
    model = models.build("clip", **preset["model"])
    texts = captions.tokens_of(["파란 머리에 안경", "a smiling face"])

    assert model.logits(torch.zeros(3, 3, 16, 16), texts).shape == (3, 2)
    assert len(captions.vocabulary()[0]) + 3 == preset["model"]["vocab_size"]  # and 0, begin, end
    assert preset["model"]["context_length"] == captions.CONTEXT
    assert preset["train"]["steps"] == model.rounds
    assert sum(2 * t.numel() for t in zoo.stored(model).state_dict().values()) < 2**20


def test_what_is_recorded_is_all_that_comparing_needs(model, batch, tmp_path):
    images, texts = batch
    checkpoint.save_weights(tmp_path / "w", zoo.stored(model).state_dict())

    other = CLIP(**SMALL).eval()
    checkpoint.put_weights(zoo.stored(other), checkpoint.load_weights(tmp_path / "w"), "w")

    expected = model.logits(images, texts[:, 0].long())
    assert torch.allclose(other.logits(images, texts[:, 0].long()), expected, atol=0.1)


@pytest.mark.slow
def test_paper_preset_plays_a_round_at_its_resolution_on_the_cpu():
    preset = models.preset("clip", "paper")
    settings = loop.Settings(**preset["train"] | {"batch": 2})
    run = loop.new("clip", preset["model"], settings)
    texts = torch.randint(1, 49_406, (2, 1, 77))
    texts[:, :, 9] = 49_407

    ((_, loss),) = loop.play(run, (torch.rand(2, 3, 224, 224) * 2 - 1, texts), settings)

    assert 0 < loss.item() < 10
