"""Damages files in every way that a bad disk or a broken download does, and reads them.

A file may be refused in a sentence, or be read as what it was: what lies between the entries of a
checkpoint, say, is read by nobody. Anything else is a fault of the program.
"""

import struct
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from random import Random
from typing import Any

import torch

from gan_minimal import data, zoo
from gan_minimal.data import user_picture
from gan_minimal.errors import UserError
from gan_minimal.training import checkpoint, loop
from gan_minimal.training.loop import Settings
from tests.training.comparing import same

PAGE = 4096
RUN = "gan"  # the recorded run whose files are damaged
SMALL = {"size": 16, "width": 4, "latent": 4}  # arguments of `dcgan`


def flipped(whole: bytes, rng: Random) -> bytes:
    """Return the bytes with one bit changed."""
    content = bytearray(whole)
    content[rng.randrange(len(whole))] ^= 1 << rng.randrange(8)
    return bytes(content)


def cut(whole: bytes, rng: Random) -> bytes:
    """Return some of the bytes: the file ends too early."""
    return whole[: rng.randrange(len(whole))]


def zeroed(whole: bytes, rng: Random) -> bytes:
    """Return the bytes with a page of zeros in them."""
    start = rng.randrange(len(whole)) // PAGE * PAGE
    return whole[:start] + bytes(len(whole[start : start + PAGE])) + whole[start + PAGE :]


WAYS: dict[str, Callable[[bytes, Random], bytes]] = {
    "flips": flipped,
    "cuts": cut,
    "pages": zeroed,
}


class Told:
    """What came of reading damaged files, and in which sentences they were refused."""

    def __init__(self) -> None:
        self.outcomes: Counter[str] = Counter()
        self.sentences: Counter[str] = Counter()
        self.faults: list[str] = []

    def note(self, read: Callable[[], Any], wanted: Any, path: Path) -> None:
        """Read, and count what comes of it.

        Args:
            read: Reads the file.
            wanted: What it returns of the whole file; None for a file that must be refused.
            path: The file, for the sentence.
        """
        try:
            value = read()
        except UserError as error:
            outcome = "refused"
            self.sentences[str(error).replace(str(path.with_suffix("")), "…")] += 1
        except Exception as error:
            outcome = "traceback"
            self.faults.append(f"{path.name}: {type(error).__name__}: {error}")
        else:
            right = wanted is not None and same(value, wanted)
            outcome = "the same" if right else "different"
            if not right:
                self.faults.append(f"{path.name}: read as something else")
        self.outcomes[outcome] += 1


def readers(folder: Path) -> dict[str, tuple[Path, Callable[[], Any]]]:
    """Make whole files in an empty folder; return each with the function that reads it."""
    settings = Settings("faces16", batch=8, steps=1, ema=0.9)
    run = loop.new("dcgan", SMALL, settings)
    loop.train(run, data.load("faces16"), settings, quiet=True)
    path = folder / "checkpoint.pt"
    checkpoint.save(path, loop.contents(run, "dcgan", SMALL, settings))

    def resumed() -> dict[str, Any]:
        again, content, how = loop.resume(path)
        return loop.contents(again, content["name"], content["arguments"], how)

    for end in (".json", ".safetensors"):
        (folder / RUN).with_suffix(end).write_bytes((zoo.FOLDER / f"{RUN}{end}").read_bytes())
    return {
        "checkpoint": (path, resumed),
        "weights": (folder / f"{RUN}.safetensors", lambda: recorded(folder)),
        "record": (folder / f"{RUN}.json", lambda: zoo.read(RUN)),
    }


def recorded(folder: Path) -> dict[str, torch.Tensor]:
    """Return the stored weights of the run that lies in `folder`."""
    return dict(zoo.stored(zoo.load(RUN)).state_dict())


def damage(
    kind: str, way: str, times: int, rng: Random, files: dict[str, tuple[Path, Callable[[], Any]]]
) -> Told:
    """Damage a file in one way, so many times, and read it each time.

    Args:
        kind: A key of `files`.
        way: One of `WAYS`.
        times: How often.
        rng: Says where.
        files: What `readers` returned.
    """
    told = Told()
    path, read = files[kind]
    whole, wanted = path.read_bytes(), read()
    for _ in range(times):
        path.write_bytes(WAYS[way](whole, rng))
        told.note(read, wanted, path)
    path.write_bytes(whole)
    return told


def bombs() -> Iterator[tuple[str, bytes]]:
    """Yield the names and contents of small files that say they are enormous images."""
    side = 60_000

    def chunk(name: bytes, content: bytes) -> bytes:
        body = name + content
        return struct.pack(">I", len(content)) + body + struct.pack(">I", zlib.crc32(body))

    def png(width: int, *chunks: bytes) -> bytes:
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, width, 1, 0, 0, 0, 0))
        return b"\x89PNG\r\n\x1a\n" + head + b"".join(chunks) + chunk(b"IEND", b"")

    rows = zlib.compress(bytes((20_000 // 8 + 1) * 20_000), 9)  # one that is all there
    yield "white.png", png(20_000, chunk(b"IDAT", rows))
    yield "large.png", png(9_000, chunk(b"IDAT", zlib.compress(bytes(9_000 * 1_126), 9)))
    yield "header.png", png(2**31 - 1, chunk(b"IDAT", b""))
    text = b"x\0\0" + zlib.compress(bytes(2**27), 9)
    yield "text.png", png(16, chunk(b"zTXt", text), chunk(b"IDAT", rows[:100]))
    yield "header.gif", b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0x80, 0, 0) + bytes(6)
    bitmap = struct.pack("<IiiHHIIiiII", 40, side, side, 1, 24, 0, 0, 0, 0, 0, 0)
    yield "header.bmp", b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + bitmap
    yield "header.ppm", f"P6 {side} {side} 255\n".encode()
    frame = struct.pack(">BHHB", 8, side, side, 1) + b"\x01\x11\x00"
    yield "header.jpg", b"\xff\xd8\xff\xc0" + struct.pack(">H", len(frame) + 2) + frame
    size = (side - 1).to_bytes(3, "little")
    canvas = b"VP8X" + struct.pack("<I", 10) + bytes(4) + size + size
    yield "header.webp", b"RIFF" + struct.pack("<I", len(canvas) + 4) + b"WEBP" + canvas
    tags = [(256, side), (257, side), (258, 8), (259, 1), (262, 1), (273, 8), (278, side), (279, 9)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    yield "header.tif", b"II*\0" + struct.pack("<IH", 8, len(tags)) + entries + bytes(4)


def explode(folder: Path) -> Told:
    """Read every bomb as a person's own picture."""
    told = Told()
    for name, content in bombs():
        path = folder / name
        path.write_bytes(content)
        told.note(lambda path=path: user_picture.opened(path), None, path)
    return told
