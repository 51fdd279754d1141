"""Which digits near a hit are a telephone number, and how sure is it?

Each run of digit groups near a hit is cut into candidates by its own punctuation; a candidate that has the shape of
another thing (date, amount, address of a machine, coordinates …) or stands beside a word for one is dropped; the rest
is read by the numbering plans of the countries that the language points to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from tutela.masking import mask
from tutela.model import Signal
from tutela.reference.numbering import (
    Line,
    dials_trunk_zero,
    is_fiction,
    is_filler,
    languages_of_script,
    read_international,
    read_national,
    regions_for,
)
from tutela.scan.view import View

# A hit's first end lies at the seventh digit, its last end at the last one.
_BEFORE = 56
_AFTER = 56
_CUE_BEFORE = 48
_CUE_AFTER = 24
_OTHER_BEFORE = 24
_OWNER = 10
_FAR = 14
_CUES = frozenset({"phone.cue", "phone.weak"})
# Countries that dial a trunk zero and yet write their mobile numbers, or all, without it.
_BARE = frozenset({"CN", "IN", "BR", "CO", "TR", "SA", "AE", "EG", "IQ", "JO", "IR", "VE", "PE", "PK", "ID", "VN"})
# Fewer digits are no number to call but a short code; E.164 allows fifteen, "00" and a trunk "(0)" come on top.
_LEAST = 7
_MOST = 18
# A stretch with this many groups in one run is a table or a sequence: only what is marked as a number counts there.
_TABLE = 40

# Groups of digits with at most four other signs between them: "+49 (0) 1512 / 724 47-40".
_RUN = re.compile(r"[0-9]+(?:[^0-9A-Za-z]{1,4}[0-9]+)*")
_GROUP = re.compile(r"[0-9]+")
# One letter between single digits, the same each time.
_LETTERS = re.compile(r"(?<![0-9A-Za-z])[0-9](?:([A-Za-z])[0-9](?:\1[0-9]){5,14})(?![0-9A-Za-z])")
_EXTENSION = re.compile(
    r"[ ,;]{0,3}(?:ext(?:ension|n)?\.?|x|int\.?|interno|anexo|ramal|poste|Durchwahl|DW|доб\.?|dahili|内線|分机|分機|내선)"
    r"[ :.#]{0,2}[0-9]{1,6}(?![0-9A-Za-z])",
    re.I,
)
_LINK = re.compile(
    r"(?:wa\.me/|whatsapp\.com/send/?\?(?:[a-z_]{1,20}=[a-z]{0,20}&)?phone=|tel:|sms:|callto:|facetime:|"
    r"(?:t|telegram)\.me/|signal\.me/#p/|viber://chat\?number=|line\.me/ti/p/~)(?:\+|%2B)?\Z",
    re.I,
)
_SOFT = frozenset(" \t\n\r\u00a0\u2009\u202f.-\u2010\u2011\u2012\u2013\u2014\u2212()[]/*_·•~")
_CURRENCY = frozenset("$€£¥₹₽₩₺₫₱₴₪฿₦¢")
# Kept for fiction under every area code, and without one. Source: as in numbering's table.
_NANP_FICTION = re.compile(r"1?(?:[2-9][0-9]{2})?55501[0-9]{2}")
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
_SHAPES = frozenset(
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


class _Group(Struct, frozen=True):
    start: int
    end: int


class _Found(Struct, frozen=True):
    """A number at `text[start:end]`."""

    start: int
    end: int
    line: Line | None
    digits: str
    confidence: float
    marks: frozenset[str]


def inspect(view: View) -> Iterator[Signal]:
    """Telephone numbers near the gates' hits, from left to right, without overlaps."""
    regions: dict[tuple[str, ...], tuple[str, ...]] = {}
    last = -1
    for low, high in _windows(view):
        for found in _numbers(view, low, high, regions):
            if found.start < last:
                continue
            last = found.end
            yield view.signal(
                "phone.number",
                found.start,
                found.end,
                confidence=found.confidence,
                value=found.line.e164 if found.line else found.digits,
                shown_as=mask(view.text[found.start : found.end], tail=2),
                marks=found.marks,
            )


def _windows(view: View) -> list[tuple[int, int]]:
    """Bounded stretches round the hits, joined where they meet."""
    size = len(view.text)
    joined: list[tuple[int, int]] = []
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, size)
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], high))
        else:
            joined.append((low, high))
    return joined


def _numbers(view: View, low: int, high: int, regions: dict[tuple[str, ...], tuple[str, ...]]) -> Iterator[_Found]:
    text = view.text
    # A window must not begin inside a number.
    while 0 < low < high and text[low].isdigit() and text[low - 1].isdigit():
        low += 1
    for match in _LETTERS.finditer(text, low, high):
        found = _lettered(view, match.start(), match.end(), regions)
        if found:
            yield found
    for match in _RUN.finditer(text, low, high):
        groups = [_Group(g.start(), g.end()) for g in _GROUP.finditer(text, match.start(), match.end())]
        if groups[-1].end - groups[0].start < _LEAST:
            continue
        yield from _in_run(view, groups, regions)


def _in_run(view: View, groups: list[_Group], regions: dict[tuple[str, ...], tuple[str, ...]]) -> Iterator[_Found]:
    table = len(groups) > _TABLE
    index, fresh = 0, -1
    while index < len(groups):
        found = None
        if (index == fresh or _may_start(view.text, groups, index)) and not (
            table and not _announced(view, groups, index)
        ):
            for last in _ends(view.text, groups, index):
                found = _judge(view, groups[index : last + 1], regions)
                if found:
                    yield found
                    index = last
                    fresh = last + 1
                    break
        index += 1


def _between(text: str, groups: list[_Group], index: int) -> str:
    """What stands between group `index` - 1 and group `index`."""
    return text[groups[index - 1].end : groups[index].start]


def _hard(gap: str) -> bool:
    """True for what parts two things: a comma or another sign that is no part of a number, a blank line."""
    return "[." in gap or any(char not in _SOFT for char in gap) or gap.count("\n") > 1


def _may_start(text: str, groups: list[_Group], index: int) -> bool:
    if _stands_apart(text, groups, index):
        return False
    if index == 0:
        return True
    gap = _between(text, groups, index)
    if _hard(gap) or "\n" in gap or gap.endswith(("(", " +")) or len(gap) > 2:
        return True
    # "at 8 0151 234567": a lone small number before a trunk zero.
    if text[groups[index].start] == "0" and gap == " " and groups[index].end - groups[index].start > 1:
        previous = groups[index - 1]
        return previous.end - previous.start <= 2 and (index == 1 or _between(text, groups, index - 1) != " ")
    # "apt 4 310-555-0173": the space parts, the dashes join.
    if gap == " " and index + 1 < len(groups):
        inner = _between(text, groups, index + 1)
        return inner != " " and not _hard(inner)
    return groups[index].end - groups[index].start >= _LEAST


def _stands_apart(text: str, groups: list[_Group], index: int) -> bool:
    """True for the 4 of "apt 4 310-555-0173": another number before one that is whole without it."""
    own = text[groups[index].start : groups[index].end]
    if index + 3 >= len(groups) or own == "1" or text[groups[index].start - 1 : groups[index].start] == "+":
        return False
    sizes = tuple(group.end - group.start for group in groups[index + 1 : index + 4])
    return (
        sizes == (3, 3, 4)
        and _between(text, groups, index + 1) == " "
        and _between(text, groups, index + 2) == _between(text, groups, index + 3) != " "
    )


def _announced(view: View, groups: list[_Group], index: int) -> bool:
    start = groups[index].start
    return (
        view.text[max(start - 1, 0) : start] == "+"
        or view.near("phone.cue", start, start, before=24, after=0) is not None
    )


def _ends(text: str, groups: list[_Group], first: int) -> Iterator[int]:
    """Indexes of the last groups that a number beginning at `first` may have, the longest first."""
    ends: list[int] = []
    digits = 0
    # An odd sign is let pass when it is the same all through: "07|400|123|456".
    odd: str | None = None
    for index in range(first, min(first + _MOST, len(groups))):
        if index > first:
            gap = _between(text, groups, index)
            if " +" in gap or gap.count("\n") > 1:
                break
            if "/" in gap and digits >= 9 and groups[index].end - groups[index].start <= 2:
                # "9812345670 /1": another ending of the same number.
                break
            if _hard(gap):
                if any(char in ";:=<>\\\"'" for char in gap) and len(gap) > 1:
                    break
                if odd is None and index == first + 1:
                    odd = gap
                elif gap != odd:
                    break
            elif odd is not None:
                break
        digits += groups[index].end - groups[index].start
        if digits > _MOST:
            break
        if digits >= _LEAST:
            ends.append(index)
    for index in reversed(ends):
        if index + 1 < len(groups) and index == ends[-1] and digits <= _MOST:
            pass
        if index + 1 == len(groups) or _may_end(text, groups, first, index):
            yield index


def _may_end(text: str, groups: list[_Group], first: int, index: int) -> bool:
    gap = _between(text, groups, index + 1)
    if _hard(gap) or "\n" in gap or gap.endswith(("(", "+")) or len(gap) > 2:
        return True
    following = groups[index + 1]
    if text[following.start] == "0" and following.end - following.start > 1 and gap == " ":
        return True
    if gap != " ":
        return False
    # "555-123-4567 2 times": the space parts where the number itself is written without.
    return (index > first and " " not in {_between(text, groups, i) for i in range(first + 1, index + 1)}) or (
        index == first and groups[index].end - groups[index].start >= 9
    )


def _judge(view: View, groups: list[_Group], regions: dict[tuple[str, ...], tuple[str, ...]]) -> _Found | None:
    """The number that these groups write, or None."""
    text = view.text
    start, end = groups[0].start, groups[-1].end
    digits = "".join(text[group.start : group.end] for group in groups)
    sizes = tuple(group.end - group.start for group in groups)
    gaps = [_between(text, groups, index) for index in range(1, len(groups))]
    before = text[max(start - 64, 0) : start]
    head = before.rstrip("([ ")
    plus = head.endswith(("+", "＋")) and not (len(head) > 1 and head[-2].isdigit())
    zeros = 2 if digits.startswith("00") else 3 if digits.startswith("011") and len(digits) > 11 else 0
    link = _LINK.search(before) is not None
    glued = _glued(text, start, end)
    if glued is None or (not link and _part_of_a_link(text, start)):
        return None
    word = _word(view, start, end)
    other = word is not None and not word.phone
    cue = link or (word is not None and word.phone)
    if not plus and not link and _other_shape(text, start, end, digits, sizes, gaps, before, cue=cue):
        return None
    if other or (not plus and not cue and _counts(view, start, end)):
        return None
    line, confidence, marks = _read(view, digits, sizes, gaps, regions, plus=plus, zeros=zeros, link=link, cue=cue)
    if not confidence:
        return None
    if word is not None and cue and not plus and not link and (word.gap > _FAR or word.after):
        # A word further off may speak of something else; digits that have no form of their own then stay doubtful.
        formed = digits[0] == "0" or len(sizes) > 1
        if "unassigned" in marks:
            return None
        confidence = min(confidence, 0.93 if formed else 0.75)
    if glued:
        confidence = min(confidence, 0.8 if cue else 0.6)
        if line is None or not line.valid or (len(gaps) == 0 and len(digits) < 10):
            return None
    if plus:
        start = max(start - (len(before) - len(head)) - 1, 0)
    elif text[max(start - 1, 0) : start] == "(" and ")" in text[start:end]:
        start -= 1
    if cue:
        marks.add("cue")
    if link:
        marks.add("link")
    if line is not None:
        marks.add(f"country:{line.region}")
        if line.kind != "other":
            marks.add(line.kind)
        if is_fiction(line.e164):
            marks.add("sample")
    if is_filler(digits) or _NANP_FICTION.fullmatch(digits):
        marks.add("sample")
    marks |= _cut_off(text, start, end)
    if "masked" in marks:
        confidence = min(confidence, 0.5)
    extension = _EXTENSION.match(text, end, end + 24)
    if extension:
        end = extension.end()
        marks.add("extension")
    return _Found(start, end, line, digits, confidence, frozenset(marks))


def _read(
    view: View,
    digits: str,
    sizes: tuple[int, ...],
    gaps: list[str],
    regions: dict[tuple[str, ...], tuple[str, ...]],
    *,
    plus: bool,
    zeros: int,
    link: bool,
    cue: bool,
) -> tuple[Line | None, float, set[str]]:
    """The line these digits mean, how likely they are a telephone number at all, and marks. 0.0: they are none."""
    if plus or zeros or link:
        line = read_international(digits[zeros:])
        if line is None or not line.valid:
            line = read_international(_without_trunk(digits[zeros:], sizes, zeros)) or line
        if line and line.valid:
            return line, 0.99 if cue or link else 0.97 if plus else 0.93, set()
        if plus or link:
            if line and (cue or link):
                return line, 0.85, {"unassigned"}
            return (line, 0.6, {"unassigned"}) if line and len(sizes) > 1 else (None, 0.0, set())
    if len(digits) > 15:
        return None, 0.0, set()
    grouped = sizes in _SHAPES and not any("\n" in gap for gap in gaps)
    trunk = digits[0] == "0" and digits[1] != "0"
    single = len(sizes) >= _LEAST and max(sizes) == 1
    languages = _languages(view)
    tried = regions.get(languages)
    if tried is None:
        tried = regions[languages] = _regions(languages)
    possible: Line | None = None
    doubtful: Line | None = None
    for region in tried:
        line = read_national(digits, region)
        if line is None:
            continue
        if line.valid:
            if cue:
                # Written without its trunk zero where that is not the habit, the digits may as well be an id.
                bare = not trunk and dials_trunk_zero(region) and line.region not in _BARE and line.kind in _LINES
                if bare and len(digits) < 9:
                    continue
                if bare:
                    doubtful = doubtful or line
                    continue
                return line, 0.97, set()
            bare = not trunk and dials_trunk_zero(region) and not (line.region in _BARE and line.kind == "mobile")
            if bare and line.kind != "toll_free":
                continue
            sure, weak = _without_cue(line, digits, sizes, gaps, grouped=grouped, trunk=trunk, single=single)
            if weak and len(sizes) > 1 and grouped and view.lang and region in regions_for(view.lang)[:3]:
                # A form of the country that the item's own language points to.
                return line, max(sure, 0.76), set()
            return line, sure, weak
        possible = possible or line
    if doubtful is not None:
        return doubtful, 0.6, {"weak"}
    if digits[0] != "0" and 10 <= len(digits) <= 14:
        line = read_international(digits)
        if line and line.valid and (cue or (line.region == "US" and len(sizes) > 1)):
            return line, 0.95 if cue else 0.88, set()
    if cue:
        # The language says little about where people are: any plan, as the words say that it is a number.
        for region in _regions(("en", "es", "pt", "fr", "de", "it", "nl", "pl", "ru", "tr", "ar", "id", "vi", "zh", "ja", "ko")):  # fmt: skip
            line = read_national(digits, region) if region not in tried else None
            if line and line.valid:
                return line, 0.9, {"far"}
        if possible is not None and (len(digits) >= 9 or grouped):
            return possible, 0.8, {"unassigned"}
        if 9 <= len(digits) <= 13 and (len(sizes) > 1 or trunk):
            return None, 0.65, {"unassigned"}
        if len(digits) in (7, 8) and sizes in {(3, 4), (7,), (4, 4), (8,), (3, 2, 2), (2, 2, 2, 2), (3, 5), (2, 2, 3)}:
            return None, 0.6, {"local"}
    return None, 0.0, set()


def _without_cue(
    line: Line, digits: str, sizes: tuple[int, ...], gaps: list[str], *, grouped: bool, trunk: bool, single: bool
) -> tuple[float, set[str]]:
    north_america = line.e164.startswith("+1")
    if north_america:
        if len(digits) < 10 or single:
            return 0.0, set()
        if sizes in {(3, 3, 4), (1, 3, 3, 4)} and all(gap in _NANP_GAPS for gap in gaps):
            return (0.7 if set(gaps) == {" "} else 0.88), set()
        return (0.5, {"weak"}) if len(sizes) == 1 and len(digits) == 10 else (0.0, set())
    if trunk and grouped and len(sizes) > 1 and len(digits) >= 9:
        return 0.88, set()
    if trunk and len(sizes) == 1 and len(digits) >= 10:
        return (0.78 if line.kind == "mobile" else 0.55), {"weak"}
    if trunk and len(digits) >= 9 and not single:
        return 0.6, {"weak"}
    if (
        grouped
        and len(sizes) > 1
        and len(digits) >= 9
        and line.kind in ("mobile", "fixed", "fixed_or_mobile", "toll_free")
    ):
        return 0.65, {"weak"}
    if line.region == "CN" and line.kind == "mobile" and not single:
        return 0.8, set()
    if len(sizes) == 1 and len(digits) in (10, 11) and line.kind == "mobile":
        return 0.5, {"weak"}
    return 0.0, set()


_LINES = frozenset({"fixed", "mobile", "fixed_or_mobile"})
_NANP_GAPS = frozenset(
    {"-", ".", " ", ") ", ")", ")-", ". ", " - ", "/", "\u2013", "\u2011", "_", "*", "\u00a0", ").", "~"}
)


def _without_trunk(digits: str, sizes: tuple[int, ...], zeros: int) -> str:
    """`+44 (0)20 …`: the zero that is dialled only at home is taken out."""
    for code in (1, 2, 3):
        if len(digits) > 10 and digits[code] == "0" and sizes[0] - zeros == code and len(sizes) > 1:
            return digits[:code] + digits[code + 1 :] if digits[:code] not in ("39", "378") else digits
    return digits


def _regions(languages: tuple[str, ...]) -> tuple[str, ...]:
    found: list[str] = []
    for language in languages:
        found.extend(region for region in regions_for(language) if region not in found)
    return tuple(found)


def _languages(view: View) -> tuple[str, ...]:
    """Languages to read a national number in: what is said of the item, its script, English last."""
    first = (view.lang,) if view.lang else ()
    low = view.hits[0].first if view.hits else 0
    script = languages_of_script(view.text[max(low - 200, 0) : low + 200])
    words = [
        cue.lang for cue in view.cues(low - 120, low + 120) if cue.group.startswith("phone.") and cue.lang != "und"
    ]
    ranked = sorted(set(words), key=lambda lang: -words.count(lang))[:4]
    return tuple(dict.fromkeys((*first, *script, *ranked, "en")))


class _Word(Struct, frozen=True):
    """What the words say that the digits are, and how many code points away they stand."""

    phone: bool
    gap: int
    after: bool = False


def _word(view: View, start: int, end: int) -> _Word | None:
    """The word that says what the digits are: the nearest before them, else the nearest after.

    Where two meet the earlier one speaks: "order number" is no number to call, "phone number" is.
    """
    text = view.text
    before = [
        cue
        for cue in view.cues(start - _CUE_BEFORE - 24, start)
        if cue.group in _CUES or (cue.group == "phone.other" and "\n" not in text[cue.end : start])
    ]
    best = max(before, key=lambda cue: (cue.end, -cue.start), default=None)
    if best is not None and start - best.end <= (_OTHER_BEFORE if best.group == "phone.other" else _CUE_BEFORE):
        spoken = best.group
        if spoken == "phone.weak" or (spoken == "phone.cue" and best.end - best.start <= 3):
            # "licence no.", "member number": the word in front of the number says of what.
            owner = max(
                (cue for cue in before if cue.start < best.start and best.start - cue.end <= _OWNER),
                key=lambda cue: (cue.end, -cue.start),
                default=None,
            )
            if owner is not None and owner.group != "phone.weak":
                spoken = owner.group
        elif any(cue.group == "phone.other" and cue.start < best.start < cue.end for cue in before):
            spoken = "phone.other"
        return _Word(spoken != "phone.other", start - best.end)
    for cue in view.cues(end, end + _CUE_AFTER):
        if cue.group == "phone.cue":
            return _Word(True, cue.start - end, after=True)
    return None


def _counts(view: View, start: int, end: int) -> bool:
    """True when a unit or a counted thing follows."""
    return any(cue.group == "phone.unit" and cue.start - end <= 2 for cue in view.cues(end, end + 20))


def _glued(text: str, start: int, end: int) -> bool | None:
    """True when letters touch the digits as in `call5551234567now`; None when the digits are a piece of an identifier."""
    before = text[start - 1] if start else " "
    after = text[end] if end < len(text) else " "
    left, right = before.isalpha() and before.isascii(), after.isalpha() and after.isascii()
    if before in "_@#&=%^" or after in "%=^" or (after == "_" and end + 1 < len(text) and text[end + 1].isalnum()):
        return None if before != "=" or not _LINK.search(text[max(start - 40, 0) : start]) else False
    if not left and not right:
        return False
    low = start
    while low and text[low - 1].isalpha() and start - low < 12:
        low -= 1
    high = end
    while high < len(text) and text[high].isalpha() and high - end < 12:
        high += 1
    if _EXTENSION.match(text, end, end + 24) and not left:
        return False
    if (low and (text[low - 1].isdigit() or text[low - 1] in "_-/")) or (high < len(text) and text[high].isdigit()):
        return None
    wordy = (not left or (start - low >= 2 and text[low:start].islower())) and (
        not right or (high - end >= 2 and text[end:high].islower())
    )
    return True if wordy else None


def _part_of_a_link(text: str, start: int) -> bool:
    """True inside a web address: numbers there are ids."""
    low = start
    while low and start - low < 120 and not text[low - 1].isspace():
        low -= 1
    token = text[low:start]
    return "://" in token or token.lower().startswith("www.") or bool(re.search(r"\.[a-z]{2,6}/", token))


def _other_shape(
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
    if len(digits) > 15 or (sizes[0] == 4 and sizes[:3] == (4, 4, 4) and not (cue and len(digits) == 12)):
        return True
    if gaps and _hard(gaps[0]) and sizes not in _SHAPES and max(sizes) > 1:
        return True
    if len(sizes) > 2 and {gap.strip() for gap in gaps} == {"."} and sizes not in _SHAPES and max(sizes) > 1:
        return True
    dots = {gap.strip() for gap in gaps} == {"."}
    if dots and (
        (len(sizes) == 2 and not (cue and sizes in _SHAPES))
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
        return before[-2:-1].isalnum()
    return before[-1:] == "-" and before[-2:-1].isalpha() and (before[-2:-1].isupper() or not cue)


def _starts(sizes: tuple[int, ...], gaps: list[str]) -> Iterator[int]:
    place = 0
    for index, size in enumerate(sizes):
        yield place
        place += size + (len(gaps[index]) if index < len(gaps) else 0)


def _counting(digits: str) -> bool:
    return any(digits[:5] in run for run in ("0123456789", "9876543210"))


def _cut_off(text: str, start: int, end: int) -> set[str]:
    """Marks for a number of which a part is hidden: `+44 7700 900•••`, `***-200-3869`."""
    after = text[end : end + 4].lstrip(" -.")
    before = text[max(start - 4, 0) : start].rstrip(" -.")
    if (len(after) > 1 and all(char in _MASKS for char in after[:2])) or (
        len(before) > 1 and all(char in _MASKS for char in before[-2:])
    ):
        return {"masked", "partial"}
    return set()


def _lettered(view: View, start: int, end: int, regions: dict[tuple[str, ...], tuple[str, ...]]) -> _Found | None:
    digits = "".join(char for char in view.text[start:end] if char.isdigit())
    word = _word(view, start, end)
    cue = word is not None and word.phone
    if (word is not None and not cue) or len(digits) > 15:
        return None
    languages = _languages(view)
    for region in regions.setdefault(languages, _regions(languages)):
        line = read_national(digits, region)
        if line and line.valid:
            marks = {f"country:{line.region}", line.kind} | ({"cue"} if cue else set())
            if is_fiction(line.e164) or is_filler(digits):
                marks.add("sample")
            return _Found(start, end, line, digits, 0.93 if cue else 0.75, frozenset(marks))
    return None
