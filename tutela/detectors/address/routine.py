"""Does a text pin a home and say when someone is alone there?

A home is pinned by its number ("the house at 14"), or by a look and a place ("the yellow house on Mill Lane", "the flat
above the bakery"). Without a pin, words about being alone are nobody's address.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.masking import hidden
from tutela.model import Signal
from tutela.scan.view import View

ROUTINE_GATES = frozenset({"routine", "routine_leaves"})
_BEFORE = 180
_AFTER = 120

# A number behind or before the word for the home, which is no time: "house at 14", "number 7", "дом 5", "3号楼".
_NUMBERED = re.compile(
    r"(?:^|[\s,(])(?:at |number |no\.? ?|nr\.? ?|nº ?|n° ?|número |numero |nummer |numer |número de |numéro |no: ?|д\. ?|№ ?|رقم |नंबर |nomor |số |#)?"
    r"[0-9]{1,4}[a-zA-Z]?(?:号|號|番地?|호|동|번지)?(?![0-9:.]| ?(?:am|pm|a\.m|p\.m|uhr|h\b|o'clock|years?|min|times|people|days?|weeks?|months?|hours?|点|點|時|시|часо|ساعة|बजे|giờ))",
    re.I,
)
_TIMED = re.compile(
    r"(?:after|before|until|till|by|from|around|past|since|age[d]?|channel|season|page|chapter) ?\Z", re.I
)
_PLACED = re.compile(
    r"\b(?:blue|red|green|yellow|white|black|brown|grey|gray|pink|orange|corner|last|first|end|big|little|old|brick|stone|only|ground[- ]floor|top[- ]floor|basement)"
    r"(?: \w+)? (?:house|flat|apartment|door|gate|bungalow|cottage|building|trailer|townhouse|home|place)(?: \w+)?"
    r" (?:on|at|in|next to|opposite|behind|across from|above|beside|by|near|past) (?:the )?(?:[A-Z][\w']+(?: [A-Z][\w']+)*|(?:corner|school|church|bakery|pub|park|station|bus stop|shop|gas station|cemetery|playground))",
)


def routines(view: View) -> Iterator[Signal]:
    """Homes pinned together with hours, near the gates' hits."""
    last = -1
    for hit in sorted((hit for hit in view.hits if hit.id in ROUTINE_GATES), key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, last, 0), min(hit.end + _AFTER, len(view.text))
        pinned = _pin(view, low, high, hour=hit.first)
        if pinned is None:
            continue
        start, end = min(pinned[0], hit.first), max(pinned[1], hit.end)
        start = max(start, last)
        last = end
        yield view.signal(
            "address.routine",
            start,
            end,
            confidence=0.85,
            value=" ".join(re.findall(r"\w+", view.text[start:end].casefold())),
            shown_as=hidden("routine", end - start),
            marks={"cue", "routine"},
        )


def _pin(view: View, low: int, high: int, *, hour: int) -> tuple[int, int] | None:
    """The place of the words that pin a home in `text[low:high]`, or None. `hour` is where the hour's first digit ends:
    the 7 of "she gets home at 7" is no house number."""
    text = view.text
    placed = _PLACED.search(text, low, high)
    if placed is not None:
        return placed.span()
    for cue in view.cues(low, high):
        if cue.group != "routine.home":
            continue
        behind = _NUMBERED.match(text, cue.end, min(cue.end + 24, high))
        if (
            behind is not None
            and not behind.start() < hour <= behind.end()
            and not _TIMED.search(text[max(behind.start() - 8, 0) : behind.start()])
        ):
            return cue.start, behind.end()
        ahead = _NUMBERED.search(text, max(cue.start - 14, low), cue.start)
        if ahead is not None and cue.start - ahead.end() <= 3 and not _TIMED.search(text[low : ahead.start()]):
            return ahead.start(), cue.end
    return None
