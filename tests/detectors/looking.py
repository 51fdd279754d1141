"""One detector over one text, as the engine runs it."""

from __future__ import annotations

from functools import cache

from tutela.detectors.loading import Detector, load_detectors
from tutela.detectors.running import rows_of, run
from tutela.extract.reading import Reading
from tutela.model import Part, Signal
from tutela.scan.onepass import OnePass
from tutela.scan.view import View
from tutela.scan.words import Words, load_words


@cache
def _words() -> Words:
    return load_words()


@cache
def _detectors() -> dict[str, Detector]:
    return {one.name: one for one in load_detectors()}


class Looker:
    """Calls one folder's patterns and gates on a text; its signals come in order of their place."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.detector = _detectors()[name]
        self._pass = OnePass(rows_of([self.detector]))

    def __call__(self, text: str, lang: str | None = None) -> list[Signal]:
        hits = self._pass.scan([text]).get(0, {}).get(self.name, [])
        view = View(Part(name="text", text=text), Reading(text), _words(), lang=lang)
        return sorted(run(self.detector, view, hits), key=lambda signal: (signal.start, signal.end))
