"""Every edit of a face, beside the exact pictures."""

import torch

from gan_minimal import images
from gan_minimal.data.domains import edits
from gan_minimal.images import Pictures
from gan_minimal.models.protocol import DomainTranslator
from gan_minimal.models.sampling import translate


def all_edits(model: DomainTranslator) -> Pictures:
    """Show every edit of some faces, and the exact pictures beneath them."""
    known = edits()
    rows = []
    for i in range(0, 6 * 40, 40):
        face = known.images[i : i + 1]
        faces = face.expand(known.wanted.shape[1], -1, -1, -1)
        drawn = translate(model, faces, 0, labels=known.wanted[i]).cpu()
        rows += [torch.cat([face, drawn]), torch.cat([face, known.targets[i]])]
    return {"edits.webp": images.grid(torch.cat(rows), columns=len(rows[0]))}
