"""Does an account's name pass for the platform or its staff? Handles, display names, and handles mentioned in texts."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from tutela.links import lookalike, shapes
from tutela.links.lookalike import Targets, targets, words
from tutela.model import Author, Signal
from tutela.settings import Platform

DETECTOR = "names"
_WORDS = re.compile(r"[^\W_]+")
# takes @murmura_supp0rt; must not take name@host or @@x
_MENTION = re.compile(r"(?<![\w@./])@([\w](?:[\w.\-]{0,62}[\w])?)")
MOST_MENTIONS = 50
# Below what is told at all.
UNTOLD = 0.3
_EXACT = "the platform's name"
# Digits and signs that stand for letters in names; only where a name has letters beside them.
_LEET = str.maketrans(
    {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "$": "s", "@": "a", "!": "i"}
)


def inspect_name(
    name: str, *, author: Author | None, platform: Platform, part: str = "author.handle"
) -> tuple[Signal, ...]:
    """What a handle or display name passes for. `author` is who bears the name, None when nobody is known to.

    Nothing without a profile. An official account of the profile gives `name.official`; an account that is marked
    `official` by the platform too.
    """
    if not platform or not name.strip():
        return ()
    return _judged(name[:200], 0, len(name), author, platform, part)


def inspect_mentions(text: str, *, part: str, platform: Platform) -> tuple[Signal, ...]:
    """Handles mentioned in a text that pass for the platform or its staff; at most 50 mentions are read."""
    if not platform or "@" not in text:
        return ()
    found: list[Signal] = []
    for number, match in enumerate(_MENTION.finditer(text)):
        if number >= MOST_MENTIONS:
            break
        found.extend(_judged(match[1], match.start(), match.end(), None, platform, part))
    return tuple(found)


def _judged(
    name: str, start: int, end: int, author: Author | None, platform: Platform, part: str
) -> tuple[Signal, ...]:
    known = targets(platform)
    handle = name.lstrip("@").lower()

    def signal(kind: str, confidence: float, says: str, *marks: str) -> tuple[Signal, ...]:
        return (
            Signal(
                name=kind, kind="handle", confidence=confidence, detector=DETECTOR, shown_as=_shown(name), part=part,
                start=start, end=end, value=handle, marks=frozenset(marks), says=says,
            ),
        )  # fmt: skip

    if handle in _official(platform):
        return signal("name.official", 0.99, "an official account of the platform")
    if author is not None and author.account == "official":
        return signal("name.official", 0.99, "an account the platform marks as official")
    found = _passes_for(handle, known)
    if found is None:
        return ()
    confidence, says, staff = found
    if _says_parody(name):
        return signal("name.parody", 0.9, "says that it is not the real one", "parody")
    if confidence <= UNTOLD:
        return ()
    return signal("name.lookalike_support" if staff else "name.lookalike", confidence, says)


def _shown(name: str) -> str:
    bare = name.lstrip("@")
    return f"@{bare[:3]}…" if len(bare) > 3 else "@…"


@lru_cache(maxsize=64)
def _official(platform: Platform) -> frozenset[str]:
    return frozenset(account.lstrip("@").lower() for account in platform.official_accounts)


def _passes_for(name: str, known: Targets) -> tuple[float, str, bool] | None:
    """Confidence, the reason in words, and whether the name plays staff."""
    plain = shapes.plain(unicodedata.normalize("NFKC", name))
    pieces = _WORDS.findall(plain)
    if not pieces or len(pieces) > 12:
        return None
    staff_words = words()["staff"]
    best: tuple[float, str] | None = None
    rest: list[str] = []
    skip = False
    for index, piece in enumerate(pieces):
        if skip:
            skip = False
            continue
        hit = _piece(piece, known)
        pair = piece + pieces[index + 1] if index + 1 < len(pieces) else ""
        if hit is None and pair and (pair in known.platform_words or pair.translate(_LEET) in known.platform_words):
            hit, skip = (0.8, "the platform's name in two words", ()), True
        if hit is None:
            rest.append(piece)
            continue
        rest.extend(hit[2])
        if best is None or hit[0] > best[0]:
            best = hit[:2]
    if best is None:
        hit = _piece("".join(pieces), known) if 1 < len(pieces) == sum(map(len, pieces)) else None
        if hit is None:
            return None
        best, rest = hit[:2], list(hit[2])
    sure, says = best
    if any(_staff(word, staff_words) for word in rest) or any(
        word in name for word in staff_words if not word.isascii()
    ):
        return max(sure, 0.9), f"{says}, with a word of its staff", True
    left = [word for word in rest if not word.isdigit()]
    if not name.isascii() and any(ord(char) > 0x2FF and char.isalpha() for char in name) and says.startswith(_EXACT):
        return 0.92, f"{_EXACT} in look-alike letters", False
    if sure >= 0.9:
        return sure, says, False
    if any(word in words()["trust"] for word in left):
        return max(sure, 0.6), f"{says}, with a word that asks for trust", False
    if left:
        # A name among other words is somebody who speaks of the platform, or has a like word in the name.
        return UNTOLD, says, False
    return (0.6, f"{says} with digits", False) if rest else (sure, says, False)


def _piece(piece: str, known: Targets) -> tuple[float, str, tuple[str, ...]] | None:
    """How a word of a name meets the platform's: confidence, reason, what is left of the word."""
    if piece in known.platform_words:
        return 0.85, _EXACT, ()
    if (bare := piece.strip("0123456789")) != piece and bare in known.platform_words:
        return 0.8, _EXACT, (piece[len(bare) :] if piece.startswith(bare) else piece[: -len(bare)],)
    leet = piece.translate(_LEET) if any(map(str.isalpha, piece)) else piece
    if leet in known.platform_words:
        return 0.93, f"{_EXACT} in look-alike signs", ()
    found = lookalike.whole(piece, known)
    if found and not found.brand:
        if found.rule == "homoglyph":
            return found.confidence, found.says, ()
        # A shorter word inside the name, or its plural, is a word of its own more often than a slip.
        short = any(word.startswith(piece.rstrip("s")) for word in known.platform_words)
        return (UNTOLD if short else 0.65), found.says, ()
    for word in known.platform_words:
        if len(word) < lookalike.SHORTEST_SLIP:
            continue
        for written, target, sure, reason in (
            (piece, word, 0.8, _EXACT),
            (leet, word, 0.9, f"{_EXACT} in look-alike signs"),
            (shapes.tight(piece), shapes.tight(word), 0.9, f"{_EXACT} in look-alike signs"),
        ):
            at = written.find(target)
            if at >= 0:
                return sure, reason, tuple(side for side in (written[:at], written[at + len(target) :]) if side)
    return None


def _staff(word: str, staff: frozenset[str]) -> bool:
    if word in staff:
        return True
    leet = word.translate(_LEET)
    if leet in staff or any(word.strip("0123456789") == entry for entry in (staff if len(word) > 4 else ())):
        return True
    return any(len(entry) >= 6 and (shapes.slip(leet, entry) or leet.startswith(entry)) for entry in staff)


def _says_parody(name: str) -> bool:
    low = name.lower()
    parts = set(_WORDS.findall(shapes.plain(name)))
    return any(
        word in parts if word.isascii() and " " not in word and "-" not in word else word in low
        for word in words()["parody"]
    )
