"""Is this the number of one person's document or entry in a register?"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterator

from tutela.detectors.identity.forms import FORMS, NAMED, Form
from tutela.masking import mask
from tutela.model import Signal
from tutela.scan.view import View
from tutela.scan.words import Cue

_BEFORE, _AFTER = 70, 70
_GROUPS = {
    "identity.national": ("identity.national",),
    "identity.ssn": ("identity.ssn", "identity.national"),
    "identity.tax": ("identity.tax",),
    "identity.passport": ("identity.passport",),
    "identity.licence": ("identity.licence",),
    "identity.health": ("identity.health",),
    "identity.permit": ("identity.permit", "identity.national"),
}
_CUES = frozenset(group for groups in _GROUPS.values() for group in groups)
_OTHERS = ("identity.other", "identity.organisation", "money.other_number", "money.account", "money.routing")
# Numbers that registers publish as examples or that were printed and never issued to anyone.
# Sources: SSA (078-05-1120, 219-09-9999, 457-55-5462, the range 987-65-4320 to 4329), national example numbers.
_SAMPLES = frozenset(
    ("078051120", "219099999", "457555462", "123456789", "987654321", "123121234", "111111111", "QQ123456C", "AB123456C",
     "12345678Z", "00000000T", "X1234567L", "X0000000T", "12345678900", "11111111111", "00000000000", "12345678909", "ABCDE1234F",
     "1EG4TE5MK72", "1EG4TE5MK73", "MORGA657054SM9IJ", "44051401359", "RSSMRA85T10A562S", "MRTMTT91D08F205J", "46454286",
     "7562345678901", "85073003328", "131052308T", "S1234567D", "A123456789", "110101199003070759", "11010519491231002X",
     "784197000000009", "10000000146", "12345678950", "L01X00T47", "L01X00T471", "C01X00T47", "C01X0006H", "C01X00T478",
     "111222333", "49927398716", "046454286", "9434765919", "4505577104", "4857773456")
)  # fmt: skip


def inspect(view: View) -> Iterator[Signal]:
    """Numbers round the hits: national forms first, then what only a word names."""
    for low, high in _windows(view):
        taken: list[tuple[int, int]] = []
        cues = [cue for cue in view.cues(low, high) if cue.group in _CUES]
        for form in FORMS:
            if not cues and not form.alone:
                continue
            for match in form.shape.finditer(view.text, low, high):
                signal = _by_form(view, form, match, cues, taken)
                if signal is not None:
                    insort(taken, match.span(1))
                    yield signal
        if cues:
            yield from _named(view, low, high, taken)


def _windows(view: View) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, len(view.text))
        if windows and low <= windows[-1][1] and high - windows[-1][0] <= 4096:
            windows[-1] = (windows[-1][0], max(high, windows[-1][1]))
        elif windows and low < windows[-1][1]:
            # A long run is cut where no number is: at most one number in 4,096 characters could be parted.
            low = windows[-1][1]
            if high > low:
                windows.append((low, high))
        else:
            windows.append((low, high))
    return windows


def _by_form(
    view: View, form: Form, match: re.Match[str], cues: list[Cue], taken: list[tuple[int, int]]
) -> Signal | None:
    start, end = match.span(1)
    if not _free(start, end, taken):
        return None
    value = _bare(match[1])
    cue = _cue(view, _GROUPS[form.signal], start, end) if cues else None
    spoken = cue is not None and (form.own is None or _own(view, form.own, start, end))
    confidence = form.worded if spoken else form.alone
    if not confidence or not form.fits(match[1].upper() if form.written else value):
        return None
    other = _other(view, start, end)
    if other is not None and (cue is None or _gap(other, start, end) < _gap(cue, start, end)):
        return None
    marks = {f"country:{form.country}"} | ({"cue"} if spoken else set()) | ({"checked"} if form.checked else set())
    if not spoken and not form.checked:
        marks.add("weak")
    return _signal(view, form.signal, start, end, value, confidence, marks)


def _named(view: View, low: int, high: int, taken: list[tuple[int, int]]) -> Iterator[Signal]:
    for signal, shape, confidence in NAMED:
        if not any(cue.group == signal for cue in view.cues(low, high)):
            continue
        for match in shape.finditer(view.text, low, high):
            start, end = match.span(1)
            value = _bare(match[1])
            if not _free(start, end, taken) or sum(char.isdigit() for char in value) < 4:
                continue
            cue = _cue(view, (signal,), start, end, reach=40)
            if cue is None or not _linked(view.text, cue, start, end) or _DATE.fullmatch(match[1]):
                continue
            other = _other(view, start, end)
            if other is not None and other.end <= start and _gap(other, start, end) <= _gap(cue, start, end):
                continue
            if signal == "identity.national" and cue.end - cue.start <= 3:
                continue
            insort(taken, (start, end))
            yield _signal(view, signal, start, end, value, confidence, {"cue", "weak"})


_DATE = re.compile(
    r"(?:19|20)\d{2}[ .\-/]?(?:0[1-9]|1[0-2])[ .\-/]?[0-3]\d|[0-3]?\d[ .\-/][01]?\d[ .\-/](?:19|20)\d{2}"
)


# "came!! no. X…": a word for "number" takes up what stood before the end of the sentence.
_NUMBER_WORD = re.compile(r"[.!?;\n]+\s*(?:no|nr|num|number|numero|número|numéro|nummer|numer|номер)\b", re.I)


def _linked(text: str, cue: Cue, start: int, end: int) -> bool:
    """True when hardly more than "number", "is" or a colon stands between the word and the figures."""
    if cue.end > start:
        return (
            re.fullmatch(
                r"[\s(,\-]{1,3}(?:(?:is|=|es|ist|est|—|was) )?(?:my |the |his |her |mi |mein |mon )?",
                text[end : cue.start],
                re.I,
            )
            is not None
        )
    between = text[cue.end : start]
    return (
        not re.search(
            r"[.!?;\n](?!\s*[\w№#:]{0,4}[:#№])\s*\w",
            _NUMBER_WORD.sub(" ", between.replace("No.", "No").replace("no.", "no").replace("Nr.", "Nr")),
        )
        and len(between.split()) <= 6
        and not any(c.isdigit() for c in between)
    )


def _cue(view: View, groups: tuple[str, ...], start: int, end: int, reach: int = 60) -> Cue | None:
    return view.near(groups, start, end, before=reach, after=35)


def _own(view: View, own: re.Pattern[str], start: int, end: int) -> bool:
    text = view.text
    return own.search(text[max(start - 60, 0) : start]) is not None or own.search(text[end : end + 40]) is not None


def _other(view: View, start: int, end: int) -> Cue | None:
    return view.near(_OTHERS, start, end, before=35, after=14)


def _gap(cue: Cue, start: int, end: int) -> int:
    return start - cue.end if cue.end <= start else cue.start - end


def _free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    """`taken` is sorted and its ranges do not overlap."""
    place = bisect_left(taken, (start, start))
    return (place == 0 or taken[place - 1][1] <= start) and (place == len(taken) or taken[place][0] >= end)


def _bare(text: str) -> str:
    return "".join(char for char in text if char.isalnum()).upper()


def _signal(view: View, name: str, start: int, end: int, value: str, confidence: float, marks: set[str]) -> Signal:
    digits = "".join(char for char in value if char.isdigit())
    if (
        value in _SAMPLES
        or len(set(digits)) <= 1
        or ("98765432" in digits and len(digits) <= 10)
        or digits in "01234567890123456789"
    ):
        marks.add("sample")
    if view.near("identity.specimen", start, end, before=90, after=60) is not None:
        marks.add("specimen")
    return view.signal(
        name,
        start,
        end,
        confidence=confidence,
        value=value,
        shown_as=mask(view.text[start:end], tail=2),
        marks=marks,
    )
