"""How alike do two names look or get typed? Shapes to look names up by, and the measure that confirms."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tutela.reference.confusables import confusables

# Letters and digits that pass for one another at a glance, joined to one sign. "tight" are those that few people
# tell apart in an address bar; "loose" are those that need a second look, so a loose match has to be confirmed.
_TIGHT = str.maketrans({"1": "l", "i": "l", "|": "l", "!": "l", "0": "o", "q": "g", "5": "s", "$": "s", "2": "z"})
_TIGHT_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))
_LOOSE = str.maketrans({"e": "c", "3": "8", "6": "9", "b": "d", "m": "n", "r": "n", "v": "u", "w": "u", "j": "l"})
_LOOSE_PAIRS = (("ll", "l"), ("ld", "d"), ("dl", "d"), ("ln", "n"), ("lc", "k"), ("cl", "d"))

# takes LATIN SMALL LETTER B WITH HOOK; must not take LATIN SMALL LETTER AE
_LATIN = re.compile(r"(?:LATIN|MODIFIER|FULLWIDTH LATIN|MATHEMATICAL [A-Z\- ]+) (?:SMALL|CAPITAL|LETTER SMALL CAPITAL)(?: LETTER)?"
                    r"(?: (?:DOTLESS|LONG|TURNED|REVERSED|OPEN|SCRIPT|SMALL|CAPITAL))* ([A-Z])(?: WITH .*)?")  # fmt: skip
# Letters whose Unicode name spells a sound rather than the Latin letter they are drawn like.
_NAMED = {"LATIN SMALL LETTER ALPHA": "a", "LATIN SMALL LETTER IOTA": "i", "LATIN SMALL LETTER UPSILON": "u",
          "LATIN SMALL LETTER SCHWA": "e", "LATIN SMALL LETTER ETH": "d", "LATIN SMALL LETTER SHARP S": "b",
          "LATIN SMALL LETTER ENG": "n", "LATIN SMALL LETTER THORN": "p", "LATIN SMALL LETTER KRA": "k",
          "LATIN SMALL LETTER EZH": "z", "LATIN SMALL LETTER GAMMA": "y",
          "LATIN SMALL LETTER U BAR": "u", "LATIN SMALL LETTER TONE SIX": "b", "LATIN SMALL LETTER CHI": "x"}  # fmt: skip

# Small Cyrillic letters drawn like capital Latin ones; TR39 joins them with small capitals instead.
_DRAWN = {"м": "m", "т": "t", "к": "k", "в": "b", "н": "h", "г": "r", "ԍ": "g", "ь": "b"}


@lru_cache(maxsize=8192)
def _plain_letter(char: str) -> str:
    """The small ASCII letters that a character looks like; the character itself when there are none."""
    if char in _DRAWN:
        return _DRAWN[char]
    shape = confusables().get(ord(char), char)
    # TR39 joins small l with capital I and the digit 1, and small o with capital O: small letters serve addresses.
    shape = "".join(c for c in unicodedata.normalize("NFD", shape) if unicodedata.category(c) != "Mn").lower()
    if shape.isascii() and shape:
        return shape
    bare = "".join(c for c in unicodedata.normalize("NFKD", char) if unicodedata.category(c) != "Mn").lower()
    if bare.isascii():
        return bare
    name = unicodedata.name(char, "")
    base = name.partition(" WITH ")[0]
    if base in _NAMED:
        return _NAMED[base]
    match = _LATIN.fullmatch(name)
    return match[1].lower() if match else bare or char


def plain(text: str) -> str:
    """Small ASCII letters that the text looks like, marks taken off; what looks like no letter stays."""
    if text.isascii():
        return text.lower()
    return "".join(
        char.lower() if char.isascii() else _plain_letter(char) for char in unicodedata.normalize("NFC", text)
    )


def tight(text: str) -> str:
    """Shape of a plain name in which close look-alikes are one: `rn` and `m`, `1` and `l`, `0` and `o`."""
    shape = text.translate(_TIGHT)
    for pair, one in _TIGHT_PAIRS:
        if pair in shape:
            shape = shape.replace(pair, one)
    return shape


def loose(text: str) -> str:
    """Shape of a plain name in which also distant look-alikes are one, and runs of one sign are one sign."""
    shape = tight(text).translate(_LOOSE)
    for pair, one in _LOOSE_PAIRS:
        if pair in shape:
            shape = shape.replace(pair, one)
    return "".join(char for index, char in enumerate(shape) if index == 0 or shape[index - 1] != char)


def deletions(text: str) -> tuple[str, ...]:
    """The text and each of its forms with one sign left out: two texts one slip apart share one of them."""
    return (text, *{text[:index] + text[index + 1 :] for index in range(len(text))})


def slip(a: str, b: str) -> str:
    """The one typing slip that lies between two texts, in words; "" when there is none or more than one.

    One slip is a sign added, left out, swapped for another, or two neighbours exchanged (optimal string alignment 1).
    """
    if a == b or abs(len(a) - len(b)) > 1:
        return ""
    start = 0
    while start < len(a) and start < len(b) and a[start] == b[start]:
        start += 1
    rest_a, rest_b = a[start:], b[start:]
    if len(a) > len(b):
        return "one letter more" if rest_a[1:] == rest_b else ""
    if len(a) < len(b):
        return "one letter less" if rest_a == rest_b[1:] else ""
    if rest_a[1:] == rest_b[1:]:
        return "one letter changed"
    if rest_a[:2] == rest_b[1::-1] and rest_a[2:] == rest_b[2:]:
        return "two letters exchanged"
    return ""


_PAIRS = (
    ("rn", "m"),
    ("nn", "m"),
    ("vv", "w"),
    ("cl", "d"),
    ("dl", "d"),
    ("lb", "b"),
    ("lh", "h"),
    ("lc", "k"),
    ("rr", "n"),
)
_FAR = 99


def visual_slips(a: str, b: str) -> int:
    """How many look-alike exchanges turn one plain name into the other; 99 when others are needed too.

    One letter for a like letter and one for a like pair (`m`, `rn`) count one each. Names are a label long at most.
    """
    rows = [[_FAR] * (len(b) + 1) for _ in range(len(a) + 1)]
    rows[0][0] = 0
    for i in range(len(a) + 1):
        for j in range(len(b) + 1):
            here = rows[i][j]
            if here > 4:
                continue
            if i < len(a) and j < len(b):
                cost = 0 if a[i] == b[j] else 1 if _alike(a[i], b[j]) else _FAR
                rows[i + 1][j + 1] = min(rows[i + 1][j + 1], here + cost)
            for pair, one in _PAIRS:
                if a.startswith(pair, i) and b.startswith(one, j):
                    rows[i + 2][j + 1] = min(rows[i + 2][j + 1], here + 1)
                if b.startswith(pair, j) and a.startswith(one, i):
                    rows[i + 1][j + 2] = min(rows[i + 1][j + 2], here + 1)
    return min(rows[-1][-1], _FAR)


@lru_cache(maxsize=4096)
def _alike(a: str, b: str) -> bool:
    return a.translate(_TIGHT).translate(_LOOSE) == b.translate(_TIGHT).translate(_LOOSE)
