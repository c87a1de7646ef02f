"""Does AdaIN bring in style from another image, and does the content stay?"""

import torch
from torch import Tensor, nn

from gan_minimal.claims import Claim, Statement, Values, at_least, at_most
from gan_minimal.data.hangul32 import load_hangul
from gan_minimal.data.registry import LETTERS
from gan_minimal.models.classifier import AttributeClassifier
from gan_minimal.scoring import readings

SEEDS = (10, 11, 12)  # of which glyph meets which
PAIRS = 300
EPS = 1e-8  # StyleGAN's


def statistics(maps: Tensor) -> Tensor:
    """Return mean and standard deviation of each channel of maps `(N, C, H, W)`, `(2, N, C)`."""
    mean, variance = maps.mean((2, 3)), maps.var((2, 3), unbiased=False)
    return torch.stack([mean, variance.sqrt()])


def adain(content: Tensor, style: Tensor) -> Tensor:
    """Give the channels of `content` the mean and standard deviation of those of `style`."""
    (mean, deviation), (own, own_deviation) = (
        statistics(maps)[..., None, None] for maps in (style, content)
    )
    return deviation * (content - own) / (own_deviation.square() + EPS).sqrt() + mean


def pairs(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Draw contents and styles among held-out glyphs: another syllable in another hand.

    Returns:
        The images of the contents and of the styles, `(PAIRS, 1, 32, 32)` in [-1, 1], and the
        labels of both: the three letters and the hand, `(PAIRS, 4)`.
    """
    glyphs = load_hangul("test")
    images = glyphs.images / 127.5 - 1
    labels = torch.stack([glyphs.cho, glyphs.jung, glyphs.jong, glyphs.font], dim=1)
    chance = torch.Generator().manual_seed(seed)
    content, style = torch.randint(len(labels), (2, 10 * PAIRS), generator=chance)
    other = (glyphs.codepoint[content] != glyphs.codepoint[style]) & (
        glyphs.font[content] != glyphs.font[style]
    )
    content, style = content[other][:PAIRS], style[other][:PAIRS]
    return images[content], images[style], labels[content], labels[style]


def read_in_style(
    reader: AttributeClassifier, content: Tensor, style: Tensor
) -> tuple[dict[str, Tensor], float]:
    """Let the reader look at a content, dressed in a style on the way through its layers.

    AdaIN stands after every convolution and its normalisation, as StyleGAN has a style for each
    layer, and takes the maps of the style at the same depth. "first" has it only after the first
    two convolutions, "plain" nowhere; "style" is the style itself, all of whose maps are copied.

    Returns:
        What is read, the three letters and the hand, `(N, 4)`, of each of them; and the largest
        deviation of a channel's mean or standard deviation from the style's, in units of the mean
        standard deviation of the style's channels.
    """
    depths = {"plain": 0, "first": 2, "all": 6, "style": 0}
    seen = {way: style if way == "style" else content for way in depths}
    depth, off = 0, 0.0
    for layer in reader.body:
        seen = {way: layer(maps) for way, maps in seen.items()}
        if isinstance(layer, nn.BatchNorm2d):
            depth += 1
            dressed = [way for way in depths if depth <= depths[way]]
            seen |= {way: adain(seen[way], seen["style"]) for way in dressed}
            wanted, got = statistics(seen["style"]), statistics(seen["all"])
            off = max(off, ((got - wanted).abs().max() / wanted[1].mean()).item())
    heads = (*LETTERS, "hand")
    logits = {way: reader.logits(features) for way, features in seen.items()}
    read = {
        way: torch.stack([of[name].argmax(dim=1) for name in heads], dim=1)
        for way, of in logits.items()
    }
    return read, off


@torch.inference_mode()
def shares(reader: AttributeClassifier, seed: int) -> dict[str, float]:
    """Return how often letters and hand are read as the content's or the style's."""
    content, style, of_content, of_style = pairs(seed)
    read, off = read_in_style(reader, content, style)

    def letters(way: str, labels: Tensor) -> float:
        return (read[way] == labels)[:, :3].all(dim=1).double().mean().item()

    def hand(way: str, labels: Tensor) -> float:
        return (read[way] == labels)[:, 3].double().mean().item()

    return {
        "off": round(off, 3),  # beyond that it is rounding, which differs between processors
        "hand": hand("all", of_style),
        "hand_kept": hand("all", of_content),
        "hand_before": hand("plain", of_style),
        "letters": letters("all", of_content),
        "letters_before": letters("plain", of_content),
        "letters_copied": letters("style", of_content),
        "letters_style": letters("all", of_style),
        "hand_first": hand("first", of_style),
        "letters_first": letters("first", of_content),
    }


def measure() -> Values:
    """Read three drawings of pairs."""
    reader = readings.classifier("jamo")
    found = [shares(reader, seed) for seed in SEEDS]
    return {name: [each[name] for each in found] for name in found[0]}


CLAIM = Claim(
    __file__,
    place="lecture.md#adain",
    family="growth-and-style",
    measure=measure,
    statements=(
        Statement("statistics", lambda values: at_most(values["off"], 0.01)),
        Statement("style", lambda values: at_least(values["hand"], 0.5)),
        Statement("content", lambda values: at_least(values["letters"], 0.5), ours=True),
        Statement("copied", lambda values: at_most(values["letters_copied"], 0.05), ours=True),
    ),
    tolerance=0.1,  # of a share this small one glyph makes several per cent
    plot=("hand", "hand_kept", "letters", "letters_copied"),
    limits=lambda _: {"hand": 0.5, "letters": 0.5, "letters_copied": 0.05},
)
