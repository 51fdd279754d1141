"""How many generated pictures are judged right, and what does one cost? `python -m bench.pictures.measure --help`.

Nothing in the product was written from these pictures; they measure the whole way from pixels to verdict.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import resource
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from bench.pictures.camera import DISTORTIONS, photograph
from bench.pictures.scenes import EXPOSING, HARMLESS, Scene
from tutela.extract.image import aside

SEED = 20240517


def pictures(many: int, seed: int = SEED) -> Iterator[tuple[Scene, str, bytes]]:
    """`many` scenes, exposing and harmless in turn, each with its distortion and its file."""
    rng = random.Random(seed)
    for at in range(many):
        makers = EXPOSING if at % 2 == 0 else HARMLESS
        scene = makers[at // 2 % len(makers)](rng)
        distortion = DISTORTIONS[(at // 2 + at // (2 * len(makers))) % len(DISTORTIONS)]
        yield scene, distortion, photograph(scene, distortion, rng)


def cpu_s() -> float:
    """Processor seconds of this process, of the reading processes, and of the programs they called."""
    own, others = resource.getrusage(resource.RUSAGE_SELF), resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = own.ru_utime + own.ru_stime + others.ru_utime + others.ru_stime
    for pid in aside.processes():
        # Fields 14 to 17 of proc(5): own and waited-for children's time, in ticks.
        fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        spent += sum(int(field) for field in fields[11:15]) / os.sysconf("SC_CLK_TCK")
    return spent


def rss_mb() -> float:
    """Resident memory of this process and of the reading processes now, in MB."""
    pages = sum(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) for pid in (os.getpid(), *aside.processes()))
    return pages * resource.getpagesize() / 1e6


def box_of(corners: Sequence[tuple[float, float]]) -> tuple[float, float, float, float]:
    xs, ys = [x for x, _ in corners], [y for _, y in corners]
    return (min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))


def shared(a: Sequence[float], b: Sequence[float]) -> float:
    """Intersection over union of two boxes."""
    across = min(a[0] + a[2], b[0] + b[2]) - max(a[0], b[0])
    down = min(a[1] + a[3], b[1] + b[3]) - max(a[1], b[1])
    both = max(0.0, across) * max(0.0, down)
    return both / (a[2] * a[3] + b[2] * b[3] - both)


def verdicts(many: int, show: bool, intent: Literal["on", "off"]) -> dict[str, Any]:
    from tutela import Engine, Item
    from tutela.model import Media

    engine = Engine.load(intent=intent)
    engine.check(Item(surface="image", media=(Media(kind="image", data=next(pictures(1))[2]),)))
    outcome: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    boxes: dict[str, list[bool]] = defaultdict(list)
    times: list[float] = []
    memory: list[float] = []
    for at, (scene, distortion, data) in enumerate(pictures(many)):
        item = Item(id=str(at), surface="image", lang=scene.lang, media=(Media(kind="image", data=data),))
        begun = cpu_s()
        decision = engine.check(item)
        times.append(cpu_s() - begun)
        memory.append(rss_mb())
        for key in ("all", f"kind: {scene.name}", f"distortion: {distortion}"):
            outcome[key].append((scene.violates, decision.violates))
        found = [entry.where.box for entry in decision.evidence if entry.where.box is not None]
        for truth in scene.truths if scene.violates else ():
            near = max((shared(box_of(truth.corners), box) for box in found), default=0.0)
            boxes["all"].append(near >= 0.5)
            boxes[f"box: {truth.kind}"].append(near >= 0.5)
            if show and near < 0.5:
                print(f"  box {at} {scene.name} / {distortion} {truth.kind} {near:.2f}", file=sys.stderr)
        if show and decision.violates != scene.violates:
            seen = [
                f"{signal.name} {signal.confidence:.2f} {sorted(signal.marks)}"
                for signal in engine.explain(item).signals
            ]
            print(f"  {at} {scene.name} / {distortion} / {scene.lang}: {decision.violates} {seen}", file=sys.stderr)
    times.sort()
    return {
        "pictures": many,
        "verdicts": {key: _figures(rows) for key, rows in sorted(outcome.items())},
        "boxes": {key: f"{sum(rows)}/{len(rows)}" for key, rows in sorted(boxes.items())},
        "cpu_ms": {
            "median": round(times[len(times) // 2] * 1000),
            "p95": round(times[int(len(times) * 0.95)] * 1000),
            "mean": round(sum(times) / len(times) * 1000),
        },
        "rss_mb": {
            "first tenth": round(max(memory[: many // 10 or 1])),
            "end": round(memory[-1]),
            "peak": round(max(memory)),
        },
    }


def _figures(rows: Sequence[tuple[bool, bool]]) -> str:
    hit = sum(truth and said for truth, said in rows)
    alarm = sum(said and not truth for truth, said in rows)
    miss = sum(truth and not said for truth, said in rows)
    right = len(rows) - alarm - miss
    f1 = 2 * hit / (2 * hit + alarm + miss) if hit + alarm + miss else 1.0
    return f"{right}/{len(rows)} right, {miss} missed, {alarm} false, F1 {f1:.3f}"


def beside_peer(many: int) -> dict[str, Any]:
    """The same pictures through the product and through presidio-image-redactor: what each covers, and its time.

    A value counts as found where at least half of its box is covered. English and clean layouts are no exception:
    every kind and distortion of the set takes part, because people post all of them.
    """
    from tutela import Engine, Item
    from tutela.model import Media

    engine = Engine.load()
    engine.check(Item(surface="image", media=(Media(kind="image", data=next(pictures(1))[2]),)))
    rows = list(pictures(many, seed=5))
    told: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as folder:
        for at, (_, _, data) in enumerate(rows):
            (Path(folder) / f"{at:05d}.img").write_bytes(data)
        own = []
        for at, (scene, _, data) in enumerate(rows):
            begun = cpu_s()
            item = Item(id=str(at), surface="image", lang=scene.lang, media=(Media(kind="image", data=data),))
            found = [entry.where.box for entry in engine.check(item).evidence if entry.where.box is not None]
            own.append((found, cpu_s() - begun))
        peer = subprocess.run(
            [".venv-bench/bin/python", "-m", "bench.pictures.peer", folder], capture_output=True, check=True
        )
        lines = [json.loads(line) for line in peer.stdout.splitlines()]
    for name, results in (
        ("tutela", own),
        ("presidio-image-redactor", [(row["boxes"], row["cpu_s"]) for row in lines]),
    ):
        hit = asked = alarms = harmless = 0
        for (scene, _, _), (found, _) in zip(rows, results, strict=True):
            if scene.violates:
                asked += len(scene.truths)
                hit += sum(covered(box_of(truth.corners), found) >= 0.5 for truth in scene.truths)
            else:
                harmless += 1
                alarms += bool(found)
        times = sorted(spent for _, spent in results)
        told[name] = {
            "values covered": f"{hit}/{asked} ({hit / asked:.0%})",
            "harmless pictures marked": f"{alarms}/{harmless}",
            "cpu_ms median": round(times[len(times) // 2] * 1000),
            "cpu_ms mean": round(sum(times) / len(times) * 1000),
        }
    return told


def covered(truth: Sequence[float], boxes: Sequence[Sequence[float]]) -> float:
    """Share of `truth` that lies under any of `boxes`, on a grid of 40 by 8 points."""
    x, y, w, h = truth
    under = 0
    for column in range(40):
        for row in range(8):
            px, py = x + w * (column + 0.5) / 40, y + h * (row + 0.5) / 8
            under += any(left <= px <= left + width and top <= py <= top + height for left, top, width, height in boxes)
    return under / 320


def growth(many: int) -> dict[str, Any]:
    """Memory over `many` different pictures, read and not judged."""
    from tutela.extract.image import read_image

    marks = []
    for at, (_, _, data) in enumerate(pictures(many, seed=7)):
        read_image(data)
        if at % max(1, many // 10) == 0:
            marks.append(round(rss_mb()))
    return {"pictures": many, "rss_mb": marks}


def redaction(many: int) -> dict[str, Any]:
    """Values that can still be read in redacted pictures, by the product's own reader and by Tesseract."""
    from tutela import Engine, Item
    from tutela.extract.image import read_image
    from tutela.extract.image.layouts import squash
    from tutela.model import Media
    from tutela.redaction import redact_until_clean

    engine = Engine.load()
    done = own = other = unclean = 0
    for at, (scene, _, data) in enumerate(pictures(many * 4, seed=99)):
        if not scene.violates or not scene.values or done >= many:
            continue
        item = Item(id=str(at), surface="image", lang=scene.lang, media=(Media(kind="image", data=data),))
        decision = engine.check(item)
        if not decision.violates:
            continue
        done += 1
        left, now = redact_until_clean(item, decision, engine.check)
        unclean += now.violates
        after = left.media[0].data or b""
        values = [squash(value) for value in scene.values]
        seen = squash(" ".join(part.text for part in read_image(after).parts))
        own += any(value in seen for value in values)
        other += any(value in squash(_tesseract(after)) for value in values)
    return {"redacted": done, "readable by own reader": own, "readable by Tesseract": other, "still violating": unclean}


def _tesseract(data: bytes) -> str:
    import io

    from PIL import Image, ImageOps

    with tempfile.NamedTemporaryFile(suffix=".png") as file:
        ImageOps.exif_transpose(Image.open(io.BytesIO(data))).convert("RGB").save(file.name)
        texts = []
        for mode in ("3", "11"):
            told = subprocess.run(["tesseract", file.name, "-", "--psm", mode], capture_output=True, check=False)
            texts.append(told.stdout.decode("utf-8", "replace"))
    return re.sub(r"\s+", "", "".join(texts))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pictures", type=int, default=640)
    parser.add_argument("--growth", type=int, default=0, help="pictures to watch memory over")
    parser.add_argument("--redact", type=int, default=0, help="pictures to redact and read again")
    parser.add_argument("--peer", type=int, default=0, help="pictures to compare with presidio-image-redactor on")
    parser.add_argument("--intent", choices=("on", "off"), default="on", help="the intent model, for the verdicts")
    parser.add_argument("--show", action="store_true", help="tell every wrong verdict and missed box")
    given = parser.parse_args()
    told: dict[str, Any] = {}
    if given.pictures:
        told |= verdicts(given.pictures, given.show, given.intent)
    if given.growth:
        told["growth"] = growth(given.growth)
    if given.redact:
        told["redaction"] = redaction(given.redact)
    if given.peer:
        told["beside a peer"] = beside_peer(given.peer)
    print(json.dumps(told, indent=1, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
