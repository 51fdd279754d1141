"""Android's binary XML, as far as a manifest needs it: elements and their attributes in order.

Chunk layout: ResourceTypes.h of the Android Open Source Project. Readers that stop at oddities that Android itself
ignores are what repackers count on: unknown chunks are stepped over, sizes are bounded, nothing raises but BadManifest.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator

from msgspec import Struct

_NAMES = {
    0x01010003: "name",
    0x01010001: "label",
    0x0101021B: "versionCode",
    0x0101021C: "versionName",
    0x0101000F: "debuggable",
}


class BadManifest(Exception):
    """Not Android's binary XML."""


class Element(Struct, frozen=True):
    """A start tag."""

    name: str
    attributes: dict[str, str]


def elements(data: bytes) -> Iterator[Element]:
    """Start tags in order. Also reads plain XML, which some packing tools leave. Raises BadManifest."""
    if data.lstrip()[:1] == b"<":
        yield from _plain(data.decode("utf-8", "replace"))
        return
    if len(data) < 16:
        raise BadManifest("too short")
    strings: list[str] = []
    ids: tuple[int, ...] = ()
    # Android does not look at the outer type, only at the chunks; neither do we.
    at = 8
    try:
        while at + 8 <= len(data):
            kind, head, size = struct.unpack_from("<HHI", data, at)
            if size < 8 or at + size > len(data):
                size = len(data) - at
            if kind == 0x0001 and not strings:
                strings = _strings(data[at : at + size])
            elif kind == 0x0180:
                ids = struct.unpack_from(f"<{(size - 8) // 4}I", data, at + 8)
            elif kind == 0x0102:
                yield _element(data, at, head, strings, ids)
            at += size
    except struct.error as error:
        raise BadManifest("a chunk ends too early") from error
    if not strings:
        raise BadManifest("no strings")


def _element(data: bytes, at: int, head: int, strings: list[str], ids: tuple[int, ...]) -> Element:
    base = at + max(head, 16)
    name, start, size, count = struct.unpack_from("<4xIHHH", data, base)
    attributes: dict[str, str] = {}
    for n in range(min(count, 200)):
        place = base + start + n * max(size, 20)
        _space, key, raw, _size, _zero, form, value = struct.unpack_from("<IIIHBBI", data, place)
        label = _NAMES.get(ids[key], "") if key < len(ids) and ids[key] in _NAMES else _at(strings, key)
        if form == 3:
            text = _at(strings, value)
        elif form in (0x10, 0x11):
            text = str(value)
        elif form == 0x12:
            text = "true" if value else "false"
        elif form == 1:
            text = f"@{value:08x}"
        else:
            text = _at(strings, raw)
        attributes.setdefault(label, text)
    return Element(_at(strings, name), attributes)


def _at(strings: list[str], index: int) -> str:
    return strings[index] if 0 <= index < len(strings) else ""


def _strings(chunk: bytes) -> list[str]:
    count, _styles, flags, start = struct.unpack_from("<IIII", chunk, 8)
    utf8 = bool(flags & 0x100)
    head = struct.unpack_from("<H", chunk, 2)[0]
    found = []
    for n in range(min(count, 50_000)):
        if head + 4 * n + 4 > len(chunk):
            break
        at = start + struct.unpack_from("<I", chunk, head + 4 * n)[0]
        found.append(_string(chunk, at, utf8))
    return found


def _string(chunk: bytes, at: int, utf8: bool) -> str:
    if at + 2 > len(chunk):
        return ""
    if utf8:
        at += 2 if chunk[at] & 0x80 else 1
        if at >= len(chunk):
            return ""
        size = chunk[at]
        at += 1
        if size & 0x80 and at < len(chunk):
            size = (size & 0x7F) << 8 | chunk[at]
            at += 1
        return chunk[at : at + size].decode("utf-8", "replace")
    size = struct.unpack_from("<H", chunk, at)[0]
    at += 2
    if size & 0x8000 and at + 2 <= len(chunk):
        size = (size & 0x7FFF) << 16 | struct.unpack_from("<H", chunk, at)[0]
        at += 2
    return chunk[at : at + 2 * size].decode("utf-16-le", "replace")


def _plain(text: str) -> Iterator[Element]:
    for name, inside in re.findall(r"<([\w.:-]{1,100})((?:\s[^<>]{0,4000})?)>", text[:2_000_000]):
        attributes = {
            key.rsplit(":", 1)[-1]: value
            for key, value in re.findall(r'([\w:.-]{1,100})\s*=\s*"([^"]{0,1000})"', inside)
        }
        yield Element(name, attributes)
