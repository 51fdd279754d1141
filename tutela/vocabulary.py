"""Every signal that the product can give, for lists, for checks of policies, and for documentation."""

from __future__ import annotations

from msgspec import Struct

from tutela.detectors.loading import load_detectors


class SignalName(Struct, frozen=True, kw_only=True):
    """A signal's name, the kind of evidence it is shown as, who gives it, and a sentence for people."""

    name: str
    kind: str
    detector: str
    says: str


def signal_rows() -> list[SignalName]:
    """All signals, by name."""
    rows = [
        SignalName(name=row.name, kind=row.kind, detector=detector.name, says=row.says)
        for detector in load_detectors()
        for row in detector.file.signal
    ]
    return sorted(rows, key=lambda row: row.name)


def signal_names() -> frozenset[str]:
    """The names alone."""
    return frozenset(row.name for row in signal_rows())
