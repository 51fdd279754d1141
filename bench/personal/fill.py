"""How do frames become posts? `python -m bench.personal.fill` writes corpus/personal/posts/<lang>.jsonl from frames.txt."""

from __future__ import annotations

import json
from pathlib import Path

from bench.personal.values import Filler

FOLDER = Path(__file__).parents[2] / "corpus" / "personal"


def main() -> None:
    lines: dict[str, list[str]] = {}
    family, clauses, kinds, surface = "", [""], [""], "post"
    for number, row in enumerate((FOLDER / "frames.txt").read_text("utf-8").splitlines(), 1):
        if not row or row.startswith("#"):
            continue
        if row.startswith("= "):
            family, first, second, surface = (field.strip() for field in row[2:].split("|"))
            clauses, kinds = first.split(",") if first else [], second.split(",") if second else []
            continue
        head, _, frame = row.partition(" ")
        lang, *told = head.split("/")
        post: dict[str, object] = {"text": Filler(f"{family}/{row}", lang).fill(frame), "lang": lang}
        post["surface"] = told[0] if told else surface
        if len(told) > 1:
            post["audience"] = told[1]
        post |= {"violates": bool(clauses), "clauses": clauses, "kinds": kinds, "family": family}
        lines.setdefault(lang, []).append(json.dumps(post | {"note": f"frame {number}"}, ensure_ascii=False))
    (FOLDER / "posts").mkdir(exist_ok=True)
    for lang, posts in lines.items():
        (FOLDER / "posts" / f"{lang}.jsonl").write_text("\n".join(posts) + "\n", "utf-8")
    print({lang: len(posts) for lang, posts in lines.items()}, sum(map(len, lines.values())))


if __name__ == "__main__":
    main()
