"""Which plain words does a text hold? Tokens with their places, disguises undone, one pass in linear time."""

from __future__ import annotations

import re
import unicodedata

from msgspec import Struct

# A text beyond this is judged by its first and last halves of this size: what someone wants stands at an end.
TEXT_MAX = 6000

_PLAIN = re.compile(r"[a-z0-9_']+|[?!€$£%@]")
# Words of any script with their marks, single signs that carry meaning, and pictographs one by one.
_WIDE = re.compile(
    r"[^\W_\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af](?:[^\W\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]|['’\u0300-\u036f\u0900-\u0903\u093a-\u094f\u0980-\u0983\u09bc-\u09cd\u064b-\u0652\u0b82\u0bbe-\u0bcd\u200b-\u200f\u00ad\u2060\ufeff])*"
    r"|[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]+|[\uac00-\ud7af]+"
    r"|[?!？！€$£¥₹%@]|[\u2190-\u2bff\U0001f000-\U0001faff]"
)
_INVISIBLE = re.compile(r"[\u200b-\u200f\u00ad\u2060-\u2064\ufeff\u0300-\u036f\ufe0e\ufe0f]")
_LEET = str.maketrans("0134578@$!|", "oieastbasil")
# Cyrillic and Greek letters drawn like Latin ones. The full skeleton of UTS 39 also turns "m" into "rn", which suits
# comparing names, not reading words.
_LOOKS = str.maketrans("аеорсухіјѕԁһԛԝѵвкмнтгαορνικτυχε", "aeopcyxijsdhqwvbkmhtraopviktuxe")
_HAS_LEET = re.compile(r"[a-z][0134578@$!|]+[a-z]|[a-z][0134578@$!|]{1,2}\b|\b[0134578@$!|][a-z]{2}")
_LEET_WORD = re.compile(r"[a-z0-9@$!|]*[a-z][a-z0-9@$!|]*")
_SPACED = re.compile(r"(?<![^\W_])(?:[^\W\d_][ .\-_*·]{1,2}){3,}[^\W\d_](?![^\W_])")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")


class Token(Struct, frozen=True, array_like=True, gc=False):
    """A plain word and the code points of the text it stands for."""

    word: str
    start: int
    end: int


def fold(text: str) -> tuple[Token, ...]:
    """The text's words in lower case with look-alikes, figures for letters, spacing and invisible signs undone.

    Runs of scripts that put no spaces (Han, kana, Thai) come as one token. Offsets are code points of `text`.
    """
    if len(text) > TEXT_MAX:
        half = TEXT_MAX // 2
        head, tail = text[:half], text[-half:]
        shift = len(text) - half
        return fold(head) + tuple(Token(t.word, t.start + shift, t.end + shift) for t in fold(tail))
    low = text.lower()
    if len(low) != len(text):
        # A few letters grow when lowered; places matter more than their case.
        low = "".join(letter if len(letter.lower()) != 1 else letter.lower() for letter in text)
    spaced = _joined(low)
    if low.isascii():
        tokens = [Token(m.group(), m.start(), m.end()) for m in _PLAIN.finditer(low)]
        if _HAS_LEET.search(low):
            tokens = _unleet(low, tokens)
    else:
        tokens = [Token(_plain(m.group()), m.start(), m.end()) for m in _WIDE.finditer(low)]
        if _HAS_LEET.search(low):
            tokens = _unleet(low, tokens)
    if spaced:
        tokens = [t for t in tokens if not any(s.start < t.end and t.start < s.end for s in spaced)]
        tokens = sorted([*tokens, *spaced], key=lambda t: t.start)
    return tuple(token for token in tokens if token.word)


def folded_text(text: str, tokens: tuple[Token, ...]) -> str:
    """The text in lower case with each token that was disguised replaced by its plain word."""
    pieces: list[str] = []
    at = 0
    if len(text) > TEXT_MAX:
        return " ".join(token.word for token in tokens)
    low = text.lower() if len(text.lower()) == len(text) else text
    for token in tokens:
        if low[token.start : token.end] != token.word:
            pieces.append(low[at : token.start])
            pieces.append(token.word)
            at = token.end
    if not at:
        return low
    pieces.append(low[at:])
    return "".join(pieces)


def unspaced(word: str) -> bool:
    """True for a run of a script that puts no spaces between words."""
    return _UNSPACED.match(word) is not None


def _plain(word: str) -> str:
    if word.isascii():
        return word
    bare = unicodedata.normalize("NFKC", _INVISIBLE.sub("", word) if _INVISIBLE.search(word) else word)
    if bare.isascii():
        return bare.lower()
    if any("a" <= letter <= "z" for letter in bare):
        bare = bare.translate(_LOOKS)
    return bare.lower()


def _unleet(low: str, tokens: list[Token]) -> list[Token]:
    """Figures and signs for letters undone, only in words that hold more letters than figures."""
    words = {}
    for match in _LEET_WORD.finditer(low):
        word = match.group()
        if "@" in word and low[match.end() : match.end() + 1] == ".":
            continue  # a mail address
        letters = sum("a" <= sign <= "z" for sign in word)
        if letters == len(word) or letters < 1 or len(word) < 3 or letters * 2 < len(word):
            continue
        if (
            word[-1] in "!$"
            or word[0] in "@$"
            or (word[0].isdigit() and word.lstrip("0123456789").isalpha() and letters < 3)
        ):
            word = word.rstrip("!$")
            if word.isalpha() or word[:1] in "@$":
                continue
        figures = word.rstrip("0123456789")
        # "20k", "pic2", "level50": a figure at the end of a word, or a count with its unit, is what it says.
        if figures.isalpha() or (word.lstrip("0123456789").isalpha() and len(word.lstrip("0123456789")) <= 2):
            continue
        words[match.start()] = (word.translate(_LEET), match.start() + len(word))
    if not words:
        return tokens
    kept: list[Token] = []
    covered = 0
    for token in tokens:
        for start in [s for s in words if s <= token.start < words[s][1] or token.start <= s < token.end]:
            plain, end = words.pop(start)
            kept.append(Token(plain, start, end))
            covered = max(covered, end)
        if token.start >= covered:
            kept.append(token)
    return kept


def _joined(low: str) -> list[Token]:
    """Words written letter by letter. Wider gaps and line breaks part words."""
    found = []
    for match in _SPACED.finditer(low):
        run = match.group()
        at = match.start()
        for piece in re.finditer(r"\S(?:[ .\-_*·]\S)*", run):
            word = re.sub(r"[ .\-_*·]", "", piece.group())
            if len(word) >= 3:
                found.append(Token(_plain(word), at + piece.start(), at + piece.end()))
    return found
