"""Which words may stand in a recovery phrase, and does its check word hold?

Source: BIP-39 and its word lists, which the package `mnemonic` carries in twelve languages (MIT).
"""

from __future__ import annotations

import hashlib
import unicodedata
from functools import cache
from importlib.resources import files

# Phrases that documents and tools print for tests. Source: BIP-39 test vectors, Hardhat, Ganache, Foundry.
SAMPLES = frozenset({
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
    "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
    "test test test test test test test test test test test junk",
    "candy maple cake sugar pudding cream honey rich smooth crumble sweet treat",
    "myth like bonus scare over problem client lizard pioneer submit female collect",
    "ozone drill grab fiber curtain grace pudding thank cruise elder eight picnic",
    "army van defense carry jealous true garbage claim echo media make crunch",
})  # fmt: skip
SIZES = (12, 15, 18, 21, 24)
LANGUAGES = (
    "english", "spanish", "french", "italian", "portuguese", "czech", "turkish", "russian", "korean", "japanese",
    "chinese_simplified", "chinese_traditional",
)  # fmt: skip


def plain(word: str) -> str:
    """The word as the lists are compared: NFKD, lower case, without Latin accents (people leave them out)."""
    if word.isascii():
        return word.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", word.lower()) if not 0x300 <= ord(c) <= 0x36F)


@cache
def wordlist(language: str) -> dict[str, int]:
    """Place of each of the 2,048 words of a list, by its plain form."""
    text = (files("mnemonic") / "wordlist" / f"{language}.txt").read_text("utf-8")
    return {plain(word): place for place, word in enumerate(text.split())}


def check_holds(places: list[int]) -> bool:
    """True when the last bits are the first bits of SHA-256 of the rest. Expects 12, 15, 18, 21 or 24 places."""
    bits = "".join(f"{place:011b}" for place in places)
    size = len(bits) * 32 // 33
    data = int(bits[:size], 2).to_bytes(size // 8, "big")
    digest = f"{int.from_bytes(hashlib.sha256(data).digest(), 'big'):0256b}"
    return digest.startswith(bits[size:])
