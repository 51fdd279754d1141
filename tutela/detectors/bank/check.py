"""Is this number a bank account that someone could be charged by or paid into?"""

from __future__ import annotations

import re
from bisect import bisect_left, insort
from collections.abc import Iterator
from functools import cache

from tutela.detectors.bank.forms import FORMS, PLAIN
from tutela.masking import mask
from tutela.model import Signal
from tutela.reference.checkdigits import iban_fits, routing_fits
from tutela.reference.rows import rows
from tutela.scan.view import View
from tutela.scan.words import Cue

_BEFORE, _AFTER = 70, 90
_MONEY = frozenset({"money.account", "money.account_word", "money.bank", "money.routing", "money.sort_code"})
_IBAN = re.compile(r"(?<![A-Za-z0-9])([A-Za-z]{2})[ .\-]?([0-9]{2})(?=[ .\-\n]{0,2}[A-Za-z0-9])")
_PIECE = re.compile(r"[ .\-\n\u00a0]{0,2}([A-Za-z0-9])")
_ROUTING = re.compile(r"(?<![\w\-.])(\d{9}|\d{4}[ \-]\d{4}[ \-]\d)(?![\w\-]|\.\d)", re.ASCII)
_IFSC = re.compile(r"(?<![A-Za-z0-9])[A-Z]{4}0[A-Z0-9]{6}(?![A-Za-z0-9])")
# What stands between a word and its number: "account number is: …", no whole sentence.
_LINK = re.compile(r"[^\n.!?0-9]{0,40}\Z")
_COUNTED = re.compile(
    r"(?i) ?(?:followers|views|likes|points|subs|subscribers|coins|people|users|posts|dollars|usd|eur|euros?|bucks|k\b|million|years?|€|\$|£|kr\b|rubl|руб|円|元|원)"
)


def inspect(view: View) -> Iterator[Signal]:
    """IBANs first, then the national forms; a stretch of text is given to one account only."""
    for low, high in _windows(view):
        taken: list[tuple[int, int]] = []
        for signal, span in _ibans(view, low, high):
            insort(taken, span)
            yield signal
        yield from _accounts(view, low, high, taken)


def _windows(view: View) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, len(view.text))
        if windows and low <= windows[-1][1]:
            windows[-1] = (windows[-1][0], max(high, windows[-1][1]))
        else:
            windows.append((low, high))
    return windows


@cache
def _structures() -> dict[str, tuple[re.Pattern[str], int, str]]:
    """By country: the form of the whole IBAN, its length, and the registry's own example."""
    kinds = {"n": "[0-9]", "a": "[A-Z]", "c": "[A-Z0-9]"}
    table: dict[str, tuple[re.Pattern[str], int, str]] = {}
    for country, bban, *example in rows("iban"):
        pieces = re.findall(r"(\d+)([nac])", bban)
        form = "".join(f"{kinds[kind]}{{{size}}}" for size, kind in pieces)
        length = 4 + sum(int(size) for size, _ in pieces)
        table[country] = (re.compile(rf"{country}[0-9]{{2}}{form}\Z"), length, example[0] if example else "")
    return table


def _ibans(view: View, low: int, high: int) -> Iterator[tuple[Signal, tuple[int, int]]]:
    text, done = view.text, low
    for match in _IBAN.finditer(text, low, high):
        known = _structures().get(match[1].upper())
        if known is None or match.start() < done:
            continue
        form, length, example = known
        chars, end = [match[1].upper(), match[2]], match.end()
        for _ in range(length - 4):
            piece = _PIECE.match(text, end)
            if piece is None:
                break
            chars.append(piece[1].upper())
            end = piece.end()
        iban = "".join(chars)
        if text[end : end + 1].isalnum() or not form.match(iban) or not iban_fits(iban):
            continue
        done = end
        marks = {"checked", f"country:{iban[:2]}"}
        if view.near("money.bank", match.start(), end) or view.near("money.account", match.start(), end):
            marks.add("cue")
        if iban == example or len(set(iban[4:])) <= 2:
            marks.add("sample")
        signal = view.signal(
            "bank.iban",
            match.start(),
            end,
            confidence=0.99,
            value=iban,
            shown_as=mask(text[match.start() : end], head=2, tail=2),
            marks=marks,
        )
        yield signal, (match.start(), end)


def _accounts(view: View, low: int, high: int, taken: list[tuple[int, int]]) -> Iterator[Signal]:
    text = view.text
    worded = any(cue.group in _MONEY for cue in view.cues(low, high))
    if not worded:
        yield from _national(view, low, high, taken, worded=False)
        return
    routing = [match for match in _ROUTING.finditer(text, low, high) if routing_fits(_digits(match[1]))]
    named = [
        match
        for match in routing
        if _free(match.start(), match.end(), taken)
        and (cue := view.near("money.routing", match.start(), match.end(), before=35, after=25))
        and not _nearer_account(view, match.start(), match.end(), cue)
    ]
    found: list[Signal] = []
    for match in named:
        insort(taken, match.span())
    found.extend(_national(view, low, high, taken, worded=True))
    found.extend(_plain(view, low, high, taken, bool(named)))
    alone = not any(signal.name == "bank.account" for signal in found)
    for match in named:
        marks = {"checked", "cue", "country:US"} | ({"alone"} if alone else set())
        yield _signal(view, "bank.routing", match.start(1), match.end(1), 0.8 if alone else 0.97, marks)
    yield from found


def _national(view: View, low: int, high: int, taken: list[tuple[int, int]], *, worded: bool) -> Iterator[Signal]:
    text = view.text
    for form in FORMS:
        if not worded and not form.alone:
            continue
        for match in form.shape.finditer(text, low, high):
            if not _free(match.start(), match.end(), taken) or not form.fits(_bare(match[1])):
                continue
            word = _word(view, match.start(), match.end())
            if form.country == "GB" and word is None:
                word = view.near("money.sort_code", match.start(), match.end(), before=40, after=30)
            spoken = _spoken_for(view, form.country, match, word)
            confidence = form.worded if spoken else form.alone
            if not confidence or _other(view, match.start(), match.end(), word):
                continue
            insort(taken, match.span())
            marks = {f"country:{form.country}"} | ({"cue"} if spoken else set())
            if len(set(_digits(match[0]))) <= 2 or _digits(match[0]) in {"0123456789", "12345678"}:
                marks.add("sample")
            if match.re.groups == 2:
                yield _signal(view, "bank.routing", match.start(1), match.end(1), confidence, marks)
            group = match.re.groups
            yield _signal(view, "bank.account", match.start(group), match.end(group), confidence, marks)


# Forms so loose that a word of their own country or bank has to stand there.
_OWN_WORDS = {
    "AU": re.compile(r"(?i)\bbsb\b"),
    "CA": re.compile(r"(?i)\b(?:transit|institution|void cheque)\b"),
    "BR": re.compile(r"(?i)\bag(?:[eê]ncia)?\b"),
    "JP": re.compile(r"口座|普通|当座|支店|銀行"),
    "KR": re.compile(r"계좌|통장|은행|입금|농협|뱅크"),
    "TH": re.compile(r"บัญชี|ธนาคาร|(?i:bank|scb|kbank)"),
    "SE": re.compile(r"(?i)clearing|konto"),
    "NL": re.compile(r"(?i)\brek"),
    "NO": re.compile(r"(?i)\bkonto"),
    "CZ": re.compile(r"(?i)č\.? ?ú|účet|účtu|ucet|banka|konto"),
    "HU": re.compile(r"(?i)számla|bank"),
    "GB": re.compile(r"(?i)\bs(?:ort|/)[ \-]?c|\bacc|\bbank|\ba/c|\bpay\b"),
    "MX": re.compile(r"(?i)clabe|cuenta|banc|deposit|transf|interbanc"),
}


def _spoken_for(view: View, country: str, match: re.Match[str], word: Cue | None) -> bool:
    """True when a word of the form's own country stands near; forms with a check need only the word for an account."""
    own = _OWN_WORDS.get(country)
    if own is None:
        return word is not None
    return own.search(view.text, max(match.start() - 60, 0), match.end() + 40) is not None and (
        word is not None or view.near("money.bank", match.start(), match.end(), before=60, after=40) is not None
    )


def _plain(view: View, low: int, high: int, taken: list[tuple[int, int]], routed: bool) -> Iterator[Signal]:
    for match in PLAIN.finditer(view.text, low, high):
        start, end = match.span(1)
        digits = _digits(match[1])
        if not _free(start, end, taken) or not 6 <= len(digits) <= 20 or _COUNTED.match(view.text, end):
            continue
        number = _linked(view, "money.account", start, end)
        word = number or _linked(view, "money.account_word", start, end)
        if word is None:
            word = _bank_before(view, start, end, routed) if 8 <= len(digits) <= 17 else None
            if word is None or _other(view, start, end, word):
                continue
            insort(taken, (start, end))
            yield _signal(view, "bank.account", start, end, 0.8, {"cue"})
            continue
        if _other(view, start, end, word):
            continue
        bank = (
            view.near("money.bank", start, end, before=70, after=50)
            or routed
            or _IFSC.search(view.text, max(start - 90, 0), end + 90)
        )
        tight = re.fullmatch(
            r"[\s:=#\-–—()\"'*]*(?:is|no\.?|number|nr\.?|num|n°|est|ist|es|é|è)?[\s:=#\-]*",
            view.text[word.end : start] or "",
        )
        game = view.near("money.not_bank", start, end, before=40, after=30)
        if number is not None:
            confidence = 0.95 if bank else 0.8
        elif bank and (tight or any(cue.group == "money.bank" for cue in view.cues(word.end, start))):
            confidence = 0.85
        elif bank or (tight and word.lang != "en"):
            confidence = 0.6
        else:
            continue
        if game is not None and not bank:
            continue
        insort(taken, (start, end))
        marks = {"cue"} | ({"sample"} if len(set(digits)) <= 2 or digits in "01234567890123456789" else set())
        yield _signal(view, "bank.account", start, end, confidence, marks)


def _bank_before(view: View, start: int, end: int, routed: bool) -> Cue | None:
    """The name of a bank right before the figures, with a second word of payments near: "Techcombank 1903… Nguyen"."""
    names = [cue for cue in view.cues(start - 60, end + 50) if cue.group == "money.bank"]
    before = next((cue for cue in names if 0 <= start - cue.end <= 3), None)
    if before is not None and any(cue.start != before.start and cue.end != before.end for cue in names):
        return before
    return names[0] if routed and names and abs(names[0].start - start) <= 40 else None


def _linked(view: View, group: str, start: int, end: int) -> Cue | None:
    """The word before the number with nothing but a few words between, or right after it."""
    for cue in reversed(view.cues(start - 45, start)):
        if cue.group == group and _LINK.match(view.text, cue.end, start):
            between = view.text[cue.end : start]
            if len(between.split()) <= 4:
                return cue
    for cue in view.cues(end, end + 30):
        if cue.group == group and re.fullmatch(
            r"[\s(]{1,3}(?:(?:is|are|es|ist|est|=) )?(?:my |the |his |her |bank |mi |meine? |mon )*",
            view.text[end : cue.start],
        ):
            return cue
    return None


def _word(view: View, start: int, end: int) -> Cue | None:
    return view.near(("money.account", "money.account_word"), start, end, before=50, after=30)


def _nearer_account(view: View, start: int, end: int, routing: Cue) -> bool:
    """True when a word for an account stands between the routing word and the number: "routing … account 12…"."""
    return any(
        cue.group in {"money.account", "money.account_word"} and cue.start >= routing.end
        for cue in view.cues(routing.end, start)
    )


def _other(view: View, start: int, end: int, word: Cue | None) -> bool:
    """True when a word of another number (order, parcel, serial …) stands nearer than the word for an account."""
    other = view.near("money.other_number", start, end, before=30, after=15)
    if other is None:
        return False
    if word is None:
        return True
    return _gap(other, start, end) < _gap(word, start, end)


def _gap(cue: Cue, start: int, end: int) -> int:
    return start - cue.end if cue.end <= start else cue.start - end


def _free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    """`taken` is sorted and its ranges do not overlap."""
    place = bisect_left(taken, (start, start))
    return (place == 0 or taken[place - 1][1] <= start) and (place == len(taken) or taken[place][0] >= end)


def _digits(text: str) -> str:
    return "".join(char for char in text if "0" <= char <= "9")


def _bare(text: str) -> str:
    """Without spaces and the separators that carry no meaning; the Czech form keeps its dash and slash."""
    return text if "/" in text else "".join(char for char in text if char.isalnum()).upper()


def _signal(view: View, name: str, start: int, end: int, confidence: float, marks: set[str]) -> Signal:
    shown = view.text[start:end]
    return view.signal(
        name, start, end, confidence=confidence, value=_bare(shown), shown_as=mask(shown, tail=2), marks=marks
    )
