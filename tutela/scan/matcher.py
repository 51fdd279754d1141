"""Compile many patterns into one Hyperscan database, keep it on disk, and scan bytes with it."""

from __future__ import annotations

import hashlib
import os
import platform
import tempfile
import threading
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path

import hyperscan

from tutela.errors import BadDetector

_LIBRARY = version("hyperscan")
_FLAGS = {
    "i": hyperscan.HS_FLAG_CASELESS,
    "m": hyperscan.HS_FLAG_MULTILINE,
    "s": hyperscan.HS_FLAG_DOTALL,
    "u": hyperscan.HS_FLAG_UTF8,
}


def flag_bits(letters: str) -> int:
    """Flag letters as Hyperscan's bits: i caseless, m multi-line, s dot takes all, u UTF-8 (case of all scripts; \\b and \\w stay ASCII).

    Raises KeyError for any other letter.
    """
    bits = 0
    for letter in letters:
        bits |= _FLAGS[letter]
    return bits


def cache_folder() -> Path:
    """Where compiled databases are kept: `TUTELA_CACHE`, else the user's cache folder."""
    named = os.environ.get("TUTELA_CACHE")
    if named:
        return Path(named)
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "tutela"


class Matcher:
    """An immutable database. Safe for threads: each gets a scratch of its own."""

    def __init__(self, database: hyperscan.Database, size: int) -> None:
        self._database = database
        self._local = threading.local()
        self.size = size

    @classmethod
    def of(cls, patterns: Sequence[tuple[str, int]], *, literal: bool = False) -> Matcher:
        """Compiles (expression, flag bits) pairs; the index in the sequence is the pattern's number in hits.

        Loads the serialised database instead where the cache has one for the same input, library and processor.
        Raises BadDetector (T205) when Hyperscan refuses a pattern.
        """
        digest = hashlib.blake2b(digest_size=16)
        digest.update(f"{version('hyperscan')} {platform.machine()} {literal}".encode())
        for expression, flags in patterns:
            digest.update(b"\x00%d\x00" % flags)
            digest.update(expression.encode())
        kept = cache_folder() / f"{digest.hexdigest()}.hsdb"
        try:
            database = hyperscan.loadb(kept.read_bytes(), hyperscan.HS_MODE_BLOCK)
            # A database from another processor loads and then fails at its first use: use it once now.
            matcher = cls(database, len(patterns))
            matcher.scan(b" ")
            return matcher
        except (OSError, hyperscan.HyperscanError, hyperscan.error):
            pass
        database = hyperscan.Database(mode=hyperscan.HS_MODE_BLOCK)
        try:
            database.compile(
                expressions=[expression.encode() for expression, _ in patterns],
                ids=list(range(len(patterns))),
                flags=[flags for _, flags in patterns],
                literal=literal,
            )
        except hyperscan.error as error:
            raise BadDetector(
                f"the matcher refuses a pattern: {error}",
                next_step="see docs/detectors.md",
            ) from None
        _keep(kept, hyperscan.dumpb(database))
        return cls(database, len(patterns))

    def scan(self, data: bytes) -> list[tuple[int, int]]:
        """All matches as (pattern number, byte offset of the match's end), in order of the end."""
        scratch = getattr(self._local, "scratch", None)
        if scratch is None:
            scratch = self._local.scratch = hyperscan.Scratch(self._database)
        hits: list[tuple[int, int]] = []
        add = hits.append

        def seen(number: int, start: int, end: int, flags: int, context: object) -> None:
            add((number, end))

        self._database.scan(data, match_event_handler=seen, scratch=scratch)
        return hits


def _keep(path: Path, data: bytes) -> None:
    # A cache that cannot be written costs time at the next start, nothing else.
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
            file.write(data)
        os.replace(file.name, path)
    except OSError:
        pass
