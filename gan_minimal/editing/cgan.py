"""Words in Hangul, written by a model that knows the letters of a syllable."""

import torch
from torch import Tensor

from gan_minimal import images
from gan_minimal.data import hangul32
from gan_minimal.errors import UserError
from gan_minimal.images import Pictures
from gan_minimal.models.cgan_conv import ConvCGAN
from gan_minimal.models.protocol import Model
from gan_minimal.models.sampling import seeded

LETTERS = (len(hangul32.CHO), len(hangul32.JUNG), len(hangul32.JONG))  # what a syllable is made of

SEEN, UNSEEN = "강물빛꿈", 4  # syllables shown in many hands: some of training, some held out


def writer(model: Model, name: str) -> ConvCGAN:
    """Return `model` if it writes Hangul.

    Raises:
        UserError: If it does not.
    """
    if not isinstance(model, ConvCGAN) or model.classes != LETTERS:
        raise UserError(f"--text is for models that write Hangul, such as cgan: {name} does not.")
    return model


@torch.no_grad()
def write(model: ConvCGAN, text: str, n: int, seed: int = 0) -> Tensor:
    """Write Korean syllables in `n` hands, `(n, len(text), 1, 32, 32)` in [-1, 1].

    Args:
        model: A trained `ConvCGAN` of Hangul, in evaluation mode.
        text: Composed Korean syllables, or spaces.
        n: Number of hands; each is one draw of the noise.
        seed: Seed of the noise.

    Raises:
        UserError: If a character is neither a composed Korean syllable nor a space.
    """
    labels = torch.tensor([hangul32.decompose("가" if c.isspace() else c) for c in text])
    with seeded(seed):
        z = model.noise(n)
    drawn: Tensor = model.generator(z.repeat_interleave(len(text), 0), labels.repeat(n, 1))
    drawn = drawn.unflatten(0, (n, len(text)))
    drawn[:, [i for i, c in enumerate(text) if c.isspace()]] = 1.0  # paper
    return drawn


def hands(model: ConvCGAN) -> Pictures:
    """Write syllables in eight hands each, and words in the same five hands."""
    held_out = "".join(sorted(hangul32.held_out())[:: 235 // UNSEEN][:UNSEEN])
    return {
        "hands.webp": images.grid(
            write(model, SEEN + held_out, 8).transpose(0, 1).flatten(0, 1), 8
        ),
        "word.webp": images.grid(write(model, "안녕하세요", 5).flatten(0, 1), columns=5),
    }
