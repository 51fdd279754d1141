"""OneNote sections: files they carry and the text that lies open in them.

File data objects: MS-ONESTORE 2.6.13 (FileDataStoreObject). Names stand in the page's own strings as UTF-16.
"""

from __future__ import annotations

import re

from tutela.extract.files.kinds import family_of, identify, words_of
from tutela.extract.files.walk import Content, Piece, Walk

_OBJECT = b"\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac"
_WIDE = re.compile(rb"(?:[\x20-\x7e\xa0-\xff]\x00|[\x00-\xff][\x01-\x06\x09\x0e\x30\x4e-\x9f]){6,}")
_FILE_NAME = re.compile(r"[\w \-()\u202e]{1,80}\.[A-Za-z0-9]{2,5}\b")


def read_onenote(content: Content, walk: Walk) -> None:
    """Every embedded file becomes a child; one that runs on a click is what the attack consists of."""
    data = content.data
    # Pairs of plain letters read as one wide letter look like Chinese: a run that is plain throughout is no wide text.
    runs = [m.group() for m in _WIDE.finditer(data[: 16 << 20])]
    texts = [run.decode("utf-16-le", "replace") for run in runs if not run.isascii() or b"\0" in run]
    names = [name for text in texts for name in _FILE_NAME.findall(text)]
    at = data.find(_OBJECT)
    number = 0
    while at >= 0 and number < 200:
        size = int.from_bytes(data[at + 16 : at + 24], "little")
        body = data[at + 36 : at + 36 + size]
        number += 1
        kind = identify(body, "")
        if family_of(kind) not in ("image", "audio", "video"):
            name = next(
                (n for n in names if identify(body, n) == kind and family_of(kind) != "unknown"), f"file {number}"
            )
            if family_of(kind) in ("executable", "shortcut", "script", "app", "disk") or kind == "html":
                walk.signal(
                    "file.embedded_executable", 0.95, f"a note with {words_of(kind)} to be started from it", at=content
                )
            walk.child(content, name, body)
        elif body:
            walk.child(content, f"picture {number}", body)
        at = data.find(_OBJECT, at + 36)
    walk.text(content, (Piece(text, f"text {n}") for n, text in enumerate(texts[:5_000], 1)))
