"""Reading media in a process of its own: a decoder that crashes, hangs or eats memory costs one `review`, nothing else.

The same module is both sides: `ask` for the caller, `main` for the process. Each message is a length and a body, as
in the reading process for files; models stay loaded between jobs.
"""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import BinaryIO, Literal, cast

import msgspec
from msgspec import Struct

from tutela.extract.files.child import read_message, write_message
from tutela.extract.image.known import KnownPicture
from tutela.extract.image.limits import MediaLimits
from tutela.model import Extract, Trouble, Where
from tutela.settings import Platform

Kind = Literal["image", "audio", "video"]
# A process that has read this many media is replaced: what a hostile file left in it does not live for ever.
_JOBS_MOST = 1_000
_START_S = 60.0
# Sound and clips take longer than pictures, up to the seconds that are judged of them.
_PATIENCE = {"image": 1.0, "audio": 8.0, "video": 12.0}
_KEPT_ENVIRONMENT = (
    "PATH", "LANG", "LC_ALL", "HOME", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "TESSDATA_PREFIX",
    "COVERAGE_PROCESS_START",
)  # fmt: skip


class Job(Struct, frozen=True, kw_only=True):
    """One medium to read. `platform` and `known` are None when they are those of the job before."""

    kind: Kind
    part: str
    limits: MediaLimits
    platform: Platform | None = None
    known: tuple[KnownPicture | str, ...] | None = None


class _Reader:
    """One reading process; used by one caller at a time."""

    def __init__(self, memory_bytes: int) -> None:
        environment = {key: os.environ[key] for key in _KEPT_ENVIRONMENT if key in os.environ}
        environment |= {
            "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
            "OMP_NUM_THREADS": "1",
            "HF_HUB_OFFLINE": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            # Each picture has its own shapes: large freed blocks are given back instead of piling up.
            "MALLOC_ARENA_MAX": "2",
            "MALLOC_MMAP_THRESHOLD_": "33554432",
            "MALLOC_TRIM_THRESHOLD_": "16777216",
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tutela.extract.image.aside", str(memory_bytes)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self.owner = os.getpid()
        self.memory_bytes = memory_bytes
        self.jobs = 0
        self.overstayed = False
        self._platform: Platform | None = None
        self._known: tuple[KnownPicture | str, ...] = ()

    def ask(
        self, data: bytes, job: Job, platform: Platform | None, known: tuple[KnownPicture | str, ...]
    ) -> Extract | None:
        """The process's answer; None when it died or had to be killed for overstaying."""
        platform = platform or Platform.none()
        if platform is not self._platform and platform != self._platform:
            job = msgspec.structs.replace(job, platform=platform)
        if known != self._known:
            job = msgspec.structs.replace(job, known=known)
        self._platform, self._known = platform, known
        patience = job.limits.time_s * _PATIENCE[job.kind] + (_START_S if self.jobs == 0 else 0.0)
        self.jobs += 1
        stdin, stdout = cast("BinaryIO", self.process.stdin), cast("BinaryIO", self.process.stdout)
        # Killing the process ends every wait on its pipes, whatever it was doing.
        alarm = threading.Timer(patience, self._give_up)
        alarm.daemon = True
        alarm.start()
        try:
            write_message(stdin, msgspec.msgpack.encode(job))
            write_message(stdin, data)
            answer = read_message(stdout)
            return None if answer is None else msgspec.msgpack.decode(answer, type=Extract)
        except (OSError, ValueError, msgspec.MsgspecError):
            return None
        finally:
            alarm.cancel()

    def _give_up(self) -> None:
        self.overstayed = True
        self.process.kill()

    def stop(self) -> None:
        """Ends the process; one that belongs to another process is left alone."""
        if self.owner != os.getpid():
            return
        self.process.kill()
        self.process.wait()
        for pipe in (self.process.stdin, self.process.stdout):
            try:
                if pipe is not None:
                    pipe.close()
            except OSError:
                pass


_IDLE: list[_Reader] = []
_LOCK = threading.Lock()


def ask(
    kind: Kind,
    data: bytes,
    *,
    part: str,
    platform: Platform | None,
    limits: MediaLimits,
    known: Sequence[KnownPicture | str] = (),
) -> Extract:
    """What a reading process makes of a medium; a trouble (T312) when it dies or takes longer than the limit."""
    job = Job(kind=kind, part=part, limits=limits)
    while True:
        reader = _borrow(limits.memory_bytes)
        try:
            extract = reader.ask(data, job, platform, tuple(known))
        except BaseException:
            reader.stop()
            raise
        if extract is not None or reader.overstayed or reader.jobs == 1:
            break
        # It may have died of an earlier file, or while it waited: a fresh one shows whether this file is to blame.
        reader.stop()
    if extract is None:
        reader.stop()
        what = "reading it broke the reader or took too long: it was given up"
        return Extract(troubles=(Trouble(code="T312", what=what, where=Where(part=part)),))
    if reader.jobs >= _JOBS_MOST:
        reader.stop()
    else:
        with _LOCK:
            _IDLE.append(reader)
    return extract


def _borrow(memory_bytes: int) -> _Reader:
    with _LOCK:
        for at in range(len(_IDLE) - 1, -1, -1):
            # After a fork the parent's readers are not ours: two askers on one pipe would mix their answers.
            if _IDLE[at].owner != os.getpid() or _IDLE[at].memory_bytes != memory_bytes:
                continue
            reader = _IDLE.pop(at)
            if reader.process.poll() is None:
                return reader
            reader.stop()
    return _Reader(memory_bytes)


def processes() -> tuple[int, ...]:
    """Process ids of the readers that wait for work: for measuring what they cost."""
    with _LOCK:
        return tuple(reader.process.pid for reader in _IDLE if reader.owner == os.getpid())


def close() -> None:
    """Ends every waiting reader."""
    with _LOCK:
        waiting, _IDLE[:] = list(_IDLE), []
    for reader in waiting:
        reader.stop()


atexit.register(close)


def _confine(memory_bytes: int) -> None:
    """Bounds memory and forbids core files. No-op off Unix."""
    try:
        import resource
    except ImportError:
        return
    for what, most in ((resource.RLIMIT_AS, memory_bytes), (resource.RLIMIT_CORE, 0)):
        try:
            hard = resource.getrlimit(what)[1]
            top = most if hard == resource.RLIM_INFINITY else min(most, hard)
            resource.setrlimit(what, (top, top))
        except (ValueError, OSError):
            continue


def main(memory_bytes: int) -> int:
    """Reads jobs until standard input ends."""
    jobs, answers = sys.stdin.buffer, os.fdopen(os.dup(1), "wb")
    # A library that prints must not break the protocol.
    os.dup2(2, 1)
    _confine(memory_bytes)
    platform = Platform.none()
    known: tuple[KnownPicture | str, ...] = ()
    while True:
        body = read_message(jobs)
        data = read_message(jobs) if body is not None else None
        if body is None or data is None:
            return 0
        job = msgspec.msgpack.decode(body, type=Job)
        platform = job.platform if job.platform is not None else platform
        known = job.known if job.known is not None else known
        write_message(answers, msgspec.msgpack.encode(_read(data, job, platform, known)))


def _read(data: bytes, job: Job, platform: Platform, known: tuple[KnownPicture | str, ...]) -> Extract:
    if job.kind == "image":
        from tutela.extract.image.read import read_here

        return read_here(data, part=job.part, platform=platform, limits=job.limits, known=known)
    if job.kind == "audio":
        from tutela.extract.audio.read import read_here as hear_here

        return hear_here(data, part=job.part, platform=platform, limits=job.limits)
    from tutela.extract.video.read import read_here as watch_here

    return watch_here(data, part=job.part, platform=platform, limits=job.limits, known=known)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
