"""How fast files are read, and how often ordinary files are taken for bad ones.

    python bench/files/reading.py FOLDER…       ordinary files of this machine, for instance /usr/share /usr/lib/python3

Prints files a second of processor time, the time of one app package and of two bombs, and every
ordinary file with a signal at 0.5 and more. Whoever runs it looks at each: a folder of ordinary files has none.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "files"))

import build

from tutela.extract.files.limits import Limits
from tutela.extract.files.readers import inspect
from tutela.extract.files.walk import Inspection
from tutela.settings import App, Platform

_MOST_BYTES = 3_000_000


def _ordinary(roots: list[Path], each: int, rng: random.Random) -> list[Path]:
    """Up to `each` files of every ending."""
    found: dict[str, list[Path]] = collections.defaultdict(list)
    for root in roots:
        for folder, _, names in os.walk(root):
            for name in names:
                path = Path(folder) / name
                if (
                    not path.is_symlink()
                    and path.is_file()
                    and 0 < path.stat().st_size < _MOST_BYTES
                    and "clamav-testfiles" not in folder
                ):
                    found[path.suffix.lower()[:8]].append(path)
    chosen = [path for paths in found.values() for path in rng.sample(paths, min(each, len(paths)))]
    rng.shuffle(chosen)
    return chosen


def main() -> None:
    """Runs the measurements."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folders", type=Path, nargs="+")
    parser.add_argument("--each", type=int, default=30)
    parser.add_argument("--most", type=int, default=3_000)
    parser.add_argument("--seed", type=int, default=7)
    given = parser.parse_args()
    key = build.Key()
    platform = Platform(name="Murmura", apps=(App(id="com.murmura.app", signing_cert_sha256=(key.sha256,)),))

    def read(data: bytes, name: str) -> tuple[float, Inspection]:
        began = time.process_time()
        found = inspect(data, name=name, part="media/0", platform=platform, text_hint="", limits=Limits())
        return time.process_time() - began, found

    read(b"hello", "a.txt")
    package = build.apk(
        "com.murmura.app", key, ("v1", "v2", "v3"), more={"assets/a": random.Random(1).randbytes(4 << 20)}
    )
    read(package, "a.apk")
    print(
        f"an app package of 4 MiB with three signatures: {min(read(package, 'a.apk')[0] for _ in range(5)) * 1000:.1f} ms"
    )
    print(f"10 GiB of zeros in a ZIP: {read(build.bomb_zip(10 << 30), 'a.zip')[0]:.2f} s")
    print(f"a ZIP nested 1,000 deep: {read(build.nested_zip(1000), 'a.zip')[0]:.2f} s")
    small, took, size, flagged, unread, count = 0, 0.0, 0, 0, 0, 0
    for path in _ordinary(given.folders, given.each, random.Random(given.seed))[: given.most]:
        data = path.read_bytes()
        seconds, found = read(data, path.name)
        count += 1
        if len(data) < 100_000:
            small, took, size = small + 1, took + seconds, size + len(data)
        extract = found.extract
        unread += bool(extract.troubles)
        for signal in extract.signals:
            if signal.confidence >= 0.5:
                flagged += 1
                print(f"  {signal.name} {signal.confidence} {path}: {signal.says}")
    print(f"{count:,} files of every ending: {flagged} signals at 0.5 and more, {unread} with something unread")
    print(f"{small:,} files below 100 kB: {small / took:.0f} a second, {size / small / 1000:.1f} kB each")


if __name__ == "__main__":
    main()
