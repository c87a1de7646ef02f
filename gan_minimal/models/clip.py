"""CLIP: images and sentences as points of one space, close together where they belong together.

Radford, Kim, Hallacy et al., "Learning Transferable Visual Models From Natural Language
Supervision", 2021, arXiv:2103.00020. Code: openai/CLIP by the authors (MIT).

Left out: the ResNets, random crops, half precision and the splitting of one minibatch over many
GPUs. The paper preset is ViT-B/32; its vocabulary is that of 49,408 byte pairs, its tokenizer is
not here. Which tokens a text has is decided outside; see `gan_minimal.data.captions` for ours.
"""

import math
from collections.abc import Iterator
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer

PAPER = {"year": 2021, "arxiv": "2103.00020", "code": "openai/CLIP", "licence": "MIT"}


# --8<-- [start:transformer]
def quick_gelu(x: Tensor) -> Tensor:
    """Return an approximation of GELU, the one that CLIP was trained with."""
    return x * torch.sigmoid(1.702 * x)


def transformer(width: int, layers: int, heads: int) -> nn.TransformerEncoder:
    """Return pre-norm blocks of attention and a hidden layer, `(N, L, width)` to the same shape."""
    block = nn.TransformerEncoderLayer(
        width, heads, 4 * width, 0.0, quick_gelu, batch_first=True, norm_first=True
    )
    blocks = nn.TransformerEncoder(block, layers, enable_nested_tensor=False)
    for each in blocks.layers:  # deep ones begin with small steps, as in GPT-2
        nn.init.normal_(each.self_attn.in_proj_weight, std=width**-0.5)
        nn.init.normal_(each.self_attn.out_proj.weight, std=(2 * layers * width) ** -0.5)
        nn.init.normal_(each.linear1.weight, std=(2 * width) ** -0.5)
        nn.init.normal_(each.linear2.weight, std=(2 * layers * width) ** -0.5)
    return blocks


# --8<-- [end:transformer]
# --8<-- [start:image]
class ImageEncoder(nn.Module):
    """A vision transformer: images `(N, C, size, size)` to points `(N, joint)` (section 2.4)."""

    def __init__(
        self, size: int, channels: int, patch: int, width: int, layers: int, heads: int, joint: int
    ) -> None:
        super().__init__()
        self.patches = nn.Conv2d(channels, width, patch, stride=patch, bias=False)
        self.summary = nn.Parameter(torch.randn(width) * width**-0.5)
        places = (size // patch) ** 2 + 1
        self.places = nn.Parameter(torch.randn(places, width) * width**-0.5)
        self.before = nn.LayerNorm(width)
        self.blocks = transformer(width, layers, heads)
        self.after = nn.LayerNorm(width)
        self.project = nn.Linear(width, joint, bias=False)
        nn.init.normal_(self.project.weight, std=width**-0.5)

    def forward(self, images: Tensor) -> Tensor:
        """Cut into patches, let them look at each other, and return what the summary has seen."""
        patches = self.patches(images).flatten(2).transpose(1, 2)  # (N, patches, width)
        summary = self.summary.to(patches.dtype).expand(len(images), 1, -1)
        x = torch.cat([summary, patches], dim=1) + self.places
        points: Tensor = self.project(self.after(self.blocks(self.before(x))[:, 0]))
        return points


# --8<-- [end:image]
# --8<-- [start:text]
class TextEncoder(nn.Module):
    """Tokens `(N, L)` to points `(N, joint)`.

    The last token of a text, with the highest number of all, ends it. As each token sees only
    those before it, that one has seen the whole text; what follows is padding.
    """

    def __init__(
        self, vocabulary: int, context: int, width: int, layers: int, heads: int, joint: int
    ) -> None:
        super().__init__()
        self.words = nn.Embedding(vocabulary, width)
        self.places = nn.Parameter(torch.randn(context, width) * 0.01)
        self.blocks = transformer(width, layers, heads)
        self.after = nn.LayerNorm(width)
        self.project = nn.Linear(width, joint, bias=False)
        nn.init.normal_(self.words.weight, std=0.02)
        nn.init.normal_(self.project.weight, std=width**-0.5)

    def forward(self, tokens: Tensor) -> Tensor:
        """Read texts `(N, L)`, L at most the context."""
        x = self.words(tokens) + self.places[: tokens.shape[1]]
        later = nn.Transformer.generate_square_subsequent_mask(tokens.shape[1], x.device, x.dtype)
        x = self.blocks(x, later, is_causal=True)
        points: Tensor = self.project(self.after(x[torch.arange(len(x)), tokens.argmax(dim=1)]))
        return points


# --8<-- [end:text]
# --8<-- [start:setup]
class CLIP(nn.Module):
    """Both encoders, trained to find the text of an image among many, and its image for a text.

    Args:
        size: Height and width of images, a multiple of `patch`.
        channels: 3 for colour, 1 for grey.
        patch: Height and width of a patch.
        image_width: Length of the vectors that stand for patches.
        image_layers: Blocks of the image encoder.
        vocabulary: Number of tokens.
        context: Tokens of a text at most, its beginning and its end included.
        text_width: Length of the vectors that stand for tokens.
        text_layers: Blocks of the text encoder.
        head: Length of the vectors that one head of attention compares.
        joint: Dimensions of the space of both.
        lr: Largest learning rate.
        decay: Weight decay, for matrices only.
        warmup: Rounds in which the learning rate rises.
        rounds: Rounds at the end of which it has fallen to zero along a cosine.
        noise: Standard deviation of the noise that is added to images while training. Small changes
            of pixels then count for less, which nobody sees but StyleCLIP would make use of.
    """

    recorded: ClassVar[tuple[str, ...]] = ("image", "text")
    example: ClassVar[tuple[int, ...]] = (3, 2)

    def __init__(
        self,
        size: int = 224,
        channels: int = 3,
        patch: int = 32,
        image_width: int = 768,
        image_layers: int = 12,
        vocabulary: int = 49_408,
        context: int = 77,
        text_width: int = 512,
        text_layers: int = 12,
        head: int = 64,
        joint: int = 512,
        lr: float = 5e-4,
        decay: float = 0.2,
        warmup: int = 2000,
        rounds: int = 390_625,
        noise: float = 0.0,
    ) -> None:
        super().__init__()
        self.size, self.channels, self.context = size, channels, context
        self.lr, self.decay, self.warmup, self.rounds = lr, decay, warmup, rounds
        self.noise = noise
        heads = image_width // head
        self.image = ImageEncoder(size, channels, patch, image_width, image_layers, heads, joint)
        heads = text_width // head
        self.text = TextEncoder(vocabulary, context, text_width, text_layers, heads, joint)
        self.log_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))  # of 1 / temperature

    def optimizers(self) -> dict[str, Optimizer]:
        """AdamW for the only player; gains and biases do not decay."""
        matrices = [p for p in self.parameters() if p.dim() > 1]
        others = [p for p in self.parameters() if p.dim() < 2]
        groups: list[dict[str, Any]] = [
            {"params": matrices},
            {"params": others, "weight_decay": 0.0},
        ]
        made = AdamW(groups, self.lr, (0.9, 0.98), 1e-6, weight_decay=self.decay, fused=True)
        return {"encoders": made}

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Let the learning rate rise evenly, then fall along half a cosine."""
        share = min(1.0, max(0, step - self.warmup) / (self.rounds - self.warmup))
        factor = min(1.0, (step + 1) / self.warmup) * (1 + math.cos(math.pi * share)) / 2
        for group in optimizers["encoders"].param_groups:
            group["lr"] = self.lr * factor

    # --8<-- [end:setup]
    # --8<-- [start:step]
    def logits(self, images: Tensor, tokens: Tensor) -> Tensor:
        """Compare images `(N, C, H, W)` with texts `(M, L)`: `(N, M)`, cosines / temperature."""
        a, b = F.normalize(self.image(images), dim=1), F.normalize(self.text(tokens), dim=1)
        return self.log_scale.exp() * a @ b.T

    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Learn from images `(N, C, H, W)` and K texts of each, `(N, K, L)`; the loss in nats.

        One text is drawn for each image; those of the others are what it is told apart from
        (figure 3 of the paper).
        """
        images, texts = batch
        images = images + self.noise * torch.randn_like(images)
        drawn = torch.randint(texts.shape[1], (len(texts),), device=texts.device)
        tokens = texts[torch.arange(len(texts), device=texts.device), drawn].long()
        logits = self.logits(images, tokens)
        own = torch.arange(len(images), device=images.device)
        yield "encoders", (F.cross_entropy(logits, own) + F.cross_entropy(logits.T, own)) / 2
        with torch.no_grad():
            self.log_scale.clamp_(max=math.log(100))  # sharper ones made training unstable


# --8<-- [end:step]
# --8<-- [start:presets]
IMAGE = {"size": 16, "patch": 4, "image_width": 96, "image_layers": 3}
TEXT = {"vocabulary": 131, "context": 40, "text_width": 64, "text_layers": 2}
PACE = {"joint": 64, "head": 16, "lr": 2e-3, "decay": 0.05, "warmup": 200, "rounds": 3000}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": IMAGE | TEXT | PACE | {"noise": 0.15},
        "train": {"data": "faces16-captions", "batch": 256, "steps": 3000},
    },
    # 32 epochs of 400 million pairs in minibatches of 32,768 (section 2.5)
    "paper": {"model": {}, "train": {"data": "./pairs", "batch": 32_768, "steps": 390_625}},
}
# --8<-- [end:presets]
