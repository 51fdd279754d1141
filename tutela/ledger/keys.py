"""Which secrets seal the memory? A ring of wrapping keys, one of them current, and a key for fingerprints.

The ring is one file, readable by its owner alone, kept apart from the database and from its backups: who has only the
one or only the other reads nothing.
"""

from __future__ import annotations

import base64
import fcntl
import hashlib
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import msgspec
from msgspec import Struct

from tutela.errors import BadKeys, Conflict
from tutela.masking import fingerprint

_BYTES = 32


class _File(Struct, kw_only=True, forbid_unknown_fields=True):
    current: str
    fingerprints: str
    keys: dict[str, str]
    erased: list[str] = []


class KeyRing:
    """Wrapping keys (AES-256) by name, and the fingerprint key, which never changes: else nothing is recognised again.

    `erased` names what was erased, so that a backup made before cannot bring it back.
    """

    def __init__(
        self,
        *,
        keys: dict[str, bytes],
        current: str,
        fingerprints: bytes,
        erased: frozenset[str] = frozenset(),
        path: Path | None = None,
    ) -> None:
        self.keys = keys
        self.current = current
        self._fingerprints = fingerprints
        self.erased = erased
        self.path = path
        self._seen = _age(path)

    def __repr__(self) -> str:
        return f"KeyRing({len(self.keys)} keys, current {self.current!r})"

    @classmethod
    def new(cls) -> KeyRing:
        """A ring in memory only: for tests and trials. What it seals is lost with the process."""
        return cls(keys={"k1": secrets.token_bytes(_BYTES)}, current="k1", fingerprints=secrets.token_bytes(_BYTES))

    @classmethod
    def create(cls, path: Path) -> KeyRing:
        """A new ring in a file that must not exist yet. Raises Conflict (T409)."""
        ring = cls.new()
        ring.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        except FileExistsError:
            raise Conflict("a key ring stands there already", where=str(path)) from None
        ring.save()
        return ring

    @classmethod
    def load(cls, path: Path) -> KeyRing:
        """Reads a ring. Raises BadKeys (T504) when there is none or the file is no ring."""
        try:
            read = msgspec.json.decode(path.read_bytes(), type=_File)
            keys = {name: _secret(value) for name, value in read.keys.items()}
            marks = _secret(read.fingerprints)
        except OSError as error:
            raise BadKeys(
                f"the key ring cannot be read: {error.strerror}", where=str(path), next_step="name it with --keys"
            ) from None
        except (msgspec.MsgspecError, ValueError):
            raise BadKeys("this file is no key ring", where=str(path)) from None
        if read.current not in keys:
            raise BadKeys(f"the current key {read.current!r} is not in the ring", where=str(path))
        return cls(keys=keys, current=read.current, fingerprints=marks, erased=frozenset(read.erased), path=path)

    @classmethod
    def open(cls, path: Path) -> KeyRing:
        """Reads a ring, or makes one where there is none."""
        return cls.load(path) if path.exists() else cls.create(path)

    def save(self) -> None:
        """Writes the file anew: whole or not at all. Nothing for a ring in memory."""
        if self.path is None:
            return
        content = _File(
            current=self.current,
            fingerprints=base64.b64encode(self._fingerprints).decode(),
            keys={name: base64.b64encode(key).decode() for name, key in self.keys.items()},
            erased=sorted(self.erased),
        )
        beside = self.path.with_name(self.path.name + ".new")
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, msgspec.json.format(msgspec.json.encode(content), indent=2))
            os.fsync(handle)
        finally:
            os.close(handle)
        beside.replace(self.path)
        self._seen = _age(self.path)

    def follow(self) -> None:
        """Takes up what another process changed in the file; one look at its age when nothing did."""
        age = _age(self.path)
        if self.path is None or age is None or age == self._seen:
            return
        fresh = KeyRing.load(self.path)
        self.keys, self.current, self.erased = fresh.keys, fresh.current, fresh.erased | self.erased
        self._seen = age

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Keeps other processes from changing the file meanwhile, and starts from how it stands."""
        if self.path is None:
            yield
            return
        lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            self.follow()
            yield
        finally:
            os.close(lock)

    def key(self, name: str) -> bytes:
        """The wrapping key of that name. Raises BadKeys (T504)."""
        try:
            return self.keys[name]
        except KeyError:
            raise BadKeys(
                f"the key {name!r} is not in the ring", next_step="use the ring that the database was written with"
            ) from None

    def add(self) -> str:
        """Makes a new key and makes it current. Its name."""
        with self._alone():
            name = f"k{max(int(name[1:]) for name in self.keys) + 1}"
            self.keys = {**self.keys, name: secrets.token_bytes(_BYTES)}
            self.current = name
            self.save()
        return name

    def drop(self, name: str) -> None:
        """Forgets a key for good: whatever it wrapped, in backups too, can never be read again."""
        with self._alone():
            if name == self.current:
                raise Conflict("the current key cannot be dropped", next_step="rotate first")
            self.keys = {known: key for known, key in self.keys.items() if known != name}
            self.save()

    def remember_erased(self, names: frozenset[str]) -> None:
        """Notes what was erased, for a backup that is restored later."""
        with self._alone():
            self.erased |= names
            self.save()

    def mark(self, kind: str, value: str) -> str:
        """The keyed fingerprint of a value, 128 bits in hexadecimal."""
        return fingerprint(kind, value, self._fingerprints)

    def token_hash(self, token: str) -> bytes:
        """What is stored of a secret that we gave out: a keyed hash, no use to who reads the database."""
        data = token.encode("utf-8", "surrogatepass")
        return hashlib.blake2b(data, digest_size=32, key=self._fingerprints, person=b"tutela.token").digest()


def _age(path: Path | None) -> tuple[int, int, int] | None:
    """What tells one state of the file from another; None where there is none. Two writes can fall into one tick."""
    try:
        found = None if path is None else path.stat()
    except OSError:
        return None
    return None if found is None else (found.st_mtime_ns, found.st_ino, found.st_size)


def _secret(text: str) -> bytes:
    data = base64.b64decode(text, validate=True)
    if len(data) != _BYTES:
        raise ValueError("32 bytes expected")
    return data
