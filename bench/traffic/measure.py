"""How well are played days judged? Precision and recall by actor, and every false alarm by its kind.

python -m bench.traffic.measure --days 6 --first-seed 100
"""

from __future__ import annotations

import argparse
from collections import Counter, defaultdict

from bench.traffic import people
from bench.traffic.play import START, in_order, platform_of, play
from tutela.traffic.finding import Finding
from tutela.traffic.requests import Requests


def judge_day(seed: int) -> tuple[Counter[tuple[str, bool, bool]], list[str]]:
    """Counts of (kind, violates, found) of one played day, and what was said of those found wrongly."""
    site, played = play(seed)
    requests = Requests(platform_of(site))
    requests.take((START + r[0], r[1], r[2], r[3], r[4], r[5], r[6], "", "") for r in in_order(played))
    by_pair: defaultdict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in requests.findings():
        if finding.violates:
            for address in finding.addresses:
                for agent in finding.agents:
                    by_pair[address, agent].append(finding)
    count: Counter[tuple[str, bool, bool]] = Counter()
    wrong = []
    for actor in played:
        if actor.kind == people.SHARED_LINKS:
            # Played together, but each of them is an actor of its own.
            for pair in {(row[1], row[2]) for row in actor.rows}:
                count[actor.kind, False, pair in by_pair] += 1
                if pair in by_pair:
                    wrong.append(f"{actor.kind}: {by_pair[pair][0].kind} {by_pair[pair][0].reason}")
            continue
        hits = [finding for pair in {(row[1], row[2]) for row in actor.rows} for finding in by_pair.get(pair, ())]
        count[actor.kind, actor.bad, bool(hits)] += 1
        if hits and not actor.bad:
            wrong.append(f"{actor.kind}: {hits[0].kind} {hits[0].confidence} {hits[0].reason}")
    return count, wrong


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--days", type=int, default=4)
    parser.add_argument("--first-seed", type=int, default=100)
    args = parser.parse_args()
    total: Counter[tuple[str, bool, bool]] = Counter()
    for seed in range(args.first_seed, args.first_seed + args.days):
        count, wrong = judge_day(seed)
        total += count
        for text in wrong:
            print(f"  seed {seed}, wrongly: {text[:220]}")
    for kind, bad in sorted({(k, b) for k, b, _ in total}, key=lambda pair: (pair[1], pair[0])):
        yes, no = total[kind, bad, True], total[kind, bad, False]
        print(f"{'violates' if bad else 'allowed ':9} {kind:40} found {yes:4} of {yes + no}")
    tp = sum(n for (_, bad, hit), n in total.items() if bad and hit)
    fn = sum(n for (_, bad, hit), n in total.items() if bad and not hit)
    fp = sum(n for (_, bad, hit), n in total.items() if not bad and hit)
    print(
        f"precision {tp / max(tp + fp, 1):.3f}, recall {tp / max(tp + fn, 1):.3f}, allowed actors flagged {fp} of {sum(n for (_, b, _), n in total.items() if not b)}"
    )


if __name__ == "__main__":
    main()
