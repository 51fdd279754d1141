"""Every labelled text of every detector folder, run through the pass as the engine runs it."""

from __future__ import annotations

import pytest

from tutela.detectors.loading import CaseRow, Detector, load_detectors
from tutela.detectors.running import rows_of, run
from tutela.extract.reading import Reading
from tutela.extract.readings import gate_rows, readings
from tutela.model import Part, Signal
from tutela.scan.onepass import OnePass, Row
from tutela.scan.view import View
from tutela.scan.words import load_words

DETECTORS = load_detectors()
WORDS = load_words()
PASS = OnePass([Row("reading", name, regex, flags) for name, regex, flags in gate_rows()] + rows_of(DETECTORS))


def seen(detector: Detector, case: CaseRow) -> list[Signal]:
    part = Part(name="text", text=case.text)
    hits = PASS.scan([case.text]).get(0, {})
    made = (Reading(case.text), *readings(case.text, frozenset(hit.id for hit in hits.get("reading", ()))))
    signals: list[Signal] = []
    for reading in made:
        own = PASS.scan([reading.text]).get(0, {}).get(detector.name)
        if own:
            view = View(part, reading, WORDS, lang=case.lang, surface=case.surface)
            signals.extend(run(detector, view, own))
    return signals


def rows(kind: str) -> list[pytest.ParameterSet]:
    return [
        pytest.param(detector, case, id=f"{detector.name}-{number}-{case.text[:40]!r}")
        for detector in DETECTORS
        for number, case in enumerate(getattr(detector.cases, kind))
    ]


@pytest.mark.parametrize(("detector", "case"), rows("match"))
def test_what_is_there_is_seen(detector: Detector, case: CaseRow) -> None:
    signals = seen(detector, case)
    assert {signal.name for signal in signals} >= set(case.signals)
    if case.found:
        assert any(case.found in case.text[signal.start : signal.end] for signal in signals), signals


@pytest.mark.parametrize(("detector", "case"), rows("passes"))
def test_what_is_something_else_is_passed(detector: Detector, case: CaseRow) -> None:
    assert [signal for signal in seen(detector, case) if signal.confidence >= 0.5 and not signal.marks & EXCUSING] == []


def test_known_misses_are_still_missed() -> None:
    """When this fails a gap is closed: move the case to `match`."""
    closed = [
        f"{detector.name}: {case.text}"
        for detector in DETECTORS
        for case in detector.cases.gap
        if {signal.name for signal in seen(detector, case)} >= set(case.signals)
    ]
    assert closed == []


# Marks by which every rule of the shipped policy excuses a signal whatever stands around it.
EXCUSING = frozenset(
    ("sample", "specimen", "placeholder", "fiction", "masked", "partial", "toll_free", "shared_cost", "premium",
     "short_code", "organisation", "advice", "demo", "guest", "game", "game_code", "coupon", "coarse", "reserved", "blank")
)  # fmt: skip
