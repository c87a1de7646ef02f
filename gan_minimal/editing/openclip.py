"""A real CLIP for StyleCLIP and images of any size, by way of open_clip.

open_clip (MIT) holds many trained CLIPs; "ViT-B-32" with the weights "openai" is the one of the
paper. They are downloaded at their first use, about 600 MB, and each has a licence of its own.
"""

import logging
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal.errors import UserError


class OpenCLIP:
    """A CLIP of open_clip.

    Args:
        name: Architecture, such as "ViT-B-32".
        weights: Tag of its weights, such as "openai"; None for random ones.

    Raises:
        UserError: If open_clip is not installed, has no such model, or cannot get the weights.
    """

    def __init__(self, name: str = "ViT-B-32", weights: str | None = "openai") -> None:
        try:
            import open_clip
        except ImportError as error:
            raise UserError(
                "A real CLIP needs one more package: pip install 'gan-minimal[clip]'."
            ) from error
        logging.disable(logging.ERROR)  # what goes wrong is said below, and in one sentence
        try:
            # weights that were trained with QuickGELU do not bring it with them
            quick = open_clip.get_pretrained_cfg(name, weights or "").get("quick_gelu", False)
            model = open_clip.create_model(name, pretrained=weights, force_quick_gelu=quick)
            self.tokenizer = open_clip.get_tokenizer(name)
        except Exception as error:  # unknown names, sockets, HTTP, damaged files
            reason = " ".join(str(error).split()).split(". ")[0] or repr(error)
            raise UserError(
                f"open_clip has not got {name} with the weights {weights!r} ({reason}). They are "
                "downloaded at their first use, which needs an internet connection."
            ) from error
        finally:
            logging.disable(logging.NOTSET)
        self.model = model.eval().requires_grad_(False)
        self.size = model.visual.image_size[0]
        self.mean = torch.tensor(model.visual.image_mean)[:, None, None]
        self.std = torch.tensor(model.visual.image_std)[:, None, None]

    @torch.no_grad()
    def encode_text(self, sentences: Sequence[str]) -> Tensor:
        """Return features `(N, embed_dim)`."""
        features: Tensor = self.model.encode_text(self.tokenizer(list(sentences)))
        return features

    def encode_image(self, images: Tensor) -> Tensor:
        """Return features `(N, embed_dim)` of images `(N, C, H, W)` in [-1, 1], C being 1 or 3."""
        colour = (images.expand(-1, 3, -1, -1) + 1) / 2
        fitting = F.interpolate(colour, (self.size, self.size), mode="bilinear", antialias=True)
        features: Tensor = self.model.encode_image((fitting - self.mean) / self.std)
        return features
