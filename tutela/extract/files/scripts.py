"""Which language a script is in, and what it says once its usual disguises are undone.

Disguises are undone as text only: nothing is ever run. Every step is linear in the script's length.
"""

from __future__ import annotations

import base64
import binascii
import re
import urllib.parse
import zlib

_MOST_VIEW_CHARS = 3_000_000
_ROUNDS = 4

# Letters of base64 and hex stay, everything else becomes a blank: splitting at blanks is faster than any expression.
_LETTERS = bytes(c if (chr(c).isalnum() and c < 128) or c in b"+/=" else 32 for c in range(256))
_LEAST_BASE64, _LEAST_HEX = 32, 48
_HEX = re.compile(rb"(?:[0-9A-Fa-f]{2})+")
_PIECE = r"""(?:"([^"\n]{0,2000})"|'([^'\n]{0,2000})')"""
# takes: 'po'+'wer'   not: a + b
_PLUS = re.compile(r"""(["'])[ \t]*\+[ \t]*(?:_\s*\n[ \t]*)?\1""")
# takes: "po" & "wer" of Visual Basic, across its line continuation
_AMP = re.compile(r'"[ \t]*[&+][ \t]*(?:_[ \t]*\r?\n[ \t]*)?"')
_CHR = re.compile(r"(?i)\bChr[WB]?\$?\(\s*(?:&H([0-9A-F]{1,4})|(\d{1,5}))\s*&?\)")
_CHAR_PS = re.compile(r"(?i)\[char\]\s*\(?\s*(0x[0-9a-f]{1,4}|\d{1,5})\s*\)?")
_FROM_CODES = re.compile(r"(?i)(?:String\.)?fromCharCode\(([\d\s,xa-f]{3,20000})\)")
_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})|\\u([0-9A-Fa-f]{4})")
_PERCENT = re.compile(r"(?:%[0-9A-Fa-f]{2}){6,}")
_REVERSED = re.compile(r'(?i)StrReverse\(\s*"([^"\n]{4,4000})"\s*\)')
_ENCODED = re.compile(r"(?i)[-/]e(?:n?c?o?d?e?d?c?o?m?m?a?n?d?|c)[ \t]+['\"]?([A-Za-z0-9+/=]{20,200000})")
_SET_VAR = re.compile(r"(?im)^\s*@?set\s+\"?([A-Za-z_]\w{0,30})=([^\"\r\n]{0,200})")
_USE_VAR = re.compile(r"%([A-Za-z_]\w{0,30})%")
_SHELL_VAR = re.compile(
    r"(?m)^\s*(?:export\s+|readonly\s+)?([A-Za-z_]\w{0,30})=[\"']?([^\s\"'$`;]{1,300})[\"']?\s*(?:;|$)"
)
_SHELL_USE = re.compile(r"\$\{?([A-Za-z_]\w{0,30})\}?")
_PS_VAR = re.compile(r"""(?m)^\s*\$([A-Za-z_]\w{0,30})\s*=\s*(?:"([^"\n$]{1,500})"|'([^'\n]{1,500})')\s*;?""")
_FORMAT_PS = re.compile(r"""["']((?:\{\d\}){2,20})["']\s*-f\s*((?:["'][^"'\n]{0,80}["']\s*,?\s*){2,20})""")


def language_of(text: str) -> str:
    """The script language of a text that no ending or first line names, "" for prose and data.

    Asks for marks that prose does not have; a recipe that quotes one command stays prose.
    """
    head = text[:8_192]
    if not looks_like_code(head):
        return ""
    low = head.lower().lstrip()
    lines = [line.strip() for line in low.splitlines() if line.strip()]
    if not lines:
        return ""
    if low.startswith("@echo off") or lines[0].startswith(("@echo off", "@setlocal", "setlocal enable", ":: batch")):
        return "batch"
    scores = {
        "powershell": len(_POWERSHELL.findall(low)),
        "vbs": len(_VBS.findall(low)),
        "python": len(_PYTHON.findall(low)),
        "javascript": len(_JAVASCRIPT.findall(low)),
        "batch": len(_BATCH.findall(low)),
        "shell": len(_SHELL.findall(low)),
        "source": len(_SOURCE.findall(low)),
        "smali": len(_SMALI.findall(low)),
    }
    best = max(scores, key=lambda kind: scores[kind])
    needed = 2 if len(lines) <= 12 else max(3, len(lines) // 12)
    if scores[best] < needed:
        return ""
    prose = sum(1 for line in lines if _PROSE.match(line))
    return "" if prose * 2 > len(lines) else best


def looks_like_code(head: str) -> bool:
    """False for prose and settings: code has its signs, more than three in a hundred characters."""
    if head.lstrip().startswith((".TH ", '.\\"', "'\\\"", '.\\" ')):
        return False  # a manual page, whose every other word is marked
    signs = sum(head.count(sign) for sign in "(){}=;$%@|<>\\&")
    return signs * 33 > len(head)


_PROSE = re.compile(r"^[a-zà-ÿ'’\-,;: ]{25,}[.!?:]$|^[\w'’,\- ]{40,}[.!?]?$")
_POWERSHELL = re.compile(
    r"(?m)^\s*\$\w+\s*=|\b(?:get|set|new|start|stop|invoke|write|out|add|remove|import|export|copy|test)-[a-z]{3,20}\b|"
    r"\[(?:system\.)?(?:net|convert|text|io|reflection|char|byte)[\w.\[\]]*\]|\bparam\s*\(|-(?:eq|ne|match|like)\s"
)
_VBS = re.compile(
    r"(?m)^\s*(?:dim\s+\w+|set\s+\w+\s*=\s*(?:createobject|getobject|\w+\.)|end (?:sub|function|if)|on error resume next|"
    r"(?:private |public )?sub \w+\s*\(|option explicit|attribute vb_name)|\bcreateobject\(|\bwscript\."
)
_PYTHON = re.compile(
    r"(?m)^\s*(?:import [\w., ]+$|from [\w.]+ import |def \w+\(.*\)\s*(?:->.*)?:|class \w+.*:$|if __name__|try:$|"
    r"except.*:$|with open\(|for \w+ in .+:$|print\()"
)
_JAVASCRIPT = re.compile(
    r"(?m)^\s*(?:var|let|const)\s+[\w${]|\bfunction\s*\w*\(|=>\s*[{(]|require\(['\"]|\bdocument\.|new activexobject|"
    r"\bconsole\.log\(|module\.exports|\bwscript\.|\bwindow\.|^\s*\}\s*[,;)]"
)
_BATCH = re.compile(
    r"(?m)^\s*(?:@?echo (?:off|on)|@?rem\s|set \w+=|if (?:not )?exist |goto :?\w+|:\w+$|start \"|del /|rd /s|rmdir /s|"
    r"copy /|xcopy |taskkill |schtasks |reg add|reg delete|attrib |net (?:user|stop)|call :|for /f|powershell|certutil|bitsadmin)|%\w+%"
)
_SHELL = re.compile(
    r"(?m)^\s*(?:sudo |apt(?:-get)? |curl -|wget |chmod \+?\w+ |rm -\w+ |cd [/~$]|export \w+=|if \[|fi$|done$|esac$|echo |"
    r"mkdir -|tar -?x|for \w+ in |while (?:true|:|read)|function \w+|\w+\(\)\s*\{)|\$\(|\$\{\w+|\|\s*(?:ba|z)?sh\b|&& "
)
_SOURCE = re.compile(
    r"(?m)^\s*(?:#include [<\"]|#define |public (?:class|static|final|void|enum|interface)|private (?:static|final|void|\w+ \w+[;(=])|"
    r"package [\w.]+;?$|import [\w.*]+;$|using [\w.]+;$|namespace \w+|func \w+\(|fn \w+\(|impl |pub (?:fn|struct|mod)|"
    r"(?:int|void|char|static|struct|unsigned) \w+.*[;{(]|fun \w+\(|@override|typedef )"
)
_SMALI = re.compile(
    r"(?m)^\s*(?:\.class |\.super l|\.method |\.end method|\.locals \d|\.registers|invoke-\w+ \{|const(?:/\d+|-string)? [vp]\d|"
    r"move-result|return-void|iget-|iput-|sget-|sput-)"
)


def undisguised(text: str, kind: str) -> str:
    """The script followed by everything its disguises spell out: joined strings, character codes, encoded commands.

    Rules see the original too, so that a mark of disguise itself is never lost.
    """
    views = [text]
    current = text
    for _ in range(_ROUNDS):
        unfolded = _unfold(current, kind)
        hidden = "\n".join(_decoded(unfolded))
        if unfolded == current and not hidden:
            break
        if unfolded != current:
            views.append(unfolded)
        if hidden:
            views.append(hidden)
        current = hidden
        if not current or sum(map(len, views)) > _MOST_VIEW_CHARS:
            break
    return "\n".join(views)[:_MOST_VIEW_CHARS]


def _long_words(text: str) -> list[bytes]:
    words = text.encode("ascii", "replace").translate(_LETTERS).split()
    return [word for word in words if len(word) >= _LEAST_BASE64]


def hidden_bytes(text: str) -> list[bytes]:
    """Files written into the script as base64 or hex: programs, archives and disk images only, at most eight."""
    found: list[bytes] = []
    for word in _long_words(text):
        if word[:4].lower() in (b"4d5a", b"7f45", b"504b") and _HEX.fullmatch(word):
            data = bytes.fromhex(word.decode())
        else:
            data = _from_base64(word)
        if _carries_file(data):
            found.append(data)
        if len(found) == 8:
            break
    return found


def _carries_file(data: bytes) -> bool:
    if data[:2] == b"MZ" and len(data) > 64:
        at = int.from_bytes(data[60:64], "little")
        return data[at : at + 4] == b"PE\0\0"
    return data[:4] in (b"\x7fELF", b"PK\x03\x04", b"Rar!") and len(data) > 64


def _unfold(text: str, kind: str) -> str:
    if kind in ("batch", "command"):
        text = re.sub(r"\^(?=\S)", "", text)
        values = {name.lower(): value for name, value in _SET_VAR.findall(text)}
        if values:
            text = _USE_VAR.sub(lambda m: values.get(m.group(1).lower(), m.group()), text)
    if kind == "powershell" or (kind in ("batch", "command", "vba", "vbs", "lnk") and "powershell" in text.lower()):
        text = re.sub(r"`(?=[A-Za-z])", "", text)
        text = _CHAR_PS.sub(lambda m: f"'{_char(int(m.group(1), 0))}'", text)
        text = _FORMAT_PS.sub(_formatted, text)
        values = {m[0].lower(): m[1] or m[2] for m in _PS_VAR.findall(text)}
        if values:
            text = re.sub(
                r"\$([A-Za-z_]\w{0,30})(?!\w|\s*=)", lambda m: values.get(m.group(1).lower(), m.group()), text
            )
    if kind == "shell":
        values = dict(_SHELL_VAR.findall(text))
        if values:
            text = _SHELL_USE.sub(lambda m: values.get(m.group(1), m.group()), text)
    if kind in ("vbs", "vba", "hta", "wsf"):
        text = _CHR.sub(lambda m: f'"{_char(int(m.group(1), 16) if m.group(1) else int(m.group(2)))}"', text)
        text = _REVERSED.sub(lambda m: f'"{m.group(1)[::-1]}"', text)
        text = _AMP.sub("", text)
    if kind in ("javascript", "html", "svg", "hta", "wsf", "pdf", "php"):
        text = _FROM_CODES.sub(_from_codes, text)
    if "\\x" in text or "\\u" in text:
        text = _ESCAPE.sub(lambda m: _char(int(m.group(1) or m.group(2), 16)), text)
    if "%" in text and kind in ("javascript", "html", "svg", "hta", "wsf"):
        text = _PERCENT.sub(lambda m: urllib.parse.unquote(m.group(), errors="replace"), text)
    return _PLUS.sub("", text)


def _char(code: int) -> str:
    return chr(code) if 9 <= code < 0xD800 else " "


def _from_codes(match: re.Match[str]) -> str:
    codes = [piece.strip() for piece in match.group(1).split(",")]
    try:
        return '"' + "".join(_char(int(code, 0)) for code in codes if code) + '"'
    except ValueError:
        return match.group()


def _formatted(match: re.Match[str]) -> str:
    pieces = re.findall(r"""["']([^"'\n]{0,80})["']""", match.group(2))
    order = [int(number) for number in re.findall(r"\{(\d)\}", match.group(1))]
    return "'" + "".join(pieces[n] for n in order if n < len(pieces)) + "'"


def _decoded(text: str) -> list[str]:
    found: list[str] = []
    for match in _ENCODED.finditer(text):
        data = _from_base64(match.group(1))
        if data:
            found.append(data.decode("utf-16-le", "ignore") if data[1:2] == b"\0" else data.decode("utf-8", "ignore"))
    for word in _long_words(text):
        data = bytes.fromhex(word.decode()) if len(word) >= _LEAST_HEX and _HEX.fullmatch(word) else _from_base64(word)
        if data[:2] in (b"\x78\x9c", b"\x78\xda", b"\x1f\x8b"):
            data = _inflated(data)
        as_text = _readable(data)
        if as_text:
            found.append(as_text)
        if len(found) >= 60:
            break
    return found


def _from_base64(word: str | bytes) -> bytes:
    try:
        return base64.b64decode(word[: len(word) // 4 * 4])
    except (binascii.Error, ValueError):
        return b""


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj(47).decompress(data, 1 << 20)
    except zlib.error:
        return b""


def _readable(data: bytes) -> str:
    if len(data) < 6:
        return ""
    if data[1::2].count(0) > len(data) * 0.4:
        return data.decode("utf-16-le", "ignore")
    odd = len(data.translate(None, b"\t\n\r" + bytes(range(32, 127))))
    return data.decode("latin-1") if odd * 20 <= len(data) else ""
