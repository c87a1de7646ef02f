"""Arguments of models: of the right kind before anything is built, and blamed for what they do."""

import pytest
import torch

from gan_minimal import data, models
from gan_minimal.errors import UserError, sentence
from gan_minimal.training import arguments, loop
from gan_minimal.training.loop import Settings

NAN, INF = float("nan"), float("inf")
WRONG = {
    "a whole number from 0": [-1, 1.5, 1.0, True, "3", NAN, INF, 2**31, 10**400, (1,)],
    "a number from 0": [-1, -0.1, True, "0.1", NAN, INF, -INF, 1e308, 10**400, (0.1,)],
    "True or False": [0, 1, "True", 1.0],
    "two whole numbers": [5, "12", (1,), (1, 2, 3), (1, 2.5), (-1, 5), (None, 1), (True, 2)],
    "two numbers": [0.5, "ab", (0.5,), (0.5, NAN), (0.5, "0.9"), (0.5, -1)],
    "whole numbers from 0 on": [5, "abc", (1.5,), (-1,), {1: 2}, (2**31,)],
    "names with whole numbers": [5, (3,), {1: 2}, {"a": "b"}, {"a": -1}],
}


@pytest.mark.parametrize("name", models.names())
def test_every_argument_of_every_model_is_of_its_kind(name):
    for key, parameter in arguments.parameters(name).items():
        for preset in models.get(name).PRESETS.values():
            arguments.check(name, preset["model"])
        if parameter.default is not parameter.empty:
            arguments.check(name, {key: parameter.default})
        with pytest.raises(UserError, match=f"^{key} of {name} is ") as refused:
            arguments.check(name, {key: object()})
        values = [
            value for kind, each in WRONG.items() if kind in str(refused.value) for value in each
        ]
        assert values, refused.value
        for value in values:
            with pytest.raises(UserError, match=f"^{key} of {name} is ") as refused:
                arguments.check(name, {key: value})
            assert len(str(refused.value)) < 200


def test_numbers_and_lists_become_what_the_class_wants():
    given = {"lr": 1, "betas": [0, 1], "lr_decay": [3, 5], "width": 8, "discriminator_width": None}

    arguments.check("dcgan", given)

    wanted = {"lr": 1.0, "betas": (0.0, 1.0), "lr_decay": (3, 5)}
    found = arguments.converted("dcgan", given)
    assert found == given | wanted
    assert [type(each) for each in (found["lr"], *found["betas"])] == [float] * 3


@pytest.mark.parametrize("name", ["dcgan", "stargan", "stylegan"])
@pytest.mark.parametrize("rounds", [(5, 3), (5, 5)])
def test_a_learning_rate_that_would_become_negative_is_refused(name, rounds):
    with pytest.raises(UserError, match="begins to fall and a later one in which it is zero"):
        arguments.check(name, {"lr_decay": rounds})


@pytest.mark.parametrize(
    ("name", "wrong", "said"),
    [
        ("dcgan", {"size": 17}, "built with size=17: size must be a power of two"),
        ("gan", {"latent": 0}, "built with latent=0: a layer would have no weights"),
        ("pix2pix", {"downsamplings": 1}, "downsamplings=1: downsamplings must be at least 2"),
        ("pix2pix", {"downsamplings": 2**31 - 1}, "at most 30, since each halves the image"),
        ("cyclegan", {"discriminator_downsamplings": 31}, "at most 30, since each halves"),
        ("singan", {"scale_factor": 1 - 1e-9}, "hardly smaller than it"),
        ("singan", {"scale_factor": 1.0}, r"learn with scale_factor=1.0; with scale_factor=0.65"),
        ("wgan_gp", {"betas": (2.0, 0.9)}, r"betas=\(2.0, 0.9\): Invalid beta"),
        ("clip", {"vision_layers": 10**8}, "A network of so many layers"),
        ("clip", {"head_width": 0, "patch_size": 0}, "learn with patch_size=0, head_width=0"),
        ("dcgan", {"size": 17, "latent": 0}, "latent=0"),
    ],
)
def test_what_cannot_be_built_is_blamed_on_the_argument(name, wrong, said):
    preset = models.preset(name)

    with pytest.raises(UserError, match=said):
        loop.new(name, preset["model"] | wrong, Settings("faces16", batch=4, steps=1))


def test_an_overflow_that_is_none_of_a_size_is_no_want_of_memory():
    for words, known in (
        ("value cannot be converted to type float without overflow", False),
        ("Storage size calculation overflowed with sizes=[5, 5]", True),
        ("numel: integer multiplication overflow", True),
    ):
        assert (sentence(RuntimeError(words)) is not None) == known


ROUNDS = {
    "gan": {"momentum_steps": 0},
    "wgan": {"n_critic_long": 0},
    "classifier": {"steps": 0},
}


@pytest.mark.parametrize("name", ROUNDS)
def test_a_round_that_cannot_be_played_is_blamed_on_the_argument(name):
    preset = models.preset(name)
    settings = Settings(preset["train"]["data"], batch=8, steps=1)
    examples = data.load(settings.data)
    asked = preset["model"] | ROUNDS[name]
    run = loop.new(name, asked, settings)

    with pytest.raises(Exception) as failed:  # noqa: PT011 # whatever Python says
        loop.train(run, examples, settings, quiet=True)
    fault = loop.fault(failed.value, name, asked, settings, examples, 0)

    ((key, value),) = ROUNDS[name].items()
    assert str(fault).startswith(f"{name} cannot learn with {key}={value}; with {key}=")


def test_an_error_of_ours_is_blamed_on_nobody(monkeypatch):
    settings = Settings("faces16", batch=4, steps=1)
    examples = data.load("faces16")

    def play(*_):
        raise KeyError("a mistake of ours")

    monkeypatch.setattr(loop, "play", play)
    asked = models.preset("gan")["model"] | {"latent": 3}
    assert loop.fault(KeyError("x"), "gan", asked, settings, examples, 0) is None


@pytest.mark.parametrize("name", ["gan", "cgan"])
def test_the_learning_rate_of_a_training_without_end_is_the_lowest(name):
    model = models.build(name)
    optimizers = model.optimizers()

    model.schedule(10**9, optimizers)

    assert {group["lr"] for o in optimizers.values() for group in o.param_groups} == {1e-6}


def test_an_outline_draws_no_random_numbers():
    torch.manual_seed(1)
    arguments.built("gan", models.preset("gan")["model"])
    assert torch.rand(1) == torch.rand(1, generator=torch.Generator().manual_seed(1))
