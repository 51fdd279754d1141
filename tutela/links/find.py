"""Where does a text hold links, as people write them? With or without a scheme, made harmless, spaced, spelled out."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Literal

import re2
from msgspec import Struct

from tutela.links import domains
from tutela.links.address import Address, parse

Form = Literal["scheme", "bare", "defanged", "spelled", "script", "data", "deep"]
# Code points read of one text, and links told of it. What stands beyond is not looked at.
MOST_TEXT = 200_000
MOST_FOUND = 200


class Found(Struct, frozen=True, kw_only=True):
    """A link in a text: code points `start` to `end`, half-open, and the address with its disguise undone.

    `form` tells how it was written: `defanged` (`hxxp`, `[.]`) is how people make a link harmless, `spelled` (` dot `,
    spaced) is how others get one past a filter. `sure` is False for words with a dot between them that only happen to
    end like a domain (`done.so`): they count when they look like a known name, and not otherwise.
    """

    start: int
    end: int
    form: Form
    address: Address
    sure: bool = True


# Letters, digits and marks in wide ranges: the exact Unicode classes, repeated, make programs RE2 has to give up on.
_WIDE = (
    r"\x{AA}\x{B5}\x{BA}\x{C0}-\x{1FFF}\x{2100}-\x{218F}\x{2460}-\x{24FF}\x{2C00}-\x{2DFF}"
    r"\x{3005}-\x{3007}\x{3031}-\x{FDFF}\x{FE70}-\x{FEFE}\x{10000}-\x{1FFFF}"
)


def _linear(pattern: str) -> re.Pattern[str]:
    options = re2.Options()
    options.max_mem = 64 << 20
    options.log_errors = False
    compiled: re.Pattern[str] = re2.compile(pattern, options)
    return compiled


_L = rf"[0-9A-Za-z_\-{_WIDE}]"
_BRACKET = r"\s?[\[\(\{<]\s?(?:\.|dot|d0t|punkt|punto|ponto|point|nokta|点|точка|ponto)\s?[\]\)\}>]\s?"
_WORD = r"\s(?:dot|punkt|punto|ponto|point|nokta|точка)\s"
_REST = rf"(?:{_BRACKET}|[^\s<>\"`^{{}}|\\«»“”„「」『』【】、。，；])"
# takes https://a.example/x, hxxps[:]//a[.]example, h**p://a.example; must not take http: or ratio 3:2
_SCHEMED = _linear(
    rf"(?i)(?:h(?:tt|xx|\*\*|__|ee|x+)ps?|s?ftps?|fxps?|wss?)\s?(?:\[:\]|\(:\)|:)\s?(?:[/\\]|\[/\]){{2,4}}{_REST}{{3,}}"
)
# takes murmura-help.top/login, bücher.example/x, a@b.example/x, pay[.]example, pay dot com; must not take 3.14 or e.g.
_BARE = _linear(rf"(?i)(?:[0-9A-Za-z._%+\-]+@)?{_L}+(?:(?:[.]|{_BRACKET}){_L}+)+(?::\d{{2,5}})?(?:[/?#]{_REST}*)?")
_SPELLED = _linear(rf"(?i){_L}{{2,}}(?:{_WORD}{_L}{{2,}}){{1,4}}(?:\s?(?:/|\sslash\s)\s?{_L}+)?")
_SPACED = _linear(
    rf"(?i){_L}{{3,}}(?:\s[.]\s?|\s?[.]\s)(?:com|net|org|xyz|top|info|online|site|app|icu|club|shop|live|vip|support|help)(?:\s?/\s?{_L}+|\b)"
)
_LETTERS = _linear(
    r"(?i)(?:[0-9A-Za-z\-]\s){4,60}[.]\s(?:c\s?o\s?m|n\s?e\s?t|o\s?r\s?g|t\s?o\s?p|x\s?y\s?z|a\s?p\s?p|i\s?o)\b"
)
_SCRIPT = _linear(r"(?i)(?:javascript|vbscript|livescript|ms-msdt|search-ms|ms-officecmd):[^\s\"`<>]{3,}")
_DATA = _linear(
    r"(?i)data:(?:text/(?:html|xml|javascript)|application/[a-z0-9.+\-]{2,60}|image/svg\+xml)[;,][^\s\"<>]+"
)
_DEEP = _linear(rf"(?i)\b[a-z][a-z0-9.+\-]{{1,30}}://{_REST}+")
_TRAILING = ".,;:!?'\"*_~)]}>…’”»"
_OPENERS = {")": "(", "]": "[", "}": "{", ">": "<"}
_DEFANGED = re.compile(
    r"(?i)^h(?:xx|\*\*|__|ee|x+)ps?|^fxp|[\[({<]\s?(?:\.|:|/|dot|d0t|punkt|punto|ponto|point|nokta|点|точка)\s?[\])}>]"
)
_BRACKETS = re.compile(_BRACKET, re.I)
# Endings that are ordinary words, names of files or abbreviations far more often than a site named in passing.
_PLAIN_ENDINGS = frozenset((
    "com", "net", "org", "info", "biz", "io", "app", "dev", "xyz", "top", "icu", "club", "shop", "online", "site", "website", "store", "tech",
    "space", "click", "link", "live", "vip", "cc", "ru", "cn", "tk", "ml", "ga", "cf", "gq", "ly", "co", "tv", "gg", "gl", "uk", "de", "fr", "eu", "edu", "gov",
    "buzz", "cyou", "cfd", "sbs", "rest", "bond", "monster", "quest", "page", "lol", "support", "help", "example", "test", "onion",
))  # fmt: skip
_FILES = frozenset((
    "py", "md", "rs", "sh", "zip", "mov", "pl", "ps", "so", "ai", "js", "ts", "java", "txt", "pdf", "jpg", "png", "gif", "mp", "doc", "docx", "xls", "xlsx",
    "exe", "apk", "bat", "json", "html", "css", "php", "c", "h", "cpp", "go", "log", "cfg", "ini", "yml", "toml", "csv", "mp3", "mp4", "svg", "webp", "ipa", "dmg",
))  # fmt: skip
_FOLDED = {
    0x3002: ".",
    0xFF0E: ".",
    0xFF61: ".",
    0xFF0F: "/",
    0xFF1A: ":",
    0xFF20: "@",
    0xFF0D: "-",
    0xA0: " ",
    0x2044: "/",
    0x2215: "/",
    0xFE55: ":",
    0x2024: ".",
}
_FOLDED |= {code: chr(code - 0xFEE0) for code in range(0xFF10, 0xFF5B)}
# Halves of surrogate pairs, which JSON may hold and UTF-8 may not.
_HALVES = re.compile("[\ud800-\udfff]")
_UNSEEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff\u180e\u034f]")


def find(text: str) -> tuple[Found, ...]:
    """Links in reading order, none overlapping. Reads 200,000 code points and tells at most 200 links."""
    text = text[:MOST_TEXT]
    plain, back = _prepared(text)
    found: list[Found] = []
    taken: list[tuple[int, int]] = []
    for pattern, form in _patterns(plain):
        for match in pattern.finditer(plain):
            if len(found) >= MOST_FOUND:
                break
            start, end = match.start(), match.end()
            if any(start < other_end and end > other_start for other_start, other_end in taken):
                continue
            here = _read(plain, start, end, form)
            if here is not None:
                taken.append((here.start, here.end))
                found.append(here)
    found.sort(key=lambda link: link.start)
    if back is None:
        return tuple(found)
    return tuple(
        Found(start=back[link.start], end=back[link.end - 1] + 1, form=link.form, address=link.address, sure=link.sure)
        for link in found
    )


def _prepared(text: str) -> tuple[str, list[int] | None]:
    """The text with wide signs made narrow and unseen ones left out, and the way back where lengths differ."""
    if text.isascii():
        return text, None
    folded = _HALVES.sub("\ufffd", text.translate(_FOLDED))
    if not _UNSEEN.search(folded):
        return folded, None
    kept = [index for index, char in enumerate(folded) if not _UNSEEN.match(char)]
    return "".join(folded[index] for index in kept), kept


def _patterns(text: str) -> list[tuple[re.Pattern[str], Form]]:
    """The patterns that can match at all; each names a sign that every match holds."""
    low = text.lower()
    chosen: list[tuple[re.Pattern[str], Form]] = []
    if "script:" in low or "ms-" in low:
        chosen.append((_SCRIPT, "script"))
    if "data:" in low:
        chosen.append((_DATA, "data"))
    if "//" in low or "\\\\" in low or "[/]" in low or "/ /" in low:
        chosen.append((_SCHEMED, "scheme"))
        chosen.append((_DEEP, "deep"))
    if "." in low or "[" in low or "(" in low or "{" in low:
        chosen.append((_BARE, "bare"))
    if "." in low and " " in low:
        chosen.extend(((_SPACED, "spelled"), (_LETTERS, "spelled")))
    if any(f" {word} " in low for word in ("dot", "punkt", "punto", "ponto", "point", "nokta", "точка")):
        chosen.append((_SPELLED, "spelled"))
    return chosen


def _read(text: str, start: int, end: int, form: Form) -> Found | None:
    end = _trimmed(text, start, end)
    written = text[start:end]
    if form in ("script", "data"):
        return _code_link(written, start, end, form)
    if form == "deep":
        address = parse(written)
        if address is None or address.scheme in ("http", "https"):
            return None
        return Found(start=start, end=end, form="deep", address=address)
    if form == "spelled":
        return _spelled(written, start, end)
    defanged = _DEFANGED.search(written[:300]) is not None
    if defanged:
        clear = _BRACKETS.sub(".", written).replace("[:]", ":").replace("(:)", ":").replace("[/]", "/")
        clear = re.sub(r"(?i)^h(?:xx|\*\*|__|ee|x+)p", "http", clear)
        clear = re.sub(r"(?i)^fxp", "ftp", clear)
    else:
        clear = written
    if form == "bare":
        return _bare(text, written, clear, start, end, defanged)
    clear = re.sub(r"\s", "", clear)
    address = parse(clear)
    if address is None or not address.site:
        return None
    if address.parts is not None and (cut := _script_change(address.host)) is not None:
        # Scripts that write no spaces: the sentence goes on right behind the ending.
        at = written.lower().find(cut)
        if at >= 0:
            end = start + at + len(cut)
            address = parse(clear[: clear.lower().find(cut) + len(cut)])
            if address is None:
                return None
    return Found(start=start, end=end, form="defanged" if defanged else "scheme", address=address)


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start + 1 and text[end - 1] in _TRAILING:
        last = text[end - 1]
        opener = _OPENERS.get(last)
        if opener and text.count(opener, start, end) >= text.count(last, start, end):
            break
        if last in "_~*" and text[start - 1 : start] != last:
            break
        end -= 1
    return end


def _code_link(written: str, start: int, end: int, form: Form) -> Found | None:
    scheme, _, body = written.partition(":")
    if form == "script" and not re.search(r"[(=.;%]", body):
        return None
    if re.fullmatch(r"(?i)void\(0\);?|;|history\.\w+\([^)]{0,9}\);?|window\.(?:print|close)\(\);?", body):
        return None
    return Found(start=start, end=end, form=form, address=Address(scheme=scheme.lower(), path=body[:4000]))


def _bare(text: str, written: str, clear: str, start: int, end: int, defanged: bool) -> Found | None:
    before = text[start - 1 : start]
    if before and before in "@/=\\&" and not (before == "/" and text[start - 2 : start - 1] in ("", " ")):
        return None
    if before == "." or text[end : end + 1] == "@":
        return None
    if not defanged and " " in clear:
        return None
    clear = clear.replace(" ", "")
    head, at, rest = clear.partition("@")
    if at and "/" not in head:
        # name@host is mail; with a path behind it, it is a host with user-info in front.
        if "/" not in rest and ":" not in rest:
            return None
        if "." not in head:
            return None
    host_end = min((place for place in (rest.find(sign) for sign in "/?#:") if place > 0) if at else
                   (place for place in (clear.find(sign) for sign in "/?#:") if place > 0), default=len(rest if at else clear))  # fmt: skip
    host = (rest if at else clear)[:host_end]
    has_path = len(clear) > host_end + (len(head) + 1 if at else 0) + 1
    if (cut := _script_change(host.lower())) is not None:
        tail = len(host) - len(cut)
        host, has_path = host[: len(cut)], False
        end -= tail + len(clear) - host_end - (len(head) + 1 if at else 0)
        clear = (f"{head}@" if at else "") + host
    skip = 0 if at else _script_start(host)
    host = host[skip:]
    address = parse(clear[skip:])
    if address is None:
        return None
    if address.ip:
        plain_ip = address.ip.count(".") == 3 and not address.odd_ip
        if not has_path or not plain_ip or not clear.replace(".", "").split("/")[0].split(":")[0].isdigit():
            return None
        return Found(start=start + skip, end=end, form="defanged" if defanged else "bare", address=address)
    parts = address.parts
    if parts is None or not parts.label or not any(char.isalpha() for char in parts.label + parts.suffix):
        return None
    ending = parts.suffix.rpartition(".")[2]
    if not parts.known_suffix and ending not in ("example", "test", "onion", "invalid"):
        return None
    sure = has_path or defanged or bool(at) or host.lower().startswith("www.")
    if not sure:
        sure = _looks_meant(host, parts.label, ending)
    elif ending in _FILES and not defanged and not parts.sub and not has_path:
        sure = False
    return Found(start=start + skip, end=end, form="defanged" if defanged else "bare", address=address, sure=sure)


def _looks_meant(host: str, label: str, ending: str) -> bool:
    if ending in _FILES or not all(host.lower().split(".")):
        return False
    # "thanks.Love": a sentence that lacks its space.
    if host[host.rfind(".") + 1].isupper() and not host.isupper():
        return False
    odd = "-" in label.strip("-_") or (any(map(str.isdigit, label)) and any(map(str.isalpha, label)))
    return (
        odd
        or (ending in _PLAIN_ENDINGS and len(label) > 1)
        or ending.startswith("xn--")
        or host.count(".") >= 2 + ("." in ending)
    )


# Endings that a spelled-out dot is believed for: "point" and "dot" stand in many ordinary sentences.
_SPELLED_ENDINGS = frozenset((
    "com", "net", "org", "info", "io", "app", "dev", "xyz", "icu", "club", "shop", "online", "site", "vip", "cc", "ru", "cn", "tk", "co", "me", "de", "fr", "es", "br", "it",
))  # fmt: skip


def _spelled(written: str, start: int, end: int) -> Found | None:
    by_word = re.search(_WORD, written, flags=re.I) is not None
    clear = re.sub(_WORD, ".", written, flags=re.I)
    clear = re.sub(r"(?i)\sslash\s|\s?/\s?", "/", clear)
    clear = re.sub(r"\s", "", clear)
    address = parse(clear)
    if address is None or address.parts is None or not address.parts.label or not address.parts.known_suffix:
        return None
    ending = address.parts.suffix.rpartition(".")[2]
    if ending not in _PLAIN_ENDINGS or (by_word and ending not in _SPELLED_ENDINGS and "/" not in clear):
        return None
    # "yes. Top quality": a full stop with a space counts only with a path, or when a known name stands before it.
    sure = by_word or "/" in clear or written.count(" ") > 3
    return Found(start=start, end=end, form="spelled", address=address, sure=sure)


@lru_cache(maxsize=4096)
def _wide(char: str) -> bool:
    name = unicodedata.name(char, "")
    return name.startswith(("CJK", "HIRAGANA", "KATAKANA", "HANGUL", "THAI", "LAO", "KHMER", "MYANMAR"))


def _script_start(host: str) -> int:
    """Where an ASCII host begins behind a sentence that is written without spaces."""
    if host.isascii() or not host.rpartition(".")[2].isascii():
        return 0
    last = max((index for index, char in enumerate(host) if not char.isascii() and _wide(char)), default=-1)
    return last + 1 if 0 <= last < host.find(".") else 0


def _script_change(host: str) -> str | None:
    """The host without the sentence that goes on right behind its ending: `murmura.com` of `murmura.comを見て`."""
    if host.isascii():
        return None
    head, dot, ending = host.rpartition(".")
    index = next((place for place, char in enumerate(ending) if _wide(char)), 0)
    if not dot or not index or not ending[:index].isascii():
        return None
    return f"{head}.{ending[:index]}" if domains.is_suffix(ending[:index]) else None
