"""Old Office files, messages and installers: compound files (MS-CFB) with their macros, objects and texts."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator
from typing import Any

from tutela.extract.files.kinds import identify
from tutela.extract.files.vba import judge_macros, source_of
from tutela.extract.files.walk import Content, Piece, Walk

_MOST_STREAMS = 2_000
_MOST_STREAM = 64 << 20
_XLM_DEEDS = {
    110: "starts a program",
    150: "calls the system",
    149: "loads a library",
    132: "opens a file",
    137: "writes a file",
}


def read_compound(content: Content, walk: Walk) -> None:
    """Everything inside a compound file. Damage is a trouble; what could be read of it is still judged."""
    try:
        import olefile
    except ImportError:
        walk.trouble('old Office files need the part `pip install "tutela[files]"`', at=content, code="T209")
        return
    try:
        with olefile.OleFileIO(content.data) as file:
            _read(content, walk, file)
    except (OSError, ValueError, IndexError, struct.error, TypeError, AttributeError, RecursionError, OverflowError):
        sources = _loose_sources(content.data)
        if sources:
            judge_macros(content, walk, sources)
        walk.trouble("an old Office file is damaged", at=content)


def _loose_sources(data: bytes) -> list[str]:
    found: list[str] = []
    at = data.find(b"\0Attribut")
    while at >= 3 and len(found) < 50:
        source = source_of(data[at - 3 : at + (1 << 20)])
        if source:
            found.append(source)
        at = data.find(b"\0Attribut", at + 8)
    return found


def _read(content: Content, walk: Walk, file: Any) -> None:
    names = ["/".join(path) for path in file.listdir()[:_MOST_STREAMS]]
    lower = {name.lower(): name for name in names}
    if "encryptedpackage" in lower:
        walk.signal("file.encrypted_archive", 0.2, "a document locked with a password", at=content)
        walk.trouble("the document is locked with a password", at=content)
        return
    sources = []
    for name in names:
        walk.budget.check_time()
        short = name.rsplit("/", 1)[-1]
        low = short.lower()
        if file.get_size(name) > _MOST_STREAM:
            walk.trouble("a stream of an old Office file is too large", at=content)
            continue
        if "vba/" in name.lower() and low not in ("dir", "_vba_project", "project") and not low.startswith("__srp_"):
            source = source_of(_bytes(file, name))
            if source:
                sources.append(source)
        elif low == "\x01ole10native":
            _read_package(content, walk, _bytes(file, name))
        elif low == "equation native":
            walk.signal("file.exploit", 0.45, "an object of the old equation editor, which attacks abuse", at=content)
        elif low in ("contents", "package") and "/" in name:
            data = _bytes(file, name)
            if identify(data, "") not in ("unknown", "text", "empty"):
                walk.child(content, short, data, place=name)
    # A directory bent so that the streams read empty still leaves the source in the bytes.
    sources = sources or _loose_sources(content.data)
    if sources:
        judge_macros(content, walk, sources)
    if "__properties_version1.0" in lower:
        _read_message(content, walk, file, names)
    elif "worddocument" in lower:
        _read_word(content, walk, file, lower)
    elif "workbook" in lower or "book" in lower:
        _read_workbook(content, walk, _bytes(file, lower.get("workbook") or lower["book"]))
    elif "powerpoint document" in lower:
        _read_slides(content, walk, _bytes(file, lower["powerpoint document"]))
    elif content.kind == "msi":
        _read_installer(content, walk, file, names)


def _bytes(file: Any, name: str) -> bytes:
    with file.openstream(name) as stream:
        return bytes(stream.read(_MOST_STREAM))


def _read_package(content: Content, walk: Walk, data: bytes) -> None:
    """An embedded file as the Packager wrote it: label, path, data."""
    name, body = package_of(data)
    walk.child(content, name, body)


def package_of(data: bytes) -> tuple[str, bytes]:
    """Name and bytes of a Packager stream; the whole stream where its fields make no sense."""
    try:
        at = 6
        label, at = _zero_ended(data, at)
        path, at = _zero_ended(data, at)
        at += 4
        size = struct.unpack_from("<I", data, at)[0]
        at += 4 + size
        length = struct.unpack_from("<I", data, at)[0]
        body = data[at + 4 : at + 4 + length]
        if body:
            return (label or path.replace("\\", "/").rsplit("/", 1)[-1] or "object"), body
    except (struct.error, ValueError):
        pass
    return "object", data[4:]


def _zero_ended(data: bytes, at: int) -> tuple[str, int]:
    end = data.index(b"\0", at, at + 2_000)
    return data[at:end].decode("cp1252", "replace"), end + 1


def _read_message(content: Content, walk: Walk, file: Any, names: list[str]) -> None:
    """An Outlook message (MS-OXMSG): subject, sender, body, attachments."""
    texts = {"0037": "subject", "0c1a": "sender", "0c1f": "sender's address", "1000": "body"}
    pieces = []
    attachments: dict[str, dict[str, bytes]] = {}
    for name in names:
        low = name.lower()
        match = re.search(r"__substg1\.0_([0-9a-f]{4})([0-9a-f]{4})$", low)
        if not match:
            continue
        folder = low.split("/", 1)[0] if "/" in low else ""
        tag, form = match.groups()
        if folder.startswith("__attach"):
            attachments.setdefault(folder, {})[tag + form] = _bytes(file, name)
        elif not folder and tag in texts and form in ("001f", "001e"):
            pieces.append(Piece(_wide(_bytes(file, name), form), texts[tag]))
        elif not folder and tag == "1013":
            walk.child(content, "body.html", _bytes(file, name))
    walk.text(content, pieces)
    for fields in attachments.values():
        label = fields.get("3707001f") or fields.get("3704001f") or fields.get("3707001e") or b""
        data = fields.get("37010102", b"")
        if data:
            form = "001f" if "3707001f" in fields or "3704001f" in fields else "001e"
            walk.child(content, _wide(label, form) or "attachment", data, from_archive=True)


def _wide(data: bytes, form: str) -> str:
    return data.decode("utf-16-le" if form == "001f" else "cp1252", "replace").rstrip("\0")


def _read_installer(content: Content, walk: Walk, file: Any, names: list[str]) -> None:
    for name in names:
        data = _bytes(file, name)
        if data[:4] == b"MSCF":
            walk.child(content, "cabinet", data)


_FIELD = re.compile(r"\x13([^\x13\x14\x15]{1,2000})[\x14\x15]")


def _read_word(content: Content, walk: Walk, file: Any, lower: dict[str, str]) -> None:
    """Text by the piece table (MS-DOC 2.4.1); fields first, because a field can start a program."""
    main = _bytes(file, lower["worddocument"])
    if len(main) < 0x1AA:
        return
    flags = struct.unpack_from("<H", main, 0x0A)[0]
    if flags & 0x0100:
        walk.trouble("the document is locked with a password", at=content)
        return
    table_name = lower.get("1table" if flags & 0x0200 else "0table")
    table = _bytes(file, table_name) if table_name else b""
    at, size = struct.unpack_from("<II", main, 0x1A2)
    text = "".join(_word_pieces(main, table[at : at + size])) if size else ""
    judge_fields(content, walk, _FIELD.findall(text))
    shown = re.sub(r"[\x00-\x08\x0b\x0e-\x1f]", "", re.sub(r"\x13[^\x13\x14\x15]*\x14?", "", text)).replace(
        "\x07", "\t"
    )
    paragraphs = re.split(r"[\r\x0c]", shown)
    walk.text(content, (Piece(p, f"paragraph {n}") for n, p in enumerate(paragraphs, 1) if p.strip()))


def _word_pieces(main: bytes, clx: bytes) -> Iterator[str]:
    at = 0
    while at < len(clx) and clx[at] == 1:
        at += 3 + struct.unpack_from("<H", clx, at + 1)[0]
    if at + 5 > len(clx) or clx[at] != 2:
        return
    size = struct.unpack_from("<I", clx, at + 1)[0]
    plc = clx[at + 5 : at + 5 + size]
    count = (len(plc) - 4) // 12
    if count <= 0:
        return
    ends = struct.unpack_from(f"<{count + 1}I", plc, 0)
    for n in range(min(count, 100_000)):
        where = struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * n + 2)[0]
        chars = max(0, min(ends[n + 1] - ends[n], len(main)))
        if where & 0x40000000:
            begin = (where & 0x3FFFFFFF) // 2
            yield main[begin : begin + chars].decode("cp1252", "replace")
        else:
            yield main[where : where + 2 * chars].decode("utf-16-le", "replace")


def judge_fields(content: Content, walk: Walk, fields: list[str]) -> None:
    """Fields that start a program or fetch a document when the file is opened."""
    for field in fields:
        words = re.sub(r"[\s\"]+", " ", field).strip()
        low = words.lower()
        if re.match(r"dde(?:auto)?\b", low):
            grave = re.search(r"cmd|powershell|mshta|rundll|regsvr|wscript|cscript|\.exe|http", low) is not None
            walk.signal(
                "file.dde",
                0.96 if grave else 0.6,
                "a field that starts another program when the document is opened",
                at=content,
            )
        elif re.match(r"(?:includetext|includepicture|link|import)\b", low) and re.search(
            r"https?:|\\\\\\\\[\w.]+|mshtml:|ms-\w+:", low
        ):
            walk.signal(
                "file.template_injection",
                0.5,
                "a field that fetches something from elsewhere when the document is opened",
                at=content,
            )


def _read_workbook(content: Content, walk: Walk, data: bytes) -> None:
    """Cells and old macro sheets of a BIFF8 workbook (MS-XLS 2.4)."""
    strings: list[str] = []
    sheets: list[tuple[int, str]] = []
    cells: list[Piece] = []
    sheet = -1
    has_macro_sheet = starts = hidden = False
    deeds: set[str] = set()
    number = 0
    records = list(_records(data))
    for at, kind, body in records:
        if kind == 0x85 and len(body) > 8:
            dt, state = body[5], body[4] & 3
            name = _short_string(body[6:])
            sheets.append((struct.unpack_from("<I", body, 0)[0], name))
            if dt == 1:
                has_macro_sheet, hidden = True, hidden or state > 0
        elif kind == 0x18 and len(body) > 15:
            if (body[0] & 0x20 and body[15:16] in (b"\x01", b"\x02")) or b"auto_open" in body.lower():
                starts = True
        elif kind == 0xFC:
            strings = _shared_strings(body)
        elif kind == 0x2F:
            walk.trouble("the workbook is locked with a password", at=content)
            return
        elif kind == 0x809:
            sheet = next((n for n, (where, _) in enumerate(sheets) if where == at), sheet)
        elif kind in (0x06, 0x0406) and has_macro_sheet and len(body) > 22:
            deeds |= {words for code, words in _XLM_DEEDS.items() if _calls(body[22:], code)}
        elif kind in (0xFD, 0x204, 0x203, 0x27E) and len(body) >= 10 and number < 200_000:
            number += 1
            row, column = struct.unpack_from("<HH", body, 0)
            text = _cell_text(kind, body, strings)
            name = sheets[sheet][1] if 0 <= sheet < len(sheets) else "sheet"
            cells.append(Piece(text, f"{name}!{cell_name(row, column)}", "\t" if column else "\n"))
    if has_macro_sheet:
        confidence = 0.95 if starts and (deeds or hidden) else 0.8 if starts else 0.75 if deeds else 0.4
        told = f": {', '.join(sorted(deeds))}" if deeds else ""
        name = "file.macro_autostart" if starts else "file.macro"
        walk.signal(
            name,
            confidence,
            f"old-style macros on a {'hidden ' if hidden else ''}sheet{told}",
            at=content,
            marks=("xlm",),
        )
    walk.text(content, cells)


def _calls(tokens: bytes, code: int) -> bool:
    wanted = code.to_bytes(2, "little")
    return any(
        (tokens[n] in (0x22, 0x42, 0x62) and tokens[n + 2 : n + 4] == wanted)
        or (tokens[n] in (0x21, 0x41, 0x61) and tokens[n + 1 : n + 3] == wanted)
        for n in range(len(tokens) - 2)
    )


def _records(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    at = 0
    while at + 4 <= len(data):
        kind, size = struct.unpack_from("<HH", data, at)
        begin, body = at, data[at + 4 : at + 4 + size]
        at += 4 + size
        if kind == 0xFC:
            # Long string tables go on in continue records; the joint's option byte is left in, which costs at most one string.
            while data[at : at + 2] == b"\x3c\0" and at + 4 <= len(data):
                more = struct.unpack_from("<H", data, at + 2)[0]
                body += data[at + 4 : at + 4 + more]
                at += 4 + more
        yield begin, kind, body


def _short_string(data: bytes) -> str:
    count, flags = data[0], data[1]
    return (
        data[2 : 2 + 2 * count].decode("utf-16-le", "replace")
        if flags & 1
        else data[2 : 2 + count].decode("cp1252", "replace")
    )


def _shared_strings(body: bytes) -> list[str]:
    found: list[str] = []
    at = 8
    while at + 3 <= len(body):
        count, flags = struct.unpack_from("<HB", body, at)
        at += 3
        runs = extra = 0
        if flags & 8:
            runs = struct.unpack_from("<H", body, at)[0] if at + 2 <= len(body) else 0
            at += 2
        if flags & 4:
            extra = struct.unpack_from("<I", body, at)[0] if at + 4 <= len(body) else 0
            at += 4
        size = 2 * count if flags & 1 else count
        found.append(body[at : at + size].decode("utf-16-le" if flags & 1 else "cp1252", "replace"))
        at += size + 4 * runs + extra
    return found


def _cell_text(kind: int, body: bytes, strings: list[str]) -> str:
    if kind == 0xFD:
        index = struct.unpack_from("<I", body, 6)[0]
        return strings[index] if index < len(strings) else ""
    if kind == 0x203 and len(body) >= 14:
        return plain_number(struct.unpack_from("<d", body, 6)[0])
    if kind == 0x27E:
        raw = struct.unpack_from("<I", body, 6)[0]
        value = (
            float(struct.unpack("<i", struct.pack("<I", raw))[0] >> 2)
            if raw & 2
            else struct.unpack("<d", struct.pack("<Q", (raw & 0xFFFFFFFC) << 32))[0]
        )
        return plain_number(value / 100 if raw & 1 else value)
    return _short_string(body[6:7] + body[8:]) if len(body) > 9 else ""


def plain_number(value: float) -> str:
    """A number as a sheet shows it: no exponent for whole ones."""
    return str(int(value)) if value == value and abs(value) < 1e18 and value == int(value) else f"{value:.10g}"


def cell_name(row: int, column: int) -> str:
    """`B3` for row 2, column 1, counted from 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _read_slides(content: Content, walk: Walk, data: bytes) -> None:
    """Text atoms of a presentation (MS-PPT 2.9); the slide's number is not told by them."""
    pieces: list[Piece] = []
    at = 0
    while at + 8 <= len(data) and len(pieces) < 20_000:
        version, kind, size = struct.unpack_from("<HHI", data, at)
        at += 8
        if version & 0xF == 0xF:
            continue
        body = data[at : at + size]
        if kind == 0x0FA0:
            pieces.append(Piece(body.decode("utf-16-le", "replace"), f"text {len(pieces) + 1}"))
        elif kind == 0x0FA8:
            pieces.append(Piece(body.decode("cp1252", "replace"), f"text {len(pieces) + 1}"))
        elif kind == 0x1011 and len(body) > 8:
            stored = _inflated(body[4:], walk) if version >> 4 == 1 else body
            if stored[:4] == b"\xd0\xcf\x11\xe0":
                walk.child(content, "object", stored)
        at += size
    walk.text(content, pieces)


def _inflated(data: bytes, walk: Walk) -> bytes:
    import zlib

    try:
        out = zlib.decompressobj().decompress(data, walk.budget.room(len(data)))
    except zlib.error:
        return b""
    walk.budget.take_bytes(len(out))
    return out
