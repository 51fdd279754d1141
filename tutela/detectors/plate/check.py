"""Which letters and digits beside a word for a plate or a vehicle are its registration?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.masking import mask
from tutela.model import Signal
from tutela.scan.view import View

_BEFORE = 56
_AFTER = 48
# Long rows of hits are read in stretches of this many code points.
_WINDOW = 2048

# National forms, strict enough to count beside any word for a vehicle. Sources: the countries' registration rules as
# collected in Europlate's and the Vienna Convention's (1968) annexes; one row a form.
_FORMS: tuple[tuple[str, str], ...] = (
    ("IN", r"[A-Z]{2}[ -]?[0-9]{1,2}[ -]?[A-Z]{1,3}[ -]?[0-9]{4}"),
    ("ID", r"[A-Z]{1,2} [0-9]{1,4} [A-Z]{1,3}"),
    ("GB", r"[A-Z]{2}[0-9]{2} ?[A-Z]{3}"),
    ("FR", r"[A-HJ-NP-TV-Z]{2}[- ][0-9]{3}[- ][A-HJ-NP-TV-Z]{2}"),
    ("IT", r"[A-HJ-NPR-TV-Z]{2} ?[0-9]{3} ?[A-HJ-NPR-TV-Z]{2}"),
    ("ES", r"[0-9]{4}[ -]?[B-DF-HJ-NPR-TV-Z]{3}"),
    ("BR", r"[A-Z]{3}[- ]?[0-9][A-J0-9][0-9]{2}"),
    ("VN", r"[0-9]{2}[A-Z][0-9]?[- ][0-9]{3}\.?[0-9]{2}"),
    ("TR", r"(?:0[1-9]|[1-7][0-9]|8[01]) ?[A-Z]{1,3} ?[0-9]{2,5}"),
    ("DE", r"[A-ZÄÖÜ]{1,3}[- ][A-Z]{1,2}[ -]?[0-9]{1,4}[EH]?"),
    ("NL", r"(?:[A-Z]{2}-[0-9]{3}-[A-Z]|[A-Z]-[0-9]{3}-[A-Z]{2}|[0-9]{2}-[A-Z]{3}-[0-9]|[0-9]-[A-Z]{3}-[0-9]{2}|[A-Z]{2}-[A-Z]{2}-[0-9]{2}|[0-9]{2}-[A-Z]{2}-[A-Z]{2})"),
    ("PT", r"(?:[A-Z]{2}-[0-9]{2}-[A-Z]{2}|[0-9]{2}-[A-Z]{2}-[0-9]{2}|[0-9]{2}-[0-9]{2}-[A-Z]{2})"),
    ("PL", r"[A-Z]{2,3} [0-9A-Z]{4,5}"),
    ("US", r"(?:[0-9][A-Z]{3}[0-9]{3}|[A-Z]{3}[- ][0-9]{3,4})"),
    ("RU", r"[АВЕКМНОРСТУХ] ?[0-9]{3} ?[АВЕКМНОРСТУХ]{2} ?[0-9]{2,3}"),
    ("CN", r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][ ·]?[A-Z0-9]{5,6}"),
    ("TW", r"[A-Z]{3}-[0-9]{4}"),
    ("JP", r"(?:[\u4e00-\u9fff]{2,4} ?[0-9]{2,3} ?)?[ぁ-ん] ?[0-9]{2}[-‐]?[0-9]{2}"),
    ("KR", r"[0-9]{2,3}[가-힣] ?[0-9]{4}"),
)  # fmt: skip
# In small letters they count only beside a word for the plate itself.
_STRICT = tuple((country, re.compile(rf"(?<![\w-])(?:{form})(?![\w-])", re.I)) for country, form in _FORMS)
# Beside a word for the plate itself: up to three groups of letters and digits, four to eight in all.
_ANY = re.compile(r"(?<![\w.,#@/-])[A-Z0-9]{1,7}(?:[ -][A-Z0-9]{1,5}){0,2}(?![\w@/])")
_ARABIC = re.compile(
    r"(?<!\w)(?:(?:[\u0621-\u064a] ){1,4}|[\u0621-\u064a]{2,3})[0-9]{1,4}(?!\w)|(?<!\w)[0-9]{1,4}(?: [\u0621-\u064a](?!\w)){2,3}"
)
_ORDINARY = re.compile(
    r"(?:[0-9]+(?:st|nd|rd|th|s|k|m|km|kg|h|hp|am|pm|mph|gb|mb|x|l|cc|v)|v[0-9]+|[ivx]+|(?:19|20)[0-9]{2})", re.I
)

_LOOSE = frozenset({"DE", "PL", "ID", "US", "TR", "ES"})
_MAKERS = frozenset(
    {
        "bmw", "audi", "mercedes", "vw", "ford", "golf", "mazda", "volvo", "fiat", "kia", "tesla", "peugeot", "renault",
        "lexus", "porsche", "gti", "amg", "rtx", "gtx", "iso", "usb", "hdmi", "sku", "ps",
    }
)  # fmt: skip


def inspect(view: View) -> Iterator[Signal]:
    """Plates near the gates' hits, from left to right, without overlaps."""
    last = -1
    for low, high, strict in _windows(view):
        for start, end, country, confidence in sorted(_in(view, low, high, strict=strict), key=_order):
            if start < last:
                continue
            last = end
            text = view.text[start:end]
            marks = {"cue"} | ({f"country:{country}"} if country else set())
            if re.fullmatch(r"(?i)(?:abc|xyz|aaa|xxx)[ -]?(?:123|1234|000|0000|111|999)", text):
                marks.add("sample")
            yield view.signal(
                "plate.number",
                start,
                end,
                confidence=confidence,
                value=re.sub(r"[\W_]", "", text).upper(),
                shown_as=mask(text, tail=1),
                marks=marks,
            )


def _order(found: tuple[int, int, str, float]) -> tuple[float, int]:
    return found[0], -found[1]


def _windows(view: View) -> list[tuple[int, int, bool]]:
    """Bounded stretches round the hits, joined where they meet; True where a word for the plate need not be near."""
    joined: list[tuple[int, int, bool]] = []
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, len(view.text))
        strict = hit.id in ("strict", "script")
        if joined and low <= joined[-1][1] and high - joined[-1][0] <= _WINDOW:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high), joined[-1][2] or strict)
        else:
            joined.append((low, high, strict))
    return joined


def _in(view: View, low: int, high: int, *, strict: bool) -> Iterator[tuple[int, int, str, float]]:
    seen: list[tuple[int, int]] = []
    for country, form in _STRICT:
        for match in form.finditer(view.text, low, high):
            start, end = match.span()
            if any(start < other and first < end for first, other in seen):
                continue
            plate = view.near("plate.cue", start, end, before=48, after=32)
            vehicle = plate or view.near("plate.vehicle", start, end, before=80, after=60)
            if vehicle is None or _is_ordinary(match.group()):
                continue
            if match.group().upper() != match.group() and (
                plate is None or match.group().lower() != match.group() or country in _LOOSE
            ):
                continue
            # Short forms are postcodes, models ("BMW 320") and hours as often.
            loose = country in _LOOSE and plate is None
            if loose and not strict:
                continue
            seen.append((start, end))
            if loose:
                around = view.text[max(start - 16, 0) : end + 16]
                if _model(view, start) or sum(char.isdigit() for char in match.group()) < 3 or around.upper() == around:
                    continue
                yield start, end, country, 0.6
            else:
                yield start, end, country, 0.97 if plate else 0.88
    for cue in view.cues(low, high):
        if cue.group == "plate.cue":
            yield from _beside(view, cue.end, high, seen)


def _beside(view: View, end: int, high: int, seen: list[tuple[int, int]]) -> Iterator[tuple[int, int, str, float]]:
    """The nearest group of capitals and digits after a word for the plate, on the same line."""
    text = view.text
    for pattern in (_ANY, _ARABIC):
        for match in pattern.finditer(text, end, min(end + 32, high)):
            start, stop = match.span()
            signs = re.sub(r"[^\w]", "", match.group())
            digits = sum(char.isdigit() for char in signs)
            gap = start - end
            if any(start < other and low < stop for low, other in seen) or "\n" in text[end:start]:
                return
            if _is_ordinary(match.group()) or digits < 2 or not 1 <= len(signs) - digits <= 5:
                continue
            if not (4 if gap <= 4 else 5) <= len(signs) <= 8:
                continue
            seen.append((start, stop))
            yield start, stop, "", 0.93 if gap <= 8 else 0.8
            return


def _is_ordinary(words: str) -> bool:
    parts = re.split(r"[ -]", words)
    if parts[0].lower() in _MAKERS:
        return True
    return all(_ORDINARY.fullmatch(word) or (word.isalpha() and word.islower()) for word in parts)


def _model(view: View, start: int) -> bool:
    """True after a maker's name: "BMW 320", "Golf GTI 230" are models."""
    before = view.text[max(start - 14, 0) : start].lower().split()
    return bool(before) and before[-1] in _MAKERS
