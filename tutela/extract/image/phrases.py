"""Is a wallet's recovery phrase written here as a list? Its words in their order, misread letters repaired.

A list in columns, numbered, by hand, is no running text: the words are put in the order of their numbers, and a word
that is no word of BIP-39 is replaced by the nearest one, so that the check word of the whole phrase holds.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from functools import cache
from importlib.resources import files
from itertools import product
from typing import NamedTuple

from tutela.extract.image.lines import Line

_SIZES = (12, 15, 18, 21, 24)
# takes "1. news", "I.news", "12) vivid", "break"; digits that were read as letters count as digits before a dot
_ENTRY = re.compile(r"(?:(?<![A-Za-z0-9])([0-9IlO]{1,2})\s?[.):\-]\s?)?([A-Za-z]{3,9})(?![A-Za-z])")
_RANGE = re.compile(r"(?i)^\W*(?:words?|wörter|palabras|mots)?\W*\d{1,2}\s*[-–]\s*\d{1,2}\W*$")
_NAMES = re.compile(r"(?i)(?:recovery|secret|seed|backup|mnemonic|wallet)\W*(?:recovery\W*)?(?:phras|word)")
_TRIES_MOST = 4096


class Entry(NamedTuple):
    """A word of the list: what it may be (the likeliest first), its number if it has one, and where it stands."""

    words: tuple[str, ...]
    number: int | None
    line: Line
    start: int
    end: int


class Phrase(NamedTuple):
    """The words in order, each with its line and range, and the line that names the phrase, if any."""

    words: tuple[str, ...]
    entries: tuple[Entry, ...]
    heading: Line | None


@cache
def _list() -> dict[str, int]:
    text = (files("mnemonic") / "wordlist" / "english.txt").read_text("utf-8")
    return {word: place for place, word in enumerate(text.split())}


def find_phrase(lines: Sequence[Line]) -> Phrase | None:
    """A phrase among lines in reading order; None where there is no such list."""
    heading = next((line for line in lines if _NAMES.search(line.text)), None)
    entries: list[Entry] = []
    for line in lines:
        if line is heading or _RANGE.match(line.text):
            continue
        found = _entries(line)
        if found:
            entries.extend(found)
        elif entries and len(entries) not in _SIZES:
            # Something else stands between: the list begins anew.
            entries = []
        elif len(entries) in _SIZES:
            break
    numbered = [entry for entry in entries if entry.number]
    if sorted(entry.number or 0 for entry in numbered) == list(range(1, len(numbered) + 1)) and len(numbered) in _SIZES:
        entries = numbered
    exact = sum(len(entry.words) == 1 for entry in entries)
    if len(entries) not in _SIZES or exact * 5 < 3 * len(entries):
        return None
    ordered = _ordered(entries)
    words = _that_fit(ordered)
    if words is None and heading is None:
        return None
    return Phrase(words or tuple(entry.words[0] for entry in ordered), tuple(ordered), heading)


def _entries(line: Line) -> list[Entry]:
    """Words of a line that consists of words of the list; empty for any other line."""
    if len(line.text) > 120:
        return []
    found: list[Entry] = []
    for match in _ENTRY.finditer(line.text):
        words = _candidates(match[2].lower())
        if not words:
            return []
        number = match[1]
        told = int(number.translate(str.maketrans("IlO", "110"))) if number else None
        found.append(Entry(words, told, line, match.start(2), match.end(2)))
    rest = re.sub(r"[\W\d_IlO]", "", _ENTRY.sub("", line.text))
    return found if len(rest) <= 2 else []


@cache
def _candidates(word: str) -> tuple[str, ...]:
    """Words of the list that `word` may be: itself, or those nearest to it."""
    known = _list()
    if word in known:
        return (word,)
    near = [
        (distance, other) for other in known if (distance := _distance(word, other)) <= (2 if len(word) >= 6 else 1)
    ]
    if not near:
        return ()
    least = min(near)[0]
    return tuple(other for distance, other in sorted(near) if distance == least)[:8]


def _distance(a: str, b: str) -> int:
    """Letters to change, insert or leave out; 9 where the lengths already differ by more than two."""
    if abs(len(a) - len(b)) > 2:
        return 9
    row = list(range(len(b) + 1))
    for at, sign in enumerate(a, 1):
        before, row[0] = row[0], at
        for place, other in enumerate(b, 1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (sign != other))
    return row[-1]


def _ordered(entries: list[Entry]) -> list[Entry]:
    numbers = [entry.number for entry in entries]
    if sorted(number or 0 for number in numbers) == list(range(1, len(entries) + 1)):
        return sorted(entries, key=lambda entry: entry.number or 0)
    return entries


def _that_fit(entries: Sequence[Entry]) -> tuple[str, ...] | None:
    """The first choice of words whose check word holds. Source: BIP-39, "Generating the mnemonic"."""
    known = _list()
    for tries, words in enumerate(product(*(entry.words for entry in entries))):
        if tries >= _TRIES_MOST:
            return None
        bits = "".join(f"{known[word]:011b}" for word in words)
        size = len(bits) * 32 // 33
        digest = hashlib.sha256(int(bits[:size], 2).to_bytes(size // 8, "big")).digest()
        if f"{int.from_bytes(digest, 'big'):0256b}".startswith(bits[size:]):
            return words
    return None
