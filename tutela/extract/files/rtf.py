"""Rich text: objects it carries, links it fetches, and its text.

Control words: Rich Text Format specification 1.9.1. Object data: MS-OLEDS 2.2. Attackers break words with spaces,
other control words and nested groups inside the hex; hex is therefore gathered loosely.
"""

from __future__ import annotations

import re

from tutela.extract.files.compound import judge_fields, package_of
from tutela.extract.files.walk import Content, Piece, Walk

_MOST_TEXT = 8 << 20
_OBJECT = re.compile(rb"\\objdata\b")
_NOT_HEX = re.compile(rb"\\[a-z]{1,32}-?\d{0,10} ?|\\'[0-9a-fA-F]{2}|\\[^a-z]|[^0-9a-fA-F{}]")
_SKIP = frozenset(
    b"fonttbl colortbl stylesheet info pict objdata themedata datastore latentstyles listtable listoverridetable generator "
    b"rsidtbl xmlnstbl blipuid mmathPr colorschememapping filetbl revtbl".split()
)
_TOKEN = re.compile(rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-z])|([{}])|([^\\{}\r\n]+)")


def read_rtf(content: Content, walk: Walk) -> None:
    """Objects first, text last."""
    data = content.data
    for number, match in enumerate(_OBJECT.finditer(data), 1):
        if number > 50:
            walk.trouble("a rich text document with more than 50 objects", at=content)
            break
        blob = _hex_after(data, match.end())
        _read_object(content, walk, blob, data[max(0, match.start() - 400) : match.start()])
    low = data[:_MOST_TEXT].lower()
    template = re.search(rb"\\\*\\template\s+([^}]{4,300})", low)
    if template and re.search(rb"https?:|\\\\\\\\|file:", template.group(1)):
        walk.signal("file.template_injection", 0.93, "the document fetches its template from elsewhere", at=content)
    _read_text(content, walk)


def _hex_after(data: bytes, at: int) -> bytes:
    depth, end = 0, at
    limit = min(len(data), at + (48 << 20))
    while end < limit:
        up, down = data.find(b"{", end, limit), data.find(b"}", end, limit)
        if down < 0:
            end = limit
            break
        if 0 <= up < down:
            depth, end = depth + 1, up + 1
            continue
        if depth == 0:
            end = down
            break
        depth, end = depth - 1, down + 1
    digits = _NOT_HEX.sub(b"", data[at:end]).translate(None, b"{}")
    return bytes.fromhex(digits[: len(digits) // 2 * 2].decode("ascii"))


def _read_object(content: Content, walk: Walk, blob: bytes, before: bytes) -> None:
    low = before.lower()
    name = blob[12:64].split(b"\0", 1)[0].lower() if len(blob) > 16 else b""
    if b"equation" in name or b"\x02\xce\x02\0\0\0\0\0\xc0\0\0\0\0\0\0\x46" in blob:
        walk.signal("file.exploit", 0.8, "an object of the old equation editor, which attacks abuse", at=content)
    if b"\\objautlink" in low or (
        b"\\objupdate" in low and (b"htmlfile" in name or b"h\0t\0t\0p" in blob or b"http" in blob.lower())
    ):
        walk.signal(
            "file.template_injection",
            0.9,
            "an object that is fetched from elsewhere when the document is opened",
            at=content,
        )
    if b"package" in name:
        at = blob.lower().find(b"package\0")
        body = blob[at + 8 :]
        inner, data = package_of(_packager(body))
        walk.child(content, inner, data)
        return
    for mark in (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK\x03\x04", b"MZ\x90\0", b"%PDF-"):
        at = blob.find(mark)
        if at >= 0:
            walk.child(content, "object", blob[at:])
            return


def _packager(body: bytes) -> bytes:
    """Skips topic and item names and the size before a Packager stream that has no size field of its own."""
    rest = body
    if rest[:8] == b"\0" * 8:
        rest = rest[8:]
    size = int.from_bytes(rest[:4], "little")
    stream = rest[4 : 4 + size] if 16 < size <= len(rest) else rest[4:]
    # package_of() expects the four-byte size of an Ole10Native stream before the stream's own two-byte mark.
    return len(stream).to_bytes(4, "little") + stream


def _read_text(content: Content, walk: Walk) -> None:
    stack: list[bool] = []
    skip = False
    out: list[str] = []
    fields: list[str] = []
    in_field = False
    field: list[str] = []
    pending = skip_chars = 0
    group_start = False
    for match in _TOKEN.finditer(content.data[:_MOST_TEXT]):
        word, number, hexed, symbol, brace, plain = match.groups()
        if brace == b"{":
            stack.append(skip)
            group_start = True
            continue
        if brace == b"}":
            if in_field and field:
                fields.append("".join(field))
                in_field, field = False, []
            skip = stack.pop() if stack else False
            continue
        if word is not None:
            if word in _SKIP:
                skip = True
            elif word == b"fldinst":
                in_field, field, skip = True, [], False
            elif word == b"bin" and number:
                pending = int(number)
            elif word in (b"par", b"line", b"row") and not skip:
                out.append("\n")
            elif word in (b"tab", b"cell") and not skip:
                out.append("\t")
            elif word == b"u" and number and not skip:
                code = int(number) % 65_536
                (field if in_field else out).append(chr(code) if not 0xD800 <= code < 0xE000 else "\ufffd")
                skip_chars = 1
            group_start = False
            continue
        if symbol == b"*" and group_start:
            skip = True
            continue
        group_start = False
        if skip and not in_field:
            continue
        text = (
            bytes([int(hexed, 16)]).decode("cp1252", "replace")
            if hexed
            else symbol.decode("latin-1")
            if symbol
            else (plain or b"").decode("cp1252", "replace")
        )
        if skip_chars and text:
            text, skip_chars = text[1:], 0
        if pending:
            text, pending = "", 0
        (field if in_field else out).append(text)
    judge_fields(content, walk, fields)
    if len(content.data) > _MOST_TEXT:
        walk.trouble("a rich text document longer than 8 MiB was read in part", at=content)
    lines = "".join(out).split("\n")
    walk.text(content, (Piece(line, f"paragraph {n}") for n, line in enumerate(lines, 1) if line.strip()))
