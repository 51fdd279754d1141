"""The store in one file: SQLite in WAL mode, one connection that writes and owns the checkpoints.

Two connections that write or checkpoint can corrupt a WAL database in SQLite 3.7.0 to 3.51.2 (fixed in 3.51.3), so a
lock file keeps a second process from writing; readers open the file read-only.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypeVar, cast
from urllib.parse import quote

from tutela.errors import Conflict, StoreFull, StoreGone, TutelaError
from tutela.ledger.store import Row, Session, Store, Tx

T = TypeVar("T")
BUSY_S = 10.0


class _Tx(Tx):
    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__()
        self._connection = connection

    def _run(self, sql: str, values: Row) -> int:
        return self._connection.execute(sql, values).rowcount

    def _many(self, sql: str, rows: Sequence[Row]) -> None:
        self._connection.executemany(sql, rows)

    def _rows(self, sql: str, values: Row) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()


class _Session(Session):
    def __init__(self, connection: sqlite3.Connection, lock: int) -> None:
        self._connection = connection
        self._lock = lock
        self.tx: Tx = _Tx(connection)

    def begin(self) -> None:
        self._connection.execute("BEGIN IMMEDIATE")
        self.tx.head = read_head(self.tx)

    def commit(self) -> None:
        self._connection.execute("COMMIT")

    def rollback(self) -> None:
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def checkpoint(self) -> None:
        """Writes the log back and cuts it to nothing."""
        self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def mark(self) -> None:
        self._connection.execute("SAVEPOINT job")

    def keep(self) -> None:
        self._connection.execute("RELEASE job")

    def back(self) -> None:
        self._connection.execute("ROLLBACK TO job")
        self._connection.execute("RELEASE job")

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()
        with suppress(OSError):
            os.close(self._lock)


def read_head(tx: Tx) -> tuple[int, bytes]:
    """The last event's number and hash; number 0 and 32 zero bytes before the first."""
    found = tx.rows("SELECT seq, hash FROM events ORDER BY seq DESC LIMIT 1")
    return (found[0][0], bytes(found[0][1])) if found else (0, b"\0" * 32)


class SqliteStore(Store):
    """A database file. `power_safe` syncs each commit to the disk, so that it survives a power cut as well."""

    def __init__(self, path: Path, *, power_safe: bool = True) -> None:
        super().__init__()
        self.path = path
        self._power_safe = power_safe
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._readers_lock = threading.Lock()

    @property
    def kind(self) -> str:
        return "sqlite"

    def connect(self) -> Session:
        try:
            lock = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise StoreGone(
                f"the database's folder cannot be written to: {error.strerror}", where=str(self.path)
            ) from None
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(lock)
            raise Conflict(
                "another process writes to this database",
                where=str(self.path),
                next_step="stop it first, or keep the desk on PostgreSQL, where several may write",
            ) from None
        try:
            if not self.path.exists():
                os.close(os.open(self.path, os.O_RDWR | os.O_CREAT, 0o600))
            connection = sqlite3.connect(self.path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            connection.execute("PRAGMA journal_mode=WAL")
            connection.execute(f"PRAGMA synchronous={'FULL' if self._power_safe else 'NORMAL'}")
            # What is deleted is overwritten, in the file and by the next checkpoint in the log beside it.
            connection.execute("PRAGMA secure_delete=ON")
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA cache_size=-32768")
        except (sqlite3.Error, OSError) as error:
            os.close(lock)
            raise self.translate(error) or StoreGone(
                f"the database cannot be opened: {error}", where=str(self.path)
            ) from None
        return _Session(connection, lock)

    def translate(self, error: BaseException) -> TutelaError | None:
        if isinstance(error, StoreGone | StoreFull):
            return error
        if isinstance(error, OSError) and error.errno == 28:
            return StoreFull("no space left under the database", where=str(self.path))
        if isinstance(error, sqlite3.OperationalError):
            if "full" in str(error):
                return StoreFull(
                    "no space left under the database",
                    where=str(self.path),
                    next_step="free some space; nothing stored before is lost",
                )
            if any(word in str(error) for word in ("I/O", "locked", "unable to open", "readonly", "busy")):
                return StoreGone(f"the database does not answer: {error}", where=str(self.path))
        if isinstance(error, sqlite3.DatabaseError) and "malformed" in str(error):
            return StoreGone(
                f"the database file is damaged: {error}", where=str(self.path), next_step="restore a backup"
            )
        return None

    def read(self, job: Callable[[Tx], T]) -> T:
        connection = getattr(self._local, "connection", None)
        try:
            if connection is None:
                connection = self._reader()
            connection.execute("BEGIN")
        except sqlite3.Error as error:
            raise self.translate(error) or StoreGone(
                f"the database cannot be read: {error}", where=str(self.path)
            ) from None
        try:
            return job(_Tx(connection))
        except sqlite3.Error as error:
            raise self.translate(error) or error from None
        finally:
            with suppress(sqlite3.Error):
                connection.execute("COMMIT")

    def _reader(self) -> sqlite3.Connection:
        address = f"file:{quote(str(self.path))}?mode=ro"
        connection = sqlite3.connect(
            address, uri=True, timeout=BUSY_S, isolation_level=None, check_same_thread=False, cached_statements=256
        )
        connection.execute("PRAGMA query_only=ON")
        connection.execute("PRAGMA cache_size=-16384")
        self._local.connection = connection
        with self._readers_lock:
            self._readers.append(connection)
        return connection

    def settle(self) -> None:
        """Moves the log into the file and empties it: what was deleted is then overwritten in both.

        Runs on the writer's thread, between two commits. Readers on an older state delay it; the next call goes on.
        """
        self.submit_alone(lambda session: cast("_Session", session).checkpoint())

    def copy_to(self, path: Path) -> None:
        """A consistent copy of the database in another file, by SQLite's backup interface, while writing goes on."""
        source = sqlite3.connect(f"file:{quote(str(self.path))}?mode=ro", uri=True, timeout=BUSY_S)
        target = sqlite3.connect(path)
        try:
            source.backup(target)
            # One file, as one moves it; the desk turns the log on again when it opens the copy.
            target.execute("PRAGMA journal_mode=DELETE")
        except sqlite3.Error as error:
            raise self.translate(error) or StoreGone(f"the copy failed: {error}", where=str(path)) from None
        finally:
            target.close()
            source.close()

    def close(self) -> None:
        super().close()
        with self._readers_lock:
            for connection in self._readers:
                with suppress(sqlite3.Error):
                    connection.close()
            self._readers.clear()
        self._local = threading.local()
