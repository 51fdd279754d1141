"""One database for the table queue and for verdicts: SQLite or PostgreSQL, the same SQL, a transaction at a time.

SQLite keeps its rollback journal here and no WAL: several worker processes write to the file, and SQLite 3.7.0 to
3.51.2 can corrupt a WAL database that two connections write to and checkpoint.
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from typing import Any, Protocol

from tutela.errors import BadSettings, MissingPart, StoreFull, StoreGone
from tutela.fleet.stream.source import read_address
from tutela.ledger.postgres import numbered

Row = tuple[Any, ...]
BUSY_S = 30.0


class Tx(Protocol):
    """A transaction. SQL is written for both databases, `?` for values."""

    def run(self, sql: str, *values: Any) -> None:
        """Runs a statement."""

    def many(self, sql: str, rows: Sequence[Row]) -> None:
        """Runs a statement once for each row of values."""

    def rows(self, sql: str, *values: Any) -> list[Row]:
        """All rows of a query or of a RETURNING clause."""


class Database(Protocol):
    """A connection. Used by one thread."""

    kind: str
    now: str
    """SQL for the time by the database's clock, in seconds: workers' own clocks may differ."""

    def transaction(self) -> AbstractContextManager[Tx]:
        """Commits at the end, or rolls back on an error. Raises StoreGone (T501), StoreFull (T502)."""

    def close(self) -> None:
        """Closes the connection; never raises."""


def open_database(address: str) -> Database:
    """`sqlite:///file.db` or `postgresql://user@host/name`. Raises BadSettings (T207), StoreGone (T501)."""
    parts = read_address(address)
    if parts.scheme == "sqlite":
        path = parts.base.removeprefix("sqlite://").removeprefix("/")
        return _Sqlite(path if not parts.base.startswith("sqlite:////") else f"/{path.lstrip('/')}")
    if parts.scheme in ("postgresql", "postgres"):
        return _Postgres(parts.base)
    raise BadSettings(f"no database is called {parts.scheme}", next_step="sqlite:///file.db or postgresql://…")


class _Sqlite:
    kind = "sqlite"
    now = "((julianday('now') - 2440587.5) * 86400.0)"

    def __init__(self, path: str) -> None:
        try:
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None, check_same_thread=False)
            self._connection.execute("PRAGMA synchronous=FULL")
            # Bodies that were settled are overwritten, not only forgotten.
            self._connection.execute("PRAGMA secure_delete=ON")
        except sqlite3.Error as error:
            raise StoreGone(f"the database cannot be opened: {error}", where=path) from None

    def run(self, sql: str, *values: Any) -> None:
        self._connection.execute(sql, values)

    def many(self, sql: str, rows: Sequence[Row]) -> None:
        self._connection.executemany(sql, rows)

    def rows(self, sql: str, *values: Any) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        try:
            self._connection.execute("BEGIN IMMEDIATE")
            yield self
            self._connection.execute("COMMIT")
        except sqlite3.OperationalError as error:
            self._back()
            if "full" in str(error):
                raise StoreFull("no space left under the database", next_step="free some space") from None
            raise StoreGone(f"the database does not answer: {error}") from None
        except BaseException:
            self._back()
            raise

    def _back(self) -> None:
        with suppress(sqlite3.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def close(self) -> None:
        with suppress(sqlite3.Error):
            self._connection.close()


class _Postgres:
    kind = "postgresql"
    now = "extract(epoch from clock_timestamp())::double precision"

    def __init__(self, address: str) -> None:
        try:
            import asyncpg
        except ModuleNotFoundError:
            raise MissingPart("asyncpg is not installed", next_step="pip install 'tutela[stream]'") from None
        self._asyncpg = asyncpg
        self._address = address
        self._loop = asyncio.new_event_loop()
        self._connection: Any = None

    def _wait(self, work: Any) -> Any:
        return self._loop.run_until_complete(work)

    def run(self, sql: str, *values: Any) -> None:
        self._wait(self._connection.execute(numbered(sql), *values))

    def many(self, sql: str, rows: Sequence[Row]) -> None:
        self._wait(self._connection.executemany(numbered(sql), rows))

    def rows(self, sql: str, *values: Any) -> list[Row]:
        return [tuple(record) for record in self._wait(self._connection.fetch(numbered(sql), *values))]

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        try:
            if self._connection is None or self._connection.is_closed():
                self._connection = self._wait(
                    self._asyncpg.connect(self._address, timeout=BUSY_S, command_timeout=BUSY_S)
                )
            self._wait(self._connection.execute("BEGIN"))
            yield self
            self._wait(self._connection.execute("COMMIT"))
        except self._asyncpg.DiskFullError:
            self._drop()
            raise StoreFull("no space left under the database", next_step="free some space") from None
        except (self._asyncpg.PostgresError, self._asyncpg.InterfaceError, OSError, TimeoutError) as error:
            self._drop()
            raise StoreGone(f"PostgreSQL does not answer: {type(error).__name__}") from None
        except BaseException:
            self._drop()
            raise

    def _drop(self) -> None:
        # What a broken transaction left behind is not worth finding out: the next one begins on a new connection.
        if self._connection is not None:
            with suppress(Exception):
                self._connection.terminate()
            self._connection = None

    def close(self) -> None:
        if self._connection is not None:
            with suppress(Exception):
                self._wait(self._connection.close(timeout=2))
        self._loop.close()
