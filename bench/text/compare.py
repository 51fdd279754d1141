"""The text engine beside its peers: same posts, one run, CPU seconds of one process each.

    make bench          (or: python -m bench text)

Ordinary posts are the harmless ones of the corpus; labelled posts are generated with a seed and were not used to tune.
Peers run in `.venv-bench`; one that cannot run is named with its reason.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from bench.text.posts import Labelled, labelled, ordinary

ROOT = Path(__file__).parents[2]
# The slow peer gets fewer posts; rates are per CPU second.
COUNTS = {"presidio": 400, "datafog-core": 20_000, "argus-redact": 2_000}


def f1(posts: list[Labelled], found: list[list[tuple[int, int]]]) -> tuple[float, float, float]:
    """Precision, recall and F1 by post: a value counts as found when a span overlaps it by half."""
    hit = wrong = missed = 0
    for post, spans in zip(posts, found, strict=True):
        if not post.kind:
            wrong += bool(spans)
        elif any(min(post.end, end) - max(post.start, start) >= (post.end - post.start) / 2 for start, end in spans):
            hit += 1
        else:
            missed += 1
    precision, recall = hit / max(hit + wrong, 1), hit / max(hit + missed, 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def tutela(posts: list[Labelled]) -> dict[str, float]:
    """The engine's own figures, in this process."""
    begun = time.process_time()
    from tutela import Engine, Item

    engine = Engine.load(intent="off")
    load_s = time.process_time() - begun
    figures = {"load_s": load_s, "rss_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024}
    for name, english in (("english", True), ("mixed", False)):
        items = [Item(text=text) for text in ordinary(40_000, english=english)]
        list(engine.check_many(items[:2000], batch=512))
        begun = time.process_time()
        list(engine.check_many(items, batch=512))
        figures[f"{name}_rate"] = len(items) / (time.process_time() - begun)
    single = items[:5000]
    begun = time.process_time()
    for item in single:
        engine.check(item)
    figures["single_us"] = (time.process_time() - begun) / len(single) * 1e6
    texts = [item.text or "" for item in items]
    begun = time.process_time()
    for start in range(0, len(texts), 512):
        engine._pass._matcher.scan("\x1e".join(texts[start : start + 512]).encode())
    figures["matcher_rate"] = len(texts) / (time.process_time() - begun)
    prose = " ".join(ordinary(40_000, english=True))
    for size in (2_000, 200_000, 2_000_000):
        documents = [Item(text=prose[at : at + size]) for at in range(0, min(len(prose), 4_000_000) - size + 1, size)][
            :1000
        ]
        begun = time.process_time()
        list(engine.check_many(documents, batch=64))
        figures[f"mb_s_{size}"] = sum(len(d.text or "") for d in documents) / 1e6 / (time.process_time() - begun)
    with_intent = Engine.load()
    items = [Item(text=text) for text in ordinary(8_000, english=True)]
    list(with_intent.check_many(items[:500]))
    begun = time.process_time()
    list(with_intent.check_many(items))
    figures["intent_rate"] = len(items) / (time.process_time() - begun)
    found = [
        [(e.where.start or 0, e.where.end or 0) for e in d.evidence]
        for d in engine.check_many(Item(text=post.text) for post in posts)
    ]
    # The peers say "there is an e-mail address"; whether it is private is a question only this engine asks.
    mails = [engine.explain(Item(text=post.text)).signals if post.kind in ("email", "") else () for post in posts]
    for spans, signals in zip(found, mails, strict=True):
        spans.extend((signal.start, signal.end) for signal in signals if signal.name == "email.address")
    figures["precision"], figures["recall"], figures["f1"] = f1(posts, found)
    return figures


def peer(name: str, posts: list[Labelled]) -> dict[str, float] | str:
    """A peer's figures, or why it cannot run."""
    python = ROOT / ".venv-bench" / "bin" / "python"
    if not python.exists():
        return "no .venv-bench: `make bench` makes it"
    with tempfile.NamedTemporaryFile("w", suffix=".json", encoding="utf-8") as file:
        json.dump({"ordinary": ordinary(COUNTS[name], english=True), "labelled": [post.text for post in posts]}, file)
        file.flush()
        done = subprocess.run(
            [str(python), str(ROOT / "bench/text/peers.py"), name, file.name],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        return (done.stderr.strip().splitlines() or ["no reason given"])[-1][:80]
    said = json.loads(done.stdout.strip().splitlines()[-1])
    precision, recall, score = f1(posts, [[(s, e) for s, e in spans] for spans in said["found"]])
    return {
        "english_rate": said["posts"] / said["cpu_s"], "load_s": said["load_s"], "rss_mb": said["rss_mb"],
        "precision": precision, "recall": recall, "f1": score,
    }  # fmt: skip


def main() -> int:
    """Prints the table and the ratios."""
    posts = labelled(800)
    own = tutela(posts)
    console = Console()
    table = Table(title=f"Ordinary English posts, and {len(posts)} generated ones with values to find")
    for column in ("", "posts / CPU s", "ratio", "precision", "recall", "F1", "load CPU s", "memory MB"):
        table.add_column(column, justify="left" if not column else "right")
    rows: list[tuple[str, dict[str, float] | str]] = [("tutela", own), *((name, peer(name, posts)) for name in COUNTS)]
    for name, figures in rows:
        if isinstance(figures, str):
            table.add_row(name, figures)
            continue
        table.add_row(
            name, f"{figures['english_rate']:,.0f}", f"1 : {own['english_rate'] / figures['english_rate']:,.1f}",
            f"{figures['precision']:.2f}", f"{figures['recall']:.2f}", f"{figures['f1']:.2f}",
            f"{figures['load_s']:.2f}", f"{figures['rss_mb']:.0f}",
        )  # fmt: skip
    console.print(table)
    console.print(
        f"mixed languages {own['mixed_rate']:,.0f} posts / CPU s · one a call {own['single_us']:.1f} µs · "
        f"documents of 2 KB {own['mb_s_2000']:.1f}, 200 KB {own['mb_s_200000']:.1f}, 2 MB {own['mb_s_2000000']:.1f} MB/s · "
        f"bare matcher {own['matcher_rate']:,.0f} posts / CPU s · with intent {own['intent_rate']:,.0f} posts / CPU s"
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
