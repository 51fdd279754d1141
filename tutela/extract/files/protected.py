"""Protected sources and documents, held as fingerprints in a file, and how much of them a text repeats, and where.

A file holds names, sizes and 64-bit fingerprints, sorted, and is mapped into memory: a question costs a few binary
searches however many files are protected. Nothing of the texts can be read back from it.
"""

from __future__ import annotations

import mmap
import os
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from msgspec import Struct

from tutela.errors import BadSettings, MissingFile
from tutela.extract.files import fingerprints as prints
from tutela.extract.files.kinds import family_of
from tutela.extract.files.walk import Content, Walk
from tutela.model import Medium

MAGIC = b"TUTELA-PROTECTED-1\n"
# Weighted fingerprints in common from which a text counts as taken over; measured in bench/files/copies.py.
LEAST_RUNS, LEAST_RUNS_OF_PROSE = 10.0, 20.0
LEAST_MARKS = 1.45
_LEAST_SHARE_OF_PROSE = 0.05
_MARKED_KINDS = frozenset({"javascript", "html", "source", "php"})


class Entry(Struct, frozen=True):
    """A protected file. `sizes` counts its fingerprints in the order of `fingerprints.KINDS`."""

    name: str
    sizes: tuple[int, int, int]


class _Head(Struct, frozen=True):
    entries: tuple[Entry, ...]
    lengths: tuple[int, int, int]


class Match(Struct, frozen=True, kw_only=True):
    """A protected file that a text repeats. `share` of the protected file, 0.0 to 1.0; `start`, `end` in the text."""

    name: str
    share: float
    score: float
    start: int
    end: int


class Index:
    """The fingerprints of many files, by kind: sorted hashes beside their owners."""

    def __init__(self, entries: tuple[Entry, ...], tables: dict[str, tuple[Any, Any]]) -> None:
        self.entries = entries
        self._tables = tables
        self._sizes = np.array([entry.sizes for entry in entries], np.float64).reshape(-1, 3)

    def scores(self, found: prints.Prints, kind: str) -> np.ndarray[Any, np.dtype[np.float64]]:
        """For each entry the weight of the fingerprints in common; one that many entries share weighs less."""
        total = np.zeros(len(self.entries))
        hashes, owners = self._tables[kind]
        asked = found.of(kind)
        if not len(hashes) or not len(asked):
            return total
        left = np.searchsorted(hashes, asked, "left")
        right = np.searchsorted(hashes, asked, "right")
        counts = right - left
        hit = counts > 0
        left, counts = left[hit], counts[hit]
        if len(left):
            spread = np.repeat(left, counts) + np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
            total += np.bincount(owners[spread], weights=np.repeat(1.0 / counts, counts), minlength=len(total))
        return total

    def shared(self, found: prints.Prints, kind: str, entry: int) -> prints.Hashes:
        """The fingerprints that a text shares with one entry."""
        hashes, owners = self._tables[kind]
        asked = found.of(kind)
        own = hashes[owners == entry]
        return asked[np.isin(asked, own)]

    def size(self, entry: int, kind: str) -> float:
        """How many fingerprints of that kind an entry has."""
        return float(self._sizes[entry][prints.KINDS.index(kind)])

    def search(self, text: str, kind: str) -> Match | None:
        """The protected file that the text repeats most, None when there is none."""
        found = prints.fingerprint(text, kind)
        runs = self.scores(found, "shape") + self.scores(found, "words")
        prose = kind == "document"
        best = int(np.argmax(runs)) if len(runs) else -1
        if best >= 0 and runs[best] >= (LEAST_RUNS_OF_PROSE if prose else LEAST_RUNS):
            by = "words" if self.scores(found, "words")[best] * 2 >= self.scores(found, "shape")[best] else "shape"
            match = self._match(text, kind, found, best, by, float(runs[best]))
            return None if prose and match.share < _LEAST_SHARE_OF_PROSE else match
        if kind in _MARKED_KINDS:
            marks = self.scores(found, "marks")
            weights = marks / np.sqrt(np.maximum(self._sizes[:, 2], 1.0))
            best = int(np.argmax(weights)) if len(weights) else -1
            if best >= 0 and weights[best] >= LEAST_MARKS and marks[best] >= 6:
                return self._match(text, kind, found, best, "marks", float(marks[best]))
        return None

    def _match(self, text: str, kind: str, found: prints.Prints, entry: int, by: str, score: float) -> Match:
        common = self.shared(found, by, entry)
        start, end = prints.locate(text, kind, by, common)
        share = min(1.0, len(common) / max(1.0, self.size(entry, by)))
        return Match(name=self.entries[entry].name, share=share, score=score, start=start, end=end)


def build(named: list[tuple[str, prints.Prints]]) -> bytes:
    """The bytes of a fingerprint file."""
    entries = tuple(Entry(name, (len(p.shape), len(p.words), len(p.marks))) for name, p in named)
    tables = []
    for kind in prints.KINDS:
        pieces = [p.of(kind) for _, p in named]
        hashes = np.concatenate(pieces) if pieces else np.empty(0, np.uint64)
        owners = np.repeat(np.arange(len(named), dtype=np.uint32), [len(piece) for piece in pieces])
        order = np.argsort(hashes, kind="stable")
        tables.append((hashes[order].astype("<u8"), owners[order].astype("<u4")))
    head = msgspec.msgpack.encode(_Head(entries, tuple(len(h) for h, _ in tables)))  # type: ignore[arg-type]
    padding = -(len(MAGIC) + 4 + len(head)) % 8
    body = b"".join(h.tobytes() + o.tobytes() + b"\0" * (-4 * len(o) % 8) for h, o in tables)
    return MAGIC + len(head).to_bytes(4, "little") + head + b"\0" * padding + body


def load(path: str | Path) -> Index:
    """Maps a fingerprint file. Raises MissingFile (T104), BadSettings (T207) for one that is none or is cut off."""
    status = _stat(Path(path))
    return _load(str(path), status.st_mtime_ns, status.st_size)


def _stat(path: Path) -> os.stat_result:
    try:
        return path.stat()
    except OSError as error:
        raise MissingFile(
            (error.strerror or "cannot be read").lower(),
            where=path.name,
            next_step="`tutela protect add PATH` makes one",
        ) from None


@lru_cache(maxsize=16)
def _load(path: str, changed_ns: int, size: int) -> Index:
    bad = BadSettings(
        "not a file of fingerprints", where=Path(path).name, next_step="make it again with `tutela protect add`"
    )
    if size < len(MAGIC) + 4:
        raise bad
    with open(path, "rb") as file:
        data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
    if data[: len(MAGIC)] != MAGIC:
        raise bad
    at = len(MAGIC)
    length = int.from_bytes(data[at : at + 4], "little")
    try:
        head = msgspec.msgpack.decode(data[at + 4 : at + 4 + length], type=_Head)
    except msgspec.MsgspecError:
        raise bad from None
    at += 4 + length
    at += -at % 8
    tables = {}
    for kind, count in zip(prints.KINDS, head.lengths, strict=True):
        if at + 12 * count > size:
            raise bad
        hashes = np.frombuffer(data, "<u8", count, at)
        owners = np.frombuffer(data, "<u4", count, at + 8 * count)
        at += 12 * count + (-4 * count % 8)
        tables[kind] = (hashes, owners)
    return Index(head.entries, tables)


def language_of_content(kind: str, medium: Medium) -> str:
    """The kind whose tokens a content's text is cut into."""
    if medium == "source" or family_of(kind) == "script" or kind in ("source", "smali", "patch", "html"):
        return (
            kind if kind in ("python", "javascript", "html", "php", "shell", "perl", "ruby", "powershell") else "source"
        )
    return "document"


def compare(walk: Walk, content: Content, text: str, medium: Medium, alone: bool) -> None:
    """Notes the protected file that one text of an item repeats. `alone`: the text is the item's file itself."""
    if len(text) < 200:
        return
    kind = language_of_content(content.kind, medium)
    for path in walk.profile.protected:
        try:
            match = load(path).search(text, kind)
        except (MissingFile, BadSettings) as error:
            walk.trouble(f"protected sources cannot be compared: {error.what}", at="", code=error.code)
            continue
        if match is None:
            continue
        first, last = text.count("\n", 0, match.start) + 1, text.count("\n", 0, match.end) + 1
        confidence = 0.98 if match.share >= 0.4 else 0.95 if match.share >= 0.15 or match.score >= 40 else 0.85
        walk.signal(
            "source.protected_copy",
            confidence,
            f"repeats {max(match.share, 0.01):.0%} of a protected file, in lines {first} to {last}",
            at=content,
            shown_as=match.name,
            marks=(f"protected:{match.name}",),
            span=(match.start, match.end) if alone else None,
        )
