"""Run detectors over a view: patterns confirmed near their hits, then each folder's own `inspect`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tutela.detectors.loading import Detector, Found, Pattern
from tutela.masking import hidden, mask
from tutela.model import Signal
from tutela.scan.onepass import Row
from tutela.scan.view import Hit, View

# How far round a hit's end the exact span is looked for, in code points. The longest declared pattern is a key block.
_BEFORE = 4096
_AFTER = 256


def rows_of(detectors: Iterable[Detector]) -> list[Row]:
    """Everything these detectors add to the one pass. The owner of a row is its detector's name."""
    rows: list[Row] = []
    for detector in detectors:
        rows.extend(Row(detector.name, f"gate:{gate.id}", gate.regex, gate.flags) for gate in detector.file.gate)
        rows.extend(
            Row(detector.name, f"pattern:{number}", pattern.row.regex, pattern.row.flags)
            for number, pattern in enumerate(detector.patterns)
        )
    return rows


def run(detector: Detector, view: View, hits: Sequence[Hit]) -> list[Signal]:
    """This detector's signals in this view. What its code raises is raised here: the engine turns it into a review."""
    signals: list[Signal] = []
    seen = view.for_detector(detector.name, detector.kinds, [])
    gates: list[Hit] = []
    for hit in hits:
        what, _, rest = hit.id.partition(":")
        if what == "gate":
            gates.append(Hit(rest, hit.first, hit.end))
            continue
        pattern = detector.patterns[int(rest)]
        if view.reading.kind in pattern.row.views:
            signals.extend(_confirmed(pattern, seen, hit))
    if gates and detector.inspect is not None and view.reading.kind in detector.file.views:
        signals.extend(detector.inspect(view.for_detector(detector.name, detector.kinds, gates)))
    return signals


def _confirmed(pattern: Pattern, view: View, hit: Hit) -> list[Signal]:
    row = pattern.row
    low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, len(view.text))
    signals: list[Signal] = []
    for match in pattern.confirm.finditer(view.text[low:high]):
        # Matches before this hit belong to another hit of the same pattern.
        if low + match.end() < hit.first or low + match.start() > hit.end:
            continue
        group = 1 if match.re.groups else 0
        start, end = low + match.start(group), low + match.end(group)
        if start < low or (row.words and view.near(row.words, start, end, before=row.reach, after=row.reach) is None):
            continue
        verdict = pattern.check(Found(view, view.text[start:end], start, end)) if pattern.check else True
        confidence, marks = verdict if isinstance(verdict, tuple) else (verdict, ())
        if confidence is True:
            confidence = row.confidence
        if not confidence:
            continue
        value = view.text[start:end]
        kind = view.kinds[row.signal]
        shown = (
            hidden(kind, len(value)) if row.shown == "hidden" else mask(value, tail=4 if row.shown == "tail4" else 2)
        )
        signals.append(
            view.signal(
                row.signal,
                start,
                end,
                confidence=confidence,
                value=value,
                shown_as=shown,
                marks=marks,
                says=row.says,
            )
        )
    return signals
