"""Models are found by their names, and a mistyped name gets the nearest one."""

import pytest
import torch
from torch import nn

from gan_minimal import data, models
from gan_minimal.errors import UserError
from gan_minimal.models.protocol import DomainTranslator, Pyramid, Sampler, Translator
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


@pytest.mark.parametrize("name", [name for name in models.names() if name != "classifier"])
def test_every_generative_model_has_a_laptop_and_a_paper_preset(name):
    # the networks of CGAN's paper and those that write Hangul are two models
    wanted = {"cgan": {"paper"}, "cgan_conv": {"tiny"}}.get(name, {"tiny", "paper"})
    assert wanted <= models.get(name).PRESETS.keys()
    assert {"year", "code", "licence"} <= models.get(name).PAPER.keys()
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
