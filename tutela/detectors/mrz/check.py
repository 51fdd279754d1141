"""Where in a text is a machine-readable zone?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.detectors.mrz.zones import Zone, read_zone
from tutela.masking import hidden
from tutela.model import Signal
from tutela.scan.view import View

_LINE = re.compile(r"[A-Za-z0-9<«‹ ]{20,140}")
# Countries that stand for none: the standard's own example, and codes set aside for tests.
_NOBODY = frozenset(("UTO", "XXX", "ZZZ", "XYZ", "TST"))
_NUMBERS = frozenset(("L898902C3", "D23145890", "L8988901C", "D231458907", "AB2134<<<", "T22000129"))
_SIZES = (44, 36, 30)


def inspect(view: View) -> Iterator[Signal]:
    """One signal a zone. A zone whose check digits do not hold is one still, when its form is whole: pictures blur."""
    done = 0
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        if hit.first < done:
            continue
        low, high = max(hit.first - 180, done), min(hit.end + 240, len(view.text))
        found = _zone(view.text, low, high)
        if found is None:
            done = max(done, hit.end)
            continue
        zone, start, end = found
        done = end
        yield _signal(view, zone, start, end)
    return


def _zone(text: str, low: int, high: int) -> tuple[Zone | None, int, int] | None:
    lines = _lines(text, low, high)
    best: tuple[Zone | None, int, int] | None = None
    for place in range(len(lines)):
        for count in (3, 2):
            some = lines[place : place + count]
            if len(some) < count:
                continue
            for size in _SIZES if count == 2 else (30,):
                pieces = tuple(_sized(line[2], size) for line in some)
                if any(piece is None for piece in pieces):
                    continue
                zone = read_zone(tuple(piece for piece in pieces if piece is not None))
                if zone is not None and (best is None or best[0] is None or zone.fits > best[0].fits):
                    best = (zone, some[0][0], some[-1][1])
    if best is not None and best[0] is not None and best[0].fits >= 1:
        return best
    # The upper line alone, or lines too damaged to check: the form and a name with its fillers.
    for start, end, line in lines:
        if (
            len(line) >= 28
            and re.match(r"(?:P[A-Z<]|V[A-Z<]|[IAC][A-Z<])[A-Z]{3}[A-Z<]+<<[A-Z<]+\Z", line)
            and line.count("<") >= 5
        ):
            return None, start, end
    return best


def _lines(text: str, low: int, high: int) -> list[tuple[int, int, str]]:
    """Lines of zone letters with spaces taken out; a text without breaks is cut where the fillers and sizes say."""
    lines: list[tuple[int, int, str]] = []
    for match in re.finditer(r"[^\n\r]+", text[low:high]):
        piece = match[0]
        start = low + match.start()
        for run in _LINE.finditer(piece):
            raw = run[0].strip()
            bare = raw.replace(" ", "").replace("«", "<<").replace("‹", "<").upper()
            if "<" not in bare and not re.search(r"\d{6}", bare):
                continue
            begin = start + run.start() + (len(run[0]) - len(run[0].lstrip()))
            words = raw.split(" ")
            if len(words) > 1 and all(len(word) >= 28 for word in words):
                at = begin
                for word in words:
                    lines.append((at, at + len(word), word.upper().replace("«", "<<")))
                    at += len(word) + 1
            else:
                # "mrz: P<UTO…": words before the zone are not of it.
                kept = re.search(r"[A-Z0-9<]{2,}[A-Z0-9<]*\Z", raw.replace(" ", "").upper())
                if (
                    kept is not None
                    and len(words) > 1
                    and not all("<" in word or word.isupper() or word.isdigit() for word in words)
                ):
                    last = max(words, key=len)
                    at = text.find(last, begin, begin + len(raw))
                    lines.append((at, at + len(last), last.upper().replace("«", "<<")))
                else:
                    lines.append((begin, begin + len(raw), bare))
    return lines


def _sized(line: str, size: int) -> str | None:
    """The line at its full size: pictures lose or add a few fillers at the end."""
    if not re.fullmatch(r"[A-Z0-9<]+", line):
        return None
    if len(line) == size:
        return line
    if len(line) > size and not line[size:].strip("<"):
        return line[:size]
    if size - 4 <= len(line) < size:
        if line.endswith("<"):
            return line.ljust(size, "<")
        # A check digit closes the line: the lost fillers stood before it.
        match = re.match(r"(.*<)(\d{1,2})\Z", line)
        if match is not None:
            return match[1].ljust(size - len(match[2]), "<") + match[2]
    return None


def _signal(view: View, zone: Zone | None, start: int, end: int) -> Signal:
    marks: set[str] = set()
    if zone is None:
        confidence, value = 0.7, view.text[start:end]
        marks.add("weak")
        if re.search(r"<UTO|^[PVIAC].UTO", value):
            marks.add("sample")
    else:
        value = zone.number.rstrip("<")
        confidence = 0.99 if zone.fits == zone.checks else 0.95 if zone.fits >= 2 else 0.75
        marks |= {zone.size} | ({"checked"} if zone.fits >= 2 else {"weak"})
        if zone.issuer in _NOBODY or zone.nationality in _NOBODY or zone.number in _NUMBERS:
            marks.add("sample")
        if not zone.number.strip("<0") or zone.number.startswith(("XXXX", "0000000", "SPECIMEN")):
            marks.add("specimen")
    if view.near("identity.specimen", start, end, before=90, after=90) is not None:
        marks.add("specimen")
    return view.signal(
        "mrz.zone",
        start,
        end,
        confidence=confidence,
        value=value,
        shown_as=hidden("machine-readable zone", end - start),
        marks=marks,
    )
