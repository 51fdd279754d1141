"""What does each stage of the intent cascade catch, and what does it cost?

    .venv/bin/python -m bench.intent.measure [--ordinary posts.jsonl.gz] [--posts 4000]

Catch is measured on the measuring part of `corpus/`; cost as processor time of one thread on `--ordinary` (one JSON object a
line with `text`), or on the allowed lines of the measuring part where no file is given.
"""

from __future__ import annotations

import argparse
import gzip
import json
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from training.intent.corpus import load as load_corpus
from training.intent.corpus import part_of
from tutela.intent import load_intent
from tutela.intent.features import around_features, slots, text_features
from tutela.intent.folding import fold
from tutela.scan.onepass import OnePass

_T = TypeVar("_T")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.intent.measure")
    parser.add_argument("--ordinary", type=Path)
    parser.add_argument("--posts", type=int, default=4000)
    given = parser.parse_args()
    model = load_intent()
    once = OnePass(model.rows("intent"))
    lines = [line for line in load_corpus() if part_of(line.family) == "measure"]
    bad = [line for line in lines if line.violates and not line.thread]
    posts = (
        _posts(given.ordinary)[: given.posts] if given.ordinary else [line.text for line in lines if not line.violates]
    )
    model.look("warm up: selling my account with the password")
    opened_bad = set(once.scan([line.text for line in bad]))
    judged_bad = [model.look(line.text, surface=line.surface) for line in bad]
    scan_us, opened = _cost(lambda: once.scan(posts), len(posts))
    met = [posts[number] for number in sorted(opened)]
    linear_us, _ = _cost(
        lambda: [slots(text_features(fold(text)), around_features("post", ())) for text in met], len(met)
    )
    all_us, judged = _cost(lambda: [model.look(text) for text in met], len(met))
    reached = sum(found.stage == "encoder" for found in judged)
    alarms = sum(found.violates >= 0.5 for found in judged)
    print(f"{'stage':10} {'catches of violating lines':>28} {'of ordinary posts':>20} {'cost of one':>14}")
    print(f"{'gate':10} {len(opened_bad) / len(bad):>28.1%} {len(met) / len(posts):>20.2%} {scan_us:>11.1f} us")
    passed = sum(found.stage == "encoder" for found in judged_bad) / len(bad)
    print(f"{'linear':10} {passed:>28.1%} {reached / len(posts):>20.2%} {linear_us:>11.1f} us")
    encoder_us = (all_us - linear_us) * len(met) / max(1, reached)
    said = sum(found.violates >= 0.5 for found in judged_bad) / len(bad)
    print(f"{'encoder':10} {said:>28.1%} {alarms / len(posts):>20.2%} {encoder_us:>11.1f} us")
    total = scan_us + all_us * len(met) / len(posts)
    print(f"the room costs {total:.1f} us a post of these: {1e6 / total:,.0f} posts a second of processor time")


def _cost(work: Callable[[], _T], count: int) -> tuple[float, _T]:
    """Microseconds of processor time for each of `count`, and what the work gave."""
    started = time.process_time()
    result = work()
    return (time.process_time() - started) / max(1, count) * 1e6, result


def _posts(path: Path) -> Sequence[str]:
    opener = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["text"] for line in lines]


if __name__ == "__main__":
    main()
