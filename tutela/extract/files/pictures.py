"""Pictures, sound and clips as files: a second file behind the picture, code in its comments; the rest is others' work."""

from __future__ import annotations

import re
import struct

from tutela.extract.files import zips
from tutela.extract.files.kinds import family_of, identify, words_of
from tutela.extract.files.walk import Content, Walk

_CARRIERS = {"zip", "rar", "7z", "jar", "apk", "docx", "xlsx", "pptx", "cab", "iso", "pdf", "gz"}


def read_picture_file(content: Content, walk: Walk) -> None:
    """Hands the medium on and looks at what does not belong to it."""
    family = family_of(content.kind)
    walk.hand_on(content, family)
    end = picture_end(content.data, content.kind)
    tail = content.data[end:] if end else b""
    tail = tail.lstrip(b"\0\r\n ")
    if len(tail) > 32:
        _judge_tail(content, walk, tail)
    elif content.kind in ("jpeg", "png", "gif", "bmp", "webp", "ico", "tiff") and zips_inside(content.data):
        walk.child(content, "archive in the picture", content.data[content.data.find(b"PK\x03\x04") :])
        walk.signal("file.disguised_type", 0.7, "a picture with an archive in it", at=content, marks=("polyglot",))
    head = content.data[: 256 << 10]
    code = re.search(
        rb"(?i)<\?php\s.{0,200}?(?:eval|system|exec|passthru|shell_exec|assert|base64_decode)\s*\(|<script[^>]{0,100}>.{0,2000}?(?:eval|document\.|location|fetch|atob)",
        head,
        re.S,
    )
    if code:
        walk.signal("file.disguised_type", 0.85, "a picture with program code in it", at=content, marks=("polyglot",))


def _judge_tail(content: Content, walk: Walk, tail: bytes) -> None:
    kind = identify(tail, "")
    family = family_of(kind)
    if family in ("executable", "shortcut", "app"):
        walk.signal(
            "file.embedded_executable",
            0.95,
            f"{words_of(content.kind)} with {words_of(kind)} behind it",
            at=content,
            marks=("polyglot",),
        )
        walk.child(content, "behind the picture", tail)
    elif kind in _CARRIERS:
        runs = kind in ("zip", "jar") and _names_that_run(tail)
        walk.signal(
            "file.disguised_type",
            0.93 if runs else 0.7,
            f"{words_of(content.kind)} with {words_of(kind)} behind it",
            at=content,
            marks=("polyglot",),
        )
        walk.child(content, "behind the picture", tail, from_archive=True)
    elif kind in ("html", "hta", "php", "powershell", "batch", "vbs", "javascript", "shell"):
        walk.signal(
            "file.disguised_type",
            0.8,
            f"{words_of(content.kind)} with {words_of(kind)} behind it",
            at=content,
            marks=("polyglot",),
        )
        walk.child(content, "behind the picture", tail)
    elif zips_inside(tail):
        walk.signal(
            "file.disguised_type",
            0.7,
            f"{words_of(content.kind)} with an archive behind it",
            at=content,
            marks=("polyglot",),
        )
        walk.child(content, "behind the picture", tail[max(tail.find(b"PK\x03\x04"), 0) :], from_archive=True)


def _names_that_run(data: bytes) -> bool:
    from tutela.extract.files.kinds import RUNS_ON_CLICK, ending

    try:
        return any(ending(member.name) in RUNS_ON_CLICK for member in zips.read_directory(data, 2_000).members)
    except (zips.BadZip, struct.error):
        return False


def zips_inside(data: bytes) -> bool:
    """True when a whole ZIP, with its directory at the very end, lies in the bytes."""
    at = data.rfind(b"PK\x05\x06", max(0, len(data) - 66_000))
    if at < 0 or b"PK\x03\x04" not in data:
        return False
    try:
        return bool(zips.read_directory(data, 100).members)
    except (zips.BadZip, struct.error):
        return False


def picture_end(data: bytes, kind: str) -> int:
    """Where the picture's own bytes end; 0 where the format does not say or the file ends too early."""
    try:
        if kind == "png":
            at = 8
            while at + 8 <= len(data):
                size, name = struct.unpack_from(">I4s", data, at)
                at += 12 + size
                if name == b"IEND":
                    return int(at)
        elif kind == "jpeg":
            return _jpeg_end(data)
        elif kind == "gif":
            return _gif_end(data)
        elif kind == "bmp":
            return int(struct.unpack_from("<I", data, 2)[0])
        elif kind in ("webp", "wav", "avi"):
            return int(struct.unpack_from("<I", data, 4)[0]) + 8
    except (struct.error, IndexError):
        pass
    return 0


def _jpeg_end(data: bytes) -> int:
    at: int = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            return 0
        mark = data[at + 1]
        if mark == 0xFF:
            at += 1
        elif mark == 0xD9:
            return at + 2
        elif mark == 0x01 or 0xD0 <= mark <= 0xD8:
            at += 2
        elif mark == 0xDA:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            # Inside a scan only a marker other than stuffing or restart ends it.
            while True:
                at = data.find(b"\xff", at)
                if at < 0 or at + 1 >= len(data):
                    return 0
                if data[at + 1] == 0 or 0xD0 <= data[at + 1] <= 0xD7:
                    at += 2
                    continue
                break
        else:
            at += 2 + int.from_bytes(data[at + 2 : at + 4], "big")
    return 0


def _gif_end(data: bytes) -> int:
    flags = data[10]
    at = 13 + (3 << ((flags & 7) + 1) if flags & 0x80 else 0)
    while at < len(data):
        block = data[at]
        if block == 0x3B:
            return at + 1
        if block == 0x2C:
            local = data[at + 9]
            at += 10 + (3 << ((local & 7) + 1) if local & 0x80 else 0) + 1
        elif block == 0x21:
            at += 2
        else:
            return 0
        while data[at]:
            at += data[at] + 1
        at += 1
    return 0
