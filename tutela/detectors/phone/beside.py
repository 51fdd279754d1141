"""What do the words beside some digits say that they are?"""

from __future__ import annotations

from msgspec import Struct

from tutela.scan.view import View

_CUE_BEFORE = 48
_CUE_AFTER = 24
_OTHER_BEFORE = 24
_OWNER = 10
_CUES = frozenset({"phone.cue", "phone.weak"})


class Word(Struct, frozen=True):
    """What the words say that the digits are, and how many code points away they stand."""

    phone: bool
    gap: int
    after: bool = False
    weak: bool = False


def word_beside(view: View, start: int, end: int) -> Word | None:
    """The word that says what the digits are: the nearest before them, else the nearest after.

    Where two meet the earlier one speaks: "order number" is no number to call, "phone number" is.
    """
    text = view.text
    before = [
        cue
        for cue in view.cues(start - _CUE_BEFORE - 24, start)
        if cue.group in _CUES or (cue.group == "phone.other" and "\n" not in text[cue.end : start])
    ]
    best = max(before, key=lambda cue: (cue.end, -cue.start), default=None)
    if best is not None and start - best.end <= (_OTHER_BEFORE if best.group == "phone.other" else _CUE_BEFORE):
        spoken = best.group
        if spoken == "phone.weak" or (spoken == "phone.cue" and best.end - best.start <= 3):
            # "licence no.", "member number": the word in front of the number says of what.
            owner = max(
                (cue for cue in before if cue.start < best.start and best.start - cue.end <= _OWNER),
                key=lambda cue: (cue.end, -cue.start),
                default=None,
            )
            if owner is not None and owner.group != "phone.weak":
                spoken = owner.group
        elif any(cue.group == "phone.other" and cue.start < best.start < cue.end for cue in before):
            spoken = "phone.other"
        return Word(spoken != "phone.other", start - best.end, weak=spoken == "phone.weak")
    for cue in view.cues(end, end + _CUE_AFTER):
        if cue.group == "phone.cue":
            return Word(True, cue.start - end, after=True)
    return None


def counts_something(view: View, start: int, end: int) -> bool:
    """True when a unit or a counted thing follows."""
    return any(cue.group == "phone.unit" and cue.start - end <= 2 for cue in view.cues(end, end + 20))
