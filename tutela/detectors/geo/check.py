"""Which numbers, codes and links near a hit point to a place on the map, and how exactly?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.masking import hidden, mask
from tutela.model import Signal
from tutela.scan.view import View

_BEFORE = 96
_AFTER = 320

_DECIMAL = re.compile(
    r"(?:(?P<front>[NS])\s?)?(?P<lat>[-+−]?[0-9]{1,3}\.[0-9]{2,15})(?:\s?[°º])?(?:\s?(?P<ns>[NSns]\b))?\s{0,2}[,;/|\s]\s{0,2}(?:lon?g?(?:itude)?[.:= ]{1,2})?(?:[EWO]\s?)?"
    r"(?P<lon>[-+−]?[0-9]{1,3}\.[0-9]{2,15})(?:\s?[°º])?(?:\s?(?P<ew>[EWOewo]\b))?"
)
_NAMED = re.compile(
    r"lat(?:itude)?\.?[ :=]{1,3}(?P<lat>[-+−]?[0-9]{1,2}\.[0-9]{2,15})[^0-9\n]{1,24}?(?P<lon>[-+−]?[0-9]{1,3}\.[0-9]{2,15})",
    re.I,
)
_ONE_ANGLE = (
    r"[0-9]{1,3}\s?[°º]\s?[0-9]{1,2}(?:\.[0-9]{1,6})?\s?['′’´](?:\s?[0-9]{1,2}(?:[.,][0-9]{1,4})?\s?(?:\"|″|”|''))?"
)
_DMS = re.compile(rf"(?:[NS]\s?)?{_ONE_ANGLE}\s?[NSns]?[\s,;/]{{0,3}}(?:[EWO]\s?)?{_ONE_ANGLE}\s?[EWOewo]?")
_PLUS = re.compile(
    r"(?<![0-9A-Za-z+])(?:[23456789C][23456789CFGHJMPQRV][23456789CFGHJMPQRVWX]{6}\+[23456789CFGHJMPQRVWX]{2,3}|"
    r"[23456789CFGHJMPQRVWX]{4,6}\+[23456789CFGHJMPQRVWX]{2,3})(?![0-9A-Za-z])(?P<town>,? [^\W\d_][\w'’-]+)?"
)
_URL = re.compile(r"(?:https?://)?[\w.-]{2,60}/[^\s<>\"']{0,400}|geo:[^\s<>\"']{1,80}")
_IN_URL = re.compile(
    r"(?:@|[=/,:(]|%2C|%40|ll=|q=)(?P<lat>[-+]?[0-9]{1,2}\.[0-9]{3,15})(?:,|%2C|/|;|&m?lon=|&lng=|\+|~)\+?(?P<lon>[-+]?[0-9]{1,3}\.[0-9]{3,15})"
)
_OSM = re.compile(r"mlat=(?P<lat>[-+]?[0-9]{1,2}\.[0-9]+)&(?:amp;)?mlon=(?P<lon>[-+]?[0-9]{1,3}\.[0-9]+)")
_SHORT_LINK = re.compile(
    r"(?:goo\.gl/maps|maps\.app\.goo\.gl|naver\.me|find\.apple\.com|glympse\.com|life360\.com)/[\w-]{4,}"
)
_PLACE_LINK = re.compile(r"/maps/(?:place|dir|search)/[^\s/]{3,}|[?&](?:address|daddr|q|query)=[^&\s]{6,}")
_AMOUNT = ("%", "€", "$", "£", "°")
_THREE = re.compile(
    r"(?:(?<![\w:/])///|what3words\.com/|w3w\.co/)(?P<words>[^\W\d_]{3,30}\.[^\W\d_]{3,30}\.[^\W\d_]{3,30})(?![\w.]*[/@])"
)


def inspect(view: View) -> Iterator[Signal]:
    """Places near the gates' hits, from left to right, without overlaps; a link that holds coordinates is one place."""
    found: list[Signal] = []
    read: dict[str, int] = {}
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        # What the hit before it has already read is not read again.
        done = read.get(hit.id, 0)
        if hit.end <= done:
            continue
        low, high = max(hit.first - _BEFORE, done), min(hit.end + _AFTER, len(view.text))
        ones = list(_looked_for(view, hit.id, low, high))
        found.extend(ones)
        read[hit.id] = max((one.end for one in ones), default=done)
    found.sort(key=lambda one: (one.start, -one.end, one.name != "geo.map_link"))
    last = -1
    for one in found:
        if one.start >= last:
            last = one.end
            yield one


def _looked_for(view: View, gate: str, low: int, high: int) -> Iterator[Signal]:
    if gate in ("decimal", "named"):
        for match in (_DECIMAL if gate == "decimal" else _NAMED).finditer(view.text, low, high):
            yield from _pair(view, match)
    elif gate == "dms":
        for match in _DMS.finditer(view.text, low, high):
            yield _signal(view, "geo.coordinates", match.start(), match.end(), 0.93, {"exact"})
    elif gate == "plus":
        for match in _PLUS.finditer(view.text, low, high):
            yield from _plus(view, match)
    elif gate == "link":
        for match in _URL.finditer(view.text, low, high):
            yield from _link(view, match)
    else:
        for match in _THREE.finditer(view.text, low, high):
            yield _signal(view, "geo.what3words", match.start(), match.end(), 0.9, {"exact"})


def _pair(view: View, match: re.Match[str]) -> Iterator[Signal]:
    start, end = match.start(), match.end()
    before, after = view.text[max(start - 2, 0) : start], view.text[end : end + 2]
    # Part of a longer row of numbers, of an amount or a version.
    if before[-1:].isalnum() or before[-1:] in tuple("$€£¥₹._") or (before[-1:] == "," and before[:1].isdigit()):
        return
    if after[:1].isalnum() or (after[:1] in (".", ",") and after[1:2].isdigit()) or after[:1] in _AMOUNT:
        return
    read = _within(match.group("lat"), match.group("lon"))
    if read is None:
        return
    lat, lon, decimals = read
    marks = {"coarse"} if decimals <= 3 else {"exact"}
    groups = match.groupdict()
    sided = bool(groups.get("ns") or groups.get("ew") or "°" in match.group()) or "lat" in match.group().lower()
    apart = match.group()[match.end("lat") - start : match.start("lon") - start].strip()
    home = view.near(("geo.home", "geo.public"), start, end, before=60, after=40)
    if decimals < 4 and not sided and home is None:
        return
    if apart == "" and not sided and decimals < 5:
        return
    confidence = 0.97 if sided else 0.95 if decimals >= 5 else 0.85 if decimals == 4 else 0.5
    yield _signal(view, "geo.coordinates", start, end, confidence, marks, f"{lat:.6f},{lon:.6f}")


def _within(lat: str, lon: str) -> tuple[float, float, int] | None:
    """Latitude, longitude and the fewer of their decimals; None outside the globe or at its zero."""
    first, second = float(lat.replace("−", "-")), float(lon.replace("−", "-"))
    if not (-90 <= first <= 90 and -180 <= second <= 180) or (first == 0 and second == 0):
        return None
    return first, second, min(len(lat.rpartition(".")[2]), len(lon.rpartition(".")[2]))


def _plus(view: View, match: re.Match[str]) -> Iterator[Signal]:
    code, _, tail = match.group().partition("+")
    short = len(code) < 8
    town = match.group("town") is not None
    letters = sum(char.isalpha() for char in code + tail[:3])
    # "2222+22" and the like are sums; a short code needs its town or letters.
    if letters == 0 or (short and not town and letters < 2):
        return
    end = match.end() if not town or short else match.start("town")
    sure = 0.97 if not short else 0.9 if town else 0.6
    yield _signal(view, "geo.plus_code", match.start(), end, sure, {"exact"})


def _link(view: View, match: re.Match[str]) -> Iterator[Signal]:
    url = match.group().rstrip(".,;:!?)]}’”")
    end = match.start() + len(url)
    inside = _OSM.search(url) or _IN_URL.search(url)
    if inside is not None:
        read = _within(inside.group("lat"), inside.group("lon"))
        if read is None:
            return
        marks = {"coarse"} if read[2] <= 3 else {"exact"}
        yield _signal(view, "geo.map_link", match.start(), end, 0.97, marks, f"{read[0]:.6f},{read[1]:.6f}")
    elif _SHORT_LINK.search(url):
        yield _signal(view, "geo.map_link", match.start(), end, 0.9, {"opaque"})
    elif _PLACE_LINK.search(url):
        yield _signal(view, "geo.map_link", match.start(), end, 0.75, {"named"})


def _signal(view: View, name: str, start: int, end: int, confidence: float, marks: set[str], value: str = "") -> Signal:
    marks = set(marks)
    for group, mark in (("geo.home", "cue"), ("geo.game", "game"), ("geo.public", "public")):
        if view.near(group, start, end, before=60, after=40) is not None:
            marks.add(mark)
    if "game" in marks and "cue" not in marks:
        confidence = min(confidence, 0.5)
    text = view.text[start:end]
    shown = hidden("geo", len(text)) if name in ("geo.map_link", "geo.what3words") else mask(text)
    return view.signal(
        name, start, end, confidence=confidence, value=value or text.casefold(), shown_as=shown, marks=marks
    )
