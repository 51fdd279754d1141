"""Does a text give away a password, a PIN or the name someone signs in with?

A word for a password is looked up, then what ties a value to it: a sign (`pw: …`), a small verb (`la clave es …`) or
nothing but a space. The looser the tie, the more the value itself has to look like a password.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from tutela.detectors.loading import Found, Verdict
from tutela.detectors.login.values import COMMON, is_plain_word, strength
from tutela.masking import hidden, mask, mask_email
from tutela.model import Signal
from tutela.reference.placeholders import is_placeholder, is_running
from tutela.scan.view import View
from tutela.scan.words import Cue

_BEFORE, _AFTER = 140, 220
_SIGN = re.compile(
    r"[^\S\n]{0,3}(?:\([^()\n]{1,30}\)[^\S\n]{0,2})?(?:[\"'’`*_]{0,2})(?::=|[:：=＝]{1,2}>?|\?|[-=]{1,2}>|[→⇒»]|[–—]|-(?=\s))[^\S\n]{0,4}\n?[^\S\n]{0,4}"
)
_VERB = re.compile(
    r"""(?ix)
    (?:[^\S\n]+(?!(?:and|or|but|y|e|und|et|i|и|ve)\b)[^\s:=,.;!?"'()]{1,24}){0,6}?          # "for the wifi at home"
    [^\S\n]{0,2}(?:\b(?:is|was|are|es|era|é|foi|eh|est|était|ist|war|lautet|lauten|è|jest|to(?=[^\S\n]+[^\s]*[0-9])|brzmi|это|был|была|она|adalah|ialah|yaitu|là|
       är|var|er|je|este|on|reads|equals|says|=)\b|['’]s\b|\bc['’]est\b|\bهي\b|\bهو\b|\bहै\b|\bथा\b|\bहैं\b|是|为|為|就是|は|が|는|은|가|이|입니다)
    [^\S\n]{0,2}(?:still|now|currently|just|literally|actually|this|set\ to|ahora|agora|jetzt|maintenant|сейчас|:|：)?[^\S\n]{0,3}:?[^\S\n]{0,2}
    """
)
_SPACE = re.compile(r"[^\S\n]{1,2}|\n")
# "password for the old laptop: …", "Passwort zuhause: …"
_FAR_SIGN = re.compile(r"(?:[^\S\n]+[^\s:=：.,;!?\"()]{1,20}){1,4}[^\S\n]?[:：=][^\S\n]{0,3}")
# "password netflix gue …": the place one signs in to, then the value.
_PLACE = re.compile(r"(?:[^\S\n]+[^\s:=.,;!?0-9]{2,16}){1,3}[^\S\n]+")
# "kata sandi saya …", "пароль от вайфая …": whose or for what, then the value without a verb.
_WHOSE = re.compile(
    r"(?i)(?:[^\S\n]+(?:(?:от|к|для|в|на|for|to|at|on|de|del|di|da|do|du|für|vom|von|bei|van|na|untuk|cho|của)[^\S\n]+(?:(?:my|the|la|el|mi|der|die|dem)[^\S\n]+)?[^\s:=.,;!?]{2,20}|saya|aku|gue|tôi|mình|मेरा|है|का|की))"
    r"{1,2}[^\S\n]+"
)
_QUOTED = re.compile(r"[\"“”„«'‘’`「『]([^\"“”„«»'‘’`」』\n]{3,64})[\"“”»'‘’`」』]")
_TOKEN = re.compile(r"[^\s]{1,160}")
_ASCII_RUN = re.compile(r"[!-~]{3,128}")
_PIN_VALUE = re.compile(r"(?<![\w.,/:\-#$€£+])([0-9](?:[ \-]?[0-9]){3,7})(?![\w%€$£]|[.,:/\-][0-9])", re.ASCII)
_EMAIL = re.compile(
    r"(?<![\w.+%\-])[A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}(?![\w])"
)
_DUMP = re.compile(
    r"(?<![\w.+%\-@/])([A-Za-z0-9][A-Za-z0-9._%+\-]{0,63}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,4}) ?([:;|/]) ?([^\s|;/]{4,64})"
)
_PAIR = re.compile(
    r"[ :=]{0,3}([^\s:/|,]{2,64}@?[^\s:/|,]{0,64})[^\S\n]{0,2}(?:[:/|,]|-|\band\b|\bpw\b)[^\S\n]{0,2}([^\s,|]{4,64})"
)
# "u: NAME p: SECRET"
_SHORT_PAIR = re.compile(r"(?i)\bu(?:n|ser)?: ?([^\s,/|]{2,64})[ ,/|]{1,3}p(?:w|ass)?: ?([^\s,|]{4,64})")
_LOG_IN = re.compile(
    r"(?i)\b(?:log(?:ged|ging)?|sign(?:ed)?)[ \-]?in (?:as|with|using|to \w{2,20} (?:as|with))[ :]+[\"']?([^\s\"',]{3,64})[\"']?(?:,| and| with| using| \+|/| then)+ (?:the )?(?:password |pw |pass )?[\"']?([^\s\"']{4,64})"
)
_NAME_VALUE = re.compile(r"[\"'“`(]?([^\s\"'“”`,;()<>]{2,80})")
_REVERSED = re.compile(
    r"(?:^|[\s\"'“(])([^\s\"'“”]{4,64})[\"'”]? (?:is|was|as|=|es|ist|est|é|è) (?:still )?(?:my|the|our|his|her|their|your|mi|la|su|mein|das|mon|le|minha|a)(?: \w{2,16}){0,2} ?\Z"
)
_PLAIN_END = re.compile(
    r"[.!,;)\"'”]*(?:\s*$|\s*\n|[.!;,)]|\s+(?:and|y|e|und|et|lol|lmao|haha|if|so|for|btw|dont|don't|go|have|use|try|enjoy|thanks|thx|pls|please|just|😂|🙏|but|👀|🤫))"
)


# What source code computes or names instead of writing it: `config.password`, `auth[1]`, `$API_Password&…`.
_CODE = re.compile(
    r"[A-Za-z_$][A-Za-z_$0-9]*(?:(?:\.|->|::)[A-Za-z_]\w*)+(?:[(\[].*)?|[A-Za-z_]\w*[(\[].*|[${@%].*[A-Za-z_]{3,}.*|&#?\w+;.*"
)
_CODE_LINE = re.compile(r"[(){};]|=>|</|\bdef\b|\bvar\b|\bconst\b|\blet\b")


def _line(text: str, start: int, end: int) -> str:
    """The line round a place, at most 160 characters to each side."""
    low = text.rfind("\n", max(start - 160, 0), start) + 1 or max(start - 160, 0)
    high = text.find("\n", end, end + 160)
    return text[low : high if high >= 0 else end + 160]


class _Value(NamedTuple):
    start: int
    end: int
    text: str
    sure: float


def inspect(view: View) -> Iterator[Signal]:
    """Passwords round the hits, and with each the name it belongs to; names that are said to be for signing in."""
    for low, high in _windows(view):
        taken: list[tuple[int, int]] = []
        signals = [*_dumps(view, low, high, taken), *_pins(view, low, high, taken), *_passwords(view, low, high, taken)]
        signals.extend(_logged_in(view, low, high, taken))
        secrets = [one for one in signals if one.name != "login.username"]
        names = list(_names(view, low, high, taken, secrets))
        if names and secrets:
            # A password with the name it belongs to is no example, whatever else the text advises.
            kept = {one.value.lower() for one in secrets} - COMMON
            signals = [_no_advice(one) if one.value.lower() in kept else one for one in signals]
            names = [_no_advice(one) for one in names] if kept else names
        yield from signals
        yield from names


def _no_advice(signal: Signal) -> Signal:
    return msgspec.structs.replace(signal, marks=signal.marks - {"advice"})


def _windows(view: View) -> list[tuple[int, int]]:
    windows: list[tuple[int, int]] = []
    for hit in sorted(view.hits, key=lambda hit: hit.first):
        low, high = max(hit.first - _BEFORE, 0), min(hit.end + _AFTER, len(view.text))
        # Windows that touch become one, up to a size: what belongs together stands close.
        if windows and low <= windows[-1][1] and high - windows[-1][0] <= 4096:
            windows[-1] = (windows[-1][0], max(high, windows[-1][1]))
        elif windows and low < windows[-1][1]:
            windows.append((windows[-1][1], high)) if high > windows[-1][1] else None
        else:
            windows.append((low, high))
    return windows


def _free(start: int, end: int, taken: list[tuple[int, int]]) -> bool:
    return all(end <= a or start >= b for a, b in taken)


def _dumps(view: View, low: int, high: int, taken: list[tuple[int, int]]) -> Iterator[Signal]:
    matches = list(_DUMP.finditer(view.text, low, high))
    for match in matches:
        start, end = match.span(3)
        value = view.text[start:end].rstrip(",.)\"'`")
        end = start + len(value)
        sure = strength(value)
        alone = len(matches) == 1
        # "mail me at x@y.z: thanks" is talk; a plain word counts only in a list.
        if sure < 0.5 and (alone or sure == 0.0 or match[2] == ";"):
            continue
        if alone and match[0][match.end(1) - match.start() :][1:2] == " " and sure < 0.9:
            continue
        marks = _marks(view, match.start(), end, value) | {"with_name"}
        taken.extend((match.span(1), (start, end)))
        yield view.signal(
            "dump.credentials",
            start,
            end,
            confidence=0.97 if not alone or sure >= 0.9 else 0.8,
            value=value,
            shown_as=hidden("password", len(value)),
            marks=marks,
        )
        yield _name_signal(view, *match.span(1), 0.95, marks - {"common"})


def _passwords(view: View, low: int, high: int, taken: list[tuple[int, int]]) -> Iterator[Signal]:
    cues = [cue for cue in view.cues(low, high) if cue.group == "login.password"]
    for place, cue in enumerate(cues):
        # "password" inside "wifi password" or "passwords": the longest word with this end or start speaks.
        if place + 1 < len(cues) and cues[place + 1].start <= cue.start and cues[place + 1].end >= cue.end:
            continue
        found = _value_after(view, cue, high) or _value_before(view, cue, low)
        if found is None or not _free(found.start, found.end, taken):
            continue
        taken.append((found.start, found.end))
        yield _password(view, cue, found)


def _password(view: View, cue: Cue, found: _Value) -> Signal:
    confidence = found.sure
    wifi = any(one.group == "login.wifi" for one in view.cues(cue.start - 45, found.end + 20))
    wifi = wifi or "wifi" in view.text[cue.start : cue.end].lower()
    marks = _marks(view, cue.start, found.end, found.text, wifi=wifi)
    if "advice" in marks and ("common" in marks or found.sure < 0.9):
        confidence = min(confidence, 0.45)
    return view.signal(
        "wifi.password" if wifi else "login.password",
        found.start,
        found.end,
        confidence=confidence,
        value=found.text,
        shown_as=hidden("password", len(found.text)),
        marks=marks | {"cue"},
    )


def _value_after(view: View, cue: Cue, high: int) -> _Value | None:
    text = view.text
    stop = min(cue.end + 110, high)
    tied = _SIGN.match(text, cue.end, stop)
    if tied is not None and tied.end() < len(text):
        value = _read(text, tied.end())
        if value is None:
            return None
        sure = strength(value.text)
        if text[value.start - 1 : value.start] not in {'"', "'", "`"} and _CODE.fullmatch(value.text):
            return None
        if sure < 0.5 and _CODE_LINE.search(_line(text, cue.start, value.end)):
            return None
        if sure >= 0.9:
            return value._replace(sure=0.97)
        if sure >= 0.5:
            return value._replace(sure=0.93)
        if sure >= 0.3 and _ends(text, value.end, word=is_plain_word(value.text)):
            return value._replace(sure=0.85)
        return None
    tied = _VERB.match(text, cue.end, stop)
    if tied is not None:
        value = _read(text, tied.end())
        if value is not None:
            sure = strength(value.text)
            if sure >= 0.9:
                return value._replace(sure=0.96)
            if sure >= 0.5:
                return value._replace(sure=0.85)
            if sure >= 0.3 and _told(view, cue) and _ends(text, value.end, word=True):
                return value._replace(sure=0.7)
            if sure > 0.0:
                return None
    for tie in (_FAR_SIGN, _WHOSE):
        tied = tie.match(text, cue.end, stop)
        value = _read(text, tied.end()) if tied is not None else None
        if value is not None and strength(value.text) >= 0.9 and not _product(value.text):
            return value._replace(sure=0.9 if tie is _FAR_SIGN else 0.8)
    tied = _PLACE.match(text, cue.end, stop)
    if tied is not None and any(one.group == "login.service" for one in view.cues(cue.end, tied.end())):
        value = _read(text, tied.end())
        if value is not None and strength(value.text) >= 0.9 and not _product(value.text):
            return value._replace(sure=0.75)
    tied = _SPACE.match(text, cue.end, stop)
    if tied is not None:
        value = _read(text, tied.end())
        if value is not None and strength(value.text) >= 0.9 and not _product(value.text):
            own = view.near("login.username", cue.start, value.end, before=60, after=40)
            return value._replace(sure=0.9 if own is not None or _told(view, cue) else 0.75)
    elif cue.lang in {"zh", "ja", "ko", "th"}:
        value = _read(text, cue.end)
        if value is not None and strength(value.text) >= 0.9:
            return value._replace(sure=0.9)
    return None


def _value_before(view: View, cue: Cue, low: int) -> _Value | None:
    """ "hunter2 is my password"."""
    match = _REVERSED.search(view.text, max(low, cue.start - 100), cue.start)
    if match is None or strength(match[1]) < 0.9:
        return None
    return _Value(match.start(1), match.end(1), match[1], 0.85)


def _read(text: str, start: int) -> _Value | None:
    """The quoted value or the word at `start`, without the punctuation of the sentence."""
    match = _QUOTED.match(text, start)
    if match:
        return _Value(match.start(1), match.end(1), match[1], 0.0)
    match = _TOKEN.match(text, start)
    if match is None:
        return None
    raw = match[0]
    ascii_run = _ASCII_RUN.match(raw)
    if ascii_run is not None and ascii_run.end() < len(raw) and not raw[ascii_run.end()].isspace():
        # Chinese, Japanese and Korean go on without a space: "密码是abc123快用".
        raw = ascii_run[0]
    lead = len(raw) - len(raw.lstrip("\"'“‘`(*_<"))
    kept = raw[lead:]
    if not is_placeholder(kept):
        kept = kept.rstrip(".,;:)\"'”’`*]}>،。、！？…")
        while kept.endswith(("!", "?")) and (kept.endswith(("!!", "??", "?")) or not any(c.isdigit() for c in kept)):
            kept = kept[:-1]
        kept = kept.rstrip(".,;:)\"'”’`")
    if not kept:
        return None
    return _Value(start + lead, start + lead + len(kept), kept, 0.0)


def _ends(text: str, end: int, *, word: bool) -> bool:
    """True when a plain word ends its clause: "password is banana lol", not "password is banana flavoured"."""
    return not word or _PLAIN_END.match(text, end) is not None


def _told(view: View, cue: Cue) -> bool:
    """True when the sentence speaks of somebody's own password or of a place to sign in to."""
    before = view.text[max(cue.start - 40, 0) : cue.start].lower()
    if re.search(
        r"\b(?:my|his|her|their|our|s|mi|su|tu|meu|minha|sua|mon|ma|son|sa|ton|mein|meine|sein|seine|ihr|ihre|mio|mia|suo|sua|mijn|zijn|haar|mój|moje|jego|jej|мой|его|её|ее|benim|мо\w+)\b[^.!?\n]{0,25}\Z|\b(?:the|your) (?:[\w\-]{1,12} )?\Z",
        before,
    ):
        return True
    return view.near("login.service", cue.start, cue.end, before=45, after=40) is not None


def _product(value: str) -> bool:
    return value.lower() in {
        "1password",
        "2fa",
        "mfa",
        "keepass2",
        "rockyou2021",
        "rockyou2024",
        "covid19",
        "web3",
        "http2",
        "oauth2",
        "sha256",
        "md5",
    }


def _pins(view: View, low: int, high: int, taken: list[tuple[int, int]]) -> Iterator[Signal]:
    seen: set[int] = set()
    for cue in view.cues(low, high):
        if cue.group != "login.pin" or cue.end in seen:
            continue
        seen.add(cue.end)
        match = _PIN_VALUE.search(view.text, cue.end, min(cue.end + 34, high))
        if match is None or not _free(*match.span(1), taken):
            continue
        between = view.text[cue.end : match.start(1)]
        if "\n" in between.strip("\n ") or len(between.split()) > 5 or re.search(r"[.!?;]", between):
            continue
        # India's postal index number is a PIN code, too: six digits beside a place.
        if (
            len(match[1]) == 6
            and "code" in view.text[cue.start : match.start(1)].lower()
            and view.near("login.service", cue.start, match.end(1)) is None
        ):
            continue
        value = match[1]
        tied = re.fullmatch(
            r"(?i)[\s:=：\-–(\"'#*]*(?:(?:code|number|no|is|was|es|é|est|ist|to|это|है|adalah|là|는|は|是|码|码是|номер)[\s:：=]*){0,2}[\"']?",
            between,
        )
        told = (
            tied
            or _PERSONAL.search(view.text, cue.end, match.start(1)) is not None
            or any(one.group == "money.card" for one in view.cues(cue.start - 30, match.end(1) + 30))
            or _told(view, cue)
            or view.near("login.service", cue.start, match.end(1), before=40, after=30) is not None
        )
        if not told:
            continue
        marks = _marks(view, cue.start, match.end(1), value) | {"cue"}
        confidence = 0.93 if tied else 0.85
        if "advice" in marks:
            confidence = 0.45
        taken.append(match.span(1))
        yield view.signal(
            "login.pin",
            match.start(1),
            match.end(1),
            confidence=confidence,
            value=value,
            shown_as=hidden("PIN", len(value)),
            marks=marks,
        )


def _logged_in(view: View, low: int, high: int, taken: list[tuple[int, int]]) -> Iterator[Signal]:
    """ "log in as NAME with SECRET", "creds: NAME / SECRET", "login NAME:SECRET"."""
    pairs = [*_LOG_IN.finditer(view.text, low, high), *_SHORT_PAIR.finditer(view.text, low, high)]
    seen: set[int] = set()
    for cue in view.cues(low, high):
        if cue.group == "login.username" and cue.end not in seen:
            seen.add(cue.end)
            match = _PAIR.match(view.text, cue.end, min(cue.end + 150, high))
            if match is not None:
                pairs.append(match)
    pairs.extend(_both_named(view, low, high))
    pairs.extend(
        match
        for match in _BARE_PAIR.finditer(view.text, low, high)
        if view.near("login.service", match.start(), match.end(), before=60, after=40) is not None
    )
    for match in pairs:
        value = match[2].rstrip(".,;:)\"'")
        name = match[1].strip("\"'(")
        start, end = match.start(2), match.start(2) + len(value)
        if not _free(start, end, taken) or not _free(*match.span(1), taken):
            continue
        named = any(cue.group in {"login.password", "login.username"} for cue in view.cues(start, end))
        known = not named and value.lower() in COMMON and "/" in view.text[match.end(1) : start]
        if (strength(value) < 0.9 and not known) or is_placeholder(name) or _TIME.search(match[0]):
            continue
        marks = _marks(view, match.start(), end, value) | {"with_name"}
        taken.extend(((start, end), match.span(1)))
        yield view.signal(
            "login.password",
            start,
            end,
            confidence=0.6 if known else 0.9,
            value=value,
            shown_as=hidden("password", len(value)),
            marks=marks,
        )
        yield _name_signal(view, match.start(1), match.start(1) + len(name), 0.9, marks)


def _both_named(view: View, low: int, high: int) -> Iterator[re.Match[str]]:
    """ "usuario y contraseña: NAME / SECRET": both words first, then both values."""
    names = {cue.end for cue in view.cues(low, high) if cue.group == "login.username"}
    seen: set[int] = set()
    for cue in view.cues(low, high):
        if cue.group != "login.password" or cue.end in seen:
            continue
        seen.add(cue.end)
        if any(0 < cue.start - end <= 6 and _JOINT.fullmatch(view.text, end, cue.start) for end in names):
            match = _BOTH.match(view.text, cue.end, min(cue.end + 150, high))
            if match is not None:
                yield match


_JOINT = re.compile(r" ?(?:/|&|\+|,|\||-|and|y|e|et|und|en|i|и|ve|va|và|dan|와|과|と|和) ?")
_BOTH = re.compile(
    r"[^\S\n]?(?:[:=：]|->|is|are|es|son|ist|é|est)[\s]{0,3}([^\s:/|,]{2,64})[^\S\n]{0,2}(?:/|\||,|;|:|-|&|\+|\band\b|\by\b|\be\b|\bet\b|\bund\b|\s)\s{0,2}([^\s,|]{4,64})"
)
# "vpn: first.last / Secret*9": the place, a name, a secret; no word for either.
_BARE_PAIR = re.compile(
    r"(?<![\w./@:\-])([A-Za-z][A-Za-z0-9]{1,20}[._][A-Za-z0-9._]{2,30}) ?[/|:,] ?((?=[^\s]*[0-9])(?=[^\s]*[A-Z])[A-Za-z][^\s/|:,]{6,40})(?![\w/])"
)
_TIME = re.compile(r"https?:|//|\d:\d\d")


def _names(view: View, low: int, high: int, taken: list[tuple[int, int]], secrets: list[Signal]) -> Iterator[Signal]:
    """The names beside the passwords found; without one, only names said to be for signing in to a place."""
    shared = (
        secrets[0].marks & {"sample", "placeholder", "demo", "guest", "game_code", "advice"} if secrets else frozenset()
    )
    seen: set[tuple[str, int, int]] = set()
    for cue in view.cues(low, high):
        # The same word stands in the tables of many languages.
        if cue.group not in {"login.username", "login.sign_in"} or (cue.group, cue.start, cue.end) in seen:
            continue
        seen.add((cue.group, cue.start, cue.end))
        named = _name_after(view, cue, high)
        if named is None or not _free(named.start, named.end, taken):
            continue
        if not secrets:
            if cue.group != "login.sign_in" or not _for_signing_in(view, cue, named):
                continue
            sure = 0.75
            if view.near(("login.advice", "login.demo"), cue.start, named.end, before=60, after=40):
                continue
            marks = {"alone"}
        else:
            if cue.group == "login.sign_in" and any(c.isalpha() for c in named.text) and named.sure < 0.8:
                continue
            sure, marks = named.sure, set(shared) | {"with_password"}
        taken.append((named.start, named.end))
        yield _name_signal(view, named.start, named.end, sure, marks)
    if not secrets:
        yield from _names_before(view, low, high, taken)
        return
    for match in _EMAIL.finditer(view.text, low, high):
        near = any(-120 < view_start - match.start() < 160 for view_start in (one.start for one in secrets))
        if _free(*match.span(), taken) and (near or view.reading.back is not None):
            taken.append(match.span())
            yield _name_signal(view, *match.span(), 0.85, set(shared) | {"with_password"})


def _names_before(view: View, low: int, high: int, taken: list[tuple[int, int]]) -> Iterator[Signal]:
    """ "NAME is my bank login"."""
    seen: set[int] = set()
    for cue in view.cues(low, high):
        if cue.group != "login.sign_in" or cue.start in seen:
            continue
        seen.add(cue.start)
        match = _REVERSED.search(view.text, max(low, cue.start - 110), cue.start)
        place = view.near("login.service", cue.start, cue.end, before=30, after=35)
        if match is None or place is None or not _is_name(match[1]) or not _free(*match.span(1), taken):
            continue
        taken.append(match.span(1))
        yield _name_signal(view, *match.span(1), 0.75, {"alone"})


def _name_after(view: View, cue: Cue, high: int) -> _Value | None:
    text = view.text
    stop = min(cue.end + 90, high)
    for tie, sure in ((_SIGN, 0.93), (_VERB, 0.88), (_WHOSE, 0.8), (_SPACE, 0.8)):
        tied = tie.match(text, cue.end, stop)
        if tied is None:
            if tie is _SPACE and cue.lang in {"zh", "ja", "ko", "th"}:
                match = _ASCII_RUN.match(text, cue.end)
                if match and _is_name(match[0].rstrip(".,;")):
                    value = match[0].rstrip(".,;")
                    return _Value(cue.end, cue.end + len(value), value, 0.8)
            continue
        match = _NAME_VALUE.match(text, tied.end())
        if match is None:
            continue
        value = match[1].rstrip(".:/|!?…。、，")
        ascii_run = re.match(r"[!-~]{3,}", value)
        if ascii_run is not None and ascii_run.end() < len(value):
            value = ascii_run[0]
        if (
            is_placeholder(value)
            or len(value) < 3
            or value.lower() in {"and", "the", "with", "for", "password", "pass"}
        ):
            continue
        if tie is not _SIGN and not _is_name(value):
            continue
        if view.near("login.password", match.start(1), match.start(1) + 1, before=0, after=0) is not None:
            continue
        return _Value(match.start(1), match.start(1) + len(value), value, sure)
    return None


def _is_name(value: str) -> bool:
    """True for what a plain sentence would not have here: letters with digits or signs, an address, long digits."""
    if "@" in value[1:-1]:
        return True
    if value.isdigit():
        return 6 <= len(value) <= 14
    letters = any(char.isalpha() for char in value)
    marked = any(char.isdigit() for char in value) or "_" in value or "." in value[1:-1]
    return letters and marked and not re.search(r"(?i)https?:|www\.|\.(?:com|net|org|io)\Z", value) and len(value) >= 4


def _for_signing_in(view: View, cue: Cue, named: _Value) -> bool:
    """ "my bank login is NAME": a place to sign in to stands before the word, and the name follows at once."""
    if not _is_name(named.text) or is_running(named.text):
        return False
    before = view.text[max(cue.start - 40, 0) : named.start]
    place = view.near("login.service", cue.start, cue.end, before=30, after=35)
    if place is None or place.start >= named.start:
        return False
    return (
        not re.search(r"[.!?\n]", before[-(named.start - cue.start) - max(cue.start - place.start, 0) :])
        if place.start < cue.start
        else True
    )


def _name_signal(view: View, start: int, end: int, confidence: float, marks: set[str] | frozenset[str]) -> Signal:
    name = view.text[start:end]
    return view.signal(
        "login.username",
        start,
        end,
        confidence=confidence,
        value=name.lower(),
        shown_as=mask_email(name) if "@" in name else mask(name, head=1),
        marks=marks,
    )


# Words near that open a value to all: group, reach before and after, the mark. A mark excuses, so each has to be sure.
_NEAR = (
    ("login.demo", 60, 40, "demo"),
    ("login.default", 60, 40, "demo"),
    ("login.game", 70, 45, "game_code"),
    ("login.advice", 60, 25, "advice"),
    ("login.guest", 90, 80, "guest"),
)


def _marks(view: View, start: int, end: int, value: str, *, wifi: bool = False) -> set[str]:
    common = value.lower() in COMMON or is_running(value)
    marks = {"common"} if common else set()
    personal = _PERSONAL.search(view.text, max(start - 45, 0), end) is not None
    for group, before, after, mark in _NEAR:
        # A guest network is one by its owner's will; a guest's own password is not. Whoever says "my password" gives no
        # advice and plays no game, unless the value is one of those that everybody warns of.
        if mark == "guest" and not wifi:
            continue
        if mark in {"advice", "game_code"} and personal and not (common and mark == "advice"):
            continue
        # Advice comes before its example: "jangan bilang siapa-siapa" after a password only asks for silence.
        if mark == "advice":
            after = 0 if not common else after
        if any(
            cue.group == group and not _in_address(view.text, cue) for cue in view.cues(start - before, end + after)
        ):
            marks.add(mark)
    return marks


def _in_address(text: str, cue: Cue) -> bool:
    """True for "example" in name@example.org: part of an address, no word of the sentence."""
    return text[cue.start - 1 : cue.start] in {"@", ".", "/", "-", "_"} or (
        text[cue.end : cue.end + 1] in {".", "@", "/", "_", "-"} and text[cue.end + 1 : cue.end + 2].isalnum()
    )


_PERSONAL = re.compile(
    r"(?i)\b(?:my|his|her|their|our|ex['’]?s?|mi|sus?|meu|minha|dele|dela|mon|ma|son|sa|mein\w*|sein\w*|ihr\w*|mio|mia|suo|sua"
    r"|mijn|zijn|haar|mój|moj\w*|jego|jej|мо[йяеё]\w*|его|её|ее|benim|onun|saya|dia|nya)\b|我的|他的|她的|私の|俺の|내 |मेरा|मेरे|मेरी|उसका|उसकी|(?:كلمة|حساب|رقم|باسورد)[^ ]{0,4}ي\b|của (?:tôi|tao|nó|mình)"
)


def digest(found: Found) -> Verdict:
    """A digest after a name is a stolen login only where the name is nobody's algorithm or file."""
    line = _line(found.view.text, found.start, found.end)
    name = found.view.text[max(found.start - 44, 0) : found.start].strip(" :;|").rpartition("\n")[2].rpartition(" ")[2]
    if re.search(
        r"(?i)sha|md5|crc|hash|commit|digest|etag|integrity|blake|tx|id\b|uuid|key|token|secret|ref|rev|build|image|layer|sum|color|colour|addr|guid|checksum",
        name,
    ):
        return False
    return 0.8 if len(set(found.text)) >= 8 and "://" not in line else False
