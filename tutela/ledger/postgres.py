"""The store on PostgreSQL: the same jobs and the same SQL, several processes side by side.

Each thread has a connection and a loop of its own: a job runs start to end on its thread, without a hop for each
statement. Never call it on a thread whose event loop is running.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Sequence
from contextlib import suppress
from functools import lru_cache
from typing import Any, TypeVar

from tutela.errors import MissingPart, StoreFull, StoreGone, TutelaError
from tutela.ledger.sqlite import read_head
from tutela.ledger.store import Row, Session, Store, Tx

T = TypeVar("T")
# One lock for all who append to the ledger: the chain has one end. The number is "tutela" in the alphabet's places.
LOCK = 20_212_005_121
TIMEOUT_S = 30.0


@lru_cache(maxsize=2048)
def numbered(sql: str) -> str:
    """`?` as `$1`, `$2` … No string in our SQL holds a question mark."""
    pieces = sql.split("?")
    return pieces[0] + "".join(f"${number}{piece}" for number, piece in enumerate(pieces[1:], 1))


class _Tx(Tx):
    def __init__(self, connection: Any, wait: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        super().__init__()
        self._connection = connection
        self._wait = wait

    def _run(self, sql: str, values: Row) -> int:
        status: str = self._wait(self._connection.execute(numbered(sql), *values))
        last = status.rsplit(" ", 1)[-1]
        return int(last) if last.isdigit() else 0

    def _many(self, sql: str, rows: Sequence[Row]) -> None:
        if len(rows) == 1:
            self._run(sql, rows[0])
        elif rows:
            self._wait(self._connection.executemany(numbered(sql), rows))

    def _rows(self, sql: str, values: Row) -> list[Row]:
        return [tuple(record) for record in self._wait(self._connection.fetch(numbered(sql), *values))]


class _Session(Session):
    def __init__(self, connection: Any, wait: Callable[[Coroutine[Any, Any, Any]], Any]) -> None:
        self._connection = connection
        self._wait = wait
        self.tx: Tx = _Tx(connection, wait)

    def begin(self) -> None:
        self._wait(self._connection.execute(f"BEGIN; SELECT pg_advisory_xact_lock({LOCK})"))
        self.tx.head = read_head(self.tx)

    def commit(self) -> None:
        self._wait(self._connection.execute("COMMIT"))

    def rollback(self) -> None:
        self._wait(self._connection.execute("ROLLBACK"))

    def mark(self) -> None:
        self._wait(self._connection.execute("SAVEPOINT job"))

    def keep(self) -> None:
        self._wait(self._connection.execute("RELEASE SAVEPOINT job"))

    def back(self) -> None:
        self._wait(self._connection.execute("ROLLBACK TO SAVEPOINT job; RELEASE SAVEPOINT job"))

    def close(self) -> None:
        with suppress(Exception):
            self._wait(self._connection.close(timeout=2))


class PostgresStore(Store):
    """A PostgreSQL database, by its address `postgresql://user@host/name`."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address
        self._local = threading.local()
        self._readers: list[tuple[asyncio.AbstractEventLoop, Any]] = []
        self._readers_lock = threading.Lock()

    @property
    def kind(self) -> str:
        return "postgresql"

    @property
    def address(self) -> str:
        """Where the database is. It may hold a password: never show it."""
        return self._address

    def connect(self) -> Session:
        loop = asyncio.new_event_loop()
        return _Session(self._open(loop), loop.run_until_complete)

    def _open(self, loop: asyncio.AbstractEventLoop) -> Any:
        try:
            import asyncpg
        except ModuleNotFoundError:
            raise MissingPart("asyncpg is not installed", next_step="pip install 'tutela[desk]'") from None
        try:
            return loop.run_until_complete(
                asyncpg.connect(self._address, timeout=TIMEOUT_S, command_timeout=TIMEOUT_S, statement_cache_size=512)
            )
        except Exception as error:  # noqa: BLE001 - asyncpg raises many kinds; the caller needs one
            raise self.translate(error) or StoreGone(f"PostgreSQL refused: {type(error).__name__}") from None

    def translate(self, error: BaseException) -> TutelaError | None:
        if isinstance(error, StoreGone | StoreFull):
            return error
        import asyncpg

        if isinstance(error, asyncpg.exceptions.DiskFullError):
            return StoreFull("no space left under the database", next_step="free some space")
        gone = (
            OSError,
            TimeoutError,
            asyncpg.exceptions.PostgresConnectionError,
            asyncpg.exceptions.InterfaceError,
            asyncpg.exceptions.OperatorInterventionError,
            asyncpg.exceptions.InsufficientResourcesError,
            asyncpg.exceptions.InvalidAuthorizationSpecificationError,
            asyncpg.exceptions.InvalidCatalogNameError,
        )
        if isinstance(error, gone):
            return StoreGone(
                f"PostgreSQL does not answer ({type(error).__name__})",
                next_step="it is tried again with the next request",
            )
        return None

    def read(self, job: Callable[[Tx], T]) -> T:
        for attempt in (1, 2):
            fresh = getattr(self._local, "reader", None) is None
            try:
                loop, connection = self._reader()
                wait = loop.run_until_complete
                wait(connection.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"))
                try:
                    return job(_Tx(connection, wait))
                finally:
                    if not connection.is_closed():
                        wait(connection.execute("ROLLBACK"))
            except Exception as error:
                gone = self.translate(error)
                if gone is None:
                    raise
                self._drop_reader()
                if fresh or attempt == 2:
                    raise gone from None
        raise StoreGone("PostgreSQL does not answer")

    def _reader(self) -> tuple[asyncio.AbstractEventLoop, Any]:
        reader: tuple[asyncio.AbstractEventLoop, Any] | None = getattr(self._local, "reader", None)
        if reader is None:
            loop = asyncio.new_event_loop()
            reader = (loop, self._open(loop))
            self._local.reader = reader
            with self._readers_lock:
                self._readers.append(reader)
        return reader

    def _drop_reader(self) -> None:
        reader = getattr(self._local, "reader", None)
        if reader is not None:
            self._local.reader = None
            with self._readers_lock:
                self._readers.remove(reader)
            reader[1].terminate()

    def close(self) -> None:
        super().close()
        with self._readers_lock:
            for loop, connection in self._readers:
                with suppress(Exception):
                    connection.terminate()
                    loop.close()
            self._readers.clear()
        self._local = threading.local()
