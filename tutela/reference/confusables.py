"""Which characters look like which? The skeleton of Unicode Technical Standard 39."""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from pathlib import Path

TABLE = Path(__file__).parent / "tables" / "confusables.tsv"


@lru_cache(maxsize=1)
def confusables() -> dict[int, str]:
    """Skeleton by code point, in the form `str.translate` takes."""
    table: dict[int, str] = {}
    with TABLE.open(encoding="utf-8", newline="\n") as lines:
        for line in lines:
            if line[0] != "#":
                point, _, shape = line.rstrip("\n").partition("\t")
                table[int(point, 16)] = shape
    return table


def skeleton(text: str) -> str:
    """The text's shape: two texts that look alike have the same one.

    Source: Unicode Technical Standard 39, section 4, `internalSkeleton`. It is meant for comparing, never for showing;
    small ASCII letters change too ("m" becomes "rn", "0" becomes "O").
    """
    shapes = unicodedata.normalize("NFD", text).translate(confusables())
    return unicodedata.normalize("NFD", shapes)
