"""Attribute classifier: it reads what generated images show, and so they are scored.

No paper; a small convolutional network with one head for each attribute, as in the multi-task
classifiers for CelebA (Liu et al. 2015, arXiv:1411.7766). From it come the attributes of an image,
so that histograms and conditional accuracy can be measured, and a feature vector, so that Fréchet
and kernel distances can be. No other model is trained by it, so none has learned to please it.
"""

from collections.abc import Iterator
from typing import Any, ClassVar

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.optim import AdamW, Optimizer


class AttributeClassifier(nn.Module):
    """Images to the logits of several attributes, by way of one feature vector.

    Args:
        classes: Number of values of each attribute, by the attribute's name.
        size: Height and width of the images: a power of two, 8 or more.
        channels: 3 for colour, 1 for grey.
        width: Channels of the first layer; they double with every halving of the size.
        features: Length of the feature vector.
        lr: Largest learning rate of AdamW; it rises and falls once ("one cycle").
        steps: Rounds over which the learning rate rises and falls.
        shift: Pixels by which the images of a batch are moved at random in training, at most.
    """

    recorded: ClassVar[tuple[str, ...]] = ("body", "heads")
    batch_multiple: ClassVar[int] = 2  # batch normalisation of one image is of nothing

    def __init__(
        self,
        classes: dict[str, int],
        size: int = 16,
        channels: int = 3,
        width: int = 32,
        features: int = 64,
        lr: float = 3e-3,
        steps: int = 2000,
        shift: int = 0,
    ) -> None:
        super().__init__()
        self.size, self.channels = size, channels
        self.lr, self.steps, self.classes, self.shift = lr, steps, classes, shift
        layers: list[nn.Module] = []
        inputs = channels
        while size > 4:  # (N, inputs, size, size) -> (N, width, size / 2, size / 2)
            layers += [
                nn.Conv2d(inputs, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.Conv2d(width, width, 3, padding=1, bias=False),
                nn.BatchNorm2d(width),
                nn.ReLU(),
                nn.MaxPool2d(2),
            ]
            inputs, width, size = width, width * 2, size // 2
        layers += [
            nn.Flatten(),  # (N, inputs · 4 · 4)
            nn.Dropout(0.2),
            nn.Linear(inputs * size * size, features),
            # without scale and shift: every feature has mean 0 and variance 1 on the training
            # data, so that distances of features weigh them alike
            nn.BatchNorm1d(features, affine=False),
        ]
        self.body = nn.Sequential(*layers)
        self.heads = nn.ModuleDict({name: nn.Linear(features, n) for name, n in classes.items()})

    @property
    def example(self) -> tuple[int, ...]:
        """An image and a whole number for each attribute."""
        return (3, *(0 for _ in self.classes))

    def features(self, images: Tensor) -> Tensor:
        """Images `(N, C, H, W)` in [-1, 1] to standardised features `(N, features)`."""
        result: Tensor = self.body(images)
        return result

    def forward(self, images: Tensor) -> dict[str, Tensor]:
        """Images `(N, C, H, W)` in [-1, 1] to logits `(N, values)`, by the attribute's name."""
        return self.logits(self.features(images))

    def logits(self, features: Tensor) -> dict[str, Tensor]:
        """Features `(N, features)` to logits `(N, values)`, by the attribute's name."""
        return {name: head(F.relu(features)) for name, head in self.heads.items()}

    @torch.no_grad()
    def read(self, images: Tensor) -> dict[str, Tensor]:
        """Return the likeliest value `(N,)` of each attribute, by the attribute's name."""
        return {name: logits.argmax(dim=1) for name, logits in self(images).items()}

    def optimizers(self) -> dict[str, Optimizer]:
        """Give AdamW to the only player."""
        return {"classifier": AdamW(self.parameters(), self.lr, fused=True)}

    def schedule(self, step: int, optimizers: dict[str, Optimizer]) -> None:
        """Raise the learning rate over the first 30 % of the rounds, then lower it to zero."""
        progress = min(step / self.steps, 1)
        factor = progress / 0.3 if progress < 0.3 else (1 - progress) / 0.7
        for group in optimizers["classifier"].param_groups:
            group["lr"] = self.lr * factor

    def step(self, batch: tuple[Tensor, ...]) -> Iterator[tuple[str, Tensor]]:
        """Learn from images `(N, C, H, W)` and one label `(N,)` for each attribute, in order."""
        images, *labels = batch
        if images.shape[1:] != (shape := (self.channels, self.size, self.size)):
            raise ValueError(f"images are {tuple(images.shape[1:])} but must be {shape}")
        if len(images) < 2:
            raise ValueError("batch normalisation needs two images or more")
        if self.shift:
            top, left = torch.randint(2 * self.shift + 1, (2,)).tolist()
            padded = F.pad(images, [self.shift] * 4, mode="replicate")
            images = padded[:, :, top : top + self.size, left : left + self.size]
        logits = self(images).values()
        losses = [F.cross_entropy(z, y) for z, y in zip(logits, labels, strict=True)]
        yield "classifier", torch.stack(losses).sum()


PRESETS: dict[str, dict[str, dict[str, Any]]] = {
    "tiny": {
        "model": {
            "classes": {
                "hair_color": 8,
                "hair_length": 2,
                "glasses": 2,
                "hat": 2,
                "beard": 2,
                "mouth": 2,
                "skin": 8,
            },
        },
        "train": {"data": "faces16-labels", "batch": 128, "steps": 2000},
    },
    # For Hangul: the three letters of a syllable, and the font that it is written in
    "jamo": {
        "model": {
            "classes": {"initial": 19, "medial": 21, "final": 28, "hand": 5},
            "size": 32,
            "channels": 1,
            "steps": 4000,
            "shift": 2,
        },
        "train": {"data": "hangul32-labels", "batch": 128, "steps": 4000},
    },
    # For characters of 64 pixels
    "voxel": {
        "model": {
            "classes": {
                "background": 5,
                "skin": 5,
                "top": 13,
                "hair_color": 6,
                "eyes": 6,
                "glasses": 3,
                "mouth": 6,
                "beard": 4,
                "outfit": 6,
            },
            "size": 64,
            "width": 16,
            "steps": 2000,
        },
        "train": {"data": "voxel64-labels", "batch": 128, "steps": 2000},
    },
}
