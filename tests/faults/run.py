"""Kills trainings and damages files: `python -m tests.faults.run --kills 50 --flips 1000`.

Ends with an error if a run ended with other bits than an undisturbed one, or if a damaged file was
read as something else or led to a traceback. `--record` writes what came of it to `record.json`
beside this file, and the tables of the page "What we promise, and how it is tested".
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from random import Random
from typing import Any

import torch

from gan_minimal import zoo
from gan_minimal.files import read_json, write_json, write_text
from gan_minimal.publishing.tables import table
from gan_minimal.publishing.words import LANGUAGES
from gan_minimal.training.machine import environment
from tests.faults import damage, kills

ROOT = Path(__file__).parents[2]
RECORD = Path(__file__).parent / "record.json"
OUTCOMES = ("refused", "the same", "different", "traceback")

WORDS = {
    "model": ("모델", "Model"),
    "kills": ("강제 종료", "Kills"),
    "went on": ("이어 갈 체크포인트가 남음", "With a checkpoint to go on from"),
    "half written": ("저장하던 중", "While it was saving"),
    "runs": ("끝까지 간 실행", "Runs that reached their end"),
    "different": ("비트가 다름", "Other bits"),
    "all": ("모두", "All"),
    "file": ("파일", "File"),
    "way": ("손상", "Damage"),
    "tried": ("횟수", "Times"),
    "refused": ("문장으로 거부", "Refused in a sentence"),
    "the same": ("같은 내용", "Read as it was"),
    "silently": ("조용히 다른 내용", "Silently read as something else"),
    "traceback": ("트레이스백", "Traceback"),
    "checkpoint": ("체크포인트", "Checkpoint"),
    "weights": ("가중치", "Weights"),
    "record": ("실행의 기록", "Record of a run"),
    "image": ("이미지", "Image"),
    "flips": ("비트 하나가 뒤집힘", "One bit flipped"),
    "cuts": ("뒤가 잘림", "Cut short"),
    "pages": ("한 쪽(4 KiB)이 0", "A page (4 KiB) of zeros"),
    "bombs": ("이미지 폭탄", "Image bomb"),
    "cores": ("코어 {}개", "{} cores"),
    "minutes": ("{}분", "{} minutes"),
}


def measure(models: list[str], times: int, flips: int, seed: int) -> dict[str, Any]:
    """Kill, damage, and return what came of it.

    Args:
        models: The models whose trainings are killed.
        times: How often each.
        flips: How many bits are flipped, shared among the kinds of files; a tenth as many cuts and
            pages of zeros.
        seed: Seed of the moments and places.
    """
    begun = time.monotonic()
    torch.set_num_threads(1)
    record: dict[str, Any] = {"seed": seed, "kills": {}, "damage": [], "sentences": {}}
    faults: list[str] = []
    for name in models:
        with tempfile.TemporaryDirectory() as folder:
            counts = record["kills"][name] = kills.kill(
                name, times, Random(f"{seed} {name}"), Path(folder)
            )
        print(f"{name}: " + ", ".join(f"{n} {what}" for what, n in counts.items()), flush=True)
        if counts["different"]:
            faults.append(f"{name}: {counts['different']} runs ended with other bits")

    def note(kind: str, way: str, told: damage.Told) -> None:
        row = {"file": kind, "way": way, **{key: told.outcomes[key] for key in OUTCOMES}}
        record["damage"].append(row)
        for sentence, count in told.sentences.items():
            record["sentences"][sentence] = record["sentences"].get(sentence, 0) + count
        faults.extend(told.faults)
        print(f"{kind}, {way}: {dict(told.outcomes)}", flush=True)

    if flips:
        with tempfile.TemporaryDirectory() as folder:
            files = damage.readers(Path(folder))
            real, zoo.FOLDER = zoo.FOLDER, Path(folder)
            try:
                for i, kind in enumerate(files):
                    share = (flips + i) // len(files)
                    for way in damage.WAYS:
                        number = share if way == "flips" else -(-share // 10)
                        rng = Random(f"{seed} {kind} {way}")
                        note(kind, way, damage.damage(kind, way, number, rng, files))
            finally:
                zoo.FOLDER = real
            note("image", "bombs", damage.explode(Path(folder)))
    seconds = round(time.monotonic() - begun)
    machine = environment() | {"cores": os.cpu_count(), "system": platform.system()}
    return record | {"faults": faults, "seconds": seconds, "environment": machine}


def fragment(record: dict[str, Any], language: str) -> str:
    """Return the Markdown of a record: what was killed, what was damaged, what was said of it."""

    def word(key: str) -> str:
        return WORDS[key][LANGUAGES.index(language)]

    counted = ("kills", "went on", "half written", "runs", "different")
    rows = [[word("model"), *map(word, counted)]]
    rows += [[f"`{n}`", *(f"{row[k]:,}" for k in counted)] for n, row in record["kills"].items()]
    sums = [sum(row[key] for row in record["kills"].values()) for key in counted]
    rows.append([word("all"), *(f"{each:,}" for each in sums)])
    keys = ("file", "way", "tried", "refused", "the same", "silently", "traceback")
    damaged = [[word(key) for key in keys]]
    for row in record["damage"]:
        numbers = [row[key] for key in OUTCOMES]
        cells = [f"{number:,}" for number in (sum(numbers), *numbers)]
        damaged.append([word(row["file"]), word(row["way"]), *cells])
    said = sorted(record["sentences"].items(), key=lambda pair: (-pair[1], pair[0]))
    where = record["environment"]
    origin = [
        where["processor"],
        word("cores").format(where["cores"]),
        where["system"],
        f"torch {where['torch']}",
        f"Python {where['python']}",
        word("minutes").format(-(-record["seconds"] // 60)),
        where["date"],
    ]
    return "\n".join(
        [
            table(rows),
            table(damaged),
            *(f"- “{sentence}” ({count:,})" for sentence, count in said),
            "",
            " · ".join(origin),
            "{ .caption }",
            "",
        ]
    )


def publish(record: dict[str, Any], root: Path = ROOT) -> None:
    """Write the tables of a record under `root`, in both languages."""
    for language in LANGUAGES:
        path = root / "docs" / language / "_generated" / "promises.md"
        write_text(path, fragment(record, language))


def main(arguments: list[str] | None = None) -> int:
    """Run it; the exit code says whether anything was lost or silent."""
    known = list(kills.trainings())
    parser = argparse.ArgumentParser(prog="python -m tests.faults.run", description=__doc__)
    parser.add_argument("--kills", type=int, default=50, help="of each model's training")
    parser.add_argument("--flips", type=int, default=1000, help="bits, in all kinds of files")
    parser.add_argument("--seed", type=int, default=0, help="of the moments and places")
    parser.add_argument("--models", nargs="*", choices=known, default=known, metavar="MODEL")
    parser.add_argument("--record", action="store_true", help="write record.json and the tables")
    parser.add_argument("--tables", action="store_true", help="only write the tables again")
    options = parser.parse_args(arguments)
    if options.tables:
        publish(read_json(RECORD))
        return 0
    record = measure(options.models, options.kills, options.flips, options.seed)
    print(*record["faults"], sep="\n")
    if options.record:
        write_json(RECORD, record)
        publish(record)
    else:
        print(json.dumps(record["sentences"], indent=1, ensure_ascii=False))
    return 1 if record["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
