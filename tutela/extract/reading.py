"""A reading: one way to read a part's text, with the way back to the part's own code points."""

from __future__ import annotations

from array import array
from collections.abc import Sequence


class Reading:
    """Text as it is read, and for each of its code points the place in the part it came from.

    `back` has one entry a code point plus a last one (the part's length): `back[i]` is where code point `i` starts.
    None means that the reading is the part's own text. `ends[i]`, when given, is where code point `i` ends in the
    part; without it a code point ends where the next one starts.
    """

    __slots__ = ("back", "ends", "kind", "text")

    def __init__(
        self,
        text: str,
        kind: str = "plain",
        back: Sequence[int] | None = None,
        ends: Sequence[int] | None = None,
    ) -> None:
        self.text = text
        self.kind = kind
        self.back = None if back is None else array("l", back)
        self.ends = None if ends is None else array("l", ends)

    def to_part(self, start: int, end: int) -> tuple[int, int]:
        """The part's half-open range for this reading's half-open range; an empty range stays empty."""
        if self.back is None:
            return start, end
        if end <= start:
            place = self.back[start]
            return place, place
        return self.back[start], self.ends[end - 1] if self.ends is not None else self.back[end]
