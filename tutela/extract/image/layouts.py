"""Is this the picture of a document, a payment card, a cheque, a statement or a sign-in page?

Judged from what is printed where, so that it also holds where the number itself is covered or cannot be read. Over 400
lines, because the five layouts share one set of words and measures.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from msgspec import Struct

from tutela.extract.image.lines import Box, Line, union
from tutela.extract.image.mrz import looks_like_zone


class Sight(Struct, frozen=True, kw_only=True):
    """A layout that was recognised: the signal's name, kind of evidence, places, value if one was read, marks."""

    name: str
    kind: str
    confidence: float
    boxes: tuple[Box, ...]
    value: str = ""
    marks: frozenset[str] = frozenset()
    says: str = ""


class _Words(Struct, frozen=True, kw_only=True):
    """Words of one group: whole labels as short as three signs, and longer ones that may stand inside a line."""

    short: frozenset[str]
    long: tuple[str, ...]


# takes 13.04.1994, 13 APR 1994, 1994-04-13, 04/2031; must not take 2024
_DATE = re.compile(
    r"(?<![\d])(?:\d{1,2}[./\- ]\d{1,2}[./\- ](?:19|20)?\d{2}|(?:19|20)\d{2}[./\-年년]\s?\d{1,2}[./\-月월]\s?\d{1,2}|"
    r"\d{1,2}[ .\-]?[^\W\d_]{3,9}\.?[ .\-]?(?:19|20)?\d{2})(?!\d)"
)
# takes V13459058, 12-345678-9, AB 123456 C; must not take 2024 or B12
_NUMBER = re.compile(r"(?<![\w/.])(?=(?:[A-Z0-9][ \-/.]?){6,24}(?![\w]))[A-Z]{0,6}[ \-]?\d[A-Z0-9 \-/.]{4,24}(?![\w])")
# takes 09/27, 12 / 2031; must not take 24/7 or 1/1
_MONTH = re.compile(r"(?<![\d/])(0[1-9]|1[0-2])\s?/\s?((?:20)?[2-4]\d)(?![\d/])")
_GROUPS = re.compile(
    r"(?<![\d])(\d{4}(?:[ \-]{1,3}\d{4}){1,3}(?:[ \-]{1,3}\d{3})?|3[47]\d{2}[ \-]?\d{6}[ \-]?\d{5}|\d{15,19})(?![\d])"
)
# takes •••• 4242, **** 1234, xxxx-1234, ending in 4242; must not take 4000 1234
_MASKED = re.compile(
    r"(?i)(?:[•●∙·*×▪■○●◦#・]|(?<![a-z])x){2,}[\s\-]*\d{0,4}|(?:[•●∙·*]\s?)+\d{4}\b|ending(?:\s+(?:in|with))?\s*:?\s*\d{0,4}|card ending|endet auf|terminad[ao] en|finissant par"
)
_FIELD = re.compile(r"^\s*(1|2|3|4a|4b|4c|4d|5|7|8|9)[.)]\s*\S", re.I)
_LINK = re.compile(r"(?i)(?:https?://)?((?:[a-z0-9\-]{1,63}\.){1,4}[a-z]{2,12})(?:[/:?#\s]|$)")
# Payment networks' and processors' published test numbers, by the pages of their makers' documentation.
_SAMPLES = frozenset(
    [
        "4242424242424242",
        "4111111111111111",
        "4012888888881881",
        "4000056655665556",
        "4000000000000002",
        "4222222222222",
        "5555555555554444",
        "5105105105105100",
        "2223003122003222",
        "5200828282828210",
        "378282246310005",
        "371449635398431",
        "378734493671000",
        "6011111111111117",
        "6011000990139424",
        "3056930009020004",
        "36227206271667",
        "30569309025904",
        "38520000023237",
        "3566002020360505",
        "3530111333300000",
        "6200000000000005",
        "4444333322221111",
        "4917610000000000",
        "5454545454545454",
        "2222400070000005",
        "4988438843884305",
    ]
)


def squash(text: str) -> str:
    """Letters and digits alone, without case, accents and the shapes that readers confuse (0 o, 1 i l, rn m)."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    kept = "".join(sign for sign in plain if sign.isalnum())
    return kept.translate(str.maketrans("01i", "oll")).replace("rn", "m")


@lru_cache(maxsize=1)
def _words() -> dict[str, dict[str, _Words]]:
    raw = tomllib.loads(files(__package__).joinpath("layouts.toml").read_text("utf-8"))
    return {
        part: {
            name: _Words(
                short=frozenset(squash(word) for word in words),
                long=tuple(sorted({squash(word) for word in words if _may_stand_inside(word)})),
            )
            for name, words in groups.items()
        }
        for part, groups in raw.items()
    }


def _may_stand_inside(word: str) -> bool:
    return len(squash(word)) >= (3 if squash(word)[:1] >= "\u2e80" else 7)


class _Seen(Struct, frozen=True, kw_only=True):
    line: Line
    plain: str
    pieces: tuple[str, ...]


def _seen(lines: Sequence[Line]) -> list[_Seen]:
    found = []
    for line in lines:
        # Labels stand alone, before a colon, beside their translation, or after a field number.
        pieces = [piece for piece in re.split(r"[:：/|()]|\s{2,}|^\s*\d{1,2}[a-d]?[.)]\s", line.text) if piece.strip()]
        found.append(_Seen(line=line, plain=squash(line.text), pieces=tuple(squash(piece) for piece in pieces)))
    return found


def _has(seen: _Seen, words: _Words) -> bool:
    return (
        seen.plain in words.short
        or any(piece in words.short for piece in seen.pieces)
        or any(word in seen.plain for word in words.long)
    )


def _label(seen: _Seen, words: _Words) -> bool:
    """True where the line begins with a label: alone, or with its value behind it."""
    if len(seen.line.text) > 60:
        return False
    if any(piece in words.short for piece in seen.pieces):
        return True
    return any(seen.plain.startswith(word) for word in words.short if len(word) >= 5)


def _label_row(seen: _Seen, groups: dict[str, _Words]) -> set[str]:
    """Groups of labels in a row that consists of labels: headings of a form's columns, printed close together."""
    tokens = [squash(token) for token in re.split(r"[\s:：/|().,]+", seen.line.text)]
    tokens = [token for token in tokens if token]
    if not 2 <= len(tokens) <= 9:
        return set()
    told: set[str] = set()
    covered = at = 0
    while at < len(tokens):
        for many in (3, 2, 1):
            word = "".join(tokens[at : at + many])
            names = {name for name, words in groups.items() if word in words.short}
            if names and at + many <= len(tokens):
                told |= names
                covered += len(word)
                at += many
                break
        else:
            at += 1
    return told if covered * 3 >= 2 * sum(len(token) for token in tokens) else set()


def specimen(lines: Sequence[Line]) -> bool:
    """True when the picture itself says that it shows a specimen, or names the well-known specimen holders."""
    words = _words()["specimen"]
    for seen in _seen(lines):
        alone = len(seen.plain) <= 26 and (
            seen.plain in words["word"].short or any(piece in words["word"].short for piece in seen.pieces)
        )
        inside = any(word in seen.plain for word in words["word"].long if word.startswith(("spec", "muster", "facs")))
        if alone or inside or any(word in seen.plain for word in words["holder"].short):
            return True
    return False


def identity_document(lines: Sequence[Line], *, zone: bool, licence_code: bool) -> list[Sight]:
    """An identity document by its title, labels, dates and number. `zone`: a machine-readable zone was read."""
    seen = _seen(lines)
    titles = _words()["identity"]
    title_of: dict[str, list[Line]] = {}
    for one in seen:
        for kind, words in titles.items():
            # A title is a short line; a sentence about passports is none.
            if len(one.line.text) <= 48 and _has(one, words):
                title_of.setdefault(kind, []).append(one.line)
    labels: dict[str, list[Line]] = {}
    for one in seen:
        for name, words in _words()["identity_labels"].items():
            if _label(one, words):
                labels.setdefault(name, []).append(one.line)
        for name in _label_row(one, _words()["identity_labels"]):
            labels.setdefault(name, []).append(one.line)
    fields = [one.line for one in seen if _FIELD.match(one.line.text)]
    label_lines = [line for found in labels.values() for line in found]
    dates = [line for line in lines if _DATE.search(line.text)]
    numbers = _numbers(lines, label_lines)
    told = len(labels) + (3 if len({_field_of(line) for line in fields}) >= 4 else 0)
    marks = {"specimen"} if specimen(lines) else set()
    confidence = 0.0
    if zone or licence_code:
        confidence = 0.97
    elif title_of and told >= 2 and (dates or numbers):
        confidence = 0.95
    elif (title_of and told >= 1 and dates and numbers) or (told >= 4 and dates and numbers):
        confidence = 0.85
    elif told >= 3 and numbers:
        confidence = 0.7
    elif title_of and told >= 3:
        confidence = 0.6
        marks |= {"specimen", "blank"}
    if not confidence:
        return []
    kind = _kind(title_of)
    parts = [*label_lines, *(line for found in title_of.values() for line in found), *dates, *fields]
    parts += [line for line, _ in numbers]
    parts += [line for line in lines if looks_like_zone(line.text)]
    sights = [
        Sight(
            name="image.identity_document",
            kind="image",
            confidence=confidence,
            boxes=(_padded(union([line.box for line in parts] or [line.box for line in lines]), lines),),
            marks=frozenset(marks | {f"document:{kind}"}),
            says="the layout of an identity document",
        )
    ]
    for line, value in numbers[:3]:
        start = line.text.index(value)
        sights.append(
            Sight(
                name="image.identity_document",
                kind="national_id" if kind == "residence_permit" else kind,
                confidence=min(confidence, 0.9),
                boxes=(line.box_of(start, start + len(value)),),
                value=value,
                marks=frozenset(marks | {f"document:{kind}", "number"}),
                says="the number of an identity document",
            )
        )
    return sights


def _field_of(line: Line) -> str:
    match = _FIELD.match(line.text)
    return match[1].lower() if match else ""


def _kind(titles: dict[str, list[Line]]) -> str:
    for kind in ("passport", "driving_licence", "residence_permit", "health_id", "ssn", "national_id"):
        if kind in titles:
            return kind
    return "national_id"


def _numbers(lines: Sequence[Line], labels: Sequence[Line]) -> list[tuple[Line, str]]:
    """Values that look like a document's number: after or below a label, never a date."""
    found: list[tuple[Line, str]] = []
    number_words = (_words()["identity_labels"]["number"], _words()["identity_labels"]["personal"])
    tags = [one.line for one in _seen(lines) if any(_label(one, words) for words in number_words)]
    for line in lines:
        if "<<" in line.text or looks_like_zone(line.text):
            continue
        text = _DATE.sub(lambda match: " " * len(match[0]), line.text)
        for match in _NUMBER.finditer(text):
            value = match[0].strip(" -./")
            if sum(sign.isdigit() for sign in value) < 5 or len(value) > 22:
                continue
            # Field 5 of a driving licence is its number, all over the world (ISO/IEC 18013-1, annex A).
            told = line in tags or any(_below(tag, line) for tag in tags) or _field_of(line) == "5"
            if told or (labels and re.search(r"[A-Z]", value)):
                found.append((line, value))
                break
    return found


def _below(label: Line, line: Line) -> bool:
    """True when `line` stands right under or right beside `label`."""
    ax, ay, aw, ah = label.box
    bx, by, bw, bh = line.box
    under = -0.5 * ah < by - (ay + ah) < 2.2 * max(ah, bh) and bx < ax + max(aw, ah * 4) and ax < bx + bw
    beside = abs((by + bh / 2) - (ay + ah / 2)) < 0.8 * max(ah, bh) and 0 <= bx - (ax + aw) + ah < 16 * ah
    return under or beside


def _padded(box: Box, lines: Sequence[Line]) -> Box:
    heights = sorted(line.height for line in lines)
    pad = round(heights[len(heights) // 2] * 1.2) if heights else 8
    left, top = max(0, box[0] - pad), max(0, box[1] - pad)
    return (left, top, box[0] + box[2] + pad - left, box[1] + box[3] + pad - top)


def luhn(digits: str) -> bool:
    """True when the last digit fits. Source: ISO/IEC 7812-1:2017, annex B."""
    total = 0
    for place, sign in enumerate(reversed(digits)):
        worth = int(sign) * (2 if place % 2 else 1)
        total += worth - 9 if worth > 9 else worth
    return total % 10 == 0


def payment_card(lines: Sequence[Line]) -> list[Sight]:
    """A payment card, front or back: digit groups, expiry, brand, bank, holder, security code."""
    words = _words()["card"]
    seen = _seen(lines)
    if any(_has(one, words["other"]) for one in seen):
        return []
    short = [one for one in seen if len(one.line.text) <= 44]
    brands = [one.line for one in short if _brand(one, words["brand"])]
    banks = [one.line for one in short if _has(one, words["word"]) or re.search(r"(?i)\bbank\b", one.line.text)]
    thru = [one.line for one in short if _has(one, words["thru"])]
    backs = [one.line for one in short if _has(one, words["back"])]
    months = [line for line in lines if _MONTH.search(line.text) and len(line.text) <= 40]
    holders = [
        line for line in lines if re.fullmatch(r"(?:[A-Z][A-Z.'\-]*\s?){2,4}", line.text) and len(line.text) >= 8
    ]
    groups, pieces = _card_groups(lines)
    masked = [line for line in lines if len(line.text) <= 40 and _MASKED.search(line.text)]
    card_words = bool(brands) + bool(banks)
    dated = bool(months) and (bool(thru) or bool(groups) or bool(holders))
    marks: set[str] = {"specimen"} if specimen(lines) else set()
    value = "".join(groups)
    complete = 13 <= len(value) <= 19 and luhn(value)
    confidence = 0.0
    if complete and (card_words or dated or backs or thru):
        confidence = 0.95
        if value in _SAMPLES:
            marks.add("sample")
    elif masked and not complete and (card_words or dated or thru):
        confidence = 0.6
        marks.add("masked")
    elif len(value) >= 8 and (card_words + dated + bool(backs) + bool(thru)) >= 2:
        confidence = 0.8
        marks.add("part_covered")
    elif dated and thru and card_words and holders:
        confidence = 0.7
        marks.add("number_unseen")
    if not confidence:
        return []
    parts = [*brands, *banks, *thru, *months, *backs, *pieces, *masked, *(holders if dated else ())]
    sights = [
        Sight(
            name="image.payment_card",
            kind="card",
            confidence=confidence,
            boxes=tuple(line.box for line in pieces) or (_padded(union([line.box for line in parts]), lines),),
            value=value if complete else "",
            marks=frozenset(marks),
            says="the layout of a payment card",
        )
    ]
    code = _security(lines, backs) if "masked" not in marks else None
    if code is not None:
        sights.append(
            Sight(
                name="image.payment_card",
                kind="card_security",
                confidence=min(confidence, 0.85),
                boxes=(code[0].box_of(*code[1]),),
                marks=frozenset(marks | {"security_code"}),
                says="the security code of a payment card",
            )
        )
    return sights


def _brand(seen: _Seen, words: _Words) -> bool:
    tokens = {squash(token) for token in re.split(r"[^\w]+", seen.line.text)}
    return bool(tokens & words.short) or _has(seen, words)


def _card_groups(lines: Sequence[Line]) -> tuple[list[str], list[Line]]:
    """Digits of the number and the lines they stand in: one line, or lines of four digits one below the other."""
    best: tuple[list[str], list[Line]] = ([], [])
    for line in lines:
        for match in _GROUPS.finditer(line.text):
            digits = re.sub(r"\D", "", match[0])
            if len(digits) > len("".join(best[0])) and len(line.text) - len(match[0]) < 24:
                best = ([digits], [line])
    if len("".join(best[0])) >= 12:
        return best
    fours = [line for line in lines if re.fullmatch(r"\d{4}(?:[ \-]\d{4})?", line.text.strip())]
    stacked = [re.sub(r"\D", "", line.text) for line in fours]
    if len(fours) >= 2 and len("".join(stacked)) > len("".join(best[0])):
        return (stacked, fours)
    return best


def _security(lines: Sequence[Line], backs: Sequence[Line]) -> tuple[Line, tuple[int, int]] | None:
    words = _words()["card"]["security"]
    for seen in _seen(lines):
        match = re.search(r"(?<!\d)\d{3,4}(?!\d)", seen.line.text)
        tokens = {squash(token) for token in re.split(r"[^\w]+", seen.line.text)}
        if match and len(seen.line.text) <= 24 and (tokens & words.short or _has(seen, words)):
            return (seen.line, match.span())
    if backs:
        for line in lines:
            match = re.fullmatch(r"(?:\d{4}\s+)?(\d{3})", line.text.strip())
            if match:
                return (line, match.span(1))
    return None


def cheque(lines: Sequence[Line]) -> list[Sight]:
    """A cheque: who is paid, the amount in words, and the line of account digits at its foot."""
    words = _words()["cheque"]["word"]
    told = [seen.line for seen in _seen(lines) if len(seen.line.text) <= 60 and _cheque_word(seen, words)]
    foot = [line for line in lines if _micr(line.text)]
    if not (len(told) >= 2 and foot) and len(told) < 3:
        return []
    if not any(sum(sign.isdigit() for sign in line.text) >= 5 for line in lines):
        return []
    marks = {"specimen"} if specimen(lines) else set()
    return [
        Sight(
            name="image.cheque",
            kind="bank_account",
            confidence=0.9 if foot else 0.65,
            boxes=tuple(line.box for line in foot) or (_padded(union([line.box for line in told]), lines),),
            value=re.sub(r"\D", "", foot[0].text) if foot else "",
            marks=frozenset(marks),
            says="the layout of a cheque",
        )
    ]


def _cheque_word(seen: _Seen, words: _Words) -> bool:
    return _has(seen, words) or any(seen.plain.startswith(word) for word in words.short if len(word) >= 5)


def _micr(text: str) -> bool:
    """True for the line of bank, account and cheque digits: two long groups or more, hardly a letter."""
    groups = re.findall(r"\d{4,}", text)
    digits = sum(len(group) for group in groups)
    letters = sum(sign.isalpha() for sign in text)
    return digits >= 15 and len(groups) >= 2 and letters <= 4 and any(len(group) >= 6 for group in groups)


def statement(lines: Sequence[Line]) -> list[Sight]:
    """A bank statement or payslip that shows an account: title, balances, and the number itself."""
    words = _words()["statement"]
    seen = _seen(lines)
    titles = [one.line for one in seen if len(one.line.text) <= 60 and _has(one, words["title"])]
    money = [one.line for one in seen if _has(one, words["money"])]
    accounts = [one.line for one in seen if _has(one, words["account"]) or _label(one, words["account"])]
    numbers = []
    for line in lines:
        match = re.search(r"(?<![\w])(?:[A-Z]{2}\d{2}[ ]?)?\d(?:[ \-]?\d){6,28}(?![\w])", line.text)
        plain = match and not _DATE.search(match[0]) and not _MASKED.search(line.text)
        if match and plain and (line in accounts or any(_below(tag, line) for tag in accounts)):
            numbers.append((line, match.start(), match.end(), match[0]))
    if not titles or not (money or accounts):
        return []
    marks = {"specimen"} if specimen(lines) else set()
    if not numbers:
        masked = any(_MASKED.search(line.text) for line in lines)
        if not masked and len(money) + len(accounts) < 2:
            return []
        marks |= {"masked"} if masked else {"number_unseen"}
    boxes = tuple(line.box_of(start, end) for line, start, end, _ in numbers[:3])
    return [
        Sight(
            name="image.statement",
            kind="bank_account",
            confidence=0.9 if numbers else 0.55,
            boxes=boxes or (_padded(union([line.box for line in (*titles, *money, *accounts)]), lines),),
            value=re.sub(r"[^A-Z0-9]", "", numbers[0][3]) if numbers else "",
            marks=frozenset(marks),
            says="the layout of an account statement",
        )
    ]


def login_page(
    lines: Sequence[Line], names: Sequence[str], domains: Sequence[str], links: Sequence[str]
) -> list[Sight]:
    """A sign-in page under the platform's name. Marks tell whether an address beside it is the platform's own."""
    if not names:
        return []
    words = _words()["login"]
    seen = _seen(lines)
    told = {
        name: [one.line for one in seen if len(one.line.text) <= 48 and _has(one, group)]
        for name, group in words.items()
    }
    own = {squash(name) for name in names if len(name) >= 3}
    named = [
        one.line
        for one in seen
        if len(one.line.text) <= 48 and any(name in one.plain and len(one.plain) <= len(name) + 26 for name in own)
    ]
    if not told["password"] or not named or not (told["user"] or told["enter"]):
        return []
    hosts = {match[1].lower() for line in lines for match in _LINK.finditer(line.text)}
    hosts |= {match[1].lower() for link in links for match in [_LINK.search(link)] if match}
    foreign = [host for host in hosts if not any(host == own or host.endswith("." + own) for own in domains)]
    mark = "unofficial_link" if foreign else "official_link" if hosts else "no_link"
    parts = [line for found in told.values() for line in found] + named
    return [
        Sight(
            name="image.login_page_copy",
            kind="link" if foreign else "image",
            confidence={"unofficial_link": 0.9, "official_link": 0.3, "no_link": 0.5}[mark],
            boxes=(_padded(union([line.box for line in parts]), lines),),
            marks=frozenset({mark}),
            says="a sign-in page under the platform's name",
        )
    ]
