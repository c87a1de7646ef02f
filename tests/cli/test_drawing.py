"""The commands `sample` and `translate`: what they draw, and one sentence for every mistake."""

from pathlib import Path
from unicodedata import normalize

import numpy as np
import pytest
from PIL import Image

from gan_minimal import data, models
from tests.cli.helpers import misused, pixels, refused

# Samples


def test_sample_writes_a_grid_that_depends_on_the_seed_alone(run):
    code, shown, _ = run("sample", "dcgan", "--n", 20, "--out", "one.png")
    assert (code, shown) == (0, "one.png\n")
    run("sample", "dcgan", "--n", 20, "--out", "again.png")
    run("sample", "dcgan", "--n", 20, "--out", "other.png", "--seed", 1)

    # 8 in a row, each 16 pixels and one between, four times as large
    assert pixels("one.png").shape == ((3 * 17 - 1) * 4, (8 * 17 - 1) * 4, 3)
    assert Path("one.png").read_bytes() == Path("again.png").read_bytes()
    assert Path("one.png").read_bytes() != Path("other.png").read_bytes()


def test_sample_writes_webp_without_loss_and_makes_its_folder(run):
    run("sample", "gan", "--n", 3, "--out", "one.png")
    code, _, _ = run("sample", "gan", "--n", 3, "--out", "new/folder/one.webp")

    assert code == 0
    assert np.array_equal(pixels("new/folder/one.webp"), pixels("one.png"))


def test_a_word_is_written_syllable_by_syllable(run):
    code, shown, _ = run("sample", "cgan", "--text", "한 글", "--n", 2, "--out", "word.png")
    run("sample", "cgan", "--text", "한", "--out", "one.png")

    assert (code, shown) == (0, "word.png\n")
    word, one = pixels("word.png"), pixels("one.png")
    assert word.shape == (2 * 64, 3 * 64, 3)  # two hands, three characters, twice as large
    assert (word[:, 64:128] == 255).all()  # the space is paper
    assert np.array_equal(word[:64, :64], one)  # the same hand, whatever stands beside it
    assert not np.array_equal(word[:64], word[64:])


def test_sample_enlarges_by_whole_pixels(run):
    run("sample", "dcgan", "--n", 1, "--scale", 1, "--out", "small.png")
    run("sample", "dcgan", "--n", 1, "--scale", 5, "--out", "large.png")

    small = pixels("small.png")
    assert small.shape == (16, 16, 3)
    assert np.array_equal(pixels("large.png"), small.repeat(5, 0).repeat(5, 1))


def test_sample_of_one_run_starts_as_that_of_more_images(run):
    """64 faces are laid out like 8 rows of the same 8."""
    run("sample", "dcgan", "--n", 64, "--out", "faces.png")

    assert pixels("faces.png").shape == (8 * 68 - 4, 8 * 68 - 4, 3)


# Translations of one's own pictures


@pytest.fixture
def syllable(empty_folder) -> Path:
    """A large printed syllable, light on dark."""
    values = data.load("hangul32-pairs", "test").tensors[0][0, 0]
    grey = ((1 - values) * 127.5).round().byte().numpy()
    Image.fromarray(grey).resize((200, 200)).save("syllable.png")
    return Path("syllable.png")


@pytest.fixture
def translators(run) -> None:
    """Runs of both models, hardly trained."""
    for name in ("pix2pix", "cyclegan"):
        code, shown, error = run("train", name, "--steps", 1, "--batch", 2)
        assert code == 0, error
        assert f"What it draws: runs/{name}/samples.png" in shown
        # inputs, translations and targets, eight of each
        assert pixels(f"runs/{name}/samples.png").shape == ((3 * 33 - 1) * 2, (8 * 33 - 1) * 2, 3)


@pytest.mark.usefixtures("translators")
def test_a_picture_is_translated(run, syllable):
    code, shown, error = run("translate", "runs/pix2pix", "--input", syllable, "--out", "new/a.png")
    assert (code, shown) == (0, "new/a.png\n"), error
    assert pixels("new/a.png").shape == (64, 64, 3)

    run("translate", "runs/pix2pix", "--input", syllable, "--out", "b.png", "--seed", 0)
    assert Path("new/a.png").read_bytes() == Path("b.png").read_bytes()

    for out, options in (("c.png", ()), ("d.png", ("--back",))):
        code, _, error = run(
            *("translate", "runs/cyclegan", "--input", syllable, "--out", out, "--scale", 1),
            *options,
        )
        assert code == 0, error
        assert pixels(out).shape == (32, 32, 3)
    assert Path("c.png").read_bytes() != Path("d.png").read_bytes()

    for arguments, sentence in (
        (
            ("sample", "runs/pix2pix"),
            "draws from a picture, not from noise: `gan-minimal translate runs/pix2pix --input",
        ),
        (("translate", "runs/pix2pix", "--input", syllable, "--back"), "translates one way only"),
        (("translate", "runs/pix2pix", "--input", "no.png"), "There is no file no.png"),
        (
            ("translate", "runs/pix2pix", "--input", syllable, "--to", "hat"),
            "knows one change only: leave --to out",
        ),
        (("translate", "runs/pix2pix", "--input", syllable, "--text", "x"), "No such option"),
    ):
        code, _, error = run(*arguments)
        assert code == 2
        assert sentence in error
    Image.new("L", (50, 50), 255).save("blank.png")
    code, _, error = run("translate", "runs/cyclegan", "--input", "blank.png")
    assert (code, error.count("\n")) == (2, 1)
    assert "blank.png is blank: expected is one Korean syllable" in error


@pytest.mark.slow
def test_a_face_is_edited_as_asked(run):
    code, shown, error = run("train", "stargan", "--steps", 1, "--batch", 10)
    assert code == 0, error
    assert "What it draws: runs/stargan/samples.png" in shown
    # faces, the same with another label each, and the faces that have those labels
    assert pixels("runs/stargan/samples.png").shape == ((3 * 17 - 1) * 4, (8 * 17 - 1) * 4, 3)
    run("sample", "dcgan", "--n", 1, "--out", "face.png")

    def edited(wish: str) -> bytes:
        options = ("--input", "face.png", "--to", wish, "--out", "out.png")
        code, _, error = run("translate", "runs/stargan", *options)
        assert code == 0, error
        return Path("out.png").read_bytes()

    assert edited("blond hair,glasses") == edited("금발,안경") != edited("red hair")
    for arguments, sentence in (
        ((), 'has to be told what to change: --to "...", such as blonde'),
        (("--to", "blnd hair"), "Nothing is known of 'blnd hair': did you mean 'blond hair'"),
        (("--to", "hat", "--back"), "translates one way only"),
    ):
        code, _, error = run("translate", "runs/stargan", "--input", "face.png", *arguments)
        assert (code, error.count("\n")) == (2, 1)
        assert sentence in error
    Image.new("RGB", (64, 64), "red").save("red.png")
    code, _, error = run("translate", "runs/stargan", "--input", "red.png", "--to", "hat")
    assert code == 2
    assert "red.png is no pixel-art face" in error


def test_a_folder_of_pairs_is_trained_on(run):
    for side in "ab":
        Path("mine", side).mkdir(parents=True)
        for i in range(8):
            Image.new("RGB", (40, 30), (30 * i, 9, 9)).save(f"mine/{side}/{i}.png")
    Image.new("RGB", (90, 60), "red").save("own.jpg")
    presets = models.get("pix2pix").PRESETS
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(presets["tiny"], "model", presets["faces"]["model"])
        code, _, error = run("train", "pix2pix", "--data", "mine", "--batch", 2, "--steps", 1)
    assert code == 0, error

    code, _, error = run("translate", "runs/pix2pix", "--input", "own.jpg", "--out", "own.png")

    assert code == 0, error
    assert pixels("own.png").shape == (64, 64, 3)


def test_every_image_is_written_to_a_file_of_its_own(run):
    code, shown, error = run("sample", "dcgan", "--n", 260, "--each", "--out", "many")

    assert (code, shown) == (0, "many: 260 images\n"), error
    files = sorted(Path("many").iterdir())
    assert [file.name for file in (files[0], files[-1])] == ["00000.png", "00259.png"]
    assert len(files) == 260
    drawn = [pixels(file) for file in files]
    assert drawn[0].shape == (16, 16, 3)
    assert len({image.tobytes() for image in drawn}) > 250
    run("sample", "dcgan", "--n", 260, "--each", "--out", "again", "--scale", 2)
    assert np.array_equal(pixels("again/00259.png")[::2, ::2], drawn[-1])


def test_a_word_is_the_same_in_either_spelling(run):
    for form in ("NFC", "NFD"):
        code, _, error = run(
            "sample", "cgan", "--text", normalize(form, "한글"), "--out", f"{form}.png"
        )
        assert code == 0, error

    assert np.array_equal(pixels("NFC.png"), pixels("NFD.png"))


@pytest.mark.slow
def test_a_checkpoint_is_drawn_with_like_the_folder_in_which_it_lies(run):
    run("train", "gan", "--batch", 8, "--steps", 1, "--out", "mine")

    for name in ("mine", "mine/checkpoint.pt"):
        assert run("sample", name, "--n", 4, "--out", f"{name[-2:]}.png")[0] == 0

    assert np.array_equal(pixels("ne.png"), pixels("pt.png"))


# Mistakes


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("sample dcgn", "There is no recorded run 'dcgn': did you mean 'dcgan'?"),
        ("sample ./runs/mine", "There is no recorded run './runs/mine'"),
        ("sample attributes", "attributes draws no images"),
        (
            "translate dcgan --input file.txt",
            "pictures; these do: cyclegan, pix2pix, pix2pix_faces, stargan.",
        ),
        ("translate pix2pix --input file.txt --out x.gif", "--out ends with .png or .webp"),
        ("sample dcgan --out faces.jpg", "--out ends with .png or .webp, not '.jpg'"),
        ("sample dcgan --out faces", "not 'without an ending'"),
        ("sample dcgan --out file.txt/x.png", "file.txt"),
        ("sample dcgan --scale 64 --n 4096", "69,632 pixels wide: choose a smaller --scale"),
        ("sample dcgan --text 안녕", "--text is for models that write Hangul, such as cgan: dcgan"),
        ("sample cgan --text Hi", "'H' is not a Korean syllable such as 한"),
        ("sample cgan --text ㅋㅋ", "'ㅋ' is not a Korean syllable such as 한"),
        ("sample cgan --text=", "--text is empty"),
        ("sample dcgan --n 5000", "5,000 images are too many for one picture: --each writes"),
        ("sample cgan --text 안 --n 300", "19,200 pixels high: choose a smaller --scale."),
        ("sample cgan --text 안 --n 600 --scale 1", "19,200 pixels high: draw less."),
        ("sample cgan --text " + "안" * 40_000, "2,560,000 pixels wide: draw less."),
        ("sample dcgan --out folder.png", "--out folder.png is a folder: name a file"),
        ("sample folder.png", "folder.png holds no run: there is no checkpoint.pt in it"),
        ("sample nowhere/checkpoint.pt", "There is no checkpoint nowhere/checkpoint.pt"),
        ("sample file.txt/checkpoint.pt", "There is no checkpoint file.txt/checkpoint.pt"),
        ("sample dcgan --each --out folder.png", "folder.png is there already, and not empty"),
        ("sample dcgan --each --out file.txt", "file.txt is there already, and not empty"),
        ("sample dcgan --each --out many.png", "--each writes files into a folder"),
        ("sample pix2pix --each", "pix2pix does not draw single images from noise"),
        ("sample cgan --each --text 안", "--each goes with --n, --seed, --scale and --out only"),
    ],
)
@pytest.mark.slow
def test_a_mistake_is_one_sentence_and_exit_code_2(arguments, sentence, run):
    Path("file.txt").write_text("something else", encoding="utf-8")
    Path("folder.png/inside").mkdir(parents=True)

    refused(run, arguments.split(), sentence)
    assert not list(Path().rglob("*.pt"))


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        ("sample dcgan --n 0", "--n"),
        ("sample dcgan --n 5000000 --each", "--n"),
        ("sample dcgan --n many", "--n"),
        ("sample dcgan --seed -1", "--seed"),
        ("sample dcgan --seed 99999999999999999999", "--seed"),
        ("sample dcgan --scale 0", "--scale"),
        ("sample", "Missing argument"),
    ],
)
def test_a_mistake_in_the_options_is_named(arguments, named, run):
    misused(run, arguments.split(), named)


def test_an_error_of_the_system_without_a_file_is_one_sentence_too(run, monkeypatch):
    def fail(*_):
        raise OSError("the disk is full")

    monkeypatch.setattr("gan_minimal.images.save", fail)

    assert run("sample", "gan", "--n", 1) == (2, "", "gan-minimal: the disk is full\n")
