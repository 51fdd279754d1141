"""Reading processes: started when first needed, one file at a time each, killed when they overstay, replaced when they die."""

from __future__ import annotations

import atexit
import os
import select
import subprocess
import sys
import threading
import time
from typing import IO

import msgspec

from tutela.extract.files.child import Job
from tutela.extract.files.limits import Limits
from tutela.extract.files.walk import Inspection
from tutela.model import Extract, Trouble, Where
from tutela.settings import Platform

# A process that has seen this many files is replaced: what a hostile file may have left in it does not live for ever.
_MOST_JOBS = 2_000
_START_SECONDS = 30.0
_DECODE = msgspec.msgpack.Decoder(Inspection)
_ENCODE = msgspec.msgpack.Encoder()


class _Gone(Exception):
    """The process died or overstayed; `what` says which."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class _Reader:
    """One reading process."""

    def __init__(self) -> None:
        environment = {
            key: value
            for key, value in os.environ.items()
            if key
            in (
                "PATH",
                "LANG",
                "LC_ALL",
                "HOME",
                "TMPDIR",
                "SYSTEMROOT",
                "PYTHONPATH",
                "VIRTUAL_ENV",
                "LD_LIBRARY_PATH",
                "COVERAGE_PROCESS_START",
            )
        }
        environment.update(
            PYTHONPATH=os.pathsep.join(p for p in sys.path if p), OMP_NUM_THREADS="1", PYTHONDONTWRITEBYTECODE="1"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tutela.extract.files.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            close_fds=True,
        )
        self.owner = os.getpid()
        self.jobs = 0
        self._platform: Platform | None = None

    def ask(self, data: bytes, job: Job, platform: Platform) -> Inspection:
        """One file's reading. Raises _Gone."""
        if self._platform is not platform and self._platform != platform:
            job = msgspec.structs.replace(job, platform=platform)
            self._platform = platform
        seconds = job.limits.seconds * 2 + (_START_SECONDS if self.jobs == 0 else 0.0)
        self.jobs += 1
        ends = time.monotonic() + seconds
        try:
            self._send(_ENCODE.encode(job), ends)
            self._send(data, ends)
            return _DECODE.decode(self._receive(ends))
        except (OSError, msgspec.MsgspecError) as error:
            raise _Gone("reading it broke the reader") from error

    def _send(self, body: bytes, ends: float) -> None:
        # A reader that hangs before it has read everything must not hang us: write only what the pipe takes.
        pipe = self._pipe(self._process.stdin)
        os.set_blocking(pipe, False)
        view = memoryview(len(body).to_bytes(4, "big") + body) if len(body) < 1 << 20 else None
        pieces = [view] if view is not None else [memoryview(len(body).to_bytes(4, "big")), memoryview(body)]
        for piece in pieces:
            at = 0
            while at < len(piece):
                _, ready, _ = select.select([], [pipe], [], max(0.0, ends - time.monotonic()))
                if not ready:
                    raise _Gone("reading it took too long")
                at += os.write(pipe, piece[at : at + (1 << 20)])

    def _receive(self, ends: float) -> bytes:
        head = self._exactly(4, ends)
        return self._exactly(int.from_bytes(head, "big"), ends)

    def _exactly(self, size: int, ends: float) -> bytes:
        pipe = self._pipe(self._process.stdout)
        out = bytearray()
        while len(out) < size:
            ready, _, _ = select.select([pipe], [], [], max(0.0, ends - time.monotonic()))
            if not ready:
                raise _Gone("reading it took too long")
            piece = os.read(pipe, min(size - len(out), 1 << 20))
            if not piece:
                raise _Gone("reading it broke the reader")
            out += piece
        return bytes(out)

    @staticmethod
    def _pipe(stream: IO[bytes] | None) -> int:
        if stream is None:
            raise _Gone("the reader has no pipe")
        return stream.fileno()

    def stop(self) -> None:
        """Ends the process; a process that another one started is left alone."""
        if self.owner != os.getpid():
            return
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    pass


class Workshop:
    """Readers for any number of threads. Each call borrows one; there are never more than calls at one time."""

    def __init__(self) -> None:
        self._idle: list[_Reader] = []
        self._lock = threading.Lock()

    def inspect(self, data: bytes, job: Job, platform: Platform) -> Inspection:
        """Reads a file in a process of its own. A reader that dies or overstays costs this file a trouble, nothing else."""
        if len(data) > job.limits.file_bytes:
            return _unread(job.part, f"a file larger than {job.limits.file_bytes >> 20} MiB is not read")
        reader = self._borrow()
        try:
            found = reader.ask(data, job, platform)
        except _Gone as gone:
            reader.stop()
            return _unread(job.part, f"the file could not be read: {gone.what}")
        except BaseException:
            reader.stop()
            raise
        if reader.jobs >= _MOST_JOBS:
            reader.stop()
        else:
            with self._lock:
                self._idle.append(reader)
        return found

    def _borrow(self) -> _Reader:
        with self._lock:
            while self._idle:
                reader = self._idle.pop()
                if reader.owner == os.getpid():
                    return reader
        return _Reader()

    def close(self) -> None:
        """Ends every idle reader."""
        with self._lock:
            idle, self._idle = self._idle, []
        for reader in idle:
            reader.stop()


def _unread(part: str, what: str) -> Inspection:
    return Inspection(
        extract=Extract(troubles=(Trouble(code="T312", what=what, where=Where(part=part)),)), kind="unknown"
    )


_SHARED = Workshop()
atexit.register(_SHARED.close)


def shared_workshop() -> Workshop:
    """The one workshop of this interpreter."""
    return _SHARED


def job_for(name: str | None, part: str, text_hint: str, limits: Limits, rule_folders: tuple[str, ...]) -> Job:
    """A job without its platform, which is sent only when it changes."""
    return Job(name=name, part=part, text_hint=text_hint[:20_000], limits=limits, rule_folders=rule_folders)
