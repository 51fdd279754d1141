"""Which numbers were spoken? Digits said one by one are joined; counting aloud stays as it is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

# Number words for digits as speech models write them out, with the doubled forms of phone numbers.
_WORDS = {
    "zero": "0", "oh": "0", "nought": "0", "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6",
    "seven": "7", "eight": "8", "nine": "9", "niner": "9",
    "cero": "0", "uno": "1", "dos": "2", "tres": "3", "cuatro": "4", "cinco": "5", "seis": "6", "siete": "7", "ocho": "8", "nueve": "9",
    "um": "1", "dois": "2", "três": "3", "quatro": "4", "sete": "7", "oito": "8", "nove": "9", "meia": "6",
    "zéro": "0", "un": "1", "deux": "2", "trois": "3", "quatre": "4", "cinq": "5", "sept": "7", "huit": "8", "neuf": "9",
    "null": "0", "eins": "1", "zwei": "2", "zwo": "2", "drei": "3", "vier": "4", "fünf": "5", "sechs": "6", "sieben": "7", "acht": "8", "neun": "9",
    "due": "2", "tre": "3", "quattro": "4", "cinque": "5", "sei": "6", "sette": "7", "otto": "8",
    "nul": "0", "een": "1", "twee": "2", "drie": "3", "vijf": "5", "zes": "6", "zeven": "7", "negen": "9",
    "ноль": "0", "один": "1", "два": "2", "три": "3", "четыре": "4", "пять": "5", "шесть": "6", "семь": "7", "восемь": "8", "девять": "9",
    "jeden": "1", "dwa": "2", "trzy": "3", "cztery": "4", "pięć": "5", "sześć": "6", "siedem": "7", "osiem": "8", "dziewięć": "9",
    "sıfır": "0", "bir": "1", "iki": "2", "üç": "3", "dört": "4", "beş": "5", "altı": "6", "yedi": "7", "sekiz": "8", "dokuz": "9",
    "nol": "0", "satu": "1", "dua": "2", "tiga": "3", "empat": "4", "lima": "5", "enam": "6", "tujuh": "7", "delapan": "8", "sembilan": "9",
}  # fmt: skip
# Words that sound like a digit; taken for one only inside a run of digits.
_SOUNDS = {
    "for": "4", "fore": "4", "to": "2", "too": "2", "ate": "8", "won": "1", "o": "0", "i": "1", "l": "1", "sex": "6", "tree": "3",
    "nein": "9", "zeero": "0", "nero": "0",
}  # fmt: skip
_TIMES = {"double": 2, "triple": 3, "treble": 3, "doble": 2, "doppel": 2}
_LENGTHS = frozenset({6, 9, 10, 11, 12, 16})


class Word(NamedTuple):
    """A spoken word with its times in seconds. `text` carries its own spacing and marks, as the model wrote it."""

    text: str
    from_s: float
    to_s: float


class _Token(NamedTuple):
    digits: str
    sure: bool
    lead: str
    tail: str


def join_digits(words: Sequence[Word]) -> list[Word]:
    """Words with runs of spoken digits made one word each; its times span the run."""
    joined: list[Word] = []
    at = 0
    while at < len(words):
        end = _run_end(words, at)
        tokens = [_token(word.text) for word in words[at:end]]
        if end - at >= 1 and _worth_joining(tokens):
            first = words[at]
            lead = " " if first.text.startswith(" ") else ""
            tail = tokens[-1].tail if tokens[-1] is not None else ""
            digits = "".join(token.digits for token in _expanded(tokens))
            number = Word(lead + _tidy_lead(tokens) + digits + tail, first.from_s, words[end - 1].to_s)
            after = words[end] if end < len(words) else None
            number, taken = _completed(joined, number, digits, after)
            joined.append(number)
            at = end + taken
        else:
            joined.extend(words[at : max(end, at + 1)])
            at = max(end, at + 1)
    return joined


def _completed(before: list[Word], number: Word, digits: str, after: Word | None) -> tuple[Word, int]:
    """A number one digit short that a sound-alike before or behind it completes; words taken from behind.

    Only where what comes out is a number of its kind: a card whose last digit fits, or a number of the North American
    plan, neither whose area nor whose exchange begins with 0 or 1 (ITU-T E.164, country code 1).
    """
    if len(digits) not in (9, 15):
        return (number, 0)
    head = _SOUNDS.get(before[-1].text.strip().casefold().strip(",")) if before else None
    if len(digits) == 9:
        if head and head in "248" and digits[0] in "01" and digits[2] not in "01":
            word = before.pop()
            return (Word(" " + head + number.text.strip(), word.from_s, number.to_s), 0)
        return (number, 0)
    if head and luhn(head + digits):
        word = before.pop()
        return (Word(" " + head + number.text.strip(), word.from_s, number.to_s), 0)
    tail = _SOUNDS.get(after.text.strip().casefold().strip(",")) if after else None
    if tail and after and luhn(digits + tail) and not number.text.endswith("."):
        return (Word(number.text + tail, number.from_s, after.to_s), 1)
    return (number, 0)


def luhn(digits: str) -> bool:
    """True when the last digit fits. Source: ISO/IEC 7812-1:2017, annex B."""
    doubled = (int(sign) * (2 if place % 2 else 1) for place, sign in enumerate(reversed(digits)))
    return sum(worth - 9 if worth > 9 else worth for worth in doubled) % 10 == 0


def digit_runs(text: str) -> list[str]:
    """The digits of each run spoken in `text`, joined."""
    words = [Word(piece, 0.0, 0.0) for piece in re.findall(r"\s*\S+", text)]
    return [re.sub(r"\D", "", word.text) for word in join_digits(words) if re.search(r"\d{4}", word.text)]


def _tidy_lead(tokens: Sequence[_Token | None]) -> str:
    first = tokens[0]
    return "+" if first is not None and first.lead == "+" else ""


def _token(text: str) -> _Token | None:
    """What a word contributes to a run of digits; None when it ends the run."""
    plain = text.strip()
    match = re.fullmatch(r"([+(]*)(\d[\d\-–.,() ]*\d|\d)([)\-–.,;:!?…]*)", plain)
    if match:
        tail = match[3]
        return _Token(re.sub(r"\D", "", match[2]), True, match[1][:1], tail.strip("-–(),") if tail else "")
    word = plain.casefold().strip("-–.,;:!?…()")
    tail = plain[len(plain.rstrip(".;:!?…")) :]
    parts = re.split(r"[-–]", word)
    if all(part in _WORDS for part in parts):
        return _Token("".join(_WORDS[part] for part in parts), True, "", tail)
    if word in _SOUNDS and not tail:
        return _Token(_SOUNDS[word], False, "", "")
    if word in _TIMES:
        return _Token("x" * _TIMES[word], False, "", "")
    # Digits with one misheard letter in the middle of a run: 154I, 6D7.
    match = re.fullmatch(r"(\d+)[IlOo](\d*)([.,;]?)", plain)
    if match:
        middle = "0" if "o" in plain.casefold() else "1"
        return _Token(match[1] + middle + match[2], True, "", match[3].strip(","))
    return None


def _run_end(words: Sequence[Word], start: int) -> int:
    """Where the run of digit words that starts at `start` ends; `start` when none starts there."""
    end = start
    last_sure = start
    first = _token(words[start].text)
    if first is None or (not first.sure and not first.digits.startswith("x")):
        return start
    while end < len(words):
        token = _token(words[end].text)
        if token is None:
            break
        if end > start and words[end].from_s - words[end - 1].to_s > 2.5:
            break
        end += 1
        if token.sure:
            last_sure = end
        if token.tail and not re.fullmatch(r"[.]", token.tail):
            break
    return last_sure


def _expanded(tokens: Sequence[_Token | None]) -> list[_Token]:
    given: list[_Token] = []
    times = 1
    for token in tokens:
        if token is None:
            continue
        if token.digits.startswith("x"):
            times = len(token.digits)
            continue
        given.append(token._replace(digits=token.digits[:1] * (times - 1) + token.digits))
        times = 1
    return given


def _worth_joining(tokens: Sequence[_Token | None]) -> bool:
    known = _expanded(tokens)
    digits = "".join(token.digits for token in known)
    if len(digits) < 4 or len(known) < 2:
        return len(known) == 1 and len(digits) >= 5
    # "three for two" is an offer; a run that reaches a usual length by its sound-alikes is a number.
    if not all(token.sure for token in known) and len(digits) not in _LENGTHS:
        return False
    groups = [token.digits for token in known]
    if any(len(group) == 4 and group[:2] in ("19", "20") for group in groups) and len(digits) <= 8:
        return False
    return not _counting(digits)


def _counting(digits: str) -> bool:
    """True for counting aloud: most digits follow their neighbour up or down, or the beat starts again at one."""
    steps = [int(b) - int(a) for a, b in pairwise(digits)]
    if not steps:
        return False
    follow = sum(
        1 for at, step in enumerate(steps) if step in (1, -1) or (digits[at + 1] == "1" and digits[at] in "3468")
    )
    return follow >= 0.85 * len(steps) and len(digits) != 16
