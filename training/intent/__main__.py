"""Rebuilds everything in `tutela/intent/weights` and `tutela/intent/gates.toml` from the corpus and public sets.

    .venv-train/bin/python -m training.intent --public training/public

`--public` is a folder with `ordinary_posts.jsonl.gz` (everyday comments: GoEmotions, Apache-2.0) and `messages_A.jsonl.xz` (UCI SMS
Spam Collection and the smishing set of Mishra and Soni, both CC BY 4.0); `docs/intent.md` gives their columns. The
steps can be run one by one with `--only`. Seeded: the same input gives the same weights on the same libraries.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import random
from pathlib import Path

import msgspec
from msgspec.structs import replace

from training.intent import figures, gate, linear
from training.intent.encoder import Learner, plain
from training.intent.examples import DISGUISES, Example, corpus_examples, disguised, messages, ordinary
from training.intent.exposed import exposures
from training.intent.settle import settle
from tutela.intent.cascade import load
from tutela.intent.encoder import Encoder
from tutela.intent.linear import Linear
from tutela.intent.weights import SHIPPED, Manifest

STEPS = ("linear", "encoder", "export", "gate", "settle", "figures")
VERSION = "2026-11-22"
_EPOCHS = 5
_SEED = 0
_ALIKE = -3.1
_TOPIC_EPOCHS = 6


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m training.intent")
    parser.add_argument("--public", type=Path, default=Path("training/public"))
    parser.add_argument("--work", type=Path, default=Path("out/intent"), help="checkpoints")
    parser.add_argument("--only", choices=STEPS, action="append")
    parser.add_argument("--threads", type=int, default=1)
    given = parser.parse_args()
    steps = given.only or STEPS
    given.work.mkdir(parents=True, exist_ok=True)
    SHIPPED.mkdir(exist_ok=True)
    corpus = corpus_examples()
    posts = ordinary(given.public / "ordinary_posts.jsonl.gz")
    texts = messages(given.public / "messages_A.jsonl.xz")
    shown = exposures()
    checkpoint = given.work / "encoder.pt"
    if "linear" in steps:
        lines = _part(corpus, "train")
        rng = random.Random(_SEED)
        masked = [disguised(line, rng.choice(DISGUISES), 1) for line in lines]
        stage = linear.train([*lines, *masked, *_part(posts, "train"), *_part(texts, "train"), *_part(shown, "train")])
        (SHIPPED / "linear.bin").write_bytes(stage.to_bytes())
    if "encoder" in steps:
        learner = Learner([plain(e.text) for e in [*corpus, *posts[:8000], *texts]], seed=_SEED, threads=given.threads)
        lines = _part(corpus, "train")
        calm = [line for line in lines if not line.violates]
        learner.fit_topics(
            [*(line for line in lines if line.violates), *random.Random(_SEED).sample(calm, min(1000, len(calm)))],
            epochs=_TOPIC_EPOCHS,
            keep=checkpoint,
        )
        learner.fit(_lessons(corpus, posts, texts), epochs=_EPOCHS, keep=checkpoint, watch=_part(corpus, "tune"))
    if "export" in steps:
        Learner([], start=checkpoint).export(SHIPPED)
    if "gate" in steps:
        known = [e for e in corpus if e.part != "measure"]
        rows = gate.patterns(known, _part(posts, "train"))
        gate.write(rows, SHIPPED.parent / "gates.toml")
    if "settle" in steps:
        encoder = Encoder((SHIPPED / "encoder.onnx").read_bytes(), (SHIPPED / "pieces.json").read_bytes())
        found = settle(
            Linear.from_bytes((SHIPPED / "linear.bin").read_bytes()),
            encoder,
            _part(corpus, "tune"),
            [*_part(posts, "tune"), *_part(shown, "tune")],
        )
        files = {
            name: hashlib.sha256((SHIPPED / name).read_bytes()).hexdigest()
            for name in ("encoder.onnx", "linear.bin", "pieces.json")
        }
        manifest = Manifest(version=VERSION, files=files, settings=found)
        (SHIPPED / "manifest.json").write_bytes(msgspec.json.format(msgspec.json.encode(manifest), indent=1) + b"\n")
    if "figures" in steps:
        model = load()
        rows_now = [(row.id, row.regex) for row in model.rows("intent")]
        measured = _part(corpus, "measure")
        report = {
            "version": VERSION,
            "measure": figures.corpus_figures(model, measured),
            "gate_recall": _gate_recall(rows_now, measured),
            "disguises": figures.disguise_figures(model, [e for e in measured if not e.thread]),
            "ordinary": figures.ordinary_figures(
                model, _part(posts, "measure"), lambda given: gate.passes(rows_now, given)
            ),
        }
        (SHIPPED / "figures.json").write_text(json.dumps(report, indent=1) + "\n", "utf-8")
        print(
            json.dumps(
                {k: report["measure"][k] for k in ("f1", "recall", "false_alarms", "pairs", "first_clause_right")},
                indent=1,
            )
        )
        print(json.dumps({k: report[k] for k in ("gate_recall", "disguises", "ordinary")}, indent=1))


def _part(examples: list[Example], part: str) -> list[Example]:
    return [example for example in examples if example.part == part]


def _lessons(corpus: list[Example], posts: list[Example], texts: list[Example]) -> list[Example]:
    """What the encoder learns from: the corpus, everyday posts that the linear stage would let on, and some of the rest."""
    rng = random.Random(_SEED)
    stage = Linear.from_bytes((SHIPPED / "linear.bin").read_bytes())
    alike = [replace(e, weight=1.0) for e in _part(posts, "train") if stage.score(linear.places(e)) >= _ALIKE]
    spam = [e for e in _part(texts, "train") if e.violates]
    ham = [e for e in _part(texts, "train") if not e.violates]
    return [*_part(corpus, "train"), *alike, *rng.sample(_part(posts, "train"), 500), *spam, *rng.sample(ham, 250)]


def _gate_recall(rows: list[tuple[str, str]], measured: list[Example]) -> float:
    wanted = [e for e in measured if e.violates and not e.thread]
    return round(sum(gate.passes(rows, [plain(e.text) for e in wanted])) / len(wanted), 4)


if __name__ == "__main__":
    main()
