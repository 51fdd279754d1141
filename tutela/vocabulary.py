"""Every signal that the product can give, for lists, for checks of policies, and for documentation."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from msgspec import Struct

from tutela.detectors.loading import load_detectors
from tutela.intent.labels import load_labels

# Rooms that see what is no text keep their names in a table of their own.
_ROOMS = {
    "tutela.links": "links",
    "tutela.extract.files": "files",
    "tutela.extract.image": "pictures",
    "tutela.traffic": "traffic",
}


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
        for detector in load_detectors(own_cases=False)
        for row in detector.file.signal
    ]
    for package, room in _ROOMS.items():
        table = tomllib.loads((files(package) / "signals.toml").read_text("utf-8"))
        rows.extend(SignalName(detector=room, **row) for row in table["signal"])
    labels = load_labels()
    rows.extend(
        SignalName(name=f"intent.{name}", kind="intent", detector="intent", says=f"the text {labels.says[name]}")
        for name in labels.intents
    )
    return sorted(rows, key=lambda row: row.name)


def signal_names() -> frozenset[str]:
    """The names alone."""
    return frozenset(row.name for row in signal_rows())
