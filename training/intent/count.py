"""How many lines are there, by language, topic, verdict and part? Exits with 1 when the corpus has defects."""

from __future__ import annotations

import sys
from collections import Counter

from training.intent.corpus import defects, load, part_of


def main() -> int:
    lines = load()
    for name, key in (
        ("language", lambda line: line.lang),
        ("topic", lambda line: line.topic),
        ("part", lambda line: part_of(line.family)),
    ):
        both = Counter((key(line), line.violates) for line in lines)
        print(f"{name:12} {'lines':>6} {'violate':>8} {'families':>9}")
        for value in sorted({value for value, _ in both}):
            families = len({line.family for line in lines if key(line) == value})
            print(f"{value:12} {both[value, True] + both[value, False]:6} {both[value, True]:8} {families:9}")
        print()
    print(f"{len(lines)} lines, {len({line.pair for line in lines if line.pair})} pairs")
    wrong = defects(lines)
    for defect in wrong:
        print(defect, file=sys.stderr)
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
