"""Signals that speak of the same place: keep what each place really is."""

from __future__ import annotations

from collections.abc import Iterable

from tutela.model import Signal

# Kinds whose value may be part of another's without either being wrong: a user name that is an e-mail address.
_TOGETHER = frozenset({frozenset({"email", "username"}), frozenset({"link", "intent"}), frozenset({"handle", "link"})})
# Put together from fragments, and no more than a likely shape: chance makes such numbers.
_LOOSE = frozenset(("assembled", "weak"))
_NO_VALUE = frozenset({"intent", "file", "image", "link", "handle"})


def settle(signals: Iterable[Signal]) -> list[Signal]:
    """Each signal once, and of two kinds that claim the same text the better one.

    Better is: its check digits or a word beside it speak for it, then the surer, then the longer. Signals without a
    place in a text (boxes, files) are kept as they are.
    """
    kept: list[Signal] = []
    by_part: dict[str, list[Signal]] = {}
    for signal in sorted(signals, key=_rank):
        if signal.marks >= _LOOSE:
            continue
        if signal.end <= signal.start or signal.kind in _NO_VALUE:
            if not any(_same(signal, other) for other in kept[-64:]):
                kept.append(signal)
            continue
        by_part.setdefault(signal.part, []).append(signal)
    for group in by_part.values():
        kept.extend(_best_of(group))
    kept.sort(key=lambda signal: (signal.part, signal.start, signal.end, signal.name))
    return kept


def _rank(signal: Signal) -> tuple[float, float, int, int, str]:
    strong = ("checked" in signal.marks) + ("cue" in signal.marks) - ("weak" in signal.marks)
    return (-strong, -round(signal.confidence, 2), -(signal.end - signal.start), signal.start, signal.name)


def _same(a: Signal, b: Signal) -> bool:
    return a.name == b.name and a.part == b.part and a.start == b.start and a.end == b.end and a.where == b.where


def _best_of(ranked: list[Signal]) -> list[Signal]:
    """Greedy by rank; `taken` maps places to winners in steps, so that ten thousand signals cost linear time."""
    taken: dict[int, list[Signal]] = {}
    winners: list[Signal] = []
    for signal in ranked:
        cells = range(signal.start >> 6, (signal.end - 1 >> 6) + 1)
        rivals = {id(other): other for cell in cells for other in taken.get(cell, ())}
        if any(_clash(signal, other) for other in rivals.values()):
            continue
        winners.append(signal)
        for cell in cells:
            taken.setdefault(cell, []).append(signal)
    return winners


def _clash(signal: Signal, winner: Signal) -> bool:
    shared = min(signal.end, winner.end) - max(signal.start, winner.start)
    if shared <= 0:
        return False
    if frozenset({signal.kind, winner.kind}) in _TOGETHER and signal.kind != winner.kind:
        return False
    return shared * 2 > min(signal.end - signal.start, winner.end - winner.start)
