"""Which scheme does a card number belong to?"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from tutela.reference.rows import rows


class Brand(NamedTuple):
    """A scheme. `common`: its cards are so many that a fitting number alone is telling."""

    name: str
    common: bool


def brand_of(digits: str) -> Brand | None:
    """The scheme with the longest prefix that fits and issues this length; None for no known scheme."""
    for size, table in _table():
        for first, last, lengths, brand in table:
            if first <= digits[:size] <= last and len(digits) in lengths:
                return brand
    return None


@cache
def _table() -> tuple[tuple[int, tuple[tuple[str, str, frozenset[int], Brand], ...]], ...]:
    by_size: dict[int, list[tuple[str, str, frozenset[int], Brand]]] = {}
    for first, last, lengths, name, common in rows("card_ranges"):
        entry = (first, last, frozenset(map(int, lengths.split(","))), Brand(name, common == "1"))
        by_size.setdefault(len(first), []).append(entry)
    return tuple((size, tuple(by_size[size])) for size in sorted(by_size, reverse=True))
