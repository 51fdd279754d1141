"""Is a run of digits a payment card number that can be used, and what of the card stands beside it?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

from tutela.detectors.card.brands import Brand, brand_of
from tutela.masking import hidden, mask
from tutela.model import Signal
from tutela.reference.checkdigits import luhn_fits
from tutela.reference.rows import rows
from tutela.scan.view import View
from tutela.scan.words import Cue

# How far a card may reach left of a hit's first end: 19 digits with three separators each.
_REACH = 80
_BESIDE = 90
_DIGITS = re.compile(r"[0-9]+")
_SEPARATOR = re.compile(r"[\s./|_,:*xX\-–—]{1,3}\Z")
# Group sizes as people and printers write them.
_SHAPES = frozenset({
    (16,), (15,), (14,), (4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3), (19,), (13,), (8, 8), (6, 13), (4, 12),
    (5, 5, 6), (4, 4, 8), (6, 10), (4, 4, 4, 3), (4, 4, 4, 2), (4, 3, 3, 3), (8, 4, 4), (12, 4),
})  # fmt: skip
_STRICT = frozenset({(4, 4, 4, 4), (4, 6, 5), (4, 6, 4), (4, 4, 4, 4, 3)})
# 03/27, 3-2027, 03 / 27; never 13/27.
_EXPIRY = re.compile(r"(?<![\d/.\-])(?:0?[1-9]|1[0-2]) ?[/.\-|] ?(?:20)?[2-4][0-9](?![\d/\-]|\.\d)")
_EXPIRY_WORD = re.compile(
    r"(?i)(?:exp\w*\.?|valid\w*|thru|до|scad\w*|vence|val\.?)\W{0,3}((?:(?:0[1-9]|1[0-2]) ?|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]{0,6}[ .,]{0,3})(?:20)?[2-4][0-9])(?!\d)"
)
_CODE = re.compile(r"(?<![0-9])[0-9]{3,4}(?![0-9])")
_CODE_NEXT = re.compile(r"[ ,|/:;\n]{1,3}([0-9]{3,4})(?![0-9/.:])")


class _Candidate(NamedTuple):
    start: int
    end: int
    digits: str
    shape: tuple[int, ...]
    brand: Brand


def inspect(view: View) -> Iterator[Signal]:
    """The card numbers round the hits, and expiry and security code beside each."""
    cards: list[Signal] = []
    for low, high in _windows(view):
        for card in _cards(view, low, high):
            signal = _number(view, card)
            if signal is None:
                continue
            cards.append(signal)
            yield signal
            yield from _beside(view, card, signal)
    if not cards:
        yield from _code_alone(view)


def _windows(view: View) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for hit in sorted((hit for hit in view.hits if hit.id == "digits"), key=lambda hit: hit.first):
        low, high = max(hit.first - _REACH, 0), min(hit.end + 8, len(view.text))
        if windows and low <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(high, windows[-1][1]))
        else:
            windows.append((low, high))
    return windows


def _cards(view: View, low: int, high: int) -> Iterator[_Candidate]:
    """Non-overlapping candidates, left to right; of those that start together, the best shaped and longest."""
    text = view.text
    groups = [(match.start(), match.end()) for match in _DIGITS.finditer(text, low, high)]
    first, count = 0, len(groups)
    while first < count:
        best: _Candidate | None = None
        stop = first
        last, total = first, 0
        while last < count:
            start, end = groups[last]
            total += end - start
            if total > 19 or (last > first and not _SEPARATOR.match(text, groups[last - 1][1], start)):
                break
            if total >= 12:
                candidate = _candidate(text, groups, first, last)
                if candidate and (best is None or _rank(candidate) > _rank(best)):
                    best, stop = candidate, last
            last += 1
        if best is not None:
            yield best
            first = stop
        first += 1


def _rank(card: _Candidate) -> tuple[bool, bool, int]:
    return card.shape in _STRICT, card.shape in _SHAPES or set(card.shape) == {1}, len(card.digits)


def _candidate(text: str, groups: list[tuple[int, int]], first: int, last: int) -> _Candidate | None:
    start, end = groups[first][0], groups[last][1]
    digits = "".join(text[a:b] for a, b in groups[first : last + 1])
    brand = brand_of(digits)
    if brand is None or not luhn_fits(digits):
        return None
    shape = tuple(b - a for a, b in groups[first : last + 1])
    if _glued(text, start, end) or _part_of_more(text, groups, first, last, shape):
        return None
    return _Candidate(start, end, digits, shape, brand)


def _glued(text: str, start: int, end: int) -> bool:
    """True inside a longer word, a path or an address: "id=…/4111…html", "0x4111…"."""
    before, after = text[start - 1 : start], text[end : end + 1]
    if before.isascii() and (before.isalnum() or before in {"_", "%", "@", "$", "+", "€", "£"}) and before:
        return True
    return bool(after) and after.isascii() and (after.isalnum() or after in {"_", "%", "@"})


def _part_of_more(text: str, groups: list[tuple[int, int]], first: int, last: int, shape: tuple[int, ...]) -> bool:
    """True when the groups go on in the same manner, so that this is a piece of a longer number."""
    for here, there, size in ((groups[first], first - 1, shape[0]), (groups[last], last + 1, shape[-1])):
        if not 0 <= there < len(groups):
            continue
        other = groups[there]
        gap = text[other[1] : here[0]] if other[1] <= here[0] else text[here[1] : other[0]]
        if "\n" in gap or len(gap) > 1:
            continue
        inner = text[groups[first][1] : groups[first][1] + 1] if len(shape) > 1 else ""
        if gap in ".," and (not inner or gap == inner):
            return True
        if inner == gap and other[1] - other[0] == size and size > 3:
            return True
        if inner == gap and set(shape) == {1} and other[1] - other[0] == 1:
            return True
        if not inner and gap in "-/_:" and gap:
            return True
    return False


def _number(view: View, card: _Candidate) -> Signal | None:
    cue = view.near("money.card", card.start, card.end, before=60, after=40)
    other = view.near("money.other_number", card.start, card.end, before=30, after=15)
    marks = {f"brand:{card.brand.name}", "checked"}
    if cue is not None:
        marks.add("cue")
    common = card.brand.common and len(card.digits) in (14, 15, 16)
    spelled = card.shape in _SHAPES or set(card.shape) == {1}
    if card.shape in _STRICT:
        confidence = 0.95 if common else 0.55
    elif spelled:
        confidence = 0.9 if common else 0.35
    else:
        confidence = 0.3
    if cue is not None:
        confidence = 0.99 if spelled and common else 0.9 if spelled else 0.6
    if other is not None and (cue is None or _gap(other, card) <= _gap(cue, card)):
        marks.add("other_number")
        confidence = min(confidence, 0.3)
    if confidence < 0.4:
        return None
    if _sample(card.digits):
        marks.add("sample")
    return view.signal(
        "card.number",
        card.start,
        card.end,
        confidence=confidence,
        value=card.digits,
        shown_as=mask(view.text[card.start : card.end], tail=4),
        marks=marks,
    )


def _gap(cue: Cue, card: _Candidate) -> int:
    return card.start - cue.end if cue.end <= card.start else cue.start - card.end


def _sample(digits: str) -> bool:
    """Published by a payment provider for tests, or too regular to be anyone's (4000 0000 0000 0002)."""
    return digits in _published() or len(set(digits)) <= 3 or digits[1:-1].count("0") >= len(digits) - 5


@cache
def _published() -> frozenset[str]:
    return frozenset(row[0] for row in rows("test_cards"))


def _beside(view: View, card: _Candidate, number: Signal) -> Iterator[Signal]:
    """Expiry date and security code within reach of a card number."""
    text = view.text
    marks = {"beside"} | ({"sample"} & number.marks)
    low, high = max(card.start - _BESIDE, 0), min(card.end + _BESIDE, len(text))
    expiry_end = card.end
    for a, b in ((card.end, high), (low, card.start)):
        match = _EXPIRY.search(text, a, b) or _EXPIRY_WORD.search(text, a, b)
        if match:
            group = 1 if match.re.groups else 0
            expiry_end = match.end() if a == card.end else card.end
            yield _security(view, match.start(group), match.end(group), marks | {"expiry"}, 0.95)
            break
    cues = [cue for cue in view.cues(low, high) if cue.group == "money.card_code"]
    taken: tuple[int, int] | None = None
    for cue in cues:
        match = _CODE.search(text, cue.end, min(cue.end + 16, high))
        if match and not (match.start() < card.end and match.end() > card.start):
            taken = match.span()
            break
    confidence = 0.97
    if taken is None:
        # "4929… 03/27 123": the code right after the date needs no word.
        tail = _CODE_NEXT.match(text, expiry_end)
        if tail and expiry_end != card.end:
            taken, confidence = tail.span(1), 0.85
    if taken is not None:
        yield _security(view, *taken, marks | {"code"}, confidence)


def _code_alone(view: View) -> Iterator[Signal]:
    end = -1
    for hit in view.hits:
        if hit.id != "code" or hit.end <= end:
            continue
        match = _CODE.search(view.text, max(hit.first - 4, 0), hit.end + 1)
        if match and match.start() <= hit.end:
            end = match.end()
            yield _security(view, match.start(), match.end(), {"alone", "code"}, 0.6)


def _security(view: View, start: int, end: int, marks: set[str], confidence: float) -> Signal:
    return view.signal(
        "card.security",
        start,
        end,
        confidence=confidence,
        value=view.text[start:end],
        shown_as=hidden("card security", end - start),
        marks=marks,
    )
