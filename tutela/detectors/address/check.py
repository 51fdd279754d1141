"""Which numbers and street names near a hit are an address where someone can be found, and how sure is it?

A form says how a country writes streets; whether a match is an address is then decided by how sure the kind of street
is, by capitals, by the postcode or flat that follows, and by words for living and coming beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from tutela.detectors.address.forms import MEDIUM_KINDS, STRONG_KINDS, Form, forms
from tutela.detectors.address.names import EVERYDAY, foreword_size, is_named, judge_english, later_number
from tutela.detectors.address.routine import ROUTINE_GATES, routines
from tutela.detectors.address.tails import LEAD, postcode_end_after, towns_end_after, unit_end_after
from tutela.masking import mask
from tutela.model import Signal
from tutela.scan.view import View

_BEFORE = 112
_AFTER = 72
# Hits of so many gates in one window cost that many forms; a window is cut so that no form reads more than this.
_WINDOW = 4096
_COUNTED = re.compile(r"[ ](?:minutes?|mins?|hours?|km|kms|miles?|uhr|euro|prozent|jahre|mal|stunden|minuten)\b", re.I)
_UNSPACED = frozenset({"japanese", "chinese", "korean"})
_GERMANIC = frozenset({"de", "nl", "sv", "und"})
# Province, city, county or district in front of a Korean street.
_ADMIN = re.compile(r"[가-힣](?:시|도|군|구) ")


class _Address(Struct, frozen=True):
    start: int
    end: int
    confidence: float
    marks: frozenset[str]


def inspect(view: View) -> Iterator[Signal]:
    """Addresses near the gates' hits, from left to right, without overlaps."""
    yield from routines(view)
    last = -1
    for low, high, gates in _windows(view):
        for found in _best(view, low, high, gates):
            if found.start < last:
                continue
            last = found.end
            text = view.text[found.start : found.end]
            yield view.signal(
                "address.street",
                found.start,
                found.end,
                confidence=found.confidence,
                value=" ".join(re.findall(r"\w+", text.casefold())),
                shown_as=mask(text),
                marks=found.marks,
            )


def _windows(view: View) -> list[tuple[int, int, tuple[str, ...]]]:
    """Bounded stretches round the hits with the gates that hit in them, joined where they meet."""
    size = len(view.text)
    joined: list[tuple[int, int, list[str]]] = []
    for hit in sorted((hit for hit in view.hits if hit.id not in ROUTINE_GATES), key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, size)
        if joined and low <= joined[-1][1] and high - joined[-1][0] <= _WINDOW:
            first, end, gates = joined[-1]
            joined[-1] = (first, max(end, high), gates if hit.id in gates else [*gates, hit.id])
        else:
            joined.append((low, high, [hit.id]))
    return [(low, high, tuple(sorted(gates))) for low, high, gates in joined]


def _best(view: View, low: int, high: int, gates: tuple[str, ...]) -> list[_Address]:
    """The surest reading of each stretch of the window."""
    # A window must not begin inside a word or a number.
    while 0 < low < high and view.text[low - 1].isalnum() and view.text[low].isalnum():
        low += 1
    text = view.text[low:high]
    found: list[_Address] = []
    for gate in gates:
        for form in forms(gate):
            for match in form.pattern.finditer(text):
                address = _judge(view, form, match, low)
                if address is not None:
                    found.append(address)
    found.sort(key=lambda one: (-one.confidence, one.start - one.end))
    chosen: list[_Address] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in chosen):
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.start)


def _judge(view: View, form: Form, match: Any, base: int) -> _Address | None:
    text = view.text
    start, end = (
        base + min(_span(match, group)[0] for group in match.re.groupindex if group != "more"),
        base + match.end(),
    )
    # RE2 knows word boundaries of ASCII only: "Österreicher Straße" would begin at its second letter.
    while start and text[start].isalpha() and text[start - 1].isalpha() and form.family not in _UNSPACED:
        if form.family in ("romance", "french", "malay"):
            return None
        start -= 1
    number, name = match.group("num"), match.group("name")
    sure = form.sure
    if form.family == "korean" and _ADMIN.search(name):
        sure = 0.87
    if form.family in ("slavic", "korean"):
        end = base + _span(match, "num")[1]
    if base + _span(match, "name")[0] == start:
        cut = foreword_size(form.family, name)
        start, name = start + cut, name[cut:]
    digits = re.sub(r"[^0-9].*", "", number.lstrip("#-")) or number
    if not digits.strip("0") or _attached(text, start):
        return None
    marks: set[str] = set()
    if form.family == "english":
        shift = later_number(name)
        if shift is not None:
            start = base + _span(match, "name")[0] + shift[0]
            number, name = shift[1], shift[2]
        while (
            number.isdigit() and start > 1 and text[start - 1] == " " and text[start - 2].isdigit() and len(digits) == 1
        ):
            # "2 9 5 8 Henson Causeway": digits apart are one number.
            if start > 2 and text[start - 3].isalnum():
                break
            start -= 2
        kind = match.group("kind")
        further = match.group("more").split() if "more" in match.re.groupindex else []
        if further and further[0].rstrip(".").lower() in STRONG_KINDS | MEDIUM_KINDS:
            # "12 Oak Park Road": the last word says what it is.
            name, kind = f"{name}{kind}", further[0]
        level = judge_english(number, name, kind, form.sure)
        if level is None:
            return None
        sure, named = level
        if named != "bare" and start and text[start - 1] == "\n" and text[end : end + 1] in ("", "\n", ","):
            # A line of its own, as on envelopes, cards and documents.
            sure = max(sure, min(sure + 0.3, 0.85)) if named == "titled" or name.isupper() else sure
    elif not is_named(form.family, name, match):
        return None
    else:
        named = "plain"
        if form.family in ("french", "romance", "germanic") and not any(word[:1].isupper() for word in name.split()):
            everyday = match.group("kind").strip().lower() in EVERYDAY if "kind" in match.re.groupindex else True
            sure, named = min(sure, 0.3 if everyday else 0.39), "lower"
        elif form.family in ("french", "romance") and match.group("kind").strip() in EVERYDAY:
            # "via Zoom 3" is Italian only beside Italian.
            sure, named = min(sure, 0.45), "foreign"
    if form.family in ("germanic", "romance", "korean", "malay") and _COUNTED.match(text, end):
        return None
    lead = LEAD.get(form.family)
    ahead = lead.search(text[max(start - 40, 0) : start]) if lead else None
    if ahead is not None:
        start -= len(ahead.group())
    if text[end : end + 1] in (".", ",") and text[end + 1 : end + 2].isdigit():
        # "10.000", "OAuth 2.0"
        return None
    unit_end = unit_end_after(view, form.family, end)
    code_end = postcode_end_after(view, form.family, unit_end or end)
    if code_end:
        marks.add("postcode")
        sure = max(sure + 0.25, 0.95) if sure >= 0.3 or named != "bare" else sure + 0.9
    if unit_end:
        marks.add("unit")
        sure = max(sure + 0.1, 0.8) if sure >= 0.45 else sure
    stop = code_end or towns_end_after(view, unit_end or end) or unit_end or end
    cue = view.near("address.cue", start, stop, before=48, after=28)
    if cue is not None and form.family == "germanic" and sure < 0.4 and cue.lang not in _GERMANIC:
        # "tor", "ring" and "hof" end words of other languages too.
        cue = None
    if cue is not None and named == "foreign" and cue.lang in ("en", "de", "nl", "pl", "sv"):
        cue = None
    if cue is not None:
        marks.add("cue")
        gap = start - cue.end if cue.end <= start else 99
        sure = _with_cue(sure, named, gap)
    sure = min(sure, 0.99)
    if sure < 0.4:
        return None
    if not marks and sure < 0.7:
        marks.add("weak")
    return _Address(start, stop, round(sure, 2), frozenset(marks))


def _with_cue(sure: float, named: str, gap: int) -> float:
    """Probability with a word for living or coming beside it; `gap` code points before the number, 99 after it."""
    if named == "bare":
        return max(sure, 0.72 if gap <= 3 else 0.45)
    if named == "lower":
        return max(sure, 0.93 if gap <= 3 else 0.85 if gap < 99 else 0.7)
    return max(sure, 0.97 if gap <= 3 else 0.94 if sure >= 0.6 else 0.88)


def _span(match: Any, group: str) -> tuple[int, int]:
    number = match.re.groupindex[group]
    return match.start(number), match.end(number)


def _attached(text: str, start: int) -> bool:
    """True when the number is the end of a longer one, an amount, a tag or a date."""
    before = text[max(start - 2, 0) : start]
    if not before:
        return False
    last = before[-1]
    return last in "$€£¥₹#@%+-=<>&_" or (last in ".,:/-–'" and before[:1].isalnum() and len(before) == 2)
