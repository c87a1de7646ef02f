"""
From here on the model is trained. With a folder of images, or a single one for SinGAN:

    python NAME.py photos/

Without one, `python NAME.py` learns from shapes that are drawn here. Every 100 rounds it
prints the losses and writes samples.png; Ctrl-C ends it. `--help` lists what can be set.
"""

import argparse
import sys
from ast import literal_eval
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

PRESETS: dict[str, dict[str, dict[str, Any]]] = {}  # both are the model file's
Model: Any = None


def shapes(n: int, channels: int, height: int, width: int) -> tuple[Tensor, Tensor]:
    """Draw discs, and squares in the same places: `(n, C, H, W)` in [-1, 1] each."""
    y, x = torch.linspace(-1, 1, height)[:, None], torch.linspace(-1, 1, width)
    top, left = torch.rand(2, n, 1, 1) - 0.5
    radius = 0.2 + 0.3 * torch.rand(n, 1, 1)
    dy, dx = (y - top).abs(), (x - left).abs()  # (n, H, 1) and (n, 1, W)
    paper, ink = 2 * torch.rand(2, n, channels, 1, 1) - 1
    disc, square = torch.hypot(dy, dx) < radius, torch.maximum(dy, dx) < radius  # (n, H, W)
    return torch.where(disc[:, None], ink, paper), torch.where(square[:, None], ink, paper)


def read(path: Path, channels: int, height: int, width: int) -> Tensor:
    """Read the middle of an image, `(C, H, W)` in [-1, 1]."""
    from PIL import Image, ImageOps  # Pillow reads and writes files; the model needs torch alone

    with Image.open(path) as file:
        upright = ImageOps.exif_transpose(file).convert("RGB" if channels == 3 else "L")
    cut = ImageOps.fit(upright, (width, height))
    values = torch.frombuffer(bytearray(cut.tobytes()), dtype=torch.uint8)
    return values.view(height, width, channels).permute(2, 0, 1) / 127.5 - 1


def examples(model: Any, folder: Path | None) -> list[Tensor]:
    """Return all examples as `model.example` wants them: images, and what belongs to each.

    The subfolders of `folder` are the classes, or the two sides of pairs.
    """
    one = isinstance(model.size, tuple)  # a model of one photograph
    shape = (model.channels, *(model.size if one else (model.size, model.size)))
    if folder is None:
        kinds, names = list(shapes(1 if one else 500, *shape)), [[""], [""]]
    else:
        found = [folder] if folder.is_file() else sorted(folder.rglob("*"))
        paths = [p for p in found if p.suffix.lower() in (".png", ".jpg", ".jpeg", ".webp")]
        parents = sorted({path.parent for path in paths})
        groups = [[path for path in paths if path.parent == parent] for parent in parents]
        kinds = [torch.stack([read(path, *shape) for path in group]) for group in groups]
        names = [[path.stem for path in group] for group in groups]
    if not kinds:
        sys.exit(f"There are no images such as .png or .jpg in {folder}.")
    if model.example == (3, 3):
        if len(kinds) != 2 or (names[0] != names[1] and not hasattr(model, "directions")):
            sys.exit("It takes two subfolders, and the same names in both for pairs.")
        n = min(len(kind) for kind in kinds)
        return [kind[:n] for kind in kinds]
    images = torch.cat(kinds)
    if one:
        return [images[:1]]
    which = torch.cat([torch.full((len(kind),), i) for i, kind in enumerate(kinds)])
    classes = getattr(model, "classes", ())
    most = [*(classes.values() if isinstance(classes, dict) else classes)][:1]
    most += [model.domains] if hasattr(model, "domains") else []
    if most and len(kinds) > most[0]:
        sys.exit(f"There are {len(kinds)} subfolders, but the model tells {most[0]} apart.")
    data = [images]
    for place, dimensions in enumerate(model.example[1:]):
        if dimensions == 0:  # the class; further labels of an example are all 0
            data.append(which if place == 0 else torch.zeros_like(which))
        elif dimensions == 1:  # zeros and a one
            data.append(F.one_hot(which, model.domains).float())
        else:  # one text of two tokens: the class, and the end
            data.append(torch.stack([which, torch.full_like(which, 100)], dim=1)[:, None])
    return data


def drawn(model: Any, data: list[Tensor]) -> Tensor | None:
    """Return samples, or inputs above their translations; None if the model draws nothing."""
    model.eval()
    images = None
    if hasattr(model, "sample"):
        images = model.sample(8 if isinstance(model.size, tuple) else 64)
    elif hasattr(model, "translate"):
        inputs, labels = data[0][:8], data[1][-8:]
        translated = model.translate(inputs, *([labels] if model.example == (3, 1) else []))
        images = torch.cat([inputs, translated])
    model.train()
    return images


def write(images: Tensor, path: str) -> None:
    """Write images `(N, C, H, W)` in [-1, 1] as one picture of two rows or more."""
    from PIL import Image

    rows = [
        torch.cat([*row], dim=2)
        for row in images.cpu().clamp(-1, 1).split(min(8, len(images) // 2))
    ]
    sheet = torch.cat(rows, dim=1).expand(3, -1, -1)
    pixels = ((sheet + 1) * 127.5).round().byte().permute(1, 2, 0).flatten().tolist()
    Image.frombytes("RGB", (sheet.shape[2], sheet.shape[1]), bytes(pixels)).save(path)


if __name__ == "__main__":
    preset = PRESETS.get("tiny") or PRESETS["paper"]
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", type=Path, help="images; without it, drawn shapes")
    parser.add_argument("--steps", type=int, default=preset["train"]["steps"], help="rounds")
    parser.add_argument("--batch", type=int, default=preset["train"]["batch"], help="examples")
    parser.add_argument("--set", nargs="*", default=[], help="arguments such as size=32 lr=1e-4")
    options = parser.parse_args()
    changes = {name: literal_eval(text) for name, text in (x.split("=") for x in options.set)}
    model = Model(**preset["model"] | changes)
    data = examples(model, options.folder)
    print(f"{len(data[0])} images of {' x '.join(map(str, data[0].shape[1:]))}")

    optimizers = model.optimizers()
    for step in range(options.steps):
        if hasattr(model, "schedule"):
            model.schedule(step, optimizers)
        chosen = torch.randint(len(data[0]), (options.batch,))
        losses = {}
        for player, loss in model.step(tuple(column[chosen] for column in data)):
            optimizers[player].zero_grad()
            loss.backward()
            optimizers[player].step()
            losses[player] = loss.item()
        if step % 100 == 0 or step + 1 == options.steps:
            print(f"round {step + 1}:", ", ".join(f"{p} {x:.3f}" for p, x in losses.items()))
            sheet = drawn(model, data)
            if sheet is not None:
                write(sheet, "samples.png")
    torch.save(model.state_dict(), "weights.pt")
