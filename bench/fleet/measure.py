"""How many posts a second, on what, and where does the time go?

python -m bench.fleet.measure engine plain            each alone or several; results go to bench/fleet/results.json
python -m bench.fleet.measure spark ray stream
python -m bench.fleet.measure plain --posts 5000000

Wall time says something only on a quiet machine; the load is written beside it. CPU time is of the whole tree of
processes.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import resource
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from tests.fleet.cluster import HOME, Cluster, below
from tests.fleet.posts import ROOT, text_of
from tutela.fleet import arrow
from tutela.fleet.arrow import Item, Setup

RESULTS = Path(__file__).parent / "results.json"
GROUP = 25_000
WORDS = (
    "lovely light this morning who has the recipe see you there that goal though new shoes day coffee train rain game "
    "match book read again later tonight friends"
).split()


def posts(count: int) -> Iterator[str]:
    """Short invented posts, 6 to 18 words; one in fifty shows a card."""
    rng = random.Random(7)
    for number in range(count):
        yield text_of(7 * number) if number % 50 == 0 else " ".join(rng.choices(WORDS, k=rng.randint(6, 18)))


def source(folder: Path, count: int) -> Path:
    """Posts as one Parquet file, in row groups."""
    path = folder / f"posts-{count}.parquet"
    schema = pa.schema([("id", pa.string()), ("text", pa.string())])
    with pq.ParquetWriter(path, schema, compression="zstd") as out:
        texts = posts(count)
        for first in range(0, count, GROUP):
            names = [str(number) for number in range(first, min(first + GROUP, count))]
            out.write_table(pa.table({"id": names, "text": [next(texts) for _ in names]}, schema=schema))
    return path


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    own, children = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def engine(folder: Path, count: int, intent: str) -> dict[str, Any]:
    """The engine in a plain loop on one core, and each part of a unit's work by itself."""
    setup = Setup(intent=intent)
    loaded = arrow.engine_of(setup)
    path = source(folder, count)
    items = [Item(id=str(number), text=text) for number, text in enumerate(posts(count))]
    list(loaded.check_many(items[:2048], batch=2048))
    parts: dict[str, float] = {}

    def timed(name: str, work: Callable[[], Any]) -> Any:
        began = time.process_time()
        result = work()
        parts[name] = (time.process_time() - began) / count * 1e6
        return result

    table = timed("read", lambda: pq.read_table(path))
    decisions = timed("engine", lambda: list(loaded.check_many(items, batch=2048)))
    timed("judge", lambda: arrow.judge(table, setup))
    written = timed("to_table", lambda: arrow.to_table(decisions))
    timed("write", lambda: pq.write_table(written, folder / "written.parquet", compression="zstd"))
    return {"posts": count, "intent": intent, "us_per_post": parts, "violating": sum(d.violates for d in decisions),
            "bytes_per_decision": (folder / "written.parquet").stat().st_size / count}  # fmt: skip


def scan(folder: Path, count: int, name: str, *arguments: str) -> dict[str, Any]:
    """`tutela scan` as a user starts it: wall and CPU seconds, and the tree's memory over the run."""
    path = source(folder, count)
    out = folder / f"out-{name}-{count}"
    began, used = time.monotonic(), cpu_s()
    job = subprocess.Popen(
        [sys.executable, "-c", "from tutela.cli import main; main()", "scan", path, "--out", out, *arguments],
        cwd=ROOT, env={**os.environ, **HOME}, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    memory: list[tuple[float, float]] = []
    parts: list[float] = []
    done = threading.Event()

    def watch() -> None:
        while not done.wait(1.0):
            memory.append((time.monotonic() - began, _resident_mib(job.pid)))
            # When each unit was done: from the first to the last one, start-up is apart.
            parts.extend([time.monotonic() - began] * (len(list(out.glob("part-*"))) - len(parts)))

    watcher = threading.Thread(target=watch)
    watcher.start()
    job.communicate()
    done.set()
    watcher.join()
    wall = time.monotonic() - began
    rows = sum(pq.read_metadata(part).num_rows for part in out.glob("part-*.parquet"))
    assert rows == count, f"{rows} of {count}"
    return {"posts": count, "wall_s": wall, "cpu_s": cpu_s() - used, "memory_mib": memory, "units_s": parts,
            "load": os.getloadavg()[0]}  # fmt: skip


def _resident_mib(pid: int) -> float:
    pages = 0
    for one in (pid, *below(pid)):
        try:
            pages += int(Path(f"/proc/{one}/statm").read_text().split()[1])
        except OSError:
            continue
    return pages * os.sysconf("SC_PAGE_SIZE") / (1 << 20)


def twice(folder: Path, count: int, name: str, *arguments: str) -> dict[str, Any]:
    """A small and a large run: their difference is the cost at the margin, start-up apart."""
    small, large = (scan(folder, size, name, *arguments) for size in (count // 2, count))
    more = large["posts"] - small["posts"]
    return {"runs": [small, large],
            "margin_posts_per_s": more / max(large["wall_s"] - small["wall_s"], 0.001),
            "margin_cpu_us": (large["cpu_s"] - small["cpu_s"]) / more * 1e6}  # fmt: skip


def stream(folder: Path, count: int, intent: str) -> dict[str, Any]:
    """One worker on a table queue in SQLite, filled before, verdicts into the same file."""
    from tutela.engine import Engine
    from tutela.fleet.stream import Sink, Worker, open_source
    from tutela.fleet.stream.table import TableQueue

    address = f"sqlite:///{folder}/queue.db"
    began = time.process_time()
    TableQueue(address).put(json.dumps({"id": str(n), "text": text}).encode() for n, text in enumerate(posts(count)))
    put = time.process_time() - began
    worker = Worker(Engine.load(intent="on" if intent == "on" else "off"), open_source(address), Sink(address))
    began, wall = time.process_time(), time.monotonic()
    figures = worker.run(until_empty=True)
    assert figures.new == count
    return {"posts": count, "intent": intent, "put_us": put / count * 1e6, "cpu_us": (time.process_time() - began) / count * 1e6,
            "wall_s": time.monotonic() - wall, "load": os.getloadavg()[0],
            "bytes_per_verdict": (folder / "queue.db").stat().st_size / count}  # fmt: skip


def main() -> None:
    """Runs what is asked for and keeps the results of earlier runs beside it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", nargs="*", help="engine (also without a name), plain, spark, ray, stream")
    parser.add_argument("--posts", type=int, default=200_000)
    parser.add_argument("--intent", default="off", choices=["on", "off"])
    given = parser.parse_args()
    unknown = set(given.what) - {"engine", "plain", "spark", "ray", "stream"}
    if unknown:
        parser.error(f"nothing to measure is called {', '.join(sorted(unknown))}")
    results: dict[str, Any] = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for what in given.what or ["engine"]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            key = what if given.intent == "off" else f"{what} with intent"
            switch = ("--intent", given.intent, "--quiet")
            if what == "engine":
                results[key] = engine(folder, given.posts, given.intent)
            elif what == "stream":
                results[key] = stream(folder, given.posts, given.intent)
            elif what == "plain":
                results[key] = {
                    str(n): twice(folder, given.posts, f"plain{n}", *switch, "--workers", str(n)) for n in (1, 2)
                }
            elif what == "ray":
                results[key] = twice(folder, given.posts, "ray", *switch, "--engine", "ray")
            else:
                cluster = Cluster(folder)
                try:
                    # The workers are not children of the job: their CPU time is read from the cluster's processes.
                    before = cluster.cpu_s()
                    results[key] = twice(
                        folder, given.posts, "spark", *switch, "--engine", "spark", "--master", cluster.master
                    )
                    results[key]["cluster_cpu_s"] = cluster.cpu_s() - before
                finally:
                    cluster.close()
        RESULTS.write_text(json.dumps(results, indent=1) + "\n")
        print(what, json.dumps({k: v for k, v in results[key].items() if k != "runs"})[:400])


if __name__ == "__main__":
    main()
