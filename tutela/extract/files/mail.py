"""E-mail files: what they say, and the attachments they carry. Internet messages, mailboxes and Outlook's container."""

from __future__ import annotations

import re
import struct
from email import policy
from email.errors import MessageError
from email.message import EmailMessage, Message
from email.parser import BytesParser

from tutela.extract.files.walk import Content, Piece, Walk

_MOST_PARTS = 200
_MOST_MESSAGES = 200
_HEADERS = ("From", "Reply-To", "To", "Subject")


def read_mail(content: Content, walk: Walk) -> None:
    """One message: headers and texts as text, pages and attachments as files of their own."""
    _read_message(content, walk, content.data, "")


def read_mailbox(content: Content, walk: Walk) -> None:
    """Messages of a mailbox, the first two hundred."""
    starts = [m.start() for m in re.finditer(rb"(?m)^From [^\n]{3,200}\n", content.data)]
    if len(starts) > _MOST_MESSAGES:
        walk.trouble(f"only the first {_MOST_MESSAGES} messages of the mailbox were read", at=content)
    for number, start in enumerate(starts[:_MOST_MESSAGES], 1):
        walk.budget.check_time()
        end = starts[number] if number < len(starts) else len(content.data)
        body = content.data[start:end].split(b"\n", 1)[-1]
        _read_message(content, walk, body, f"message {number}")


def _read_message(content: Content, walk: Walk, data: bytes, place: str) -> None:
    try:
        message = BytesParser(policy=policy.default.clone(refold_source="none")).parsebytes(data)
        pieces = [Piece(_header(message, name), f"{place} {name.lower()}".strip()) for name in _HEADERS]
        number = 0
        for part in message.walk():
            number += 1
            if number > _MOST_PARTS:
                walk.trouble(f"only the first {_MOST_PARTS} parts of the e-mail were read", at=content)
                break
            if part.is_multipart():
                continue
            _read_part(content, walk, part, number, place, pieces)
    except (MessageError, ValueError, LookupError, IndexError, AttributeError, RecursionError, TypeError, KeyError):
        walk.trouble("the e-mail is damaged", at=content)
        return
    walk.text(content, [piece for piece in pieces if piece.text])


def _header(message: Message, name: str) -> str:
    try:
        value = message[name]
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""
    return str(value)[:2_000] if value is not None else ""


def _read_part(content: Content, walk: Walk, part: Message, number: int, place: str, pieces: list[Piece]) -> None:
    kind = part.get_content_type()
    name = _file_name(part)
    body = part.get_payload(decode=True)
    data = body if isinstance(body, bytes) else b""
    if not data:
        return
    walk.budget.take_bytes(len(data))
    attached = bool(name) or (isinstance(part, EmailMessage) and part.is_attachment())
    where = f"{place} part {number}".strip()
    if attached:
        walk.child(content, name or f"part {number}", data, from_archive=True)
    elif kind == "text/html":
        walk.child(content, "body.html", data, place=where)
    elif kind.startswith("text/"):
        charset = part.get_content_charset() or "utf-8"
        try:
            text = data.decode(charset, "replace")
        except LookupError:
            text = data.decode("utf-8", "replace")
        encoded = _encoded_files(text)
        for label, file in encoded:
            walk.child(content, label, file, from_archive=True)
        pieces.append(Piece(text, f"{place} text".strip()))
    else:
        walk.child(content, name or f"part {number}", data, from_archive=True)


def _file_name(part: Message) -> str:
    try:
        return str(part.get_filename() or "")[:300]
    except (ValueError, LookupError, IndexError, AttributeError, TypeError):
        return ""


def _encoded_files(text: str) -> list[tuple[str, bytes]]:
    """Files that stand in the text as uuencode, at most four."""
    found = []
    for match in re.finditer(r"(?m)^begin [0-7]{3,4} ([^\r\n]{1,200})\r?$", text):
        data = decode_uu(text[match.end() : match.end() + (32 << 20)])
        if data:
            found.append((match.group(1), data))
        if len(found) == 4:
            break
    return found


def decode_uu(text: str) -> bytes:
    """The bytes of uuencoded lines up to their end."""
    import binascii

    out = bytearray()
    for line in text.splitlines():
        if not line:
            continue
        if line.startswith("end"):
            break
        try:
            out += binascii.a2b_uu(line + "\n")
        except binascii.Error:
            size = ((ord(line[0]) - 32) & 63) * 4 // 3 + 2
            try:
                out += binascii.a2b_uu(line[:size] + "\n")
            except binascii.Error:
                break
    return bytes(out)


def read_uu(content: Content, walk: Walk) -> None:
    """A uuencoded file by itself."""
    for name, data in _encoded_files(content.data.decode("latin-1")):
        walk.budget.take_bytes(len(data))
        walk.child(content, name, data, from_archive=True)


def read_tnef(content: Content, walk: Walk) -> None:
    """Outlook's container (MS-OXTNEF): attachment names and data."""
    data = content.data
    at, name = 6, ""
    while at + 9 <= len(data):
        tag, size = struct.unpack_from("<II", data, at + 1)
        body = data[at + 9 : at + 9 + size]
        if tag == 0x00018010:
            name = body.rstrip(b"\0").decode("cp1252", "replace")
        elif tag == 0x0006800F:
            walk.budget.take_bytes(len(body))
            walk.child(content, name or "attachment", body, from_archive=True)
        elif tag == 0x0002800C:
            walk.text(content, [Piece(body.rstrip(b"\0").decode("cp1252", "replace"), "text")])
        at += 11 + size


_HQX = "!\"#$%&'()*+,-012345689@ABCDEFGHIJKLMNPQRSTUVXYZ[`abcdefhijklmpqr"


def read_binhex(content: Content, walk: Walk) -> None:
    """A BinHex 4.0 file (RFC 1741): six bits a letter, runs after 0x90, then name and data fork."""
    start = content.data.find(b":", content.data.find(b"BinHex"))
    end = content.data.find(b":", start + 1)
    values = [_HQX.find(chr(c)) for c in content.data[start + 1 : end] if c not in b"\r\n \t"]
    if start < 0 or end < 0 or min(values, default=-1) < 0:
        walk.trouble("a BinHex file is damaged", at=content)
        return
    packed = bytearray()
    for n in range(0, len(values) - 3, 4):
        packed += (values[n] << 18 | values[n + 1] << 12 | values[n + 2] << 6 | values[n + 3]).to_bytes(3, "big")
    out = bytearray()
    room = walk.budget.room(len(packed))
    at = 0
    while at < len(packed) and len(out) < room:
        if packed[at] == 0x90 and at + 1 < len(packed):
            count = packed[at + 1]
            out += b"\x90" if count == 0 else out[-1:] * (count - 1)
            at += 2
        else:
            out.append(packed[at])
            at += 1
    walk.budget.take_bytes(len(out))
    name_size = out[0] if out else 0
    size = int.from_bytes(out[name_size + 12 : name_size + 16], "big")
    body = bytes(out[name_size + 22 : name_size + 22 + size])
    walk.child(
        content, bytes(out[1 : 1 + name_size]).decode("mac-roman", "replace") or "content", body, from_archive=True
    )
