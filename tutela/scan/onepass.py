"""The one pass: all gates and patterns of all owners over a batch of texts at once."""

from __future__ import annotations

import tomllib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from itertools import accumulate

from msgspec import Struct

from tutela.errors import BadDetector
from tutela.scan.matcher import Matcher, flag_bits
from tutela.scan.view import Hit

# Record separator between joined texts. Without one, a match could need a boundary that the join took away; it may
# stand in a text too, which only adds a boundary there.
_SEPARATOR = "\x1e"
# A batch is scanned in buffers of about this many characters: larger ones leave the processor's cache.
_BUFFER_CHARS = 1 << 20


class Row(Struct, frozen=True):
    """One expression of the pass: who owns it, under which id its hits are handed over, and its flag letters."""

    owner: str
    id: str
    regex: str
    flags: str = ""


Hits = dict[str, list[Hit]]


def rows_from(data: bytes, owner: str, flags: str = "i") -> list[Row]:
    """The rows of a gates file (TOML, `[[gate]]` with `id`, `regex`, optional `flags`); `flags` where a gate has none."""
    return [
        Row(owner, gate["id"], gate["regex"], gate.get("flags", flags))
        for gate in tomllib.loads(data.decode()).get("gate", ())
    ]


class OnePass:
    """All rows behind one matcher. Immutable."""

    def __init__(self, rows: Iterable[Row]) -> None:
        self._rows = tuple(rows)
        try:
            self._matcher = Matcher.of([(row.regex, flag_bits(row.flags)) for row in self._rows])
        except BadDetector as error:
            raise BadDetector(_refused(self._rows) or error.what, next_step=error.next_step) from None

    def scan(self, texts: Sequence[str]) -> dict[int, Hits]:
        """Hits by index of the text, then by owner. Texts without a hit are not in the result.

        Offsets are code points. Runs of matches of one row whose ends lie next to each other come as one hit.
        """
        found: dict[int, Hits] = {}
        if sum(map(len, texts)) <= _BUFFER_CHARS:
            if texts:
                self._scan_buffer(texts, 0, len(texts), found)
            return found
        first = 0
        while first < len(texts):
            last, size = first, 0
            while last < len(texts) and (size < _BUFFER_CHARS or last == first):
                size += len(texts[last])
                last += 1
            self._scan_buffer(texts, first, last, found)
            first = last
        return found

    def _scan_buffer(self, texts: Sequence[str], first: int, last: int, found: dict[int, Hits]) -> None:
        joined = texts[first] if last - first == 1 else _SEPARATOR.join(texts[first:last])
        ascii_only = joined.isascii()
        data = joined.encode("utf-8", "surrogatepass")
        hits = self._matcher.scan(data)
        if not hits:
            return
        if last - first == 1:
            bounds = [0, len(data) + 1]
        elif ascii_only:
            bounds = list(accumulate((size + 1 for size in map(len, texts[first:last])), initial=0))
        else:
            bounds = _byte_bounds(data, texts, first, last)
        by_text: dict[int, list[tuple[int, int]]] = {}
        for hit in hits:
            index = bisect_right(bounds, hit[1] - 1) - 1
            by_text.setdefault(index, []).append(hit)
        for index, group in by_text.items():
            text = texts[first + index]
            base = bounds[index]
            size = bounds[index + 1] - 1 - base
            by_owner = self._grouped(group, base, None if len(text) == size else data[base : base + size])
            if by_owner:
                found[first + index] = by_owner

    def _grouped(self, hits: list[tuple[int, int]], base: int, data: bytes | None) -> Hits:
        """Hits of one text by owner; `data` is the text's bytes where bytes and code points differ."""
        runs: dict[int, list[list[int]]] = {}
        place_bytes = place = 0
        for number, end_bytes in hits:
            end = end_bytes - base
            if data is not None:
                if end > place_bytes:
                    place += len(data[place_bytes:end].decode("utf-8", "ignore"))
                    place_bytes = end
                end = place
            ends = runs.setdefault(number, [])
            if ends and end - ends[-1][1] <= 1:
                ends[-1][1] = end
            else:
                ends.append([end, end])
        grouped: Hits = {}
        for number, ends in runs.items():
            row = self._rows[number]
            grouped.setdefault(row.owner, []).extend(Hit(row.id, low, high) for low, high in ends)
        return grouped


def _byte_bounds(data: bytes, texts: Sequence[str], first: int, last: int) -> list[int]:
    """Where each text starts in the joined bytes, and one past the last separator."""
    pieces = data.split(_SEPARATOR.encode())
    if len(pieces) == last - first:
        return list(accumulate((size + 1 for size in map(len, pieces)), initial=0))
    # A text holds the separator itself.
    sizes = (len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass")) for text in texts[first:last])
    return list(accumulate((size + 1 for size in sizes), initial=0))


def _refused(rows: Sequence[Row]) -> str:
    """Which rows the matcher refuses, each by its owner and id; empty when only their union is refused."""
    refused = []
    for row in rows:
        try:
            Matcher.of([(row.regex, flag_bits(row.flags))])
        except BadDetector as error:
            refused.append(f"{row.owner}, {row.id}: {error.what}")
    return "\n     ".join(refused)
