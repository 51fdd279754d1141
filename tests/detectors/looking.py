"""One detector over one text, as the engine runs it."""

from __future__ import annotations

import time
from collections.abc import Callable
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


def assert_linear(look: Callable[[str], object], piece: str, *, small: int, tries: int = 4) -> None:
    """Four times the text takes about four times as long, not sixteen: the least of several tries, as cores are shared.

    `small` is the shorter text's length in code points.
    """

    def cost(size: int) -> float:
        text = (piece * (size // len(piece) + 1))[:size]
        begin = time.process_time()
        look(text)
        return time.process_time() - begin

    cost(small // 4)
    least = most = float("inf")
    for _ in range(tries):
        least, most = min(least, cost(small)), min(most, cost(4 * small))
        if most < 10 * least + 0.05:
            return
    raise AssertionError(f"{small} code points took {least:.3f} s, four times as many {most:.3f} s")


def assert_inside(look: Callable[[str], list[Signal]], text: str) -> None:
    """Every signal lies inside the text and is not empty."""
    for signal in look(text):
        assert 0 <= signal.start < signal.end <= len(text)
