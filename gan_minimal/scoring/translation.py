"""What is measured of image-to-image models, where the right answer of every translation is known.

Errors are mean absolute differences (L1) of images in [-1, 1].
"""

import torch
import torch.nn.functional as F
from torch import Tensor

from gan_minimal import data
from gan_minimal.data import DataSet
from gan_minimal.data.faces16 import REGIONS
from gan_minimal.data.hangul32 import FONTS, load_hangul
from gan_minimal.data.pairs import BRUSH, PRINT
from gan_minimal.models.protocol import Translator, TwoWayTranslator
from gan_minimal.models.sampling import translate
from gan_minimal.scoring import readings
from gan_minimal.scoring.distances import total_variation
from gan_minimal.scoring.readings import Scores

COLOURED = ("hair", "skin")  # regions whose colours a label map does not tell, and people look at
KEPT = ("hair_length", "glasses", "hat", "beard", "mouth")  # attributes that a label map shows


def score_brush(model: Translator, row: DataSet) -> Scores:
    """Score a translation of printed syllables to the brush, on syllables held out in training."""
    printed, brushed = data.tensors(row.name, "test")
    return written(translate(model, printed, seed=1), brushed, printed, BRUSH, row)


def score_round_trip(model: TwoWayTranslator, row: DataSet) -> Scores:
    """Score both directions between print and brush, and the way there and back again."""
    printed, brushed = data.tensors(row.name, "test")
    _, backwards = model.directions
    there = translate(model, printed, seed=1)
    back = translate(model, brushed, seed=1, direction=backwards)
    scores = written(there, brushed, printed, BRUSH, row) | written(
        back, printed, brushed, PRINT, row
    )
    for font, first, returned in (
        (PRINT, printed, translate(model, there, seed=2, direction=backwards)),
        (BRUSH, brushed, translate(model, back, seed=2)),
    ):
        scores[f"cycle_{font}"] = {"value": F.l1_loss(returned, first).item()}
    return scores


def written(drawn: Tensor, targets: Tensor, inputs: Tensor, font: str, row: DataSet) -> Scores:
    """Score translated held-out syllables.

    Are all letters read, beside how often they are in the font itself? Is the hand read as that of
    the font? How far are they from the true targets, also in relation to leaving the input as it
    is?

    Args:
        drawn: Translations `(235, 1, 32, 32)`.
        targets: The same syllables in the font.
        inputs: What was translated.
        font: Key of `FONTS`.
        row: What is known of the data.
    """
    reader = readings.classifier(row.classifier)
    glyphs = load_hangul("test", fonts=(font,))
    letters = torch.stack([glyphs.cho, glyphs.jung, glyphs.jong], dim=1)
    hands = readings.read(reader, drawn)[1]["hand"]
    error, copying = F.l1_loss(drawn, targets).item(), F.l1_loss(inputs, targets).item()
    return {
        f"read_{font}": {
            "value": readings.read_rightly(reader, drawn, letters).double().mean().item(),
            "floor": readings.read_rightly(reader, targets, letters).double().mean().item(),
        },
        f"hand_{font}": {"value": (hands == list(FONTS).index(font)).double().mean().item()},
        f"error_{font}": {"value": error},
        "copy": {"value": copying},
        f"relative_{font}": {"value": error / copying},
    }


def score_painted(model: Translator, row: DataSet) -> Scores:
    """Score faces painted from label maps, which are right in many colours.

    How far are they from the faces that the maps were made of? Does the classifier read off them
    what the map shows? Are hair and skin as varied in colour as those of true faces: as histograms,
    and as the standard deviation of a region's colour over faces?
    """
    maps, faces = data.tensors(row.name, "test")
    painted = translate(model, maps, seed=1)
    reader = readings.classifier(row.classifier)
    (_, read), (_, true) = (readings.read(reader, images) for images in (painted, faces))
    scores: Scores = {"error_face": {"value": F.l1_loss(painted, faces).item()}}
    for name in KEPT:
        scores[f"accuracy_{name}"] = {"value": (read[name] == true[name]).double().mean().item()}
    for name in ("hair_color", "skin"):
        values = reader.classes[name]
        scores[f"tv_{name}"] = {"value": total_variation(read[name], true[name], values)}
    for region in COLOURED:
        spreads = [colours(images, maps, region).std(dim=0).mean() for images in (painted, faces)]
        scores[f"spread_{region}"] = {"value": spreads[0].item(), "floor": spreads[1].item()}
    return scores


def colours(images: Tensor, maps: Tensor, region: str) -> Tensor:
    """Return the mean colour of a region of each face that has it, `(n, 3)` in [-1, 1].

    Args:
        images: Faces `(N, 3, 16, 16)`.
        maps: Their label maps `(N, 3, 16, 16)`.
        region: Key of `gan_minimal.data.faces16.REGIONS`.
    """
    shown = torch.tensor(list(bytes.fromhex(REGIONS[region][0][1:]))) / 127.5 - 1
    inside = (maps - shown[:, None, None]).abs().amax(dim=1, keepdim=True) < 1e-3
    size = inside.sum(dim=(2, 3))
    means = (images * inside).sum(dim=(2, 3)) / size.clamp(min=1)
    return means[size[:, 0] > 0]
