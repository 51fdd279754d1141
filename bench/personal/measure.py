"""How well are posts judged that expose personal information, and posts that only look so?

    python -m bench.personal.measure [--part dev|measure] [--errors]

Families are split by their name's digest: two thirds "dev", which rules may be mended by, one third "measure", of which
only figures are looked at. Nothing is trained. Values in the posts are generated; the sentences were written by hand.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from tutela import Decision, Engine, Item

ROOT = Path(__file__).parents[2]
POSTS = ROOT / "corpus" / "personal" / "posts"
Post = Mapping[str, Any]


def part_of(family: str) -> str:
    """The part a family belongs to, by its name alone."""
    return "measure" if hashlib.sha256(family.encode()).digest()[0] % 3 == 0 else "dev"


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.personal.measure")
    parser.add_argument("--part", choices=("dev", "measure"))
    parser.add_argument("--errors", action="store_true", help="print the wrongly judged posts of the dev part")
    given = parser.parse_args()
    posts = [json.loads(line) for path in sorted(POSTS.glob("*.jsonl")) for line in path.open(encoding="utf-8")]
    engine = Engine.load(platform=str(ROOT / "examples" / "murmura.toml"), intent="off")
    for part in (given.part,) if given.part else ("dev", "measure"):
        chosen = [post for post in posts if part_of(post["family"]) == part]
        told = list(engine.check_many(_item(number, post) for number, post in enumerate(chosen)))
        print(f"== {part}")
        _figures("all", chosen, told)
        for clause in sorted({c for post in chosen for c in post["clauses"][:1]}):
            _found(clause, [(p, d) for p, d in zip(chosen, told, strict=True) if p["clauses"][:1] == [clause]])
        for lang in sorted({post["lang"] for post in chosen}):
            pairs = [(p, d) for p, d in zip(chosen, told, strict=True) if p["lang"] == lang]
            _figures(lang, [p for p, _ in pairs], [d for _, d in pairs])
        if given.errors and part == "dev":
            _errors(chosen, told)


def _item(number: int, post: Post) -> Item:
    return Item(
        id=str(number), text=post["text"], lang=post["lang"], surface=post["surface"], audience=post.get("audience")
    )


def _figures(name: str, posts: Sequence[Post], told: Sequence[Decision]) -> None:
    pairs = list(zip(posts, told, strict=True))
    hits = [(post, decision) for post, decision in pairs if post["violates"] and decision.violates]
    missed = sum(post["violates"] and not decision.violates for post, decision in pairs)
    false = sum(decision.violates and not post["violates"] for post, decision in pairs)
    allowed = sum(not post["violates"] for post in posts)
    f1 = 2 * len(hits) / max(1, 2 * len(hits) + missed + false)
    first = sum(decision.clauses[0].id == post["clauses"][0] for post, decision in hits)
    kinds = Counter(
        not {e.kind for e in decision.evidence}.isdisjoint(kind.split("/"))
        for post, decision in pairs
        for kind in post["kinds"]
    )
    print(
        f"{name:6} n {len(pairs):4}  F1 {f1:.3f}  missed {missed}  false alarms {false}/{allowed}"
        f"  first clause {first}/{len(hits)}  kinds {kinds[True]}/{kinds.total()}"
    )


def _found(clause: str, pairs: Sequence[tuple[Post, Decision]]) -> None:
    print(f"{clause:16} found {sum(decision.violates for _, decision in pairs)}/{len(pairs)}")


def _errors(posts: Sequence[Post], told: Sequence[Decision]) -> None:
    for post, decision in zip(posts, told, strict=True):
        clauses = [verdict.id for verdict in decision.clauses]
        seen = {evidence.kind for evidence in decision.evidence}
        if (
            decision.violates != post["violates"]
            or clauses[:1] != post["clauses"][:1]
            or any(seen.isdisjoint(kind.split("/")) for kind in post["kinds"])
        ):
            wrong = "MISS" if not decision.violates else "FALSE" if not post["violates"] else "OTHER"
            print(wrong, post["lang"], post["family"], post["surface"], clauses[:2], sorted(seen), repr(post["text"]))


if __name__ == "__main__":
    main()
