"""Which digits near a hit are a telephone number, and how sure is it?

Each run of digit groups near a hit is cut into candidates by its own punctuation; a candidate that has the shape of
another thing (date, amount, address of a machine, coordinates …) or stands beside a word for one is dropped; the rest
is read by the numbering plans of the countries that the language points to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct

from tutela.detectors.phone.beside import counts_something, word_beside
from tutela.detectors.phone.cuts import EXTENSION, GROUP, LEAST, RUN, Group, between, ends, may_start, windows
from tutela.detectors.phone.lookalikes import LINK, cut_off, is_other_shape, part_of_a_link, touches_letters
from tutela.detectors.phone.plans import languages_of, read, regions_of
from tutela.masking import mask
from tutela.model import Signal
from tutela.reference.numbering import Line, is_fiction, is_filler, read_national
from tutela.scan.view import View

_FAR = 14
# Readings that put digits together which stood apart: without a word or a firm form they prove nothing.
_MADE = frozenset({"joined", "leet", "reversed"})
# A stretch with this many groups in one run is a table or a sequence: only what is marked as a number counts there.
_TABLE = 40
# One letter between single digits, the same each time.
_LETTERS = re.compile(r"(?<![0-9A-Za-z])[0-9](?:([A-Za-z])[0-9](?:\1[0-9]){5,14})(?![0-9A-Za-z])")
# Kept for fiction under every area code, and without one. Source: as in numbering's table.
_NANP_FICTION = re.compile(r"1?(?:[2-9][0-9]{2})?55501[0-9]{2}")


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
    for low, high in windows(view):
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


def _numbers(view: View, low: int, high: int, regions: dict[tuple[str, ...], tuple[str, ...]]) -> Iterator[_Found]:
    text = view.text
    # A window must not begin inside a number.
    while 0 < low < high and text[low].isdigit() and text[low - 1].isdigit():
        low += 1
    for match in _LETTERS.finditer(text, low, high):
        found = _lettered(view, match.start(), match.end(), regions)
        if found:
            yield found
    for match in RUN.finditer(text, low, high):
        groups = [Group(g.start(), g.end()) for g in GROUP.finditer(text, match.start(), match.end())]
        if groups[-1].end - groups[0].start < LEAST:
            continue
        yield from _in_run(view, groups, regions)


def _in_run(view: View, groups: list[Group], regions: dict[tuple[str, ...], tuple[str, ...]]) -> Iterator[_Found]:
    table = len(groups) > _TABLE
    index, fresh = 0, -1
    while index < len(groups):
        found = None
        if (index == fresh or may_start(view.text, groups, index)) and not (
            table and not _announced(view, groups, index)
        ):
            for last in ends(view.text, groups, index):
                found = _judge(view, groups[index : last + 1], regions)
                if found:
                    yield found
                    index = last
                    fresh = last + 1
                    break
        index += 1


def _announced(view: View, groups: list[Group], index: int) -> bool:
    start = groups[index].start
    return (
        view.text[max(start - 1, 0) : start] == "+"
        or view.near("phone.cue", start, start, before=24, after=0) is not None
    )


def _judge(view: View, groups: list[Group], regions: dict[tuple[str, ...], tuple[str, ...]]) -> _Found | None:
    """The number that these groups write, or None."""
    text = view.text
    start, end = groups[0].start, groups[-1].end
    digits = "".join(text[group.start : group.end] for group in groups)
    sizes = tuple(group.end - group.start for group in groups)
    gaps = [between(text, groups, index) for index in range(1, len(groups))]
    before = text[max(start - 64, 0) : start]
    head = before.rstrip("([ ")
    plus = head.endswith(("+", "＋")) and not (len(head) > 1 and head[-2].isdigit())
    zeros = 2 if digits.startswith("00") else 3 if digits.startswith("011") and len(digits) > 11 else 0
    link = LINK.search(before) is not None
    glued = touches_letters(text, start, end)
    if glued is None or (not link and part_of_a_link(text, start)):
        return None
    word = word_beside(view, start, end)
    other = word is not None and not word.phone
    cue = link or (word is not None and word.phone)
    if not plus and not link and is_other_shape(text, start, end, digits, sizes, gaps, before, cue=cue):
        return None
    if other or (not plus and not (cue and digits[0] == "0") and counts_something(view, start, end)):
        return None
    line, confidence, marks = read(view, digits, sizes, gaps, regions, plus=plus, zeros=zeros, link=link, cue=cue)
    if not confidence or ("weak" in marks and not cue and view.reading.kind in _MADE):
        return None
    if word is not None and cue and not plus and not link and (word.gap > _FAR or word.after or word.weak):
        # A word further off may speak of something else; digits that have no form of their own then stay doubtful.
        formed = digits[0] == "0" or len(sizes) > 1
        if "unassigned" in marks:
            return None
        confidence = min(confidence, 0.97 if formed and word.weak else 0.93 if formed else 0.75)
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
    marks |= cut_off(text, start, end)
    if "masked" in marks:
        confidence = min(confidence, 0.5)
    extension = EXTENSION.match(text, end, end + 24)
    if extension:
        end = extension.end()
        marks.add("extension")
    return _Found(start, end, line, digits, confidence, frozenset(marks))


def _lettered(view: View, start: int, end: int, regions: dict[tuple[str, ...], tuple[str, ...]]) -> _Found | None:
    digits = "".join(char for char in view.text[start:end] if char.isdigit())
    word = word_beside(view, start, end)
    cue = word is not None and word.phone
    if (word is not None and not cue) or len(digits) > 15:
        return None
    languages = languages_of(view)
    for region in regions.setdefault(languages, regions_of(languages)):
        line = read_national(digits, region)
        if line and line.valid:
            marks = {f"country:{line.region}", line.kind} | ({"cue"} if cue else set())
            if is_fiction(line.e164) or is_filler(digits):
                marks.add("sample")
            return _Found(start, end, line, digits, 0.93 if cue else 0.75, frozenset(marks))
    return None
