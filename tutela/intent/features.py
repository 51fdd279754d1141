"""Which numbers stand for a text in the linear stage? Hashed words, word groups and word pieces."""

from __future__ import annotations

from collections.abc import Sequence
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from tutela.intent.folding import Token, unspaced

BITS = 17
_MASK = (1 << BITS) - 1
# Seeds part the kinds of features: the same word alone, in a group, and in an earlier message differ.
_WORD, _PAIR, _TRIPLE, _SKIP, _PIECE, _RUN, _OTHER, _SELF, _PLACE = (crc32(bytes([n])) for n in range(1, 10))
_CONTEXT_WORDS = 60


def text_features(tokens: Sequence[Token]) -> list[tuple[int, int, int]]:
    """(slot, first token, last token) for each feature of the text, in no order that matters."""
    found: list[tuple[int, int, int]] = []
    add = found.append
    words = [token.word.encode() for token in tokens]
    last = len(words)
    for at, word in enumerate(words):
        add((crc32(word, _WORD) & _MASK, at, at))
        if at + 1 < last:
            pair = crc32(words[at + 1], crc32(word, _PAIR))
            add((pair & _MASK, at, at + 1))
            if at + 2 < last:
                add((crc32(words[at + 2], pair + 1) & _MASK, at, at + 2))
                add((crc32(words[at + 2], crc32(word, _SKIP)) & _MASK, at, at + 2))
        text = tokens[at].word
        if word.isascii():
            if len(word) > 4:
                for start in range(len(word) - 3):
                    add((crc32(word[start : start + 4], _PIECE) & _MASK, at, at))
                add((crc32(word[:3], _RUN) & _MASK, at, at))
        elif unspaced(text):
            for start in range(len(text)):
                for size in (1, 2, 3):
                    if start + size <= len(text):
                        add((crc32(text[start : start + size].encode(), _PIECE) & _MASK, at, at))
        elif len(text) > 3:
            for start in range(len(text) - 3):
                add((crc32(text[start : start + 4].encode(), _PIECE) & _MASK, at, at))
            add((crc32(text[:3].encode(), _RUN) & _MASK, at, at))
    return found


def around_features(surface: str, thread: Sequence[tuple[bool, Sequence[Token]]]) -> list[int]:
    """Slots for where the text stands: its surface, and earlier messages as (by the same author, tokens), oldest first."""
    found = [crc32(surface.encode(), _PLACE) & _MASK]
    for own, tokens in thread[-3:]:
        seed = _SELF if own else _OTHER
        previous = seed
        for token in tokens[:_CONTEXT_WORDS]:
            word = token.word.encode()
            found.append(crc32(word, seed) & _MASK)
            found.append(crc32(word, previous + 1) & _MASK)
            previous = crc32(word, seed)
    return found


def slots(text: Sequence[tuple[int, int, int]], around: Sequence[int]) -> NDArray[np.int64]:
    """The different slots of a text, sorted."""
    return np.unique(np.fromiter((*(f[0] for f in text), *around), np.int64))
