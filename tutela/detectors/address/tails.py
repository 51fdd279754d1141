"""What belongs to an address round its street: the flat, the towns, the postcode?"""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from tutela.detectors.address.forms import ASIAN_UNIT, POSTCODES, UNIT, Family
from tutela.detectors.address.names import NEVER, YEAR
from tutela.scan.view import View

_TAIL = 96
# Between a street and its postcode: towns, commas, a line's end; no sentence's end.
_BETWEEN = re.compile(r"[^\W\d_][\w.'’/()-]*|[0-9]{1,3}|[ ,\n/()-]+|\. ", re.UNICODE)
_CAPITAL = r"(?:(?:St|Ste|Mt|Ft|[A-Z])\.|[A-ZÀ-ÞŁŚŻА-Я][\w'’-]*)"
# The town after a postcode may be in small letters; its further words are not: "76775 schmittnec", "60311 Frankfurt am Main".
_AFTER_CODE = re.compile(
    rf"[ ,\n]{{1,2}}(?:{_CAPITAL}|[^\W\d_][\w'’-]*)(?:[ /-](?:(?:am|an|im|der|de|la|le|les|del|sur|do|da|bei|ob|unter|zu)[ -])*{_CAPITAL}){{0,3}}"
)
_TOWNS = re.compile(rf"(?:,[ \n]{{0,2}}{_CAPITAL}(?: {_CAPITAL}){{0,2}}(?=[,.;!?\n)]|\s|$)){{1,3}}")
# A state or province behind the town: "Lumarzo (GE)", "Fonseca / AL", "Campinas - SP".
_REGION = re.compile(r" ?(?:/ ?[A-Z]{2}\b|\([A-Z]{2}\)|- ?[A-Z]{2}\b)")
# What stands before the street and belongs to the address: the flat, the town.
LEAD = {
    "english": re.compile(r"(?:flat|unit|apt|apartment|suite|level|studio|room|plot|house|villa|block|tower|shop|no|number)\.? (?:(?:[0-9]{1,4}[a-z]?|[a-z][0-9]{0,3})[ ,/\n]{1,2})?\Z", re.I),
    "slavic": re.compile(r"(?:(?:г|гор|с|п|пос|клх|ст|м|смт)\. ?|город |село |місто )[\w-]+(?: [\w-]+)?, ?\Z"),
    "indian": re.compile(r"(?:h\.? ?no|house no|plot no|flat no|door no|d\.? ?no)[.:]{0,2} ?\Z", re.I),
    "chinese": re.compile(r"[0-9]{3,6} ?\Z"),
    "vietnamese": re.compile(r"(?:số(?: nhà)?|sn) \Z", re.I),
}  # fmt: skip


@cache
def _pattern(text: str) -> Any:
    import re2

    return re2.compile(text)


def unit_end_after(view: View, family: Family, end: int) -> int | None:
    """Where the part of the house ends that follows, or None."""
    rest = view.text[end : end + 40]
    stop: int | None = None
    for _ in range(3):
        offset = (stop or end) - end
        match = _pattern(ASIAN_UNIT.get(family, UNIT)).match(rest[offset:])
        if match is None or match.end() == 0:
            break
        stop = end + offset + match.end()
    return stop


def postcode_end_after(view: View, family: Family, end: int) -> int | None:
    """Where the postcode, and the town after it, end, or None."""
    rest = view.text[end : end + _TAIL]
    if family == "japanese":
        return None
    for match in _pattern(POSTCODES[family]).finditer(rest):
        between = rest[: match.start()]
        if not _only_towns(between):
            return None
        code = match.group()
        bare = code.isdigit()
        # A number alone is a postcode where a comma or a line's end parts it from the street, or a town stands before it.
        if bare and not ("," in between or "\n" in between or between.strip(" ,-") or family in ("germanic", "french")):
            return None
        if bare and len(code) == 4 and family == "english" and not (between[:1] in ",\n" and between.strip(" ,\n")):
            continue
        if bare and len(code) == 4 and YEAR.fullmatch(code) and "," not in between:
            return None
        stop: int = end + match.end()
        if family in ("germanic", "french", "romance", "turkish", "slavic") and (code[-1].isalnum()):
            stop = _town_after(view, stop) or stop
        return stop
    return None


def _only_towns(between: str) -> bool:
    place = words = 0
    while place < len(between):
        match = _BETWEEN.match(between, place)
        if match is None:
            return False
        word = match.group()
        if word[0].isalpha():
            words += 1
            if word.lower() in NEVER and not word.isupper() and word.lower() not in ("k", "am"):
                return False
        place = match.end()
    return words <= 8


def _town_after(view: View, end: int) -> int | None:
    match = _AFTER_CODE.match(view.text, end, end + 48)
    if match is None:
        return None
    end = match.end()
    region = _REGION.match(view.text, end, end + 8)
    return region.end() if region else end


def towns_end_after(view: View, end: int) -> int | None:
    """Where the towns end that follow after commas with a capital: ", Springfield, IL"."""
    match = _TOWNS.match(view.text, end, end + 64)
    return match.end() if match else None
