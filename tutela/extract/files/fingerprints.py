"""Fingerprints of source and documents that survive renaming, reformatting, moving and shortening; never the text itself.

Three kinds, each found by its own disguise: `shape`, token runs with names and literals levelled (renaming); `words`,
shorter token runs as written (pieces pasted elsewhere); `marks`, literals and property names in their order (minifying,
which keeps them). Runs are hashed and thinned by winnowing (Schleimer, Wilkerson, Aiken, SIGMOD 2003): any shared run
of `k + w - 1` tokens leaves a common fingerprint.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Any

import numpy as np
from msgspec import Struct

Hashes = np.ndarray[Any, np.dtype[np.uint64]]

KINDS = ("shape", "words", "marks")
SHAPE_RUN, SHAPE_WINDOW = 25, 8
WORDS_RUN, WORDS_WINDOW = 10, 6
MARKS_RUN, MARKS_WINDOW = 3, 1
_BASE = np.uint64(0x9E3779B97F4A7C15)
_MOST_CHARS = 8_000_000
_LEAST_GRAMMAR = 10
_NOTHING = np.uint64(0xFFFFFFFFFFFFFFFF)

# Strings and comments end with their line: a piece pasted into the middle of a long string or comment would otherwise
# turn all code after it into text. What stands in long strings is read as words.
_STRING = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'|`(?:[^`\\\n]|\\.)*`"
_HASH_COMMENTS = re.compile(rf"\"\"\"|'''|{_STRING}|#[^\n]*|[^\W\d]\w*|\d[\w.]*|[^\w\s]")
_SLASH_COMMENTS = re.compile(
    rf"{_STRING}|//[^\n]*|/\*(?:[^*\n]|\*(?!/))*(?:\*/)?|^[ \t]*\*[^\n]*|[^\W\d]\w*|\d[\w.]*|[^\w\s]", re.M
)
_PROSE = re.compile(r"\w+")
_HASH_KINDS = frozenset(["python", "shell", "perl", "ruby", "powershell", "text", "yaml"])
# Words of the common languages' grammar: what renaming cannot touch.
_KEYWORDS = frozenset(
    (
        "if else elif for while do switch case break continue return def class function var let const new this "
        "self try except catch finally throw raise import from as with in is not and or lambda yield async await "
        "pass public private protected static final void int float double bool boolean char long string str true "
        "false null none True False None struct enum interface package func go defer range map type impl fn pub "
        "use mod match mut where extends implements super instanceof typeof delete default export global nonlocal "
        "assert del goto unsigned signed sizeof namespace using template typename virtual override operator "
        "friend inline extern volatile register"
    ).split()
)
_COMMON_MARKS = frozenset(
    (
        "length push prototype name type value toString call apply slice concat indexOf forEach map filter join "
        "split replace keys constructor hasOwnProperty exports module require default define object function "
        "string number boolean undefined return index data options callback error message code path test match "
        "test Object Array String Number Math Date JSON stringify parse then catch resolve reject true false null "
        "configurable enumerable writable defineProperty __esModule create assign bind trim shift unshift splice "
        "sort reduce some every includes max min floor charAt charCodeAt substring substr toLowerCase toUpperCase "
        "isArray use strict"
    ).split()
)


class Prints(Struct, frozen=True, kw_only=True):
    """Fingerprints of one text: sorted, unique, by kind. `tokens` is how long it is."""

    tokens: int
    shape: Hashes
    words: Hashes
    marks: Hashes

    def of(self, kind: str) -> Hashes:
        """The fingerprints of one of KINDS."""
        return getattr(self, kind)  # type: ignore[no-any-return]


@lru_cache(maxsize=200_000)
def _hash(word: str) -> int:
    return int.from_bytes(hashlib.blake2b(word.encode("utf-8", "replace"), digest_size=8).digest(), "little")


_NAME, _TEXT, _NUMBER = _hash("\0name"), _hash("\0text"), _hash("\0number")


def tokens_of(text: str, kind: str) -> list[str]:
    """Tokens in order, comments among them. `kind` is a kind of file; prose is words."""
    if kind == "document":
        return _PROSE.findall(text[:_MOST_CHARS].lower())
    pattern = _HASH_COMMENTS if kind in _HASH_KINDS else _SLASH_COMMENTS
    return pattern.findall(text[:_MOST_CHARS])


def fingerprint(text: str, kind: str) -> Prints:
    """Fingerprints of a text. Empty kinds for a text too short to be told from others."""
    tokens = tokens_of(text, kind)
    levelled: dict[str, int] = {}
    written: dict[str, int] = {}
    marked: dict[str, int] = {}
    for token in set(tokens):
        levelled[token], written[token], marked[token] = _values(token, kind)
    shape = np.fromiter((levelled[token] for token in tokens), np.uint64, len(tokens))
    words = np.fromiter((written[token] for token in tokens), np.uint64, len(tokens))
    marks = np.fromiter((marked[token] for token in tokens), np.uint64, len(tokens))
    kept = words != 0
    return Prints(
        tokens=int(kept.sum()),
        shape=_shape_prints(shape[kept]),
        words=np.unique(winnow(runs(words[kept], WORDS_RUN), WORDS_WINDOW)),
        marks=_mark_prints(marks),
    )


def _values(token: str, kind: str) -> tuple[int, int, int]:
    """A token's values for the three kinds; 0 leaves it out."""
    first = token[0]
    if kind == "document":
        return _hash(token), _hash(token), _hash(token) if len(token) > 7 else 0
    if (first == "#" and kind in _HASH_KINDS) or token[:2] in ("//", "/*") or token in ('"""', "'''"):
        return 0, 0, 0
    if token.lstrip()[:1] == "*" and len(token) > 1:
        return 0, 0, 0
    if first in "\"'`":
        body = token.strip("\"'`")
        return _TEXT, _hash(body), _hash(body) if len(body) >= 4 and body not in _COMMON_MARKS else 0
    if first.isdigit():
        return _NUMBER, _hash(token), 0
    if first.isalpha() or first == "_":
        levelled = _hash(token) if token in _KEYWORDS else _NAME
        marks = len(token) >= 5 and token not in _COMMON_MARKS and token not in _KEYWORDS
        return levelled, _hash(token), _hash(token) if marks else 0
    return _hash(token), _hash(token), 0


def runs(values: Hashes, length: int) -> Hashes:
    """A rolling polynomial hash of every run of `length` values, modulo 2^64."""
    count = len(values) - length + 1
    if count <= 0:
        return np.empty(0, np.uint64)
    total = np.zeros(count, np.uint64)
    with np.errstate(over="ignore"):
        for n in range(length):
            total *= _BASE
            total += values[n : n + count]
        # Mixing, because the smallest values are kept and a polynomial's low bits are not even.
        total ^= total >> np.uint64(31)
        total *= np.uint64(0xBF58476D1CE4E5B9)
        total ^= total >> np.uint64(29)
    return total


def winnow(hashes: Hashes, window: int) -> Hashes:
    """The smallest of every `window` neighbours; all of a text shorter than that."""
    count = len(hashes) - window + 1
    if window <= 1 or count <= 0:
        return hashes
    smallest = hashes[:count].copy()
    for n in range(1, window):
        np.minimum(smallest, hashes[n : n + count], out=smallest)
    return smallest


def _shape_prints(values: Hashes) -> Hashes:
    """Runs with enough grammar in them: a run of names only is what any prose or table looks like."""
    hashes = runs(values, SHAPE_RUN)
    if not len(hashes):
        return hashes
    grammar = np.cumsum((values != _NAME) & (values != _TEXT) & (values != _NUMBER))
    inside = grammar[SHAPE_RUN - 1 :] - np.concatenate([np.zeros(1, grammar.dtype), grammar[:-SHAPE_RUN]])
    hashes = np.where(inside >= _LEAST_GRAMMAR, hashes, _NOTHING)
    chosen = np.unique(winnow(hashes, SHAPE_WINDOW))
    kept: Hashes = chosen[chosen != _NOTHING]
    return kept


def _mark_prints(marks: Hashes) -> Hashes:
    kept = marks[marks != 0]
    return np.unique(np.concatenate([winnow(runs(kept, MARKS_RUN), MARKS_WINDOW), np.unique(kept)]))


def locate(text: str, kind: str, by: str, common: Hashes) -> tuple[int, int]:
    """The stretch of the text that holds most of the fingerprints `common` of kind `by`, in code points; (0, 0) for none.

    A lone run far from the others is left out.
    """
    places: list[tuple[int, int]] = []
    values: list[int] = []
    which = KINDS.index(by)
    pattern = _PROSE if kind == "document" else _HASH_COMMENTS if kind in _HASH_KINDS else _SLASH_COMMENTS
    source = text[:_MOST_CHARS].lower() if kind == "document" else text[:_MOST_CHARS]
    for match in pattern.finditer(source):
        of_token = _values(match.group(), kind)
        if of_token[which] and (by == "marks" or of_token[1]):
            values.append(of_token[which])
            places.append(match.span())
    length = {"shape": SHAPE_RUN, "words": WORDS_RUN, "marks": MARKS_RUN}[by]
    hashes = runs(np.array(values, np.uint64), length)
    hits = np.flatnonzero(np.isin(hashes, common))
    if not len(hits):
        return 0, 0
    # The densest part: cut where more than a hundred runs pass without one in common.
    groups = np.split(hits, np.flatnonzero(np.diff(hits) > 100) + 1)
    best = max(groups, key=len)
    return places[int(best[0])][0], places[int(best[-1]) + length - 1][1]
