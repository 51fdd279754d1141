"""How many lines a second, and how much memory? CPU time of one process, so that a busy machine does no harm.

python -m bench.traffic.speed                            200,000 lines of played days
python -m bench.traffic.speed --lines 5000000 --actors 1000000
python -m bench.traffic.speed --log access.log
"""

from __future__ import annotations

import argparse
import random
import resource
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path

from bench.traffic.people import Site, browser
from bench.traffic.play import START, in_order, line, platform_of, play
from tutela.settings import Platform
from tutela.traffic import Analysis
from tutela.traffic.lines import Reader
from tutela.traffic.source import read_blocks


def played_log(path: Path, lines: int) -> Platform:
    """A log of played days of one site, one after the other, of at least so many lines."""
    site, played = play(900, persons=600)
    rows = [line(row) for row in in_order(played)]
    with path.open("w", encoding="utf-8") as out:
        for _ in range(max(lines // len(rows), 1)):
            out.write("\n".join(rows) + "\n")
    return platform_of(site)


def crowded_log(path: Path, lines: int, actors: int) -> Platform:
    """Many actors: each address a person with assets and referrers; one address in ten thousand sweeps."""
    rng = random.Random(1)
    site = Site.drawn(rng)
    agents = [browser(rng) for _ in range(40)]
    with path.open("w", encoding="utf-8") as out:
        for i in range(lines):
            # Visits of ten lines each: who comes now is another than who came a moment ago.
            who = (i // 10 * 7_919 + i % 3) % actors
            if i % 17 == 0:
                who = who // 10_000 * 10_000
            address = f"{198 + who // 16_777_216}.{who // 65_536 % 256}.{who // 256 % 256}.{who % 256}"
            when = f"{datetime.fromtimestamp(START + i * 86_400 / lines, UTC):%d/%b/%Y:%H:%M:%S +0000}"
            target = (
                f"/users/name{i:08d}"
                if who % 10_000 == 0
                else (site.assets[i % 200] if i % 4 else site.post.format(i % 50_000))
            )
            referrer = "-" if who % 10_000 == 0 else site.host + "/"
            out.write(f'{address} - - [{when}] "GET {target} HTTP/1.1" 200 512 "{referrer}" "{agents[who % 40]}"\n')
    return platform_of(site)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--actors", type=int, default=0)
    parser.add_argument("--log", type=Path)
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path, platform = args.log, Platform.none()
        if path is None:
            path = Path(folder) / "access.log"
            platform = crowded_log(path, args.lines, args.actors) if args.actors else played_log(path, args.lines)
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        reader, begun = Reader(), time.process_time()
        for block in read_blocks(path):
            reader.read(block.text, block.name, block.first_line)
        parsed = time.process_time() - begun
        analysis, begun = Analysis(platform), time.process_time()
        for _ in analysis.feed_file(path):
            pass
        taken = time.process_time() - begun
        told = analysis.told()
        whole = time.process_time() - begun
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    violating = sum(finding.violates for finding in told.findings)
    print(f"{told.lines:,} lines, {told.actors:,} actors seen, {violating} violate")
    print(
        f"parsing alone {told.lines / parsed:,.0f} lines/s; whole analysis {told.lines / whole:,.0f} lines/s ({taken:.1f} s reading, {whole - taken:.1f} s judging)"
    )
    print(f"memory at most {most:,.0f} MB, {most - before:,.0f} MB more than before")


if __name__ == "__main__":
    main()
