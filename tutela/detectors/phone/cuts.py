"""Where in a run of digit groups may a number begin and end?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from tutela.scan.view import View

# A hit's first end lies at the seventh digit, its last end at the last one.
_BEFORE = 56
_AFTER = 56
# Fewer digits are no number to call but a short code; E.164 allows fifteen, "00" and a trunk "(0)" come on top.
LEAST = 7
_MOST = 18
# Groups of digits with at most four other signs between them: "+49 (0) 1512 / 724 47-40".
RUN = re.compile(r"[0-9]+(?:[^0-9A-Za-z]{1,4}[0-9]+)*")
GROUP = re.compile(r"[0-9]+")
EXTENSION = re.compile(
    r"[ ,;]{0,3}(?:ext(?:ension|n)?\.?|x|int\.?|interno|anexo|ramal|poste|Durchwahl|DW|доб\.?|dahili|内線|分机|分機|내선)"
    r"[ :.#]{0,2}[0-9]{1,6}(?![0-9A-Za-z])",
    re.I,
)
_SOFT = frozenset(" \t\n\r\u00a0\u2009\u202f.-\u2010\u2011\u2012\u2013\u2014\u2212()[]/*_·•~")


class Group(Struct, frozen=True):
    start: int
    end: int


def windows(view: View) -> list[tuple[int, int]]:
    """Bounded stretches round the hits, joined where they meet."""
    size = len(view.text)
    joined: list[tuple[int, int]] = []
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, size)
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def between(text: str, groups: list[Group], index: int) -> str:
    """What stands between group `index` - 1 and group `index`."""
    return text[groups[index - 1].end : groups[index].start]


def is_hard(gap: str) -> bool:
    """True for what parts two things: a comma or another sign that is no part of a number, a blank line."""
    return "[." in gap or any(char not in _SOFT for char in gap) or gap.count("\n") > 1


def may_start(text: str, groups: list[Group], index: int) -> bool:
    if _stands_apart(text, groups, index):
        return False
    if index == 0:
        return True
    gap = between(text, groups, index)
    if is_hard(gap) or "\n" in gap or gap.endswith(("(", " +")) or len(gap) > 2:
        return True
    # "at 8 0151 234567": a lone small number before a trunk zero.
    if text[groups[index].start] == "0" and gap == " " and groups[index].end - groups[index].start > 1:
        previous = groups[index - 1]
        return previous.end - previous.start <= 2 and (index == 1 or between(text, groups, index - 1) != " ")
    # "apt 4 310-555-0173": the space parts, the dashes join.
    if gap == " " and index + 1 < len(groups):
        inner = between(text, groups, index + 1)
        return inner != " " and not is_hard(inner)
    return groups[index].end - groups[index].start >= LEAST


def _stands_apart(text: str, groups: list[Group], index: int) -> bool:
    """True for the 4 of "apt 4 310-555-0173": another number before one that is whole without it."""
    own = text[groups[index].start : groups[index].end]
    if index + 3 >= len(groups) or own == "1" or text[groups[index].start - 1 : groups[index].start] == "+":
        return False
    sizes = tuple(group.end - group.start for group in groups[index + 1 : index + 4])
    return (
        sizes == (3, 3, 4)
        and between(text, groups, index + 1) == " "
        and between(text, groups, index + 2) == between(text, groups, index + 3) != " "
    )


def ends(text: str, groups: list[Group], first: int) -> Iterator[int]:
    """Indexes of the last groups that a number beginning at `first` may have, the longest first."""
    ends: list[int] = []
    digits = 0
    # An odd sign is let pass when it is the same all through: "07|400|123|456".
    odd: str | None = None
    for index in range(first, min(first + _MOST, len(groups))):
        if index > first:
            gap = between(text, groups, index)
            if " +" in gap or gap.count("\n") > 1:
                break
            if "/" in gap and digits >= 9:
                # "9812345670 /1", "07912345670/07812345671": another ending, another number.
                break
            if is_hard(gap):
                if any(char in ";:=<>\\\"'" for char in gap) and len(gap) > 1:
                    break
                if odd is None and index == first + 1:
                    odd = gap
                elif gap != odd:
                    break
            elif odd is not None:
                break
        digits += groups[index].end - groups[index].start
        if digits > _MOST:
            break
        if digits >= LEAST:
            ends.append(index)
    for index in reversed(ends):
        if index + 1 < len(groups) and index == ends[-1] and digits <= _MOST:
            pass
        if index + 1 == len(groups) or _may_end(text, groups, first, index):
            yield index


def _may_end(text: str, groups: list[Group], first: int, index: int) -> bool:
    gap = between(text, groups, index + 1)
    if is_hard(gap) or "\n" in gap or gap.endswith(("(", "+")) or len(gap) > 2:
        return True
    if "/" in gap and sum(group.end - group.start for group in groups[first : index + 1]) >= 9:
        return True
    following = groups[index + 1]
    if text[following.start] == "0" and following.end - following.start > 1 and gap == " ":
        return True
    if gap != " ":
        return False
    # "555-123-4567 2 times": the space parts where the number itself is written without.
    return (index > first and " " not in {between(text, groups, i) for i in range(first + 1, index + 1)}) or (
        index == first and groups[index].end - groups[index].start >= 9
    )
