"""CLIP: images and sentences as vectors of one space, near to each other where they belong.

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

PAPER = {"year": 2021, "arxiv": "2103.00020", "code": "openai/CLIP", "reference_licence": "MIT"}


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
    """A vision transformer: images `(N, C, size, size)` to features `(N, embed_dim)` (2.4).

    Args:
        size: Height and width of images.
        channels: 3 for colour, 1 for grey.
        patch_size: Height and width of a patch.
        width: Length of the vectors that stand for patches.
        layers: Number of blocks.
        heads: Heads of attention in each.
        embed_dim: Length of a feature vector.
    """

    def __init__(
        self,
        size: int,
        channels: int,
        patch_size: int,
        width: int,
        layers: int,
        heads: int,
        embed_dim: int,
    ) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(channels, width, patch_size, stride=patch_size, bias=False)
        self.class_embedding = nn.Parameter(torch.randn(width) * width**-0.5)
        tokens = (size // patch_size) ** 2 + 1
        self.positional_embedding = nn.Parameter(torch.randn(tokens, width) * width**-0.5)
        self.ln_pre = nn.LayerNorm(width)
        self.transformer = transformer(width, layers, heads)
        self.ln_post = nn.LayerNorm(width)
        self.proj = nn.Linear(width, embed_dim, bias=False)
        nn.init.normal_(self.proj.weight, std=width**-0.5)

    def forward(self, images: Tensor) -> Tensor:
        """Cut into patches, let them attend to each other, and project the class token."""
        patches = self.conv1(images).flatten(2).transpose(1, 2)  # (N, patches, width)
        class_token = self.class_embedding.to(patches.dtype).expand(len(images), 1, -1)
        x = torch.cat([class_token, patches], dim=1) + self.positional_embedding
        x = self.transformer(self.ln_pre(x))  # (N, 1 + patches, width)
        features: Tensor = self.proj(self.ln_post(x[:, 0]))
        return features


# --8<-- [end:image]
# --8<-- [start:text]
class TextEncoder(nn.Module):
    """Tokens `(N, L)` to features `(N, embed_dim)`.

    The last token of a text, with the highest number of all, ends it. As each token sees only
    those before it, that one has seen the whole text; what follows is padding.

    Args:
        vocab_size: Number of tokens.
        context_length: Tokens of a text at most.
        width: Length of the vectors that stand for tokens.
        layers: Number of blocks.
        heads: Heads of attention in each.
        embed_dim: Length of a feature vector.
    """

    def __init__(
        self,
        vocab_size: int,
        context_length: int,
        width: int,
        layers: int,
        heads: int,
        embed_dim: int,
    ) -> None:
        super().__init__()
        self.token_embedding = nn.Embedding(vocab_size, width)
        self.positional_embedding = nn.Parameter(torch.randn(context_length, width) * 0.01)
        self.transformer = transformer(width, layers, heads)
        self.ln_final = nn.LayerNorm(width)
        self.text_projection = nn.Linear(width, embed_dim, bias=False)
        nn.init.normal_(self.token_embedding.weight, std=0.02)
        nn.init.normal_(self.text_projection.weight, std=width**-0.5)

    def forward(self, tokens: Tensor) -> Tensor:
        """Read texts `(N, L)`, L at most the context."""
        length = tokens.shape[1]
        x = self.token_embedding(tokens) + self.positional_embedding[:length]  # (N, L, width)
        mask = nn.Transformer.generate_square_subsequent_mask(length, x.device, x.dtype)
        x = self.transformer(x, mask, is_causal=True)
        last = x[torch.arange(len(x)), tokens.argmax(dim=1)]  # (N, width): where the text ends
        features: Tensor = self.text_projection(self.ln_final(last))
        return features


# --8<-- [end:text]
# --8<-- [start:setup]
class CLIP(nn.Module):
    """Both encoders, trained to find the text of an image among many, and its image for a text.

    Args:
        size: Height and width of images, a multiple of `patch_size`.
        channels: 3 for colour, 1 for grey.
        patch_size: Height and width of a patch.
        vision_width: Length of the vectors that stand for patches.
        vision_layers: Blocks of the image encoder.
        vocab_size: Number of tokens.
        context_length: Tokens of a text at most, its beginning and its end included.
        transformer_width: Length of the vectors that stand for tokens.
        transformer_layers: Blocks of the text encoder.
        head_width: Length of the vectors that one head of attention compares.
        embed_dim: Dimensions of the space of both.
        lr: Largest learning rate.
        weight_decay: That of AdamW, for matrices only.
        warmup: Rounds in which the learning rate rises.
        rounds: Rounds at the end of which it has fallen to zero along a cosine.
        noise: Standard deviation of the noise that is added to images while training. Small changes
            of pixels then count for less, which nobody sees but StyleCLIP would make use of.
    """

    recorded: ClassVar[tuple[str, ...]] = ("visual", "text")
    example: ClassVar[tuple[int, ...]] = (3, 2)

    def __init__(
        self,
        size: int = 224,
        channels: int = 3,
        patch_size: int = 32,
        vision_width: int = 768,
        vision_layers: int = 12,
        vocab_size: int = 49_408,
        context_length: int = 77,
        transformer_width: int = 512,
        transformer_layers: int = 12,
        head_width: int = 64,
        embed_dim: int = 512,
        lr: float = 5e-4,
        weight_decay: float = 0.2,
        warmup: int = 2000,
        rounds: int = 390_625,
        noise: float = 0.0,
    ) -> None:
        super().__init__()
        self.size, self.channels, self.context_length = size, channels, context_length
        self.lr, self.weight_decay, self.warmup, self.rounds = lr, weight_decay, warmup, rounds
        self.noise = noise
        self.visual = ImageEncoder(
            size,
            channels,
            patch_size,
            vision_width,
            vision_layers,
            vision_width // head_width,
            embed_dim,
        )
        self.text = TextEncoder(
            vocab_size,
            context_length,
            transformer_width,
            transformer_layers,
            transformer_width // head_width,
            embed_dim,
        )
        self.logit_scale = nn.Parameter(torch.tensor(math.log(1 / 0.07)))  # of 1 / temperature

    def optimizers(self) -> dict[str, Optimizer]:
        """AdamW for the only player; gains and biases do not decay."""
        matrices = [p for p in self.parameters() if p.dim() > 1]
        others = [p for p in self.parameters() if p.dim() < 2]
        groups: list[dict[str, Any]] = [
            {"params": matrices},
            {"params": others, "weight_decay": 0.0},
        ]
        optimizer = AdamW(
            groups, self.lr, (0.9, 0.98), 1e-6, weight_decay=self.weight_decay, fused=True
        )
        return {"encoders": optimizer}

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Let the learning rate rise evenly, then fall along half a cosine."""
        share = min(1.0, max(0, step - self.warmup) / max(1, self.rounds - self.warmup))
        factor = min(1.0, (step + 1) / self.warmup) * (1 + math.cos(math.pi * share)) / 2
        for group in optimizers["encoders"].param_groups:
            group["lr"] = self.lr * factor

    # --8<-- [end:setup]
    # --8<-- [start:step]
    def logits(self, images: Tensor, tokens: Tensor) -> Tensor:
        """Compare images `(N, C, H, W)` with texts `(M, L)`: `(N, M)`, cosines / temperature."""
        image_features = F.normalize(self.visual(images), dim=1)  # (N, embed_dim)
        text_features = F.normalize(self.text(tokens), dim=1)  # (M, embed_dim)
        return self.logit_scale.exp() * image_features @ text_features.T

    def step(self, batch: tuple[Tensor, Tensor]) -> Iterator[tuple[str, Tensor]]:
        """Learn from images `(N, C, H, W)` and K texts of each, `(N, K, L)`; the loss in nats.

        One text is drawn for each image; those of the others are what it is told apart from
        (figure 3 of the paper).
        """
        images, texts = batch
        if images.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(images.shape[1:])} but must be {shape}")
        images = images + self.noise * torch.randn_like(images)
        drawn = torch.randint(texts.shape[1], (len(texts),), device=texts.device)
        tokens = texts[torch.arange(len(texts), device=texts.device), drawn].long()
        logits = self.logits(images, tokens)
        labels = torch.arange(len(images), device=images.device)
        yield "encoders", (F.cross_entropy(logits, labels) + F.cross_entropy(logits.T, labels)) / 2
        with torch.no_grad():
            self.logit_scale.clamp_(max=math.log(100))  # sharper ones made training unstable


# --8<-- [end:step]
# --8<-- [start:presets]
IMAGE = {"size": 16, "patch_size": 4, "vision_width": 96, "vision_layers": 3}
TEXT = {
    "vocab_size": 131,
    "context_length": 40,
    "transformer_width": 64,
    "transformer_layers": 2,
}
BOTH = {"head_width": 16, "embed_dim": 64}
PACE = {"lr": 2e-3, "weight_decay": 0.05, "warmup": 200, "rounds": 3000}
PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": IMAGE | TEXT | BOTH | PACE | {"noise": 0.15},
        "train": {"data": "faces16-captions", "batch": 256, "steps": 3000},
    },
    # 32 epochs of 400 million pairs in minibatches of 32,768 (section 2.5)
    "paper": {"model": {}, "train": {"data": "./pairs", "batch": 32_768, "steps": 390_625}},
}
# --8<-- [end:presets]
