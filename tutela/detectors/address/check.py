"""Which numbers and street names near a hit are an address where someone can be found, and how sure is it?

A form says how a country writes streets; whether a match is an address is then decided by how sure the kind of street
is, by capitals, by the postcode or flat that follows, and by words for living and coming beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from msgspec import Struct

from tutela.detectors.address.forms import (
    ASIAN_UNIT,
    MEDIUM_KINDS,
    POSTCODES,
    STRONG_KINDS,
    UNIT,
    Family,
    Form,
    forms,
)
from tutela.masking import mask
from tutela.model import Signal
from tutela.scan.view import View

_BEFORE = 112
_AFTER = 72
_TAIL = 96
# Hits of so many gates in one window cost that many forms; a window is cut so that no form reads more than this.
_WINDOW = 4096


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Never a part of a street's name, in whatever case: "5 minute drive", "2 way street", "the 3 of us walk".
_NEVER = _words(
    """
    a an to in at for and or but if is are was were be been being am this that these those it its it's my your his
    her their our i i'm you he she we they me him us them who what which when where why how not no yes so too very
    just only more most less least much many few some any all each every other another than then there here from
    with without into onto about after before during between through again once minute minutes min mins hour hours
    hr hrs seconds day days week weeks month months wheel wheels wheeler sec secs mile miles km kms kilometer
    kilometers kilometre kilometres meter meters metre metres feet foot ft inch inches yard yards pound pounds lb
    lbs kg dollar dollars buck bucks cent cents percent people person persons guys kids times ways best worst
    closures seat seater doors players games goals goal wins losses hits vs amp gt lt can will would should could
    do does did don't get got have has had go going goes went make made like likes love want need know think say
    said see saw take took come came live lives lived step steps per cc hp gb mb tb mph kph rpm bedroom bedrooms
    bed bath car cars bus buses stop stops piece pieces pack set sets year years yr yrs old-fashioned billion
    million thousand hundred dozen k am pm on off up down out over under because while since until though still
    also even ever never now ago later together away back home long short ton tons
    """
)
# No part of it in lower case, while "12 New Street" and "5 Great Hill Road" are.
_SELDOM = _words(
    """
    of the new old first second third last next top big great good bad small little man men woman women guy kid
    star stars level point points game win loss run hit year time way door player round part half full free real
    single double one two three four five six seven eight nine ten dirt dead main-stream wide different people's
    black white red blue green high low hard easy open closed left right side main lane way-out team teams season
    seasons episode episodes page pages word words line lines song songs movie movies book books dog dogs cat cats
    friend friends girl girls boy boys car food places city cities state states country countries church school
    schools house houses
    """
)
_PARTICLES = _words(
    """
    de la le du des van der den von of the and y e di da do dos das del los las el al st
    """
)
_YEAR = re.compile(r"(?:1[6-9]|20)[0-9]{2}")
_COUNTED = re.compile(r"[ ](?:minutes?|mins?|hours?|km|kms|miles?|uhr|euro|prozent|jahre|mal|stunden|minuten)\b", re.I)
# Between a street and its postcode: towns, commas, a line's end; no sentence's end.
_BETWEEN = re.compile(r"[^\W\d_][\w.'’/()-]*|[0-9]{1,3}|[ ,\n/()-]+|\. ", re.UNICODE)


class _Address(Struct, frozen=True):
    start: int
    end: int
    confidence: float
    marks: frozenset[str]


def inspect(view: View) -> Iterator[Signal]:
    """Addresses near the gates' hits, from left to right, without overlaps."""
    last = -1
    for low, high, gates in _windows(view):
        for found in _best(view, low, high, gates):
            if found.start < last:
                continue
            last = found.end
            text = view.text[found.start : found.end]
            yield view.signal(
                "address.street",
                found.start,
                found.end,
                confidence=found.confidence,
                value=" ".join(re.findall(r"\w+", text.casefold())),
                shown_as=mask(text),
                marks=found.marks,
            )


def _windows(view: View) -> list[tuple[int, int, tuple[str, ...]]]:
    """Bounded stretches round the hits with the gates that hit in them, joined where they meet."""
    size = len(view.text)
    joined: list[tuple[int, int, list[str]]] = []
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, size)
        if joined and low <= joined[-1][1] and high - joined[-1][0] <= _WINDOW:
            first, end, gates = joined[-1]
            joined[-1] = (first, max(end, high), gates if hit.id in gates else [*gates, hit.id])
        else:
            joined.append((low, high, [hit.id]))
    return [(low, high, tuple(sorted(gates))) for low, high, gates in joined]


def _best(view: View, low: int, high: int, gates: tuple[str, ...]) -> list[_Address]:
    """The surest reading of each stretch of the window."""
    # A window must not begin inside a word or a number.
    while 0 < low < high and view.text[low - 1].isalnum() and view.text[low].isalnum():
        low += 1
    text = view.text[low:high]
    found: list[_Address] = []
    for gate in gates:
        for form in forms(gate):
            for match in form.pattern.finditer(text):
                address = _judge(view, form, match, low)
                if address is not None:
                    found.append(address)
    found.sort(key=lambda one: (-one.confidence, one.start - one.end))
    chosen: list[_Address] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in chosen):
            chosen.append(one)
    return sorted(chosen, key=lambda one: one.start)


def _judge(view: View, form: Form, match: Any, base: int) -> _Address | None:
    text = view.text
    start, end = (
        base + min(_span(match, group)[0] for group in match.re.groupindex if group != "more"),
        base + match.end(),
    )
    # RE2 knows word boundaries of ASCII only: "Österreicher Straße" would begin at its second letter.
    while start and text[start].isalpha() and text[start - 1].isalpha() and form.family not in _UNSPACED:
        if form.family in ("romance", "french", "malay"):
            return None
        start -= 1
    number, name = match.group("num"), match.group("name")
    sure = form.sure
    if form.family == "korean" and _ADMIN.search(name):
        sure = 0.87
    if form.family in ("slavic", "korean"):
        end = base + _span(match, "num")[1]
    if base + _span(match, "name")[0] == start:
        cut = _foreword(form.family, name)
        start, name = start + cut, name[cut:]
    digits = re.sub(r"[^0-9].*", "", number.lstrip("#-")) or number
    if not digits.strip("0") or _attached(text, start):
        return None
    marks: set[str] = set()
    if form.family == "english":
        shift = _later_number(name)
        if shift is not None:
            start = base + _span(match, "name")[0] + shift[0]
            number, name = shift[1], shift[2]
        while (
            number.isdigit() and start > 1 and text[start - 1] == " " and text[start - 2].isdigit() and len(digits) == 1
        ):
            # "2 9 5 8 Henson Causeway": digits apart are one number.
            if start > 2 and text[start - 3].isalnum():
                break
            start -= 2
        kind = match.group("kind")
        further = match.group("more").split() if "more" in match.re.groupindex else []
        if further and further[0].rstrip(".").lower() in STRONG_KINDS | MEDIUM_KINDS:
            # "12 Oak Park Road": the last word says what it is.
            name, kind = f"{name}{kind}", further[0]
        level = _english(number, name, kind, form.sure)
        if level is None:
            return None
        sure, named = level
    elif not _named(form.family, name, match):
        return None
    else:
        named = "plain"
        if form.family in ("french", "romance", "germanic") and not any(word[:1].isupper() for word in name.split()):
            everyday = match.group("kind").strip().lower() in _EVERYDAY if "kind" in match.re.groupindex else True
            sure, named = min(sure, 0.3 if everyday else 0.39), "lower"
        elif form.family in ("french", "romance") and match.group("kind").strip() in _EVERYDAY:
            # "via Zoom 3" is Italian only beside Italian.
            sure, named = min(sure, 0.45), "foreign"
    if form.family in ("germanic", "romance", "korean", "malay") and _COUNTED.match(text, end):
        return None
    lead = _LEAD.get(form.family)
    ahead = lead.search(text[max(start - 40, 0) : start]) if lead else None
    if ahead is not None:
        start -= len(ahead.group())
    if text[end : end + 1] in (".", ",") and text[end + 1 : end + 2].isdigit():
        # "10.000", "OAuth 2.0"
        return None
    unit_end = _unit(view, form.family, end)
    code_end = _postcode(view, form.family, unit_end or end)
    if code_end:
        marks.add("postcode")
        sure = max(sure + 0.25, 0.95) if sure >= 0.3 or named != "bare" else sure + 0.9
    if unit_end:
        marks.add("unit")
        sure = max(sure + 0.1, 0.8) if sure >= 0.45 else sure
    stop = code_end or _town(view, unit_end or end) or unit_end or end
    cue = view.near("address.cue", start, stop, before=48, after=28)
    if cue is not None and form.family == "germanic" and sure < 0.4 and cue.lang not in _GERMANIC:
        # "tor", "ring" and "hof" end words of other languages too.
        cue = None
    if cue is not None and named == "foreign" and cue.lang in ("en", "de", "nl", "pl", "sv"):
        cue = None
    if cue is not None:
        marks.add("cue")
        gap = start - cue.end if cue.end <= start else 99
        sure = _with_cue(sure, named, gap)
    sure = min(sure, 0.99)
    if sure < 0.4:
        return None
    if not marks and sure < 0.7:
        marks.add("weak")
    return _Address(start, stop, round(sure, 2), frozenset(marks))


_EVERYDAY = _words(
    """
    place pl. cours square passage route rte côte cité voie clos ch. via largo plaza ronda camino strada plac str.
    """
)
_UNSPACED = frozenset({"japanese", "chinese", "korean"})
# A state or province behind the town: "Lumarzo (GE)", "Fonseca / AL", "Campinas - SP".
_REGION = re.compile(r" ?(?:/ ?[A-Z]{2}\b|\([A-Z]{2}\)|- ?[A-Z]{2}\b)")
_GERMANIC = frozenset({"de", "nl", "sv", "und"})


def _with_cue(sure: float, named: str, gap: int) -> float:
    """Probability with a word for living or coming beside it; `gap` code points before the number, 99 after it."""
    if named == "bare":
        return max(sure, 0.72 if gap <= 3 else 0.45)
    if named == "lower":
        return max(sure, 0.93 if gap <= 3 else 0.85 if gap < 99 else 0.7)
    return max(sure, 0.97 if gap <= 3 else 0.94 if sure >= 0.6 else 0.88)


def _span(match: Any, group: str) -> tuple[int, int]:
    number = match.re.groupindex[group]
    return match.start(number), match.end(number)


# Province, city, county or district in front of a Korean street.
_ADMIN = re.compile(r"[가-힣](?:시|도|군|구) ")
# What stands before the street and belongs to the address: the flat, the town.
_LEAD = {
    "english": re.compile(r"(?:flat|unit|apt|apartment|suite|level|studio|room)\.? (?:(?:[0-9]{1,4}[a-z]?|[a-z][0-9]{0,3})[ ,/\n]{1,2})?\Z", re.I),
    "slavic": re.compile(r"(?:(?:г|гор|с|п|пос|клх|ст|м|смт)\. ?|город |село |місто )[\w-]+(?: [\w-]+)?, ?\Z"),
    "indian": re.compile(r"(?:h\.? ?no|house no|plot no|flat no|door no|d\.? ?no)[.:]{0,2} ?\Z", re.I),
    "chinese": re.compile(r"[0-9]{3,6} ?\Z"),
    "vietnamese": re.compile(r"(?:số(?: nhà)?|sn) \Z", re.I),
}  # fmt: skip
_CJK_FOREWORD = {
    "chinese": re.compile(r".*(?:住在|住|地址|家在|就在|在|搬到|寄到|送到|到|去|是|来|址)"),
    "japanese": re.compile(r".*(?:[はをがにへ]|住所|自宅|実家|から)"),
}


def _foreword(family: Family, name: str) -> int:
    """How much in front of a street's name belongs to the sentence: "I'm at Lindenallee", "他住在建国路"."""
    if family in _CJK_FOREWORD:
        match = _CJK_FOREWORD[family].match(name)
        return match.end() if match else 0
    if family not in ("germanic", "turkish", "slavic"):
        return 0
    words = [(word.start(), word.group()) for word in re.finditer(r"[^ ]+", name)]
    first = len(words) - 1
    if family == "germanic" and len(words) > 1 and words[0][1].lower() in _BY:
        return 0
    while first > 0:
        word = words[first - 1][1]
        if not word[:1].isupper() or "'" in word or "’" in word or word.lower().strip(".,") in _GENERIC | _NEVER:
            break
        first -= 1
    return words[first][0] if words else 0


_BY = _words(
    """
    am an im in zum zur auf unter hinter vor beim alte alter altes neue neuer große kleine
    """
)


def _attached(text: str, start: int) -> bool:
    """True when the number is the end of a longer one, an amount, a tag or a date."""
    before = text[max(start - 2, 0) : start]
    if not before:
        return False
    last = before[-1]
    return last in "$€£¥₹#@%+=<>&_" or (last in ".,:/-–'" and before[:1].isalnum() and len(before) == 2)


def _later_number(name: str) -> tuple[int, str, str] | None:
    """For "8 1122 Tara Loop": where the house number really begins in the name, it, and the rest."""
    found = None
    for match in re.finditer(r"[0-9]+[A-Za-z]?(?=[ ,])", name):
        found = match
    if found is None or not name[found.end() :].strip(" ,"):
        return None
    return found.start(), found.group(), name[found.end() :].lstrip(" ,")


def _english(number: str, name: str, kind: str, sure: float) -> tuple[float, str] | None:
    """Probability of an English form by its words, and how it is named: `titled`, `lower` or `bare` (everyday words)."""
    tokens = [token.strip(".,'’\"").lower() for token in name.split()]
    kind_low = kind.rstrip(".").lower()
    if any(token in _NEVER for token in tokens) or not any(char.isalpha() for char in name):
        return None
    words = [token.strip(".,") for token in name.split()]
    shouting = name.isupper() and kind.isupper() and len(name) > 3
    titled = all(word[:1].isupper() or word[:1].isdigit() or word.lower() in _PARTICLES for word in words)
    capital = kind[:1].isupper()
    if not (titled and words and words[0][:1].isupper()) and not tokens[0][:1].isdigit():
        if any(token in _SELDOM or token.endswith("est") for token in tokens):
            plain = [token for token in tokens if token not in _SELDOM and not token.endswith("est")]
            return (0.05, "bare") if plain and kind_low in STRONG_KINDS else None
        titled = False
    if titled and not capital and any(token in _SELDOM for token in tokens):
        return None
    empty = all(token in _SELDOM or token in _PARTICLES for token in tokens)
    if (
        empty
        and not (titled and capital and words[0][:1].isupper())
        and kind_low not in STRONG_KINDS
        and sure == 0.0
        and tokens != ["the"]
    ):
        return None
    year = _YEAR.fullmatch(number) is not None
    if sure:
        return (sure if capital or not kind else 0.4), "titled"
    strength = 2 if kind_low in STRONG_KINDS else 1 if kind_low in MEDIUM_KINDS else 0
    if titled and capital and not shouting:
        level = (0.5, 0.68, 0.88)[strength]
        if empty and strength < 2:
            return 0.3, "titled"
        return (min(level, 0.5) if year else level), "titled"
    if titled and not shouting:
        return (0.2, 0.45, 0.7)[strength], "titled" if strength else "lower"
    if strength == 2:
        return (0.3 if year else 0.5), "lower"
    return (0.35, "lower") if strength == 1 and len(tokens) <= 2 else (0.05, "bare")


_GENERIC = _words(
    """
    auf im in am der die das den dem ein eine einen mein dein sein ihr unser nach von zu bis und oder platz weg
    kein jeder dieser de het een op naar van en la el un una il lo di da do na no em o os as le les ce cette par
    sur vers ini itu yang di ke dari dan ada va ve bir bu şu için ile kadar по на в и с к до из от за не что это
    plus moins fois 버스 차 지하철 그 이 فى في من على الى إلى هذا هذه
    """
)


def _named(family: Family, name: str, match: Any) -> bool:
    """False where the street's name is no name: "auf Platz 3", "via 2", "버스로 10"."""
    words = [word.strip(".,'’-").lower() for word in name.split()]
    words = [word for word in words if word]
    if not words:
        return False
    if family == "germanic":
        kind = match.group("kind").lower() if "kind" in match.re.groupindex and match.group("kind") else ""
        if not kind:
            return True
        glued = not name.endswith((" ", "-"))
        own = words[-1]
        if glued:
            return len(own) >= 3 and own not in _GENERIC
        return own not in _GENERIC and name.strip()[:1].isupper() and kind in {
            "straße", "strasse", "str", "str.", "weg", "allee", "platz", "gasse", "ring", "damm", "ufer", "chaussee",
            "promenade", "markt", "graben", "berg", "hof", "plein", "laan", "straat", "wall", "tor", "park",
        }  # fmt: skip
    if family in ("romance", "french"):
        return (
            any(word not in _GENERIC and len(word) > 2 for word in words) or words[-1].isdigit() or len(words[-1]) >= 2
        )
    if family == "korean":
        return words[-1] not in _GENERIC and len(name.strip()) >= 2
    if family in ("japanese", "chinese"):
        return len(name) >= 2
    return any(word not in _GENERIC for word in words)


@cache
def _pattern(text: str) -> Any:
    import re2

    return re2.compile(text)


def _unit(view: View, family: Family, end: int) -> int | None:
    """Where the part of the house ends that follows, or None."""
    rest = view.text[end : end + 40]
    stop: int | None = None
    for _ in range(3):
        offset = (stop or end) - end
        match = _pattern(ASIAN_UNIT.get(family, UNIT)).match(rest[offset:])
        if match is None or match.end() == 0:
            break
        stop = end + offset + match.end()
    return stop


def _postcode(view: View, family: Family, end: int) -> int | None:
    """Where the postcode, and the town after it, end, or None."""
    rest = view.text[end : end + _TAIL]
    if family == "japanese":
        return None
    for match in _pattern(POSTCODES[family]).finditer(rest):
        between = rest[: match.start()]
        if not _only_towns(between):
            return None
        code = match.group()
        bare = code.isdigit()
        # A number alone is a postcode where a comma or a line's end parts it from the street, or a town stands before it.
        if bare and not ("," in between or "\n" in between or between.strip(" ,-") or family in ("germanic", "french")):
            return None
        if bare and len(code) == 4 and family == "english" and not (between[:1] in ",\n" and between.strip(" ,\n")):
            continue
        if bare and len(code) == 4 and _YEAR.fullmatch(code) and "," not in between:
            return None
        stop: int = end + match.end()
        if family in ("germanic", "french", "romance", "turkish", "slavic") and (code[-1].isalnum()):
            stop = _town_after(view, stop) or stop
        return stop
    return None


def _only_towns(between: str) -> bool:
    place = words = 0
    while place < len(between):
        match = _BETWEEN.match(between, place)
        if match is None:
            return False
        word = match.group()
        if word[0].isalpha():
            words += 1
            if word.lower() in _NEVER and not word.isupper() and word.lower() not in ("k", "am"):
                return False
        place = match.end()
    return words <= 8


def _town_after(view: View, end: int) -> int | None:
    match = re.match(r"[ ,\n]{1,2}[^\W\d_][\w.'’-]*(?:[ /-](?:(?:am|an|im|der|de|la|le|les|del|sur|do|da|bei|ob|unter|zu)[ -])*[A-ZÀ-ÞŁŚŻА-Я][\w.'’-]*){0,3}", view.text[end : end + 48])  # fmt: skip
    if match is None:
        return None
    end += match.end()
    region = _REGION.match(view.text, end, end + 8)
    return region.end() if region else end


def _town(view: View, end: int) -> int | None:
    """Where the towns end that follow after commas with a capital: ", Springfield, IL"."""
    match = re.match(r"(?:,[ \n]{0,2}[A-ZÀ-ÞŁŚŻА-Я][\w.'’-]*(?: [A-ZÀ-ÞŁŚŻА-Я][\w.'’-]*){0,2}(?=[,.;!?\n)]|\s|$)){1,3}", view.text[end : end + 64])  # fmt: skip
    return end + match.end() if match else None
