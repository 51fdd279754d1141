"""Where do a log's lines come from? Files, rotated and compressed ones in order of their time, or standard input."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import IO, cast

from msgspec import Struct

from tutela.errors import MissingFile, Unreadable

BLOCK_BYTES = 1 << 20
MOST_LINE_BYTES = 1 << 16


class Block(Struct, frozen=True):
    """Whole lines of one file. `first_line` counts from 1; `cut` is the number of lines dropped as too long before it."""

    name: str
    text: str
    first_line: int
    cut: int = 0


def files_in(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The files meant by some paths: a folder stands for the files in it whose name has `log` or `json` in it.

    Raises MissingFile (T104).
    """
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and ("log" in p.name or "json" in p.name))
            if not inside:
                raise MissingFile("no log in this folder", where=str(path), next_step="name the files themselves")
            found += inside
        elif path.exists():
            found.append(path)
        else:
            raise MissingFile("no such file", where=str(path), next_step="`-` reads standard input")
    return tuple(found)


def read_blocks(path: Path | None) -> Iterator[Block]:
    """Blocks of whole lines of one file, plain, gzip or zstandard by its content; None is standard input.

    What was cut off within a compressed file ends the stream with Unreadable (T312); all lines before it were given.
    """
    name = "standard input" if path is None else str(path)
    try:
        stream = cast("IO[bytes]", sys.stdin.buffer) if path is None else _open(path)
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise MissingFile(reason, where=name, next_step="check the path and its rights") from None
    with stream:
        yield from _blocks(stream, name)


def _open(path: Path) -> IO[bytes]:
    raw = path.open("rb")
    head = raw.read(4)
    raw.seek(0)
    if head[:2] == b"\x1f\x8b":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=raw))
    if head == b"\x28\xb5\x2f\xfd":
        import zstandard

        reader = zstandard.ZstdDecompressor(max_window_size=1 << 27).stream_reader(raw, read_across_frames=True)
        return cast("IO[bytes]", io.BufferedReader(cast("io.RawIOBase", reader), BLOCK_BYTES))
    return raw


def _blocks(stream: IO[bytes], name: str) -> Iterator[Block]:
    # read1 gives what is there, so that a live log is judged while it grows.
    read = getattr(stream, "read1", stream.read)
    rest, line, cut, skipping = b"", 1, 0, False
    while True:
        try:
            data = read(BLOCK_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise Unreadable(
                f"broken off: {type(error).__name__}", where=name, next_step="fetch the file again"
            ) from None
        except Exception as error:
            if type(error).__name__ != "ZstdError":
                raise
            raise Unreadable("broken off: not whole zstandard", where=name, next_step="fetch the file again") from None
        if not data:
            break
        if skipping:
            end = data.find(b"\n")
            if end < 0:
                continue
            data, skipping, line = data[end + 1 :], False, line + 1
        data = rest + data
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if len(rest) > MOST_LINE_BYTES:
            rest, skipping, cut = b"", True, cut + 1
        if end:
            whole = data[:end].decode("utf-8", "replace")
            yield Block(name, whole, line, cut)
            line, cut = line + whole.count("\n"), 0
    if rest or cut:
        yield Block(name, rest.decode("utf-8", "replace"), line, cut)
