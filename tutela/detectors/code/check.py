"""Is this number a one-time code that lets someone in, or one of the many other codes?"""

from __future__ import annotations

import re
from collections.abc import Iterator

from tutela.masking import hidden
from tutela.model import Signal
from tutela.reference.placeholders import is_running
from tutela.scan.view import View
from tutela.scan.words import Cue

_BEFORE, _AFTER = 110, 110
# Four to eight figures, at most one space or dash in the middle, or letters and figures mixed as some services send.
_FIGURES = re.compile(
    r"(?<![\w.,/#$€£+\-@:&=?])(?:[A-Z]{1,3}-)?([0-9]{3}[ \-][0-9]{3}|[0-9]{4,8}|[0-9](?: [0-9]){3,7})(?![\w%€$£]|[.,:/\-][0-9])",
    re.ASCII,
)
_FIGURES_TIED = re.compile(
    r"(?:[:：=]|\bis|是|は|는|है)[\s\"'“*(]*((?:[A-Z0-9]{3}-?[A-Z0-9]{3}|[A-Z]{1,2}-[0-9]{4,8}))(?![\w\-])"
)
_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_UNIT = re.compile(
    r"(?i) ?(?:people|points|views|likes|followers|years?|days?|hours?|minutes?|mins?|seconds?|miles|km|kg|lbs?|usd|eur|dollars|euros|bucks|won|yen|rs\b|times|lines|words|characters|pages|students|files|commits|users|元|円|원|руб|тл|tl\b)"
)
_LIST_ITEM = re.compile(
    r"(?<![\w\-])(?:[0-9]{1,2}[.)] )?([A-Za-z0-9]{3,8}(?:[ \-][A-Za-z0-9]{3,8}){0,3}|[0-9]{4} ?[0-9]{4}|[0-9]{6,10})(?![\w\-])"
)
_LONG_KEY = re.compile(
    r"(?<![\w\-])(?:[0-9]{6}-){7}[0-9]{6}(?![\w\-])|(?<![\w\-])(?:[A-Z0-9]{4}-){5,11}[A-Z0-9]{4}(?![\w\-])"
)
_SENT_BY = re.compile(r"\b[A-Z]{1,2}-([0-9]{6})\b")
# "never share", "must be": talk about codes; a value in it is still a value, so this only lowers short ones.
_BETWEEN = re.compile(r"[^.!?\n]{0,60}\n?[^.!?\n]{0,20}\Z")


def inspect(view: View) -> Iterator[Signal]:
    """One-time codes, then recovery codes, round the hits."""
    for low, high, kinds in _windows(view):
        taken: list[tuple[int, int]] = []
        if any(kind.startswith("recovery") for kind in kinds):
            for signal in _recovery(view, low, high):
                taken.append((signal.start, signal.end))
                yield signal
        if not taken:
            yield from _one_time(view, low, high)


def _windows(view: View) -> Iterator[tuple[int, int, set[str]]]:
    low = high = -1
    kinds: set[str] = set()
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        first, last = (
            max(hit.first - _BEFORE, 0),
            min(hit.end + (400 if hit.id.startswith("recovery") else _AFTER), len(view.text)),
        )
        if low >= 0 and first <= high and last - low <= 4096:
            high = max(high, last)
            kinds.add(hit.id)
            continue
        if low >= 0:
            yield low, high, kinds
            first = max(first, high)
        low, high, kinds = first, last, {hit.id}
    if low >= 0 and high > low:
        yield low, high, kinds


def _one_time(view: View, low: int, high: int) -> Iterator[Signal]:
    text = view.text
    done: set[int] = set()
    for match in [
        *_SENT_BY.finditer(text, low, high),
        *_FIGURES.finditer(text, low, high),
        *_FIGURES_TIED.finditer(text, low, high),
    ]:
        start, end = match.span(1)
        value = re.sub(r"[ \-]", "", match[1])
        if start in done or not 4 <= len(value) <= 8 or not any(char.isdigit() for char in value):
            continue
        done.add(start)
        cue = _cue(view, start, end)
        if cue is None and match.re is _SENT_BY and view.near("code.sign_in", start, end, before=60, after=60):
            # "G-482913": the services' own form needs no word for a code.
            yield view.signal(
                "code.one_time",
                match.start(),
                end,
                confidence=0.8,
                value=value,
                shown_as=hidden("code", 6),
                marks={"cue"},
            )
            continue
        used = cue is None and len(value) >= 5 and view.near("code.use", start, end, before=14, after=0) is not None
        if used and view.near("code.sign_in", start, end, before=0, after=45) is not None:
            # "use 482913 to sign in": the sentence of a service that never says "code".
            yield view.signal(
                "code.one_time", start, end, confidence=0.85, value=value, shown_as=hidden("code", 6), marks={"cue"}
            )
            continue
        if cue is None or _UNIT.match(text, end) or _list_of_numbers(text, start, end):
            continue
        specific = _specific(text[cue.start : cue.end])
        other = view.near("code.other", start, end, before=45, after=30)
        if (
            other is not None
            and not (specific and _gap(cue, start, end) <= _gap(other, start, end))
            and not _inside(other, cue)
        ):
            continue
        if view.near("login.game", start, end, before=70, after=50) and not specific:
            continue
        number = view.near("money.other_number", start, end, before=24, after=12)
        if number is not None and not _inside(number, cue) and _gap(number, start, end) < _gap(cue, start, end):
            continue
        sign_in = view.near("code.sign_in", start, end, before=90, after=70)
        year = _YEAR.fullmatch(value) is not None
        if specific:
            confidence = 0.97 if len(value) != 4 or sign_in else 0.85
        elif sign_in is not None:
            confidence = 0.93 if len(value) == 6 else 0.85 if len(value) in (5, 7, 8) else 0.75
        else:
            confidence = 0.55 if len(value) == 6 and _tight(text, cue, start, end) else 0.0
        if year and not specific:
            confidence = 0.0
        marks = {"cue"}
        if is_running(value):
            marks.add("common")
            confidence = min(confidence, 0.5)
        advice = view.near(("login.advice", "login.demo"), start, end, before=50, after=25)
        if advice is not None and advice.group == "login.demo":
            marks.add("demo")
        if confidence >= 0.4:
            yield view.signal(
                "code.one_time",
                start,
                end,
                confidence=confidence,
                value=value,
                shown_as=hidden("code", len(value)),
                marks=marks,
            )


def _cue(view: View, start: int, end: int) -> Cue | None:
    """The word for a code nearest to the figures in their own sentence; the longer of two that end together."""
    best: Cue | None = None
    for cue in view.cues(start - 75, end + 50):
        if cue.group != "code.one_time" or (cue.start < end and cue.end > start):
            continue
        if cue.end <= start:
            if not _BETWEEN.match(view.text, cue.end, start):
                continue
        elif re.search(r"[.!?\n]", view.text[end : cue.start]):
            continue
        if best is None or _inside(best, cue) or _gap(cue, start, end) < _gap(best, start, end):
            best = cue
    return best


def _specific(word: str) -> bool:
    """True for words that mean a code for signing in and nothing else."""
    return word.lower() not in {
        "code", "codes", "códigos", "codici", "kody", "коды", "رموز", "código", "codigo", "codice", "kod", "kodu", "kodum", "код", "кода", "кодик", "рамз", "رمز", "الرمز", "كود",
        "الكود", "कोड", "kode", "kodenya", "mã", "コード", "token", "passcode", "security code", "access code", "código de acesso",
        "código de acceso", "code d'accès", "zugangscode", "pin code", "tan", "รหัส", "şifresi", "kodu ", "texted me", "boarding",
        "セキュリティコード", "安全码", "보안 코드", "kode keamanan", "mã bảo mật", "código de seguridad", "código de segurança",
        "code de sécurité", "sicherheitscode", "codice di sicurezza", "beveiligingscode", "güvenlik kodu", "رمز الأمان", "kodu:", "kodu=",
        "confirmation code", "authorization code", "approval code", "código ",
    }  # fmt: skip


def _gap(cue: Cue, start: int, end: int) -> int:
    return start - cue.end if cue.end <= start else cue.start - end


def _inside(inner: Cue, outer: Cue) -> bool:
    return outer.start <= inner.start and inner.end <= outer.end


def _tight(text: str, cue: Cue, start: int, end: int) -> bool:
    if cue.end <= start:
        return (
            re.fullmatch(
                r"(?i)[\s:=：#\-\"'“*(]*(?:(?:is|was|es|é|est|ist|è|to|это|是|は|는|adalah|là|है|هو)[\s:：]*)?",
                text[cue.end : start],
            )
            is not None
        )
    return cue.start - end <= 20


def _list_of_numbers(text: str, start: int, end: int) -> bool:
    """True inside a series of figures: a table, a date, a telephone number. Codes of one length may stand in a row."""
    before = re.search(r"([0-9]+)[ \-,/.]{1,2}\Z", text[max(start - 12, 0) : start])
    after = re.match(r"[ \-/]([0-9]+)", text[end : end + 10])
    size = end - start
    return any(near is not None and (len(near[1]) != size or size < 6) for near in (before, after))


def _recovery(view: View, low: int, high: int) -> Iterator[Signal]:
    text = view.text
    for match in _LONG_KEY.finditer(text, low, high):
        yield _told(view, match.start(), match.end(), match[0], {"cue"}, 0.95)
        return
    cues = [cue for cue in view.cues(low, high) if cue.group == "code.recovery" and cue.end - cue.start > 5]
    if not cues:
        return
    for cue in cues:
        items: list[tuple[int, int]] = []
        place = cue.end
        for match in _LIST_ITEM.finditer(text, cue.end, min(cue.end + 500, high)):
            gap = text[place : match.start(1)]
            if not _code_like(match[1]):
                if items or len(gap) > 40:
                    break
                continue
            if items and (len(gap) > 8 or any(char.isalpha() for char in gap)):
                break
            if not items and (re.search(r"[.!?]\s", text[cue.end : match.start(1)]) or match.start(1) - cue.end > 60):
                break
            items.append(match.span(1))
            place = match.end()
        if not items:
            continue
        value = text[items[0][0] : items[-1][1]]
        marks = {"cue"} | (
            {"demo"} if view.near("login.demo", items[0][0], items[-1][1], before=60, after=30) else set()
        )
        plain = re.sub(r"[\s\-,]", "", value)
        if len(set(plain.lower())) <= 2:
            continue
        confidence = 0.96 if len(items) >= 2 else 0.85
        yield _told(view, items[0][0], items[-1][1], value, marks, confidence)
        return


def _code_like(item: str) -> bool:
    """True for "a7c3-1424", "4821 9930", "XKQD-PLMW-ZRTA"; false for plain words."""
    bare = re.sub(r"[ \-]", "", item)
    digits = sum(char.isdigit() for char in bare)
    if digits == len(bare):
        return len(bare) >= 6 and not _YEAR.fullmatch(bare)
    if digits >= 1 and len(bare) >= 6:
        return all(any(char.isdigit() for char in part) or len(part) <= 8 for part in re.split(r"[ \-]", item)) and (
            " " not in item or digits >= 3
        )
    return len(bare) >= 8 and bare.isupper() and "-" in item


def _told(view: View, start: int, end: int, value: str, marks: set[str], confidence: float) -> Signal:
    return view.signal(
        "code.recovery",
        start,
        end,
        confidence=confidence,
        value=re.sub(r"\s+", " ", value),
        shown_as=hidden("recovery codes", end - start),
        marks=marks,
    )
