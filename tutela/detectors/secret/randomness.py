"""Does a value look drawn at random, or written by a person?"""

from __future__ import annotations

import math
import re
from collections import Counter
from functools import cache
from importlib.resources import files

_UUID = re.compile(r"(?i)\{?[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\}?")
_PATH = re.compile(
    r"(?:[.~]{0,2}/)?(?:[\w.\-]+/)+[\w.\-]*|(?:[A-Za-z]:)?\\\\?[\w\\ .\-]+|[\w\-]+\.(?:py|js|ts|rb|go|java|php|json|ya?ml|xml|html?|css|txt|md|pem|crt|key|dll|exe|png|jpe?g|svg|sh|cfg|ini|conf|lock)"
)
_VERSION = re.compile(r"v?\d+(?:\.\d+){1,4}(?:[\-+][\w.]+)?")
_NUMBER = re.compile(r"[-+]?(?:0x[0-9A-Fa-f]{1,16}|\d[\d_,.]*)[uUlLfF]{0,3}")


def entropy(value: str) -> float:
    """Bits a character carries, from the value's own frequencies; 0.0 for one repeated."""
    size = len(value)
    return -sum(n / size * math.log2(n / size) for n in Counter(value).values())


@cache
def _pairs() -> frozenset[str]:
    """Pairs of letters that English words have, taken from the 2,048 words of BIP-39."""
    words = (files("mnemonic") / "wordlist" / "english.txt").read_text("utf-8").split()
    return frozenset(word[i : i + 2] for word in words for i in range(len(word) - 1))


def wordlike(value: str) -> float:
    """Share of the pairs of letters that English has, 0.0 to 1.0; 1.0 where there are none to look at."""
    low = value.lower()
    pairs = [low[i : i + 2] for i in range(len(low) - 1) if low[i : i + 2].isalpha() and low[i : i + 2].isascii()]
    if not pairs:
        return 1.0
    known = _pairs()
    return sum(pair in known for pair in pairs) / len(pairs)


def is_structured(value: str) -> bool:
    """True for what has another meaning by its form: identifiers, paths, versions, numbers, digests with a name."""
    return bool(
        _UUID.fullmatch(value) or _PATH.fullmatch(value) or _VERSION.fullmatch(value) or _NUMBER.fullmatch(value)
    )


def looks_random(value: str) -> bool:
    """True for at least twelve characters of mixed kinds without words: keys, tokens, digests."""
    if len(value) < 12 or is_structured(value):
        return False
    digits = sum(char.isdigit() for char in value)
    letters = sum(char.isalpha() for char in value)
    bits = entropy(value)
    if re.fullmatch(r"[0-9a-fA-F]+", value):
        return len(value) >= 16 and bits >= 2.6 and digits >= 3 and letters >= 2
    if digits >= 2 and letters >= 2:
        return bits >= 3.0 and (wordlike(value) < 0.95 or digits >= 4)
    mixed = any(char.islower() for char in value) and any(char.isupper() for char in value[1:])
    if mixed:
        return bits >= 3.2 and wordlike(value) < 0.82
    return len(value) >= 14 and bits >= 3.0 and wordlike(value) < 0.75
