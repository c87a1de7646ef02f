"""What autoencoders do beside drawing: copy faces, and walk from one to the other."""

from typing import Protocol

import torch
from torch import Tensor

from gan_minimal import data, images
from gan_minimal.images import Pictures, in_turn


class Reconstructor(Protocol):
    """An autoencoder, variational or not."""

    def reconstruct(self, images: Tensor) -> Tensor:
        """Return what the codes of images `(N, C, H, W)` are decoded to."""
        ...

    def interpolate(self, a: Tensor, b: Tensor, steps: int) -> Tensor:
        """Return `steps` images on the way from the code of `a` to that of `b`, `(C, H, W)`."""
        ...


def reconstructions(model: Reconstructor) -> Pictures:
    """Put 16 held-out faces above their reconstructions, and walk from face to face by their codes.

    A walk begins and ends with the real face, next to what its own code is drawn as.
    """
    faces = data.tensors("faces16", "test")[0][:16]
    copies = model.reconstruct(faces)
    walks = [
        torch.cat([a[None], model.interpolate(a, b, 7), b[None]])
        for a, b in zip(faces[:12:2], faces[1:12:2], strict=True)
    ]
    return {
        "reconstructions.webp": images.grid(in_turn(faces, copies), columns=8),
        "interpolation.webp": images.grid(torch.cat(walks), columns=9),
    }
