"""A view: one reading of one part, with the hits of the pass and the words around them, as detectors see it."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import NamedTuple

from tutela.extract.reading import Reading
from tutela.model import Part, Signal
from tutela.scan.words import Cue, Words

# Words are looked up by stretches of this many code points, so that a long document pays only near its hits.
_STRETCH = 2048
_OVERLAP = 128
_END = attrgetter("end")


class Hit(NamedTuple):
    """A gate or pattern of the detector that matched. `first` and `end` are the smallest and the largest end offset
    of a run of matches that end next to each other (a gate for seven digits matches at the seventh, the eighth, …)."""

    id: str
    first: int
    end: int


class View:
    """What a detector inspects. Offsets are code points of `text`, the reading's text.

    `key` tells parts of one name apart (pages of a file) and is the `part` of the signals made here.
    """

    __slots__ = (
        "_cues",
        "_words",
        "detector",
        "hits",
        "key",
        "kinds",
        "lang",
        "part",
        "reading",
        "surface",
        "text",
    )

    def __init__(
        self,
        part: Part,
        reading: Reading,
        words: Words,
        *,
        lang: str | None = None,
        surface: str = "post",
        key: str = "",
        cues: dict[int, list[Cue]] | None = None,
    ) -> None:
        self.part = part
        self.key = key or part.name
        self.reading = reading
        self.text = reading.text
        self.lang = lang
        self.surface = surface
        self.hits: Sequence[Hit] = ()
        self.detector = ""
        self.kinds: dict[str, str] = {}
        self._words = words
        self._cues: dict[int, list[Cue]] = {} if cues is None else cues

    def for_detector(self, detector: str, kinds: dict[str, str], hits: Sequence[Hit]) -> View:
        """The same view with another detector's hits; the words already found are shared."""
        view = View(
            self.part,
            self.reading,
            self._words,
            lang=self.lang,
            surface=self.surface,
            cues=self._cues,
        )
        view.detector, view.kinds, view.hits = detector, kinds, hits
        return view

    def cues(self, start: int, end: int) -> list[Cue]:
        """All words of all groups that lie wholly in `text[start:end]`, by end."""
        start, end = max(start, 0), min(end, len(self.text))
        found: list[Cue] = []
        for number in range(start // _STRETCH, max(end - 1, start) // _STRETCH + 1):
            stretch = self._cues.get(number)
            if stretch is None:
                base = number * _STRETCH
                low = max(base - _OVERLAP, 0)
                stretch = [
                    Cue(cue.group, cue.start + low, cue.end + low, cue.lang)
                    for cue in self._words.find(self.text[low : base + _STRETCH])
                    if cue.end + low > base
                ]
                self._cues[number] = stretch
            first, last = bisect_right(stretch, start, key=_END), bisect_right(stretch, end, key=_END)
            found.extend(cue for cue in stretch[first:last] if cue.start >= start)
        return found

    def words_in(self, text: str) -> list[Cue]:
        """All words of all groups in another text; offsets are that text's."""
        return self._words.find(text)

    def near(
        self,
        groups: str | Iterable[str],
        start: int,
        end: int,
        *,
        before: int = 60,
        after: int = 30,
    ) -> Cue | None:
        """The word of `groups` nearest to `text[start:end]` within `before` and `after` code points, or None.

        Words inside the range itself do not count.
        """
        wanted = {groups} if isinstance(groups, str) else set(groups)
        unknown = wanted - self._words.groups
        if unknown:
            raise KeyError(f"no word group named {', '.join(sorted(unknown))}")
        best: Cue | None = None
        distance = before + after + 1
        for cue in self.cues(start - before, end + after):
            if cue.group not in wanted or (cue.start < end and cue.end > start):
                continue
            gap = start - cue.end if cue.end <= start else cue.start - end
            if gap < distance:
                best, distance = cue, gap
        return best

    def signal(
        self,
        name: str,
        start: int,
        end: int,
        *,
        confidence: float,
        value: str = "",
        shown_as: str = "",
        marks: Iterable[str] = (),
        says: str = "",
        kind: str = "",
    ) -> Signal:
        """A signal of this detector at `text[start:end]`, placed in the part and in what people see."""
        first, last = self.reading.to_part(start, end)
        return Signal(
            name=name,
            kind=kind or self.kinds[name],
            confidence=confidence,
            detector=self.detector,
            shown_as=shown_as,
            where=self.part.locate(first, last),
            part=self.key,
            start=first,
            end=last,
            value=value,
            # What was put together from pieces needs more to speak for it than what stood together.
            marks=frozenset(marks) | {"assembled"} if self.reading.kind == "pieces" else frozenset(marks),
            says=says,
        )
