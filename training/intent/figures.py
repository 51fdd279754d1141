"""How good are given weights? Everything that `docs/intent.md` says is computed here, by the product's own code."""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from training.intent.examples import DISGUISES, Example, disguised
from tutela.intent import IntentModel, Judged
from tutela.intent.labels import CLAUSES

VERDICT = 0.5
_BINS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 1.0)


def corpus_figures(model: IntentModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Figures on corpus lines: the verdict, by language, intent, counter-label, with and without thread, pairs, calibration."""
    judged = [look(model, e) for e in examples]
    truth = [e.violates for e in examples]
    said = [j.violates >= VERDICT for j in judged]
    both = list(zip(examples, judged, said, strict=True))
    pairs: dict[str, list[bool]] = defaultdict(list)
    for example, _, verdict in both:
        if example.pair:
            pairs[example.pair].append(verdict == example.violates)
    whole = [all(sides) for sides in pairs.values() if len(sides) == 2]
    right = [
        CLAUSES[int(np.argmax(j.clauses))] in e.clauses
        for e, j, verdict in both
        if verdict and e.violates and j.clauses
    ]
    return {
        "lines": len(examples),
        "violating": sum(truth),
        **_verdict(truth, said),
        "pairs": {"count": len(whole), "both_right": _share(whole)},
        "first_clause_right": _share(right),
        "by_language": _grouped(both, lambda e: (e.lang,)),
        "with_thread": _verdict([e.violates for e, _, _ in both if e.thread], [v for e, _, v in both if e.thread]),
        "recall_by_intent": {
            intent: {"lines": len(hits), "recall": _share(hits)}
            for intent, hits in sorted(_by(both, lambda e: e.intents if e.violates else ()).items())
        },
        "alarms_by_counter": {
            counter: {"lines": len(hits), "alarms": _share(hits)}
            for counter, hits in sorted(_by(both, lambda e: () if e.violates else e.counters or ("everyday",)).items())
        },
        "reliability": reliability([j.violates for j in judged], truth),
        "thresholds": [
            {"at": at, **_verdict(truth, [j.violates >= at for j in judged])}
            for at in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)
        ],
        "passed_by_linear": _share([j.stage == "linear" for e, j, _ in both if e.violates]),
    }


def disguise_figures(model: IntentModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Recall on violating lines as they are and in each disguise."""
    violating = [e for e in examples if e.violates]
    kinds = {"plain": violating} | {kind: [disguised(e, kind, 7) for e in violating] for kind in DISGUISES}
    return {kind: _share([look(model, e).violates >= VERDICT for e in lines]) for kind, lines in kinds.items()}


def ordinary_figures(
    model: IntentModel, posts: Sequence[Example], gate: Callable[[Sequence[str]], Sequence[bool]]
) -> dict[str, Any]:
    """What the stages let through of everyday posts."""
    opened = [post for post, seen in zip(posts, gate([p.text for p in posts]), strict=True) if seen]
    judged = [look(model, post) for post in opened]
    return {
        "posts": len(posts),
        "gate": round(len(opened) / len(posts), 4),
        "encoder": round(sum(j.stage == "encoder" for j in judged) / len(posts), 4),
        "alarms_in_10000": round(sum(j.violates >= VERDICT for j in judged) / len(posts) * 10000, 1),
    }


def look(model: IntentModel, example: Example) -> Judged:
    """What the model makes of an example."""
    return model.look(example.text, surface=example.surface, thread=example.thread)


def reliability(chances: Sequence[float], truth: Sequence[bool]) -> list[dict[str, float]]:
    """For each band of chances: how many, the mean chance, and the share that is true."""
    rows = []
    for low, high in itertools.pairwise(_BINS):
        members = [(c, t) for c, t in zip(chances, truth, strict=True) if low <= c < high or c == high == 1.0]
        if members:
            rows.append(
                {
                    "from": low,
                    "to": high,
                    "lines": len(members),
                    "said": round(sum(c for c, _ in members) / len(members), 3),
                    "true": _share([t for _, t in members]),
                }
            )
    return rows


def _verdict(truth: Sequence[bool], said: Sequence[bool]) -> dict[str, float]:
    hit = sum(t and s for t, s in zip(truth, said, strict=True))
    wrong = sum(s and not t for t, s in zip(truth, said, strict=True))
    return {
        "f1": round(2 * hit / max(1, sum(truth) + sum(said)), 4),
        "recall": round(hit / max(1, sum(truth)), 4),
        "false_alarms": round(wrong / max(1, len(truth) - sum(truth)), 4),
    }


def _grouped(both: Sequence[tuple[Example, Judged, bool]], key: Callable[[Example], Iterable[str]]) -> dict[str, Any]:
    groups: dict[str, list[tuple[bool, bool]]] = defaultdict(list)
    for example, _, verdict in both:
        for name in key(example):
            groups[name].append((example.violates, verdict))
    return {
        name: {"lines": len(rows), **_verdict([t for t, _ in rows], [s for _, s in rows])}
        for name, rows in sorted(groups.items())
    }


def _by(both: Sequence[tuple[Example, Judged, bool]], key: Callable[[Example], Iterable[str]]) -> dict[str, list[bool]]:
    groups: dict[str, list[bool]] = defaultdict(list)
    for example, _, verdict in both:
        for name in key(example):
            groups[name].append(verdict)
    return groups


def _share(values: Sequence[bool]) -> float:
    return round(sum(values) / len(values), 4) if values else 0.0
