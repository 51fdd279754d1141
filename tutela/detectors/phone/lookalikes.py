"""Which writings of digits are something else: dates, amounts, versions, codes, pieces of a link?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.detectors.phone.cuts import EXTENSION, is_hard

_CURRENCY = frozenset("$€£¥₹₽₩₺₫₱₴₪฿₦¢")
# Zero-width signs between digits are a disguise, undone by another reading; here they tear numbers apart.
_UNSEEN = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad\u20e3\ufe0f")
_MASKS = frozenset("•●*xX#█▪■○◦…_?✱∗×")
_DATE = re.compile(
    r"(?:(?:1[5-9]|20|21)[0-9]{2}[-/. ](?:0?[1-9]|1[0-2])[-/. ](?:0?[1-9]|[12][0-9]|3[01])"
    r"|(?:0?[1-9]|[12][0-9]|3[01])[-/. ](?:0?[1-9]|[12][0-9]|3[01])[-/. ](?:1[5-9]|20|21)[0-9]{2})(?![0-9])"
)
_SHORT_DATE = re.compile(
    r"(?:0?[1-9]|[12][0-9]|3[01])[-/.](?:0?[1-9]|1[0-2])[-/.][0-9]{2}(?:[ ,]+[0-9]{1,2})?(?![0-9])"
)
_YEAR = re.compile(r"(?:1[0-9]|20|21)[0-9]{2}")
# How numbers are written in groups, trunk zero included. Sources: ITU-T E.123 and national habit; each line one habit.
SHAPES = frozenset(
    {
        (3, 3, 4), (1, 3, 3, 4), (3, 7), (6, 4), (3, 4),                                          # North America
        (5, 6), (5, 3, 3), (4, 3, 4), (3, 4, 4), (4, 7), (3, 8), (5, 5), (4, 6), (6, 5), (3, 3, 5),    # GB IE IN PK
        (2, 2, 2, 2, 2), (1, 2, 2, 2, 2), (4, 2, 2, 2), (3, 2, 2, 2), (3, 3, 2, 2), (4, 3, 2, 2), (2, 3, 2, 2),  # FR ES RU
        (1, 3, 3, 2, 2), (3, 3, 3), (3, 6), (9,), (2, 7), (2, 3, 4), (2, 4, 4), (2, 5, 4), (2, 9), (2, 4, 3),
        (4, 3, 3), (4, 4), (1, 4, 4), (2, 8), (4, 8), (4, 4, 4), (4, 4, 3), (4, 5), (5, 7), (5, 4, 2), (2, 3, 2, 3),
        (1, 3, 3, 3), (1, 4, 3), (3, 4, 3), (3, 2, 3, 2), (3, 2, 2, 3), (2, 4, 5), (5, 4), (5, 2, 2), (4, 2, 3),
        (1, 2, 3, 4), (2, 2, 3, 3), (2, 3, 3), (2, 2, 2, 3), (3, 3, 2), (4, 2, 2), (5, 3, 2), (5, 2, 2, 2), (2, 1, 4, 4),
        (2, 3, 3, 2), (4, 4, 2), (2, 2, 4, 4), (3, 1, 4, 4),
    }
)  # fmt: skip
LINK = re.compile(
    r"(?:wa\.me/|whatsapp\.com/send/?\?(?:[a-z_]{1,20}=[a-z]{0,20}&)?phone=|tel:|sms:|callto:|facetime:|"
    r"(?:t|telegram)\.me/|signal\.me/#p/|viber://chat\?number=|line\.me/ti/p/~)(?:\+|%2B)?\Z",
    re.I,
)


def touches_letters(text: str, start: int, end: int) -> bool | None:
    """True when letters touch the digits as in `call5551234567now`; None when the digits are a piece of an identifier."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    left, right = before.isalpha() and before.isascii(), after.isalpha() and after.isascii()
    if before in "_@#&=%^" or after in "%=^" or (after == "_" and end + 1 < len(text) and text[end + 1].isalnum()):
        return None if before != "=" or not LINK.search(text[max(start - 40, 0) : start]) else False
    if not left and not right:
        return False
    low = start
    while low and text[low - 1].isalpha() and start - low < 12:
        low -= 1
    high = end
    while high < len(text) and text[high].isalpha() and high - end < 12:
        high += 1
    if EXTENSION.match(text, end, end + 24) and not left:
        return False
    if (low and (text[low - 1].isdigit() or text[low - 1] in "_-/")) or (high < len(text) and text[high].isdigit()):
        return None
    wordy = (not left or (start - low >= 2 and text[low:start].islower())) and (
        not right or (high - end >= 2 and text[end:high].islower())
    )
    return True if wordy else None


def part_of_a_link(text: str, start: int) -> bool:
    """True inside a web address: numbers there are ids."""
    low = start
    while low and start - low < 120 and not text[low - 1].isspace():
        low -= 1
    token = text[low:start]
    return "://" in token or token.lower().startswith("www.") or bool(re.search(r"\.[a-z]{2,6}/", token))


def is_other_shape(
    text: str,
    start: int,
    end: int,
    digits: str,
    sizes: tuple[int, ...],
    gaps: list[str],
    before: str,
    *,
    cue: bool,
) -> bool:
    """True when the writing alone says date, amount, sum, version, machine address, coordinates or card."""
    if _in_code(before, cue=cue) or text[end : end + 1] == "#":
        return True
    near = before.rstrip(" ")[-1:]
    if near in _CURRENCY or (near in "#=<>^" and near) or text[end : end + 1] in _CURRENCY:
        return True
    if before[-1:] in ",.:'" and before[-2:-1].isdigit():
        return True
    if text[end : end + 1] in ",.:'" and text[end + 1 : end + 2].isalnum():
        return True
    if any(gap.strip() == "[.]" or any(char in _UNSEEN for char in gap) for gap in gaps):
        return True
    value = text[start:end]
    if _DATE.match(value) or (_SHORT_DATE.fullmatch(value) and not cue):
        return True
    if (
        not cue
        and len(sizes) <= 4
        and all(size == 4 for size in sizes)
        and all(_YEAR.fullmatch(value[i : i + 4]) for i in _starts(sizes, gaps))
    ):
        return True
    if len(digits) > 15 or (
        sizes[0] == 4 and sizes[:3] == (4, 4, 4) and not (len(digits) == 12 and (cue or digits[0] == "0"))
    ):
        return True
    if gaps and is_hard(gaps[0]) and sizes not in SHAPES and max(sizes) > 1 and not (cue and digits[0] == "0"):
        return True
    if len(sizes) > 2 and {gap.strip() for gap in gaps} == {"."} and sizes not in SHAPES and max(sizes) > 1:
        return True
    dots = {gap.strip() for gap in gaps} == {"."}
    if dots and (
        (len(sizes) == 2 and not (cue and sizes in SHAPES))
        or (len(sizes) == 4 and max(sizes) <= 4 and digits[0] != "0")
    ):
        return True
    if any(gap.strip() in {"+", "=", "×", "÷", "^", ":"} for gap in gaps) and max(sizes) > 1:
        return True
    commas = {gap.strip() for gap in gaps} & {",", "'", "’", "."}
    if commas and all(size == 3 for size in sizes[1:]) and sizes[0] <= 3 and digits[0] != "0":
        return True
    if sizes == (3, 2, 4) and not cue:
        return True
    if any(gap == ", " for gap in gaps):
        return True
    if not cue and gaps and max(sizes) == 1 and (_counting(digits) or gaps[0] == "\n"):
        return True
    return len(set(gaps)) > 1 and not cue and any("*" in gap or "/" in gap for gap in gaps)


def _in_code(before: str, *, cue: bool) -> bool:
    """True where the digits go on from a name or a code: "Browser/21.2", "EU-0906767", "*234*"."""
    if before.endswith("*"):
        return True
    if before[-1:] == "/":
        return before[-2:-1].isalpha()
    return before[-1:] == "-" and before[-2:-1].isalpha() and (before[-2:-1].isupper() or not cue)


def _starts(sizes: tuple[int, ...], gaps: list[str]) -> Iterator[int]:
    place = 0
    for index, size in enumerate(sizes):
        yield place
        place += size + (len(gaps[index]) if index < len(gaps) else 0)


def _counting(digits: str) -> bool:
    return any(digits[:5] in run for run in ("0123456789", "9876543210"))


def cut_off(text: str, start: int, end: int) -> set[str]:
    """Marks for a number of which a part is hidden: `+44 7700 900•••`, `***-200-3869`."""
    after = text[end : end + 4].lstrip(" -.")
    before = text[max(start - 4, 0) : start].rstrip(" -.")
    if (len(after) > 1 and all(char in _MASKS for char in after[:2])) or (
        len(before) > 1 and all(char in _MASKS for char in before[-2:])
    ):
        return {"masked", "partial"}
    return set()
