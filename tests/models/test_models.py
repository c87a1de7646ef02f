"""Models are found by their names, and a mistyped name gets the nearest one."""

from copy import deepcopy

import pytest
import torch
from torch import nn

from gan_minimal import data, models
from gan_minimal.errors import UserError
from gan_minimal.models.protocol import (
    Dividing,
    DomainTranslator,
    Pyramid,
    Sampler,
    Scheduled,
    Translator,
)
from gan_minimal.training import loop

PRESETS = [(name, which) for name in models.names() for which in models.get(name).PRESETS]


@pytest.mark.parametrize(("name", "which"), PRESETS)
@pytest.mark.slow
def test_every_preset_builds_and_can_be_trained(name, which):
    preset = models.preset(name, which)

    model = models.build(name, **preset["model"])
    settings = loop.Settings(**preset["train"])

    assert isinstance(model, nn.Module)
    assert settings.steps > 0
    moved = [p for o in model.optimizers().values() for g in o.param_groups for p in g["params"]]
    assert {id(p) for p in moved} == {id(p) for p in model.parameters()}  # nobody is left behind
    assert len(moved) == len({id(p) for p in moved})  # and nobody has two players
    assert set(model.recorded) <= {part for part, _ in model.named_children()}


@pytest.mark.parametrize("run", models.runs())
@pytest.mark.slow
def test_every_recorded_run_says_what_the_examples_of_its_data_are_like(run):
    name, which = models.runs()[run]
    preset = models.preset(name, which)

    model = models.build(name, **preset["model"])

    row = data.find(preset["train"]["data"])
    example = data.load(row.name)[0]
    assert model.example == row.example == tuple(x.ndim for x in example)
    assert model.channels == example[0].shape[0]
    if not isinstance(model, Pyramid):  # which reduces its photograph to its own size
        assert example[0].shape[1:] == (model.size, model.size)


@pytest.mark.parametrize(
    "run", [run for run, (name, _) in models.runs().items() if name not in ("classifier", "clip")]
)
def test_what_a_model_draws_has_no_gradients(run):
    """A reader who draws a thousand images keeps no graph of them in memory."""
    name, which = models.runs()[run]
    model = models.build(name, **models.preset(name, which)["model"]).eval()
    first = data.load(models.preset(name, which)["train"]["data"])[0]
    example = [torch.zeros(2, *x.shape) for x in first]

    drawn = []
    if isinstance(model, Sampler):
        drawn.append(model.sample(2))
    if isinstance(model, DomainTranslator):
        drawn += [model.translate(*example), model.read(example[0])]
    elif isinstance(model, Translator):
        drawn.append(model.translate(example[0]))

    assert drawn
    assert not any(images.requires_grad for images in drawn)


FIRST = {name: next(iter(models.get(name).PRESETS.values())) for name in models.names()}


def first_batch(name: str, n: int | None = None) -> tuple[torch.Tensor, ...]:
    """Return `n` random examples of what model `name` learns from, by default a few."""
    model = models.build(name, **FIRST[name]["model"])
    n = n or (1 if isinstance(model, Pyramid) else 16)
    if isinstance(model, Dividing):
        n = -(-n // model.batch_multiple) * model.batch_multiple
    height, width = model.size if isinstance(model.size, tuple) else (model.size, model.size)
    made = {
        0: lambda: torch.zeros(n, dtype=torch.long),
        1: lambda: torch.eye(model.domains)[torch.arange(n) % model.domains],
        2: lambda: torch.randint(100, (n, 2, 12)),
        3: lambda: 2 * torch.rand(n, model.channels, height, width) - 1,
    }
    return tuple(made[dimensions]() for dimensions in model.example)


def played(model, batch, naive: bool) -> tuple[list[float], list[torch.Tensor]]:
    """Play two rounds; return all losses, and the gradients with which each player moved."""
    optimizers = model.optimizers()
    losses, gradients = [], []
    torch.manual_seed(1)
    for step in (30, 31):
        if isinstance(model, Scheduled):
            model.schedule(step, optimizers)
        for player, loss in model.step(tuple(x.clone() for x in batch)):
            own = [p for group in optimizers[player].param_groups for p in group["params"]]
            optimizers[player].zero_grad()
            loss.backward(inputs=None if naive else own)
            gradients += [p.grad.clone() for p in own if p.grad is not None]
            optimizers[player].step()
            losses.append(loss.item())
    return losses, gradients


@pytest.mark.parametrize("name", models.names())
@pytest.mark.slow
def test_the_loop_that_a_reader_writes_gives_the_same_bits(name):
    """`loss.backward()` costs more than `loss.backward(inputs=...)`, and does the same."""
    torch.manual_seed(0)
    batch, model = first_batch(name), models.build(name, **FIRST[name]["model"])

    ours, naive = (played(deepcopy(model), batch, naive) for naive in (False, True))

    assert ours[0] == naive[0]
    assert len(ours[1]) == len(naive[1])
    assert all(torch.equal(a, b) for a, b in zip(ours[1], naive[1], strict=True))


@pytest.mark.parametrize(
    "name", ["gan", "dcgan", "cgan", "cgan_conv", "pix2pix", "pggan", "stylegan"]
)
@pytest.mark.slow
def test_fakes_cut_off_for_the_discriminator_change_no_bit_of_its_own_gradients(name, monkeypatch):
    torch.manual_seed(0)
    batch, model = first_batch(name), models.build(name, **FIRST[name]["model"])

    cut = played(deepcopy(model), batch, naive=False)
    monkeypatch.setattr(torch.Tensor, "detach", lambda tensor: tensor)
    whole = played(deepcopy(model), batch, naive=False)

    assert cut[0] == whole[0]
    assert all(torch.equal(a, b) for a, b in zip(cut[1], whole[1], strict=True))


@pytest.mark.parametrize("name", models.names())
@pytest.mark.slow
def test_images_of_another_shape_are_refused_in_a_sentence(name):
    model = models.build(name, **FIRST[name]["model"])
    batch = first_batch(name)
    for place, dimensions in enumerate(model.example):
        if dimensions != 3:
            continue
        larger, other = (list(batch) for _ in range(2))
        larger[place] = torch.nn.functional.interpolate(batch[place], scale_factor=2)
        other[place] = batch[place][:, :1].expand(-1, 4, -1, -1)
        wrong = [other] if isinstance(model, Pyramid) else [larger, other]
        for each in wrong:
            shape = tuple(each[place].shape)
            with pytest.raises(ValueError, match=f"{', '.join(map(str, shape[1:]))}"):
                next(model.step(tuple(each)))


@pytest.mark.parametrize("name", ["cgan", "cgan_conv", "stargan"])
def test_labels_of_another_shape_are_refused_in_a_sentence(name):
    model = models.build(name, **FIRST[name]["model"])
    images, *labels = first_batch(name)
    wrong = [labels[0][:, :-1]] if name == "stargan" else [*labels, labels[0]]

    with pytest.raises(ValueError, match=r"labels are .* but must be"):
        next(model.step((images, *wrong)))


@pytest.mark.parametrize("name", [name for name in models.names() if name != "classifier"])
def test_every_generative_model_has_a_laptop_and_a_paper_preset(name):
    # the networks of CGAN's paper and those that write Hangul are two models
    wanted = {"cgan": {"paper"}, "cgan_conv": {"tiny"}}.get(name, {"tiny", "paper"})
    assert wanted <= models.get(name).PRESETS.keys()
    assert {"year", "code", "reference_licence"} <= models.get(name).PAPER.keys()
    assert {"arxiv", "doi"} & models.get(name).PAPER.keys()


@pytest.mark.parametrize(
    ("call", "hint"),
    [
        (lambda: models.get("dcgam"), "There is no model 'dcgam': did you mean 'dcgan'"),
        (lambda: models.get("DCGAN "), "did you mean 'dcgan'"),
        (lambda: models.build("qqq"), "there are: classifier, autoencoder, vae, gan"),
        (lambda: models.preset("dcgan", "papre"), "no preset 'papre': did you mean 'paper'"),
        (lambda: models.preset("gan", "x"), "there are: tiny, paper"),
    ],
)
def test_mistyped_names_get_the_nearest_match(call, hint):
    with pytest.raises(UserError, match=hint):
        call()
