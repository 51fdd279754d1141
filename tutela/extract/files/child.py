"""The reading process: takes one file at a time over standard input, gives what it found over standard output.

Started by `workshop`, never by hand. Each message is a four-byte big-endian length and a body; a job is two messages,
the job's fields as MessagePack and the file's bytes. Limits on memory, files and writing are set before the first byte
of a hostile file is seen; time is the parent's, which kills this process.
"""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

import msgspec
from msgspec import Struct

from tutela.extract.files.limits import Limits
from tutela.settings import Platform


class Job(Struct, frozen=True, kw_only=True):
    """One file to read. `platform` is None when it is the one of the job before."""

    name: str | None
    part: str
    text_hint: str
    limits: Limits
    rule_folders: tuple[str, ...] = ()
    platform: Platform | None = None


def read_message(stream: BinaryIO) -> bytes | None:
    """One message; None at the end of the stream."""
    head = stream.read(4)
    if len(head) < 4:
        return None
    size = int.from_bytes(head, "big")
    body = stream.read(size)
    return body if len(body) == size else None


def write_message(stream: BinaryIO, body: bytes) -> None:
    """One message, in one write where the pipe takes it. Raises OSError when the other side is gone."""
    if len(body) < 1 << 16:
        stream.write(len(body).to_bytes(4, "big") + body)
    else:
        stream.write(len(body).to_bytes(4, "big"))
        stream.write(body)
    stream.flush()


def confine(limits: Limits) -> None:
    """Bounds of this process: memory, open files, no core, no file larger than a pipe's worth. No-op off Unix."""
    try:
        import resource
    except ImportError:
        return
    for what, value in (
        (resource.RLIMIT_AS, limits.memory_bytes),
        (resource.RLIMIT_NOFILE, limits.open_files),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_FSIZE, 0),
    ):
        try:
            _, hard = resource.getrlimit(what)
            top = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(what, (top, top))
        except (ValueError, OSError):
            continue


def main() -> int:
    """Reads jobs until standard input ends."""
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # A library that prints must not break the protocol.
    os.dup2(2, 1)
    decode = msgspec.msgpack.Decoder(Job).decode
    encode = msgspec.msgpack.Encoder().encode
    platform = Platform.none()
    confined = False
    from tutela.errors import TutelaError
    from tutela.extract.files.readers import inspect
    from tutela.extract.files.rules import load_rules

    try:
        load_rules(())
    except TutelaError:
        pass
    while True:
        body = read_message(jobs)
        data = read_message(jobs) if body is not None else None
        if body is None or data is None:
            return 0
        job = decode(body)
        if not confined:
            confine(job.limits)
            confined = True
        platform = job.platform if job.platform is not None else platform
        found = inspect(
            data,
            name=job.name,
            part=job.part,
            platform=platform,
            text_hint=job.text_hint,
            limits=job.limits,
            rule_folders=job.rule_folders,
        )
        write_message(answers, encode(found))


if __name__ == "__main__":
    sys.exit(main())
